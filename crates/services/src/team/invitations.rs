//! Inviting somebody by mail, sending it again, and taking it back.

use chrono::{DateTime, Duration, Utc};
use db::AsyncConnection;
use db::models::{agency, client, link, team, user};
use domain::audit::AuditAction;
use domain::link::{LinkPurpose, LinkScope};
use domain::{ClientId, LinkId, Permission};

use super::{Access, is_visible, offered};
use crate::audit::{By, Entry};
use crate::letter::Letter;
use crate::links::LinkOrder;
use crate::outbox::Mail;
use crate::users::forms;
use crate::{Actor, ServiceError, ServiceResult, Services};

pub(super) const LASTS: Duration = Duration::days(7);

/// An invitation that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// To which address.
    pub email: String,
    /// The name; whoever accepts can change it. May be empty.
    pub name: String,
    /// What they may do, and where.
    pub access: Access,
}

impl Services {
    /// Invites somebody by mail. An invitation to the same address that is open is taken back.
    ///
    /// # Errors
    /// When whoever asks cannot give what it offers, the address will not do, or it is a user's already.
    pub async fn invite(&self, actor: &Actor, invitation: Invitation) -> ServiceResult<LinkId> {
        actor.require(Permission::ManageTeam)?;
        let email = forms::email(&invitation.email)?;
        let name = match invitation.name.trim() {
            "" => "",
            name => forms::name(name)?,
        };
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let access = self.checked(conn, actor, invitation.access.clone()).await?;
            self.send_invitation(conn, actor, email, name, access).await
        })
        .await
    }

    /// Sends an invitation again, by a new link with a new end; the one before opens nothing any more.
    ///
    /// # Errors
    /// When it was used or taken back since, or is not this person's to send.
    pub async fn resend_invitation(&self, actor: &Actor, id: LinkId) -> ServiceResult<LinkId> {
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let (email, name, access) = self.invitation_in_reach(conn, actor, id).await?;
            let access = self.checked(conn, actor, access).await?;
            self.send_invitation(conn, actor, &email, &name, access)
                .await
        })
        .await
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// When it was used or taken back since, or is not this person's to take back.
    pub async fn revoke_invitation(&self, actor: &Actor, id: LinkId) -> ServiceResult<()> {
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let (_, _, access) = self.invitation_in_reach(conn, actor, id).await?;
            link::revoke(conn, id, now).await?;
            let entry = Entry::of(AuditAction::LinkRevoked).on("invitation", id);
            self.record(conn, By::User(actor), &access.entries(entry))
                .await
        })
        .await
    }

    async fn send_invitation(
        &self,
        conn: &mut db::Connection,
        actor: &Actor,
        email: &str,
        name: &str,
        access: Access,
    ) -> ServiceResult<LinkId> {
        self.check_stranger(conn, actor, email).await?;
        let now = self.clock.now();
        self.revoke_invitations_to(conn, email, now).await?;
        let at = match access.clients[..] {
            [only] if !access.role.is_staff() => Some(only),
            _ => None,
        };
        let order = LinkOrder {
            purpose: LinkPurpose::Invitation,
            client: at,
            user: None,
            email: Some(email),
            scope: LinkScope::Invitation {
                name: name.to_owned(),
                role: access.role,
                all_clients: access.all_clients,
                clients: access.clients.clone(),
            },
            by: Some(actor.user_id),
            lasts: LASTS,
        };
        let (id, token) = self.make_link(conn, order).await?;
        let address = self.address(&format!("invitation/{}", token.expose()))?;
        let of_client = match at {
            Some(id) => client::find(conn, id).await?.map(|client| client.name),
            None => None,
        };
        let letter = Letter {
            from: agency::name(conn).await?,
            color: None,
            heading: heading(&agency::name(conn).await?, of_client.as_deref(), &access),
            paragraphs: vec![
                match name {
                    "" => "Hello,".to_owned(),
                    name => format!("Hello {name},"),
                },
                format!(
                    "{} has invited you. The link can be used once, within seven days.",
                    actor.name
                ),
            ],
            items: Vec::new(),
            button: Some(("Accept the invitation".to_owned(), address)),
            small: vec!["If you do not know what this is about, ignore this mail.".to_owned()],
        };
        let mail = Mail {
            kind: "invitation",
            client: at,
            to: email.to_owned(),
            subject: letter.heading.clone(),
            body: letter.body(),
            dedupe_key: None,
        };
        self.queue_mail(conn, &mail).await?;
        let mut facts = access.facts();
        facts["email"] = email.into();
        let entry = Entry::of(AuditAction::Invited)
            .on("invitation", id)
            .after(facts);
        self.record(conn, By::User(actor), &access.entries(entry))
            .await?;
        Ok(id)
    }

    /// Whoever is a user already is not invited. That somebody is one is told only to whoever may see them.
    async fn check_stranger(
        &self,
        conn: &mut db::Connection,
        actor: &Actor,
        email: &str,
    ) -> ServiceResult<()> {
        let Some(known) = user::any_by_email(conn, email).await? else {
            return Ok(());
        };
        let member = team::member(conn, known.id).await?;
        let sentence = match member.filter(|member| is_visible(actor, member)) {
            Some(member) if member.user.disabled_at.is_some() => format!(
                "{} has this address already, and is disabled. Enable them instead.",
                member.user.name
            ),
            Some(member) => format!(
                "{} has this address already. Change what they may do instead.",
                member.user.name
            ),
            None => "You cannot invite this address. Ask an owner of the agency.".to_owned(),
        };
        Err(ServiceError::Conflict(sentence))
    }

    async fn revoke_invitations_to(
        &self,
        conn: &mut db::Connection,
        email: &str,
        now: DateTime<Utc>,
    ) -> ServiceResult<()> {
        let email = email.to_lowercase();
        for open in link::open(conn, LinkPurpose::Invitation, None, now).await? {
            let to = open.email.as_deref().unwrap_or_default().to_lowercase();
            if to == email {
                link::revoke(conn, open.id, now).await?;
            }
        }
        Ok(())
    }

    /// An open invitation that whoever asks could have made: address, name, and what it offers.
    async fn invitation_in_reach(
        &self,
        conn: &mut db::Connection,
        actor: &Actor,
        id: LinkId,
    ) -> ServiceResult<(String, String, Access)> {
        const GONE: ServiceError = ServiceError::NotFound("invitation");
        actor.require(Permission::ManageTeam)?;
        let found = link::by_id(conn, id, LinkPurpose::Invitation).await?;
        let found = found.ok_or(GONE)?;
        let (name, access) = offered(&found).ok_or(GONE)?;
        let shares = |id: &ClientId| actor.sees(*id);
        if !access.is_within(actor) {
            let is_known = access.all_clients || access.clients.iter().any(shares);
            return Err(if is_known {
                ServiceError::Forbidden
            } else {
                GONE
            });
        }
        if found.used_at.is_some() || found.revoked_at.is_some() {
            return Err(ServiceError::Conflict(
                "This invitation was accepted or taken back since.".to_owned(),
            ));
        }
        Ok((found.email.unwrap_or_default(), name, access))
    }
}

fn heading(agency: &str, client: Option<&str>, access: &Access) -> String {
    match client {
        Some(client) => format!("See what {agency} plans for {client}"),
        None if access.role.is_staff() => format!("Join {agency} on AutoPost"),
        None => format!("See what {agency} plans for you"),
    }
}
