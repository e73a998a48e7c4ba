//! The team: inviting people, what may be given to whom, and what ends when somebody may do less.
use chrono::Duration;
use domain::{ClientId, Permission, Role, UserId};
use secrecy::SecretString;
use services::actor::{Origin, Reach};
use services::team::{Access, Invitation};
use services::users::{SecretToken, SessionToken};
use services::{Actor, ServiceError};
use testing::Desk;

const ANN: &str = "ann@people.test";

fn password() -> SecretString {
    "another long password".to_owned().into()
}

fn guest(clients: &[ClientId]) -> Access {
    Access {
        role: Role::ClientApprover,
        all_clients: false,
        clients: clients.to_vec(),
    }
}

fn staff(role: Role) -> Access {
    Access {
        role,
        all_clients: true,
        clients: Vec::new(),
    }
}

fn limited(role: Role, client: ClientId) -> Access {
    Access {
        role,
        all_clients: false,
        clients: vec![client],
    }
}

fn to(email: &str, access: Access) -> Invitation {
    Invitation {
        email: email.to_owned(),
        name: "Ann".to_owned(),
        access,
    }
}

/// The token of the newest mail to an address.
async fn token(desk: &Desk, email: &str) -> SecretToken {
    let mails = desk.mails_to(email).await;
    mails.last().expect("a mail").token("invitation")
}

/// Somebody who was invited and has accepted.
async fn joined(desk: &Desk, email: &str, access: Access) -> (SessionToken, Actor) {
    let invited = desk.services.invite(&desk.owner, to(email, access)).await;
    invited.expect("invited");
    let token = token(desk, email).await;
    desk.services
        .accept_invitation(&token, "Ann Arbour", password(), Origin::default())
        .await
        .expect("accepted")
}

