//! Makes the copies of files that are asked for: few at a time, and never in the way of what is published.

use std::time::Duration;

use domain::CopyId;
use futures::future::join_all;
use services::Services;
use tokio_util::sync::CancellationToken;

/// How often is looked for copies that were asked for on another server, or that another server has left.
const INTERVAL: Duration = Duration::from_secs(2);
/// After trouble it is tried again after this long.
const TROUBLED: Duration = Duration::from_secs(10);

/// Makes copies until told to stop. What is being made then is ended, and given back for others to begin anew.
pub async fn run(services: Services, stop: CancellationToken) {
    let at_once = services.copy_limits.at_once;
    join_all((0..at_once).map(|_| hand(&services, &stop))).await;
}

/// Makes one after the other.
async fn hand(services: &Services, stop: &CancellationToken) {
    // Leases are told apart by it, also from those of a process that died a moment ago.
    let worker = format!("copies-{}", CopyId::generate());
    loop {
        let done = tokio::select! {
            () = stop.cancelled() => break,
            done = services.make_next_copy(&worker) => done,
        };
        let pause = match done {
            Ok(true) => continue,
            Ok(false) => INTERVAL,
            Err(error) => {
                tracing::error!(%error, cause = error.source_text(), "making copies failed; tries again");
                TROUBLED
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
            () = services.copy_was_asked_for() => {}
        }
    }
    // ffmpeg has ended by now: it ends with the future that ran it.
    if let Err(error) = services.give_back_copies(&worker).await {
        tracing::warn!(
            cause = error.source_text(),
            "a copy waits until its lease ends"
        );
    }
}
