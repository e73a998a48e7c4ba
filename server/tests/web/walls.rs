//! What keeps strangers out, and what an answer never tells.

use reqwest::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN};
use reqwest::{Method, StatusCode};
use testing::{KESTREL, video};

use crate::support::{Site, header};

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
        format!("/clients/{client}/activity"),
        format!("/clients/{client}/history"),
        format!("/clients/{client}/history/{delivery}"),
        format!("/clients/{client}/settings"),
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
        .stranger(Method::POST, &format!("/clients/{client}/uploads"))
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
    paths.push(format!("/clients/{client}/uploads"));
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
async fn errors_carry_a_sentence_and_no_cause() {
    let site = Site::start().await;
    let (client, _, _) = site.desk.scheduled("x").await;
    let mut conn = site.desk.database.connect().await;
    diesel_async::SimpleAsyncConnection::batch_execute(
        &mut conn,
        "ALTER TABLE posts RENAME TO secret_posts",
    )
    .await
    .expect("broken");
    let answer = site
        .call("calendar", &[("client", &client.to_string())])
        .await;
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
