//! The addresses that are told, as owners look after them.

use chrono::{DateTime, Utc};
use db::AsyncConnection;
use db::models::{client, webhook_endpoint, webhook_message};
use domain::audit::AuditAction;
use domain::webhook::WebhookEvent;
use domain::{ClientId, EndpointId, Permission};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

use super::{place, signature};
use crate::audit::{By, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// So many messages of an address are shown.
const SHOWN: i64 = 10;
/// More addresses than anybody needs, and few enough to be told at once.
const MOST: usize = 20;

/// An address that is told.
#[derive(Clone, Debug)]
pub struct EndpointView {
    /// Its id.
    pub id: EndpointId,
    /// The name of the client that it is told of; `None` for every one.
    pub client: Option<String>,
    /// Where it is.
    pub url: String,
    /// Since when it is told nothing, and why.
    pub disabled: Option<(DateTime<Utc>, String)>,
    /// What it was told last, newest first.
    pub last: Vec<MessageView>,
}

/// Something that an address was told.
#[derive(Clone, Debug)]
pub struct MessageView {
    /// "delivery.published".
    pub kind: String,
    /// "waiting", "sent" or "failed".
    pub state: String,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// How often it was tried.
    pub tries: i32,
    /// When it is tried next.
    pub next: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub problem: Option<String>,
}

/// An address that was just added.
#[derive(Debug)]
pub struct NewEndpoint {
    /// Its id.
    pub id: EndpointId,
    /// What proves that a call comes from here. It is shown once, now.
    pub secret: SecretString,
}

impl NewEndpoint {
    /// The secret, for the one page that shows it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl Services {
    /// The addresses that are told, with what each was told last.
    ///
    /// # Errors
    /// For anybody but owners, or when the database cannot be reached.
    pub async fn webhook_endpoints(&self, actor: &Actor) -> ServiceResult<Vec<EndpointView>> {
        actor.require(Permission::ManageAgency)?;
        let mut conn = self.conn().await?;
        let names: Vec<_> = client::all(&mut conn).await?;
        let mut views = Vec::new();
        for endpoint in webhook_endpoint::all(&mut conn).await? {
            let last = webhook_message::last(&mut conn, endpoint.id, SHOWN).await?;
            let client = endpoint.client_id.map(|id| {
                let known = names.iter().find(|client| client.id.0 == id);
                known.map_or_else(String::new, |client| client.name.clone())
            });
            views.push(EndpointView {
                id: endpoint.id,
                client,
                url: endpoint.url,
                disabled: endpoint
                    .disabled_at
                    .map(|since| (since, endpoint.last_problem.unwrap_or_default())),
                last: last
                    .into_iter()
                    .map(|message| MessageView {
                        kind: message.kind,
                        state: message.state,
                        at: message.created_at,
                        tries: message.tries,
                        next: message.next_try_at,
                        problem: message.last_problem,
                    })
                    .collect(),
            });
        }
        Ok(views)
    }

    /// Adds an address: it is told of one client, or of every one.
    ///
    /// # Errors
    /// When the address is not one that is called, or the client does not exist; for anybody but owners.
    pub async fn add_webhook_endpoint(
        &self,
        actor: &Actor,
        url: &str,
        of: Option<ClientId>,
    ) -> ServiceResult<NewEndpoint> {
        actor.require(Permission::ManageAgency)?;
        let url = Url::parse(url.trim()).map_err(|_| {
            ServiceError::Invalid(
                "That is no address. Write the whole of it, such as https://example.com/hook."
                    .to_owned(),
            )
        })?;
        let announcer = self.announcer.as_ref().ok_or_else(|| {
            ServiceError::Conflict("This server is not set up to call others.".to_owned())
        })?;
        announcer
            .check(&url)
            .map_err(|error| ServiceError::Invalid(error.message))?;
        let id = EndpointId::generate();
        let secret = signature::new_secret()?;
        let sealed = self
            .vault
            .seal_secret(&secret, &place(id))
            .map_err(ServiceError::internal)?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            if let Some(client) = of {
                let found = client::find(conn, client).await?;
                found.ok_or(ServiceError::NotFound("client"))?;
            }
            if webhook_endpoint::all(conn).await?.len() >= MOST {
                return Err(ServiceError::Conflict(format!(
                    "There are {MOST} addresses already. Remove one that is not used any more."
                )));
            }
            let where_and_key = (url.as_str(), sealed.as_slice());
            webhook_endpoint::insert(conn, id, of, where_and_key, actor.user_id, now).await?;
            let mut entry = Entry::of(AuditAction::EndpointAdded)
                .on("endpoint", id)
                .after(json!({ "host": url.host_str() }));
            entry.client = of;
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await?;
        Ok(NewEndpoint { id, secret })
    }

    /// Switches an address off, or on again.
    ///
    /// # Errors
    /// When there is none with this id; for anybody but owners.
    pub async fn set_webhook_endpoint(
        &self,
        actor: &Actor,
        id: EndpointId,
        enabled: bool,
    ) -> ServiceResult<()> {
        actor.require(Permission::ManageAgency)?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            self.endpoint_row(conn, id).await?;
            let changed = if enabled {
                webhook_endpoint::enable(conn, id).await?
            } else {
                let why = format!("{} switched it off.", actor.name);
                webhook_endpoint::disable(conn, id, &why, now).await?
            };
            if !changed {
                return Ok(());
            }
            let entry = Entry::of(AuditAction::EndpointChanged)
                .on("endpoint", id)
                .before(json!({ "enabled": !enabled }))
                .after(json!({ "enabled": enabled }));
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await
    }

    /// Removes an address, with its secret and all that it was told.
    ///
    /// # Errors
    /// When there is none with this id; for anybody but owners.
    pub async fn remove_webhook_endpoint(
        &self,
        actor: &Actor,
        id: EndpointId,
    ) -> ServiceResult<()> {
        actor.require(Permission::ManageAgency)?;
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            self.endpoint_row(conn, id).await?;
            webhook_endpoint::delete(conn, id).await?;
            let entry = Entry::of(AuditAction::EndpointChanged)
                .on("endpoint", id)
                .after(json!({ "removed": true }));
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await
    }

    /// Sends an address something that tells of nothing, to see whether it arrives.
    ///
    /// # Errors
    /// When there is none with this id, or it is switched off; for anybody but owners.
    pub async fn test_webhook_endpoint(&self, actor: &Actor, id: EndpointId) -> ServiceResult<()> {
        actor.require(Permission::ManageAgency)?;
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let endpoint = self.endpoint_row(conn, id).await?;
            if endpoint.disabled_at.is_some() {
                return Err(ServiceError::Conflict(
                    "This address is switched off. Switch it on first.".to_owned(),
                ));
            }
            let data = json!({ "sentence": "This is a test. Nothing happened." });
            self.keep_message(conn, &[id], WebhookEvent::Test, &data)
                .await?;
            let entry = Entry::of(AuditAction::EndpointChanged)
                .on("endpoint", id)
                .after(json!({ "tested": true }));
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await
    }

    async fn endpoint_row(
        &self,
        conn: &mut db::Connection,
        id: EndpointId,
    ) -> ServiceResult<webhook_endpoint::Endpoint> {
        let found = webhook_endpoint::find(conn, id).await?;
        found.ok_or(ServiceError::NotFound("address"))
    }
}
