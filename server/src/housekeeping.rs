//! What is done in the background besides publishing: what platforms tell is acted on, mail and webhooks are
//! sent, copies of files are made, tokens are renewed ahead of their end, what is due tomorrow is looked at today, what nothing keeps any
//! longer is released, approvers are reminded, what was written down is chained, and, every hour, what is no longer needed is removed.

use std::future::Future;
use std::time::Duration;

use services::{ServiceResult, Services};
use tokio_util::sync::CancellationToken;

const SWEEP: Duration = Duration::from_secs(60 * 60);
const CARE: Duration = Duration::from_secs(60);
/// Short, because a post that nobody insists on approving goes out at its minute.
const REVIEWS: Duration = Duration::from_secs(5);
const CHAIN: Duration = Duration::from_secs(5);

/// Sweeps and looks ahead until told to stop.
pub async fn run(services: Services, stop: CancellationToken) {
    tokio::join!(
        crate::inbox::run(services.clone(), stop.clone()),
        crate::outbox::run(services.clone(), stop.clone()),
        crate::copies::run(services.clone(), stop.clone()),
        every(SWEEP, &stop, "sweeping", || async {
            services
                .sweep()
                .await
                .map(|swept| tracing::debug!(?swept, "swept"))
        }),
        every(REVIEWS, &stop, "looking at reviews", || async {
            let looked_at = services.look_at_reviews().await?;
            let settled = services.settle_agreed_reviews().await?;
            tracing::debug!(looked_at, settled, "looked at reviews");
            Ok(())
        }),
        every(CHAIN, &stop, "chaining the audit", || async {
            let chained = services.chain_audit().await?;
            tracing::debug!(chained, "chained the audit");
            Ok(())
        }),
        every(CARE, &stop, "looking ahead", || async {
            let released = services.release_holds().await?;
            let renewed = services.renew_ahead().await?;
            let looked_at = services.preflight_due().await?;
            let ending = services.tell_of_expiring().await?;
            tracing::debug!(released, renewed, looked_at, ending, "looked ahead");
            Ok(())
        }),
    );
}

async fn every<F: Future<Output = ServiceResult<()>>>(
    period: Duration,
    stop: &CancellationToken,
    what: &str,
    work: impl Fn() -> F,
) {
    let mut interval = tokio::time::interval(period);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = interval.tick() => {}
        }
        tokio::select! {
            // Whatever is under way is taken up again by the next look, here or elsewhere.
            () = stop.cancelled() => return,
            done = work() => if let Err(error) = done {
                tracing::error!(%error, cause = error.source_text(), "{what} failed");
            },
        }
    }
}
