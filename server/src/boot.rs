//! Puts the parts together: the database (a private one unless another is named), the keys, the media
//! folder, the platforms.

use std::path::Path;
use std::sync::Arc;

use connectors::announcer::Announcer;
use connectors::bluesky::{self, Bluesky};
use connectors::http::HttpClient;
use connectors::tiktok::TikTok;
use connectors::{Connector, Registry};
use db::embedded::EmbeddedPostgres;
use db::roles::{APPLICATION, Access, Limits};
use secrecy::ExposeSecret;
use services::{MediaStore, ServiceError, Services, Settings, SystemClock, Vault, server_secrets};

use crate::config::{BlueskyAddresses, Config};

/// Any reason not to start; told to the operator as it is.
pub type BootError = Box<dyn std::error::Error + Send + Sync>;

/// The database, and whether it is ours to stop.
pub struct Database {
    /// How the application connects.
    pub access: Access,
    embedded: Option<EmbeddedPostgres>,
}

impl Database {
    /// Starts the private database, unless another is named, and brings it to this build's schema.
    pub async fn start(config: &Config) -> Result<Self, BootError> {
        let embedded = match &config.database_url {
            Some(_) => None,
            None => Some(EmbeddedPostgres::start(&config.data_dir.join("postgres")).await?),
        };
        match prepare(config, embedded.as_ref()).await {
            Ok(access) => Ok(Self { access, embedded }),
            Err(error) => {
                if let Some(embedded) = embedded.filter(|embedded| !embedded.was_running()) {
                    stop(&embedded).await;
                }
                Err(error)
            }
        }
    }

    /// Stops the private database, whoever started it: the server that owns the data folder ends.
    pub async fn stop(&self) {
        if let Some(embedded) = &self.embedded {
            stop(embedded).await;
        }
    }

    /// Stops the private database unless a server was using it already.
    pub async fn stop_if_started(&self) {
        if self
            .embedded
            .as_ref()
            .is_some_and(|embedded| !embedded.was_running())
        {
            self.stop().await;
        }
    }
}

/// Brings the database to this build's schema as its owner, and finds out how the application connects: as
/// a role that can add to the audit and the history, but not change them.
async fn prepare(
    config: &Config,
    embedded: Option<&EmbeddedPostgres>,
) -> Result<Access, BootError> {
    let application_url = match (&config.database_url, embedded) {
        (Some(url), _) => url.expose_secret().to_owned(),
        (None, Some(embedded)) => embedded.application_url(),
        (None, None) => return Err("no database is named, and none was started".into()),
    };
    let owner_url = match (&config.owner_database_url, embedded) {
        (Some(url), _) => url.expose_secret().to_owned(),
        (None, Some(embedded)) => embedded.url(),
        (None, None) => application_url.clone(),
    };
    let ran = db::migrations::migrate(&owner_url).await?;
    if !ran.is_empty() {
        tracing::info!(migrations = ran.len(), "the database is up to date");
    }
    let access = if embedded.is_some() {
        Access::own_login(&owner_url, application_url).await?
    } else if config.owner_database_url.is_some() {
        Access::named_login(&owner_url, application_url).await?
    } else {
        Access::step_down(application_url).await?
    };
    match (access.limits(), config.owner_database_url.is_some()) {
        (Limits::OwnLogin, _) => {}
        (Limits::StepsDown, _) => tracing::warn!(
            "DATABASE_URL names the owner of the tables. AutoPost steps down to the role {APPLICATION}, which cannot \
             change the audit, but who takes over the process could step up again. Give DATABASE_URL a role of its \
             own, and name the owner in AUTOPOST_OWNER_DATABASE_URL (see the README)."
        ),
        (Limits::None, false) => tracing::warn!(
            "DATABASE_URL names the owner of the tables, which may not make the role {APPLICATION}: only triggers keep \
             AutoPost from changing the audit. Give DATABASE_URL a role of its own, and name the owner in \
             AUTOPOST_OWNER_DATABASE_URL (see the README)."
        ),
        (Limits::None, true) => tracing::warn!(
            "the role in DATABASE_URL owns the tables or is above all rules: only triggers keep AutoPost from \
             changing the audit. Use one that is neither (see the README)."
        ),
    }
    Ok(access)
}

