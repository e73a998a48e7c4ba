//! Gathers what a claimed delivery says, and whether it may still be sent.

use std::sync::Arc;

use connectors::DeliveryContent;
use db::delivery_queue::Claim;
use db::models::{delivery, post};
use domain::account::AccountStatus;
use domain::{DeliveryState, Platform};

use crate::{ServiceError, ServiceResult, Services};

/// A delivery ready to be driven.
pub(super) struct Ready {
    pub content: DeliveryContent,
    pub platform: Platform,
    pub handle: Option<String>,
    pub due_at: chrono::DateTime<chrono::Utc>,
    pub version: Vec<u8>,
}

/// Loads a claimed delivery. `Err(Ok(sentence))` is why it may not be sent.
pub(super) async fn load(
    services: &Services,
    claim: &Claim,
) -> Result<Ready, ServiceResult<String>> {
    let mut conn = services.conn().await.map_err(Err)?;
    let wrap = |error: db::DbError| Err(ServiceError::from(error));
    let (delivery, post, account) = delivery::find(&mut conn, claim.client_id, claim.id)
        .await
        .map_err(wrap)?
        .ok_or(Err(ServiceError::NotFound("delivery")))?;
    // Once something has left, it is followed to its end whatever is on paper by now.
    let nothing_sent = claim.state == DeliveryState::Publishing && claim.checkpoint.is_none();
    if nothing_sent && delivery.scheduled_version.as_deref() != Some(post.version.as_slice()) {
        return Err(Ok(
            "It was changed after it was scheduled. Look at it again and schedule it anew."
                .to_owned(),
        ));
    }
    if account.status == AccountStatus::Disconnected {
        return Err(Ok("The account was disconnected.".to_owned()));
    }
    let assets = post::assets_of(&mut conn, &[post.id]).await.map_err(wrap)?;
    drop(conn);
    let Some((_, asset)) = assets.into_iter().next() else {
        return Err(Ok(
            "It has no video any more. Add one and schedule it anew.".to_owned(),
        ));
    };
    let source = match services.media.source(asset.id).await {
        Ok(source) => source,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && nothing_sent => {
            return Err(Ok(
                "Its video is no longer kept. Upload it again and schedule it anew.".to_owned(),
            ));
        }
        Err(error) => return Err(Err(ServiceError::internal(error))),
    };
    Ok(Ready {
        content: DeliveryContent {
            delivery_id: claim.id,
            caption: delivery.caption_override.unwrap_or(post.caption),
            options: delivery.options,
            video: asset.facts(),
            media: Arc::new(source),
        },
        platform: account.platform,
        handle: account.handle,
        due_at: delivery.due_at,
        version: post.version,
    })
}
