//! Sealing everything anew after a key was added.

use db::models::{connection, outbox, server_secret, webhook_endpoint};
use domain::audit::AuditAction;
use serde_json::json;

use crate::audit::{By, COMMAND_LINE, Entry};
use crate::tokens::place;
use crate::{ServiceError, ServiceResult, Services};

impl Services {
    /// Seals every token and checkpoint by the first key. Returns how many were sealed by another.
    ///
    /// # Errors
    /// When a value does not open, or the database cannot be reached; run it again then.
    pub async fn reseal(&self) -> ServiceResult<usize> {
        let mut count = 0;
        let mut conn = self.conn().await?;
        for sealed in connection::all_sealed(&mut conn).await? {
            let again =
                |value: &[u8], column| self.seal_again(value, &place(sealed.account_id, column));
            let access = again(&sealed.access_token, "access_token")?;
            let refresh = sealed
                .refresh_token
                .as_deref()
                .map(|token| again(token, "refresh_token"))
                .transpose()?
                .flatten();
            let session = sealed
                .session
                .as_deref()
                .map(|session| again(session, "session"))
                .transpose()?
                .flatten();
            count += [&access, &refresh, &session]
                .into_iter()
                .filter(|value| value.is_some())
                .count();
            connection::replace_sealed(
                &mut conn,
                &sealed,
                access.as_deref(),
                refresh.as_deref(),
                session.as_deref(),
            )
            .await?;
        }
        for (id, checkpoint) in db::delivery_queue::sealed_checkpoints(&mut conn).await? {
            if let Some(again) =
                self.seal_again(&checkpoint, &format!("deliveries/{id}/checkpoint"))?
            {
                count += 1;
                db::delivery_queue::replace_checkpoint(&mut conn, id, &checkpoint, &again).await?;
            }
        }
        for (name, sealed) in server_secret::all(&mut conn).await? {
            let place = crate::server_secrets::place(&name);
            if let Some(again) = self.seal_again(&sealed, &place)? {
                count += 1;
                server_secret::replace(&mut conn, &name, &again).await?;
            }
        }
        for (id, sealed) in outbox::all_sealed(&mut conn).await? {
            if let Some(again) = self.seal_again(&sealed, &crate::outbox::place(id))? {
                count += 1;
                outbox::replace_sealed(&mut conn, id, &sealed, &again).await?;
            }
        }
        for endpoint in webhook_endpoint::all(&mut conn).await? {
            let place = crate::webhooks_out::place(endpoint.id);
            if let Some(again) = self.seal_again(&endpoint.sealed_secret, &place)? {
                count += 1;
                webhook_endpoint::replace_secret(&mut conn, endpoint.id, &again).await?;
            }
        }
        let entry = Entry::of(AuditAction::KeysRotated).after(json!({ "sealed_anew": count }));
        self.record(&mut conn, By::Software(COMMAND_LINE), &[entry])
            .await?;
        Ok(count)
    }

    /// `None` when the first key sealed it already.
    fn seal_again(&self, sealed: &[u8], place: &str) -> ServiceResult<Option<Vec<u8>>> {
        if self.vault.is_current(sealed) {
            return Ok(None);
        }
        let plain = self
            .vault
            .open(sealed, place)
            .map_err(ServiceError::internal)?;
        self.vault
            .seal(&plain, place)
            .map(Some)
            .map_err(ServiceError::internal)
    }
}
