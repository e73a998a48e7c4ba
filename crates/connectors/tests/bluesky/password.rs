//! Connecting by an app password.

use connectors::bluesky::Bluesky;
use connectors::{Access, Connector, ErrorKind, Renewal};
use domain::account::AccountFacts;
use secrecy::ExposeSecret;
use serde_json::json;
use testing::Pds;
use testing::pds::{Stub, StubAnswer};

use crate::support::{Desk, content};

fn connector(pds: &Pds) -> Bluesky {
    Bluesky::new(pds.config("http://127.0.0.1:3000")).unwrap()
}

#[tokio::test]
async fn a_handle_and_an_app_password_make_a_session() {
    let pds = Pds::running();
    let account = pds.account().await;
    let password = account.app_password().await;
    let bluesky = connector(&pds);
    for written in [format!("@{}", account.handle), account.did.clone()] {
        let (tokens, profile) = bluesky
            .sign_in(&written, &password.clone().into())
            .await
            .unwrap();
        assert_eq!(profile.platform_user_id, account.did);
        assert_eq!(profile.handle.as_deref(), Some(account.handle.as_str()));
        assert_eq!(
            profile.nickname, account.handle,
            "nobody shows a profile of it"
        );
        assert_eq!(tokens.expires_in, 2 * 3600);
        assert_eq!(tokens.refresh_expires_in, Some(90 * 24 * 3600));
        for scope in bluesky.required_scopes() {
            assert!(tokens.scopes.iter().any(|granted| granted == scope));
        }
        let session = tokens.session.as_ref().unwrap().expose_secret();
        assert!(!session.contains(&password), "the password is not kept");
        let facts = bluesky.account_facts(tokens.access()).await.unwrap();
        assert_eq!(facts, AccountFacts::Bluesky);
    }
}

