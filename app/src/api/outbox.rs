//! The outbox.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::MailId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// What has become of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailState {
    /// It is sent when its time comes.
    Waiting,
    /// The mail server has it right now.
    Sending,
    /// The mail server took it.
    Sent,
    /// It was not sent, and is not tried any more.
    Failed,
    /// Nobody knows whether the mail server took it.
    Unknown,
}

/// A mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRow {
    /// Its id.
    pub id: MailId,
    /// To which address.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// What has become of it.
    pub state: MailState,
    /// "25 Nov, 02:40": when it was written.
    pub at: String,
    /// When it was sent, or is tried next.
    pub then: Option<String>,
    /// What went wrong.
    pub problem: Option<String>,
}

/// A page of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxData {
    /// Whether there is a mail server.
    pub has_server: bool,
    /// How many wait.
    pub waiting: i64,
    /// The newest first.
    pub rows: Vec<MailRow>,
    /// Where older ones begin.
    pub next: Option<String>,
}

/// Mail on its way and mail that was sent; only what is in trouble when asked for.
///
/// # Errors
/// For anybody but owners.
#[server(ReadOutbox, endpoint = "outbox")]
pub async fn outbox(
    #[server(default)] in_trouble: bool,
    before: Option<String>,
) -> Result<OutboxData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let before = before.and_then(|before| before.parse().ok());
    let page = services
        .outbox(&actor, in_trouble, before)
        .await
        .map_err(ssr::refuse)?;
    Ok(super::mapping::outbox(page))
}

/// Sends a mail again that failed, or of which nobody knows. Works as a plain form, which comes back to
/// the page it stood on.
///
/// # Errors
/// When it cannot be; for anybody but owners.
#[server(SendMailAgain, endpoint = "send_mail_again")]
pub async fn send_mail_again(mail: MailId) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .send_mail_again(&actor, mail)
        .await
        .map_err(ssr::refuse)
}
