//! What a use case can answer instead of a result: always a sentence for people; the cause is for the log.

use chrono::{DateTime, Utc};
use connectors::PlatformError;
use db::DbError;
use domain::rules::Finding;

/// Why a use case did not do what was asked. `Display` is shown to people and never holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// It does not exist, or not for this person.
    #[error("That {0} does not exist, or is not yours to see.")]
    NotFound(&'static str),
    /// The input will not do.
    #[error("{0}")]
    Invalid(String),
    /// The post breaks rules; the sentence names the first.
    #[error("{}", first_sentence(.0))]
    Findings(Vec<Finding>),
    /// It cannot be done in the present state.
    #[error("{0}")]
    Conflict(String),
    /// Somebody has saved the same meanwhile.
    #[error("{}", .0.sentence())]
    Overtaken(Overtaken),
    /// Asked for too often.
    #[error("{0}")]
    TooOften(String),
    /// Signed in, but not allowed.
    #[error("Your role does not allow that. Ask an owner of the agency.")]
    Forbidden,
    /// A platform said no, or nothing.
    #[error("{0}")]
    Platform(PlatformError),
    /// Our own trouble.
    #[error(
        "Something went wrong on our side, and nothing was changed. Try again; if it happens again, tell whoever runs this server."
    )]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What was saved while somebody else was still writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overtaken {
    /// Who saved it, where that is known.
    pub by: Option<String>,
    /// Whether that is who asks now, from somewhere else.
    pub is_same_person: bool,
    /// When.
    pub at: DateTime<Utc>,
    /// The revision that there is now.
    pub revision: i64,
}

impl Overtaken {
    fn sentence(&self) -> String {
        let who = match &self.by {
            _ if self.is_same_person => "You",
            Some(name) => name.as_str(),
            None => "Somebody",
        };
        format!("{who} saved this while it was being written here. Nothing was written over.")
    }
}

/// The result of a use case.
pub type ServiceResult<T> = Result<T, ServiceError>;

impl ServiceError {
    /// Wraps a cause that people cannot do anything about.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    /// Whether the row that was to be written stands in the way of a unique index.
    #[must_use]
    pub(crate) fn is_duplicate(&self) -> bool {
        matches!(self, Self::Internal(cause) if cause.downcast_ref::<DbError>().is_some_and(DbError::is_duplicate))
    }

    /// The cause, for the log.
    #[must_use]
    pub fn source_text(&self) -> Option<String> {
        match self {
            Self::Internal(cause) => Some(cause.to_string()),
            _ => None,
        }
    }
}

impl From<DbError> for ServiceError {
    fn from(error: DbError) -> Self {
        Self::internal(error)
    }
}

/// Lets a use case end a transaction with its own sentence.
impl From<db::QueryError> for ServiceError {
    fn from(error: db::QueryError) -> Self {
        Self::from(DbError::from(error))
    }
}

impl From<PlatformError> for ServiceError {
    fn from(error: PlatformError) -> Self {
        Self::Platform(error)
    }
}

fn first_sentence(findings: &[Finding]) -> String {
    findings
        .iter()
        .find(|finding| finding.severity == domain::rules::Severity::Error)
        .map_or_else(
            || "The post breaks a rule.".to_owned(),
            |finding| finding.sentence.clone(),
        )
}
