//! Links by which a client connects accounts without being a user here: made by staff, used by visitors.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::{ClientId, LinkId, Platform};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// What staff see of the links of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectLinks {
    /// The client's name.
    pub client_name: String,
    /// The platforms that this server is set up for.
    pub platforms: Vec<Platform>,
    /// The links that can still be used, newest first.
    pub open: Vec<ConnectLinkRow>,
    /// The one that a plain form has just made, on the page that follows.
    pub made: Option<MadeConnectLink>,
}

/// A link that can still be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectLinkRow {
    /// Its id, which opens nothing.
    pub id: LinkId,
    /// The platforms to choose from.
    pub platforms: Vec<Platform>,
    /// Who made it.
    pub made_by: String,
    /// "Today, 12:04".
    pub made_at: String,
    /// "Wed 21 Oct, 12:04".
    pub ends_at: String,
    /// Where it was mailed.
    pub mailed_to: Option<String>,
}

/// A link that was made. Its address is told this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeConnectLink {
    /// Where it leads.
    pub address: String,
    /// "Wed 21 Oct, 12:04 London".
    pub ends_at: String,
    /// Where it was mailed.
    pub mailed_to: Option<String>,
}

/// What whoever opens a connect link sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectVisitData {
    /// The agency that asks.
    pub agency: String,
    /// What can be done; `None` when the link has ended, or is none.
    pub open: Option<OpenConnectLink>,
}

/// What can be done by a connect link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenConnectLink {
    /// The client's name.
    pub client_name: String,
    /// The platforms to choose from.
    pub platforms: Vec<Platform>,
    /// What is connected on them.
    pub accounts: Vec<VisitedAccount>,
    /// "Wed 21 Oct, 12:04 London".
    pub ends_at: String,
}

/// An account as a visitor sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitedAccount {
    /// "@kestrelcoffee".
    pub name: String,
    /// The handle without `@`.
    pub handle: Option<String>,
    /// Its platform.
    pub platform: Platform,
    /// Whether it has to be connected again.
    pub is_lost: bool,
    /// "Wed 14 Oct 2026, 12:04 London": when it was last connected.
    pub connected_at: String,
}

/// The links of a client that can still be used.
///
/// # Errors
/// When the client is not this person's to see.
#[server(ListConnectLinks, endpoint = "connect_links")]
pub async fn connect_links(client: ClientId) -> Result<ConnectLinks, ApiError> {
    use super::mapping;
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let links = services
        .connect_links(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let now = services.clock.now();
    Ok(ConnectLinks {
        made: just_made(&services, &actor, &view).await?,
        open: links
            .into_iter()
            .map(|link| ConnectLinkRow {
                id: link.id,
                platforms: link.platforms,
                made_by: link.made_by.unwrap_or_default(),
                made_at: mapping::near_time(&view, now, link.made_at),
                ends_at: mapping::near_time(&view, now, link.expires_at),
                mailed_to: link.mailed_to,
            })
            .collect(),
        client_name: view.name,
        platforms: services.connectors.platforms(),
    })
}

/// Makes a link by which a client connects accounts, and mails it where that is wished.
///
/// # Errors
/// When no platform is chosen, it would last too long, or the address is none.
#[server(endpoint = "make_connect_link")]
pub async fn make_connect_link(
    client: ClientId,
    #[server(default)] platforms: Vec<Platform>,
    days: u16,
    #[server(default)] mail_to: String,
) -> Result<MadeConnectLink, ApiError> {
    use super::mapping;
    use crate::ssr;
    use services::connect_links::ConnectLinkOrder;
    let (services, actor) = ssr::signed_in().await?;
    let order = ConnectLinkOrder {
        platforms,
        days,
        mail_to: Some(mail_to),
    };
    let made = services
        .make_connect_link(&actor, client, order)
        .await
        .map_err(ssr::refuse)?;
    if ssr::is_plain_form() {
        let page = links_page(client);
        ssr::leave_note(MADE_COOKIE, &page, made.token.expose());
        leptos_axum::redirect(&page);
    }
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    Ok(mapping::made_connect_link(&view, made))
}

/// Takes a link back. Works as a plain form.
///
/// # Errors
/// When the client has no such link that could still be used.
#[server(endpoint = "revoke_connect_link")]
pub async fn revoke_connect_link(client: ClientId, link: LinkId) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .revoke_connect_link(&actor, client, link)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&format!("{}?revoked=1", links_page(client)));
    Ok(())
}

/// What whoever opens a connect link sees. Looking changes nothing.
///
/// # Errors
/// When the database cannot be reached.
#[server(VisitConnectLink, endpoint = "visit_connect_link")]
pub async fn visit_connect_link(token: String) -> Result<ConnectVisitData, ApiError> {
    use super::mapping;
    use crate::ssr;
    use services::users::SecretToken;
    let visit = ssr::services()
        .visit_connect_link(&SecretToken::from_untrusted(&token))
        .await
        .map_err(ssr::refuse)?;
    mapping::connect_visit(visit).map_err(ssr::refuse)
}

/// The cookie that tells the page of the links, once, which one a plain form has just made: its token.
#[cfg(feature = "ssr")]
const MADE_COOKIE: &str = "autopost_made_link";

#[cfg(feature = "ssr")]
fn links_page(client: ClientId) -> String {
    format!("/clients/{client}/accounts/links")
}

/// The link that a plain form has just made. Anything may come with a cookie; what this person has made at
/// this client is told, and nothing else.
#[cfg(feature = "ssr")]
async fn just_made(
    services: &services::Services,
    actor: &services::Actor,
    view: &services::clients::ClientView,
) -> Result<Option<MadeConnectLink>, ApiError> {
    use crate::ssr;
    use services::ServiceError;
    use services::users::SecretToken;
    let Some(token) = ssr::take_note(MADE_COOKIE, &links_page(view.id)).await else {
        return Ok(None);
    };
    let token = SecretToken::from_untrusted(&token);
    match services.made_connect_link(actor, view.id, token).await {
        Ok(made) => Ok(Some(super::mapping::made_connect_link(view, made))),
        Err(ServiceError::NotFound(_)) => Ok(None),
        Err(error) => Err(ssr::refuse(error)),
    }
}
