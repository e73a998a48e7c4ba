//! Headers that keep pages to themselves, and say how long files may be kept.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use leptos::context::use_context;
use leptos::nonce::use_nonce;
use leptos_axum::ResponseOptions;
use url::Url;

/// What is the same for every answer.
#[derive(Clone, Debug)]
pub struct SecurityHeaders {
    https: bool,
    named_by_content: bool,
    /// Everything of the policy but the scripts.
    policy: Arc<str>,
}

impl SecurityHeaders {
    /// `consent_pages` are where our own forms may end up after a redirect.
    pub fn new<'a>(
        https: bool,
        named_by_content: bool,
        consent_pages: impl Iterator<Item = &'a Url>,
    ) -> Self {
        let mut policy = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' blob: data:; \
                          media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
                          frame-ancestors 'none'; form-action 'self'"
            .to_owned();
        for page in consent_pages {
            // Writing to a String cannot fail.
            let _ = write!(policy, " {}", page.origin().ascii_serialization());
        }
        Self {
            https,
            named_by_content,
            policy: policy.into(),
        }
    }

    /// Allows the scripts that Leptos writes into the page that is being rendered, and no others.
    pub fn allow_scripts_of_this_page(&self) {
        let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else {
            return;
        };
        let policy = format!(
            "{}; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'",
            self.policy
        );
        if let Ok(value) = HeaderValue::from_str(&policy) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, value);
        }
    }
}

/// Adds what an answer does not have yet.
pub async fn add(
    State(security): State<SecurityHeaders>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let default = |headers: &mut HeaderMap, name: HeaderName, value: &str| {
        if let (false, Ok(value)) = (headers.contains_key(&name), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    };
    default(headers, header::CONTENT_SECURITY_POLICY, &security.policy);
    default(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(headers, header::REFERRER_POLICY, "same-origin");
    default(
        headers,
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    default(
        headers,
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=()",
    );
    if security.https {
        default(
            headers,
            header::STRICT_TRANSPORT_SECURITY,
            "max-age=31536000",
        );
    }
    let kept = match path.as_str() {
        // Their folder's name changes with their content.
        path if path.starts_with("/pkg/") && security.named_by_content => {
            "public, max-age=31536000, immutable"
        }
        path if path.starts_with("/fonts/") => "public, max-age=31536000, immutable",
        path if path.starts_with("/pkg/") || path == "/favicon.svg" => "no-cache",
        // Pages and answers are for one person.
        _ => "private, no-store",
    };
    default(headers, header::CACHE_CONTROL, kept);
    response
}
