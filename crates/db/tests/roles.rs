//! What the application's role may do: everything it needs, and nothing to what is append-only but add.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]

use db::roles::{APPLICATION, Access, Limits};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use testing::TestDatabase;

const TABLES: [(&str, &str); 3] = [
    ("events", "title = 'other'"),
    ("audit_entries", "action = 'other'"),
    ("audit_chain", "hash = ''"),
];

/// What PostgreSQL says to a statement; empty when it did it.
async fn refusal(conn: &mut AsyncPgConnection, sql: &str) -> String {
    match conn.batch_execute(sql).await {
        Ok(()) => String::new(),
        Err(error) => error.to_string(),
    }
}

async fn assert_cannot_rewrite(conn: &mut AsyncPgConnection) {
    for (table, change) in TABLES {
        for sql in [
            format!("UPDATE {table} SET {change}"),
            format!("DELETE FROM {table}"),
            format!("TRUNCATE {table} CASCADE"),
        ] {
            let said = refusal(conn, &sql).await;
            assert!(said.contains("permission denied"), "{sql}: {said}");
        }
        for sql in [
            format!("ALTER TABLE {table} DISABLE TRIGGER ALL"),
            format!("DROP TABLE {table}"),
            format!(
                "CREATE TRIGGER other BEFORE INSERT ON {table} EXECUTE FUNCTION refuse_change()"
            ),
        ] {
            let said = refusal(conn, &sql).await;
            assert!(
                said.contains("must be owner") || said.contains("permission denied"),
                "{sql}: {said}"
            );
        }
    }
    for sql in [
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "DELETE FROM __diesel_schema_migrations",
    ] {
        let said = refusal(conn, sql).await;
        assert!(
            said.contains("permission denied") || said.contains("must be owner"),
            "{sql}: {said}"
        );
    }
}

async fn assert_can_work(conn: &mut AsyncPgConnection) {
    let client = uuid::Uuid::from_u128(1);
    let said = refusal(
        conn,
        &format!(
            "BEGIN;
             INSERT INTO clients (id, name, time_zone, created_at) VALUES ('{client}', 'Kestrel', 'Etc/UTC', now());
             UPDATE clients SET name = 'Kestrel Coffee';
             INSERT INTO events (client_id, at, kind, tone, title) VALUES ('{client}', now(), 'k', 'good', 't');
             INSERT INTO audit_entries (at, actor_name, client_id, action) VALUES (now(), 'AutoPost', '{client}', 'paused');
             INSERT INTO audit_chain (seq, entry_id, hash) SELECT 1, max(id), '' FROM audit_entries;
             ROLLBACK"
        ),
    )
    .await;
    assert_eq!(said, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_can_add_to_the_audit_but_not_change_it() {
    let database = TestDatabase::new().await;
    let mut conn = AsyncPgConnection::establish(&database.application_url())
        .await
        .expect("a connection");
    assert_can_work(&mut conn).await;
    assert_cannot_rewrite(&mut conn).await;
    let said = refusal(&mut conn, "SET ROLE postgres").await;
    assert!(said.contains("permission denied"), "{said}");
    drop(conn);
    // The owner could, and is stopped by the triggers alone.
    let said = refusal(&mut database.connect().await, "DELETE FROM audit_entries").await;
    assert!(said.contains("the audit is append-only"), "{said}");
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_later_versions_are_within_its_reach() {
    let database = TestDatabase::new().await;
    let mut owner = database.connect().await;
    owner
        .batch_execute("CREATE TABLE later (one int)")
        .await
        .expect("a table");
    db::roles::grant(&mut owner, APPLICATION)
        .await
        .expect("granted");
    let mut conn = AsyncPgConnection::establish(&database.application_url())
        .await
        .expect("a connection");
    for sql in [
        "INSERT INTO later VALUES (1)",
        "UPDATE later SET one = 2",
        "DELETE FROM later",
    ] {
        assert_eq!(refusal(&mut conn, sql).await, "");
    }
    // What somebody gave too much of is taken back.
    owner
        .batch_execute(&format!("GRANT ALL ON audit_entries TO {APPLICATION}"))
        .await
        .expect("too much");
    db::roles::grant(&mut owner, APPLICATION)
        .await
        .expect("granted");
    assert_cannot_rewrite(&mut conn).await;
    drop((conn, owner));
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_steps_down_before_anything_is_done() {
    let database = TestDatabase::new().await;
    let access = Access::step_down(database.url()).await.expect("access");
    assert_eq!(access.limits(), Limits::StepsDown);
    let pool = access.pool(2).expect("a pool");
    let mut conn = pool.get().await.expect("a connection");
    assert_can_work(&mut conn).await;
    assert_cannot_rewrite(&mut conn).await;
    drop((conn, pool));
    database.remove().await;
}

/// A role that can sign in, and has no rights to others.
async fn role(database: &TestDatabase, start: &str) -> (String, String) {
    let name = format!("{start}_{}", uuid::Uuid::now_v7().simple());
    let mut owner = database.connect().await;
    owner
        .batch_execute(&format!("CREATE ROLE {name} LOGIN"))
        .await
        .expect("a role");
    let url = database
        .application_url()
        .replace(&format!("user={APPLICATION}"), &format!("user={name}"));
    (name, url)
}

async fn forget(database: TestDatabase, role: &str) {
    database
        .connect()
        .await
        .batch_execute(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"))
        .await
        .expect("no role");
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_of_the_operators_own_gets_what_the_application_needs() {
    let database = TestDatabase::new().await;
    let (name, url) = role(&database, "desk").await;
    let access = Access::named_login(&database.url(), url.clone())
        .await
        .expect("access");
    assert_eq!(access.limits(), Limits::OwnLogin);
    let pool = access.pool(1).expect("a pool");
    let mut conn = pool.get().await.expect("a connection");
    assert_can_work(&mut conn).await;
    assert_cannot_rewrite(&mut conn).await;
    drop((conn, pool));
    // Naming the owner twice limits nothing, and is not called limited.
    let twice = Access::named_login(&database.url(), database.url())
        .await
        .expect("access");
    assert_eq!(twice.limits(), Limits::None);
    forget(database, &name).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_who_may_make_no_roles_works_all_the_same() {
    let database = TestDatabase::empty().await;
    let (name, url) = role_of_an_empty(&database).await;
    db::migrations::migrate(&url).await.expect("migrated");
    let access = Access::step_down(url).await.expect("access");
    assert_eq!(access.limits(), Limits::None);
    let pool = access.pool(1).expect("a pool");
    let mut conn = pool.get().await.expect("a connection");
    assert_can_work(&mut conn).await;
    let rows: i64 = diesel::dsl::sql::<diesel::sql_types::BigInt>("SELECT count(*) FROM clients")
        .get_result(&mut conn)
        .await
        .expect("a count");
    assert_eq!(rows, 0);
    drop((conn, pool));
    forget(database, &name).await;
}

async fn role_of_an_empty(database: &TestDatabase) -> (String, String) {
    let (name, url) = role(database, "owner").await;
    database
        .connect()
        .await
        .batch_execute(&format!("GRANT ALL ON SCHEMA public TO {name}"))
        .await
        .expect("a schema");
    (name, url)
}
