//! Removes, every hour, what is no longer needed.

use std::time::Duration;

use services::Services;
use tokio_util::sync::CancellationToken;

const INTERVAL: Duration = Duration::from_secs(60 * 60);

/// Sweeps until told to stop.
pub async fn run(services: Services, stop: CancellationToken) {
    let mut interval = tokio::time::interval(INTERVAL);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = interval.tick() => match services.sweep().await {
                Ok(swept) => tracing::debug!(?swept, "swept"),
                Err(error) => tracing::error!(%error, cause = error.source_text(), "sweeping failed"),
            },
        }
    }
}
