//! Acts on what platforms have told by themselves: at once when a call comes to this process, and every
//! few seconds for what was left by another, or has to wait.

use std::time::Duration;

use services::Services;
use tokio_util::sync::CancellationToken;

/// How often is looked for what nobody has told this process.
const INTERVAL: Duration = Duration::from_secs(5);

/// Acts until told to stop.
pub async fn run(services: Services, stop: CancellationToken) {
    loop {
        // Whatever is under way is taken up again by the next look, here or elsewhere.
        tokio::select! {
            () = stop.cancelled() => return,
            done = services.work_inbox() => if let Err(error) = done {
                tracing::error!(%error, cause = error.source_text(), "acting on webhooks failed; tries again");
            },
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = services.webhook_came() => {}
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}
