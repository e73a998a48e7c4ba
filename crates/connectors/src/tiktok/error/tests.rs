use super::*;
use ErrorKind as K;

fn refusal(status: u16, code: &str, message: &str) -> Refusal {
    Refusal {
        status,
        code: code.to_owned(),
        message: message.to_owned(),
        log_id: Some("2026112301".to_owned()),
    }
}

#[test]
fn every_code_of_the_api_has_its_kind() {
    for (status, code, kind, seconds) in [
        (400, "invalid_param", K::Rejected, None),
        (400, "invalid_params", K::Rejected, None),
        (400, "invalid_file_upload", K::Rejected, None),
        (400, "scope_permission_missed", K::Reauthorise, None),
        (400, "app_version_check_failed", K::Rejected, None),
        (400, "invalid_publish_id", K::RetryNow, Some(5)),
        (
            400,
            "token_not_authorized_for_specified_publish_id",
            K::Rejected,
            None,
        ),
        (400, "publish_not_cancellable", K::RetryNow, None),
        (401, "access_token_invalid", K::RefreshToken, None),
        (401, "scope_not_authorized", K::Reauthorise, None),
        (
            403,
            "spam_risk_too_many_posts",
            K::RetryLater,
            Some(6 * 3600),
        ),
        (
            200,
            "spam_risk_too_many_posts",
            K::RetryLater,
            Some(6 * 3600),
        ),
        (
            403,
            "spam_risk_too_many_pending_share",
            K::RetryLater,
            Some(24 * 3600),
        ),
        (403, "spam_risk_user_banned_from_posting", K::Rejected, None),
        (200, "spam_risk_user_banned_from_posting", K::Rejected, None),
        (403, "reached_active_user_cap", K::RetryLater, Some(3600)),
        (200, "reached_active_user_cap", K::RetryLater, Some(3600)),
        (
            403,
            "unaudited_client_can_only_post_to_private_accounts",
            K::Rejected,
            None,
        ),
        (403, "url_ownership_unverified", K::Rejected, None),
        (403, "privacy_level_option_mismatch", K::Rejected, None),
        (500, "internal_error", K::RetryNow, None),
        (503, "", K::RetryNow, None),
        (403, "spam_risk", K::Rejected, None),
        (403, "spam_risk_never_seen_before", K::Rejected, None),
        (418, "never_seen_before", K::Rejected, None),
        (200, "never_seen_before", K::Rejected, None),
    ] {
        let error = refusal(status, code, "").error();
        assert_eq!(error.kind, kind, "{status} {code}");
        assert_eq!(
            error.retry_after.map(|delay| delay.as_secs()),
            seconds,
            "{code}"
        );
        assert_eq!(error.code.as_deref().unwrap_or_default(), code);
        assert!(!error.restart, "{code}");
        assert!(error.message.ends_with('.'), "{}", error.message);
    }
}

#[test]
fn a_rate_limit_is_waited_out_with_some_spread() {
    let delay = refusal(429, "rate_limit_exceeded", "")
        .error()
        .retry_after
        .unwrap();
    assert!((60..75).contains(&delay.as_secs()));
    assert_eq!(refusal(429, "", "").error().kind, K::RetryLater);
}

#[test]
fn an_unknown_upload_is_known_by_its_code_or_by_its_message() {
    let error = refusal(400, "invalid_params", "invalid_publish_id").error();
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (K::RetryNow, Some("invalid_publish_id"))
    );
}

#[test]
fn an_unknown_refusal_shows_tiktoks_message_and_log_id() {
    let error = refusal(400, "invalid_params", "The chunk size is invalid").error();
    assert_eq!(
        error.message,
        "TikTok refused this: The chunk size is invalid."
    );
    assert_eq!(
        error.platform_words.as_deref(),
        Some("400 invalid_params: The chunk size is invalid, log_id 2026112301")
    );
}

#[test]
fn every_reason_of_a_failed_post_has_its_kind() {
    for (reason, kind, restart) in [
        ("file_format_check_failed", K::Rejected, false),
        ("duration_check_failed", K::Rejected, false),
        ("frame_rate_check_failed", K::Rejected, false),
        ("picture_size_check_failed", K::Rejected, false),
        ("video_pull_failed", K::RetryLater, true),
        ("photo_pull_failed", K::RetryLater, true),
        ("internal", K::RetryLater, true),
        ("publish_cancelled", K::Rejected, false),
        ("auth_removed", K::Reauthorise, true),
        ("spam_risk_too_many_posts", K::RetryLater, true),
        ("spam_risk_user_banned_from_posting", K::Rejected, false),
        ("spam_risk_text", K::Rejected, false),
        ("spam_risk", K::Rejected, false),
        ("never_seen_before", K::Rejected, false),
        ("", K::Rejected, false),
    ] {
        let error = failed_post(reason);
        assert_eq!((error.kind, error.restart), (kind, restart), "{reason}");
        assert_eq!(
            error.retry_after.is_some(),
            kind == K::RetryLater,
            "{reason}"
        );
        assert_eq!(error.code.as_deref().unwrap_or_default(), reason);
    }
}

#[test]
fn every_status_of_an_upload_has_its_kind() {
    for status in [200, 201, 206] {
        assert!(refused_part(status).is_none());
    }
    for (status, kind, restart) in [
        (400, K::Rejected, false),
        (403, K::RetryNow, true),
        (404, K::RetryNow, true),
        (405, K::Rejected, false),
        (408, K::RetryNow, false),
        (416, K::RetryNow, true),
        (429, K::RetryLater, false),
        (500, K::RetryNow, false),
        (502, K::RetryNow, false),
        (504, K::RetryNow, false),
        (302, K::Rejected, false),
    ] {
        let error = refused_part(status).unwrap();
        assert_eq!((error.kind, error.restart), (kind, restart), "{status}");
    }
}

#[test]
fn every_oauth_error_has_its_kind() {
    for (grant, code, kind) in [
        (Grant::Code, "invalid_grant", K::Reauthorise),
        (Grant::Refresh, "invalid_grant", K::Reauthorise),
        (Grant::Code, "invalid_request", K::Rejected),
        (Grant::Refresh, "invalid_client", K::RetryLater),
        (Grant::Refresh, "unauthorized_client", K::RetryLater),
        (Grant::Code, "invalid_scope", K::Rejected),
        (Grant::Code, "access_denied", K::Rejected),
        (Grant::Code, "unsupported_grant_type", K::Rejected),
        (Grant::Code, "unsupported_response_type", K::Rejected),
        (Grant::Code, "server_error", K::RetryNow),
        (Grant::Refresh, "temporarily_unavailable", K::RetryNow),
        (Grant::Revoke, "invalid_request", K::Rejected),
        (Grant::Code, "never_seen_before", K::Rejected),
        // A connection is given up for nothing less than TikTok's clear word.
        (Grant::Refresh, "never_seen_before", K::RetryLater),
    ] {
        for status in [200, 400, 401] {
            let error = oauth_error(grant, &refusal(status, code, "words"));
            assert_eq!(error.kind, kind, "{grant:?} {status} {code}");
        }
    }
    let down = oauth_error(
        Grant::Refresh,
        &Refusal {
            status: 502,
            ..Refusal::default()
        },
    );
    assert_eq!(down.kind, K::RetryNow);
}

#[test]
fn somebody_elses_words_are_kept_short_and_in_one_line() {
    let words = refusal(400, "invalid_params", &format!("a\nb{}", "x".repeat(1000))).words();
    assert!(words.len() < 400 && !words.contains('\n'));
}
