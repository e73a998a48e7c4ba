//! Tells pages that something has changed: one look at the database for all of them, and one open answer for each.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use services::Services;
use services::live::News;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// How long after a change pages are told of it, at the most.
const EVERY: Duration = Duration::from_millis(400);
/// Without a database there is nothing to tell; it is tried again after this long.
const TROUBLED: Duration = Duration::from_secs(3);
/// News that a slow reader may be behind with; beyond that it is told that it has missed some, and looks.
const BEHIND: usize = 64;

/// Where news come from. It looks for them only while somebody listens.
#[derive(Clone)]
pub struct Live {
    services: Services,
    news: Arc<Mutex<Listeners>>,
    stop: CancellationToken,
}

/// Who listens, and whether somebody looks for them.
struct Listeners {
    news: broadcast::Sender<Arc<News>>,
    is_looked: bool,
}

impl Live {
    /// Ends with the server.
    #[must_use]
    pub fn new(services: Services, stop: CancellationToken) -> Self {
        Self {
            services,
            news: Arc::new(Mutex::new(Listeners {
                news: broadcast::Sender::new(BEHIND),
                is_looked: false,
            })),
            stop,
        }
    }

    /// When the server stops, so that no open answer keeps it.
    #[must_use]
    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// All news from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<News>> {
        let mut listeners = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        let receiver = listeners.news.subscribe();
        // One that pauses while a page is loaded anew goes on: there is never a second one beside it.
        if !listeners.is_looked && !self.stop.is_cancelled() {
            listeners.is_looked = true;
            tokio::spawn(look(self.clone()));
        }
        receiver
    }

    /// Hands news on. Without anybody who listens the looking ends, in the same moment in which that is found.
    fn tell(&self, news: News) -> bool {
        let mut listeners = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        if listeners.news.receiver_count() == 0 {
            listeners.is_looked = false;
            return false;
        }
        if !news.is_empty() {
            // Fails only where nobody listens.
            let _ = listeners.news.send(Arc::new(news));
        }
        true
    }
}

async fn look(live: Live) {
    let mut watch = None;
    loop {
        let pause = match step(&live.services, &mut watch).await {
            Ok(news) => {
                if !live.tell(news) {
                    return;
                }
                EVERY
            }
            Err(error) => {
                tracing::warn!(cause = error.source_text(), "pages are not kept up to date");
                if !live.tell(News::default()) {
                    return;
                }
                TROUBLED
            }
        };
        tokio::select! {
            () = live.stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn step(
    services: &Services,
    watch: &mut Option<services::live::Watch>,
) -> services::ServiceResult<News> {
    match watch {
        Some(watch) => services.look_for_news(watch).await,
        None => {
            *watch = Some(services.begin_watch().await?);
            Ok(News::default())
        }
    }
}
