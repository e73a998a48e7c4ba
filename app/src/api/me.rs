//! Oneself: name, address, password, sessions.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::{Role, SessionId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// Oneself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeData {
    /// The name shown to others.
    pub name: String,
    /// The address to sign in with.
    pub email: String,
    /// What one may do.
    pub role: Role,
    /// Whether there is a password.
    pub has_password: bool,
    /// The address that is to be.
    pub pending: Option<PendingData>,
    /// One's own sessions, the present one first.
    pub sessions: Vec<SessionRow>,
}

/// An address that is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingData {
    /// The address.
    pub new_email: String,
    /// Whether the present address has confirmed it.
    pub old_confirmed: bool,
    /// Whether the new address has confirmed it.
    pub new_confirmed: bool,
    /// "in 23 hours".
    pub ends: String,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Its name, which opens nothing.
    pub id: SessionId,
    /// "Firefox on Linux".
    pub device: String,
    /// From where it was opened.
    pub ip: Option<String>,
    /// Whether a link in a mail opened it.
    pub by_link: bool,
    /// "2 days ago".
    pub opened: String,
    /// "Just now".
    pub last_seen: String,
    /// Whether it is this one.
    pub is_this: bool,
}

/// Oneself.
///
/// # Errors
/// [`ApiError::SignedOut`] when nobody is signed in.
#[server(ReadMe, endpoint = "me")]
pub async fn me() -> Result<MeData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let me = services.me(&actor).await.map_err(ssr::refuse)?;
    let sessions = services.my_sessions(&actor).await.map_err(ssr::refuse)?;
    Ok(super::mapping::me(me, sessions, services.clock.now()))
}

/// Changes one's own name. Works as a plain form.
///
/// # Errors
/// When it will not do.
#[server(SaveMyName, endpoint = "save_my_name")]
pub async fn save_my_name(name: String) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .change_my_name(&actor, &name)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&done(actor.role, "name"));
    Ok(())
}

/// Changes one's own password, and ends one's other sessions. Works as a plain form.
///
/// # Errors
/// When the present one is wrong, or the new one will not do.
#[server(ChangePassword, endpoint = "change_password")]
pub async fn change_password(present: String, new: String) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .change_my_password(&actor, present.into(), new.into())
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&done(actor.role, "password"));
    Ok(())
}

/// Has a link by which a first password is chosen sent to one's own address. Works as a plain form.
///
/// # Errors
/// When it was asked for too often.
#[server(AskPassword, endpoint = "ask_password")]
pub async fn ask_password() -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .ask_password_reset(&actor.email, actor.origin)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&done(actor.role, "link"));
    Ok(())
}

/// Asks for another address; both confirm. Works as a plain form.
///
/// # Errors
/// When the address will not do, or the present password is wrong.
#[server(ChangeEmail, endpoint = "change_email")]
pub async fn change_email(
    email: String,
    #[server(default)] present: String,
) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .ask_email_change(&actor, &email, present.into())
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&done(actor.role, "email"));
    Ok(())
}

/// Takes the wish for another address back. Works as a plain form.
///
/// # Errors
/// When the database cannot be reached.
#[server(CancelEmailChange, endpoint = "cancel_email_change")]
pub async fn cancel_email_change() -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .cancel_email_change(&actor)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&done(actor.role, "kept"));
    Ok(())
}

/// Ends one of one's own sessions. Works as a plain form.
///
/// # Errors
/// When it has ended already, or is somebody else's.
#[server(EndSession, endpoint = "end_session")]
pub async fn end_session(session: SessionId) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .end_session(&actor, session)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&done(actor.role, "session"));
    Ok(())
}

/// Ends all of one's own sessions but this one. Works as a plain form.
///
/// # Errors
/// When the database cannot be reached.
#[server(EndOtherSessions, endpoint = "end_other_sessions")]
pub async fn end_other_sessions() -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .end_other_sessions(&actor)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&done(actor.role, "sessions"));
    Ok(())
}

/// Back to the page about oneself, with a word on what was done.
#[cfg(feature = "ssr")]
fn done(role: Role, what: &str) -> String {
    if role.is_staff() {
        format!("/me?done={what}")
    } else {
        format!("/portal/me?done={what}")
    }
}
