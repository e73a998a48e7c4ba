//! One-tap links: from a mail into the portal without a password. Looking at one changes nothing, because
//! mail scanners look at them all; a person says "Continue", and the link is used in this browser from then on.

use chrono::Duration;
use db::AsyncConnection;
use db::models::user::{self, User};
use db::models::{agency, budget, link, portal, session};
use domain::audit::AuditAction;
use domain::link::{LinkPurpose, LinkScope};
use domain::{ClientId, PostId, UserId};
use serde_json::json;
use url::Url;

use crate::actor::Origin;
use crate::approvals::portal_href;
use crate::audit::{By, Entry};
use crate::letter::Letter;
use crate::links::{Link, LinkOrder, LinkStanding};
use crate::outbox::Mail;
use crate::users::{SecretToken, SessionToken};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// How long a link to the portal can be used.
pub(crate) const PORTAL_LINK: Duration = Duration::days(14);
/// How many links a person can have sent anew within an hour: whoever holds an old one can ask for them.
const NEW_LINKS_AN_HOUR: u32 = 3;

/// What whoever opens a one-tap link sees.
#[derive(Clone, Debug)]
pub struct TapVisit {
    /// The agency that sent it.
    pub agency: String,
    /// What can be done.
    pub tap: Tap,
}

/// What can be done with a one-tap link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tap {
    /// It can be used.
    Open {
        /// Whom it was sent to.
        name: String,
        /// For which clients they decide.
        clients: Vec<String>,
    },
    /// This browser is signed in as whom it was sent to: it leads on.
    Here(String),
    /// It was used in another browser.
    Used {
        /// Whom it was sent to: enough of the address for themselves to know it.
        sent_to: String,
    },
    /// Its time is over.
    Expired {
        /// As above.
        sent_to: String,
    },
    /// It opens nothing, and nothing is told of it.
    Closed,
}

impl Services {
    /// What whoever opens a one-tap link sees. Looking changes nothing.
    ///
    /// # Errors
    /// When the database cannot be reached. A link that is none is told without an error.
    pub async fn visit_tap(
        &self,
        token: &SecretToken,
        session: Option<&SessionToken>,
    ) -> ServiceResult<TapVisit> {
        let mut conn = self.conn().await?;
        let agency = agency::name(&mut conn).await?;
        let tap = match self.portal_link_of(&mut conn, token).await? {
            Some((link, user)) => self.tap(&mut conn, &link, user, session).await?,
            None => Tap::Closed,
        };
        Ok(TapVisit { agency, tap })
    }

    async fn tap(
        &self,
        conn: &mut db::Connection,
        link: &Link,
        user: User,
        session: Option<&SessionToken>,
    ) -> ServiceResult<Tap> {
        if let Some(session) = session {
            let live = session::find(conn, &session.hash(), self.clock.now()).await?;
            if live.is_some_and(|live| live.user.id == user.id) {
                return Ok(Tap::Here(self.leads_to(conn, link, user.id).await?));
            }
        }
        let sent_to = masked(&user.email);
        Ok(match link.standing {
            LinkStanding::Open => Tap::Open {
                clients: portal::client_names(conn, user.id).await?,
                name: user.name,
            },
            LinkStanding::Used => Tap::Used { sent_to },
            LinkStanding::Expired => Tap::Expired { sent_to },
            LinkStanding::Revoked => Tap::Closed,
        })
    }

