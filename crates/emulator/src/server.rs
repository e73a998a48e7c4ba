use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::{
    bluesky::{self, BlueskyHandle},
    clock::Clock,
    control, home,
    recorder::{RecordedRequest, Recorder},
    tiktok::{self, TikTokHandle},
};

/// How long `stop` lets requests under way finish.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

/// How to run an emulator. The default suits tests: a free loopback port, a
/// temporary folder, a running clock that can be advanced.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen. Port 0 picks a free one.
    pub addr: SocketAddr,
    /// The address that browsers and clients use, when it is not the one
    /// listened on (behind a proxy, in a container). No trailing slash.
    pub public_url: Option<String>,
    /// Where received bytes are kept. `None` keeps them in a temporary folder
    /// that goes away with the emulator.
    pub data_dir: Option<PathBuf>,
    /// The clock that everything is computed from.
    pub clock: Clock,
    /// The stand-in TikTok.
    pub tiktok: tiktok::Config,
    /// The stand-in Bluesky.
    pub bluesky: bluesky::Config,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            public_url: None,
            data_dir: None,
            clock: Clock::system(),
            tiktok: tiktok::Config::default(),
            bluesky: bluesky::Config::default(),
        }
    }
}

/// A running emulator. It ends when dropped, or in an orderly way with
/// [`Emulator::stop`].
pub struct Emulator {
    url: String,
    clock: Clock,
    recorder: Recorder,
    tiktok: TikTokHandle,
    bluesky: BlueskyHandle,
    ending: CancellationToken,
    server: JoinHandle<()>,
    // Held so that the temporary folder outlives the server.
    _temporary: Option<tempfile::TempDir>,
}

impl Emulator {
    /// Binds the address and starts to answer.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound, the data folder cannot be made, or a
    /// redirect address breaks TikTok's registration rules.
    pub async fn start(config: Config) -> io::Result<Self> {
        let listener = TcpListener::bind(config.addr).await?;
        let url = match config.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", listener.local_addr()?),
        };
        let (data_dir, temporary) = match config.data_dir {
            Some(folder) => (folder, None),
            None => {
                let folder = tempfile::tempdir()?;
                (folder.path().to_owned(), Some(folder))
            }
        };

        let recorder = Recorder::default();
        let tiktok = TikTokHandle::open(
            &url,
            &data_dir.join("tiktok"),
            config.clock.clone(),
            recorder.clone(),
            config.tiktok,
        )?;
        let bluesky = BlueskyHandle::open(
            &url,
            &data_dir.join("bluesky"),
            config.clock.clone(),
            recorder.clone(),
            config.bluesky,
        )?;

        let router = Router::new()
            .merge(home::router(tiktok.clone(), bluesky.clone()))
            .merge(bluesky::router(&bluesky))
            .nest("/tiktok", tiktok::router(&tiktok))
            .nest("/control/tiktok", tiktok::control_router(&tiktok))
            .nest("/control/bluesky", bluesky::control_router(&bluesky))
            .nest(
                "/control",
                control::router(config.clock.clone(), recorder.clone()),
            );

        let ending = CancellationToken::new();
        let server = tokio::spawn({
            let ending = ending.clone();
            async move {
                let service = router.into_make_service_with_connect_info::<Cut>();
                let serving = axum::serve(CuttableListener(listener), service)
                    .with_graceful_shutdown(ending.cancelled_owned());
                if let Err(error) = serving.await {
                    tracing::error!(%error, "the emulator ended");
                }
            }
        });

        Ok(Self {
            url,
            clock: config.clock,
            recorder,
            tiktok,
            bluesky,
            ending,
            server,
            _temporary: temporary,
        })
    }

    /// The address to reach it at, such as `http://127.0.0.1:4100`, without a
    /// trailing slash.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// The clock it runs on.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Moves its clock forward.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// The stand-in TikTok's state, faults and posts.
    #[must_use]
    pub fn tiktok(&self) -> &TikTokHandle {
        &self.tiktok
    }

    /// The stand-in Bluesky's state, faults and posts.
    #[must_use]
    pub fn bluesky(&self) -> &BlueskyHandle {
        &self.bluesky
    }

    /// Every request that a platform has answered, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.recorder.all()
    }

    /// Forgets the recorded requests.
    pub fn clear_requests(&self) {
        self.recorder.clear();
    }

    /// Ends it: requests under way get a moment to finish.
    pub async fn stop(mut self) {
        self.ending.cancel();
        if tokio::time::timeout(STOP_PATIENCE, &mut self.server)
            .await
            .is_err()
        {
            self.server.abort();
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.ending.cancel();
        self.server.abort();
    }
}

/// Lets a request handler end its own connection without an answer, the way a
/// network failure does after the platform has already done the work.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cut(Arc<AtomicBool>);

impl Cut {
    pub(crate) fn cut(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn check(&self) -> io::Result<()> {
        if self.0.load(Ordering::SeqCst) {
            Err(io::Error::from(io::ErrorKind::ConnectionAborted))
        } else {
            Ok(())
        }
    }
}

impl Connected<IncomingStream<'_, CuttableListener>> for Cut {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Self {
        stream.io().cut.clone()
    }
}

struct CuttableListener(TcpListener);

impl Listener for CuttableListener {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, addr) = Listener::accept(&mut self.0).await;
        let io = CuttableStream {
            stream,
            cut: Cut::default(),
        };
        (io, addr)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

struct CuttableStream {
    stream: TcpStream,
    cut: Cut,
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.cut.check()?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
