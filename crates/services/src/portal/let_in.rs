//! Letting somebody in whom a one-tap link was passed on to: they give their name and address, whoever the
//! link was sent to decides by mail, and only then do they get a link of their own.

use chrono::Duration;
use db::AsyncConnection;
use db::models::user::{self, NewUser, User};
use db::models::{agency, budget, link};
use domain::audit::AuditAction;
use domain::link::{LinkPurpose, LinkScope};
use domain::{ClientId, Role, UserId};
use serde_json::json;
use url::Url;

use super::tap::link_letter;
use crate::actor::Origin;
use crate::audit::{By, Entry};
use crate::letter::Letter;
use crate::links::{Link, LinkOrder, LinkStanding, looks_like_mail};
use crate::outbox::Mail;
use crate::users::SecretToken;
use crate::{ServiceError, ServiceResult, Services};

/// How long the question waits for its answer.
const QUESTION: Duration = Duration::days(7);
/// How many people can ask within a day by links that were sent to one person.
const QUESTIONS_A_DAY: u32 = 5;

/// Whether somebody is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetInAnswer {
    /// They may look.
    Look,
    /// They may approve too.
    Approve,
    /// They may not.
    No,
}

/// The question whether somebody is let in.
#[derive(Clone, Debug)]
pub struct LetInQuestion {
    /// The agency.
    pub agency: String,
    /// Who asks, unless it was answered or has ended.
    pub open: Option<OpenQuestion>,
}

/// A question that can be answered.
#[derive(Clone, Debug)]
pub struct OpenQuestion {
    /// How they call themselves.
    pub name: String,
    /// Where they say that they can be reached.
    pub email: String,
    /// To what they would be let in.
    pub clients: Vec<String>,
    /// Whether whoever is asked may let others approve.
    pub may_let_approve: bool,
}

