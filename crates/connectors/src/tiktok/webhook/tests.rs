use super::*;

const SECRET: &str = "emulator-secret";
const TIME: i64 = 1_770_210_875;
/// A call with its signature, made by other means than ours.
const BODY: &str = r#"{"client_key":"emu_key","event":"post.publish.publicly_available","create_time":1770210873,"user_openid":"-000emuOpenId01","content":"{\"publish_id\":\"v_pub_file~v2-1.7602997070760331285\",\"publish_type\":\"DIRECT_PUBLISH\",\"post_id\":\"7602997517160123666\"}"}"#;
const SIGNED: &str = "3f8643807c65e2900852892295515fbe1e0b6311ab82840336ceb7d59b6e4764";

fn config() -> TikTokConfig {
    TikTokConfig {
        client_key: "emu_key".to_owned(),
        client_secret: SECRET.into(),
        authorize_url: super::super::config::AUTHORIZE_URL.parse().unwrap(),
        api_url: super::super::config::API_URL.parse().unwrap(),
        pkce: super::super::config::PkceMode::None,
    }
}

fn sign(time: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    hex::encode(hmac::sign(&key, format!("{time}.{body}").as_bytes()))
}

fn read_at(header: Option<&str>, body: &str, now: i64) -> Result<Webhook, WebhookRefused> {
    let header = header.map(str::to_owned);
    let lookup = |name: &str| header.clone().filter(|_| name == SIGNATURE);
    let call = WebhookCall {
        header: &lookup,
        body: body.as_bytes(),
        now: DateTime::from_timestamp(now, 0).unwrap(),
    };
    read(&config(), &call)
}

fn read_signed(body: &str) -> Result<Webhook, WebhookRefused> {
    let header = format!("t={TIME},s={}", sign(&TIME.to_string(), body));
    read_at(Some(&header), body, TIME)
}

#[test]
fn a_signed_call_is_read_and_anything_else_is_refused() {
    let good = format!("t={TIME},s={SIGNED}");
    let webhook = read_at(Some(&good), BODY, TIME).unwrap();
    assert_eq!(webhook.platform_user_id, "-000emuOpenId01");
    assert_eq!(webhook.sent_at.timestamp(), TIME - 2);
    assert_eq!(
        webhook.news,
        News::Task {
            task_id: "v_pub_file~v2-1.7602997070760331285".to_owned()
        }
    );
    for accepted in [
        format!("s={SIGNED},t={TIME}"),
        format!("t={TIME}, s={SIGNED}, v=2"),
        format!("t={TIME},s={}", SIGNED.to_uppercase()),
    ] {
        assert!(read_at(Some(&accepted), BODY, TIME).is_ok(), "{accepted}");
    }
    let other_time = TIME + 1;
    let flipped = SIGNED.replacen('3', "4", 1);
    for refused in [
        None,
        Some(String::new()),
        Some(SIGNED.to_owned()),
        Some(format!("t={TIME}")),
        Some(format!("s={SIGNED}")),
        Some(format!("t=,s={SIGNED}")),
        Some(format!("t={TIME},s=")),
        Some(format!("t={TIME},s=nothex")),
        Some(format!("t={TIME},s={}", &SIGNED[..62])),
        Some(format!("t={TIME},s={flipped}")),
        Some(format!("t={other_time},s={SIGNED}")),
    ] {
        assert_eq!(
            read_at(refused.as_deref(), BODY, TIME),
            Err(WebhookRefused::NotSigned),
            "{refused:?}"
        );
    }
    // The bytes as they came, not what they mean.
    let same = BODY.replacen(":\"emu_key\"", ": \"emu_key\"", 1);
    assert_eq!(
        read_at(Some(&good), &same, TIME),
        Err(WebhookRefused::NotSigned)
    );
}

#[test]
fn a_signature_may_be_as_old_as_a_repeated_call_and_hardly_ahead() {
    let good = format!("t={TIME},s={SIGNED}");
    for (now, expected) in [
        (TIME + 72 * 3600, true),
        (TIME + 74 * 3600, false),
        (TIME - 299, true),
        (TIME - 301, false),
    ] {
        let read = read_at(Some(&good), BODY, now);
        assert_eq!(read.is_ok(), expected, "{now}: {read:?}");
    }
    // A time that is none, although it is signed.
    let header = format!("t=soon,s={}", sign("soon", BODY));
    assert_eq!(
        read_at(Some(&header), BODY, TIME),
        Err(WebhookRefused::NotSigned)
    );
}

#[test]
fn a_call_for_another_app_or_without_sense_is_refused() {
    let other = BODY.replacen("emu_key", "their_key", 1);
    assert_eq!(read_signed(&other), Err(WebhookRefused::AnotherApp));
    assert_eq!(read_signed("hello"), Err(WebhookRefused::Unreadable));
}

#[test]
fn every_event_has_its_meaning() {
    let news = |event: &str, content: &str| {
        let body = serde_json::json!({
            "client_key": "emu_key",
            "event": event,
            "create_time": TIME,
            "user_openid": "-000a",
            "content": content,
        });
        read_signed(&body.to_string()).unwrap().news
    };
    let about = r#"{"publish_id":"p_pub_url~v2.1","reason":"internal"}"#;
    let task_id = "p_pub_url~v2.1".to_owned();
    for event in [
        "post.publish.complete",
        "post.publish.failed",
        "post.publish.inbox_delivered",
        "post.publish.publicly_available",
        "post.publish.something_new",
    ] {
        let expected = News::Task {
            task_id: task_id.clone(),
        };
        assert_eq!(news(event, about), expected, "{event}");
    }
    for event in [
        "post.publish.no_longer_publicaly_available",
        "post.publish.no_longer_publicly_available",
    ] {
        let expected = News::TaskHidden {
            task_id: task_id.clone(),
        };
        assert_eq!(news(event, about), expected, "{event}");
    }
    let removed = News::AccessRemoved {
        why: "The account’s owner removed AutoPost in TikTok.".to_owned(),
    };
    assert_eq!(news("authorization.removed", r#"{"reason":1}"#), removed);
    assert_eq!(news("authorization.removed", r#"{"reason":"1"}"#), removed);
    for (event, content) in [
        ("video.upload.failed", r#"{"share_id":"1"}"#),
        ("portability.download.ready", r#"{"request_id":1}"#),
        ("post.publish.complete", "{}"),
        ("post.publish.complete", "not json"),
        ("", ""),
    ] {
        assert_eq!(news(event, content), News::Nothing, "{event} {content}");
    }
}
