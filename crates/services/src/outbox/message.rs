//! A mail as it travels: plain text and HTML, with the small pictures that the HTML shows.

use chrono::{DateTime, Utc};
use domain::{AssetId, MailId};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use url::Url;

use super::Body;

/// What is set into a message.
pub(super) struct Letter<'a> {
    pub id: MailId,
    pub from: &'a Mailbox,
    pub to: Address,
    pub subject: &'a str,
    pub at: DateTime<Utc>,
    pub body: Body,
    pub pictures: Vec<(AssetId, Vec<u8>)>,
}

impl Letter<'_> {
    /// Sets it. The same mail is the same message however often it is set: it is known by its id.
    pub fn set(self) -> Result<Vec<u8>, lettre::error::Error> {
        let place = self.from.email.domain();
        let mut message = Message::builder()
            .message_id(Some(format!("<{}@{place}>", self.id)))
            .date(self.at.into())
            .from(self.from.clone())
            .to(Mailbox::new(None, self.to))
            .subject(self.subject)
            // Nobody's holiday answer is wanted.
            .raw_header(plain("Auto-Submitted", "auto-generated"));
        if let Some(preferences) = &self.body.preferences {
            message = message.raw_header(plain("List-Unsubscribe", &format!("<{preferences}>")));
        }
        let mut shown = MultiPart::related().singlepart(SinglePart::html(self.body.html));
        for (asset, bytes) in self.pictures {
            let picture = Attachment::new_inline(asset.to_string());
            shown = shown.singlepart(picture.body(bytes, jpeg()));
        }
        let both = MultiPart::alternative()
            .singlepart(SinglePart::plain(self.body.text))
            .multipart(shown);
        Ok(message.multipart(both)?.formatted())
    }
}

fn jpeg() -> ContentType {
    // The one type that posters have; it is well formed.
    ContentType::parse("image/jpeg").unwrap_or(ContentType::TEXT_PLAIN)
}

/// A header of plain words.
fn plain(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// Where a person says what they want to be told.
pub(crate) fn preferences(public_url: &Url, is_staff: bool) -> Option<Url> {
    let path = if is_staff {
        "me/notices"
    } else {
        "portal/notices"
    };
    public_url.join(path).ok()
}
