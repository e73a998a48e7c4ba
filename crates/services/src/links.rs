//! Links that are sent to people: 256 random bits each, of which only a hash is stored. A link opens what
//! it was sent for and nothing else, and looking at one changes nothing: mail scanners look at them all.

use chrono::{DateTime, Duration, Utc};
use db::models::link::{self, NewLink};
use domain::link::{LinkPurpose, LinkScope};
use domain::{ClientId, LinkId, UserId};

use crate::users::SecretToken;
use crate::{ServiceError, ServiceResult, Services};

/// A link that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct LinkOrder<'a> {
    /// What it is sent for.
    pub purpose: LinkPurpose,
    /// At which client.
    pub client: Option<ClientId>,
    /// To which user.
    pub user: Option<UserId>,
    /// To which address.
    pub email: Option<&'a str>,
    /// What exactly it is sent for.
    pub scope: LinkScope,
    /// Who makes it; `None` for the software.
    pub by: Option<UserId>,
    /// How long it can be used.
    pub lasts: Duration,
}

/// A link as somebody holds it.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its id, which opens nothing.
    pub id: LinkId,
    /// At which client.
    pub client: Option<ClientId>,
    /// To which user it was sent.
    pub user: Option<UserId>,
    /// To which address it was sent.
    pub email: Option<String>,
    /// What exactly it was sent for.
    pub scope: LinkScope,
    /// Who made it.
    pub by: Option<UserId>,
    /// When it ends, or has ended.
    pub expires_at: DateTime<Utc>,
    /// What has become of it.
    pub standing: LinkStanding,
}

/// What has become of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkStanding {
    /// It can be used.
    Open,
    /// It was used.
    Used,
    /// Its time is over.
    Expired,
    /// It was taken back.
    Revoked,
}

/// Whether mail can be sent there, as far as its look tells.
pub(crate) fn looks_like_mail(address: &str) -> bool {
    address.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && host.contains('.')
            && !address.contains(|c: char| c.is_whitespace() || c.is_control())
            && address.len() <= 254
    })
}

impl Services {
    /// Makes a link; its token exists nowhere but in what is returned.
    pub(crate) async fn make_link(
        &self,
        conn: &mut db::Connection,
        order: LinkOrder<'_>,
    ) -> ServiceResult<(LinkId, SecretToken)> {
        let token = SecretToken::generate();
        let id = LinkId::generate();
        let now = self.clock.now();
        let new = NewLink {
            id,
            token_hash: &token.hash(),
            purpose: order.purpose,
            client: order.client,
            user: order.user,
            email: order.email,
            scope: serde_json::to_value(&order.scope).map_err(ServiceError::internal)?,
            created_by: order.by,
            expires_at: now + order.lasts,
        };
        link::insert(conn, &new, now).await?;
        Ok((id, token))
    }

    /// The link of a token, whatever has become of it. Looking changes nothing.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn find_link(
        &self,
        conn: &mut db::Connection,
        token: &SecretToken,
        purpose: LinkPurpose,
    ) -> ServiceResult<Link> {
        let found = link::by_token(conn, &token.hash(), purpose).await?;
        let row = found.ok_or(ServiceError::NotFound("link"))?;
        let standing = if row.revoked_at.is_some() {
            LinkStanding::Revoked
        } else if row.used_at.is_some() {
            LinkStanding::Used
        } else if row.expires_at <= self.clock.now() {
            LinkStanding::Expired
        } else {
            LinkStanding::Open
        };
        Ok(Link {
            id: row.id,
            client: row.client_id.map(ClientId::from),
            user: row.user_id.map(UserId::from),
            email: row.email,
            scope: serde_json::from_value(row.scope).map_err(ServiceError::internal)?,
            by: row.created_by.map(UserId::from),
            expires_at: row.expires_at,
            standing,
        })
    }
}
