//! What every refusal means, by a server that is told what to say.

use std::sync::{Arc, Mutex};

use connectors::bluesky::{Bluesky, Config, generate_signing_key};
use connectors::{Connector, ErrorKind, PlatformError, TokenSet};
use serde_json::{Value, json};
use testing::pds::{Stub, StubAnswer, StubRequest, host};

use crate::support::{Desk, content, picture};

const DID: &str = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";
const HANDLE: &str = "kestrel.test";

type Script = Arc<dyn Fn(&StubRequest) -> Option<StubAnswer> + Send + Sync>;

/// A whole network in one server: it works as it should, but for what the script says.
struct Network {
    stub: Stub,
    bluesky: Bluesky,
    tokens: TokenSet,
    script: Arc<Mutex<Option<Script>>>,
}

impl Network {
    async fn start() -> Self {
        let script: Arc<Mutex<Option<Script>>> = Arc::default();
        let told = Arc::clone(&script);
        let stub = Stub::start(move |request| {
            let script = told.lock().unwrap().clone();
            script
                .and_then(|script| script(request))
                .unwrap_or_else(|| usual(request))
        })
        .await;
        let key = generate_signing_key().unwrap();
        let mut config = Config::new("http://127.0.0.1:3000".parse().unwrap(), key).unwrap();
        config.resolver_url = stub.url.clone();
        config.directory_url = stub.url.clone();
        config.app_view_url = stub.url.clone();
        config.video = None;
        config.development_hosts = vec![host(&stub.url)];
        let bluesky = Bluesky::new(config).unwrap();
        let (tokens, _) = bluesky
            .sign_in(HANDLE, &"abcd".to_owned().into())
            .await
            .unwrap();
        Self {
            stub,
            bluesky,
            tokens,
            script,
        }
    }

    fn say(&self, script: impl Fn(&StubRequest) -> Option<StubAnswer> + Send + Sync + 'static) {
        *self.script.lock().unwrap() = Some(Arc::new(script));
    }

    /// Answers one call like this from now on.
    fn refuse(&self, name: &'static str, status: u16, body: Value) {
        self.say(move |request| {
            (request.name() == name).then(|| StubAnswer::new(status, body.clone()))
        });
    }

    fn desk(self, caption: &str) -> (Desk, Stub) {
        let media = vec![picture(1, "One")];
        (
            Desk::of(self.bluesky, self.tokens, content(caption, media)),
            self.stub,
        )
    }
}

