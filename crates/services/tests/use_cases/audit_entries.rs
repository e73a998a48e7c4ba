//! What is written down: who did what, from where, before and after, in the transaction of what it tells of,
//! without secrets and without content; and who may read it.

use chrono::{Duration, NaiveDate};
use domain::audit::AuditAction;
use domain::{AccountId, ClientId, DeliveryState, Role, UserId};
use serde_json::{Value, json};
use services::actor::{Origin, Reach};
use services::audit::details::sentence_for_clients;
use services::audit::read::{AuditEntry, AuditFilter, ClientAuditPage};
use services::client_settings::SettingsInput;
use services::controls::PauseScope;
use services::posts::Intent;
use services::{Actor, ServiceError};
use testing::{Desk, KESTREL, video};

/// Everything that was written down, oldest first.
async fn all(desk: &Desk) -> Vec<AuditEntry> {
    let mut entries = read(desk, &desk.owner, AuditFilter::default()).await;
    entries.reverse();
    entries
}

async fn read(desk: &Desk, actor: &Actor, mut filter: AuditFilter) -> Vec<AuditEntry> {
    let mut entries = Vec::new();
    loop {
        let page = desk.services.audit_page(actor, &filter).await;
        let page = page.expect("a page");
        entries.extend(page.entries);
        filter.before = page.next;
        if filter.before.is_none() {
            return entries;
        }
    }
}

/// What was done since, in words, and by whom.
fn told(entries: &[AuditEntry]) -> Vec<(&str, &str)> {
    entries
        .iter()
        .map(|entry| (entry.actor_name.as_str(), entry.action.as_str()))
        .collect()
}

fn state(value: Option<&Value>) -> &str {
    value
        .and_then(|value| value.get("state"))
        .and_then(Value::as_str)
        .unwrap_or("")
}

