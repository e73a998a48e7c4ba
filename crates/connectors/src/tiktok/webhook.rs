//! What TikTok tells by itself: signed calls to one address, each about one upload or one account.
//!
//! Every call is a hint. It may come twice, late, or never; what became of an upload is asked of the API.

use chrono::{DateTime, TimeDelta, Utc};
use ring::hmac;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::config::TikTokConfig;
use crate::{News, Webhook, WebhookCall, WebhookRefused};

/// The header that carries time and signature: `t=<seconds>,s=<hex>`.
const SIGNATURE: &str = "tiktok-signature";
/// How old a signature may be. TikTok repeats a call that was not answered for 72 hours, and does not
/// document whether it signs anew; whoever takes calls in forgets none for longer than this.
const OLDEST: TimeDelta = TimeDelta::hours(73);
/// How far TikTok's clock may be ahead of ours.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    client_key: String,
    #[serde(default)]
    event: String,
    #[serde(default)]
    create_time: i64,
    #[serde(default)]
    user_openid: String,
    /// JSON, written as a string.
    #[serde(default)]
    content: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Content {
    publish_id: String,
    /// Of `authorization.removed`.
    reason: serde_json::Value,
}

/// Makes sure that a call is TikTok's and meant for us, and reads it.
pub(super) fn read(
    config: &TikTokConfig,
    call: &WebhookCall<'_>,
) -> Result<Webhook, WebhookRefused> {
    check_signature(config, call)?;
    let body: Body = serde_json::from_slice(call.body).map_err(|_| WebhookRefused::Unreadable)?;
    if body.client_key != config.client_key {
        return Err(WebhookRefused::AnotherApp);
    }
    let sent_at =
        DateTime::from_timestamp(body.create_time, 0).ok_or(WebhookRefused::Unreadable)?;
    let content: Content = serde_json::from_str(&body.content).unwrap_or_default();
    let task_id = content.publish_id;
    let news = match body.event.as_str() {
        "authorization.removed" => News::AccessRemoved {
            why: why_removed(&content.reason).to_owned(),
        },
        // Both spellings: the first is what TikTok documents.
        "post.publish.no_longer_publicaly_available"
        | "post.publish.no_longer_publicly_available"
            if !task_id.is_empty() =>
        {
            News::TaskHidden { task_id }
        }
        event if event.starts_with("post.publish.") && !task_id.is_empty() => {
            News::Task { task_id }
        }
        _ => News::Nothing,
    };
    Ok(Webhook {
        sent_at,
        platform_user_id: body.user_openid,
        news,
    })
}

fn check_signature(config: &TikTokConfig, call: &WebhookCall<'_>) -> Result<(), WebhookRefused> {
    let header = (call.header)(SIGNATURE).ok_or(WebhookRefused::NotSigned)?;
    let part = |name: &str| {
        header
            .split(',')
            .filter_map(|part| part.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.trim())
    };
    let (Some(time), Some(signature)) = (part("t"), part("s")) else {
        return Err(WebhookRefused::NotSigned);
    };
    let signature = hex::decode(signature).map_err(|_| WebhookRefused::NotSigned)?;
    let key = hmac::Key::new(
        hmac::HMAC_SHA256,
        config.client_secret.expose_secret().as_bytes(),
    );
    let mut message = Vec::with_capacity(time.len() + 1 + call.body.len());
    message.extend_from_slice(time.as_bytes());
    message.push(b'.');
    message.extend_from_slice(call.body);
    // Compares in constant time.
    hmac::verify(&key, &message, &signature).map_err(|_| WebhookRefused::NotSigned)?;
    let signed_at: DateTime<Utc> = time
        .parse()
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .ok_or(WebhookRefused::NotSigned)?;
    if signed_at < call.now - OLDEST || signed_at > call.now + AHEAD {
        return Err(WebhookRefused::Stale);
    }
    Ok(())
}

/// Why TikTok says that an account took its access away.
fn why_removed(reason: &serde_json::Value) -> &'static str {
    let number = reason
        .as_i64()
        .or_else(|| reason.as_str().and_then(|text| text.parse().ok()));
    match number {
        Some(1) => "The account’s owner removed AutoPost in TikTok.",
        Some(2) => "The TikTok account was deleted.",
        Some(3) => "The TikTok account’s age was changed.",
        Some(4) => "TikTok has banned the account.",
        Some(5) => "The access was given back.",
        _ => "TikTok gave no reason.",
    }
}

#[cfg(test)]
mod tests;
