//! The use cases: what AutoPost does when somebody asks for it or its minute has come.
//!
//! A use case checks who asks, judges the input with `domain`, reads and writes through `db`, talks to
//! platforms through `connectors`, and returns an error that is a sentence for people. Pages and routes
//! only translate.

pub mod accounts;
pub mod actor;
pub mod agency;
pub mod approvals;
pub mod assets;
pub mod audit;
pub mod bulk;
pub mod client_settings;
pub mod clients;
pub mod clock;
pub mod comments;
pub mod connect_links;
pub mod controls;
pub mod copies;
pub mod error;
pub mod frame;
pub mod history;
pub mod letter;
pub mod links;
pub mod live;
pub mod media_store;
pub mod notify;
pub mod outbox;
pub mod planning;
pub mod portal;
pub mod posts;
pub mod preflight;
pub mod probe;
pub mod public_media;
pub mod publishing;
pub mod retention;
pub mod rotation;
pub mod server_secrets;
pub mod standing;
pub mod team;
pub mod tokens;
pub mod users;
pub mod vault;
pub mod versions;
pub mod webhooks;
pub mod webhooks_out;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use chrono_tz::Tz;
use connectors::Registry;
use connectors::announcer::Announcer;
use domain::ClientId;

pub use actor::Actor;
pub use clock::{Clock, SystemClock};
pub use error::{Overtaken, ServiceError, ServiceResult};
pub use media_store::MediaStore;
pub use vault::Vault;

/// What the use cases are configured with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address people reach this server by, without a path.
    pub public_url: url::Url,
    /// How many days files are kept after they were last needed.
    pub media_retention_days: u16,
    /// The largest upload in bytes.
    pub max_upload_bytes: u64,
    /// For how many seconds what is told by mail is gathered, so that one mail tells of all of it.
    pub digest_seconds: u32,
}

impl Settings {
    /// Whether people come by https, so that cookies are for https only.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

/// Everything that the use cases work with. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// The database.
    pub db: db::Pool,
    /// The only code that touches keys.
    pub vault: Arc<Vault>,
    /// Where files are.
    pub media: MediaStore,
    /// The injected time.
    pub clock: Arc<dyn Clock>,
    /// The platforms.
    pub connectors: Registry,
    /// The settings.
    pub settings: Arc<Settings>,
    /// The mail server, where one is configured; without one, mail waits in the outbox.
    pub smtp: Option<Arc<outbox::Smtp>>,
    /// Calls the addresses of others that want to be told.
    pub announcer: Option<Arc<Announcer>>,
    /// The key that signs public addresses of files; read out of the database once.
    public_media: Arc<tokio::sync::OnceCell<ring::hmac::Key>>,
    /// The zones that clients had when they were last looked at, to begin with; what is read says whether they do.
    zones: Arc<Mutex<HashMap<ClientId, Tz>>>,
    /// What the making of copies may take of this server.
    pub copy_limits: copies::CopyLimits,
    /// Told when a copy was asked for.
    copy_asked: Arc<tokio::sync::Notify>,
    /// Told when a webhook was kept.
    webhook_came: Arc<tokio::sync::Notify>,
    /// At most this many passwords are hashed at once: each takes 19 MiB.
    pub password_slots: Arc<tokio::sync::Semaphore>,
}

impl Services {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        db: db::Pool,
        vault: Vault,
        media: MediaStore,
        clock: Arc<dyn Clock>,
        connectors: Registry,
        settings: Settings,
    ) -> Self {
        Self {
            db,
            vault: Arc::new(vault),
            media,
            clock,
            connectors,
            settings: Arc::new(settings),
            smtp: None,
            announcer: None,
            public_media: Arc::default(),
            zones: Arc::default(),
            copy_limits: copies::CopyLimits::default(),
            copy_asked: Arc::default(),
            webhook_came: Arc::default(),
            password_slots: Arc::new(tokio::sync::Semaphore::new(2)),
        }
    }

    /// With another pool of connections, so that one part of a process does not stand in the way of another.
    #[must_use]
    pub fn with_pool(mut self, pool: db::Pool) -> Self {
        self.db = pool;
        self
    }

    /// With other limits for the making of copies.
    #[must_use]
    pub fn with_copy_limits(mut self, limits: copies::CopyLimits) -> Self {
        self.copy_limits = limits;
        self
    }

    /// With a mail server.
    #[must_use]
    pub fn with_smtp(mut self, smtp: outbox::Smtp) -> Self {
        self.smtp = Some(Arc::new(smtp));
        self
    }

    /// With the way to the addresses of others that want to be told.
    #[must_use]
    pub fn with_announcer(mut self, announcer: Announcer) -> Self {
        self.announcer = Some(Arc::new(announcer));
        self
    }

    /// A connection out of the pool.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn conn(&self) -> ServiceResult<db::PooledConnection> {
        Ok(self.db.get().await.map_err(db::DbError::from)?)
    }
}
