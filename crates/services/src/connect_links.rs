//! Links by which a client connects accounts from a browser of their own, without being a user here, and
//! without staff ever seeing a password. A link can be used for several accounts until it ends.

use chrono::{DateTime, Duration, Utc};
use db::AsyncConnection;
use db::models::account::{self, Account};
use db::models::link;
use db::models::{agency, client, oauth_attempt, user};
use domain::audit::AuditAction;
use domain::link::{LinkPurpose, LinkScope};
use domain::{ClientId, LinkId, Permission, Platform, UserId};
use secrecy::SecretString;
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use crate::accounts::{Browser, ConnectFailure, Connected, Connecting, ConsentReply, at, nowhere};
use crate::actor::Origin;
use crate::audit::{By, Entry};
use crate::letter::Letter;
use crate::links::{Link, LinkOrder, LinkStanding, looks_like_mail};
use crate::outbox::Mail;
use crate::users::SecretToken;
use crate::{Actor, ServiceError, ServiceResult, Services};

/// The longest that a link lasts, in days.
pub const MOST_DAYS: u16 = 30;

/// A link that is to be made.
#[derive(Clone, Debug)]
pub struct ConnectLinkOrder {
    /// The platforms to choose from.
    pub platforms: Vec<Platform>,
    /// For how many days.
    pub days: u16,
    /// Where to mail it.
    pub mail_to: Option<String>,
}

/// A link that was made. Its address is told this once.
#[derive(Clone)]
pub struct ConnectLinkMade {
    /// Where it leads.
    pub address: Url,
    /// What opens it; the end of its address.
    pub token: SecretToken,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
    /// Where it was mailed.
    pub mailed_to: Option<String>,
}

/// A link that can still be used.
#[derive(Clone, Debug)]
pub struct OpenConnectLink {
    /// Its id, which opens nothing.
    pub id: LinkId,
    /// The platforms to choose from.
    pub platforms: Vec<Platform>,
    /// Who made it.
    pub made_by: Option<String>,
    /// When.
    pub made_at: DateTime<Utc>,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
    /// Where it was mailed.
    pub mailed_to: Option<String>,
}

/// What whoever opens a link sees.
#[derive(Clone, Debug)]
pub struct ConnectVisit {
    /// The agency that asks.
    pub agency: String,
    /// The client whose accounts are connected; nobody learns of it once the link has ended.
    pub open: Option<OpenVisit>,
}

/// What can be done by a link that has not ended.
#[derive(Clone, Debug)]
pub struct OpenVisit {
    /// The client.
    pub client: ClientId,
    /// Its name.
    pub client_name: String,
    /// The IANA name of its zone.
    pub time_zone: String,
    /// The platforms to choose from that this server is set up for.
    pub platforms: Vec<Platform>,
    /// What is connected on these platforms, or was and has to be again.
    pub accounts: Vec<Account>,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
}

