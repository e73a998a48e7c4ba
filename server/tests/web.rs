//! Every route and server function over real HTTP, against a real PostgreSQL and the emulated platform.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use reqwest::header::{
    ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE,
};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use serde_json::{Value, json};
use server::config::Config;
use server::publisher::PublisherHealth;
use server::router::{Web, router};
use testing::{Desk, KESTREL, video};

struct Site {
    desk: Desk,
    address: SocketAddr,
    browser: Client,
}

impl Site {
    async fn start() -> Self {
        let desk = Desk::start().await;
        let site_root = desk.folder.path().join("site");
        std::fs::create_dir_all(site_root.join("pkg")).expect("a site folder");
        std::fs::write(
            site_root.join("pkg/autopost.css"),
            "body { color: inherit }",
        )
        .expect("a style sheet");
        let config = Config {
            addr: "127.0.0.1:0".parse().expect("an address"),
            public_url: "https://desk.autopost.test/".parse().expect("an address"),
            data_dir: PathBuf::from(desk.folder.path()),
            database_url: None,
            keys: None,
            site_root,
            media_retention_days: 30,
            max_upload_bytes: 50_000_000,
            publisher_slots: 4,
            publisher_lease: std::time::Duration::from_secs(60),
            tiktok: None,
            bluesky: None,
        };
        let web = Web::new(
            &config,
            desk.services.clone(),
            Arc::new(PublisherHealth::default()),
        )
        .expect("a router");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router(web)).await });
        let browser = Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(30))
            // A refused upload ends its connection; the next request must not be sent on it.
            .pool_max_idle_per_host(0)
            .build()
            .expect("a browser");
        Self {
            desk,
            address,
            browser,
        }
    }

    /// A request as our own pages make it, with the owner's session.
    fn own(&self, method: Method, path: &str) -> RequestBuilder {
        self.stranger(method, path).header(
            COOKIE,
            format!("autopost_session={}", self.desk.session.expose()),
        )
    }

    /// A request as our own pages make it, with no session.
    fn stranger(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path)
            .header(ORIGIN, "https://desk.autopost.test")
    }

    fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let is_visit = method == Method::GET;
        let request = self
            .browser
            .request(method, format!("http://{}{path}", self.address));
        // What tells a visit from a call: only the first is redirected.
        if is_visit {
            request.header(ACCEPT, "text/html,*/*;q=0.8")
        } else {
            request
        }
    }

    async fn call(&self, name: &str, form: &[(&str, &str)]) -> Response {
        self.own(Method::POST, &format!("/api/{name}"))
            .form(form)
            .send()
            .await
            .expect("an answer")
    }
}

fn header<'a>(answer: &'a Response, name: &reqwest::header::HeaderName) -> &'a str {
    answer
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().expect("text"))
}

async fn text(request: RequestBuilder) -> String {
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK, "{}", answer.url());
    answer.text().await.expect("text")
}

