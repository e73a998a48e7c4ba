use reqwest::header::HeaderValue;

use super::*;

fn refusal(status: u16, name: &str) -> Refusal {
    Refusal {
        status,
        name: name.to_owned(),
        message: "their own words".to_owned(),
        retry_after: None,
    }
}

fn headers(name: &'static str, value: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(name, HeaderValue::from_static(value));
    headers
}

#[test]
fn refusals_are_read_from_bodies_headers_and_nothing_at_all() {
    let body = br#"{"error":"InvalidRequest","message":"Invalid record"}"#;
    let read = Refusal::read(400, &HeaderMap::new(), body);
    assert_eq!(read.words(), "400 InvalidRequest: Invalid record");
    let body = br#"{"error":"invalid_grant","error_description":"Refresh token replayed"}"#;
    let read = Refusal::read(400, &HeaderMap::new(), body);
    assert_eq!(read.words(), "400 invalid_grant: Refresh token replayed");
    let told = headers(
        "www-authenticate",
        r#"DPoP realm="x", error="invalid_token", error_description="gone""#,
    );
    let read = Refusal::read(401, &told, b"<html>");
    assert_eq!(read.name, "invalid_token");
    assert_eq!(read.error().kind, ErrorKind::RefreshToken);
    let read = Refusal::read(503, &HeaderMap::new(), b"");
    assert_eq!(read.words(), "503");
    assert_eq!(read.error().code, None);
}

#[test]
fn the_end_of_a_limit_is_never_in_the_past_or_years_away() {
    let after = |name, value| Refusal::read(429, &headers(name, value), b"").retry_after;
    assert_eq!(after("retry-after", "30"), Some(Duration::from_secs(30)));
    assert_eq!(
        after("ratelimit-reset", "1000"),
        Some(Duration::from_secs(1))
    );
    assert_eq!(
        after("retry-after", "99999999"),
        Some(Duration::from_secs(LONGEST_LIMIT))
    );
    assert_eq!(after("retry-after", "soon"), None);
}

#[test]
fn what_a_server_says_at_length_is_cut_and_put_on_one_line() {
    let mut long = refusal(400, "InvalidRequest");
    long.message = format!("a\nb{}", "x".repeat(1000));
    let error = long.error();
    assert!(error.message.len() < 400 && !error.message.contains('\n'));
    assert!(error.platform_words.unwrap().len() < 400);
}

#[test]
fn refusals_of_an_authorization_server_blame_whom_they_concern() {
    use ErrorKind::{Reauthorise, Rejected, RetryLater, RetryNow};
    for (asked, status, name, kind) in [
        (Asked::Refresh, 400, "invalid_grant", Reauthorise),
        (Asked::Refresh, 400, "access_denied", Reauthorise),
        (Asked::Refresh, 401, "invalid_client", RetryLater),
        (Asked::Refresh, 400, "invalid_client_metadata", RetryLater),
        (Asked::Refresh, 401, "invalid_dpop_proof", RetryLater),
        (Asked::Refresh, 400, "use_dpop_nonce", RetryNow),
        (Asked::Refresh, 401, "invalid_token", RetryNow),
        (Asked::Refresh, 500, "server_error", RetryNow),
        (Asked::Refresh, 503, "temporarily_unavailable", RetryNow),
        (Asked::Refresh, 429, "slow_down", RetryLater),
        (Asked::Refresh, 401, "", RetryNow),
        (Asked::Refresh, 404, "", RetryNow),
        (Asked::Refresh, 502, "", RetryNow),
        (Asked::Consent, 400, "invalid_client_metadata", Rejected),
        (Asked::Consent, 400, "invalid_scope", Rejected),
        (Asked::Consent, 503, "", RetryNow),
        (Asked::Code, 400, "invalid_grant", Rejected),
        (Asked::Code, 400, "access_denied", Rejected),
        (Asked::Revoke, 400, "invalid_request", Rejected),
    ] {
        let error = refusal(status, name).oauth_error(asked);
        assert_eq!(error.kind, kind, "{asked:?} {status} {name}: {error:?}");
    }
}

#[test]
fn refusals_of_the_video_service_say_whether_another_try_helps() {
    use ErrorKind::{Rejected, RetryLater, RetryNow};
    for (status, name, kind, restart) in [
        (429, "DailyLimitExceeded", RetryLater, false),
        (429, "TooManyOpenUploads", RetryLater, false),
        (503, "ServiceOverloaded", RetryLater, false),
        (400, "UploadExpired", RetryNow, true),
        (404, "UploadNotFound", RetryNow, true),
        (403, "UploadForbidden", Rejected, false),
        (401, "JwtExpired", RetryNow, false),
        (401, "", RetryNow, false),
        (400, "InvalidRequest", Rejected, false),
        (413, "", Rejected, false),
        (500, "", RetryNow, false),
    ] {
        let error = refusal(status, name).video_error();
        assert_eq!(
            (error.kind, error.restart),
            (kind, restart),
            "{status} {name}"
        );
    }
    for (code, kind, restart) in [
        ("validation_failure", Rejected, false),
        ("pds_upload_unsupported_blob_size", Rejected, false),
        ("encoding_failure", RetryNow, true),
        ("generic_failure", RetryNow, true),
        ("pds_upload_failure", RetryNow, true),
        ("", Rejected, false),
    ] {
        let error = failed_job(code, "their words");
        assert_eq!((error.kind, error.restart), (kind, restart), "{code}");
        assert!(error.platform_words.unwrap().contains("their words"));
    }
}

#[test]
fn a_failed_sign_in_says_what_to_do() {
    let second_factor = refusal(401, "AuthFactorTokenRequired").sign_in_error();
    assert!(second_factor.message.contains("app password"));
    for name in ["AuthenticationRequired", "InvalidRequest"] {
        assert_eq!(refusal(401, name).sign_in_error().kind, ErrorKind::Rejected);
    }
    let taken_down = refusal(401, "AccountTakedown").sign_in_error();
    assert!(taken_down.message.contains("taken this account down"));
    assert_eq!(
        refusal(429, "RateLimitExceeded").sign_in_error().kind,
        ErrorKind::RetryLater
    );
}
