//! Telling people: inside the application at once, and by mail, gathered so that one mail tells of all
//! that came within a short while.

mod digest;
mod inbox;
mod preferences;
mod words;

use chrono::{DateTime, Duration, Utc};
use db::models::notice::{self, NewNotice, Recipient};
use db::models::{agency, client, contact_notice};
use domain::notice::{Channels, NoticeKind};
use domain::{ClientId, PostId, Role, UserId};

use crate::{ServiceResult, Services};

pub use inbox::NoticeView;
pub use preferences::Preference;
pub(crate) use words::first_line;

/// Whom it concerns, among those who see the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The agency's own people.
    Staff,
    /// Whoever decides for the agency.
    InternalApprovers,
    /// Whoever decides for the client.
    ClientApprovers,
    /// Everybody at the client.
    Portal,
    /// The agency's own people, and everybody at the client.
    Everybody,
    /// These people, where they still see the client.
    Only(Vec<UserId>),
}

/// Something that people are told.
#[derive(Clone, Debug)]
pub struct Notice {
    /// About what.
    pub kind: NoticeKind,
    /// About which client.
    pub client: ClientId,
    /// About which post.
    pub post: Option<PostId>,
    /// Whom.
    pub audience: Audience,
    /// But not whoever did it.
    pub except: Option<UserId>,
    /// In a few words.
    pub title: String,
    /// What it means.
    pub body: String,
    /// Where staff do something about it: a path of ours.
    pub desk_href: String,
    /// Where portal users do something about it.
    pub portal_href: String,
}

impl Services {
    /// Tells people, each as they wish, in the transaction of what it tells of.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub(crate) async fn tell(&self, conn: &mut db::Connection, told: &Notice) -> ServiceResult<()> {
        let now = self.clock.now();
        let mail_at = self.mail_at();
        let recipients = notice::recipients(conn, Some(told.client), told.kind).await?;
        let concerned: Vec<(&Recipient, Channels)> = recipients
            .iter()
            .filter(|one| told.except != Some(one.user) && told.audience.holds(one))
            .filter_map(|one| Some((one, channels(told.kind, one)?)))
            .collect();
        let rows: Vec<NewNotice<'_>> = concerned
            .iter()
            .map(|(one, channels)| NewNotice {
                user: one.user,
                client: Some(told.client),
                post: told.post,
                kind: told.kind,
                title: &told.title,
                body: &told.body,
                href: if one.role.is_staff() {
                    &told.desk_href
                } else {
                    &told.portal_href
                },
                in_app: channels.in_app,
                mail_at: channels.by_mail.then_some(mail_at),
            })
            .collect();
        notice::append(conn, &rows, now).await?;
        if told.kind == NoticeKind::Failure {
            let by_mail: Vec<&str> = concerned
                .iter()
                .filter(|(_, channels)| channels.by_mail)
                .map(|(one, _)| one.email.as_str())
                .collect();
            self.tell_contact(conn, told, &by_mail).await?;
        }
        Ok(())
    }

    /// Tells the second recipient of failures: the client's, or else the agency's. Nobody gets it twice.
    async fn tell_contact(
        &self,
        conn: &mut db::Connection,
        told: &Notice,
        told_already: &[&str],
    ) -> ServiceResult<()> {
        let of_client = client::find(conn, told.client).await?;
        let contact = match of_client.and_then(|client| client.failure_email) {
            Some(contact) => Some(contact),
            None => agency::settings(conn).await?.failure_email,
        };
        let Some(contact) = contact else {
            return Ok(());
        };
        if told_already
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&contact))
        {
            return Ok(());
        }
        let text = (told.title.as_str(), told.body.as_str());
        let (now, mail_at) = (self.clock.now(), self.mail_at());
        Ok(contact_notice::insert(conn, &contact, told.client, text, now, mail_at).await?)
    }

    /// Tells the owners something about the agency itself.
    pub(crate) async fn tell_owners(
        &self,
        conn: &mut db::Connection,
        title: &str,
        body: &str,
        href: &str,
    ) -> ServiceResult<()> {
        let kind = NoticeKind::Agency;
        let recipients = notice::recipients(conn, None, kind).await?;
        let rows: Vec<NewNotice<'_>> = recipients
            .iter()
            .filter_map(|one| {
                let channels = channels(kind, one)?;
                Some(NewNotice {
                    user: one.user,
                    client: None,
                    post: None,
                    kind,
                    title,
                    body,
                    href,
                    in_app: channels.in_app,
                    mail_at: channels.by_mail.then(|| self.mail_at()),
                })
            })
            .collect();
        Ok(notice::append(conn, &rows, self.clock.now()).await?)
    }

    /// When what is told now is mailed: others may come by then.
    fn mail_at(&self) -> DateTime<Utc> {
        self.clock.now() + Duration::seconds(self.settings.digest_seconds.into())
    }
}

impl Audience {
    fn holds(&self, one: &Recipient) -> bool {
        match self {
            Self::Staff => one.role.is_staff(),
            Self::InternalApprovers => one.role.may(domain::Permission::ApproveInternally),
            Self::ClientApprovers => one.role == Role::ClientApprover,
            Self::Portal => !one.role.is_staff(),
            Self::Everybody => true,
            Self::Only(users) => users.contains(&one.user),
        }
    }
}

/// How a person is told; `None` when not at all.
fn channels(kind: NoticeKind, one: &Recipient) -> Option<Channels> {
    let default = kind.default_for(one.role)?;
    let channels = one
        .wish
        .map_or(default, |(in_app, by_mail)| Channels { in_app, by_mail });
    (channels.in_app || channels.by_mail).then_some(channels)
}
