//! Webhooks to others: signed, repeated, and switched off when nobody takes them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::Duration;
use connectors::announcer::Announcer;
use domain::DeliveryState;
use ring::hmac;
use secrecy::ExposeSecret;
use services::ServiceError;
use testing::{Desk, Hook, HookCall, KESTREL};

async fn desk() -> (Desk, Hook) {
    let mut desk = Desk::start().await;
    let hook = Hook::start().await;
    let announcer = Announcer::new(&[hook.host()]).expect("an announcer");
    desk.services = desk.services.clone().with_announcer(announcer);
    (desk, hook)
}

/// Checks a call as its receiver would, by the standard's own words.
fn checked(call: &HookCall, secret: &str) -> serde_json::Value {
    let key = BASE64
        .decode(secret.strip_prefix("whsec_").expect("a secret"))
        .expect("a key");
    let id = call.header("webhook-id");
    let signed = format!("{id}.{}.{}", call.header("webhook-timestamp"), call.body);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
    let expected = format!("v1,{}", BASE64.encode(tag.as_ref()));
    assert_eq!(call.header("webhook-signature"), expected);
    assert_eq!(call.header("content-type"), "application/json");
    serde_json::from_str(&call.body).expect("JSON")
}

#[tokio::test]
async fn a_post_that_goes_out_is_told_signed_and_to_its_own_client_alone() {
    let (desk, hook) = desk().await;
    let (client, account, post) = desk.scheduled("Flat white").await;
    let other = desk.client("Other").await;
    let mine = desk
        .services
        .add_webhook_endpoint(&desk.owner, &hook.url(), Some(client))
        .await
        .expect("added");
    desk.services
        .add_webhook_endpoint(&desk.owner, &hook.url(), Some(other))
        .await
        .expect("added");
    desk.run_until_quiet(20).await;
    let (delivery, state) = desk.delivery(client, post).await;
    assert_eq!(state, DeliveryState::Published);
    assert_eq!(
        desk.services.deliver_webhooks().await.expect("delivered"),
        1
    );
    assert_eq!(desk.services.deliver_webhooks().await.expect("nothing"), 0);
    let calls = hook.calls();
    assert_eq!(calls.len(), 1);
    let told = checked(&calls[0], mine.secret.expose_secret());
    assert_eq!(told["type"], "delivery.published");
    assert_eq!(told["data"]["delivery_id"], delivery.to_string());
    assert_eq!(told["data"]["post_id"], post.to_string());
    assert_eq!(told["data"]["account_id"], account.to_string());
    assert_eq!(told["data"]["client_id"], client.to_string());
    assert!(!calls[0].body.contains("Flat white"), "no content");
}

#[tokio::test]
async fn accounts_that_come_and_go_are_told() {
    let (desk, hook) = desk().await;
    desk.services
        .add_webhook_endpoint(&desk.owner, &hook.url(), None)
        .await
        .expect("added");
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    desk.services
        .disconnect(&desk.owner, client, account, KESTREL)
        .await
        .expect("disconnected");
    desk.services.deliver_webhooks().await.expect("delivered");
    let mut kinds: Vec<String> = hook
        .calls()
        .iter()
        .map(|call| {
            let told: serde_json::Value = serde_json::from_str(&call.body).expect("JSON");
            told["type"].as_str().expect("a type").to_owned()
        })
        .collect();
    kinds.sort();
    assert_eq!(kinds, ["account.connected", "account.disconnected"]);
}

#[tokio::test]
async fn what_is_refused_is_told_again_with_the_same_id_and_in_the_end_switched_off() {
    let (desk, hook) = desk().await;
    let id = desk
        .services
        .add_webhook_endpoint(&desk.owner, &hook.url(), None)
        .await
        .expect("added")
        .id;
    desk.services
        .test_webhook_endpoint(&desk.owner, id)
        .await
        .expect("a test");
    hook.answer(500);
    hook.answer(302);
    assert_eq!(desk.services.deliver_webhooks().await.expect("tried"), 0);
    assert_eq!(
        desk.services.deliver_webhooks().await.expect("too early"),
        0
    );
    desk.advance(Duration::seconds(6));
    assert_eq!(desk.services.deliver_webhooks().await.expect("tried"), 0);
    desk.advance(Duration::minutes(6));
    assert_eq!(
        desk.services.deliver_webhooks().await.expect("delivered"),
        1
    );
    let calls = hook.calls();
    assert_eq!(calls.len(), 3);
    let ids: Vec<_> = calls.iter().map(|call| call.header("webhook-id")).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");

    desk.services
        .test_webhook_endpoint(&desk.owner, id)
        .await
        .expect("a test");
    let mut tries = 0;
    loop {
        hook.answer(503);
        desk.services.deliver_webhooks().await.expect("tried");
        let view = desk
            .services
            .webhook_endpoints(&desk.owner)
            .await
            .expect("addresses")
            .remove(0);
        tries += 1;
        if view.disabled.is_some() {
            assert_eq!(view.last[0].state, "failed");
            break;
        }
        assert!(tries < 30, "it ends");
        desk.advance(Duration::hours(8));
    }
    assert_eq!(
        desk.services
            .unread_notices(&desk.owner)
            .await
            .expect("a count"),
        1,
        "the owner hears of it"
    );
    let refused = desk.services.test_webhook_endpoint(&desk.owner, id).await;
    assert!(matches!(refused, Err(ServiceError::Conflict(_))));
    desk.services
        .set_webhook_endpoint(&desk.owner, id, true)
        .await
        .expect("on again");
    desk.services
        .remove_webhook_endpoint(&desk.owner, id)
        .await
        .expect("removed");
}

#[tokio::test]
async fn an_address_that_is_gone_is_switched_off_at_once() {
    let (desk, hook) = desk().await;
    let id = desk
        .services
        .add_webhook_endpoint(&desk.owner, &hook.url(), None)
        .await
        .expect("added")
        .id;
    desk.services
        .test_webhook_endpoint(&desk.owner, id)
        .await
        .expect("a test");
    hook.answer(410);
    desk.services.deliver_webhooks().await.expect("tried");
    let views = desk.services.webhook_endpoints(&desk.owner).await;
    assert!(views.expect("addresses")[0].disabled.is_some());
}

#[tokio::test]
async fn addresses_inside_our_own_network_are_refused() {
    let (desk, _hook) = desk().await;
    for wrong in [
        "http://example.com/hook",
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://169.254.169.254/latest",
        "https://user:secret@example.com/",
        "file:///etc/passwd",
        "no address",
    ] {
        let refused = desk
            .services
            .add_webhook_endpoint(&desk.owner, wrong, None)
            .await;
        assert!(matches!(refused, Err(ServiceError::Invalid(_))), "{wrong}");
    }
}
