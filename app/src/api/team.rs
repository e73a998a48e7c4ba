//! The team: who is in it, who is invited, and what each may do.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::{ClientId, LinkId, Role, UserId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// The team, as far as whoever asks may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamData {
    /// The agency's own people, by name.
    pub staff: Vec<MemberRow>,
    /// The clients' users, by name.
    pub guests: Vec<MemberRow>,
    /// The invitations that are open, newest first.
    pub invitations: Vec<InvitationRow>,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// "Every client", "Kestrel Coffee, Northlane and 2 others".
    pub clients: String,
    /// The clients listed for them, as far as whoever asks may see them.
    pub client_ids: Vec<ClientId>,
    /// Whether they see every client.
    pub all_clients: bool,
    /// "3 hours ago"; `None` when they were never here.
    pub last_seen: Option<String>,
    /// Whether they may not sign in.
    pub is_disabled: bool,
    /// Whether it is whoever asks.
    pub is_me: bool,
    /// Whether whoever asks may change them.
    pub may_change: bool,
}

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationRow {
    /// Its id, which opens nothing.
    pub id: LinkId,
    /// The name that was given; may be empty.
    pub name: String,
    /// To which address it was sent.
    pub email: String,
    /// What they may do then.
    pub role: Role,
    /// Where.
    pub clients: String,
    /// Who invited them.
    pub by: Option<String>,
    /// "in 6 days": when it ends.
    pub ends: String,
    /// Whether whoever asks may send it again and take it back.
    pub may_change: bool,
}

/// What whoever asks can give to others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiftData {
    /// The roles.
    pub roles: Vec<Role>,
    /// Whether every client, too.
    pub all_clients: bool,
    /// The clients, by name.
    pub clients: Vec<(ClientId, String)>,
}

/// A user, and what they can be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberData {
    /// The user.
    pub row: MemberRow,
    /// What whoever asks can give to them.
    pub gift: GiftData,
}

/// The team.
///
/// # Errors
/// For whoever does not look after users.
#[server(ReadTeam, endpoint = "team")]
pub async fn team() -> Result<TeamData, ApiError> {
    use super::mapping;
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let team = services.team(&actor).await.map_err(ssr::refuse)?;
    let now = services.clock.now();
    let (staff, guests) = team
        .members
        .into_iter()
        .map(|member| mapping::member(member, now))
        .partition(|row| row.role.is_staff());
    Ok(TeamData {
        staff,
        guests,
        invitations: team
            .invitations
            .into_iter()
            .map(|invitation| mapping::invitation(invitation, now))
            .collect(),
    })
}

/// What whoever asks can give to others.
///
/// # Errors
/// For whoever does not look after users.
#[server(ReadGift, endpoint = "gift")]
pub async fn gift() -> Result<GiftData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let gift = services.gift(&actor).await.map_err(ssr::refuse)?;
    Ok(super::mapping::gift(gift))
}

/// One user.
///
/// # Errors
/// When there is none, or they are out of reach.
#[server(ReadMember, endpoint = "member")]
pub async fn member(user: UserId) -> Result<MemberData, ApiError> {
    use super::mapping;
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let member = services.member(&actor, user).await.map_err(ssr::refuse)?;
    let gift = services.gift(&actor).await.map_err(ssr::refuse)?;
    Ok(MemberData {
        row: mapping::member(member, services.clock.now()),
        gift: mapping::gift(gift),
    })
}

/// Invites somebody by mail. Works as a plain form.
///
/// # Errors
/// When the address will not do or is a user's, or whoever asks cannot give what it offers.
#[server(Invite, endpoint = "invite")]
pub async fn invite(
    email: String,
    #[server(default)] name: String,
    role: Role,
    #[server(default)] all_clients: bool,
    #[server(default)] clients: Vec<ClientId>,
) -> Result<(), ApiError> {
    use crate::ssr;
    use services::team::{Access, Invitation};
    let (services, actor) = ssr::signed_in().await?;
    let invitation = Invitation {
        email,
        name,
        access: Access {
            role,
            all_clients,
            clients,
        },
    };
    services
        .invite(&actor, invitation)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect("/team?done=invited");
    Ok(())
}

/// Sends an invitation again; the link before opens nothing any more. Works as a plain form.
///
/// # Errors
/// When it was accepted or taken back since.
#[server(ResendInvitation, endpoint = "resend_invitation")]
pub async fn resend_invitation(invitation: LinkId) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .resend_invitation(&actor, invitation)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect("/team?done=sent");
    Ok(())
}

/// Takes an invitation back. Works as a plain form.
///
/// # Errors
/// When it was accepted or taken back since.
#[server(RevokeInvitation, endpoint = "revoke_invitation")]
pub async fn revoke_invitation(invitation: LinkId) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .revoke_invitation(&actor, invitation)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect("/team?done=revoked");
    Ok(())
}

/// Gives a user another role, or other clients. Works as a plain form.
///
/// # Errors
/// When whoever asks cannot give that, or it would leave the agency without an owner.
#[server(SaveAccess, endpoint = "save_access")]
pub async fn save_access(
    user: UserId,
    role: Role,
    #[server(default)] all_clients: bool,
    #[server(default)] clients: Vec<ClientId>,
) -> Result<(), ApiError> {
    use crate::ssr;
    use services::team::Access;
    let (services, actor) = ssr::signed_in().await?;
    let access = Access {
        role,
        all_clients,
        clients,
    };
    services
        .set_access(&actor, user, access)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect("/team?done=changed");
    Ok(())
}

/// Keeps a user out, or lets them in again. Works as a plain form.
///
/// # Errors
/// When they are out of reach, or it would leave the agency without an owner.
#[server(SetDisabled, endpoint = "set_disabled")]
pub async fn set_disabled(user: UserId, disabled: bool) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .set_disabled(&actor, user, disabled)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(if disabled {
        "/team?done=disabled"
    } else {
        "/team?done=enabled"
    });
    Ok(())
}
