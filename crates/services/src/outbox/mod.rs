//! Mail on its way: kept in the database with what it tells of, sent afterwards, and not twice.

mod care;
mod message;
mod smtp;
mod work;

use db::models::outbox::{self, NewMail};
use domain::{AssetId, ClientId, MailId};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{ServiceError, ServiceResult, Services};

pub use care::{MailView, Outbox};
pub(crate) use message::preferences;
pub use smtp::{Smtp, SmtpConfigError};

/// A mail that is to be sent.
#[derive(Clone, Debug)]
pub struct Mail {
    /// A word for what it is about.
    pub kind: &'static str,
    /// About which client.
    pub client: Option<ClientId>,
    /// To which address.
    pub to: String,
    /// Its subject; it is shown in the outbox, so it holds no secret.
    pub subject: String,
    /// What it says.
    pub body: Body,
    /// The same thing is told once: a second mail with this key is not kept.
    pub dedupe_key: Option<String>,
}

/// What a mail says, twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
    /// Files whose small pictures travel with the mail; the HTML shows each as `cid:` and its id.
    pub pictures: Vec<AssetId>,
    /// Of what can be switched off: where a person does that.
    #[serde(default)]
    pub preferences: Option<Url>,
}

impl Services {
    /// Puts a mail into the outbox, in the transaction of what it tells of. `false` when one with the same
    /// key is there already.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub(crate) async fn queue_mail(
        &self,
        conn: &mut db::Connection,
        mail: &Mail,
    ) -> ServiceResult<bool> {
        let id = MailId::generate();
        let plain = serde_json::to_vec(&mail.body).map_err(ServiceError::internal)?;
        let sealed = self
            .vault
            .seal(&plain, &place(id))
            .map_err(ServiceError::internal)?;
        let new = NewMail {
            id,
            dedupe_key: mail.dedupe_key.as_deref(),
            kind: mail.kind,
            client: mail.client,
            recipient: &mail.to,
            subject: &mail.subject,
            sealed: &sealed,
        };
        Ok(outbox::insert(conn, &new, self.clock.now()).await?)
    }
}

/// What the sealed texts are bound to.
pub(crate) fn place(id: MailId) -> String {
    format!("outbox/{id}/sealed")
}