async fn is_in(desk: &Desk, session: &SessionToken) -> bool {
    let found = desk.services.signed_in(session).await;
    found.expect("an answer").is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_makes_one_user_and_looking_at_it_none() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    desk.services
        .invite(&desk.owner, to(ANN, guest(&[client])))
        .await
        .expect("invited");
    let token = token(&desk, ANN).await;
    for _ in 0..3 {
        let offer = desk.services.invitation(&token).await.expect("an offer");
        assert_eq!(
            (offer.email.as_str(), offer.role, offer.clients),
            (ANN, Role::ClientApprover, vec!["Kestrel Coffee".to_owned()])
        );
    }
    assert_eq!(members(&desk).await.len(), 1, "only the owner yet");
    // A client's user may leave the password empty.
    let (session, actor) = desk
        .services
        .accept_invitation(
            &token,
            " Ann Arbour ",
            String::new().into(),
            Origin::default(),
        )
        .await
        .expect("accepted");
    assert_eq!(
        (
            actor.name.as_str(),
            actor.role,
            actor.reach.clone(),
            actor.by_link
        ),
        (
            "Ann Arbour",
            Role::ClientApprover,
            Reach::Only(vec![client]),
            true
        )
    );
    assert!(is_in(&desk, &session).await);
    let again = desk
        .services
        .accept_invitation(&token, "Mallory", password(), Origin::default())
        .await;
    assert!(matches!(again, Err(ServiceError::Conflict(_))));
    assert_eq!(members(&desk).await.len(), 2);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_with_one_invitation_are_one_user() {
    let desk = Desk::start().await;
    desk.services
        .invite(&desk.owner, to(ANN, staff(Role::Editor)))
        .await
        .expect("invited");
    let token = token(&desk, ANN).await;
    let accept = || {
        desk.services
            .accept_invitation(&token, "Ann", password(), Origin::default())
    };
    let (one, two) = tokio::join!(accept(), accept());
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    assert_eq!(members(&desk).await.len(), 2);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_ends_after_a_week_when_it_is_taken_back_or_sent_again() {
    let desk = Desk::start().await;
    let accept = async |token: &SecretToken| {
        desk.services
            .accept_invitation(token, "Ann", password(), Origin::default())
            .await
    };
    let invite = async || {
        desk.services
            .invite(&desk.owner, to(ANN, staff(Role::Editor)))
            .await
            .expect("invited")
    };
    let id = invite().await;
    let first = token(&desk, ANN).await;
    let id = desk
        .services
        .resend_invitation(&desk.owner, id)
        .await
        .expect("sent again");
    let second = token(&desk, ANN).await;
    assert_ne!(first.expose(), second.expose());
    assert!(matches!(
        accept(&first).await,
        Err(ServiceError::Conflict(_))
    ));

    desk.services
        .revoke_invitation(&desk.owner, id)
        .await
        .expect("taken back");
    assert!(matches!(
        accept(&second).await,
        Err(ServiceError::Conflict(_))
    ));
    assert!(desk.services.invitation(&second).await.is_err());

    invite().await;
    let third = token(&desk, ANN).await;
    desk.advance(Duration::days(7));
    assert!(matches!(
        accept(&third).await,
        Err(ServiceError::Conflict(_))
    ));
    assert_eq!(members(&desk).await.len(), 1);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_need_a_password() {
    let desk = Desk::start().await;
    desk.services
        .invite(&desk.owner, to(ANN, staff(Role::Editor)))
        .await
        .expect("invited");
    let token = token(&desk, ANN).await;
    for short in ["", "123456789"] {
        let refused = desk
            .services
            .accept_invitation(&token, "Ann", short.to_owned().into(), Origin::default())
            .await;
        assert!(matches!(refused, Err(ServiceError::Invalid(_))), "{short}");
    }
    // The invitation is still good.
    desk.services
        .accept_invitation(&token, "Ann", password(), Origin::default())
        .await
        .expect("accepted");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_away_more_than_they_have() {
    let desk = Desk::start().await;
    let own = desk.client("Kestrel Coffee").await;
    let other = desk.client("Northlane").await;
    let (_, manager) = joined(&desk, "max@people.test", staff(Role::Manager)).await;
    let (_, small) = joined(&desk, "mia@people.test", limited(Role::Manager, own)).await;
    let (_, editor) = joined(&desk, "eve@people.test", staff(Role::Editor)).await;
    let invite = async |actor: &Actor, access: Access| {
        desk.services
            .invite(actor, to(ANN, access))
            .await
            .map(|_| ())
    };
    assert!(invite(&manager, staff(Role::Manager)).await.is_ok());
    assert!(invite(&small, guest(&[own])).await.is_ok());
    assert!(invite(&small, limited(Role::Manager, own)).await.is_ok());
    for (actor, access) in [
        (&manager, staff(Role::Owner)),
        (&small, staff(Role::Owner)),
        (&editor, guest(&[own])),
    ] {
        let refused = invite(actor, access).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)));
    }
    for access in [guest(&[own, other]), limited(Role::Editor, other)] {
        let refused = invite(&small, access).await;
        assert!(matches!(refused, Err(ServiceError::NotFound("client"))));
    }
    let refused = invite(&small, staff(Role::Editor)).await;
    assert!(matches!(refused, Err(ServiceError::Invalid(_))));
    let refused = invite(&desk.owner, guest(&[])).await;
    assert!(matches!(refused, Err(ServiceError::Invalid(_))));

    // Nor does sending somebody else's invitation again, or changing people.
    let wide = desk
        .services
        .invite(&desk.owner, to("bob@people.test", guest(&[other])))
        .await
        .expect("invited");
    for refused in [
        desk.services.resend_invitation(&small, wide).await.err(),
        desk.services.revoke_invitation(&small, wide).await.err(),
    ] {
        assert!(matches!(refused, Some(ServiceError::NotFound(_))));
    }
    let (_, both) = joined(&desk, "zoe@people.test", guest(&[own, other])).await;
    let (_, far) = joined(&desk, "far@people.test", guest(&[other])).await;
    let change = async |actor: &Actor, user: UserId, access: Access| {
        desk.services.set_access(actor, user, access).await
    };
    let refused = change(&small, both.user_id, guest(&[own])).await;
    assert!(matches!(refused, Err(ServiceError::Forbidden)));
    let refused = change(&small, far.user_id, guest(&[own])).await;
    assert!(matches!(refused, Err(ServiceError::NotFound("user"))));
    for refused in [
        change(&small, editor.user_id, limited(Role::Editor, own)).await,
        change(&manager, desk.owner.user_id, staff(Role::Editor)).await,
        desk.services
            .set_disabled(&manager, desk.owner.user_id, true)
            .await,
        change(&manager, editor.user_id, staff(Role::Owner)).await,
    ] {
        assert!(matches!(refused, Err(ServiceError::Forbidden)));
    }
    let refused = change(&desk.owner, far.user_id, staff(Role::Editor)).await;
    assert!(matches!(refused, Err(ServiceError::Invalid(_))));
    let refused = change(&manager, manager.user_id, staff(Role::Editor)).await;
    assert!(matches!(refused, Err(ServiceError::Conflict(_))));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_some_clients_only_learns_nothing_of_the_others() {
    let desk = Desk::start().await;
    let own = desk.client("Kestrel Coffee").await;
    let other = desk.client("Northlane").await;
    let (_, small) = joined(&desk, "mia@people.test", limited(Role::Manager, own)).await;
    joined(&desk, "zoe@people.test", guest(&[own, other])).await;
    joined(&desk, "far@people.test", guest(&[other])).await;
    for (email, client) in [("near-2@people.test", own), ("far-2@people.test", other)] {
        desk.services
            .invite(&desk.owner, to(email, guest(&[client])))
            .await
            .expect("invited");
    }
    let team = desk.services.team(&small).await.expect("the team");
    let told = format!("{team:?}");
    assert!(
        !told.contains("Northlane") && !told.contains("far"),
        "{told}"
    );
    let zoe = team
        .members
        .iter()
        .find(|member| member.email == "zoe@people.test")
        .expect("Zoe");
    assert_eq!((zoe.clients.hidden, zoe.may_change), (1, false));
    assert_eq!(team.invitations.len(), 1);
    // That an address out of reach is a user's is not told either.
    let refused = desk
        .services
        .invite(&small, to("far@people.test", guest(&[own])))
        .await
        .expect_err("refused");
    assert!(!refused.to_string().contains("already"), "{refused}");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn less_than_before_ends_every_session_and_more_ends_none() {
    let desk = Desk::start().await;
    let one = desk.client("Kestrel Coffee").await;
    let two = desk.client("Northlane").await;
    let (session, ann) = joined(&desk, ANN, limited(Role::Editor, one)).await;
    let give = async |access: Access| {
        desk.services
            .set_access(&desk.owner, ann.user_id, access)
            .await
            .expect("changed");
    };
    give(Access {
        role: Role::Editor,
        all_clients: false,
        clients: vec![one, two],
    })
    .await;
    give(staff(Role::Manager)).await;
    assert!(is_in(&desk, &session).await);
    let now = desk.services.signed_in(&session).await.expect("an answer");
    let now = now.expect("somebody");
    assert!(now.sees(two) && now.role.may(Permission::ManageTeam));
    // What she invites others to is taken back with what she could give.
    desk.services
        .invite(&now, to("bob@people.test", guest(&[two])))
        .await
        .expect("invited");
    let invitation = token(&desk, "bob@people.test").await;
    give(limited(Role::Manager, one)).await;
    assert!(!is_in(&desk, &session).await);
    assert!(desk.services.invitation(&invitation).await.is_err());
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_is_out_at_once_and_comes_in_again_when_enabled() {
    let desk = Desk::start().await;
    let (session, ann) = joined(&desk, ANN, staff(Role::Editor)).await;
    let set = async |disabled| {
        desk.services
            .set_disabled(&desk.owner, ann.user_id, disabled)
            .await
            .expect("changed");
    };
    set(true).await;
    assert!(!is_in(&desk, &session).await);
    let enter = || desk.services.sign_in(ANN, password(), Origin::default());
    assert!(enter().await.is_err());
    // A disabled user is no stranger either.
    let refused = desk
        .services
        .invite(&desk.owner, to(ANN, staff(Role::Editor)))
        .await;
    assert!(matches!(refused, Err(ServiceError::Conflict(_))));
    set(false).await;
    enter().await.expect("in again");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agency_always_keeps_an_owner() {
    let desk = Desk::start().await;
    let (_, second) = joined(&desk, ANN, staff(Role::Owner)).await;
    // Each as the other saw them a moment ago: one of the two has to be too late.
    let (one, two) = tokio::join!(
        desk.services
            .set_access(&desk.owner, second.user_id, staff(Role::Manager)),
        desk.services
            .set_disabled(&second, desk.owner.user_id, true),
    );
    assert_eq!(
        usize::from(one.is_ok()) + usize::from(two.is_ok()),
        1,
        "{one:?} {two:?}"
    );
    let owners = members(&desk)
        .await
        .into_iter()
        .filter(|(role, disabled)| *role == "owner" && !disabled)
        .count();
    assert_eq!(owners, 1);
    desk.database.remove().await;
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::Text)]
    role: String,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    disabled: bool,
}

/// Every user: role, and whether they are kept out.
async fn members(desk: &Desk) -> Vec<(String, bool)> {
    let rows: Vec<Row> = diesel_async::RunQueryDsl::load(
        diesel::sql_query("SELECT role, disabled_at IS NOT NULL AS disabled FROM users"),
        &mut desk.database.connect().await,
    )
    .await
    .expect("the users");
    rows.into_iter()
        .map(|row| (row.role, row.disabled))
        .collect()
}
