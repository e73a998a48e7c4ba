//! The private PostgreSQL: made at the first start, joined while it runs, stopped cleanly, and what was
//! written is there after a restart.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]

use std::os::unix::fs::MetadataExt;

use db::embedded::EmbeddedPostgres;
use db::roles::{Access, Limits};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

async fn count(database: &EmbeddedPostgres) -> i64 {
    let mut conn = AsyncPgConnection::establish(&database.url())
        .await
        .expect("a connection");
    diesel::dsl::sql::<diesel::sql_types::BigInt>("SELECT count(*) FROM kept")
        .get_result(&mut conn)
        .await
        .expect("a count")
}

#[tokio::test(flavor = "multi_thread")]
async fn data_survives_restarts_and_nothing_keeps_running() {
    let folder = tempfile::tempdir().expect("a folder");
    // The user that PostgreSQL runs as has to pass through.
    std::fs::set_permissions(
        folder.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .expect("open");
    let data = folder.path().join("postgres");

    let first = EmbeddedPostgres::start(&data).await.expect("started");
    assert!(!first.was_running());
    let mut conn = AsyncPgConnection::establish(&first.url())
        .await
        .expect("a connection");
    conn.batch_execute("CREATE TABLE kept (one int); INSERT INTO kept VALUES (1)")
        .await
        .expect("written");
    drop(conn);

    let joined = EmbeddedPostgres::start(&data).await.expect("joined");
    assert!(
        joined.was_running(),
        "a second process joins the one that runs"
    );
    assert_eq!(count(&joined).await, 1);
    let cluster = std::fs::metadata(data.join("cluster")).expect("the cluster");
    assert_eq!(cluster.mode() & 0o077, 0, "nobody else can read it");
    if std::fs::metadata("/proc/self").expect("ourselves").uid() == 0 {
        assert_ne!(cluster.uid(), 0, "it does not run as root");
    }

    first.stop().await.expect("stopped");
    assert!(!data.join("cluster/postmaster.pid").exists());
    let again = EmbeddedPostgres::start(&data).await.expect("started again");
    assert!(!again.was_running());
    assert_eq!(count(&again).await, 1);
    // The application signs in as another role than the owner.
    let access = Access::own_login(&again.url(), again.application_url())
        .await
        .expect("access");
    assert_eq!(access.limits(), Limits::OwnLogin);
    let pool = access.pool(1).expect("a pool");
    let mut conn = pool.get().await.expect("a connection");
    let refused = conn.batch_execute("DROP TABLE kept").await;
    assert!(refused.expect_err("refused").to_string().contains("owner"));
    drop((conn, pool));
    again.stop().await.expect("stopped");
}
