//! The signature of Standard Webhooks: HMAC-SHA256 over id, time and body, by a secret that both sides know.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use rand::TryRng;
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};

use crate::{ServiceError, ServiceResult};

/// What every secret begins with.
const PREFIX: &str = "whsec_";

/// A new secret: 256 bits of the system's generator.
pub(super) fn new_secret() -> ServiceResult<SecretString> {
    let mut bytes = [0_u8; 32];
    rand::rngs::SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(ServiceError::internal)?;
    Ok(SecretString::from(format!(
        "{PREFIX}{}",
        BASE64.encode(bytes)
    )))
}

/// The value of `webhook-signature`; `None` when the secret is none.
#[must_use]
pub fn sign(secret: &SecretString, id: &str, at: DateTime<Utc>, body: &str) -> Option<String> {
    let key = secret.expose_secret().strip_prefix(PREFIX)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &BASE64.decode(key).ok()?);
    let signed = format!("{id}.{}.{body}", at.timestamp());
    let tag = hmac::sign(&key, signed.as_bytes());
    Some(format!("v1,{}", BASE64.encode(tag.as_ref())))
}

#[cfg(test)]
mod tests {
    use super::{new_secret, sign};
    use chrono::DateTime;
    use secrecy::ExposeSecret;

    #[test]
    fn a_known_message_has_the_signature_that_the_standard_gives() {
        // The example of the standard's own libraries.
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into();
        let at = DateTime::from_timestamp(1_614_265_330, 0).expect("an instant");
        assert_eq!(
            sign(
                &secret,
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                at,
                "{\"test\": 2432232314}"
            )
            .as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
        assert_eq!(sign(&"no secret".into(), "msg_1", at, "{}"), None);
    }

    #[test]
    fn every_secret_is_another() {
        let (one, other) = (new_secret().expect("one"), new_secret().expect("another"));
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert!(one.expose_secret().len() > 40);
    }
}
