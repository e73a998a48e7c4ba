//! PostgreSQL: the schema, the rows with their queries, the delivery queue. Only this crate knows diesel.
//!
//! Every function takes a connection and the injected time where it needs one; none keeps a
//! transaction open across anything but the database.

pub mod delivery_queue;
pub mod embedded;
pub mod listen;
pub mod migrations;
pub mod models;
pub mod roles;
pub mod schema;

use std::time::Duration;

use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::AsyncDieselConnectionManager;
use diesel_async::pooled_connection::deadpool;

/// Brings `conn.transaction(…)`, so that a use case can decide under a lock.
pub use diesel_async::AsyncConnection;

/// What a query answers that failed: what ends a transaction from inside.
pub use diesel::result::Error as QueryError;

/// A pool of connections.
pub type Pool = deadpool::Pool<AsyncPgConnection>;
/// A connection out of the pool.
pub type PooledConnection = deadpool::Object<AsyncPgConnection>;
/// One connection.
pub type Connection = AsyncPgConnection;

/// What can go wrong between us and the database.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A query failed.
    #[error("the database refused a query: {0}")]
    Query(#[from] diesel::result::Error),
    /// No connection could be had.
    #[error("no connection to the database: {0}")]
    Pool(#[from] deadpool::PoolError),
    /// A connection of its own could not be made.
    #[error("no connection to the database: {0}")]
    Connect(#[source] diesel::ConnectionError),
    /// The pool could not be set up.
    #[error("the connection pool could not be set up: {0}")]
    Build(#[from] deadpool::BuildError),
    /// A late writer: somebody else has taken the delivery over since.
    #[error("the delivery has been taken over by another worker")]
    FenceLost,
}

impl DbError {
    /// Whether the row that was to be written stands in the way of a unique index.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(
            self,
            Self::Query(diesel::result::Error::DatabaseError(
                diesel::result::DatabaseErrorKind::UniqueViolation,
                _
            ))
        )
    }
}

/// The result of a query.
pub type DbResult<T> = Result<T, DbError>;

/// How long somebody waits for a connection that others have. They get an error then, and no place in a queue that
/// may not move.
const PATIENCE: Duration = Duration::from_secs(30);

/// A pool of at most `size` connections to this database. Connects when first used.
///
/// # Errors
/// When the pool cannot be set up.
pub fn pool(database_url: &str, size: usize) -> DbResult<Pool> {
    let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new(database_url);
    Ok(Pool::builder(manager)
        .max_size(size)
        .wait_timeout(Some(PATIENCE))
        .runtime(::deadpool::Runtime::Tokio1)
        .build()?)
}