fn usual(request: &StubRequest) -> StubAnswer {
    let here = format!("http://{}", request.header("host").unwrap());
    StubAnswer::new(
        200,
        match request.name() {
            "com.atproto.identity.resolveHandle" => json!({ "did": DID }),
            DID => json!({
                "id": DID,
                "alsoKnownAs": [format!("at://{HANDLE}")],
                "service": [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": here}],
            }),
            "com.atproto.server.createSession" | "com.atproto.server.refreshSession" => {
                json!({ "accessJwt": "a.b.c", "refreshJwt": "d.e.f", "did": DID, "handle": HANDLE })
            }
            "com.atproto.server.getSession" => {
                json!({ "did": DID, "handle": HANDLE, "active": true })
            }
            "com.atproto.repo.uploadBlob" => json!({
                "blob": {"$type": "blob", "ref": {"$link": "bafkrei"}, "mimeType": "image/jpeg", "size": 1},
            }),
            "com.atproto.repo.putRecord" => json!({
                "uri": format!("at://{DID}/app.bsky.feed.post/3k"), "cid": "bafy",
            }),
            _ => {
                return StubAnswer::new(
                    400,
                    json!({"error": "RecordNotFound", "message": "Could not locate record"}),
                );
            }
        },
    )
}

fn refusal(name: &str) -> Value {
    json!({ "error": name, "message": "the server's own words" })
}

/// What a post fails with when the last call is refused like this.
async fn refused_post(status: u16, body: Value) -> PlatformError {
    let network = Network::start().await;
    network.refuse("com.atproto.repo.putRecord", status, body);
    let (mut desk, _stub) = network.desk("Refused");
    // A renewal does not help: the second time it is somebody else's turn.
    desk.run().await.unwrap_err()
}

#[tokio::test]
async fn every_refusal_of_a_server_is_one_of_the_six_kinds() {
    use ErrorKind::{Reauthorise, RefreshToken, Rejected, RetryLater, RetryNow};
    for (status, name, kind) in [
        (400, "ExpiredToken", RefreshToken),
        (400, "InvalidToken", RefreshToken),
        (401, "AuthMissing", RefreshToken),
        (401, "AuthenticationRequired", RefreshToken),
        (401, "", RefreshToken),
        (401, "invalid_dpop_proof", RetryLater),
        (403, "ScopeMissingError", Reauthorise),
        (401, "AccountDeactivated", Rejected),
        (401, "AccountTakedown", Rejected),
        (400, "RepoTakendown", Rejected),
        (403, "AccountNotFound", Rejected),
        (400, "InvalidRequest", Rejected),
        (400, "BadExpiration", Rejected),
        (413, "PayloadTooLarge", Rejected),
        (413, "", Rejected),
        (429, "RateLimitExceeded", RetryLater),
        (429, "", RetryLater),
        (408, "", RetryNow),
        (500, "InternalServerError", RetryNow),
        (502, "UpstreamFailure", RetryNow),
        (503, "", RetryNow),
        (504, "UpstreamTimeout", RetryNow),
        (501, "MethodNotImplemented", Rejected),
        (400, "SomethingNew", Rejected),
        (404, "", Rejected),
    ] {
        let error = refused_post(status, refusal(name)).await;
        assert_eq!(error.kind, kind, "{status} {name}: {error:?}");
        assert!(error.message.ends_with('.'), "{}", error.message);
        let words = error.platform_words.unwrap();
        assert!(
            words.starts_with(&status.to_string()) && words.contains(name),
            "{words}"
        );
        assert!(!error.restart);
    }
    let validation = refused_post(
        400,
        json!({"error": "InvalidRequest", "message": "Invalid app.bsky.feed.post record: text is too long"}),
    )
    .await;
    assert!(
        validation.message.contains("text is too long"),
        "the field is named"
    );
}

#[tokio::test]
async fn a_limit_names_its_end() {
    for (header, value) in [
        ("retry-after", "77".to_owned()),
        ("ratelimit-reset", in_77_seconds()),
    ] {
        let network = Network::start().await;
        network.say(move |request| {
            (request.name() == "com.atproto.repo.putRecord")
                .then(|| StubAnswer::new(429, refusal("RateLimitExceeded")).with(header, &value))
        });
        let (mut desk, _stub) = network.desk("Too fast");
        let error = desk.run().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::RetryLater);
        let seconds = error.retry_after.unwrap().as_secs();
        assert!((70..=77).contains(&seconds), "{header}: {seconds}");
    }
}

fn in_77_seconds() -> String {
    #[expect(clippy::disallowed_methods, reason = "the limit ends by the real time")]
    let now = chrono::Utc::now().timestamp();
    (now + 77).to_string()
}

#[tokio::test]
async fn a_server_that_answers_an_existing_post_by_a_fault_is_asked_for_it() {
    let network = Network::start().await;
    let sent: Arc<Mutex<Value>> = Arc::default();
    let kept = Arc::clone(&sent);
    network.say(move |request| match request.name() {
        "com.atproto.repo.putRecord" => {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            *kept.lock().unwrap() = body["record"].clone();
            Some(StubAnswer::new(500, refusal("InternalServerError")))
        }
        "com.atproto.repo.getRecord" => Some(StubAnswer::new(
            200,
            json!({"uri": "at://x/app.bsky.feed.post/3k", "value": kept.lock().unwrap().clone()}),
        )),
        _ => None,
    });
    let (mut desk, _stub) = network.desk("There already");
    let error = desk.run().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::RetryNow, "it may be a plain fault");
    let last = desk.written.last().cloned();
    let published = desk.run_from(last, true).await.unwrap();
    assert_eq!(published.id, "at://x/app.bsky.feed.post/3k");
}

