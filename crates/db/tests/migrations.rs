//! Migrations go up, down and up again, and the schema that diesel knows is the one they make.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]

use db::migrations::{MIGRATIONS, MigrateError, migrate, revert_all};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use testing::TestDatabase;

#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

async fn columns(database: &TestDatabase) -> Vec<Column> {
    let mut columns: Vec<Column> = diesel::sql_query(
        "SELECT table_name::text, column_name::text, udt_name || CASE is_nullable WHEN 'YES' THEN ' null' ELSE '' END AS kind
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'",
    )
    .load(&mut database.connect().await)
    .await
    .expect("columns");
    columns.sort();
    columns
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_go_up_down_and_up_again() {
    let database = TestDatabase::empty().await;
    let count = diesel::migration::MigrationSource::<diesel::pg::Pg>::migrations(&MIGRATIONS)
        .expect("migrations")
        .len();
    assert_eq!(migrate(&database.url()).await.expect("up").len(), count);
    let first = columns(&database).await;
    assert!(
        migrate(&database.url())
            .await
            .expect("nothing to do")
            .is_empty()
    );
    revert_all(&database.url()).await.expect("down");
    assert_eq!(columns(&database).await, []);
    migrate(&database.url()).await.expect("up again");
    assert_eq!(columns(&database).await, first);
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_refused() {
    let database = TestDatabase::new().await;
    database
        .connect()
        .await
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')")
        .await
        .expect("a newer migration");
    let error = migrate(&database.url()).await.expect_err("refused");
    assert!(matches!(error, MigrateError::Newer(_)), "{error}");
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_file_is_the_schema_of_the_database() {
    let database = TestDatabase::new().await;
    let known: Vec<Column> = {
        let source = include_str!("../src/schema.rs");
        let mut table = String::new();
        let mut columns = Vec::new();
        for line in source
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("diesel::"))
        {
            let columns_of_line = match line.split_once(") {") {
                Some((head, rest)) => {
                    table = head.split(" (").next().unwrap_or_default().to_owned();
                    rest
                }
                None => line,
            };
            for column in columns_of_line.trim_end_matches('}').split(',') {
                if let Some((name, kind)) = column.trim().split_once(" -> ") {
                    columns.push(Column {
                        table_name: table.clone(),
                        column_name: name.to_owned(),
                        kind: database_type(kind),
                    });
                }
            }
        }
        columns.sort();
        columns
    };
    assert_eq!(known, columns(&database).await);
    database.remove().await;
}

fn database_type(diesel: &str) -> String {
    if let Some(inner) = diesel
        .strip_prefix("Nullable<")
        .and_then(|rest| rest.strip_suffix('>'))
    {
        return format!("{} null", database_type(inner));
    }
    if let Some(inner) = diesel
        .strip_prefix("Array<")
        .and_then(|rest| rest.strip_suffix('>'))
    {
        return format!("_{}", database_type(inner));
    }
    diesel.to_lowercase()
}
