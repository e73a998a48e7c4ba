use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::random;

/// The error codes of the API's envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    InvalidParam,
    InvalidParams,
    InvalidFileUpload,
    ScopePermissionMissed,
    AppVersionCheckFailed,
    InvalidPublishId,
    TokenNotAuthorizedForPublishId,
    PublishNotCancellable,
    AccessTokenInvalid,
    ScopeNotAuthorized,
    TooManyPosts,
    TooManyPendingShare,
    BannedFromPosting,
    ReachedActiveUserCap,
    UnauditedClient,
    UrlOwnershipUnverified,
    PrivacyLevelMismatch,
    RateLimitExceeded,
    InternalError,
}

impl Code {
    const ALL: [Self; 19] = [
        Self::InvalidParam,
        Self::InvalidParams,
        Self::InvalidFileUpload,
        Self::ScopePermissionMissed,
        Self::AppVersionCheckFailed,
        Self::InvalidPublishId,
        Self::TokenNotAuthorizedForPublishId,
        Self::PublishNotCancellable,
        Self::AccessTokenInvalid,
        Self::ScopeNotAuthorized,
        Self::TooManyPosts,
        Self::TooManyPendingShare,
        Self::BannedFromPosting,
        Self::ReachedActiveUserCap,
        Self::UnauditedClient,
        Self::UrlOwnershipUnverified,
        Self::PrivacyLevelMismatch,
        Self::RateLimitExceeded,
        Self::InternalError,
    ];

    pub(super) fn wire(self) -> &'static str {
        match self {
            Self::InvalidParam => "invalid_param",
            Self::InvalidParams => "invalid_params",
            Self::InvalidFileUpload => "invalid_file_upload",
            Self::ScopePermissionMissed => "scope_permission_missed",
            Self::AppVersionCheckFailed => "app_version_check_failed",
            Self::InvalidPublishId => "invalid_publish_id",
            Self::TokenNotAuthorizedForPublishId => "token_not_authorized_for_specified_publish_id",
            Self::PublishNotCancellable => "publish_not_cancellable",
            Self::AccessTokenInvalid => "access_token_invalid",
            Self::ScopeNotAuthorized => "scope_not_authorized",
            Self::TooManyPosts => "spam_risk_too_many_posts",
            Self::TooManyPendingShare => "spam_risk_too_many_pending_share",
            Self::BannedFromPosting => "spam_risk_user_banned_from_posting",
            Self::ReachedActiveUserCap => "reached_active_user_cap",
            Self::UnauditedClient => "unaudited_client_can_only_post_to_private_accounts",
            Self::UrlOwnershipUnverified => "url_ownership_unverified",
            Self::PrivacyLevelMismatch => "privacy_level_option_mismatch",
            Self::RateLimitExceeded => "rate_limit_exceeded",
            Self::InternalError => "internal_error",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::InvalidParam
            | Self::InvalidParams
            | Self::InvalidFileUpload
            | Self::ScopePermissionMissed
            | Self::AppVersionCheckFailed
            | Self::InvalidPublishId
            | Self::TokenNotAuthorizedForPublishId
            | Self::PublishNotCancellable => StatusCode::BAD_REQUEST,
            Self::AccessTokenInvalid | Self::ScopeNotAuthorized => StatusCode::UNAUTHORIZED,
            Self::TooManyPosts
            | Self::TooManyPendingShare
            | Self::BannedFromPosting
            | Self::ReachedActiveUserCap
            | Self::UnauditedClient
            | Self::UrlOwnershipUnverified
            | Self::PrivacyLevelMismatch => StatusCode::FORBIDDEN,
            Self::RateLimitExceeded => StatusCode::TOO_MANY_REQUESTS,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The status that TikTok documents for a code, given its wire name.
    pub(super) fn status_of(wire: &str) -> Option<StatusCode> {
        let code = Self::ALL.into_iter().find(|code| code.wire() == wire)?;
        Some(code.status())
    }
}

/// A refusal in the API's envelope.
#[derive(Clone, Debug)]
pub(super) struct ApiError {
    code: String,
    message: String,
    status: StatusCode,
}

impl ApiError {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code: code.wire().to_owned(),
            message: message.into(),
            status: code.status(),
        }
    }

    /// A scripted refusal, which may carry a code that TikTok does not have.
    pub(super) fn scripted(status: StatusCode, code: &str, message: &str) -> Self {
        Self {
            code: code.to_owned(),
            message: message.to_owned(),
            status,
        }
    }

    /// The same refusal under another HTTP status.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (
            self.status,
            Json(envelope(json!({}), &self.code, &self.message)),
        )
            .into_response()
    }
}

/// A success in the API's envelope.
pub(super) fn ok(data: serde_json::Value) -> Response {
    Json(envelope(data, "ok", "")).into_response()
}

/// A success that carries no `data`, as cancel answers.
pub(super) fn ok_without_data() -> Response {
    Json(json!({ "error": { "code": "ok", "message": "", "log_id": log_id() } })).into_response()
}

fn envelope(data: serde_json::Value, code: &str, message: &str) -> serde_json::Value {
    json!({ "data": data, "error": { "code": code, "message": message, "log_id": log_id() } })
}

fn log_id() -> String {
    hex::encode_upper(random::bytes::<17>())
}

/// The errors of the token endpoints, which have a flat shape of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OAuthCode {
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    UnauthorizedClient,
    UnsupportedGrantType,
}

impl OAuthCode {
    fn wire(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
        }
    }
}

/// A refusal by a token endpoint. Its HTTP status is decided by a knob.
#[derive(Clone, Copy, Debug)]
pub(super) struct OAuthError {
    pub(super) code: OAuthCode,
    pub(super) description: &'static str,
}

impl OAuthError {
    pub(super) fn new(code: OAuthCode, description: &'static str) -> Self {
        Self { code, description }
    }

    pub(super) fn answer(self, status: StatusCode) -> Response {
        oauth_answer(status, self.code.wire(), self.description)
    }
}

pub(super) fn oauth_answer(status: StatusCode, code: &str, description: &str) -> Response {
    let body = json!({ "error": code, "error_description": description, "log_id": log_id() });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
