//! A database for each test, made from a template that is migrated once.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

/// Where tests may make databases; `./dev test` starts a server and sets it.
const SERVER: &str = "AUTOPOST_TEST_DATABASE_URL";

/// An own database, as a migrated one is at the start.
pub struct TestDatabase {
    server: String,
    name: String,
}

impl TestDatabase {
    /// Makes one.
    pub async fn new() -> Self {
        Self::on(server()).await
    }

    /// Makes one on a server of one's own, for a test that mistreats it.
    pub async fn on(server: String) -> Self {
        let template = template(&server).await;
        let name = format!("test_{}", uuid::Uuid::now_v7().simple());
        execute(
            &server,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await
        .expect("a test database");
        Self { server, name }
    }

    /// Makes one without any table.
    pub async fn empty() -> Self {
        let server = server();
        let name = format!("test_{}", uuid::Uuid::now_v7().simple());
        execute(&server, &format!("CREATE DATABASE {name}"))
            .await
            .expect("a test database");
        Self { server, name }
    }

    /// Where it is, for its owner.
    #[must_use]
    pub fn url(&self) -> String {
        address(&self.server, &self.name)
    }

    /// Where it is, for the application: as a role that may not change what is append-only. What it uses goes
    /// through this one, so that a test finds what it may not do.
    #[must_use]
    pub fn application_url(&self) -> String {
        application(&self.url())
    }

    /// A connection of its own, as the owner: for what the application does not do.
    pub async fn connect(&self) -> AsyncPgConnection {
        AsyncPgConnection::establish(&self.url())
            .await
            .expect("a connection")
    }

    /// Whether the server of all tests keeps what it has confirmed, as one in real use does; by default it
    /// is fast instead.
    pub async fn set_durable(durable: bool) {
        let server = server();
        for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
            let sql = if durable {
                format!("ALTER SYSTEM SET {setting} = on")
            } else {
                format!("ALTER SYSTEM RESET {setting}")
            };
            execute(&server, &sql).await.expect("a setting");
        }
        execute(&server, "SELECT pg_reload_conf()")
            .await
            .expect("settings");
    }

    /// Ends every connection and refuses new ones, as a database does that is being restarted.
    pub async fn refuse(&self) {
        let name = &self.name;
        execute(
            &self.server,
            &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
        )
        .await
        .expect("refusing");
        execute(
            &self.server,
            &format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ),
        )
        .await
        .expect("ended");
    }

    /// Takes connections again.
    pub async fn accept(&self) {
        let name = &self.name;
        execute(
            &self.server,
            &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"),
        )
        .await
        .expect("accepting");
    }

    /// Removes it. What a failed test leaves behind goes with the test server.
    pub async fn remove(self) {
        // A pool that is still open keeps a database; FORCE ends its connections.
        let _ = execute(
            &self.server,
            &format!("DROP DATABASE {} WITH (FORCE)", self.name),
        )
        .await;
    }
}

fn server() -> String {
    std::env::var(SERVER).unwrap_or_else(|_| {
        panic!(
            "{SERVER} is not set. Run ./dev test, or: export {SERVER}=$(tools/postgres.sh start)"
        )
    })
}

/// The server's address with another database. PostgreSQL's addresses may have no host before the path,
/// which the usual reading of addresses refuses.
fn address(server: &str, database: &str) -> String {
    let (start, query) = server.split_once('?').unwrap_or((server, ""));
    let (start, _) = start.rsplit_once('/').expect("a database in the address");
    format!("{start}/{database}?{query}")
}

/// The same address for the application's role.
fn application(url: &str) -> String {
    let (start, query) = url.split_once('?').unwrap_or((url, ""));
    let mut pairs: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("user="))
        .map(str::to_owned)
        .collect();
    pairs.push(format!("user={}", db::roles::APPLICATION));
    let (scheme, rest) = start.split_once("://").expect("a scheme");
    let (authority, path) = rest.split_once('/').expect("a database in the address");
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}/{path}?{}", pairs.join("&"))
}

/// The migrated template; named after the migrations, so that a change makes a new one.
async fn template(server: &str) -> String {
    let name = format!("template_{:016x}", migrations_hash());
    let mut conn = AsyncPgConnection::establish(server)
        .await
        .expect("the test server");
    // One test makes it, the others wait.
    conn.batch_execute("SELECT pg_advisory_lock(7410)")
        .await
        .expect("a lock");
    let known: i64 = diesel::dsl::sql::<diesel::sql_types::BigInt>(&format!(
        "SELECT count(*) FROM pg_database WHERE datname = '{name}'"
    ))
    .get_result(&mut conn)
    .await
    .expect("a count");
    if known == 0 {
        let unfinished = format!("{name}_unfinished");
        execute(server, &format!("DROP DATABASE IF EXISTS {unfinished}"))
            .await
            .expect("room for the template");
        execute(server, &format!("CREATE DATABASE {unfinished}"))
            .await
            .expect("the template");
        db::migrations::migrate(&address(server, &unfinished))
            .await
            .expect("migrations");
        let unfinished_url = address(server, &unfinished);
        db::roles::Access::own_login(&unfinished_url, application(&unfinished_url))
            .await
            .expect("the application's role");
        execute(
            server,
            &format!("ALTER DATABASE {unfinished} RENAME TO {name}"),
        )
        .await
        .expect("the template's name");
    }
    conn.batch_execute("SELECT pg_advisory_unlock(7410)")
        .await
        .expect("unlocked");
    name
}

fn migrations_hash() -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the migrations")
        .map(|entry| entry.expect("a migration").path().join("up.sql"))
        .collect();
    files.sort();
    // What the application's role may do is in the template too.
    files.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../db/src/roles.rs"));
    let mut hasher = DefaultHasher::new();
    for file in files {
        std::fs::read(file).expect("a migration").hash(&mut hasher);
    }
    hasher.finish()
}

async fn execute(server: &str, sql: &str) -> diesel::QueryResult<()> {
    let mut conn = AsyncPgConnection::establish(server)
        .await
        .map_err(|error| diesel::result::Error::QueryBuilderError(error.into()))?;
    conn.batch_execute(sql).await
}