#[tokio::test]
async fn a_server_of_old_that_has_no_name_for_a_missing_post_is_understood() {
    let network = Network::start().await;
    network.refuse(
        "com.atproto.repo.getRecord",
        400,
        json!({"error": "InvalidRequest", "message": "Could not locate record: at://x"}),
    );
    let (desk, _stub) = network.desk("Old");
    let found = desk.reconcile().await;
    assert!(matches!(found, Ok(connectors::Reconciled::NotThere)));
}

#[tokio::test]
async fn a_post_that_nobody_can_say_anything_about_stays_unknown() {
    let network = Network::start().await;
    network.refuse(
        "com.atproto.repo.getRecord",
        503,
        refusal("NotEnoughResources"),
    );
    let (desk, _stub) = network.desk("Silence");
    assert_eq!(
        desk.reconcile().await.unwrap_err().kind,
        ErrorKind::RetryNow
    );
}

#[tokio::test]
async fn files_that_are_lost_again_and_again_are_not_sent_for_ever() {
    let network = Network::start().await;
    network.refuse("com.atproto.repo.putRecord", 400, refusal("BlobNotFound"));
    let (mut desk, stub) = network.desk("Lost");
    let error = desk.run().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    let seen = stub.seen();
    let uploads = seen
        .iter()
        .filter(|call| call.name() == "com.atproto.repo.uploadBlob");
    assert_eq!(uploads.count(), 3);
}

#[tokio::test]
async fn a_connection_that_breaks_off_is_tried_again() {
    let network = Network::start().await;
    let (mut desk, stub) = network.desk("Gone");
    drop(stub);
    let error = desk.run().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::RetryNow);
}

#[tokio::test]
async fn refusals_of_a_renewal_end_a_connection_only_when_they_say_so() {
    for (status, name, kind) in [
        (400, "ExpiredToken", ErrorKind::Reauthorise),
        (400, "InvalidToken", ErrorKind::Reauthorise),
        (401, "AuthMissing", ErrorKind::Reauthorise),
        (429, "RateLimitExceeded", ErrorKind::RetryLater),
        (500, "", ErrorKind::RetryNow),
        (503, "", ErrorKind::RetryNow),
        (401, "AccountTakedown", ErrorKind::Rejected),
    ] {
        let network = Network::start().await;
        network.refuse("com.atproto.server.refreshSession", status, refusal(name));
        let (mut desk, _stub) = network.desk("Renewal");
        let error = desk.renew().await.unwrap_err();
        assert_eq!(error.kind, kind, "{status} {name}: {error:?}");
    }
}

#[tokio::test]
async fn a_password_behind_a_second_factor_is_told_from_a_wrong_one() {
    let network = Network::start().await;
    network.refuse(
        "com.atproto.server.createSession",
        401,
        refusal("AuthFactorTokenRequired"),
    );
    let secret = "the real one".to_owned().into();
    let error = network
        .bluesky
        .sign_in(HANDLE, &secret)
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.contains("app password"), "{error:?}");
}

#[tokio::test]
async fn a_handle_must_be_what_the_identity_says_it_is() {
    let network = Network::start().await;
    let secret = || "abcd".to_owned().into();
    let error = network
        .bluesky
        .sign_in("impostor.test", &secret())
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.contains("another handle"), "{error:?}");

    network.refuse(DID, 200, json!({"id": "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"}));
    let answer = network.bluesky.sign_in(HANDLE, &secret()).await;
    assert_eq!(answer.err().unwrap().kind, ErrorKind::RetryNow);

    network.refuse(DID, 200, json!({"id": DID, "alsoKnownAs": [format!("at://{HANDLE}")],
        "service": [{"id": "#atproto_pds", "type": "X", "serviceEndpoint": "http://169.254.169.254/"}]}));
    let error = network
        .bluesky
        .sign_in(HANDLE, &secret())
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.contains("does not talk to"), "{error:?}");
}

#[tokio::test]
async fn an_account_whose_server_has_no_consent_page_is_told_so() {
    let network = Network::start().await;
    let callback = "http://127.0.0.1:3000/oauth/bluesky/callback"
        .parse()
        .unwrap();
    let answer = network
        .bluesky
        .authorize(Some(HANDLE), "s", &callback)
        .await;
    let error = answer.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.contains("app password"), "{error:?}");
}
