//! Sends what waits to be told: gathers notices into mails, and sends mails and webhooks.

use std::future::Future;
use std::time::Duration;

use services::{ServiceResult, Services};
use tokio_util::sync::CancellationToken;

/// How often is looked for what waits.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long what is under way may take when we are told to stop: a mail that is cut off while a mail
/// server has it is one of which nobody knows whether it arrived.
const GRACE: Duration = Duration::from_secs(5);

/// Sends until told to stop.
pub async fn run(services: Services, stop: CancellationToken) {
    tokio::join!(
        again_and_again(&stop, "gathering mail", || services.gather_mail()),
        again_and_again(&stop, "sending mail", || services.send_mail()),
        again_and_again(&stop, "delivering webhooks", || services.deliver_webhooks()),
    );
}

async fn again_and_again<F: Future<Output = ServiceResult<usize>>>(
    stop: &CancellationToken,
    what: &str,
    work: impl Fn() -> F,
) {
    loop {
        let work = work();
        tokio::pin!(work);
        let done = tokio::select! {
            done = &mut work => done,
            () = stop.cancelled() => {
                let _ = tokio::time::timeout(GRACE, work).await;
                return;
            }
        };
        if let Err(error) = done {
            tracing::error!(%error, cause = error.source_text(), "{what} failed; tries again");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}
