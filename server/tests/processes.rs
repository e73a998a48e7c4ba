//! Real processes on a real database: killed without warning, and with PostgreSQL restarted underneath.
//! What went out is read from the emulated platform's feed.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use db::embedded::EmbeddedPostgres;
use diesel_async::SimpleAsyncConnection;
use domain::Platform;
use emulator::Emulator;
use emulator::tiktok::User;
use secrecy::{ExposeSecret, SecretString};
use services::copies::CopyWish;
use services::{Clock, MediaStore, SystemClock, Vault};
use tempfile::TempDir;
use testing::{Desk, Load, LoadAccount, TestDatabase};
use tokio::process::{Child, Command};

const ACCOUNTS: usize = 24;
const EACH: usize = 2;
/// How long all of it may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// Publishers, and what they work on.
struct Plant {
    emulator: Emulator,
    database: TestDatabase,
    folder: TempDir,
    keys: SecretString,
}

impl Plant {
    async fn start(database: TestDatabase) -> Self {
        let mut config = emulator::Config::default();
        config.tiktok.probe_media = false;
        config.tiktok.latency = Duration::from_millis(20);
        config.tiktok.processing = Duration::from_secs(1);
        config.tiktok.access_ttl = Duration::from_secs(86_400);
        let emulator = Emulator::start(config).await.expect("the emulator");
        let folder = tempfile::tempdir().expect("a folder");
        let media = MediaStore::open(folder.path().join("media"))
            .await
            .expect("a media folder");
        let keys = services::vault::generate_key();
        let vault = Vault::parse(&keys).expect("a key");
        let accounts: Vec<LoadAccount> = (0..ACCOUNTS)
            .map(|number| {
                let handle = format!("process{number}");
                let user = User::new(&handle, &handle);
                let platform_user_id = user.open_id.clone();
                emulator.tiktok().add_user(user);
                let scopes = ["user.info.basic", "video.publish"];
                let tokens = emulator
                    .tiktok()
                    .issue_tokens(&handle, &scopes)
                    .expect("tokens");
                LoadAccount {
                    platform_user_id,
                    handle,
                    access_token: SecretString::from(tokens.access_token),
                }
            })
            .collect();
        let now = SystemClock.now();
        let load = Load::prepare(&database, &vault, &media, 3, &accounts, now).await;
        load.schedule(&database, EACH, now).await;
        Self {
            emulator,
            database,
            folder,
            keys,
        }
    }

    fn publisher(&self) -> Child {
        let mut command = self.command("publish");
        command
            .env("AUTOPOST_PUBLISHER_SLOTS", "8")
            .spawn()
            .expect("a publisher")
    }

    /// A server of pages that publishes too.
    fn server(&self, address: SocketAddr) -> Child {
        let site = self.folder.path().join("site");
        std::fs::create_dir_all(&site).expect("a folder");
        let mut command = self.command("serve");
        command
            .env("AUTOPOST_ADDR", address.to_string())
            .env("AUTOPOST_PUBLIC_URL", format!("http://{address}"))
            .env("AUTOPOST_SITE_ROOT", site)
            .spawn()
            .expect("a server")
    }

    fn command(&self, does: &str) -> Command {
        let tiktok = self.emulator.tiktok();
        let mut command = process(does, &self.database, &self.folder, &self.keys);
        command
            .env("AUTOPOST_PUBLISHER_LEASE_SECONDS", "2")
            .env("AUTOPOST_TIKTOK_API_URL", tiktok.api_base())
            .env("AUTOPOST_TIKTOK_CLIENT_KEY", tiktok.config().client_key)
            .env(
                "AUTOPOST_TIKTOK_CLIENT_SECRET",
                tiktok.config().client_secret,
            );
        command
    }

