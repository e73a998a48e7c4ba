//! One-tap links into the portal.

use chrono::Duration;
use domain::{Permission, Role};
use services::ServiceError;
use services::actor::Origin;
use services::portal::Tap;
use services::users::SecretToken;
use testing::Desk;

use super::{PRIYA, approver, tap, write};

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