impl Services {
    /// Asks whom a one-tap link was sent to whether somebody else is let in.
    ///
    /// # Errors
    /// When the link opens nothing, the name or the address will not do, or too many asked already.
    pub async fn ask_to_be_let_in(
        &self,
        token: &SecretToken,
        name: &str,
        email: &str,
    ) -> ServiceResult<()> {
        let (name, email) = (name.trim(), email.trim());
        if name.is_empty() || name.chars().count() > 100 || name.contains(char::is_control) {
            return Err(ServiceError::Invalid(
                "Give your name, in 1 to 100 characters.".to_owned(),
            ));
        }
        if !looks_like_mail(email) {
            return Err(ServiceError::Invalid(
                "Give the address where you get mail, such as name@company.com.".to_owned(),
            ));
        }
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let (sent, user) = self
                .portal_link_of(conn, token)
                .await?
                .ok_or(ServiceError::NotFound("link"))?;
            if user.email.eq_ignore_ascii_case(email) {
                return Err(ServiceError::Invalid(
                    "The link was sent to this address. Have a new one sent instead.".to_owned(),
                ));
            }
            let key = format!("let_in/{}", user.id);
            if budget::take(conn, &key, QUESTIONS_A_DAY, Duration::days(1), now)
                .await?
                .is_some()
            {
                return Err(ServiceError::Conflict(
                    "Several people asked today already. Ask the agency to invite you.".to_owned(),
                ));
            }
            let order = LinkOrder {
                purpose: LinkPurpose::LetIn,
                client: sent.client,
                user: Some(user.id),
                email: Some(&user.email),
                scope: LinkScope::LetIn {
                    name: name.to_owned(),
                    email: email.to_owned(),
                },
                by: None,
                lasts: QUESTION,
            };
            let (_, answer) = self.make_link(conn, order).await?;
            let address = self.address(&format!("let-in/{}", answer.expose()))?;
            let agency = agency::name(conn).await?;
            let letter = question_letter(&agency, &user, (name, email), address);
            let mail = Mail {
                kind: "let_in",
                client: sent.client,
                to: user.email.clone(),
                subject: letter.heading.clone(),
                body: letter.body(),
                dedupe_key: None,
            };
            self.queue_mail(conn, &mail).await?;
            Ok(())
        })
        .await
    }

    /// The question behind a link. Looking changes nothing.
    ///
    /// # Errors
    /// When the database cannot be reached. A link that is none is told without an error.
    pub async fn let_in_question(&self, token: &SecretToken) -> ServiceResult<LetInQuestion> {
        let mut conn = self.conn().await?;
        let agency = agency::name(&mut conn).await?;
        let open = match self.question(&mut conn, token).await {
            Ok(question) => Some(OpenQuestion {
                clients: db::models::portal::names_of(&mut conn, &question.clients).await?,
                name: question.name,
                email: question.email,
                may_let_approve: question.by.role == Role::ClientApprover,
            }),
            Err(ServiceError::NotFound(_)) => None,
            Err(error) => return Err(error),
        };
        Ok(LetInQuestion { agency, open })
    }

    /// Answers the question, once. Whoever is let in gets a link of their own by mail.
    ///
    /// # Errors
    /// When it was answered before, has ended, or is none; when the address is one that cannot be let in.
    pub async fn answer_let_in(
        &self,
        token: &SecretToken,
        answer: LetInAnswer,
        origin: &Origin,
    ) -> ServiceResult<()> {
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let Question {
                link,
                by,
                name,
                email,
                clients,
            } = self.question(conn, token).await?;
            if !link::mark_used(conn, link.id, now).await? {
                return Err(ServiceError::NotFound("question"));
            }
            let role = match answer {
                LetInAnswer::Approve if by.role == Role::ClientApprover => Role::ClientApprover,
                LetInAnswer::Approve => return Err(ServiceError::Forbidden),
                LetInAnswer::Look => Role::ClientViewer,
                LetInAnswer::No => {
                    let entry = Entry::of(AuditAction::LetIn)
                        .on("link", link.id)
                        .after(json!({"by": by.id, "let_in": false}));
                    return self.record_each(conn, &by, origin, &clients, &entry).await;
                }
            };
            let new = self.let_in(conn, &name, &email, role, &clients).await?;
            let entry = Entry::of(AuditAction::LetIn)
                .on("user", new.id)
                .after(json!({"by": by.id, "let_in": true, "role": new.role.as_str()}));
            self.record_each(conn, &by, origin, &clients, &entry)
                .await?;
            let address = self
                .portal_link(conn, &new, link.client, Vec::new())
                .await?;
            let agency = agency::name(conn).await?;
            let letter = welcome_letter(&agency, &new, &by.name, address);
            let mail = Mail {
                kind: "portal_link",
                client: link.client,
                to: new.email.clone(),
                subject: letter.heading.clone(),
                body: letter.body(),
                dedupe_key: None,
            };
            self.queue_mail(conn, &mail).await?;
            Ok(())
        })
        .await
    }

    async fn question(
        &self,
        conn: &mut db::Connection,
        token: &SecretToken,
    ) -> ServiceResult<Question> {
        const NONE: ServiceError = ServiceError::NotFound("question");
        let link = self.find_link(conn, token, LinkPurpose::LetIn).await?;
        let (LinkStanding::Open, Some(id)) = (link.standing, link.user) else {
            return Err(NONE);
        };
        let LinkScope::LetIn { name, email } = link.scope.clone() else {
            return Err(NONE);
        };
        // They may have left, or see other clients by now.
        let by = user::active(conn, id).await?.ok_or(NONE)?;
        let mut clients = user::clients_of(conn, by.id).await?;
        clients.retain(|client| link.client.is_none_or(|of| of == *client));
        if clients.is_empty() || by.role.is_staff() {
            return Err(NONE);
        }
        Ok(Question {
            link,
            by,
            name,
            email,
            clients,
        })
    }

    /// Adds a user for these clients, or lets a portal user that there is see them too. What such a user may
    /// do already is for the agency to change.
    async fn let_in(
        &self,
        conn: &mut db::Connection,
        name: &str,
        email: &str,
        role: Role,
        clients: &[ClientId],
    ) -> ServiceResult<User> {
        let known = user::any_by_email(conn, email).await?;
        let id = match known {
            Some(known) if known.role.is_staff() || known.disabled_at.is_some() => {
                return Err(ServiceError::Conflict(format!(
                    "{email} cannot be let in this way. Ask the agency to do it."
                )));
            }
            Some(known) => {
                let mut all = user::clients_of(conn, known.id).await?;
                for client in clients {
                    if !all.contains(client) {
                        all.push(*client);
                    }
                }
                user::set_clients(conn, known.id, &all).await?;
                known.id
            }
            None => {
                let id = UserId::generate();
                let new = NewUser {
                    id,
                    email,
                    name,
                    role,
                    password_hash: None,
                    all_clients: false,
                    clients,
                };
                user::insert(conn, &new, self.clock.now()).await?;
                id
            }
        };
        user::active(conn, id)
            .await?
            .ok_or(ServiceError::NotFound("user"))
    }

    /// Whoever answers holds a link that was mailed to them, and no session: they are named by what they hold.
    async fn record_each(
        &self,
        conn: &mut db::Connection,
        by: &User,
        origin: &Origin,
        clients: &[ClientId],
        entry: &Entry,
    ) -> ServiceResult<()> {
        let entries: Vec<Entry> = clients
            .iter()
            .map(|client| entry.clone().at(*client))
            .collect();
        let by = By::Visitor {
            name: &by.name,
            origin,
        };
        self.record(conn, by, &entries).await
    }
}

/// A question that can be answered.
struct Question {
    link: Link,
    by: User,
    name: String,
    email: String,
    clients: Vec<ClientId>,
}

fn question_letter(agency: &str, user: &User, (name, email): (&str, &str), address: Url) -> Letter {
    Letter {
        from: agency.to_owned(),
        color: None,
        heading: "Somebody asks to be let in".to_owned(),
        paragraphs: vec![
            format!(
                "Hello {}, a link to the portal that {agency} sent to you was opened by somebody who says:",
                user.name
            ),
            format!("{name}, {email}"),
            "If you passed it on to them, you can let them look, or approve too. They get a link of their own; yours stays yours.".to_owned(),
        ],
        items: Vec::new(),
        button: Some(("Decide".to_owned(), address)),
        small: vec![
            "If you do not know them, say no, or do nothing: they see nothing.".to_owned(),
        ],
    }
}

fn welcome_letter(agency: &str, user: &User, by: &str, address: Url) -> Letter {
    let what = if user.role == Role::ClientApprover {
        "see and approve what is planned"
    } else {
        "see what is planned"
    };
    let says = format!(
        "Hello {}, you can {what} by {agency}. The link opens it without a password.",
        user.name
    );
    link_letter(agency, format!("{by} let you in"), says, address)
}
