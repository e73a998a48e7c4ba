//! JSON web tokens: our own with a secret, those of clients with their ES256 key.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{hmac, signature};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A token taken apart; nothing in it is to be believed before its signature is checked.
pub(super) struct Jwt {
    pub(super) header: Value,
    pub(super) claims: Value,
    signed: String,
    signature: Vec<u8>,
}

impl Jwt {
    pub(super) fn parse(token: &str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        Some(Self {
            header: part(header)?,
            claims: part(claims)?,
            signed: signed.to_owned(),
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    /// A claim that is text.
    pub(super) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// A claim that is a whole number.
    pub(super) fn number(&self, claim: &str) -> Option<i64> {
        self.claims.get(claim)?.as_i64()
    }

    /// Whether it was signed by ES256 with the private half of this public key.
    pub(super) fn is_signed_by(&self, jwk: &Value) -> bool {
        self.header["alg"] == "ES256"
            && point(jwk).is_some_and(|point| {
                signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point)
                    .verify(self.signed.as_bytes(), &self.signature)
                    .is_ok()
            })
    }
}

/// A token of our own.
pub(super) fn sign(key: &[u8], kind: &str, claims: &Value) -> String {
    let header = json!({ "typ": kind, "alg": "HS256" });
    let signed = format!("{}.{}", encode(&header), encode(claims));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// A token of ours, if it is one of this kind.
pub(super) fn open(key: &[u8], kind: &str, token: &str) -> Option<Jwt> {
    let jwt = Jwt::parse(token)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let is_ours = jwt.header["typ"] == kind
        && hmac::verify(&key, jwt.signed.as_bytes(), &jwt.signature).is_ok();
    is_ours.then_some(jwt)
}

/// The RFC 7638 thumbprint of a public P-256 key.
pub(super) fn thumbprint(jwk: &Value) -> Option<String> {
    point(jwk)?;
    // The members in their order, without a space.
    let canonical = format!(
        r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
        jwk["x"].as_str()?,
        jwk["y"].as_str()?
    );
    Some(hash(&canonical))
}

/// The base64url of the SHA-256 of a text.
pub(super) fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

/// A public P-256 key as an uncompressed point. One that carries its private half is refused.
fn point(jwk: &Value) -> Option<Vec<u8>> {
    if jwk["kty"] != "EC" || jwk["crv"] != "P-256" || jwk.get("d").is_some() {
        return None;
    }
    let mut point = vec![4];
    for name in ["x", "y"] {
        let number = URL_SAFE_NO_PAD.decode(jwk[name].as_str()?).ok()?;
        if number.len() != 32 {
            return None;
        }
        point.extend(number);
    }
    Some(point)
}

fn part(text: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