fn from(ip: &str) -> Origin {
    Origin {
        ip: Some(ip.to_owned()),
        agent: Some("Browser/1".to_owned()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_and_goes_is_written_down_with_where_they_came_from() {
    let desk = Desk::start().await;
    let before = all(&desk).await;
    assert_eq!(
        told(&before),
        [("Command line", "user_added"), ("Olive Owner", "signed_in")]
    );
    let sign_in = |email: &'static str, password: &'static str| {
        let services = desk.services.clone();
        async move {
            let origin = from("192.0.2.7");
            services.sign_in(email, password.into(), origin).await
        }
    };
    let refused = sign_in("owner@agency.test", "my other password").await;
    assert!(refused.is_err());
    // Somebody typed a password where the address goes.
    assert!(sign_in("hunter2 hunter2", "x").await.is_err());
    let password = Desk::password();
    let (token, actor) = desk
        .services
        .sign_in("owner@agency.test", password, from("192.0.2.8"))
        .await
        .expect("signed in");
    desk.services
        .sign_out(&token, from("192.0.2.9"))
        .await
        .expect("signed out");
    desk.services
        .sign_out(&token, from("192.0.2.9"))
        .await
        .expect("nothing to do");
    let entries = all(&desk).await.split_off(before.len());
    assert_eq!(
        told(&entries),
        [
            ("Olive Owner", "sign_in_refused"),
            ("Somebody", "sign_in_refused"),
            ("Olive Owner", "signed_in"),
            ("Olive Owner", "signed_out"),
        ]
    );
    let ips: Vec<_> = entries
        .iter()
        .filter_map(|entry| entry.ip.as_deref())
        .collect();
    assert_eq!(ips, ["192.0.2.7", "192.0.2.7", "192.0.2.8", "192.0.2.9"]);
    assert_eq!(entries[0].agent.as_deref(), Some("Browser/1"));
    let user = desk.owner.user_id;
    assert_eq!(entries[0].actor, None, "a refused sign-in proves nobody");
    assert_eq!(entries[0].subject_id, Some(user.to_string()));
    assert_eq!(entries[2].actor, Some(user.0));
    assert_eq!(entries[2].subject_id, Some(actor.session.to_string()));
    let everything = format!("{entries:?}");
    for secret in [
        "hunter2",
        "my other password",
        token.expose(),
        "owner@agency",
    ] {
        assert!(!everything.contains(secret), "{secret}");
    }
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_s_whole_way_is_written_down_without_what_it_says() {
    let desk = Desk::start().await;
    let start = all(&desk).await.len();
    let (client, account, post) = desk.scheduled("A caption that nobody else may read").await;
    desk.run_until_quiet(40).await;
    let (delivery, published) = desk.delivery(client, post).await;
    assert_eq!(published, DeliveryState::Published);
    desk.services
        .set_paused(&desk.owner, PauseScope::Account(client, account), true)
        .await
        .expect("paused");
    desk.services
        .disconnect(&desk.owner, client, account, KESTREL)
        .await
        .expect("disconnected");
    let entries = all(&desk).await.split_off(start);
    let by_owner: Vec<_> = told(&entries)
        .into_iter()
        .filter(|(who, _)| *who == "Olive Owner")
        .map(|(_, what)| what)
        .collect();
    for action in [
        "client_added",
        "asset_uploaded",
        "post_saved",
        "delivery_moved",
        "paused",
        "account_disconnected",
    ] {
        let times = by_owner.iter().filter(|what| **what == action).count();
        assert_eq!(times, 1, "{action} in {by_owner:?}");
    }
    // Each step of the state machine, without a gap.
    let id = delivery.to_string();
    let moves: Vec<_> = entries
        .iter()
        .filter(|entry| entry.action == AuditAction::DeliveryMoved.as_str())
        .inspect(|entry| assert_eq!(entry.subject_id.as_ref(), Some(&id)))
        .collect();
    let who: Vec<_> = moves
        .iter()
        .map(|entry| entry.actor_name.as_str())
        .collect();
    assert_eq!(who[0], "Olive Owner");
    assert!(
        who[1..].iter().all(|who| *who == "AutoPost (publisher)"),
        "{who:?}"
    );
    assert_eq!(state(moves[0].before.as_ref()), "draft");
    for pair in moves.windows(2) {
        assert_eq!(
            state(pair[0].after.as_ref()),
            state(pair[1].before.as_ref())
        );
    }
    let last = moves.last().expect("moves");
    assert_eq!(state(last.after.as_ref()), "published");
    assert_eq!(last.client, Some(client.0));

    let everything = format!("{entries:?}");
    for content in ["A caption", KESTREL, "clip.mp4", "act.", "rft."] {
        assert!(!everything.contains(content), "{content}");
    }
    assert!(everything.contains(&account.to_string()));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_done_is_not_written_down() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let before = all(&desk).await.len();
    let services = &desk.services;
    let taken = services.create_client(&desk.owner, "Kestrel Coffee", "Europe/London");
    assert!(taken.await.is_err());
    let editor = Actor {
        role: Role::Editor,
        ..desk.owner.clone()
    };
    let set = |name: &str| SettingsInput {
        name: Some(name.to_owned()),
        lateness_minutes: Some(60),
        ..SettingsInput::default()
    };
    let other = set("Other");
    let settings = services.update_client(&editor, client, &other).await;
    assert!(matches!(settings, Err(ServiceError::Forbidden)));
    let same = set("Kestrel Coffee");
    let same = services.update_client(&desk.owner, client, &same);
    same.await.expect("changed");
    let entries = all(&desk).await.split_off(before);
    assert_eq!(told(&entries), [("Olive Owner", "client_changed")]);
    let lateness = |value: &Option<Value>| {
        value
            .as_ref()
            .and_then(|value| value.get("lateness_minutes"))
            .cloned()
    };
    assert_eq!(lateness(&entries[0].after), Some(json!(60)));
    assert_ne!(lateness(&entries[0].before), Some(json!(60)));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_keeps_itself_is_written_down_once_and_what_is_taken_back_each_time() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let start = all(&desk).await.len();
    let mut input = desk.input(account, asset, "First words");
    let save = async |input, intent| {
        desk.services
            .save_post(&desk.owner, client, input, intent)
            .await
            .expect("saved")
    };
    let post = save(input.clone(), Intent::SaveDraft).await;
    input.id = Some(post);
    for words in ["Other words", "And others"] {
        input.caption = words.to_owned();
        save(input.clone(), Intent::SaveDraft).await;
    }
    save(input.clone(), Intent::Schedule).await;
    desk.services
        .cancel_post(&desk.owner, client, post)
        .await
        .expect("taken back");
    desk.services
        .delete_post(&desk.owner, client, post)
        .await
        .expect("deleted");
    let entries = all(&desk).await.split_off(start);
    let actions: Vec<_> = entries
        .iter()
        .map(|entry| (entry.action.as_str(), state(entry.after.as_ref())))
        .collect();
    assert_eq!(
        actions,
        [
            ("post_saved", ""),
            ("post_saved", ""),
            ("delivery_moved", "scheduled"),
            ("delivery_moved", "cancelled"),
            ("post_deleted", ""),
        ]
    );
    let version = |value: &Option<Value>| value.as_ref()?.get("version").cloned();
    assert_eq!(version(&entries[0].before), None, "it is new");
    assert!(version(&entries[1].before).is_some());
    assert!(version(&entries[1].after).is_some());
    desk.database.remove().await;
}

/// A second client with something of its own, and people of every kind.
async fn two_clients(desk: &Desk) -> (ClientId, AccountId, ClientId) {
    let (client, account, _) = desk.scheduled("Ours").await;
    let other = desk.client("Other Client").await;
    desk.services
        .set_paused(&desk.owner, PauseScope::Client(other), true)
        .await
        .expect("paused");
    (client, account, other)
}

fn acting(desk: &Desk, role: Role, reach: Reach) -> Actor {
    Actor {
        user_id: UserId::generate(),
        role,
        reach,
        ..desk.owner.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sees_some_clients_reads_only_of_those() {
    let desk = Desk::start().await;
    let (client, _, other) = two_clients(&desk).await;
    let limited = acting(&desk, Role::Manager, Reach::Only(vec![client]));
    let entries = read(&desk, &limited, AuditFilter::default()).await;
    assert!(!entries.is_empty());
    assert!(entries.iter().all(|entry| entry.client == Some(client.0)));
    let page = desk
        .services
        .audit_page(&limited, &AuditFilter::default())
        .await
        .expect("a page");
    assert_eq!(page.clients.len(), 1);
    let of_other = AuditFilter {
        client: Some(other),
        ..AuditFilter::default()
    };
    let refused = desk.services.audit_page(&limited, &of_other).await;
    assert!(matches!(refused, Err(ServiceError::NotFound("client"))));
    let refused = desk.services.export_audit(&limited, &of_other).await;
    assert!(matches!(refused, Err(ServiceError::NotFound("client"))));
    for role in [Role::Editor, Role::ClientApprover, Role::ClientViewer] {
        let actor = acting(&desk, role, Reach::Only(vec![client]));
        let of_client = AuditFilter {
            client: Some(client),
            ..AuditFilter::default()
        };
        let refused = desk.services.audit_page(&actor, &of_client).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)), "{role}");
        let refused = desk.services.export_audit(&actor, &of_client).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)), "{role}");
        let refused = desk.services.check_newest_audit(&actor, 10).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)), "{role}");
    }
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_by_person_action_and_the_client_s_days() {
    let desk = Desk::start().await;
    let (client, ..) = two_clients(&desk).await;
    // Half past midnight in London, where it is still the day before in UTC.
    desk.advance(Duration::hours(11) + Duration::minutes(30));
    desk.services
        .set_paused(&desk.owner, PauseScope::Client(client), true)
        .await
        .expect("paused");
    let day = |day| NaiveDate::from_ymd_opt(2026, 10, day);
    let filter = AuditFilter {
        client: Some(client),
        ..AuditFilter::default()
    };
    let on = async |from, to| {
        let filter = AuditFilter {
            from,
            to,
            ..filter.clone()
        };
        let entries = read(&desk, &desk.owner, filter).await;
        let actions: Vec<_> = entries.into_iter().map(|entry| entry.action).collect();
        actions
    };
    assert_eq!(on(day(15), None).await, ["paused"]);
    assert_eq!(on(day(15), day(15)).await, ["paused"]);
    assert!(!on(None, day(14)).await.contains(&"paused".to_owned()));
    assert!(on(day(16), None).await.is_empty());
    let of = |person, action| AuditFilter {
        person,
        action,
        ..AuditFilter::default()
    };
    let uploads = of(Some(desk.owner.user_id), Some(AuditAction::AssetUploaded));
    assert_eq!(read(&desk, &desk.owner, uploads).await.len(), 1);
    let nobody = of(Some(UserId::generate()), None);
    assert!(read(&desk, &desk.owner, nobody).await.is_empty());
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_reads_what_was_done_at_theirs_and_nothing_of_the_agency_s_own() {
    let desk = Desk::start().await;
    let (client, _, other) = two_clients(&desk).await;
    let mut conn = desk.services.conn().await.expect("a connection");
    diesel_async::SimpleAsyncConnection::batch_execute(
        &mut *conn,
        &format!(
            "INSERT INTO audit_entries (at, actor_name, actor_role, client_id, action, after, ip) VALUES
                 (now(), 'Olive Owner', 'owner', '{client}', 'commented', '{{\"internal\": true}}', '192.0.2.1'),
                 (now(), 'Olive Owner', 'owner', '{client}', 'commented', '{{\"internal\": false}}', '192.0.2.1'),
                 (now(), 'Olive Owner', 'owner', '{client}', 'review_sent', '{{\"stage\": \"internal\"}}', '192.0.2.1'),
                 (now(), 'Olive Owner', 'owner', '{client}', 'commented', '{{\"resolved\": true}}', '192.0.2.1'),
                 (now(), 'Olive Owner', 'owner', '{client}', 'delivery_moved', '{{\"state\": \"in_review\"}}', '192.0.2.1'),
                 (now(), 'Olive Owner', 'owner', '{client}', 'exported', NULL, '192.0.2.1'),
                 (now(), 'Olive Owner', 'owner', '{client}', 'role_changed', NULL, '192.0.2.1'),
                 (now(), 'Clara Client', 'client_approver', '{client}', 'decided', '{{\"stage\": \"client\"}}', '192.0.2.2')"
        ),
    )
    .await
    .expect("entries");
    drop(conn);
    let approver = acting(&desk, Role::ClientApprover, Reach::Only(vec![client]));
    let page = page_of_client(&desk, &approver, client).await;
    let newest: Vec<_> = page
        .entries
        .iter()
        .take(3)
        .map(|entry| (entry.action.as_str(), entry.ip.as_deref()))
        .collect();
    assert_eq!(
        newest[..2],
        [("decided", Some("192.0.2.2")), ("commented", None)]
    );
    for entry in &page.entries {
        assert_eq!(entry.client, Some(client.0));
        let action: AuditAction = entry.action.parse().expect("an action");
        assert!(action.is_for_clients(), "{action}");
        let is_staff = entry.actor_role.as_deref() != Some("client_approver");
        assert!(!is_staff || (entry.actor.is_none() && entry.actor_role.is_none()));
        let internal = entry.after.as_ref().and_then(|after| after.get("internal"));
        assert_eq!(internal.is_some(), action == AuditAction::Commented);
        assert_ne!(internal, Some(&json!(true)));
        assert_ne!(state(entry.after.as_ref()), "in_review");
    }
    let refused = desk.services.audit_of_client(&approver, other, None).await;
    assert!(matches!(refused, Err(ServiceError::NotFound("client"))));
    let editor = acting(&desk, Role::Editor, Reach::Every);
    let refused = desk.services.audit_of_client(&editor, client, None).await;
    assert!(matches!(refused, Err(ServiceError::Forbidden)));
    desk.database.remove().await;
}

/// The newest of what a client's person is told.
async fn page_of_client(desk: &Desk, approver: &Actor, client: ClientId) -> ClientAuditPage {
    let page = desk.services.audit_of_client(approver, client, None).await;
    page.expect("a page")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_s_page_is_full_of_what_it_is_told() {
    let desk = Desk::start().await;
    let (client, ..) = two_clients(&desk).await;
    let states: Vec<_> = DeliveryState::ALL.iter().map(|one| one.as_str()).collect();
    let mut conn = desk.services.conn().await.expect("a connection");
    diesel_async::SimpleAsyncConnection::batch_execute(
        &mut *conn,
        &format!(
            "INSERT INTO audit_entries (at, actor_name, actor_role, client_id, action, after)
             SELECT now(), 'Somebody', role, '{client}', 'delivery_moved', jsonb_build_object('state', state)
             FROM generate_series(1, 30) round, unnest(ARRAY[NULL, 'owner', 'client_approver']) role,
                  unnest(ARRAY['{}']) state
             ORDER BY round",
            states.join("', '")
        ),
    )
    .await
    .expect("entries");
    drop(conn);
    let approver = acting(&desk, Role::ClientApprover, Reach::Only(vec![client]));
    let page = page_of_client(&desk, &approver, client).await;
    assert_eq!(page.entries.len(), 100);
    assert!(page.next.is_some());
    let mut told: Vec<_> = page
        .entries
        .iter()
        .map(|entry| sentence_for_clients(entry).expect("a sentence"))
        .collect();
    told.sort();
    told.dedup();
    assert_eq!(
        told,
        [
            "cancelled a post",
            "could not publish a post",
            "does not know yet whether a post is out",
            "published a post",
            "scheduled a post"
        ]
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_the_audit_out_is_in_the_audit() {
    let desk = Desk::start().await;
    let filter = AuditFilter {
        action: Some(AuditAction::SignedIn),
        ..AuditFilter::default()
    };
    let mut export = desk
        .services
        .export_audit(&desk.owner, &filter)
        .await
        .expect("an export");
    let entries = export.more().await.expect("entries");
    assert_eq!(told(&entries), [("Olive Owner", "signed_in")]);
    assert!(export.more().await.expect("the end").is_empty());
    let last = all(&desk).await.pop().expect("an entry");
    assert_eq!(last.action, "exported");
    let after = last.after.expect("what");
    assert_eq!(after["what"], "audit");
    assert_eq!(after["action"], "signed_in");
    desk.database.remove().await;
}