impl Services {
    /// Makes a link by which a client connects accounts, and mails it where that is wished.
    ///
    /// # Errors
    /// When no platform is chosen, or one that this server is not set up for; when it would last too long,
    /// or the address is none.
    pub async fn make_connect_link(
        &self,
        actor: &Actor,
        client: ClientId,
        order: ConnectLinkOrder,
    ) -> ServiceResult<ConnectLinkMade> {
        let row = self
            .client_row(actor, Permission::SendConnectLinks, client)
            .await?;
        let ConnectLinkOrder {
            mut platforms,
            days,
            mail_to,
        } = order;
        platforms.sort_unstable();
        platforms.dedup();
        if platforms.is_empty() {
            return Err(ServiceError::Invalid(
                "Choose at least one platform.".to_owned(),
            ));
        }
        for platform in &platforms {
            self.connector(*platform)?;
        }
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(ServiceError::Invalid(format!(
                "Choose between one day and {MOST_DAYS} days."
            )));
        }
        let mail_to = mail_to
            .map(|to| to.trim().to_owned())
            .filter(|to| !to.is_empty());
        if let Some(to) = mail_to.as_deref().filter(|to| !looks_like_mail(to)) {
            return Err(ServiceError::Invalid(format!(
                "“{to}” is not an email address."
            )));
        }
        let lasts = Duration::days(days.into());
        let expires_at = self.clock.now() + lasts;
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let link = LinkOrder {
                purpose: LinkPurpose::Connect,
                client: Some(client),
                user: None,
                email: mail_to.as_deref(),
                scope: LinkScope::Connect {
                    platforms: platforms.clone(),
                },
                by: Some(actor.user_id),
                lasts,
            };
            let (id, token) = self.make_link(conn, link).await?;
            let address = self.connect_address(&token)?;
            if let Some(to) = &mail_to {
                let agency = agency::name(conn).await?;
                let letter = connect_letter(&agency, &row, &platforms, days, address.clone());
                let mail = Mail {
                    kind: "connect_link",
                    client: Some(client),
                    to: to.clone(),
                    subject: letter.heading.clone(),
                    body: letter.body(),
                    dedupe_key: None,
                };
                self.queue_mail(conn, &mail).await?;
            }
            let entry = Entry::of(AuditAction::ConnectLinkMade)
                .at(client)
                .on("link", id)
                .after(json!({"platforms": platforms, "days": days, "mailed": mail_to.is_some()}));
            self.record(conn, By::User(actor), &[entry]).await?;
            Ok(ConnectLinkMade {
                address,
                token,
                expires_at,
                mailed_to: mail_to.clone(),
            })
        })
        .await
    }

    /// A link that this person has made, once more, by its token.
    ///
    /// # Errors
    /// When it is none, has ended, is of another client, or somebody else made it.
    pub async fn made_connect_link(
        &self,
        actor: &Actor,
        client: ClientId,
        token: SecretToken,
    ) -> ServiceResult<ConnectLinkMade> {
        actor.require_for(Permission::SendConnectLinks, client)?;
        let (link, of) = self.usable_connect_link(&token).await?;
        if of != client || link.by != Some(actor.user_id) {
            return Err(ServiceError::NotFound("link"));
        }
        Ok(ConnectLinkMade {
            address: self.connect_address(&token)?,
            token,
            expires_at: link.expires_at,
            mailed_to: link.email,
        })
    }

    /// The links of a client that can still be used, newest first.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn connect_links(
        &self,
        actor: &Actor,
        client: ClientId,
    ) -> ServiceResult<Vec<OpenConnectLink>> {
        actor.require_for(Permission::SendConnectLinks, client)?;
        let mut conn = self.conn().await?;
        let now = self.clock.now();
        let rows = link::open(&mut conn, LinkPurpose::Connect, Some(client), now).await?;
        let makers: Vec<UserId> = rows
            .iter()
            .filter_map(|row| row.created_by.map(UserId::from))
            .collect();
        let names = user::names(&mut conn, &makers).await?;
        rows.into_iter()
            .map(|row| {
                let scope = serde_json::from_value(row.scope).map_err(ServiceError::internal)?;
                Ok(OpenConnectLink {
                    id: row.id,
                    platforms: platforms_of(&scope),
                    made_by: names
                        .iter()
                        .find(|(id, _)| Some(id.0) == row.created_by)
                        .map(|(_, name)| name.clone()),
                    made_at: row.created_at,
                    expires_at: row.expires_at,
                    mailed_to: row.email,
                })
            })
            .collect()
    }

    /// Takes a link back: from now on it opens nothing.
    ///
    /// # Errors
    /// When the client has no such link that could still be used.
    pub async fn revoke_connect_link(
        &self,
        actor: &Actor,
        client: ClientId,
        id: LinkId,
    ) -> ServiceResult<()> {
        actor.require_for(Permission::SendConnectLinks, client)?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let open = link::open(conn, LinkPurpose::Connect, Some(client), now).await?;
            let is_open = open.iter().any(|row| row.id == id);
            if !is_open || !link::revoke(conn, id, now).await? {
                return Err(ServiceError::NotFound("link"));
            }
            let entry = Entry::of(AuditAction::LinkRevoked)
                .at(client)
                .on("link", id);
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await
    }

    /// What whoever opens a link sees. Looking changes nothing.
    ///
    /// # Errors
    /// When the database cannot be reached. A link that is none, or has ended, is told without an error.
    pub async fn visit_connect_link(&self, token: &SecretToken) -> ServiceResult<ConnectVisit> {
        let agency = agency::name(&mut *self.conn().await?).await?;
        let open = match self.usable_connect_link(token).await {
            Ok(usable) => Some(self.open_visit(usable).await?),
            Err(ServiceError::NotFound(_)) => None,
            Err(error) => return Err(error),
        };
        Ok(ConnectVisit { agency, open })
    }

    /// Begins to connect an account by a link: the address of the platform's own consent page. Only the
    /// browser that holds `browser` can come back from it.
    ///
    /// # Errors
    /// When the link has ended or is not for this platform.
    pub async fn begin_connect_by_link(
        &self,
        token: &SecretToken,
        browser: &SecretToken,
        platform: Platform,
        hint: Option<&str>,
    ) -> ServiceResult<Url> {
        let (link, client) = self.connect_link_for(token, platform).await?;
        let from = Browser {
            proof: browser,
            link: Some(link.id),
        };
        self.begin(from, client, platform, hint).await
    }

    /// Connects an account by a link and by a password that was made for AutoPost alone.
    ///
    /// # Errors
    /// When the link has ended or is not for this platform; what the platform answers otherwise.
    pub async fn connect_by_link_and_password(
        &self,
        token: &SecretToken,
        platform: Platform,
        identifier: &str,
        secret: SecretString,
        origin: &Origin,
    ) -> ServiceResult<Connected> {
        let (_, client) = self.connect_link_for(token, platform).await?;
        let who = Connecting::ByLink(origin);
        self.link_by_password(who, client, platform, identifier, secret)
            .await
    }

    /// Whether the consent that a browser comes back from began by a connect link.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn began_by_link(&self, reply: &ConsentReply) -> ServiceResult<bool> {
        let Some(state) = reply.state.as_deref() else {
            return Ok(false);
        };
        let mut conn = self.conn().await?;
        let link = oauth_attempt::link_of(&mut conn, &Sha256::digest(state)).await?;
        Ok(link.is_some())
    }

    /// Finishes to connect by a link: in the browser that began, once, and only while the link is open.
    ///
    /// # Errors
    /// A sentence for the person.
    pub async fn finish_connect_by_link(
        &self,
        token: &SecretToken,
        browser: &SecretToken,
        platform: Platform,
        reply: ConsentReply,
        origin: &Origin,
    ) -> Result<Connected, ConnectFailure> {
        let returned = self.take_attempt(browser, platform, &reply).await?;
        // The link may have been taken back while the consent page was open.
        let (link, client) = self
            .connect_link_for(token, platform)
            .await
            .map_err(nowhere)?;
        if returned.link != Some(link.id) || returned.client != client {
            return Err(nowhere(crate::accounts::stale(platform)));
        }
        self.link(
            Connecting::ByLink(origin),
            client,
            platform,
            reply,
            returned.private,
        )
        .await
        .map_err(|error| at(client, error))
    }

    async fn connect_link_for(
        &self,
        token: &SecretToken,
        platform: Platform,
    ) -> ServiceResult<(Link, ClientId)> {
        let (link, client) = self.usable_connect_link(token).await?;
        if platforms_of(&link.scope).contains(&platform) {
            Ok((link, client))
        } else {
            Err(ServiceError::NotFound("link"))
        }
    }

    async fn usable_connect_link(&self, token: &SecretToken) -> ServiceResult<(Link, ClientId)> {
        let mut conn = self.conn().await?;
        let link = self
            .find_link(&mut conn, token, LinkPurpose::Connect)
            .await?;
        match (link.standing, link.client) {
            (LinkStanding::Open, Some(client)) => Ok((link, client)),
            _ => Err(ServiceError::NotFound("link")),
        }
    }

    async fn open_visit(&self, (link, client): (Link, ClientId)) -> ServiceResult<OpenVisit> {
        let mut conn = self.conn().await?;
        let row = client::find(&mut conn, client)
            .await?
            .ok_or(ServiceError::NotFound("link"))?;
        let known = self.connectors.platforms();
        let mut platforms = platforms_of(&link.scope);
        platforms.retain(|platform| known.contains(platform));
        let mut accounts = account::linked(&mut conn, client).await?;
        accounts.retain(|account| platforms.contains(&account.platform));
        Ok(OpenVisit {
            client,
            client_name: row.name,
            time_zone: row.time_zone,
            platforms,
            accounts,
            expires_at: link.expires_at,
        })
    }

    fn connect_address(&self, token: &SecretToken) -> ServiceResult<Url> {
        self.address(&format!("connect/{}", token.expose()))
    }

    /// An address of ours.
    pub(crate) fn address(&self, path: &str) -> ServiceResult<Url> {
        self.settings
            .public_url
            .join(path)
            .map_err(ServiceError::internal)
    }
}

fn platforms_of(scope: &LinkScope) -> Vec<Platform> {
    match scope {
        LinkScope::Connect { platforms } => platforms.clone(),
        _ => Vec::new(),
    }
}

fn connect_letter(
    agency: &str,
    client: &client::Client,
    platforms: &[Platform],
    days: u16,
    address: Url,
) -> Letter {
    let names: Vec<&str> = platforms.iter().map(|platform| platform.name()).collect();
    let days = if days == 1 {
        "for one day".to_owned()
    } else {
        format!("for {days} days")
    };
    Letter {
        from: agency.to_owned(),
        color: client.brand_color.clone(),
        heading: format!("Connect accounts of {} to {agency}", client.name),
        paragraphs: vec![
            format!(
                "{agency} publishes for {} and asks you to connect: {}.",
                client.name,
                names.join(", ")
            ),
            "You agree on the platform’s own page. Nobody at the agency sees a password, and access can be taken back there at any time.".to_owned(),
        ],
        items: Vec::new(),
        button: Some(("Connect accounts".to_owned(), address)),
        small: vec![format!(
            "The link works {days}, also for several accounts. Whoever has it can connect an account, so pass it on with care."
        )],
    }
}
