//! Signing in and out, and what the frame around every page shows.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::ClientId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::controls::Look;

/// What the frame shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameData {
    /// The agency's name.
    pub agency: String,
    /// Who is signed in.
    pub user_name: String,
    /// Their role, as a word.
    pub user_role: String,
    /// Whether they may read who did what.
    pub sees_audit: bool,
    /// Whether they set what concerns the whole agency.
    pub may_manage_agency: bool,
    /// Whether they look after users.
    pub may_manage_team: bool,
    /// The clients to switch between, by name.
    pub clients: Vec<FrameClient>,
    /// What every page looks at.
    pub look: Look,
}

/// A client in the switcher.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameClient {
    /// Its id.
    pub id: ClientId,
    /// Its name.
    pub name: String,
    /// "London, BST".
    pub zone_label: String,
    /// "London, BST (UTC+1)".
    pub zone_label_with_offset: String,
}

/// Signs in and goes home. Works as a plain form.
///
/// # Errors
/// One sentence, the same for a wrong password and an unknown address.
#[server(endpoint = "sign_in")]
pub async fn sign_in(email: String, password: String) -> Result<(), ApiError> {
    use crate::ssr;
    let services = ssr::services();
    let (token, _) = services
        .sign_in(&email, password.into(), ssr::origin())
        .await
        .map_err(ssr::refuse)?;
    ssr::set_session_cookie(Some(&token));
    leptos_axum::redirect("/");
    Ok(())
}

/// Signs out and goes to the sign-in page. Works as a plain form.
///
/// # Errors
/// When the database cannot be reached.
#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), ApiError> {
    use crate::ssr;
    let services = ssr::services();
    if let Some(token) = ssr::session().await {
        services
            .sign_out(&token, ssr::origin())
            .await
            .map_err(ssr::refuse)?;
    }
    ssr::set_session_cookie(None);
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// The agency's name, for the sign-in page.
///
/// # Errors
/// When the database cannot be reached.
#[server(endpoint = "agency_name")]
pub async fn agency_name() -> Result<String, ApiError> {
    use crate::ssr;
    ssr::services().agency_name().await.map_err(ssr::refuse)
}

/// Whether somebody is signed in, for the sign-in page.
///
/// # Errors
/// When the database cannot be reached.
#[server(endpoint = "is_signed_in")]
pub async fn is_signed_in() -> Result<bool, ApiError> {
    use crate::ssr;
    let Some(token) = ssr::session().await else {
        return Ok(false);
    };
    let actor = ssr::services().signed_in(&token).await;
    actor.map(|actor| actor.is_some()).map_err(ssr::refuse)
}

/// What the frame shows.
///
/// # Errors
/// [`ApiError::SignedOut`] when nobody is signed in.
#[server(endpoint = "frame")]
pub async fn frame(client: Option<ClientId>) -> Result<FrameData, ApiError> {
    use crate::ssr;
    use domain::Permission;
    let (services, actor) = ssr::signed_in().await?;
    let facts = services.frame(&actor, client).await.map_err(ssr::refuse)?;
    let look = super::mapping::look(&services, &actor, client, &facts).await;
    Ok(FrameData {
        agency: facts.agency,
        sees_audit: actor.role.may(Permission::SeeAudit),
        user_name: actor.name,
        user_role: actor.role.name().to_owned(),
        may_manage_agency: actor.role.may(domain::Permission::ManageAgency),
        may_manage_team: actor.role.may(domain::Permission::ManageTeam),
        clients: facts
            .clients
            .into_iter()
            .map(|client| FrameClient {
                id: client.id,
                name: client.name,
                zone_label: client.zone_label,
                zone_label_with_offset: client.zone_label_with_offset,
            })
            .collect(),
        look: look.map_err(ssr::refuse)?,
    })
}
