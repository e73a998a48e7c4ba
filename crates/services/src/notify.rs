//! Telling people: inside the application at once, and by mail, gathered so that one mail tells of all
//! that came within a short while.

use chrono::Duration;
use db::models::notice::{self, NewNotice, Recipient};
use domain::notice::{Channels, NoticeKind};
use domain::{ClientId, PostId, Role, UserId};

use crate::{ServiceResult, Services};

/// Whom it concerns, among those who see the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The agency's own people.
    Staff,
    /// Whoever decides for the agency.
    InternalApprovers,
    /// Whoever decides for the client.
    ClientApprovers,
    /// Everybody at the client.
    Portal,
    /// These people, where they still see the client.
    Only(Vec<UserId>),
}

/// Something that people are told.
#[derive(Clone, Debug)]
pub struct Notice {
    /// About what.
    pub kind: NoticeKind,
    /// About which client.
    pub client: ClientId,
    /// About which post.
    pub post: Option<PostId>,
    /// Whom.
    pub audience: Audience,
    /// But not whoever did it.
    pub except: Option<UserId>,
    /// In a few words.
    pub title: String,
    /// What it means.
    pub body: String,
    /// Where staff do something about it: a path of ours.
    pub desk_href: String,
    /// Where portal users do something about it.
    pub portal_href: String,
}

impl Services {
    /// Tells people, each as they wish, in the transaction of what it tells of.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub(crate) async fn tell(&self, conn: &mut db::Connection, told: &Notice) -> ServiceResult<()> {
        let now = self.clock.now();
        let recipients = notice::recipients(conn, told.client, told.kind).await?;
        let rows: Vec<NewNotice<'_>> = recipients
            .iter()
            .filter(|one| told.except != Some(one.user) && told.audience.holds(one))
            .filter_map(|one| {
                let channels = channels(told.kind, one)?;
                Some(NewNotice {
                    user: one.user,
                    client: Some(told.client),
                    post: told.post,
                    kind: told.kind,
                    title: &told.title,
                    body: &told.body,
                    href: if one.role.is_staff() {
                        &told.desk_href
                    } else {
                        &told.portal_href
                    },
                    in_app: channels.in_app,
                    mail_at: channels
                        .by_mail
                        .then(|| now + Duration::seconds(self.settings.digest_seconds.into())),
                })
            })
            .collect();
        Ok(notice::append(conn, &rows, now).await?)
    }
}

impl Audience {
    fn holds(&self, one: &Recipient) -> bool {
        match self {
            Self::Staff => one.role.is_staff(),
            Self::InternalApprovers => one.role.may(domain::Permission::ApproveInternally),
            Self::ClientApprovers => one.role == Role::ClientApprover,
            Self::Portal => !one.role.is_staff(),
            Self::Only(users) => users.contains(&one.user),
        }
    }
}

/// How a person is told; `None` when not at all.
fn channels(kind: NoticeKind, one: &Recipient) -> Option<Channels> {
    let default = kind.default_for(one.role)?;
    let channels = one
        .wish
        .map_or(default, |(in_app, by_mail)| Channels { in_app, by_mail });
    (channels.in_app || channels.by_mail).then_some(channels)
}
