//! The audit's chain: it is whole as it was written, and says what was done to it since. Whoever does that
//! here is the database's owner, whom neither privileges nor triggers stop.

use diesel_async::SimpleAsyncConnection;
use services::audit::verify::{Problem, Scope, Verdict};
use testing::Desk;

/// A desk with so many entries more, all of them chained, and nothing else that happens.
async fn chained(entries: usize) -> (Desk, i64) {
    let desk = Desk::start().await;
    desk.services.chain_audit().await.expect("chained");
    let before = verdict(&desk).await.last.map_or(0, |(seq, _)| seq);
    let mut conn = desk.services.conn().await.expect("a connection");
    for number in 0..entries {
        conn.batch_execute(&format!(
            "INSERT INTO audit_entries (at, actor, actor_name, actor_role, action, subject_kind, subject_id, ip, agent, before, after)
             SELECT '2026-10-14T12:00:0{number}Z', id, name, role, 'post_saved', 'post', '{number}', '192.0.2.7', 'Browser',
                    '{{\"state\": \"draft\"}}', '{{\"state\": \"scheduled\", \"number\": {number}}}' FROM users"
        ))
        .await
        .expect("an entry");
    }
    drop(conn);
    assert_eq!(desk.services.chain_audit().await.expect("chained"), entries);
    (desk, before)
}

async fn verdict(desk: &Desk) -> Verdict {
    verdict_of(desk, &Scope::default()).await
}

async fn verdict_of(desk: &Desk, scope: &Scope) -> Verdict {
    desk.services.verify_audit(scope).await.expect("a verdict")
}

/// Does it as the owner, with everything switched off that would refuse it.
async fn tamper(desk: &Desk, sql: &str) {
    let sql = format!("SET session_replication_role = replica; {sql}");
    let mut conn = desk.database.connect().await;
    conn.batch_execute(&sql).await.expect("tampered");
}

/// Keeps a copy of everything, to be put back.
async fn keep(desk: &Desk) {
    tamper(
        desk,
        "CREATE TABLE kept_entries AS TABLE audit_entries; CREATE TABLE kept_chain AS TABLE audit_chain",
    )
    .await;
}

async fn put_back(desk: &Desk) {
    tamper(
        desk,
        "DELETE FROM audit_chain; DELETE FROM audit_entries;
         INSERT INTO audit_entries OVERRIDING SYSTEM VALUE TABLE kept_entries; INSERT INTO audit_chain TABLE kept_chain",
    )
    .await;
    assert_eq!(verdict(desk).await.problems, []);
}

