//! What links from mails open for whoever is not signed in: an invitation, a new password, another address.
//! Looking at one changes nothing; sending its form does.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::Role;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// What an invitation offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferData {
    /// Who invites.
    pub agency: String,
    /// To which address it was sent.
    pub email: String,
    /// The name that was given; may be empty.
    pub name: String,
    /// What one may do then.
    pub role: Role,
    /// At which clients, by name; none where it is every one.
    pub clients: Vec<String>,
}

/// A change of address that waits to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailChangeData {
    /// Whose address is to move.
    pub name: String,
    /// The present address.
    pub old_email: String,
    /// The address that is to be.
    pub new_email: String,
    /// Whether this link was sent to the present address.
    pub is_old: bool,
}

/// What an invitation offers.
///
/// # Errors
/// When there is none, or it can no longer be accepted.
#[server(ReadInvitation, endpoint = "invitation")]
pub async fn invitation(token: String) -> Result<OfferData, ApiError> {
    use crate::ssr;
    use services::users::SecretToken;
    let offer = ssr::services()
        .invitation(&SecretToken::from_untrusted(&token))
        .await
        .map_err(ssr::refuse)?;
    Ok(OfferData {
        agency: offer.agency,
        email: offer.email,
        name: offer.name,
        role: offer.role,
        clients: offer.clients,
    })
}

/// Accepts an invitation, and signs in. Works as a plain form.
///
/// # Errors
/// When it can no longer be accepted, or the name or the password will not do.
#[server(AcceptInvitation, endpoint = "accept_invitation")]
pub async fn accept_invitation(
    token: String,
    name: String,
    #[server(default)] password: String,
) -> Result<(), ApiError> {
    use crate::ssr;
    use services::users::SecretToken;
    let services = ssr::services();
    let token = SecretToken::from_untrusted(&token);
    let (session, _) = services
        .accept_invitation(&token, &name, password.into(), ssr::origin())
        .await
        .map_err(ssr::refuse)?;
    ssr::set_session_cookie(Some(&session));
    leptos_axum::redirect("/");
    Ok(())
}

/// Has a link for a new password sent, if there is a user with this address; the answer is the same if not.
/// Works as a plain form.
///
/// # Errors
/// When it was asked for too often, or what was typed is no address.
#[server(AskReset, endpoint = "ask_reset")]
pub async fn ask_reset(email: String) -> Result<(), ApiError> {
    use crate::ssr;
    ssr::services()
        .ask_password_reset(&email, ssr::origin())
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect("/reset?sent=1");
    Ok(())
}

/// The address that a link for a new password was sent to.
///
/// # Errors
/// When there is none, or it can no longer be used.
#[server(ReadReset, endpoint = "password_reset")]
pub async fn password_reset(token: String) -> Result<String, ApiError> {
    use crate::ssr;
    use services::users::SecretToken;
    let view = ssr::services()
        .password_reset(&SecretToken::from_untrusted(&token))
        .await
        .map_err(ssr::refuse)?;
    Ok(view.email)
}

/// Takes a new password, and signs in. Works as a plain form.
///
/// # Errors
/// When the link can no longer be used, or the password will not do.
#[server(ResetPassword, endpoint = "reset_password")]
pub async fn reset_password(token: String, password: String) -> Result<(), ApiError> {
    use crate::ssr;
    use services::users::SecretToken;
    let services = ssr::services();
    let token = SecretToken::from_untrusted(&token);
    let (session, _) = services
        .reset_password(&token, password.into(), ssr::origin())
        .await
        .map_err(ssr::refuse)?;
    ssr::set_session_cookie(Some(&session));
    leptos_axum::redirect("/");
    Ok(())
}

/// A change of address that waits to be confirmed.
///
/// # Errors
/// When there is none, or it can no longer be confirmed.
#[server(ReadEmailChange, endpoint = "email_change")]
pub async fn email_change(token: String) -> Result<EmailChangeData, ApiError> {
    use crate::ssr;
    use services::users::SecretToken;
    let view = ssr::services()
        .email_change(&SecretToken::from_untrusted(&token))
        .await
        .map_err(ssr::refuse)?;
    Ok(EmailChangeData {
        name: view.name,
        old_email: view.old_email,
        new_email: view.new_email,
        is_old: view.is_old,
    })
}

/// Confirms another address at one of the two. Works as a plain form.
///
/// # Errors
/// When the link can no longer be used, or the address is another user's by now.
#[server(ConfirmEmail, endpoint = "confirm_email")]
pub async fn confirm_email(token: String) -> Result<(), ApiError> {
    use crate::ssr;
    use services::users::{EmailConfirmed, SecretToken};
    let token = SecretToken::from_untrusted(&token);
    let confirmed = ssr::services()
        .confirm_email_change(&token, ssr::origin())
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(match confirmed {
        EmailConfirmed::Half => "/email/half",
        EmailConfirmed::Moved => "/email/moved",
    });
    Ok(())
}
