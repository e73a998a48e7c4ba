//! Migrations travel inside the binary: forward at start, refused when the database is newer.

use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

/// Every migration of this build.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// Why the database could not be brought to this build's schema.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// It cannot be reached.
    #[error("cannot reach the database: {0}. Check DATABASE_URL and that PostgreSQL is running.")]
    Connect(#[from] diesel::ConnectionError),
    /// A newer AutoPost has been here.
    #[error(
        "the database was made by a newer AutoPost (migration {0}). Start that version instead."
    )]
    Newer(String),
    /// A migration failed; nothing of it was kept.
    #[error("migrating the database failed: {0}")]
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

/// Brings the database to this build's schema. Returns the names of the migrations that ran.
///
/// # Errors
/// See [`MigrateError`].
pub async fn migrate(database_url: &str) -> Result<Vec<String>, MigrateError> {
    run(database_url, |harness| {
        let known: Vec<String> =
            diesel::migration::MigrationSource::<diesel::pg::Pg>::migrations(&MIGRATIONS)
                .map_err(MigrateError::Failed)?
                .iter()
                .map(|migration| migration.name().version().to_string())
                .collect();
        let applied = harness.applied_migrations().map_err(MigrateError::Failed)?;
        if let Some(newer) = applied
            .iter()
            .map(ToString::to_string)
            .find(|version| !known.contains(version))
        {
            return Err(MigrateError::Newer(newer));
        }
        let ran = harness
            .run_pending_migrations(MIGRATIONS)
            .map_err(MigrateError::Failed)?;
        Ok(ran.iter().map(ToString::to_string).collect())
    })
    .await
}

/// Takes every migration back; used to prove that it can be done.
///
/// # Errors
/// See [`MigrateError`].
pub async fn revert_all(database_url: &str) -> Result<(), MigrateError> {
    run(database_url, |harness| {
        harness
            .revert_all_migrations(MIGRATIONS)
            .map_err(MigrateError::Failed)?;
        Ok(())
    })
    .await
}

async fn run<T: Send + 'static>(
    database_url: &str,
    work: impl FnOnce(&mut AsyncMigrationHarness<AsyncPgConnection>) -> Result<T, MigrateError>
    + Send
    + 'static,
) -> Result<T, MigrateError> {
    let connection = AsyncPgConnection::establish(database_url).await?;
    let mut harness = AsyncMigrationHarness::new(connection);
    // The harness blocks its thread while it waits for the database.
    tokio::task::spawn_blocking(move || work(&mut harness))
        .await
        .map_err(|error| MigrateError::Failed(error.into()))?
}
