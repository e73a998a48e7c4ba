use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::{
    errors::{ApiError, Code},
    limits::Window,
    state::Platform,
    users::User,
};

/// Who calls, and what the token allows.
pub(super) struct Caller {
    pub(super) open_id: String,
    scopes: Vec<String>,
}

impl Caller {
    pub(super) fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }

    /// Refuses unless one of these scopes was granted.
    pub(super) fn need_one_of(&self, scopes: &[&str]) -> Result<(), ApiError> {
        if scopes.iter().any(|scope| self.has(scope)) {
            Ok(())
        } else {
            Err(ApiError::new(
                Code::ScopeNotAuthorized,
                format!(
                    "The user did not authorize the scope required for completing this request: {}",
                    scopes.join(" or ")
                ),
            ))
        }
    }
}

impl Platform {
    /// What every API call goes through first: the bearer, the rate window,
    /// the scope (any one of `scopes`).
    pub(super) fn admit(
        &self,
        headers: &HeaderMap,
        window: Option<Window>,
        scopes: &[&str],
    ) -> Result<Caller, ApiError> {
        let token = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .unwrap_or_default();
        let now = self.now();
        let mut state = self.state();
        let caller = match state.tokens.bearer(token, now) {
            Some((open_id, scopes)) => Caller {
                open_id: open_id.to_owned(),
                scopes: scopes.to_vec(),
            },
            None => {
                return Err(ApiError::new(
                    Code::AccessTokenInvalid,
                    "The access token is invalid or not found in the request.",
                ));
            }
        };
        if let Some(window) = window
            && !state.limits.admit(token, window, now)
        {
            return Err(ApiError::new(
                Code::RateLimitExceeded,
                "The API rate limit was exceeded. Please try again later.",
            ));
        }
        caller.need_one_of(scopes)?;
        Ok(caller)
    }

    /// The caller's account.
    pub(super) fn account(&self, caller: &Caller) -> Result<User, ApiError> {
        self.state()
            .user_by_open_id(&caller.open_id)
            .cloned()
            .ok_or_else(|| ApiError::new(Code::AccessTokenInvalid, "The account is gone."))
    }
}

/// Reads a JSON body. What is JSON but not the documented shape is refused
/// with `misfit`; unknown fields are too, so that a misspelt one is found.
pub(super) fn json<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: &[u8],
    misfit: Code,
) -> Result<T, ApiError> {
    need_json(headers)?;
    serde_json::from_slice(body).map_err(|error| {
        let code = if error.is_data() {
            misfit
        } else {
            Code::InvalidParams
        };
        ApiError::new(code, format!("The request body is not right: {error}"))
    })
}

/// Refuses a call that does not say that it sends JSON.
pub(super) fn need_json(headers: &HeaderMap) -> Result<(), ApiError> {
    let (essence, parameters) = content_type(headers);
    let charset_fits = parameters.is_empty() || parameters == "charset=utf-8";
    if essence == "application/json" && charset_fits {
        Ok(())
    } else {
        Err(ApiError::new(
            Code::InvalidParams,
            "Content-Type must be application/json; charset=UTF-8",
        ))
    }
}

/// The content type and its parameters, in lowercase.
pub(super) fn content_type(headers: &HeaderMap) -> (String, String) {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    match value.split_once(';') {
        Some((essence, parameters)) => (essence.trim().to_owned(), parameters.trim().to_owned()),
        None => (value.trim().to_owned(), String::new()),
    }
}

/// The `fields` query parameter, each checked against the known ones.
pub(super) fn fields<'a>(query: &'a str, known: &[&str]) -> Result<Vec<String>, ApiError> {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let fields: Vec<String> = pairs
        .filter(|(name, _)| name == "fields")
        .flat_map(|(_, list): (_, std::borrow::Cow<'a, str>)| {
            list.split(',').map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    if fields.is_empty() {
        return Err(ApiError::new(
            Code::InvalidParams,
            "The fields parameter is missing.",
        ));
    }
    match fields.iter().find(|field| !known.contains(&field.as_str())) {
        Some(unknown) => Err(ApiError::new(
            Code::InvalidParams,
            format!("There is no field {unknown:?}."),
        )),
        None => Ok(fields),
    }
}
