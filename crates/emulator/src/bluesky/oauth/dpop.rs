//! Proofs of possession (RFC 9449).

use axum::http::HeaderMap;
use url::Url;

use super::super::{jwt, state::Platform};

/// What is wrong with a proof.
pub(crate) enum ProofError {
    /// It carries no nonce, or an old one.
    Nonce,
    /// Anything else.
    Wrong(String),
}

/// Checks the proof of a call to `address` (without a query), and gives the thumbprint of its key. Each
/// proof works once.
pub(crate) fn check(
    platform: &Platform,
    headers: &HeaderMap,
    method: &str,
    address: &str,
    access_token: Option<&str>,
) -> Result<String, ProofError> {
    let wrong = |why: &str| ProofError::Wrong(why.to_owned());
    let mut proofs = headers.get_all("dpop").iter();
    let proof = match (proofs.next(), proofs.next()) {
        (Some(proof), None) => proof,
        (None, _) => return Err(wrong("DPoP proof required")),
        _ => return Err(wrong("DPoP header must contain a single proof")),
    };
    let proof = proof
        .to_str()
        .ok()
        .and_then(jwt::Jwt::parse)
        .ok_or_else(|| wrong("DPoP proof is no JWT"))?;
    if proof.header["typ"] != "dpop+jwt" {
        return Err(wrong("DPoP proof must have the type dpop+jwt"));
    }
    let key = &proof.header["jwk"];
    let thumbprint =
        jwt::thumbprint(key).ok_or_else(|| wrong("DPoP proof must carry a public ES256 key"))?;
    if !proof.is_signed_by(key) {
        return Err(wrong("DPoP proof signature is wrong"));
    }
    let jti = proof.text("jti").filter(|jti| !jti.is_empty());
    let jti = jti.ok_or_else(|| wrong("DPoP proof lacks a jti"))?;
    if proof.text("htm") != Some(method) {
        return Err(wrong("DPoP htm mismatch"));
    }
    let target = proof.text("htu").and_then(|htu| Url::parse(htu).ok());
    let is_there = target.is_some_and(|htu| {
        htu.query().is_none() && htu.fragment().is_none() && htu.as_str() == address
    });
    if !is_there {
        return Err(wrong("DPoP htu mismatch"));
    }
    if !proof
        .number("iat")
        .is_some_and(|iat| platform.is_near(iat, 180))
    {
        return Err(wrong("DPoP iat is too far from now"));
    }
    if proof.text("ath").map(str::to_owned) != access_token.map(jwt::hash) {
        return Err(wrong("DPoP ath mismatch"));
    }
    let nonces = platform.nonces();
    match proof.text("nonce") {
        Some(nonce) if nonces.iter().any(|good| good == nonce) => {}
        _ => return Err(ProofError::Nonce),
    }
    if !platform.state().seen.insert(format!("{thumbprint} {jti}")) {
        return Err(wrong("DPoP proof replayed"));
    }
    Ok(thumbprint)
}