    /// Waits until so many calls have reached the platform.
    async fn until_calls(&self, count: usize) {
        let started = Instant::now();
        while self.emulator.requests().len() < count {
            assert!(started.elapsed() < PATIENCE, "nothing moves");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn until_all_are_published(&self) {
        let all = i64::try_from(ACCOUNTS * EACH).expect("a count");
        let started = Instant::now();
        loop {
            let published = Load::published(&self.database).await.0;
            if published == all {
                return;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{published} of {all} were published in time"
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Each account got what was scheduled on it, each once.
    fn assert_exactly_once(&self) {
        let mut posts: HashMap<String, usize> = HashMap::new();
        for post in self.emulator.tiktok().posts() {
            *posts.entry(post.account).or_default() += 1;
        }
        assert_eq!(posts.len(), ACCOUNTS, "lost: {posts:?}");
        assert!(
            posts.values().all(|count| *count == EACH),
            "lost or doubled: {posts:?}"
        );
    }
}

fn process(does: &str, database: &TestDatabase, folder: &TempDir, keys: &SecretString) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_autopost"));
    command
        .arg(does)
        .env("DATABASE_URL", database.url())
        .env("AUTOPOST_DATA_DIR", folder.path())
        .env("AUTOPOST_KEYS", keys.expose_secret())
        .env("AUTOPOST_LOG", "off")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_processes_lose_nothing_and_double_nothing() {
    let plant = Plant::start(TestDatabase::new().await).await;
    let mut publishers = vec![plant.publisher(), plant.publisher()];
    // Each is killed in the middle of its work, at another moment each time, and replaced.
    for kill in 0..8 {
        plant.until_calls((kill + 1) * 17).await;
        let index = kill % publishers.len();
        let mut killed = std::mem::replace(&mut publishers[index], plant.publisher());
        killed.kill().await.expect("kill -9");
    }
    plant.until_all_are_published().await;
    plant.assert_exactly_once();
    for mut publisher in publishers {
        publisher.kill().await.expect("ended");
    }
    plant.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_the_database_underneath_loses_nothing_and_doubles_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = EmbeddedPostgres::start(&folder.path().join("postgres"))
        .await
        .expect("PostgreSQL");
    let plant = Plant::start(TestDatabase::on(server.url()).await).await;
    let mut publisher = plant.publisher();
    let mut server = Some(server);
    for restart in 0..2 {
        plant.until_calls((restart + 1) * 40).await;
        server
            .take()
            .expect("a running server")
            .stop()
            .await
            .expect("stopped");
        tokio::time::sleep(Duration::from_millis(300)).await;
        server = Some(
            EmbeddedPostgres::start(&folder.path().join("postgres"))
                .await
                .expect("PostgreSQL again"),
        );
    }
    plant.until_all_are_published().await;
    plant.assert_exactly_once();
    publisher.kill().await.expect("ended");
    if let Some(server) = server {
        server.stop().await.expect("stopped");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_told_to_stop_hands_its_work_to_the_next() {
    let plant = Plant::start(TestDatabase::new().await).await;
    let mut first = plant.publisher();
    plant.until_calls(10).await;
    let id = first.id().expect("a running process").to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().await;
    assert!(told.expect("told").success());
    let ended = tokio::time::timeout(Duration::from_secs(30), first.wait())
        .await
        .expect("it ends")
        .expect("its status");
    assert!(ended.success(), "{ended}");
    let mut second = plant.publisher();
    plant.until_all_are_published().await;
    plant.assert_exactly_once();
    second.kill().await.expect("ended");
    plant.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_waits_behind_what_is_published() {
    let plant = Plant::start(TestDatabase::new().await).await;
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port");
    let mut server = plant.server(address);
    // More deliveries than the publisher has connections have made their first call, and none can be written.
    let mut conn = plant.database.connect().await;
    plant.until_calls(1).await;
    conn.batch_execute("BEGIN; LOCK TABLE deliveries IN SHARE MODE")
        .await
        .expect("locked");
    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(20))
        .build()
        .expect("a browser");
    plant.until_calls(ACCOUNTS).await;
    // Who that is has to be looked up.
    let page = browser
        .get(format!("http://{address}/clients"))
        .header("accept", "text/html")
        .header("cookie", "autopost_session=somebody")
        .send()
        .await
        .expect("an answer while nothing can be published");
    assert!(page.status().is_redirection(), "{}", page.status());
    conn.batch_execute("COMMIT").await.expect("let go");
    plant.until_all_are_published().await;
    plant.assert_exactly_once();
    server.kill().await.expect("ended");
    plant.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_leaves_no_ffmpeg_behind() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    // More than TikTok takes in a second, and enough of it to be busy for a while.
    let clip = desk.folder.path().join("fast.mp4");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i"])
        .arg("testsrc2=size=480x854:rate=100:duration=60")
        .args(["-c:v", "mpeg4"])
        .arg(&clip)
        .status();
    assert!(made.await.expect("ffmpeg").success());
    let clip = std::fs::read(&clip).expect("a video").into();
    let clip = desk.upload(client, clip).await.expect("taken").id;
    desk.services
        .ask_for_copy(&desk.owner, client, clip, CopyWish::For(Platform::TikTok))
        .await
        .expect("asked for");
    let keys = services::vault::generate_key();
    let mut server = process("publish", &desk.database, &desk.folder, &keys)
        .spawn()
        .expect("a server");
    until(PATIENCE, || ffmpegs(&desk.folder) == 1).await;
    server.kill().await.expect("kill -9");
    // Far sooner than it would have been done.
    until(Duration::from_secs(5), || ffmpegs(&desk.folder) == 0).await;
    desk.database.remove().await;
}

/// How many ffmpeg work in this folder.
fn ffmpegs(folder: &TempDir) -> usize {
    let folder = folder.path().to_string_lossy();
    let works_there = |process: &std::fs::DirEntry| {
        // One that has ended meanwhile has none, and so has one that nobody has buried.
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        line.starts_with(b"ffmpeg\0") && String::from_utf8_lossy(&line).contains(&*folder)
    };
    let processes = std::fs::read_dir("/proc").expect("processes");
    processes.flatten().filter(works_there).count()
}

async fn until(patience: Duration, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < patience, "in vain");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