#[tokio::test]
async fn the_name_and_the_picture_come_from_whoever_shows_profiles() {
    let pds = Pds::running();
    let account = pds.account().await;
    let picture = emulator::samples::PHOTO_JPEG;
    let app_view = Stub::start(move |request| match request.name() {
        "app.bsky.actor.getProfile" => StubAnswer::new(
            200,
            json!({
                "did": request.parameter("actor"), "handle": "x", "displayName": " Kestrel Coffee ",
                "avatar": format!("http://{}/avatar.jpg", request.header("host").unwrap()),
            }),
        ),
        _ => StubAnswer::new(200, json!(String::from_utf8_lossy(&picture[..4]))),
    })
    .await;
    let mut config = pds.config("http://127.0.0.1:3000");
    config.app_view_url = app_view.url.clone();
    config
        .development_hosts
        .push(testing::pds::host(&app_view.url));
    let bluesky = Bluesky::new(config).unwrap();
    let password = account.app_password().await;
    let (_, profile) = bluesky
        .sign_in(&account.handle, &password.into())
        .await
        .unwrap();
    assert_eq!(profile.nickname, "Kestrel Coffee");
    let avatar = bluesky.avatar(&profile.avatar_url.unwrap()).await.unwrap();
    assert!(!avatar.is_empty());
    let asked = app_view.seen();
    assert_eq!(asked[0].parameter("actor"), Some(account.did.as_str()));
    assert!(
        asked[0].header("authorization").is_none(),
        "no token leaves"
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_sign_in_is_said_in_a_sentence() {
    let pds = Pds::running();
    let account = pds.account().await;
    let bluesky = connector(&pds);
    let sentence = async |handle: &str, password: &str| {
        let answer = bluesky.sign_in(handle, &password.to_owned().into()).await;
        let error = answer.err().unwrap();
        assert_eq!(error.kind, ErrorKind::Rejected, "{error:?}");
        assert!(
            !format!("{error:?}").contains("abcd-efgh-1234"),
            "no password"
        );
        error.message
    };
    let wrong = sentence(&account.handle, "abcd-efgh-1234").await;
    assert!(wrong.contains("does not accept this handle"), "{wrong}");
    let nobody = sentence("nobody-has-this.test", "abcd-efgh-1234").await;
    assert!(nobody.contains("Nobody on Bluesky"), "{nobody}");
    let email = sentence("me@example.org", "abcd-efgh-1234").await;
    assert!(email.contains("not its email"), "{email}");
    let empty = sentence(&account.handle, "  ").await;
    assert!(empty.contains("app password"), "{empty}");
    let gone = sentence("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "abcd-efgh-1234").await;
    assert!(gone.contains("no account"), "{gone}");
}

#[tokio::test]
async fn a_session_is_renewed_and_a_lost_answer_loses_nothing() {
    let (mut desk, _) = Desk::new(content("Renewed", Vec::new())).await;
    let first = desk.tokens.refresh_token.clone().unwrap();
    desk.renew().await.unwrap();
    let second = desk.tokens.refresh_token.clone().unwrap();
    assert_ne!(first.expose_secret(), second.expose_secret());
    // The answer was lost: the old token is used once more.
    desk.tokens.refresh_token = Some(first);
    desk.renew().await.unwrap();
    desk.run().await.unwrap();
}

#[tokio::test]
async fn an_access_token_that_has_ended_is_renewed_on_the_way() {
    let (mut desk, account) = Desk::new(content("Ended", Vec::new())).await;
    desk.tokens.access_token = account.ended_token().into();
    let error = desk.step(None, false).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::RefreshToken);
    assert_eq!(error.code.as_deref(), Some("ExpiredToken"));
    desk.run().await.unwrap();
    assert_eq!(account.posts().await.len(), 1);
}

#[tokio::test]
async fn a_removed_app_password_needs_a_person() {
    let (mut desk, account) = Desk::new(content("Removed", Vec::new())).await;
    account.revoke_app_passwords().await;
    let error = desk.renew().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Reauthorise, "{error:?}");
    assert!(error.message.contains("app password"));
}

#[tokio::test]
async fn giving_access_back_ends_the_session() {
    let (mut desk, _) = Desk::new(content("Given back", Vec::new())).await;
    let refresh_token = desk.tokens.refresh_token.clone();
    let bluesky = desk.bluesky.clone();
    bluesky
        .revoke(desk.access(), refresh_token.as_ref())
        .await
        .unwrap();
    let error = desk.renew().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Reauthorise);
    // Again is as good.
    bluesky
        .revoke(desk.access(), refresh_token.as_ref())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_deactivated_account_is_told_from_a_lost_one() {
    let (mut desk, account) = Desk::new(content("Asleep", Vec::new())).await;
    account.deactivate().await;
    let error = desk.step(None, false).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Rejected, "{error:?}");
    assert!(error.message.contains("deactivated"), "{error:?}");
}

#[tokio::test]
async fn servers_in_our_own_network_are_not_talked_to() {
    let pds = Pds::running();
    let account = pds.account().await;
    let password = account.app_password().await;
    let mut config = pds.config("http://127.0.0.1:3000");
    // The account's server is on loopback, and only the directory was named for development.
    config.development_hosts = vec![testing::pds::host(&pds.directory)];
    let bluesky = Bluesky::new(config).unwrap();
    let error = bluesky
        .sign_in(&account.did, &password.into())
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.contains("public"), "{}", error.message);
}

#[tokio::test]
async fn a_lost_session_needs_a_person() {
    let pds = Pds::running();
    let bluesky = connector(&pds);
    let token = "hush".to_owned().into();
    let access = Access {
        access_token: &token,
        platform_user_id: "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa",
        session: None,
    };
    let error = bluesky.profile(access).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Reauthorise);
    let renewal = Renewal {
        refresh_token: &token,
        platform_user_id: "",
        session: Some(&token),
    };
    let error = bluesky.refresh(renewal).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Reauthorise);
}