    /// Continues as whom a one-tap link was sent to: opens a session in this browser and says where to go.
    /// From then on the link leads there in this browser alone.
    ///
    /// # Errors
    /// When the link was used before, has ended, or is none.
    pub async fn continue_by_tap(
        &self,
        token: &SecretToken,
        origin: Origin,
    ) -> ServiceResult<(SessionToken, Actor, String)> {
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let (link, user) = self
                .portal_link_of(conn, token)
                .await?
                .ok_or(ServiceError::NotFound("link"))?;
            if !link::mark_used(conn, link.id, now).await? {
                return Err(ServiceError::Conflict(
                    "This link was used on another device, or its time is over. Ask for a new one."
                        .to_owned(),
                ));
            }
            let leads_to = self.leads_to(conn, &link, user.id).await?;
            let (session, actor) = self.begin_session(conn, user, true, origin).await?;
            let entry = Entry::of(AuditAction::SignedIn)
                .on("user", actor.user_id)
                .after(json!({"by": "link", "link": link.id}));
            self.record(conn, By::User(&actor), &[entry]).await?;
            Ok((session, actor, leads_to))
        })
        .await
    }

    /// Sends a new link to whom an old one was sent; nobody else gets it.
    ///
    /// # Errors
    /// When the link is none, or too many were sent within the hour.
    pub async fn send_new_tap(&self, token: &SecretToken) -> ServiceResult<()> {
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let (link, user) = self
                .portal_link_of(conn, token)
                .await?
                .ok_or(ServiceError::NotFound("link"))?;
            let key = format!("portal_link/{}", user.id);
            let limit = NEW_LINKS_AN_HOUR;
            if budget::take(conn, &key, limit, Duration::hours(1), now)
                .await?
                .is_some()
            {
                return Err(ServiceError::Conflict(
                    "Several new links were sent within the hour. Look into the mailbox, also among the junk; the newest mail is the one to use.".to_owned(),
                ));
            }
            let posts = match &link.scope {
                LinkScope::Portal { posts } => posts.clone(),
                _ => Vec::new(),
            };
            let address = self.portal_link(conn, &user, link.client, posts).await?;
            let agency = agency::name(conn).await?;
            let letter = new_link_letter(&agency, &user, address);
            let mail = Mail {
                kind: "portal_link",
                client: link.client,
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

    /// Makes a one-tap link for a portal user: the address that the mail's button leads to. With posts the
    /// portal opens at them.
    pub(crate) async fn portal_link(
        &self,
        conn: &mut db::Connection,
        user: &User,
        client: Option<ClientId>,
        posts: Vec<PostId>,
    ) -> ServiceResult<Url> {
        let order = LinkOrder {
            purpose: LinkPurpose::Portal,
            client,
            user: Some(user.id),
            email: Some(&user.email),
            scope: LinkScope::Portal { posts },
            by: None,
            lasts: PORTAL_LINK,
        };
        let (_, token) = self.make_link(conn, order).await?;
        self.address(&format!("tap/{}", token.expose()))
    }

    /// The one-tap link of a token and whom it was sent to, unless it opens nothing for anybody: it was taken
    /// back, or they may no longer sign in, or belong to the agency by now.
    pub(super) async fn portal_link_of(
        &self,
        conn: &mut db::Connection,
        token: &SecretToken,
    ) -> ServiceResult<Option<(Link, User)>> {
        let link = match self.find_link(conn, token, LinkPurpose::Portal).await {
            Ok(link) if link.standing != LinkStanding::Revoked => link,
            Ok(_) | Err(ServiceError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(id) = link.user else {
            return Ok(None);
        };
        let user = user::active(conn, id).await?;
        Ok(user
            .filter(|user| !user.role.is_staff())
            .map(|user| (link, user)))
    }

    /// Where a link leads: to the one post that it is about, or to all that waits.
    async fn leads_to(
        &self,
        conn: &mut db::Connection,
        link: &Link,
        user: UserId,
    ) -> ServiceResult<String> {
        let LinkScope::Portal { posts } = &link.scope else {
            return Ok("/portal".to_owned());
        };
        let clients = user::clients_of(conn, user).await?;
        let waiting = portal::waiting_among(conn, &clients, posts).await?;
        Ok(match waiting[..] {
            [(client, post)] => portal_href(client, post),
            _ => "/portal".to_owned(),
        })
    }
}

/// "p…@kestrel.test": enough for whoever it belongs to.
fn masked(email: &str) -> String {
    let (local, host) = email.split_once('@').unwrap_or((email, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}…@{host}")
}

fn new_link_letter(agency: &str, user: &User, address: Url) -> Letter {
    let says = format!(
        "Hello {}, here is the new link that was asked for. It opens what waits for you, without a password.",
        user.name
    );
    let mut letter = link_letter(
        agency,
        format!("Your new link from {agency}"),
        says,
        address,
    );
    let unasked = "If you did not ask for it, nothing has to be done.";
    letter.small.push(unasked.to_owned());
    letter
}

/// A letter with a one-tap link.
pub(super) fn link_letter(agency: &str, heading: String, says: String, address: Url) -> Letter {
    Letter {
        from: agency.to_owned(),
        color: None,
        heading,
        paragraphs: vec![says],
        items: Vec::new(),
        button: Some(("Open the portal".to_owned(), address)),
        small: vec![
            "The link is for you alone and works for two weeks, in the browser where it is used first.".to_owned(),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn an_address_is_shown_to_whoever_knows_it() {
        assert_eq!(masked("priya@kestrel.test"), "p…@kestrel.test");
        assert_eq!(masked(""), "…@");
    }
}
