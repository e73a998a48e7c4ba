//! The team: the agency's own people and the clients' users, who they are, what they may do and where; and
//! whom somebody has invited.
//!
//! Whoever looks after users never gives away more than they have: a manager who sees some clients only
//! invites into those, and changes only people who see nothing beside them.

mod accept;
mod invitations;
mod members;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use db::models::link::{self, Link};
use db::models::team::{self, Member};
use db::models::{client, user};
use domain::link::{LinkPurpose, LinkScope};
use domain::{ClientId, LinkId, Permission, Role, UserId};

use crate::actor::Reach;
use crate::audit::Entry;
use crate::{Actor, ServiceError, ServiceResult, Services};

pub use accept::InvitationOffer;
pub use invitations::Invitation;

/// What a person may do, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// What.
    pub role: Role,
    /// Whether a member of staff sees every client.
    pub all_clients: bool,
    /// The clients otherwise.
    pub clients: Vec<ClientId>,
}

/// Which clients somebody sees, as far as whoever asks may know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientsSeen {
    /// Every one.
    pub every: bool,
    /// Those that both see, by name.
    pub shown: Vec<(ClientId, String)>,
    /// How many there are besides.
    pub hidden: usize,
}

/// A user as the team page shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberView {
    /// Who.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Where.
    pub clients: ClientsSeen,
    /// When they were last here, to the hour.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Whether they may not sign in.
    pub is_disabled: bool,
    /// Whether it is whoever asks.
    pub is_me: bool,
    /// Whether whoever asks may change them.
    pub may_change: bool,
}

/// An invitation that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationView {
    /// Its id, which opens nothing.
    pub id: LinkId,
    /// The name that was given, if any.
    pub name: String,
    /// To which address it was sent.
    pub email: String,
    /// What they may do once they have accepted.
    pub role: Role,
    /// Where.
    pub clients: ClientsSeen,
    /// Who invited them.
    pub by: Option<String>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// Whether whoever asks may send it again and take it back.
    pub may_change: bool,
}

/// The team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// The users, by name.
    pub members: Vec<MemberView>,
    /// The invitations that are open, newest first.
    pub invitations: Vec<InvitationView>,
}

/// What somebody can give to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gift {
    /// The roles.
    pub roles: Vec<Role>,
    /// Whether every client, too.
    pub all_clients: bool,
    /// The clients, by name.
    pub clients: Vec<(ClientId, String)>,
}

impl Services {
    /// The team, as far as whoever asks may see it.
    ///
    /// # Errors
    /// For whoever does not look after users.
    pub async fn team(&self, actor: &Actor) -> ServiceResult<Team> {
        actor.require(Permission::ManageTeam)?;
        let mut conn = self.conn().await?;
        let names = client_names(&mut conn).await?;
        let members = team::members(&mut conn).await?;
        let links = link::open(&mut conn, LinkPurpose::Invitation, None, self.clock.now()).await?;
        let by: Vec<UserId> = links
            .iter()
            .filter_map(|link| link.created_by.map(UserId::from))
            .collect();
        let by = user::names(&mut conn, &by).await?;
        Ok(Team {
            members: members
                .into_iter()
                .filter(|member| is_visible(actor, member))
                .map(|member| member_view(actor, member, &names))
                .collect(),
            invitations: links
                .into_iter()
                .filter_map(|link| invitation_view(actor, link, &names, &by))
                .collect(),
        })
    }

    /// One user, as far as whoever asks may see them.
    ///
    /// # Errors
    /// When there is none, or they are out of reach.
    pub async fn member(&self, actor: &Actor, id: UserId) -> ServiceResult<MemberView> {
        actor.require(Permission::ManageTeam)?;
        let mut conn = self.conn().await?;
        let names = client_names(&mut conn).await?;
        let member = team::member(&mut conn, id).await?;
        let member = member
            .filter(|member| is_visible(actor, member))
            .ok_or(ServiceError::NotFound("user"))?;
        Ok(member_view(actor, member, &names))
    }

    /// What whoever asks can give to others.
    ///
    /// # Errors
    /// For whoever does not look after users.
    pub async fn gift(&self, actor: &Actor) -> ServiceResult<Gift> {
        actor.require(Permission::ManageTeam)?;
        let names = client_names(&mut *self.conn().await?).await?;
        let roles = Role::ALL.iter().copied();
        Ok(Gift {
            roles: roles
                .filter(|role| *role != Role::Owner || actor.role.may(Permission::ManageOwners))
                .collect(),
            all_clients: actor.reach == Reach::Every,
            clients: by_name(
                names
                    .into_iter()
                    .filter(|(id, _)| actor.sees(*id))
                    .collect(),
            ),
        })
    }

