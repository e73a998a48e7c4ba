//! Connecting on the consent page of the account's server.

use connectors::bluesky::Bluesky;
use connectors::{Authorization, Connector, Consent, ErrorKind, PlatformError, TokenSet};
use secrecy::{ExposeSecret, SecretString};
use testing::Pds;
use testing::pds::{ClientHost, PdsAccount, VideoMode, VideoStub, host, video_service};
use url::Url;

use crate::support::{Desk, content, picture, video};

const HERE: &str = "http://127.0.0.1:3000";

/// What the consent page sent the browser back with.
struct Reply {
    code: String,
    iss: String,
    state: String,
    error: String,
}

impl Reply {
    fn read(back: &Url) -> Self {
        let get = |name: &str| {
            let found = back.query_pairs().find(|(key, _)| key == name);
            found
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        Self {
            code: get("code"),
            iss: get("iss"),
            state: get("state"),
            error: get("error"),
        }
    }

    fn consent(&self) -> Consent<'_> {
        Consent {
            code: &self.code,
            iss: Some(&self.iss),
            state: &self.state,
        }
    }
}

fn callback(public_url: &str) -> Url {
    let base: Url = public_url.parse().unwrap();
    base.join("oauth/bluesky/callback").unwrap()
}

async fn begin(bluesky: &Bluesky, account: &PdsAccount, public_url: &str) -> Authorization {
    bluesky
        .authorize(Some(&account.handle), "a-state", &callback(public_url))
        .await
        .unwrap()
}

async fn finish(
    bluesky: &Bluesky,
    reply: &Reply,
    private: Option<&SecretString>,
    public_url: &str,
) -> Result<TokenSet, PlatformError> {
    bluesky
        .exchange(reply.consent(), &callback(public_url), private)
        .await
}

async fn connect(bluesky: &Bluesky, account: &PdsAccount, public_url: &str) -> TokenSet {
    let away = begin(bluesky, account, public_url).await;
    let back = account.consent(&away.url).await;
    assert!(
        back.as_str().starts_with(callback(public_url).as_str()),
        "{back}"
    );
    let reply = Reply::read(&back);
    assert_eq!(reply.state, "a-state");
    finish(bluesky, &reply, away.private.as_ref(), public_url)
        .await
        .unwrap()
}

/// AutoPost at a public https address, whose document the server reads.
async fn confidential(pds: &Pds) -> (Bluesky, ClientHost) {
    let host = ClientHost::start().await;
    let bluesky = Bluesky::new(pds.config(&host.public_url)).unwrap();
    host.show(bluesky.client_metadata().unwrap());
    (bluesky, host)
}

async fn posts_and_is_renewed(bluesky: Bluesky, tokens: TokenSet, account: &PdsAccount) {
    assert_eq!(
        tokens.platform_user_id.as_deref(),
        Some(account.did.as_str())
    );
    for scope in bluesky.required_scopes() {
        assert!(tokens.scopes.iter().any(|granted| granted == scope));
    }
    let profile = bluesky.profile(tokens.access()).await.unwrap();
    assert_eq!(profile.handle.as_deref(), Some(account.handle.as_str()));
    let media = vec![picture(1, "A cup")];
    let mut desk = Desk::of(bluesky, tokens, content("By consent", media));
    desk.renew().await.unwrap();
    desk.run().await.unwrap();
    assert_eq!(account.posts().await.len(), 1);
}

#[tokio::test]
async fn a_server_for_trying_out_connects_as_a_client_without_a_key() {
    let pds = Pds::running();
    let account = pds.account().await;
    let bluesky = Bluesky::new(pds.config(HERE)).unwrap();
    assert!(bluesky.client_metadata().is_none());
    let tokens = connect(&bluesky, &account, HERE).await;
    assert!(tokens.refresh_expires_in <= Some(14 * 24 * 3600));
    posts_and_is_renewed(bluesky, tokens, &account).await;
}

#[tokio::test]
async fn a_public_server_connects_by_its_document_and_its_key() {
    let pds = Pds::running();
    let account = pds.account().await;
    let (bluesky, host) = confidential(&pds).await;
    let tokens = connect(&bluesky, &account, &host.public_url).await;
    posts_and_is_renewed(bluesky, tokens, &account).await;
}

#[tokio::test]
async fn a_consent_is_enough_for_the_video_service() {
    let pds = Pds::running();
    let account = pds.account().await;
    let stub = VideoStub::start(&pds, VideoMode::Works).await;
    let mut config = pds.config(HERE);
    config.video = Some(video_service(&stub));
    config.development_hosts.push(host(&stub.url));
    let bluesky = Bluesky::new(config).unwrap();
    let tokens = connect(&bluesky, &account, HERE).await;
    let mut desk = Desk::of(bluesky, tokens, content("Moving", vec![video("A pour")]));
    desk.run().await.unwrap();
    assert_eq!(stub.uploads(), 1);
    let posts = account.posts().await;
    assert_eq!(posts[0]["value"]["embed"]["$type"], "app.bsky.embed.video");
}