async fn stop(embedded: &EmbeddedPostgres) {
    if let Err(error) = embedded.stop().await {
        tracing::error!(%error, "the private database did not stop");
    }
}

/// Puts the use cases together over a started database.
pub async fn services(config: &Config, database: &Database) -> Result<Services, BootError> {
    Ok(parts(config, database).await?.services)
}

/// How many connections to the database a part of a process has at most: PostgreSQL allows a hundred in all, unless
/// it is told otherwise.
pub const CONNECTIONS: usize = 16;

/// What a server is made of.
pub struct Parts {
    /// The use cases.
    pub services: Services,
    /// What Bluesky's servers read about us, where our address can be read by them.
    pub client_metadata: Option<serde_json::Value>,
}

/// The use cases, and what a server needs besides.
pub async fn parts(config: &Config, database: &Database) -> Result<Parts, BootError> {
    make_private_folder(&config.data_dir)?;
    let vault = match &config.keys {
        Some(keys) => Vault::parse(keys)?,
        None => Vault::from_file(&config.data_dir.join("keys"))?,
    };
    let media = MediaStore::open(config.data_dir.join("media")).await?;
    let http = HttpClient::new()?;
    let mut connectors: Vec<Arc<dyn Connector>> = Vec::new();
    if let Some(tiktok) = &config.tiktok {
        connectors.push(Arc::new(TikTok::new(tiktok.clone(), http.clone())));
    }
    let pool = database.access.pool(CONNECTIONS)?;
    let mut client_metadata = None;
    if let Some(addresses) = &config.bluesky {
        let bluesky = bluesky(config, addresses, &pool, &vault).await?;
        client_metadata = bluesky.client_metadata();
        connectors.push(Arc::new(bluesky));
    }
    let settings = Settings {
        public_url: config.public_url.clone(),
        media_retention_days: config.media_retention_days,
        max_upload_bytes: config.max_upload_bytes,
        digest_seconds: config.digest_seconds,
    };
    let services = Services::new(
        pool,
        vault,
        media,
        Arc::new(SystemClock),
        Registry::new(connectors),
        settings,
    )
    .with_copy_limits(config.copies)
    .with_announcer(Announcer::new(&config.webhook_development_hosts)?);
    let services = match &config.smtp {
        Some(smtp) => services.with_smtp(smtp.clone()),
        None => {
            tracing::warn!(
                "no mail server is configured (AUTOPOST_SMTP_URL): mail waits in the outbox"
            );
            services
        }
    };
    Ok(Parts {
        services,
        client_metadata,
    })
}

/// The connector for Bluesky. The key that says who we are is made once, and the same for every process
/// over the database.
async fn bluesky(
    config: &Config,
    addresses: &BlueskyAddresses,
    pool: &db::Pool,
    vault: &Vault,
) -> Result<Bluesky, BootError> {
    let make = || bluesky::generate_signing_key().map_err(ServiceError::internal);
    let signing_key =
        server_secrets::get_or_make(pool, vault, &SystemClock, "bluesky-signing-key", make).await?;
    let addresses = addresses.clone();
    Ok(Bluesky::new(bluesky::Config {
        public_url: config.public_url.clone(),
        signing_key,
        resolver_url: addresses.resolver_url,
        directory_url: addresses.directory_url,
        app_view_url: addresses.app_view_url,
        video: addresses.video,
        site_url: addresses.site_url,
        development_hosts: addresses.development_hosts,
    })?)
}

/// Makes the data folder; what is in it that others must not read is protected file by file, because the
/// private database's user has to pass through.
fn make_private_folder(path: &Path) -> Result<(), BootError> {
    std::fs::create_dir_all(path)
        .map_err(|error| format!("the data folder {}: {error}", path.display()))?;
    Ok(())
}
