//! What everybody may see.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Site, text};

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
