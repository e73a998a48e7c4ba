//! One-tap links: from a mail into the portal, and letting in whom one was passed on to. Nobody is signed in.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// What whoever opens a one-tap link sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TapData {
    /// The agency that sent it.
    pub agency: String,
    /// What can be done.
    pub state: TapState,
}

/// What can be done with a one-tap link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TapState {
    /// It can be used.
    Open {
        /// Whom it was sent to.
        name: String,
        /// For which clients they decide.
        clients: Vec<String>,
    },
    /// This browser is signed in as whom it was sent to: it leads here.
    Here(String),
    /// It was used in another browser.
    Used {
        /// "p…@kestrel.test".
        sent_to: String,
    },
    /// Its time is over.
    Expired {
        /// "p…@kestrel.test".
        sent_to: String,
    },
    /// It opens nothing.
    Closed,
}

/// The question whether somebody is let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetInData {
    /// The agency.
    pub agency: String,
    /// Who asks; `None` once it was answered, or has ended.
    pub open: Option<LetInPerson>,
}

/// Somebody who asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetInPerson {
    /// How they call themselves.
    pub name: String,
    /// Where they say that they can be reached.
    pub email: String,
    /// To what they would be let in.
    pub clients: Vec<String>,
    /// Whether whoever is asked may let others approve.
    pub may_let_approve: bool,
}

/// Whether somebody is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LetIn {
    /// They may look.
    Look,
    /// They may approve too.
    Approve,
    /// They may not.
    No,
}

/// What whoever opens a one-tap link sees. Looking changes nothing.
///
/// # Errors
/// When the database cannot be reached.
#[server(VisitTap, endpoint = "visit_tap")]
pub async fn visit_tap(token: String) -> Result<TapData, ApiError> {
    use crate::ssr;
    use services::portal::Tap;
    use services::users::SecretToken;
    let session = ssr::session().await;
    let visit = ssr::services()
        .visit_tap(&SecretToken::from_untrusted(&token), session.as_ref())
        .await
        .map_err(ssr::refuse)?;
    Ok(TapData {
        agency: visit.agency,
        state: match visit.tap {
            Tap::Open { name, clients } => TapState::Open { name, clients },
            Tap::Here(leads_to) => TapState::Here(leads_to),
            Tap::Used { sent_to } => TapState::Used { sent_to },
            Tap::Expired { sent_to } => TapState::Expired { sent_to },
            Tap::Closed => TapState::Closed,
        },
    })
}

/// Continues as whom a one-tap link was sent to, and goes to what it is about. Works as a plain form.
///
/// # Errors
/// When the link was used before, has ended, or is none.
#[server(endpoint = "continue_by_tap")]
pub async fn continue_by_tap(token: String) -> Result<(), ApiError> {
    use crate::ssr;
    use services::users::SecretToken;
    let services = ssr::services();
    let (session, _, leads_to) = services
        .continue_by_tap(&SecretToken::from_untrusted(&token), ssr::origin())
        .await
        .map_err(ssr::refuse)?;
    ssr::set_session_cookie(Some(&session));
    leptos_axum::redirect(&leads_to);
    Ok(())
}

/// Sends a new link to whom an old one was sent. Works as a plain form.
///
/// # Errors
/// When the link is none, or too many were sent within the hour.
#[server(endpoint = "send_new_tap")]
pub async fn send_new_tap(token: String) -> Result<(), ApiError> {
    use crate::ssr;
    use services::users::SecretToken;
    let token = SecretToken::from_untrusted(&token);
    ssr::services()
        .send_new_tap(&token)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&format!("/tap/{}?sent=link", token.expose()));
    Ok(())
}

/// Asks whom a one-tap link was sent to whether somebody else is let in. Works as a plain form.
///
/// # Errors
/// When the name or the address will not do, the link is none, or too many asked already.
#[server(endpoint = "ask_to_be_let_in")]
pub async fn ask_to_be_let_in(token: String, name: String, email: String) -> Result<(), ApiError> {
    use crate::ssr;
    use services::users::SecretToken;
    let token = SecretToken::from_untrusted(&token);
    ssr::services()
        .ask_to_be_let_in(&token, &name, &email)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&format!("/tap/{}?sent=question", token.expose()));
    Ok(())
}

/// The question behind a link. Looking changes nothing.
///
/// # Errors
/// When the database cannot be reached.
#[server(ReadLetIn, endpoint = "let_in_question")]
pub async fn let_in_question(token: String) -> Result<LetInData, ApiError> {
    use crate::ssr;
    use services::users::SecretToken;
    let question = ssr::services()
        .let_in_question(&SecretToken::from_untrusted(&token))
        .await
        .map_err(ssr::refuse)?;
    Ok(LetInData {
        agency: question.agency,
        open: question.open.map(|open| LetInPerson {
            name: open.name,
            email: open.email,
            clients: open.clients,
            may_let_approve: open.may_let_approve,
        }),
    })
}

/// Answers the question, once. Works as a plain form.
///
/// # Errors
/// When it was answered before, has ended, or is none.
#[server(endpoint = "answer_let_in")]
pub async fn answer_let_in(token: String, answer: LetIn) -> Result<(), ApiError> {
    use crate::ssr;
    use services::portal::LetInAnswer;
    use services::users::SecretToken;
    let token = SecretToken::from_untrusted(&token);
    let wanted = match answer {
        LetIn::Look => LetInAnswer::Look,
        LetIn::Approve => LetInAnswer::Approve,
        LetIn::No => LetInAnswer::No,
    };
    ssr::services()
        .answer_let_in(&token, wanted, &ssr::origin())
        .await
        .map_err(ssr::refuse)?;
    let said = if answer == LetIn::No { "no" } else { "yes" };
    leptos_axum::redirect(&format!("/let-in/{}?said={said}", token.expose()));
    Ok(())
}