/// Server functions that need no session: they are what the sign-in page needs.
const OPEN: [&str; 4] = [
    "/api/sign_in",
    "/api/sign_out",
    "/api/agency_name",
    "/api/is_signed_in",
];

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_works_as_a_plain_form_and_hands_out_a_careful_cookie() {
    let site = Site::start().await;
    let form = [
        ("email", "owner@agency.test"),
        ("password", "a long enough password"),
    ];
    let answer = site
        .stranger(Method::POST, "/api/sign_in")
        .header("accept", "text/html")
        .form(&form)
        .send()
        .await;
    let answer = answer.expect("an answer");
    assert_eq!(
        (answer.status(), header(&answer, &LOCATION)),
        (StatusCode::FOUND, "/")
    );
    let cookie = header(&answer, &SET_COOKIE).to_owned();
    for part in [
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
        "Path=/",
        "Max-Age=2592000",
    ] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let session = cookie.split(';').next().expect("a cookie").to_owned();
    let home = site
        .bare(Method::GET, "/clients")
        .header(COOKIE, &session)
        .send()
        .await
        .expect("an answer");
    assert_eq!(home.status(), StatusCode::OK);

    let out = site
        .stranger(Method::POST, "/api/sign_out")
        .header(COOKIE, &session)
        .header("accept", "text/html");
    let out = out.send().await.expect("an answer");
    assert_eq!(header(&out, &LOCATION), "/sign-in");
    let home = site
        .bare(Method::GET, "/clients")
        .header(COOKIE, &session)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        (home.status(), header(&home, &LOCATION)),
        (StatusCode::FOUND, "/sign-in")
    );
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let site = Site::start().await;
    let mut answers = Vec::new();
    for email in ["owner@agency.test", "nobody@agency.test"] {
        let form = [("email", email), ("password", "not the password")];
        let answer = site
            .stranger(Method::POST, "/api/sign_in")
            .form(&form)
            .send()
            .await
            .expect("an answer");
        assert!(answer.headers().get(SET_COOKIE).is_none());
        answers.push((answer.status(), answer.text().await.expect("text")));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, StatusCode::UNPROCESSABLE_ENTITY);
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_server_function_answers_without_a_session() {
    let site = Site::start().await;
    let mut checked = 0;
    for (path, method) in server_fn::axum::server_fn_paths() {
        if OPEN.contains(&path) {
            continue;
        }
        for cookie in [None, Some("autopost_session=made-up")] {
            let mut request = site.stranger(method.clone(), path);
            if let Some(cookie) = cookie {
                request = request.header(COOKIE, cookie);
            }
            // Arguments that every one of them can read what it needs from.
            let id = "0190f5d2-0000-7000-8000-000000000000";
            let answer = if path == "/api/save_post" {
                let form = json!({"id": null, "caption": "", "media": [], "target": null, "local_time": "2026-10-15T09:00"});
                request
                    .json(&json!({"client": id, "form": form, "intent": "SaveDraft"}))
                    .send()
                    .await
            } else {
                let form = [
                    ("client", id),
                    ("account", id),
                    ("post", id),
                    ("delivery", id),
                    ("typed", ""),
                    ("name", "x"),
                    ("time_zone", "UTC"),
                ];
                request.form(&form).send().await
            };
            let answer = answer.expect("an answer");
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{method} {path}");
            assert!(
                answer.text().await.expect("text").contains("SignedOut"),
                "{path}"
            );
        }
        checked += 1;
    }
    assert!(checked >= 14, "{checked} server functions");
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_and_no_file_is_shown_without_a_session() {
    let site = Site::start().await;
    let (client, account, post) = site.desk.scheduled("Private words").await;
    let (delivery, _) = site.desk.delivery(client, post).await;
    let full = site
        .desk
        .services
        .post(&site.desk.owner, client, post)
        .await
        .expect("the post");
    let asset = full.assets[0].asset.id;
    for page in [
        "/clients".to_owned(),
        "/clients/new".to_owned(),
        format!("/clients/{client}/calendar"),
        format!("/clients/{client}/accounts"),
        format!("/clients/{client}/accounts/{account}/disconnect"),
        format!("/clients/{client}/history"),
        format!("/clients/{client}/history/{delivery}"),
        format!("/clients/{client}/posts/new"),
        format!("/clients/{client}/posts/{post}"),
    ] {
        let answer = site
            .stranger(Method::GET, &page)
            .send()
            .await
            .expect("an answer");
        assert_eq!(
            (answer.status(), header(&answer, &LOCATION)),
            (StatusCode::FOUND, "/sign-in"),
            "{page}"
        );
        let body = answer.text().await.expect("text");
        assert!(
            !body.contains("Private words") && !body.contains(KESTREL),
            "{page}"
        );
        let own = site
            .own(Method::GET, &page)
            .send()
            .await
            .expect("an answer");
        assert_eq!(own.status(), StatusCode::OK, "{page}");
        assert!(own.text().await.expect("text").contains("<h1"), "{page}");
    }
    for file in [
        format!("/clients/{client}/assets/{asset}/poster"),
        format!("/clients/{client}/assets/{asset}/file"),
        format!("/clients/{client}/avatars/{account}"),
    ] {
        let answer = site
            .stranger(Method::GET, &file)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{file}");
        let own = site
            .own(Method::GET, &file)
            .send()
            .await
            .expect("an answer");
        assert_eq!(own.status(), StatusCode::OK, "{file}");
        let kind = header(&own, &CONTENT_TYPE);
        assert!(
            kind.starts_with("image/") || kind == "video/mp4",
            "{file}: {kind}"
        );
    }
    let upload = site
        .stranger(Method::POST, &format!("/clients/{client}/assets"))
        .body(video())
        .send()
        .await;
    assert_eq!(
        upload.expect("an answer").status(),
        StatusCode::UNAUTHORIZED
    );
    let connect = site
        .stranger(
            Method::POST,
            &format!("/clients/{client}/accounts/connect/tiktok"),
        )
        .send()
        .await;
    assert_eq!(
        connect.expect("an answer").status(),
        StatusCode::UNAUTHORIZED
    );
    let callback = site
        .stranger(Method::GET, "/oauth/tiktok/callback?code=x&state=y")
        .send()
        .await
        .expect("an answer");
    assert_eq!(header(&callback, &LOCATION), "/sign-in");
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_something_must_come_from_our_own_pages() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await;
    let mut paths: Vec<String> = server_fn::axum::server_fn_paths()
        .map(|(path, _)| path.to_owned())
        .collect();
    paths.push(format!("/clients/{client}/assets"));
    paths.push(format!("/clients/{client}/accounts/connect/tiktok"));
    let cookie = format!("autopost_session={}", site.desk.session.expose());
    for path in &paths {
        for origin in [
            None,
            Some("https://elsewhere.test"),
            Some("null"),
            Some("https://desk.autopost.test.evil"),
        ] {
            let mut request = site.bare(Method::POST, path).header(COOKIE, &cookie);
            if let Some(origin) = origin {
                request = request.header(ORIGIN, origin);
            }
            let answer = request
                .form(&[("name", "X"), ("time_zone", "UTC")])
                .send()
                .await
                .expect("an answer");
            assert_eq!(
                answer.status(),
                StatusCode::FORBIDDEN,
                "{path} from {origin:?}"
            );
        }
    }
    assert_eq!(
        site.desk
            .services
            .clients(&site.desk.owner)
            .await
            .expect("clients")
            .len(),
        1
    );
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_run_only_their_own_scripts() {
    let site = Site::start().await;
    let answer = site
        .stranger(Method::GET, "/sign-in")
        .send()
        .await
        .expect("an answer");
    let policy = header(&answer, &CONTENT_SECURITY_POLICY).to_owned();
    assert!(
        !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
        "{policy}"
    );
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next())
        .expect("a nonce");
    let body = answer.text().await.expect("text");
    for script in body.split("<script").skip(1) {
        let tag = script.split('>').next().expect("a tag");
        assert!(tag.contains(nonce), "<script{tag}>");
    }
    assert!(
        !body.contains(" style=\""),
        "no style attributes under this policy"
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("strict-transport-security", "max-age=31536000"),
    ] {
        let answer = site
            .stranger(Method::GET, "/health")
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.headers()[name], value);
    }
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_pages_promise_what_the_software_does() {
    let site = Site::start().await;
    let privacy = text(site.stranger(Method::GET, "/privacy")).await;
    for words in [
        "Innovative Media Agency",
        "hello@autopost.com",
        "April 1, 2026",
        "Login Kit",
        "nickname",
        "handle",
        "avatar",
        "video.upload",
        "video.publish",
        "XChaCha20-Poly1305",
        "disconnect",
    ] {
        assert!(privacy.contains(words), "{words}");
    }
    for page in ["/terms", "/data-deletion"] {
        assert!(
            text(site.stranger(Method::GET, page))
                .await
                .contains("Innovative Media Agency"),
            "{page}"
        );
    }
    let missing = site
        .stranger(Method::GET, "/nowhere")
        .send()
        .await
        .expect("an answer");
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_red_when_due_work_is_not_claimed() {
    let site = Site::start().await;
    site.desk.scheduled("Due").await;
    let health = site
        .bare(Method::GET, "/health")
        .send()
        .await
        .expect("an answer");
    assert_eq!(health.status(), StatusCode::OK);
    site.desk.advance(chrono::Duration::minutes(95));
    let health = site
        .bare(Method::GET, "/health")
        .send()
        .await
        .expect("an answer");
    assert_eq!(health.status(), StatusCode::SERVICE_UNAVAILABLE);
    let body: Value = health.json().await.expect("JSON");
    assert_eq!(
        (&body["overdue"], &body["database"]),
        (&json!(1), &json!(true))
    );
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_connected_by_a_plain_form_and_the_consent_page() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await;
    let out = site
        .own(
            Method::POST,
            &format!("/clients/{client}/accounts/connect/tiktok"),
        )
        .send()
        .await
        .expect("an answer");
    assert_eq!(out.status(), StatusCode::SEE_OTHER);
    let consent = url::Url::parse(header(&out, &LOCATION)).expect("an address");
    assert_eq!(
        consent
            .query_pairs()
            .find(|(name, _)| name == "disable_auto_auth")
            .expect("a chooser")
            .1,
        "1"
    );
    let scopes = consent
        .query_pairs()
        .find(|(name, _)| name == "scope")
        .expect("scopes")
        .1
        .into_owned();
    let mut form = vec![("account", KESTREL), ("decision", "allow")];
    form.extend(scopes.split(',').map(|scope| ("scope", scope)));
    let back = site
        .browser
        .post(consent)
        .form(&form)
        .send()
        .await
        .expect("an answer");
    let back = url::Url::parse(header(&back, &LOCATION)).expect("an address");
    let callback = format!("{}?{}", back.path(), back.query().expect("a query"));
    let landed = site
        .own(Method::GET, &callback)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        header(&landed, &LOCATION),
        format!("/clients/{client}/accounts?connected=%40kestrelcoffee")
    );
    let again = site
        .own(Method::GET, &callback)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        again.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "a state works once"
    );
    let accounts: Value = site
        .call("list_accounts", &[("client", &client.to_string())])
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(accounts["rows"][0]["handle"], KESTREL);
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_taken_or_refused_in_one_sentence_and_played_by_parts() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await;
    let address = format!("/clients/{client}/assets?name=clip%20one.mp4");
    let taken: Value = site
        .own(Method::POST, &address)
        .body(video())
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(taken["file_name"], "clip one.mp4");
    let refused = site
        .own(Method::POST, &address)
        .body("not a video")
        .send()
        .await
        .expect("an answer");
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let refused: Value = refused.json().await.expect("JSON");
    assert!(
        refused["error"]
            .as_str()
            .is_some_and(|sentence| sentence.contains("neither a video"))
    );

    let file = taken["file_url"].as_str().expect("an address");
    let part = site
        .own(Method::GET, file)
        .header("range", "bytes=10-19")
        .send()
        .await
        .expect("an answer");
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes().await.expect("bytes"), video().slice(10..20));
    let other = site.desk.client("Other").await;
    let elsewhere = file.replace(&client.to_string(), &other.to_string());
    assert_eq!(
        site.own(Method::GET, &elsewhere)
            .send()
            .await
            .expect("an answer")
            .status(),
        StatusCode::NOT_FOUND
    );
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_planned_shown_and_followed_by_server_functions() {
    let site = Site::start().await;
    let desk = &site.desk;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let asset = desk.upload(client, video()).await.expect("taken").id;
    let options = json!({"platform": "tiktok", "privacy_level": "PUBLIC_TO_EVERYONE"});
    let mut form = json!({"id": null, "caption": "Hello\nthere", "media": [{"id": asset, "alt": ""}], "target": [account, options], "local_time": "2026-10-15T09:00"});
    let save = async |form: &Value, intent: &str| {
        let body = json!({"client": client, "form": form, "intent": intent});
        site.own(Method::POST, "/api/save_post")
            .json(&body)
            .send()
            .await
            .expect("an answer")
    };
    let saved: Value = save(&form, "Schedule").await.json().await.expect("JSON");
    let id = client.to_string();
    let month: Value = site
        .call("month", &[("client", &id), ("month", "2026-10")])
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(
        (&month["title"], &month["previous"], &month["next"]),
        (&json!("October 2026"), &json!("2026-09"), &json!("2026-11"))
    );
    let day = month["days"]
        .as_array()
        .expect("days")
        .iter()
        .find(|day| day["date"] == "2026-10-15")
        .expect("the day");
    let card = &day["cards"][0];
    assert_eq!(
        (&card["time"], &card["title"], &card["state"]),
        (&json!("09:00"), &json!("Hello"), &json!("scheduled"))
    );

    form["local_time"] = json!("2026-10-13T09:00");
    form["id"] = saved["id"].clone();
    let refused = save(&form, "Schedule").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused
            .text()
            .await
            .expect("text")
            .contains("This time has passed. Pick one after 13:00.")
    );

    let post: domain::PostId = saved["id"].as_str().expect("an id").parse().expect("an id");
    let before: i64 = site
        .call("client_version", &[("client", &id)])
        .await
        .json()
        .await
        .expect("a number");
    desk.advance(chrono::Duration::hours(20));
    desk.run_until_quiet(30).await;
    let after: i64 = site
        .call("client_version", &[("client", &id)])
        .await
        .json()
        .await
        .expect("a number");
    assert!(after > before);
    let (delivery, _) = desk.delivery(client, post).await;
    let told: Value = site
        .call(
            "delivery",
            &[("client", &id), ("delivery", &delivery.to_string())],
        )
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(told["row"]["state"], "published");
    assert_eq!(told["due_exact"], "Thu 15 Oct 2026, 09:00:00");
    assert_eq!(told["attempts"][0]["outcome"], "Published");
    assert!(
        told["sent"]
            .as_array()
            .expect("facts")
            .iter()
            .any(|fact| fact == &json!(["Who can see it", "Everyone"]))
    );
    let page = text(site.own(
        Method::GET,
        &format!("/clients/{client}/history/{delivery}"),
    ))
    .await;
    assert!(
        page.contains("publicaly_available_post_id"),
        "the platform’s own words are on the page"
    );
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disconnect_works_as_a_plain_form() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await;
    let account = site.desk.connect(client, KESTREL).await;
    let (id, account_id) = (client.to_string(), account.to_string());
    let wrong = site
        .call(
            "disconnect",
            &[("client", &id), ("account", &account_id), ("typed", "x")],
        )
        .await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let done: Value = site
        .call(
            "disconnect",
            &[
                ("client", &id),
                ("account", &account_id),
                ("typed", KESTREL),
            ],
        )
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(
        (&done["nothing_left"], &done["revoke_problem"]),
        (&json!(true), &Value::Null)
    );
    let accounts: Value = site
        .call("list_accounts", &[("client", &id)])
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(accounts["rows"], json!([]));
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_carry_a_sentence_and_no_cause() {
    let site = Site::start().await;
    let (client, _, _) = site.desk.scheduled("x").await;
    let mut conn = site.desk.services.conn().await.expect("db");
    diesel_async::SimpleAsyncConnection::batch_execute(
        &mut *conn,
        "ALTER TABLE posts RENAME TO secret_posts",
    )
    .await
    .expect("broken");
    let answer = site.call("month", &[("client", &client.to_string())]).await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = answer.text().await.expect("text");
    assert!(
        body.contains("Something went wrong on our side")
            && !body.contains("relation")
            && !body.contains("posts"),
        "{body}"
    );
    drop(conn);
    site.desk.database.remove().await;
}
