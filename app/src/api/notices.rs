//! What a person was told, and how they wish to be told. The same for staff and for portal users.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::notice::NoticeKind;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// Something that a person was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRow {
    /// Its number.
    pub id: i64,
    /// About which client, where there are several.
    pub client: Option<String>,
    /// About what; `None` for what this version does not know.
    pub kind: Option<NoticeKind>,
    /// In a few words.
    pub title: String,
    /// What it means.
    pub body: String,
    /// Where to do something about it.
    pub href: String,
    /// "Today, 12:04".
    pub at: String,
    /// Whether it was read.
    pub is_read: bool,
}

/// A page of what a person was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticesData {
    /// The newest first.
    pub rows: Vec<NoticeRow>,
    /// Where older ones begin.
    pub next: Option<i64>,
    /// How many are unread.
    pub unread: u32,
}

/// How a person is told of a kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreferenceRow {
    /// Of what.
    pub kind: NoticeKind,
    /// Whether inside the application.
    pub in_app: bool,
    /// Whether by mail.
    pub by_mail: bool,
}

/// What a person was told, newest first.
///
/// # Errors
/// [`ApiError::SignedOut`] when nobody is signed in.
#[server(ListNotices, endpoint = "notices")]
pub async fn notices(before: Option<i64>) -> Result<NoticesData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let (views, next) = services
        .my_notices(&actor, before)
        .await
        .map_err(ssr::refuse)?;
    let clients = services.my_clients(&actor).await.map_err(ssr::refuse)?;
    let now = services.clock.now();
    Ok(NoticesData {
        rows: views
            .into_iter()
            .map(|view| super::mapping::notice(&clients, now, view))
            .collect(),
        next,
        unread: services.unread_notices(&actor).await.map_err(ssr::refuse)?,
    })
}

/// How much a person was told and has not read.
///
/// # Errors
/// [`ApiError::SignedOut`] when nobody is signed in.
#[server(CountUnread, endpoint = "unread_notices")]
pub async fn unread_notices() -> Result<u32, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services.unread_notices(&actor).await.map_err(ssr::refuse)
}

/// Marks a notice of one's own as read. Works as a plain form, which comes back to the page it stood on.
///
/// # Errors
/// [`ApiError::SignedOut`] when nobody is signed in.
#[server(ReadNotice, endpoint = "read_notice")]
pub async fn read_notice(id: i64) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services.read_notice(&actor, id).await.map_err(ssr::refuse)
}

/// Marks all notices of one's own as read, up to the newest that was shown. Works as a plain form.
///
/// # Errors
/// [`ApiError::SignedOut`] when nobody is signed in.
#[server(ReadAllNotices, endpoint = "read_all_notices")]
pub async fn read_all_notices(up_to: i64) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .read_notices_up_to(&actor, up_to)
        .await
        .map_err(ssr::refuse)
}

/// How a person is told of everything that there is for their role.
///
/// # Errors
/// [`ApiError::SignedOut`] when nobody is signed in.
#[server(ReadPreferences, endpoint = "preferences")]
pub async fn preferences() -> Result<Vec<PreferenceRow>, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let preferences = services.preferences(&actor).await.map_err(ssr::refuse)?;
    Ok(preferences
        .into_iter()
        .map(|preference| PreferenceRow {
            kind: preference.kind,
            in_app: preference.in_app,
            by_mail: preference.by_mail,
        })
        .collect())
}

/// Sets how a person is told: of these kinds in the application, and of these by mail. Works as a plain
/// form, which comes back to the page it stood on.
///
/// # Errors
/// When one of the kinds is not for this person.
#[server(SavePreferences, endpoint = "save_preferences")]
pub async fn save_preferences(
    #[server(default)] in_app: Vec<NoticeKind>,
    #[server(default)] by_mail: Vec<NoticeKind>,
) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let mut wished = services.preferences(&actor).await.map_err(ssr::refuse)?;
    for kind in in_app.iter().chain(&by_mail) {
        if wished.iter().all(|known| known.kind != *kind) {
            return Err(ssr::refuse(services::ServiceError::Invalid(
                "That is nothing that you are told of.".to_owned(),
            )));
        }
    }
    for wish in &mut wished {
        wish.in_app = in_app.contains(&wish.kind);
        wish.by_mail = by_mail.contains(&wish.kind);
    }
    services
        .set_preferences(&actor, &wished)
        .await
        .map_err(ssr::refuse)
}
