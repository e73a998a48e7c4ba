//! Another address: it moves only when both the present one and the new one have confirmed it, each by a
//! link of its own.

use chrono::{DateTime, Duration, Utc};
use db::AsyncConnection;
use db::models::user::{self, User};
use db::models::{agency, link, team};
use domain::audit::AuditAction;
use domain::link::{LinkPurpose, LinkScope};
use domain::{Permission, UserId};
use secrecy::SecretString;
use serde_json::json;

use super::{SecretToken, forms};
use crate::actor::Origin;
use crate::audit::{By, Entry};
use crate::letter::Letter;
use crate::links::{Link, LinkOrder, LinkStanding};
use crate::outbox::Mail;
use crate::{Actor, ServiceError, ServiceResult, Services};

const LASTS: Duration = Duration::hours(24);

/// An address that is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingEmail {
    /// The address.
    pub new_email: String,
    /// Whether the present address has confirmed it.
    pub old_confirmed: bool,
    /// Whether the new address has confirmed it.
    pub new_confirmed: bool,
    /// Until when both have to.
    pub until: DateTime<Utc>,
}

/// What a link of a change of address shows before it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailChangeView {
    /// Whose address is to move.
    pub name: String,
    /// The present address.
    pub old_email: String,
    /// The address that is to be.
    pub new_email: String,
    /// Whether this link was sent to the present address, and not to the new one.
    pub is_old: bool,
}

/// What came of confirming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailConfirmed {
    /// The other address has to confirm, too.
    Half,
    /// The address has moved.
    Moved,
}

impl Services {
    /// Asks for another address: links go to the present one and to the new one.
    ///
    /// # Errors
    /// When the address will not do, or the present password, where there is one, is wrong.
    pub async fn ask_email_change(
        &self,
        actor: &Actor,
        new_email: &str,
        present: SecretString,
    ) -> ServiceResult<()> {
        actor.require(Permission::ManageSelf)?;
        let new_email = forms::email(new_email)?;
        if new_email == actor.email {
            return Err(ServiceError::Invalid(
                "That is your address already.".to_owned(),
            ));
        }
        let hash = self.own_hash(&mut *self.conn().await?, actor).await?;
        if hash.is_some() {
            self.prove_password(actor, present).await?;
        }
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            for purpose in [LinkPurpose::EmailOld, LinkPurpose::EmailNew] {
                link::forget_of_user(conn, actor.user_id, purpose, now).await?;
            }
            let to = [
                (LinkPurpose::EmailOld, actor.email.as_str()),
                (LinkPurpose::EmailNew, new_email),
            ];
            for (purpose, email) in to {
                let order = LinkOrder {
                    purpose,
                    client: None,
                    user: Some(actor.user_id),
                    email: Some(email),
                    scope: LinkScope::EmailChange {
                        new_email: new_email.to_owned(),
                    },
                    by: Some(actor.user_id),
                    lasts: LASTS,
                };
                let (_, token) = self.make_link(conn, order).await?;
                let agency = agency::name(conn).await?;
                let address = self.address(&format!("email/{}", token.expose()))?;
                let is_old = purpose == LinkPurpose::EmailOld;
                let letter = question(agency, actor, new_email, is_old, address);
                let mail = Mail {
                    kind: "email_change",
                    client: None,
                    to: email.to_owned(),
                    subject: letter.heading.clone(),
                    body: letter.body(),
                    dedupe_key: None,
                };
                self.queue_mail(conn, &mail).await?;
            }
            let entry = Entry::of(AuditAction::ProfileChanged)
                .on("user", actor.user_id)
                .after(json!({ "email_asked": new_email }));
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await
    }