    /// What is to be given, if whoever asks can give it.
    async fn checked(
        &self,
        conn: &mut db::Connection,
        actor: &Actor,
        access: Access,
    ) -> ServiceResult<Access> {
        actor.require(Permission::ManageTeam)?;
        let Access {
            role,
            all_clients,
            mut clients,
        } = access;
        if role == Role::Owner {
            actor.require(Permission::ManageOwners)?;
        }
        if role == Role::Owner || (all_clients && role.is_staff()) {
            if actor.reach != Reach::Every {
                return Err(ServiceError::Invalid(
                    "You see some clients only. Choose among those.".to_owned(),
                ));
            }
            return Ok(Access {
                role,
                all_clients: true,
                clients: Vec::new(),
            });
        }
        clients.sort_unstable();
        clients.dedup();
        if clients.is_empty() {
            return Err(ServiceError::Invalid(
                "Choose at least one client.".to_owned(),
            ));
        }
        let names = client_names(conn).await?;
        if clients
            .iter()
            .any(|id| !actor.sees(*id) || !names.contains_key(id))
        {
            return Err(ServiceError::NotFound("client"));
        }
        Ok(Access {
            role,
            all_clients: false,
            clients,
        })
    }
}

impl Access {
    /// Whether it lacks anything of what was before.
    fn is_less_than(&self, before: &Self) -> bool {
        let lost_right = Permission::ALL
            .into_iter()
            .any(|one| before.role.may(one) && !self.role.may(one));
        let lost_client = !self.all_clients
            && (before.all_clients || before.clients.iter().any(|id| !self.clients.contains(id)));
        lost_right || lost_client
    }

    /// Whether whoever asks could have given all of it.
    fn is_within(&self, actor: &Actor) -> bool {
        let owner = self.role != Role::Owner || actor.role.may(Permission::ManageOwners);
        let reach = match &actor.reach {
            Reach::Every => true,
            Reach::Only(_) => !self.all_clients && self.clients.iter().all(|id| actor.sees(*id)),
        };
        owner && reach
    }

    /// An entry of the audit about it. What concerns a client's own people is that client's to read.
    fn entries(&self, entry: Entry) -> Vec<Entry> {
        if self.role.is_staff() {
            return vec![entry];
        }
        self.clients
            .iter()
            .map(|client| entry.clone().at(*client))
            .collect()
    }

    fn of(member: &Member) -> Self {
        Self {
            role: member.user.role,
            all_clients: member.user.all_clients,
            clients: member.clients.clone(),
        }
    }

    /// What is written down; of a client's own people not where else they are.
    fn facts(&self) -> serde_json::Value {
        if self.role.is_staff() {
            serde_json::json!({ "role": self.role, "all_clients": self.all_clients, "clients": self.clients })
        } else {
            serde_json::json!({ "role": self.role })
        }
    }
}

type Names = BTreeMap<ClientId, String>;

async fn client_names(conn: &mut db::Connection) -> ServiceResult<Names> {
    let rows = client::all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

fn by_name(mut clients: Vec<(ClientId, String)>) -> Vec<(ClientId, String)> {
    clients.sort_by_key(|(_, name)| name.to_lowercase());
    clients
}

/// Colleagues who see every client are known to all who look after users; others to those who share a client
/// with them.
fn is_visible(actor: &Actor, member: &Member) -> bool {
    actor.reach == Reach::Every
        || member.user.id == actor.user_id
        || member.user.all_clients
        || member.clients.iter().any(|id| actor.sees(*id))
}

fn seen(actor: &Actor, every: bool, clients: &[ClientId], names: &Names) -> ClientsSeen {
    let shown: Vec<_> = clients
        .iter()
        .filter(|id| actor.sees(**id))
        .filter_map(|id| Some((*id, names.get(id)?.clone())))
        .collect();
    ClientsSeen {
        every,
        hidden: clients.len() - shown.len(),
        shown: by_name(shown),
    }
}

fn member_view(actor: &Actor, member: Member, names: &Names) -> MemberView {
    let access = Access::of(&member);
    let is_me = member.user.id == actor.user_id;
    MemberView {
        clients: seen(actor, member.user.all_clients, &member.clients, names),
        id: member.user.id,
        name: member.user.name,
        email: member.user.email,
        role: member.user.role,
        last_seen_at: member.last_seen_at,
        is_disabled: member.user.disabled_at.is_some(),
        is_me,
        may_change: !is_me && access.is_within(actor),
    }
}

/// An invitation that shares nothing with whoever asks is not shown.
fn invitation_view(
    actor: &Actor,
    link: Link,
    names: &Names,
    by: &[(UserId, String)],
) -> Option<InvitationView> {
    let (name, access) = offered(&link)?;
    let shares = actor.reach == Reach::Every
        || access.all_clients
        || access.clients.iter().any(|id| actor.sees(*id));
    shares.then(|| InvitationView {
        id: link.id,
        clients: seen(actor, access.all_clients, &access.clients, names),
        role: access.role,
        may_change: access.is_within(actor),
        name,
        email: link.email.unwrap_or_default(),
        by: link.created_by.and_then(|id| {
            let found = by.iter().find(|(of, _)| of.0 == id)?;
            Some(found.1.clone())
        }),
        expires_at: link.expires_at,
    })
}

/// What an invitation offers, and the name that was given with it.
fn offered(link: &Link) -> Option<(String, Access)> {
    match serde_json::from_value(link.scope.clone()).ok()? {
        LinkScope::Invitation {
            name,
            role,
            all_clients,
            clients,
        } => Some((
            name,
            Access {
                role,
                all_clients,
                clients,
            },
        )),
        _ => None,
    }
}
