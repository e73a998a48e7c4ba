//! Links by which a client connects accounts.

use chrono::Duration;
use domain::Platform;
use services::ServiceError;
use services::actor::Origin;
use services::connect_links::ConnectLinkOrder;
use services::users::SecretToken;
use testing::{Desk, KESTREL};

use super::{approver, connect_link, count, token_of};

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
