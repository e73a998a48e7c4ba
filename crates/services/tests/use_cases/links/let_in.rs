//! Letting somebody in to whom a link was passed on.

use domain::{Permission, Role};
use services::actor::Origin;
use services::portal::LetInAnswer;
use services::users::SecretToken;
use services::{ServiceError, ServiceResult};
use testing::Desk;

use super::{PRIYA, approver, count, write};

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
