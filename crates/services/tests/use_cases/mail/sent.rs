//! How it goes out, and what is told where it does not.

use chrono::Duration;
use domain::Role;
use domain::notice::NoticeKind;
use services::outbox::Smtp;
use services::{ServiceError, Services};
use testing::{Desk, MailAnswer, MailSecurity, MailServer, MailStep};

use super::{FROM, desk, one_mail, person, standing, tell, with};

#[tokio::test]
async fn a_refusal_for_good_is_told_in_the_servers_words() {
    let (desk, server) = desk().await;
    one_mail(&desk).await;
    server.script(
        MailStep::Recipient,
        MailAnswer::Says("550 5.1.1 No such user here"),
    );
    assert_eq!(desk.services.send_mail().await.expect("tried"), 0);
    let (state, problem) = standing(&desk).await;
    assert_eq!(state, "failed");
    assert!(problem.expect("words").contains("No such user here"));
    desk.advance(Duration::days(1));
    assert_eq!(desk.services.send_mail().await.expect("nothing"), 0);
    assert_eq!(server.conversations(), 1, "it is not asked again");
}

#[tokio::test]
async fn passing_trouble_is_tried_again_and_then_given_up() {
    let (desk, server) = desk().await;
    one_mail(&desk).await;
    server.script(
        MailStep::Recipient,
        MailAnswer::Says("451 4.3.0 Greylisted"),
    );
    server.script(MailStep::Greeting, MailAnswer::HangsUp);
    server.script(MailStep::Text, MailAnswer::Says("452 4.2.2 Full"));
    for pause in [1, 2, 4] {
        assert_eq!(desk.services.send_mail().await.expect("tried"), 0);
        assert_eq!(standing(&desk).await.0, "waiting");
        assert_eq!(desk.services.send_mail().await.expect("too early"), 0);
        desk.advance(Duration::minutes(pause));
    }
    assert_eq!(desk.services.send_mail().await.expect("sent"), 1);
    assert_eq!(server.taken().len(), 1);

    // A server that never agrees is asked for two days.
    one_mail(&desk).await;
    let mut tries = 0;
    while standing(&desk).await.0 != "failed" {
        server.script(MailStep::Recipient, MailAnswer::Says("451 4.3.0 Later"));
        desk.services.send_mail().await.expect("tried");
        desk.advance(Duration::hours(4));
        tries += 1;
        assert!(tries < 20, "it ends");
    }
    assert!(tries > 8, "{tries} tries");
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_connection_lost_after_the_text_is_unknown_and_only_a_person_sends_it_again() {
    let (desk, server) = desk().await;
    one_mail(&desk).await;
    server.script(MailStep::Text, MailAnswer::HangsUp);
    assert_eq!(desk.services.send_mail().await.expect("tried"), 0);
    assert_eq!(standing(&desk).await.0, "unknown");
    desk.advance(Duration::days(3));
    assert_eq!(desk.services.send_mail().await.expect("nothing"), 0);
    assert_eq!(server.taken().len(), 1, "not by itself");

    let mail = desk
        .services
        .outbox(&desk.owner, true, None)
        .await
        .expect("the outbox")
        .mails
        .remove(0);
    desk.services
        .send_mail_again(&desk.owner, mail.id)
        .await
        .expect("again");
    let twice = desk.services.send_mail_again(&desk.owner, mail.id).await;
    assert!(matches!(twice, Err(ServiceError::Conflict(_))));
    assert_eq!(desk.services.send_mail().await.expect("sent"), 1);
    assert_eq!(standing(&desk).await.0, "sent");
    let ids: Vec<_> = server
        .taken()
        .iter()
        .map(|mail| mail.header("Message-ID"))
        .collect();
    assert_eq!(ids[0], ids[1], "the recipient's server can tell");
}

#[tokio::test]
async fn a_worker_that_dies_while_the_server_has_the_mail_leaves_it_unknown() {
    let (desk, server) = desk().await;
    one_mail(&desk).await;
    server.script(MailStep::Text, MailAnswer::Stalls);
    let services = desk.services.clone();
    let worker = tokio::spawn(async move { services.send_mail().await });
    for _ in 0..200 {
        if standing(&desk).await.0 == "sending" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert_eq!(standing(&desk).await.0, "sending");
    worker.abort();
    assert_eq!(desk.services.send_mail().await.expect("nothing"), 0);
    assert_eq!(standing(&desk).await.0, "sending", "its lease still holds");
    desk.advance(Duration::minutes(8));
    assert_eq!(desk.services.send_mail().await.expect("nothing"), 0);
    assert_eq!(standing(&desk).await.0, "unknown");
    assert_eq!(server.conversations(), 1);
}

#[tokio::test]
async fn many_mails_and_several_servers_send_each_once() {
    let (desk, server) = desk().await;
    for number in 0..30 {
        let (id, _) = person(&desk, &format!("Person{number}"), Role::Owner, &[]).await;
        tell(&desk, id, None, NoticeKind::Agency, ("One thing", None)).await;
    }
    desk.advance(Duration::seconds(61));
    let services: Vec<Services> = (0..3).map(|_| desk.services.clone()).collect();
    let gathered = futures::future::join_all(services.iter().map(Services::gather_mail)).await;
    let gathered: usize = gathered.into_iter().map(|count| count.expect("some")).sum();
    assert_eq!(gathered, 30);
    let sent = futures::future::join_all(services.iter().map(Services::send_mail)).await;
    let sent: usize = sent.into_iter().map(|count| count.expect("some")).sum();
    assert_eq!(sent, 30);
    let mut to: Vec<_> = server.taken().into_iter().map(|mail| mail.to).collect();
    to.sort();
    to.dedup();
    assert_eq!((to.len(), server.taken().len()), (30, 30));
}

#[tokio::test]
async fn without_a_mail_server_everything_waits_and_with_credentials_they_are_used() {
    let desk = Desk::start().await;
    one_mail(&desk).await;
    assert_eq!(desk.services.send_mail().await.expect("nothing"), 0);
    desk.advance(Duration::days(5));
    assert_eq!(desk.services.send_mail().await.expect("nothing"), 0);
    let outbox = desk
        .services
        .outbox(&desk.owner, false, None)
        .await
        .expect("the outbox");
    assert!(!outbox.has_server && outbox.waiting == 1);

    let server = MailServer::start().await;
    let url = server.url().replace("smtp://", "smtp://desk:s%40me@");
    let services = with(&desk.services, &url);
    assert_eq!(services.send_mail().await.expect("sent"), 1);
    let login = server.taken()[0].login.clone();
    assert_eq!(login, Some(("desk".to_owned(), "s@me".to_owned())));
}

#[tokio::test]
async fn tls_is_checked_before_anything_is_said() {
    let mut desk = Desk::start().await;
    one_mail(&desk).await;
    for security in [MailSecurity::Tls, MailSecurity::StartTls] {
        let server = MailServer::start_with(security).await;
        let url = server.url().replace("localhost", "user:secret@localhost");
        // Nobody vouches for its certificate.
        desk.services = with(&desk.services, &url);
        assert_eq!(desk.services.send_mail().await.expect("tried"), 0);
        assert_eq!(standing(&desk).await.0, "waiting", "{security:?}");
        assert!(server.taken().is_empty(), "{security:?}");

        let trusted = Smtp::new(&url.into(), FROM, Some(server.certificate().as_bytes()));
        desk.services = desk.services.clone().with_smtp(trusted.expect("a server"));
        desk.advance(Duration::hours(1));
        assert_eq!(desk.services.send_mail().await.expect("sent"), 1);
        let login = server.taken()[0].login.clone();
        assert_eq!(login, Some(("user".to_owned(), "secret".to_owned())));
        one_mail(&desk).await;
    }
    // A server that does not offer TLS is not told the password.
    let server = MailServer::start().await;
    let url = server.url().replace("smtp://", "smtp://user:secret@") + "?tls=required";
    desk.services = with(&desk.services, &url);
    assert_eq!(desk.services.send_mail().await.expect("tried"), 0);
    assert_eq!(server.conversations(), 1);
    assert!(server.logins().is_empty() && server.taken().is_empty());
}
