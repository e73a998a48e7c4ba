use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use emulator::tiktok::signature;
use serde_json::{Value, json};

use crate::desk::{Desk, PUBLIC, desk_with};

/// An app's address for webhooks: what came, and what is answered.
#[derive(Clone, Default)]
struct App {
    came: Arc<Mutex<Vec<(String, String)>>>,
    refuses: Arc<Mutex<u32>>,
}

async fn receive(State(app): State<App>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut refuses = app.refuses.lock().unwrap();
    if *refuses > 0 {
        *refuses -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let header = headers["tiktok-signature"].to_str().unwrap().to_owned();
    let body = String::from_utf8(body.to_vec()).unwrap();
    app.came.lock().unwrap().push((header, body));
    StatusCode::OK
}

async fn desk_with_app() -> (Desk, App) {
    let app = App::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/hook", post(receive))
        .with_state(app.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let desk = desk_with(|config| {
        config.webhook_url = Some(format!("http://{address}/hook").parse().unwrap());
    })
    .await;
    (desk, app)
}

impl App {
    /// The events that came since the last look.
    fn events(&self) -> Vec<Value> {
        let came = std::mem::take(&mut *self.came.lock().unwrap());
        came.into_iter()
            .map(|(_, body)| serde_json::from_str(&body).unwrap())
            .collect()
    }
}

fn names(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect()
}

#[test]
fn the_signature_is_the_documented_one() {
    let body = r#"{"client_key":"emu_key","event":"post.publish.publicly_available","create_time":1770210873,"user_openid":"-000emuOpenId01","content":"{\"publish_id\":\"v_pub_file~v2-1.7602997070760331285\",\"publish_type\":\"DIRECT_PUBLISH\",\"post_id\":\"7602997517160123666\"}"}"#;
    assert_eq!(body.len(), 264);
    assert_eq!(
        signature("emulator-secret", 1_770_210_875, body.as_bytes()),
        "t=1770210875,s=3f8643807c65e2900852892295515fbe1e0b6311ab82840336ceb7d59b6e4764"
    );
}

#[tokio::test]
async fn what_happened_is_told_twice_and_no_more() {
    let (desk, app) = desk_with_app().await;
    let token = desk.connect(PUBLIC);
    let publish_id = desk.publish(&token, "Hello", "PUBLIC_TO_EVERYONE").await;
    assert_eq!(desk.tiktok().send_webhooks().await, 0, "still processing");
    desk.advance(2);
    assert_eq!(desk.tiktok().send_webhooks().await, 2);
    let events = app.events();
    assert_eq!(names(&events), ["post.publish.complete"; 2]);
    assert_eq!(events[0]["client_key"], "emu_client_key");
    let content: Value = serde_json::from_str(events[0]["content"].as_str().unwrap()).unwrap();
    assert_eq!(content["publish_id"], publish_id.as_str());
    desk.advance(10);
    desk.tiktok().send_webhooks().await;
    assert_eq!(names(&app.events()), ["post.publish.publicly_available"; 2]);
    desk.advance(1000);
    assert_eq!(desk.tiktok().send_webhooks().await, 0);
}

#[tokio::test]
async fn what_is_not_answered_with_200_is_sent_again_later() {
    let (desk, app) = desk_with_app().await;
    desk.connect(PUBLIC);
    desk.tiktok().revoke(PUBLIC);
    *app.refuses.lock().unwrap() = 3;
    assert_eq!(desk.tiktok().send_webhooks().await, 0);
    assert_eq!(desk.tiktok().send_webhooks().await, 0, "not at once");
    desk.advance(1);
    assert_eq!(desk.tiktok().send_webhooks().await, 1);
    desk.advance(2);
    assert_eq!(desk.tiktok().send_webhooks().await, 1);
    let events = app.events();
    assert_eq!(names(&events), ["authorization.removed"; 2]);
    assert_eq!(events[0]["content"], json!({ "reason": 1 }).to_string());
    // Given up after three days.
    desk.tiktok()
        .tell("post.publish.complete", PUBLIC, &json!({}));
    *app.refuses.lock().unwrap() = u32::MAX;
    for _ in 0..100 {
        desk.advance(3600);
        desk.tiktok().send_webhooks().await;
    }
    *app.refuses.lock().unwrap() = 0;
    desk.advance(3600);
    assert_eq!(desk.tiktok().send_webhooks().await, 0);
}