    /// Takes the wish for another address back.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn cancel_email_change(&self, actor: &Actor) -> ServiceResult<()> {
        actor.require(Permission::ManageSelf)?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            for purpose in [LinkPurpose::EmailOld, LinkPurpose::EmailNew] {
                link::forget_of_user(conn, actor.user_id, purpose, now).await?;
            }
            let entry = Entry::of(AuditAction::LinkRevoked).on("user", actor.user_id);
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await
    }

    /// The address that is to be, while it waits to be confirmed.
    pub(super) async fn pending_email(
        &self,
        conn: &mut db::Connection,
        actor: &Actor,
    ) -> ServiceResult<Option<PendingEmail>> {
        let old = self
            .half(conn, actor.user_id, LinkPurpose::EmailOld)
            .await?;
        let new = self
            .half(conn, actor.user_id, LinkPurpose::EmailNew)
            .await?;
        let (Some(old), Some(new)) = (old, new) else {
            return Ok(None);
        };
        // Both used: it has moved.
        let is_over = old.used_at.is_some() && new.used_at.is_some();
        Ok((!is_over).then(|| PendingEmail {
            old_confirmed: old.used_at.is_some(),
            new_confirmed: new.used_at.is_some(),
            until: old.expires_at.min(new.expires_at),
            new_email: new.email.unwrap_or_default(),
        }))
    }

    /// What a link of a change of address shows. Looking changes nothing.
    ///
    /// # Errors
    /// When there is no such link, or it can no longer be used.
    pub async fn email_change(&self, token: &SecretToken) -> ServiceResult<EmailChangeView> {
        let mut conn = self.conn().await?;
        let (link, purpose, user) = self.open_change(&mut conn, token).await?;
        Ok(EmailChangeView {
            name: user.name,
            old_email: user.email,
            new_email: wanted(&link)?,
            is_old: purpose == LinkPurpose::EmailOld,
        })
    }

    /// Confirms for one of the two addresses. When the other has confirmed before, the address moves.
    ///
    /// # Errors
    /// When there is no such link, it can no longer be used, or the address is another user's by now.
    pub async fn confirm_email_change(
        &self,
        token: &SecretToken,
        origin: Origin,
    ) -> ServiceResult<EmailConfirmed> {
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let (found, purpose, user) = self.open_change(conn, token).await?;
            // Whoever confirms at the other address at this moment waits for the outcome of this.
            team::member_for_update(conn, user.id).await?;
            if !link::mark_used(conn, found.id, now).await? {
                return Err(unusable(LinkStanding::Used));
            }
            let other = if purpose == LinkPurpose::EmailOld {
                LinkPurpose::EmailNew
            } else {
                LinkPurpose::EmailOld
            };
            let new_email = wanted(&found)?;
            let other = self.half(conn, user.id, other).await?;
            if other.is_none_or(|other| other.used_at.is_none()) {
                return Ok(EmailConfirmed::Half);
            }
            if let Some(taken) = user::any_by_email(conn, &new_email).await?
                && taken.id != user.id
            {
                return Err(ServiceError::Conflict(
                    "There is another user with this address by now, so nothing was moved."
                        .to_owned(),
                ));
            }
            team::set_email(conn, user.id, &new_email).await?;
            // Links to the address that was are worth nothing any more.
            for purpose in [LinkPurpose::PasswordReset, LinkPurpose::Portal] {
                link::revoke_of_user(conn, user.id, purpose, now).await?;
            }
            self.tell_of_moved_address(conn, &user, &new_email).await?;
            let entry = Entry::of(AuditAction::EmailChanged)
                .on("user", user.id)
                .before(json!({ "email": user.email }))
                .after(json!({ "email": new_email }));
            let by = By::Visitor {
                name: &user.name,
                origin: &origin,
            };
            self.record(conn, by, &[entry]).await?;
            Ok(EmailConfirmed::Moved)
        })
        .await
    }

    async fn open_change(
        &self,
        conn: &mut db::Connection,
        token: &SecretToken,
    ) -> ServiceResult<(Link, LinkPurpose, User)> {
        let mut found = None;
        for purpose in [LinkPurpose::EmailOld, LinkPurpose::EmailNew] {
            match self.find_link(conn, token, purpose).await {
                Ok(link) => found = Some((link, purpose)),
                Err(ServiceError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let (link, purpose) = found.ok_or(ServiceError::NotFound("link"))?;
        if link.standing != LinkStanding::Open {
            return Err(unusable(link.standing));
        }
        let id = link.user.ok_or(ServiceError::NotFound("link"))?;
        let user = user::active(conn, id).await?;
        let user = user.ok_or(ServiceError::NotFound("link"))?;
        Ok((link, purpose, user))
    }

    /// One half of a change that is under way: the newest link of this purpose.
    async fn half(
        &self,
        conn: &mut db::Connection,
        user: UserId,
        purpose: LinkPurpose,
    ) -> ServiceResult<Option<link::Link>> {
        let now = self.clock.now();
        let standing = link::standing_of_user(conn, user, purpose, now).await?;
        Ok(standing.into_iter().next())
    }

    /// Tells both addresses, and the owners.
    async fn tell_of_moved_address(
        &self,
        conn: &mut db::Connection,
        user: &User,
        new_email: &str,
    ) -> ServiceResult<()> {
        let agency = agency::name(conn).await?;
        let owners = team::owners(conn).await?;
        let mut to = vec![user.email.clone(), new_email.to_owned()];
        to.extend(
            owners
                .into_iter()
                .filter(|owner| owner.id != user.id)
                .map(|owner| owner.email),
        );
        for to in to {
            let letter = Letter {
                from: agency.clone(),
                color: None,
                heading: format!("{} has another address", user.name),
                paragraphs: vec![format!(
                    "It was {}, and is {new_email} from now on. Both addresses have confirmed it.",
                    user.email
                )],
                items: Vec::new(),
                button: None,
                small: vec![
                    "If that was not meant to be, tell an owner of the agency at once.".to_owned(),
                ],
            };
            let mail = Mail {
                kind: "email_changed",
                client: None,
                to,
                subject: letter.heading.clone(),
                body: letter.body(),
                dedupe_key: None,
            };
            self.queue_mail(conn, &mail).await?;
        }
        Ok(())
    }
}

fn wanted(link: &Link) -> ServiceResult<String> {
    match &link.scope {
        LinkScope::EmailChange { new_email } => Ok(new_email.clone()),
        _ => Err(ServiceError::NotFound("link")),
    }
}

fn question(
    agency: String,
    actor: &Actor,
    new_email: &str,
    is_old: bool,
    address: url::Url,
) -> Letter {
    let (heading, why) = if is_old {
        (
            "Confirm that your address changes",
            format!(
                "Your address is to change from {} to {new_email}. That happens once this address and the new one have both confirmed it, within a day.",
                actor.email
            ),
        )
    } else {
        (
            "Confirm your new address",
            format!(
                "{} wants to be reached at this address. It changes once this address and the one before have both confirmed it, within a day.",
                actor.name
            ),
        )
    };
    Letter {
        from: agency,
        color: None,
        heading: heading.to_owned(),
        paragraphs: vec![why],
        items: Vec::new(),
        button: Some(("Look and confirm".to_owned(), address)),
        small: vec![
            "If you do not know anything about it, do nothing, and the address stays as it is."
                .to_owned(),
        ],
    }
}

fn unusable(standing: LinkStanding) -> ServiceError {
    ServiceError::Conflict(
        match standing {
            LinkStanding::Used => "This address has confirmed already.",
            LinkStanding::Expired => "This link has ended. Ask for the change once more.",
            LinkStanding::Open | LinkStanding::Revoked => {
                "This change was taken back, or asked for anew since."
            }
        }
        .to_owned(),
    )
}
