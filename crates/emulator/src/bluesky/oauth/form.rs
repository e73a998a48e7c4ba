use axum::http::HeaderMap;

use super::super::{
    errors::{OAuthError, OAuthResult},
    extract::content_type,
};

/// A form whose fields are given once at most.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> OAuthResult<Self> {
        if content_type(headers) != "application/x-www-form-urlencoded" {
            return Err(OAuthError::request("The body must be a form"));
        }
        Self::parse(body)
    }

    pub(super) fn parse(text: &[u8]) -> OAuthResult<Self> {
        let fields: Vec<(String, String)> =
            url::form_urlencoded::parse(text).into_owned().collect();
        for (index, (name, _)) in fields.iter().enumerate() {
            if fields[..index].iter().any(|(known, _)| known == name) {
                return Err(OAuthError::request(format!("{name} is given twice")));
            }
        }
        Ok(Self(fields))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn need(&self, name: &str) -> OAuthResult<&str> {
        self.get(name)
            .ok_or_else(|| OAuthError::request(format!("{name} is missing")))
    }
}
