//! Keys on the curve P-256 and what they sign: client assertions and proofs of possession, as JSON web
//! tokens with the algorithm ES256.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A key could not be read, made or used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not PKCS#8 of a key on P-256, in base64.
    #[error("this is not a P-256 key as PKCS#8 in base64")]
    Unreadable,
    /// The system's random numbers failed.
    #[error("the system gave no random numbers")]
    Random,
}

/// A new key on P-256: its PKCS#8 form in base64.
///
/// # Errors
/// When the system gives no random numbers.
pub fn generate_signing_key() -> Result<SecretString, KeyError> {
    let document =
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map_err(|_| KeyError::Random)?;
    Ok(SecretString::from(STANDARD.encode(document.as_ref())))
}

/// A key that signs.
pub(super) struct Key {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").finish_non_exhaustive()
    }
}

impl Key {
    /// Reads what [`generate_signing_key`] made.
    pub fn read(text: &SecretString) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let document = STANDARD
            .decode(text.expose_secret().trim())
            .map_err(|_| KeyError::Unreadable)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &document, &random)
            .map_err(|_| KeyError::Unreadable)?;
        Ok(Self { pair, random })
    }

    /// The public half as a JSON web key (RFC 7517), members in the order of its thumbprint.
    pub fn public(&self) -> Value {
        // An uncompressed point: 4, then x and y of 32 bytes each.
        let point = self.pair.public_key().as_ref();
        let part = |from: usize| URL_SAFE_NO_PAD.encode(point.get(from..from + 32).unwrap_or(&[]));
        json!({ "crv": "P-256", "kty": "EC", "x": part(1), "y": part(33) })
    }

    /// The public half's thumbprint (RFC 7638), which is what we call the key by.
    pub fn id(&self) -> String {
        // The members of `json!` are sorted by name, and no member needs escaping: the canonical form.
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.public().to_string()))
    }

    /// A JSON web token of these claims.
    pub fn sign(&self, header: &Value, claims: &Value) -> Result<String, KeyError> {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(header), part(claims));
        let signature = self
            .pair
            .sign(&self.random, text.as_bytes())
            .map_err(|_| KeyError::Random)?;
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_generated_key_reads_and_its_signature_can_be_checked() {
        let key = Key::read(&generate_signing_key().unwrap()).unwrap();
        let token = key
            .sign(&json!({"alg": "ES256"}), &json!({"iss": "us"}))
            .unwrap();
        let (text, signature) = token.rsplit_once('.').unwrap();
        let public = key.public();
        let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(public[name].as_str().unwrap());
        let point = [vec![4], coordinate("x").unwrap(), coordinate("y").unwrap()].concat();
        let checked = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(text.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap());
        assert!(checked.is_ok());
    }

    #[test]
    fn the_thumbprint_is_of_the_canonical_form() {
        let key = Key::read(&generate_signing_key().unwrap()).unwrap();
        let public = key.public();
        let canonical = format!(
            r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#,
            public["x"], public["y"]
        );
        assert_eq!(key.id(), URL_SAFE_NO_PAD.encode(Sha256::digest(canonical)));
    }

    #[test]
    fn what_is_no_key_is_refused_and_never_printed() {
        for text in ["", "hush", "aHVzaA=="] {
            let error = Key::read(&SecretString::from(text)).unwrap_err();
            assert_eq!(error, KeyError::Unreadable);
        }
        let key = Key::read(&generate_signing_key().unwrap()).unwrap();
        assert_eq!(format!("{key:?}"), "Key { .. }");
    }
}
