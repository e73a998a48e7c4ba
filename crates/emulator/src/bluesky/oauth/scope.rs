//! What a session may do.

use super::super::errors::{XrpcError, XrpcResult};

/// Granted permissions. App passwords may do all that we know.
pub(crate) struct Scope(Option<Vec<String>>);

/// What is done to a repository.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RepoAction {
    Create,
    Update,
    Delete,
}

impl RepoAction {
    fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

impl Scope {
    pub(crate) fn all() -> Self {
        Self(None)
    }

    pub(crate) fn parse(scope: &str) -> Self {
        let parts: Vec<String> = scope.split(' ').map(str::to_owned).collect();
        Self((!parts.iter().any(|part| part == "transition:generic")).then_some(parts))
    }

    /// Refuses unless all these may be done to records of the collection.
    pub(crate) fn need_repo(&self, collection: &str, actions: &[RepoAction]) -> XrpcResult<()> {
        let Some(parts) = &self.0 else { return Ok(()) };
        for action in actions {
            let has = parts.iter().any(|part| {
                let Some(rest) = part.strip_prefix("repo:") else {
                    return false;
                };
                let (name, query) = rest.split_once('?').unwrap_or((rest, ""));
                let named: Vec<&str> = query
                    .split('&')
                    .filter_map(|pair| pair.strip_prefix("action="))
                    .collect();
                matches!(name, "*") | (name == collection)
                    && (named.is_empty() || named.contains(&action.word()))
            });
            if !has {
                return Err(missing(&format!(
                    "repo:{collection}?action={}",
                    action.word()
                )));
            }
        }
        Ok(())
    }

    /// Refuses unless blobs of this type may be uploaded.
    pub(crate) fn need_blob(&self, mime: &str) -> XrpcResult<()> {
        let Some(parts) = &self.0 else { return Ok(()) };
        let has = parts.iter().any(|part| {
            part.strip_prefix("blob:").is_some_and(|accept| {
                let family = accept.strip_suffix("/*");
                accept == "*/*"
                    || accept == mime
                    || family.is_some_and(|family| mime.starts_with(&format!("{family}/")))
            })
        });
        if has {
            Ok(())
        } else {
            Err(missing(&format!("blob:{mime}")))
        }
    }

    /// Refuses unless a service may be called on the account's behalf.
    pub(crate) fn need_rpc(&self, method: &str, audience: &str) -> XrpcResult<()> {
        let Some(parts) = &self.0 else { return Ok(()) };
        let has = parts.iter().any(|part| {
            part.strip_prefix("rpc:").is_some_and(|rest| {
                let (name, query) = rest.split_once('?').unwrap_or((rest, ""));
                let aud = query.strip_prefix("aud=").unwrap_or_default();
                (name == "*" || name == method) && (aud == "*" || aud == audience)
            })
        });
        if has {
            Ok(())
        } else {
            Err(missing(&format!("rpc:{method}?aud={audience}")))
        }
    }
}

fn missing(scope: &str) -> XrpcError {
    XrpcError::new(
        403,
        "ScopeMissingError",
        format!("Missing required scope \"{scope}\""),
    )
}
