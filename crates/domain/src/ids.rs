//! Ids: one type per noun, so that a post's id cannot be handed over as a client's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id: version 7, so that ids sort by the time they were made.
            #[cfg(feature = "server")]
            #[must_use]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id!(/// A customer of the agency.
    ClientId);
id!(/// A person who signs in.
    UserId);
id!(/// A linked social account of a client.
    AccountId);
id!(/// An uploaded file.
    AssetId);
id!(/// A file on its way in.
    UploadId);
id!(/// A copy of a file that is made, or is to be made.
    CopyId);
id!(/// What is to be said, when, for one client.
    PostId);
id!(/// What the agency sorts a client's posts by.
    TagId);
id!(/// A piece of a caption that is used again.
    SnippetId);
id!(/// One post on one account: the unit that is published.
    DeliveryId);
id!(/// A version of a post that was sent to be approved.
    ReviewId);
id!(/// Something that was said about a post.
    CommentId);
id!(/// A link that was sent to a person.
    LinkId);
id!(/// A session of a user: the name that is no secret.
    SessionId);
id!(/// A mail in the outbox.
    MailId);
id!(/// An address that is told of deliveries and accounts.
    EndpointId);
id!(/// A composer that somebody has opened, for as long as it is open.
    ComposerId);
