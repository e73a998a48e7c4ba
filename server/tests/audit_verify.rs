//! `autopost audit verify` as an operator runs it: what it prints, and how it ends.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]

use std::process::Stdio;

use diesel_async::SimpleAsyncConnection;
use testing::Desk;
use tokio::process::Command;

/// Runs it; returns its exit code and what it printed.
async fn verify(desk: &Desk, args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_autopost"))
        .args(["audit", "verify"])
        .args(args)
        .env("DATABASE_URL", desk.database.url())
        .env("AUTOPOST_DATA_DIR", desk.folder.path())
        .env("AUTOPOST_LOG", "off")
        .stdin(Stdio::null())
        .output()
        .await
        .expect("the binary");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    (output.status.code(), format!("{said}{complained}"))
}

/// What only the owner can do, and nobody may.
async fn tamper(desk: &Desk, sql: &str) {
    let sql = format!("SET session_replication_role = replica; {sql}");
    let mut conn = desk.database.connect().await;
    conn.batch_execute(&sql).await.expect("tampered");
}

fn last_hash(said: &str) -> String {
    let line = said.lines().find(|line| line.starts_with("Last hash:"));
    let hash = line.and_then(|line| line.split_whitespace().last());
    hash.expect("a hash").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_is_told_whether_the_audit_is_whole_and_where_it_is_not() {
    let desk = Desk::start().await;
    desk.client("Kestrel Coffee").await;
    let (code, said) = verify(&desk, &[]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Last link:          none yet"), "{said}");
    assert!(said.contains("Not yet chained:    3"), "{said}");

    desk.services.chain_audit().await.expect("chained");
    let (code, said) = verify(&desk, &[]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Entries verified:   3"), "{said}");
    assert!(said.contains("The audit is whole."), "{said}");
    let noted = last_hash(&said);
    let (code, said) = verify(&desk, &["--expect", &noted, "--since", &noted]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Entries verified:   0"), "{said}");
    let (code, said) = verify(&desk, &["--expect", "abc"]).await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("64 hexadecimal digits"), "{said}");

    // The end is cut off: what is left is whole, but not what was noted.
    tamper(
        &desk,
        "DELETE FROM audit_entries WHERE action = 'client_added';
         DELETE FROM audit_chain WHERE NOT EXISTS (SELECT FROM audit_entries WHERE id = entry_id)",
    )
    .await;
    let (code, said) = verify(&desk, &[]).await;
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = verify(&desk, &["--expect", &noted]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains(&format!("No link has the hash {noted}")),
        "{said}"
    );

    tamper(
        &desk,
        "UPDATE audit_entries SET actor_name = 'Somebody else' WHERE action = 'signed_in'",
    )
    .await;
    let (code, said) = verify(&desk, &[]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("PROBLEM:            Entry 2 was changed"),
        "{said}"
    );
    desk.database.remove().await;
}