#[tokio::test]
async fn a_client_with_another_key_than_its_document_is_refused_without_blaming_the_account() {
    let pds = Pds::running();
    let account = pds.account().await;
    let (bluesky, host) = confidential(&pds).await;
    let mut tokens = connect(&bluesky, &account, &host.public_url).await;
    let stranger = Bluesky::new(pds.config(&host.public_url)).unwrap();
    let error = stranger
        .authorize(Some(&account.handle), "s", &callback(&host.public_url))
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind, ErrorKind::Rejected, "{error:?}");
    assert!(error.message.contains("operator"), "{error:?}");
    let mut desk = Desk::of(stranger, tokens, content("Stranger", Vec::new()));
    let error = desk.renew().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::RetryLater, "{error:?}");
    // Nothing of the session was spent.
    tokens = desk.tokens;
    let mut desk = Desk::of(bluesky, tokens, content("Ours", Vec::new()));
    desk.renew().await.unwrap();
}

#[tokio::test]
async fn a_code_works_once_and_only_for_whoever_asked() {
    let pds = Pds::running();
    let account = pds.account().await;
    let bluesky = Bluesky::new(pds.config(HERE)).unwrap();
    let away = begin(&bluesky, &account, HERE).await;
    let reply = Reply::read(&account.consent(&away.url).await);
    let private = away.private.as_ref();

    let elsewhere = Reply {
        iss: "https://evil.example".to_owned(),
        code: reply.code.clone(),
        state: reply.state.clone(),
        error: String::new(),
    };
    let error = finish(&bluesky, &elsewhere, private, HERE)
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind, ErrorKind::Rejected);
    let silent = Consent {
        iss: None,
        ..reply.consent()
    };
    let answer = bluesky.exchange(silent, &callback(HERE), private).await;
    assert_eq!(answer.err().unwrap().kind, ErrorKind::Rejected);
    let error = finish(&bluesky, &reply, None, HERE).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Rejected);

    finish(&bluesky, &reply, private, HERE).await.unwrap();
    let error = finish(&bluesky, &reply, private, HERE).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Rejected, "{error:?}");
    assert_eq!(error.code.as_deref(), Some("invalid_grant"));
    assert!(error.message.contains("used already"));
}

#[tokio::test]
async fn a_person_may_refuse() {
    let pds = Pds::running();
    let account = pds.account().await;
    let bluesky = Bluesky::new(pds.config(HERE)).unwrap();
    let away = begin(&bluesky, &account, HERE).await;
    let reply = Reply::read(&account.refuse(&away.url).await);
    assert_eq!(reply.error, "access_denied");
    assert_eq!(reply.state, "a-state");
    assert!(reply.code.is_empty());
}

#[tokio::test]
async fn another_account_of_the_same_server_may_answer() {
    let pds = Pds::running();
    let (asked, answers) = (pds.account().await, pds.account().await);
    let bluesky = Bluesky::new(pds.config(HERE)).unwrap();
    // Nobody is named by an identity that the server would insist on.
    let away = begin(&bluesky, &asked, HERE).await;
    let reply = Reply::read(&answers.consent(&away.url).await);
    let tokens = finish(&bluesky, &reply, away.private.as_ref(), HERE)
        .await
        .unwrap();
    posts_and_is_renewed(bluesky, tokens, &answers).await;
    assert!(asked.posts().await.is_empty());
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_session_and_needs_a_person() {
    let pds = Pds::running();
    let account = pds.account().await;
    let bluesky = Bluesky::new(pds.config(HERE)).unwrap();
    let tokens = connect(&bluesky, &account, HERE).await;
    let mut desk = Desk::of(bluesky, tokens, content("Twice", Vec::new()));
    let first = desk.tokens.refresh_token.clone().unwrap();
    let access = desk.tokens.access_token.clone();
    desk.renew().await.unwrap();
    let second = desk.tokens.refresh_token.clone().unwrap();
    assert_ne!(first.expose_secret(), second.expose_secret());

    // The access token from before is dead at once.
    let renewed = std::mem::replace(&mut desk.tokens.access_token, access);
    let error = desk.step(None, false).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::RefreshToken, "{error:?}");
    desk.tokens.access_token = renewed;
    desk.step(None, false).await.unwrap();

    desk.tokens.refresh_token = Some(first);
    let error = desk.renew().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Reauthorise, "{error:?}");
    desk.tokens.refresh_token = Some(second);
    let error = desk.renew().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Reauthorise, "{error:?}");
}

#[tokio::test]
async fn giving_a_consent_back_ends_it() {
    let pds = Pds::running();
    let account = pds.account().await;
    let (bluesky, host) = confidential(&pds).await;
    let tokens = connect(&bluesky, &account, &host.public_url).await;
    bluesky
        .revoke(tokens.access(), tokens.refresh_token.as_ref())
        .await
        .unwrap();
    let mut desk = Desk::of(bluesky, tokens, content("Given back", Vec::new()));
    let error = desk.renew().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Reauthorise, "{error:?}");
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let pds = Pds::running();
    let account = pds.account().await;
    let bluesky = Bluesky::new(pds.config(HERE)).unwrap();
    let tokens = connect(&bluesky, &account, HERE).await;
    let session: serde_json::Value =
        serde_json::from_str(tokens.session.as_ref().unwrap().expose_secret()).unwrap();
    let key = session["key"].as_str().unwrap();
    assert!(key.len() > 100);
    assert!(!format!("{bluesky:?} {:?}", tokens.session).contains(key));
}
