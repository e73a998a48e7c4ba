//! Keys of this server itself: made once, sealed in the database, the same for every process over it.

use db::models::server_secret;
use secrecy::SecretString;

use crate::{Clock, ServiceError, ServiceResult, Vault};

/// The secret of this name; made by `make` the first time anybody asks.
///
/// # Errors
/// When the database cannot be reached, or what is there does not open.
pub async fn get_or_make(
    db: &db::Pool,
    vault: &Vault,
    clock: &dyn Clock,
    name: &str,
    make: impl FnOnce() -> ServiceResult<SecretString> + Send,
) -> ServiceResult<SecretString> {
    let mut conn = db.get().await.map_err(db::DbError::from)?;
    let place = place(name);
    let sealed = match server_secret::find(&mut conn, name).await? {
        Some(sealed) => sealed,
        None => {
            let sealed = vault
                .seal_secret(&make()?, &place)
                .map_err(ServiceError::internal)?;
            server_secret::insert(&mut conn, name, &sealed, clock.now()).await?;
            // Another process may have been first; its secret is the one that counts.
            server_secret::find(&mut conn, name)
                .await?
                .unwrap_or(sealed)
        }
    };
    vault
        .open_secret(&sealed, &place)
        .map_err(ServiceError::internal)
}

/// What binds a sealed secret to its row.
pub(crate) fn place(name: &str) -> String {
    format!("server_secrets/{name}")
}