/// The id of the entry with that number.
async fn id_of(desk: &Desk, number: usize) -> i64 {
    let sql =
        format!("id FROM audit_entries WHERE action = 'post_saved' AND subject_id = '{number}'");
    diesel_async::RunQueryDsl::get_result(
        diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(&sql)),
        &mut desk.database.connect().await,
    )
    .await
    .expect("an entry")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_is_whole() {
    let (desk, before) = chained(5).await;
    assert_eq!(desk.services.chain_audit().await.expect("nothing to do"), 0);
    let whole = verdict(&desk).await;
    assert_eq!(whole.problems, []);
    let (seq, hash) = whole.last.clone().expect("a last link");
    assert_eq!(seq, before + 5);
    assert_eq!(i64::try_from(whole.checked), Ok(seq));
    assert_eq!((hash.len(), whole.waiting), (32, 0));

    // What comes later is counted, and then goes on from the hash that was noted.
    let mut conn = desk.services.conn().await.expect("a connection");
    conn.batch_execute(
        "INSERT INTO audit_entries (at, actor_name, action) SELECT now(), 'AutoPost', 'delivery_moved' FROM generate_series(1, 2500)",
    )
    .await
    .expect("entries");
    drop(conn);
    assert_eq!(verdict(&desk).await.waiting, 2500);
    assert_eq!(
        desk.services.chain_audit().await.expect("chained"),
        2500,
        "in more than one batch"
    );
    let noted = Scope {
        expect: vec![hash.clone()],
        since: Some(hash),
        newest: None,
    };
    let since = verdict_of(&desk, &noted).await;
    assert_eq!(
        (since.problems.as_slice(), since.checked),
        ([].as_slice(), 2500)
    );
    let newest = Scope {
        newest: Some(100),
        ..Scope::default()
    };
    assert_eq!(verdict_of(&desk, &newest).await.checked, 100);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_changed_column_is_found() {
    let (desk, _) = chained(4).await;
    keep(&desk).await;
    let entry = id_of(&desk, 1).await;
    for change in [
        "at = at + interval '1 microsecond'",
        "actor = NULL",
        "actor_name = actor_name || ' '",
        "actor_role = 'editor'",
        "client_id = gen_random_uuid()",
        "action = 'post_deleted'",
        "subject_kind = 'Post'",
        "subject_id = NULL",
        "ip = '192.0.2.8'",
        "agent = ''",
        "before = NULL",
        "after = after || '{\"number\": 1.0}'",
    ] {
        tamper(
            &desk,
            &format!("UPDATE audit_entries SET {change} WHERE id = {entry}"),
        )
        .await;
        assert_eq!(
            verdict(&desk).await.problems,
            [Problem::Changed { entry }],
            "{change}"
        );
        put_back(&desk).await;
    }
    tamper(
        &desk,
        &format!("UPDATE audit_chain SET hash = sha256('') WHERE entry_id = {entry}"),
    )
    .await;
    let problems = verdict(&desk).await.problems;
    assert_eq!(problems.first(), Some(&Problem::Changed { entry }));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_found() {
    let (desk, before) = chained(5).await;
    keep(&desk).await;
    let entry = id_of(&desk, 2).await;
    let seq = before + 3;

    tamper(
        &desk,
        &format!("DELETE FROM audit_entries WHERE id = {entry}"),
    )
    .await;
    assert_eq!(verdict(&desk).await.problems, [Problem::Missing { entry }]);
    put_back(&desk).await;

    tamper(
        &desk,
        &format!("DELETE FROM audit_chain WHERE entry_id = {entry}"),
    )
    .await;
    let links = Problem::LinksMissing { from: seq, to: seq };
    assert_eq!(
        verdict(&desk).await.problems,
        [links.clone(), Problem::PassedOver { entry }]
    );
    put_back(&desk).await;

    tamper(
        &desk,
        &format!(
            "DELETE FROM audit_chain WHERE entry_id = {entry}; DELETE FROM audit_entries WHERE id = {entry}"
        ),
    )
    .await;
    assert_eq!(verdict(&desk).await.problems, [links]);

    // Even when the numbers are closed up behind it.
    tamper(
        &desk,
        &format!(
            "UPDATE audit_chain SET seq = -seq WHERE seq > {seq};
             UPDATE audit_chain SET seq = -seq - 1 WHERE seq < 0"
        ),
    )
    .await;
    let next = id_of(&desk, 3).await;
    assert_eq!(
        verdict(&desk).await.problems,
        [Problem::Changed { entry: next }]
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_order_is_found() {
    let (desk, _) = chained(5).await;
    keep(&desk).await;
    let (one, other) = (id_of(&desk, 1).await, id_of(&desk, 3).await);
    tamper(
        &desk,
        &format!(
            "ALTER TABLE audit_entries ALTER id SET GENERATED BY DEFAULT;
             UPDATE audit_entries SET id = -1 WHERE id = {one};
             UPDATE audit_entries SET id = {one} WHERE id = {other};
             UPDATE audit_entries SET id = {other} WHERE id = -1;
             ALTER TABLE audit_entries ALTER id SET GENERATED ALWAYS"
        ),
    )
    .await;
    assert_eq!(
        verdict(&desk).await.problems,
        [Problem::Swapped { one, other }]
    );
    put_back(&desk).await;

    tamper(
        &desk,
        &format!(
            "UPDATE audit_chain SET entry_id = -1 WHERE entry_id = {one};
             UPDATE audit_chain SET entry_id = {one} WHERE entry_id = {other};
             UPDATE audit_chain SET entry_id = {other} WHERE entry_id = -1"
        ),
    )
    .await;
    assert_eq!(
        verdict(&desk).await.problems.first(),
        Some(&Problem::OutOfOrder { entry: other })
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_in_afterwards_is_found() {
    let (desk, _) = chained(3).await;
    let last = id_of(&desk, 2).await;
    // What was not done leaves out a number, which is no gap in the chain.
    let insert =
        "INSERT INTO audit_entries (at, actor_name, action) VALUES (now(), 'AutoPost', 'paused')";
    let mut conn = desk.services.conn().await.expect("a connection");
    for sql in ["BEGIN", insert, "ROLLBACK", insert] {
        conn.batch_execute(sql).await.expect("an entry");
    }
    drop(conn);
    desk.services.chain_audit().await.expect("chained");
    assert!(verdict(&desk).await.is_whole());
    let entry = last + 1;
    tamper(
        &desk,
        &format!(
            "INSERT INTO audit_entries (id, at, actor_name, action) OVERRIDING SYSTEM VALUE VALUES ({entry}, now(), 'Nobody', 'resumed')"
        ),
    )
    .await;
    assert_eq!(
        verdict(&desk).await.problems,
        [Problem::PassedOver { entry }]
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_off_end_is_found_by_whoever_noted_the_hash() {
    let (desk, before) = chained(5).await;
    let (_, hash) = verdict(&desk).await.last.expect("a last link");
    tamper(
        &desk,
        &format!(
            "DELETE FROM audit_entries WHERE id IN (SELECT entry_id FROM audit_chain WHERE seq > {before} + 3);
             DELETE FROM audit_chain WHERE seq > {before} + 3"
        ),
    )
    .await;
    assert!(
        verdict(&desk).await.is_whole(),
        "what is left is as it was written"
    );
    for scope in [
        Scope {
            expect: vec![hash.clone()],
            ..Scope::default()
        },
        Scope {
            since: Some(hash.clone()),
            ..Scope::default()
        },
    ] {
        assert_eq!(
            verdict_of(&desk, &scope).await.problems,
            [Problem::NotFound { hash: hash.clone() }]
        );
    }
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_chained_before_what_came_first_can_be_seen() {
    let (desk, _) = chained(1).await;
    let insert =
        "INSERT INTO audit_entries (at, actor_name, action) VALUES (now(), 'AutoPost', 'paused')";
    let mut slow = desk.database.connect().await;
    slow.batch_execute(&format!("BEGIN; {insert}"))
        .await
        .expect("begun");
    let mut quick = desk.database.connect().await;
    quick.batch_execute(insert).await.expect("done");
    assert_eq!(
        desk.services.chain_audit().await.expect("waits"),
        0,
        "the quick one has the higher id"
    );
    // While it waits for one, others come and go: they do not hold it up for ever.
    let waiting = {
        let services = desk.services.clone();
        tokio::spawn(async move { services.chain_audit().await })
    };
    quick.batch_execute(insert).await.expect("done");
    slow.batch_execute("COMMIT").await.expect("done");
    let first = waiting.await.expect("ended").expect("chained");
    let rest = desk.services.chain_audit().await.expect("chained");
    assert_eq!(first + rest, 3);
    assert!(verdict(&desk).await.is_whole());
    drop((slow, quick));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_chain_at_once_and_make_one_chain() {
    let desk = Desk::start().await;
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let services = desk.services.clone();
        tasks.push(tokio::spawn(async move {
            for _ in 0..20 {
                let mut conn = services.conn().await.expect("a connection");
                conn.batch_execute(
                    "INSERT INTO audit_entries (at, actor_name, action) SELECT now(), 'AutoPost', 'paused' FROM generate_series(1, 7)",
                )
                .await
                .expect("entries");
                drop(conn);
                services.chain_audit().await.expect("chained");
            }
        }));
    }
    for task in tasks {
        task.await.expect("ended");
    }
    desk.services.chain_audit().await.expect("chained");
    let whole = verdict(&desk).await;
    assert_eq!(whole.problems, []);
    assert!(whole.checked >= 4 * 20 * 7, "{}", whole.checked);
    assert_eq!(whole.waiting, 0);
    desk.database.remove().await;
}
