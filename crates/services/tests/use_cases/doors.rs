//! A forgotten password, another address, one's own sessions, and how often somebody may try.
use chrono::Duration;
use domain::Role;
use secrecy::SecretString;
use services::actor::Origin;
use services::users::{EmailConfirmed, SecretToken, SessionToken};
use services::{Actor, ServiceError};
use testing::Desk;

const OWNER: &str = "owner@agency.test";
const NEW: &str = "olive@agency.test";

fn new_password() -> SecretString {
    "an even longer password".to_owned().into()
}

fn from(ip: &str) -> Origin {
    Origin {
        ip: Some(ip.to_owned()),
        agent: None,
    }
}

async fn enter(desk: &Desk, password: SecretString) -> Result<(SessionToken, Actor), ServiceError> {
    desk.services
        .sign_in(OWNER, password, Origin::default())
        .await
}

async fn is_in(desk: &Desk, session: &SessionToken) -> bool {
    let found = desk.services.signed_in(session).await;
    found.expect("an answer").is_some()
}

/// Asks for a link, and reads the newest one.
async fn reset_link(desk: &Desk) -> SecretToken {
    let work = desk
        .services
        .ask_password_reset(OWNER, Origin::default())
        .await
        .expect("asked");
    work.await.expect("sent");
    let mails = desk.mails_to(OWNER).await;
    mails.last().expect("a mail").token("reset")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_every_session_and_its_link_works_once() {
    let desk = Desk::start().await;
    let old = reset_link(&desk).await;
    let token = reset_link(&desk).await;
    // The newest counts.
    let refused = desk.services.password_reset(&old).await;
    assert!(matches!(refused, Err(ServiceError::Conflict(_))));
    for _ in 0..3 {
        let view = desk.services.password_reset(&token).await.expect("a view");
        assert_eq!(view.email, OWNER);
    }
    assert!(is_in(&desk, &desk.session).await, "looking changes nothing");
    let (session, _) = desk
        .services
        .reset_password(&token, new_password(), Origin::default())
        .await
        .expect("reset");
    assert!(is_in(&desk, &session).await && !is_in(&desk, &desk.session).await);
    let again = desk
        .services
        .reset_password(
            &token,
            "somebody else’s".to_owned().into(),
            Origin::default(),
        )
        .await;
    assert!(matches!(again, Err(ServiceError::Conflict(_))));
    assert!(enter(&desk, Desk::password()).await.is_err());
    enter(&desk, new_password()).await.expect("the new one");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_for_a_new_password_ends_after_an_hour() {
    let desk = Desk::start().await;
    let token = reset_link(&desk).await;
    desk.advance(Duration::minutes(60));
    let late = desk
        .services
        .reset_password(&token, new_password(), Origin::default())
        .await;
    assert!(matches!(late, Err(ServiceError::Conflict(_))));
    enter(&desk, Desk::password()).await.expect("as before");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_a_stranger_is_answered_like_asking_for_a_user() {
    let desk = Desk::start().await;
    for email in [OWNER, "nobody@agency.test"] {
        for _ in 0..3 {
            let work = desk
                .services
                .ask_password_reset(email, Origin::default())
                .await
                .expect("the same answer");
            work.await.expect("done");
        }
        let fourth = desk.services.ask_password_reset(email, Origin::default());
        assert!(
            matches!(fourth.await, Err(ServiceError::TooOften(_))),
            "{email}"
        );
    }
    assert_eq!(desk.mails_to(OWNER).await.len(), 3);
    assert!(desk.mails_to("nobody@agency.test").await.is_empty());
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_moves_only_when_both_have_confirmed() {
    let desk = Desk::start().await;
    for order in [["old", "new"], ["new", "old"]] {
        let me = enter(&desk, Desk::password()).await.expect("in").1;
        let wrong = desk
            .services
            .ask_email_change(&me, NEW, "not the password".to_owned().into());
        assert!(matches!(wrong.await, Err(ServiceError::Invalid(_))));
        desk.services
            .ask_email_change(&me, NEW, Desk::password())
            .await
            .expect("asked");
        let link = async |to: &str| {
            let mails = desk.mails_to(to).await;
            let mail = mails
                .into_iter()
                .rfind(|mail| mail.text.contains("/email/"));
            mail.expect("a mail").token("email")
        };
        let tokens = [("old", link(OWNER).await), ("new", link(NEW).await)];
        let of = |half: &str| {
            let found = tokens.iter().find(|(name, _)| *name == half);
            &found.expect("a link").1
        };
        for (_, token) in &tokens {
            let view = desk.services.email_change(token).await.expect("a view");
            assert_eq!(
                (view.old_email.as_str(), view.new_email.as_str()),
                (OWNER, NEW)
            );
        }
        let confirm = async |half: &str| {
            desk.services
                .confirm_email_change(of(half), Origin::default())
                .await
        };
        assert_eq!(confirm(order[0]).await.expect("half"), EmailConfirmed::Half);
        assert!(confirm(order[0]).await.is_err(), "once");
        enter(&desk, Desk::password())
            .await
            .expect("nothing has moved yet");
        assert_eq!(
            confirm(order[1]).await.expect("moved"),
            EmailConfirmed::Moved
        );
        assert!(enter(&desk, Desk::password()).await.is_err());
        let (_, moved) = desk
            .services
            .sign_in(NEW, Desk::password(), Origin::default())
            .await
            .expect("by the new one");
        // Both are told.
        for to in [OWNER, NEW] {
            let told = desk.mails_to(to).await;
            let told = told.last().expect("a mail");
            assert!(told.text.contains("has another address"), "{}", told.text);
        }
        assert_eq!(desk.services.me(&moved).await.expect("me").pending, None);
        // And back again, for the other order.
        diesel_async::SimpleAsyncConnection::batch_execute(
            &mut desk.database.connect().await,
            &format!("UPDATE users SET email = '{OWNER}'"),
        )
        .await
        .expect("back");
    }
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_counts_for_the_address_that_it_was_asked_for_only() {
    let desk = Desk::start().await;
    let newest = async |to: &str| {
        let mails = desk.mails_to(to).await;
        mails.last().expect("a mail").token("email")
    };
    let ask = async |email: &str| {
        desk.services
            .ask_email_change(&desk.owner, email, Desk::password())
            .await
            .expect("asked");
    };
    ask("first@agency.test").await;
    let old = newest(OWNER).await;
    desk.services
        .confirm_email_change(&old, Origin::default())
        .await
        .expect("half");
    // The wish changes: what the present address has agreed to was another one.
    ask("second@agency.test").await;
    let new = newest("second@agency.test").await;
    let half = desk
        .services
        .confirm_email_change(&new, Origin::default())
        .await;
    assert_eq!(half.expect("half"), EmailConfirmed::Half);
    let me = desk.services.me(&desk.owner).await.expect("me");
    let pending = me.pending.expect("it waits");
    assert_eq!(
        (pending.old_confirmed, pending.new_confirmed),
        (false, true)
    );
    desk.services
        .cancel_email_change(&desk.owner)
        .await
        .expect("taken back");
    let old = newest(OWNER).await;
    let late = desk
        .services
        .confirm_email_change(&old, Origin::default())
        .await;
    assert!(matches!(late, Err(ServiceError::Conflict(_))));
    enter(&desk, Desk::password()).await.expect("as before");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_confirmations_at_once_move_the_address_once() {
    let desk = Desk::start().await;
    desk.services
        .ask_email_change(&desk.owner, NEW, Desk::password())
        .await
        .expect("asked");
    let token = async |to: &str| {
        let mails = desk.mails_to(to).await;
        mails.last().expect("a mail").token("email")
    };
    let (old, new) = (token(OWNER).await, token(NEW).await);
    let (one, two) = tokio::join!(
        desk.services.confirm_email_change(&old, Origin::default()),
        desk.services.confirm_email_change(&new, Origin::default()),
    );
    let outcomes = [one.expect("confirmed"), two.expect("confirmed")];
    assert!(outcomes.contains(&EmailConfirmed::Half) && outcomes.contains(&EmailConfirmed::Moved));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_meanwhile_does_not_move() {
    let desk = Desk::start().await;
    desk.services
        .ask_email_change(&desk.owner, NEW, Desk::password())
        .await
        .expect("asked");
    let token = async |to: &str| {
        let mails = desk.mails_to(to).await;
        mails.last().expect("a mail").token("email")
    };
    let (old, new) = (token(OWNER).await, token(NEW).await);
    desk.services
        .confirm_email_change(&old, Origin::default())
        .await
        .expect("half");
    desk.services
        .add_user(NEW, "Somebody", Role::Editor, new_password())
        .await
        .expect("added");
    let refused = desk
        .services
        .confirm_email_change(&new, Origin::default())
        .await;
    assert!(matches!(refused, Err(ServiceError::Conflict(_))));
    enter(&desk, Desk::password()).await.expect("as before");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_the_password_needs_the_present_one_and_ends_the_other_sessions() {
    let desk = Desk::start().await;
    let (here, me) = enter(&desk, Desk::password()).await.expect("in");
    let wrong = desk
        .services
        .change_my_password(&me, "not the password".to_owned().into(), new_password())
        .await;
    assert!(matches!(wrong, Err(ServiceError::Invalid(_))));
    assert!(is_in(&desk, &desk.session).await);
    desk.services
        .change_my_password(&me, Desk::password(), new_password())
        .await
        .expect("changed");
    assert!(is_in(&desk, &here).await && !is_in(&desk, &desk.session).await);
    enter(&desk, new_password()).await.expect("the new one");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_ended_from_another_device_and_only_by_its_owner() {
    let desk = Desk::start().await;
    let (_, here) = enter(&desk, Desk::password()).await.expect("in");
    let sessions = desk.services.my_sessions(&here).await.expect("sessions");
    assert!(sessions.len() == 2 && sessions[0].is_this && !sessions[1].is_this);
    desk.services
        .add_user("eve@agency.test", "Eve", Role::Editor, new_password())
        .await
        .expect("added");
    let (_, eve) = desk
        .services
        .sign_in("eve@agency.test", new_password(), Origin::default())
        .await
        .expect("in");
    let refused = desk.services.end_session(&eve, sessions[1].id).await;
    assert!(matches!(refused, Err(ServiceError::NotFound("session"))));
    assert!(is_in(&desk, &desk.session).await);
    desk.services
        .end_session(&here, sessions[1].id)
        .await
        .expect("ended");
    assert!(!is_in(&desk, &desk.session).await);
    let (other, _) = enter(&desk, Desk::password()).await.expect("in");
    let ended = desk.services.end_other_sessions(&here).await;
    assert_eq!(ended.expect("ended"), 1);
    assert!(!is_in(&desk, &other).await);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_tries_too_often_waits_whether_or_not_there_is_such_a_user() {
    let desk = Desk::start().await;
    for email in [OWNER, "nobody@agency.test"] {
        let attempt = async |password: SecretString| {
            desk.services
                .sign_in(email, password, Origin::default())
                .await
                .map(|_| ())
        };
        for _ in 0..10 {
            let refused = attempt("a guess at it".to_owned().into()).await;
            assert!(matches!(refused, Err(ServiceError::Invalid(_))));
        }
        // Now not even the right one.
        let refused = attempt(Desk::password()).await;
        assert!(matches!(refused, Err(ServiceError::TooOften(_))), "{email}");
    }
    // Whoever was kept out by somebody else comes in by a link, and later as ever.
    let token = reset_link(&desk).await;
    desk.services
        .reset_password(&token, new_password(), Origin::default())
        .await
        .expect("in by the link");
    desk.advance(Duration::minutes(15));
    enter(&desk, new_password()).await.expect("in");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_many_addresses_from_one_network_are_counted_together() {
    let desk = Desk::start().await;
    let attempt = async |number: usize, ip: &str| {
        desk.services
            .sign_in(
                &format!("guess-{number}@agency.test"),
                "a guess at it".to_owned().into(),
                from(ip),
            )
            .await
            .err()
            .expect("refused")
    };
    for number in 0..60 {
        let refused = attempt(number, &format!("2001:db8::{number:x}")).await;
        assert!(matches!(refused, ServiceError::Invalid(_)), "{number}");
    }
    let refused = attempt(60, "2001:db8::ffff").await;
    assert!(matches!(refused, ServiceError::TooOften(_)));
    let elsewhere = attempt(61, "2001:db8:1::1").await;
    assert!(matches!(elsewhere, ServiceError::Invalid(_)));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn coming_in_with_the_right_password_is_not_counted() {
    let desk = Desk::start().await;
    for _ in 0..12 {
        enter(&desk, Desk::password()).await.expect("in");
    }
    desk.database.remove().await;
}
