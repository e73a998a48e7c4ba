//! `autopost serve`: everything in one process, started and stopped in order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::boot::{self, BootError, Database, Parts};
use crate::config::Config;
use crate::publisher::{PublisherHealth, run_publisher};
use crate::router::{Web, router};
use crate::{housekeeping, publisher};

/// How long requests and deliveries under way may take to come to a checkpoint when we are told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until SIGINT or SIGTERM.
pub async fn serve(config: Config) -> Result<(), BootError> {
    let listener = TcpListener::bind(config.addr).await.map_err(|error| {
        format!(
            "cannot listen on {}: {error}. Set AUTOPOST_ADDR to a free address.",
            config.addr
        )
    })?;
    let database = Database::start(&config).await?;
    let result = serve_on(&config, &database, listener).await;
    database.stop().await;
    result
}

async fn serve_on(
    config: &Config,
    database: &Database,
    listener: TcpListener,
) -> Result<(), BootError> {
    let Parts {
        services,
        client_metadata,
    } = boot::parts(config, database).await?;
    let stop = CancellationToken::new();
    let health = Arc::new(PublisherHealth::default());
    // A thousand deliveries that are due at once wait for connections of their own: no page waits behind them.
    let pool = database.access.pool(boot::CONNECTIONS)?;
    let publishing = tokio::spawn({
        let (url, health, stop) = (
            database.access.url().to_owned(),
            Arc::clone(&health),
            stop.clone(),
        );
        let worker = publisher::worker(config, services.clone().with_pool(pool));
        async move { run_publisher(worker, &url, health, stop, GRACE).await }
    });
    let sweeping = tokio::spawn(housekeeping::run(services.clone(), stop.clone()));

    let web = Web::new(config, services, health)?
        .with_client_metadata(client_metadata)
        .until(stop.clone());
    let app = router(web);
    tracing::info!(address = %config.public_url, "AutoPost is up");
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, app).with_graceful_shutdown(stop.clone().cancelled_owned());
    let serving = tokio::spawn(async move { server.await });

    told_to_stop().await?;
    tracing::info!("stopping");
    stop.cancel();
    if tokio::time::timeout(GRACE, serving).await.is_err() {
        tracing::warn!("some requests were cut off");
    }
    let _ = tokio::join!(publishing, sweeping);
    Ok(())
}

/// Publishes without serving anything, until SIGINT or SIGTERM.
pub async fn publish(config: Config) -> Result<(), BootError> {
    let database = Database::start(&config).await?;
    let result = publish_on(&config, &database).await;
    database.stop_if_started().await;
    result
}

async fn publish_on(config: &Config, database: &Database) -> Result<(), BootError> {
    let services = boot::services(config, database).await?;
    let stop = CancellationToken::new();
    let worker = publisher::worker(config, services.clone());
    let caring = tokio::spawn(housekeeping::run(services, stop.clone()));
    let publishing = tokio::spawn({
        let (url, stop) = (database.access.url().to_owned(), stop.clone());
        async move {
            run_publisher(worker, &url, Arc::default(), stop, GRACE).await;
        }
    });
    tracing::info!("publishing");
    told_to_stop().await?;
    tracing::info!("stopping");
    stop.cancel();
    let _ = tokio::join!(publishing, caring);
    Ok(())
}

async fn told_to_stop() -> Result<(), BootError> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
