//! Links that are sent to people: one-tap links into the portal, letting somebody in, and connect links.
use chrono::Duration;
use diesel_async::SimpleAsyncConnection;
use domain::{ClientId, Permission, Platform, Role, UserId};
use services::actor::Origin;
use services::connect_links::{ConnectLinkMade, ConnectLinkOrder};
use services::portal::{LetInAnswer, Tap};
use services::users::SecretToken;
use services::{ServiceError, ServiceResult};
use testing::{Desk, KESTREL};

const PRIYA: &str = "priya@kestrel.test";

async fn approver(desk: &Desk) -> (ClientId, UserId) {
    let client = desk.client("Kestrel Coffee").await;
    let user = desk
        .portal_user(&[client], "Priya Nair", PRIYA, Role::ClientApprover)
        .await;
    (client, user)
}

async fn write(desk: &Desk, statement: &str) {
    desk.database
        .connect()
        .await
        .batch_execute(statement)
        .await
        .expect("written");
}

async fn tap(desk: &Desk, token: &SecretToken) -> Tap {
    let visit = desk.services.visit_tap(token, None).await;
    visit.expect("a visit").tap
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_at_links_changes_nothing() {
    let desk = Desk::start().await;
    let (client, user) = approver(&desk).await;
    let token = desk.tap_link(user, &[]).await;
    let made = connect_link(&desk, client, &[Platform::TikTok]).await;
    let connect = token_of(&made);
    let everything = "SELECT (SELECT json_agg(l ORDER BY id) FROM links l)::text || (SELECT count(*) FROM sessions)::text
                      || (SELECT count(*) FROM audit_entries)::text || (SELECT count(*) FROM outbox)::text AS text";
    let before = desk.read(everything).await;
    for _ in 0..5 {
        let expected = Tap::Open {
            name: "Priya Nair".to_owned(),
            clients: vec!["Kestrel Coffee".to_owned()],
        };
        assert_eq!(tap(&desk, &token).await, expected);
        let visit = desk.services.visit_connect_link(&connect).await;
        assert!(visit.expect("a visit").open.is_some());
        let no_question = desk.services.let_in_question(&token).await;
        assert!(no_question.expect("an answer").open.is_none());
    }
    assert_eq!(desk.read(everything).await, before);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn continuing_opens_a_session_and_binds_the_link_to_that_browser() {
    let desk = Desk::start().await;
    let (client, user) = approver(&desk).await;
    let token = desk.tap_link(user, &[]).await;
    let (session, actor, leads_to) = desk
        .services
        .continue_by_tap(&token, Origin::default())
        .await
        .expect("continued");
    assert_eq!((actor.user_id, actor.by_link), (user, true));
    assert!(actor.sees(client) && leads_to == "/portal");
    // In the same browser it leads on; in another it says so, and opens nothing.
    let here = desk.services.visit_tap(&token, Some(&session)).await;
    assert_eq!(here.expect("a visit").tap, Tap::Here("/portal".to_owned()));
    let used = Tap::Used {
        sent_to: "p…@kestrel.test".to_owned(),
    };
    assert_eq!(tap(&desk, &token).await, used);
    let again = desk
        .services
        .continue_by_tap(&token, Origin::default())
        .await;
    assert!(matches!(again, Err(ServiceError::Conflict(_))));
    // Thirty days without a visit, and the session is over.
    desk.advance(Duration::days(29));
    let live = desk.services.signed_in(&session).await.expect("an answer");
    assert!(live.is_some());
    desk.advance(Duration::days(31));
    let over = desk.services.signed_in(&session).await.expect("an answer");
    assert!(over.is_none());
    let entries = "SELECT string_agg(action || ' ' || actor_name, ', ') AS text FROM audit_entries WHERE action = 'signed_in' AND after->>'by' = 'link'";
    assert_eq!(desk.read(entries).await, "signed_in Priya Nair");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_browsers_at_once_get_one_session() {
    let desk = Desk::start().await;
    let (_, user) = approver(&desk).await;
    let token = desk.tap_link(user, &[]).await;
    let enter = || desk.services.continue_by_tap(&token, Origin::default());
    let (one, two) = tokio::join!(enter(), enter());
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_link_sends_a_new_one_to_the_same_address() {
    let desk = Desk::start().await;
    let (_, user) = approver(&desk).await;
    let token = desk.tap_link(user, &[]).await;
    desk.advance(Duration::days(15));
    let expired = Tap::Expired {
        sent_to: "p…@kestrel.test".to_owned(),
    };
    assert_eq!(tap(&desk, &token).await, expired);
    let refused = desk
        .services
        .continue_by_tap(&token, Origin::default())
        .await;
    assert!(matches!(refused, Err(ServiceError::Conflict(_))));
    for _ in 0..3 {
        desk.services.send_new_tap(&token).await.expect("sent");
    }
    let fourth = desk.services.send_new_tap(&token).await;
    assert!(matches!(fourth, Err(ServiceError::Conflict(_))));
    let mails = desk.mails_to(PRIYA).await;
    assert_eq!(mails.len(), 3);
    let new = mails[0].token("tap");
    assert!(!mails[0].subject.contains(new.expose()));
    let (_, actor, _) = desk
        .services
        .continue_by_tap(&new, Origin::default())
        .await
        .expect("continued");
    assert_eq!(actor.user_id, user);
    desk.advance(Duration::hours(2));
    desk.services
        .send_new_tap(&token)
        .await
        .expect("sent again");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_nothing_for_the_disabled_for_staff_and_once_taken_back() {
    let desk = Desk::start().await;
    let (_, user) = approver(&desk).await;
    let token = desk.tap_link(user, &[]).await;
    let closed = async || {
        assert_eq!(tap(&desk, &token).await, Tap::Closed);
        let enter = desk
            .services
            .continue_by_tap(&token, Origin::default())
            .await;
        assert!(matches!(enter, Err(ServiceError::NotFound(_))));
        let anew = desk.services.send_new_tap(&token).await;
        assert!(matches!(anew, Err(ServiceError::NotFound(_))));
        let asked = desk
            .services
            .ask_to_be_let_in(&token, "Max", "max@kestrel.test");
        assert!(matches!(asked.await, Err(ServiceError::NotFound(_))));
    };
    write(
        &desk,
        "UPDATE users SET disabled_at = now() WHERE email LIKE 'priya%'",
    )
    .await;
    closed().await;
    write(
        &desk,
        "UPDATE users SET disabled_at = NULL, role = 'editor' WHERE email LIKE 'priya%'",
    )
    .await;
    closed().await;
    write(
        &desk,
        "UPDATE users SET role = 'client_approver' WHERE email LIKE 'priya%'",
    )
    .await;
    assert!(matches!(tap(&desk, &token).await, Tap::Open { .. }));
    write(&desk, "UPDATE links SET revoked_at = now()").await;
    closed().await;
    assert_eq!(
        tap(&desk, &SecretToken::from_untrusted("none")).await,
        Tap::Closed
    );
    assert!(desk.mails_to(PRIYA).await.is_empty());
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_by_link_never_opens_the_desk() {
    let desk = Desk::start().await;
    let (client, user) = approver(&desk).await;
    let (session, actor) = desk.signed_in_by_link(user).await;
    assert!(actor.require_for(Permission::SeePortal, client).is_ok());
    assert!(actor.require(Permission::SeeDesk).is_err());
    // Should its owner join the agency, that session does not.
    write(
        &desk,
        "UPDATE users SET role = 'manager' WHERE email LIKE 'priya%'",
    )
    .await;
    let actor = desk.services.signed_in(&session).await.expect("an answer");
    let actor = actor.expect("signed in");
    assert_eq!(actor.role, Role::Manager);
    for permission in Permission::ALL {
        assert!(actor.require(permission).is_err(), "{permission:?}");
    }
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_link_was_passed_on_to_gets_in_when_its_owner_says_so() {
    let desk = Desk::start().await;
    let (client, user) = approver(&desk).await;
    let token = desk.tap_link(user, &[]).await;
    desk.services
        .continue_by_tap(&token, Origin::default())
        .await
        .expect("used by its owner");
    for (name, email) in [
        ("", "max@kestrel.test"),
        ("Max", "no address"),
        ("Max\nBcc: x", "max@kestrel.test"),
        ("Max", PRIYA),
    ] {
        let asked = desk.services.ask_to_be_let_in(&token, name, email).await;
        assert!(
            matches!(asked, Err(ServiceError::Invalid(_))),
            "{name} {email}"
        );
    }
    desk.services
        .ask_to_be_let_in(&token, " Max Moss ", "max@kestrel.test")
        .await
        .expect("asked");
    // Only whom the link was sent to is asked, and nobody is in yet.
    assert!(desk.mails_to("max@kestrel.test").await.is_empty());
    let mail = desk.mails_to(PRIYA).await.pop().expect("a mail");
    assert!(mail.text.contains("Max Moss, max@kestrel.test"));
    let answer = mail.token("let-in");
    let question = desk.services.let_in_question(&answer).await;
    let question = question.expect("an answer").open.expect("a question");
    assert_eq!(
        (
            question.name.as_str(),
            question.clients,
            question.may_let_approve
        ),
        ("Max Moss", vec!["Kestrel Coffee".to_owned()], true)
    );
    assert_eq!(count(&desk, "users").await, 2);
    let origin = Origin::default();
    desk.services
        .answer_let_in(&answer, LetInAnswer::Look, &origin)
        .await
        .expect("let in");
    let twice = desk
        .services
        .answer_let_in(&answer, LetInAnswer::Approve, &origin)
        .await;
    assert!(matches!(twice, Err(ServiceError::NotFound(_))));
    // They have a link of their own, and it is theirs.
    let welcome = desk.mails_to("max@kestrel.test").await.pop();
    let own = welcome.expect("a mail").token("tap");
    let (_, max, _) = desk
        .services
        .continue_by_tap(&own, origin)
        .await
        .expect("in");
    assert_eq!(
        (max.name.as_str(), max.role),
        ("Max Moss", Role::ClientViewer)
    );
    assert!(max.sees(client) && max.require(Permission::ApproveForClient).is_err());
    let entry = "SELECT actor_name || ' ' || (after->>'role') || ' ' || (client_id IS NOT NULL)::text AS text FROM audit_entries WHERE action = 'let_in'";
    assert_eq!(desk.read(entry).await, "Priya Nair client_viewer true");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn letting_in_never_gives_more_than_one_has() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let other = desk.client("Northwind").await;
    let viewer = desk
        .portal_user(&[client], "Vera", "vera@kestrel.test", Role::ClientViewer)
        .await;
    let token = desk.tap_link(viewer, &[]).await;
    let origin = Origin::default();
    let ask = async |email: &str| -> SecretToken {
        desk.services
            .ask_to_be_let_in(&token, "Somebody", email)
            .await
            .expect("asked");
        let mail = desk.mails_to("vera@kestrel.test").await.pop();
        mail.expect("a mail").token("let-in")
    };
    let answer = async |question: &SecretToken, answer| -> ServiceResult<()> {
        desk.services.answer_let_in(question, answer, &origin).await
    };
    // A viewer lets nobody approve; a refusal can be followed by another answer.
    let question = ask("new@kestrel.test").await;
    let approve = answer(&question, LetInAnswer::Approve).await;
    assert!(matches!(approve, Err(ServiceError::Forbidden)));
    answer(&question, LetInAnswer::No).await.expect("said no");
    assert!(answer(&question, LetInAnswer::Look).await.is_err());
    assert!(desk.mails_to("new@kestrel.test").await.is_empty());
    // Nobody of the agency becomes a client's user this way.
    let question = ask("OWNER@agency.test").await;
    let staff = answer(&question, LetInAnswer::Look).await;
    assert!(matches!(staff, Err(ServiceError::Conflict(_))));
    // Somebody of another client sees both from then on, as what they are.
    let nora = desk
        .portal_user(
            &[other],
            "Nora",
            "nora@northwind.test",
            Role::ClientApprover,
        )
        .await;
    let question = ask("nora@northwind.test").await;
    answer(&question, LetInAnswer::Look).await.expect("let in");
    let (_, nora) = desk.signed_in_by_link(nora).await;
    assert!(nora.sees(client) && nora.sees(other));
    assert_eq!(nora.role, Role::ClientApprover);
    // Whoever has left lets nobody in.
    let question = ask("late@kestrel.test").await;
    write(
        &desk,
        "UPDATE users SET disabled_at = now() WHERE name = 'Vera'",
    )
    .await;
    let late = answer(&question, LetInAnswer::Look).await;
    assert!(matches!(late, Err(ServiceError::NotFound(_))));
    desk.database.remove().await;
}

async fn count(desk: &Desk, table: &str) -> i64 {
    let query = format!("SELECT count(*)::text AS text FROM {table}");
    desk.read(&query).await.parse().expect("a number")
}

async fn connect_link(desk: &Desk, client: ClientId, platforms: &[Platform]) -> ConnectLinkMade {
    let order = ConnectLinkOrder {
        platforms: platforms.to_vec(),
        days: 7,
        mail_to: Some("owner@kestrel.test".to_owned()),
    };
    desk.services
        .make_connect_link(&desk.owner, client, order)
        .await
        .expect("a link")
}

fn token_of(made: &ConnectLinkMade) -> SecretToken {
    let mut path = made.address.path_segments().expect("a path");
    SecretToken::from_untrusted(path.next_back().expect("a token"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_connects_several_accounts_by_one_link() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let made = connect_link(&desk, client, &[Platform::TikTok, Platform::Bluesky]).await;
    let token = token_of(&made);
    let mail = desk.mails_to("owner@kestrel.test").await.pop();
    assert_eq!(
        mail.expect("a mail").token("connect").expose(),
        token.expose()
    );
    let browser = SecretToken::from_untrusted("a visitor's browser");
    let origin = Origin {
        ip: Some("203.0.113.9".to_owned()),
        agent: None,
    };
    let address = desk
        .services
        .begin_connect_by_link(&token, &browser, Platform::TikTok, None)
        .await
        .expect("a consent page");
    let reply = desk.agree_at(address, KESTREL, None, "allow").await;
    assert!(desk.services.began_by_link(&reply).await.expect("known"));
    // Neither another browser nor somebody who is signed in here can come back from it.
    let stranger = SecretToken::from_untrusted("another browser");
    let elsewhere = desk
        .services
        .finish_connect_by_link(&token, &stranger, Platform::TikTok, reply.clone(), &origin)
        .await;
    assert!(elsewhere.is_err());
    let staff = desk
        .services
        .finish_connect(&desk.owner, &desk.session, Platform::TikTok, reply.clone())
        .await;
    assert!(staff.is_err());
    let connected = desk
        .services
        .finish_connect_by_link(&token, &browser, Platform::TikTok, reply.clone(), &origin)
        .await
        .expect("connected");
    assert_eq!((connected.client, connected.again), (client, false));
    let twice = desk
        .services
        .finish_connect_by_link(&token, &browser, Platform::TikTok, reply, &origin)
        .await;
    assert!(twice.is_err());
    // The same link again, by an app password, and by nobody's name.
    let handle = "kestrelcoffee.bsky.test";
    let password = desk.emulator.bluesky().account(handle);
    let password = password.and_then(|account| account.app_password);
    desk.services
        .connect_by_link_and_password(
            &token,
            Platform::Bluesky,
            handle,
            password.expect("an app password").into(),
            &origin,
        )
        .await
        .expect("connected");
    let visit = desk.services.visit_connect_link(&token).await;
    let open = visit.expect("a visit").open.expect("open still");
    let handles: Vec<_> = open
        .accounts
        .into_iter()
        .filter_map(|account| account.handle)
        .collect();
    assert_eq!(handles, [handle, KESTREL]);
    let entries = "SELECT string_agg(actor_name || ' ' || ip || ' ' || (actor IS NULL)::text, ', ' ORDER BY id) AS text FROM audit_entries WHERE action = 'account_connected'";
    let by = "Somebody with a connect link 203.0.113.9 true";
    assert_eq!(desk.read(entries).await, format!("{by}, {by}"));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connect_link_opens_its_platforms_until_it_ends_or_is_taken_back() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let other = desk.client("Northwind").await;
    let made = connect_link(&desk, client, &[Platform::Bluesky]).await;
    let token = token_of(&made);
    let browser = SecretToken::from_untrusted("a visitor's browser");
    let begin = async |token: &SecretToken, platform| {
        desk.services
            .begin_connect_by_link(token, &browser, platform, Some("kestrelcoffee.bsky.test"))
            .await
    };
    let not_chosen = begin(&token, Platform::TikTok).await;
    assert!(matches!(not_chosen, Err(ServiceError::NotFound(_))));
    let links = desk.services.connect_links(&desk.owner, client).await;
    let [link] = &links.expect("links")[..] else {
        panic!("one link");
    };
    assert_eq!(link.made_by.as_deref(), Some("Olive Owner"));
    assert_eq!(link.mailed_to.as_deref(), Some("owner@kestrel.test"));
    let wrong_client = desk
        .services
        .revoke_connect_link(&desk.owner, other, link.id)
        .await;
    assert!(matches!(wrong_client, Err(ServiceError::NotFound(_))));
    // Taken back while the consent page is open.
    let tiktok = token_of(&connect_link(&desk, client, &[Platform::TikTok]).await);
    let address = begin(&tiktok, Platform::TikTok).await.expect("a page");
    let reply = desk.agree_at(address, KESTREL, None, "allow").await;
    for link in desk
        .services
        .connect_links(&desk.owner, client)
        .await
        .expect("links")
    {
        desk.services
            .revoke_connect_link(&desk.owner, client, link.id)
            .await
            .expect("taken back");
    }
    let finished = desk
        .services
        .finish_connect_by_link(
            &tiktok,
            &browser,
            Platform::TikTok,
            reply,
            &Origin::default(),
        )
        .await;
    assert!(finished.is_err());
    for token in [&token, &tiktok] {
        let visit = desk.services.visit_connect_link(token).await;
        assert!(visit.expect("a visit").open.is_none());
    }
    assert_eq!(count(&desk, "accounts").await, 0);
    // Over.
    let late = token_of(&connect_link(&desk, client, &[Platform::TikTok]).await);
    desk.advance(Duration::days(8));
    assert!(begin(&late, Platform::TikTok).await.is_err());
    let visit = desk.services.visit_connect_link(&late).await;
    assert!(visit.expect("a visit").open.is_none());
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_staff_of_the_client_make_connect_links() {
    let desk = Desk::start().await;
    let (client, user) = approver(&desk).await;
    let (_, approver) = desk.signed_in_by_link(user).await;
    let order = |platforms: &[Platform], days, mail_to: Option<&str>| ConnectLinkOrder {
        platforms: platforms.to_vec(),
        days,
        mail_to: mail_to.map(str::to_owned),
    };
    let refused = desk
        .services
        .make_connect_link(&approver, client, order(&[Platform::TikTok], 7, None))
        .await;
    assert!(matches!(refused, Err(ServiceError::Forbidden)));
    let links = desk.services.connect_links(&approver, client).await;
    assert!(matches!(links, Err(ServiceError::Forbidden)));
    for bad in [
        order(&[], 7, None),
        order(&[Platform::TikTok], 0, None),
        order(&[Platform::TikTok], 31, None),
        order(&[Platform::TikTok], 7, Some("not an address")),
    ] {
        let made = desk
            .services
            .make_connect_link(&desk.owner, client, bad.clone())
            .await;
        assert!(matches!(made, Err(ServiceError::Invalid(_))), "{bad:?}");
    }
    assert_eq!(count(&desk, "links").await, 1);
    desk.database.remove().await;
}
