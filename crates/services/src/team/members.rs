//! Changing what somebody may do, and whether they may come in at all.

use chrono::{DateTime, Utc};
use db::AsyncConnection;
use db::models::team::{self, Member};
use db::models::{link, session};
use domain::audit::AuditAction;
use domain::link::LinkPurpose;
use domain::{Permission, Role, UserId};
use serde_json::json;

use super::{Access, is_visible};
use crate::audit::{By, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services};

impl Services {
    /// Gives a user another role, or other clients. Where that is less than before, their sessions end, and
    /// what they have invited others to is taken back.
    ///
    /// # Errors
    /// When the user is out of reach, whoever asks cannot give what is to be, it would leave the agency
    /// without an owner, or a client's user would become staff.
    pub async fn set_access(&self, actor: &Actor, id: UserId, access: Access) -> ServiceResult<()> {
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let member = self.member_in_reach(conn, actor, id).await?;
            let before = Access::of(&member);
            if before.role.is_staff() != access.role.is_staff() {
                return Err(ServiceError::Invalid(
                    "A client’s user cannot become staff, nor the other way round. Invite them anew under another address."
                        .to_owned(),
                ));
            }
            let after = self.checked(conn, actor, access.clone()).await?;
            if after == before {
                return Ok(());
            }
            if before.role == Role::Owner && after.role != Role::Owner {
                another_owner(conn, id).await?;
            }
            team::set_access(conn, id, after.role, after.all_clients, &after.clients).await?;
            if after.is_less_than(&before) {
                session::delete_of_user(conn, id, None).await?;
                link::revoke_made_by(conn, id, LinkPurpose::Invitation, now).await?;
            }
            let entry = Entry::of(AuditAction::RoleChanged)
                .on("user", id)
                .before(before.facts())
                .after(after.facts());
            let mut concerned = after.clone();
            // A client that they are no longer at is to read that, too.
            concerned.clients.extend(&before.clients);
            concerned.clients.sort_unstable();
            concerned.clients.dedup();
            self.record(conn, By::User(actor), &concerned.entries(entry))
                .await
        })
        .await
    }

    /// Keeps a user out, or lets them in again. Who is kept out loses every session and every open link, and
    /// what they have invited others to is taken back.
    ///
    /// # Errors
    /// When the user is out of reach, or it would leave the agency without an owner.
    pub async fn set_disabled(
        &self,
        actor: &Actor,
        id: UserId,
        disabled: bool,
    ) -> ServiceResult<()> {
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let member = self.member_in_reach(conn, actor, id).await?;
            if member.user.disabled_at.is_some() == disabled {
                return Ok(());
            }
            if disabled && member.user.role == Role::Owner {
                another_owner(conn, id).await?;
            }
            team::set_disabled(conn, id, disabled.then_some(now)).await?;
            let action = if disabled {
                AuditAction::UserDisabled
            } else {
                AuditAction::UserEnabled
            };
            let mut entry = Entry::of(action).on("user", id);
            if disabled {
                let ended = shut_out(conn, id, now).await?;
                entry = entry.after(json!({ "sessions_ended": ended }));
            }
            let access = Access::of(&member);
            self.record(conn, By::User(actor), &access.entries(entry))
                .await
        })
        .await
    }

    /// A user whom whoever asks may change, locked.
    async fn member_in_reach(
        &self,
        conn: &mut db::Connection,
        actor: &Actor,
        id: UserId,
    ) -> ServiceResult<Member> {
        actor.require(Permission::ManageTeam)?;
        // Always first, so that two who change each other wait for one another in the same order.
        team::owners_for_update(conn).await?;
        let member = team::member_for_update(conn, id).await?;
        let member = member
            .filter(|member| is_visible(actor, member))
            .ok_or(ServiceError::NotFound("user"))?;
        if id == actor.user_id {
            return Err(ServiceError::Conflict(
                "You cannot change what you may do yourself. Ask a colleague to.".to_owned(),
            ));
        }
        if !Access::of(&member).is_within(actor) {
            return Err(ServiceError::Forbidden);
        }
        Ok(member)
    }
}

/// Lets pass when an owner remains besides this one.
async fn another_owner(conn: &mut db::Connection, id: UserId) -> ServiceResult<()> {
    let owners = team::owners(conn).await?;
    if owners.iter().any(|owner| owner.id != id) {
        return Ok(());
    }
    Err(ServiceError::Conflict(
        "The agency needs an owner. Make somebody else one first.".to_owned(),
    ))
}

async fn shut_out(
    conn: &mut db::Connection,
    id: UserId,
    now: DateTime<Utc>,
) -> ServiceResult<usize> {
    let ended = session::delete_of_user(conn, id, None).await?;
    for purpose in [
        LinkPurpose::PasswordReset,
        LinkPurpose::EmailOld,
        LinkPurpose::EmailNew,
        LinkPurpose::Portal,
        LinkPurpose::LetIn,
    ] {
        link::forget_of_user(conn, id, purpose, now).await?;
    }
    link::revoke_made_by(conn, id, LinkPurpose::Invitation, now).await?;
    Ok(ended)
}
