//! One mail for all that came within a short while: to a person, or to a contact who is no user.
//!
//! What is gathered and the mail that tells it change in one transaction. Of several servers that gather
//! at once, one gets the rows, and the others find nothing left to tell.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use db::AsyncConnection;
use db::models::agency::{self, AgencySettings};
use db::models::client::Client;
use db::models::notice::{self, ToMail, WaitingPost};
use db::models::user::User;
use db::models::{client, contact_notice, post, user};
use domain::approval::ReviewStage;
use domain::link::{LinkPurpose, LinkScope};
use domain::notice::NoticeKind;
use domain::time::{local, local_label, zone, zone_place};
use domain::{AssetId, ClientId, PostId, UserId};
use url::Url;

use super::words::{first_line, several, waiting};
use crate::letter::{Letter, LetterItem};
use crate::links::LinkOrder;
use crate::outbox::{Mail, preferences};
use crate::{ServiceError, ServiceResult, Services};

/// How long the link in a mail to a client opens the portal.
const LINK: Duration = Duration::days(30);
/// How many mails are written in one round.
const AT_A_TIME: i64 = 100;
/// More things than this are counted, not listed.
const LISTED: usize = 30;

impl Services {
    /// Writes the mails that are due. Safe to run on any number of servers. Returns how many were written.
    ///
    /// # Errors
    /// When the database cannot be reached; what was not written is taken up again.
    pub async fn gather_mail(&self) -> ServiceResult<usize> {
        let now = self.clock.now();
        let mut count = 0;
        let mut conn = self.conn().await?;
        // What cannot be told to one does not keep it from the others.
        let failed = |error: &ServiceError| {
            tracing::error!(%error, cause = error.source_text(), "a mail could not be gathered");
        };
        for user in notice::mail_due(&mut conn, now, AT_A_TIME).await? {
            let written = conn.transaction(async |conn| self.gather_for(conn, user).await);
            count += usize::from(written.await.inspect_err(failed).unwrap_or_default());
        }
        for contact in contact_notice::due(&mut conn, now, AT_A_TIME).await? {
            let written =
                conn.transaction(async |conn| self.gather_for_contact(conn, &contact).await);
            count += usize::from(written.await.inspect_err(failed).unwrap_or_default());
        }
        Ok(count)
    }

    async fn gather_for(&self, conn: &mut db::Connection, id: UserId) -> ServiceResult<bool> {
        let taken = notice::take_for_mail(conn, id).await?;
        let Some(last) = taken.last().map(|notice| notice.id) else {
            return Ok(false);
        };
        let Some(person) = user::find(conn, id).await? else {
            return Ok(false);
        };
        if person.disabled_at.is_some() {
            return Ok(false);
        }
        let frame = Frame::load(conn).await?;
        let listed = user::clients_of(conn, id).await?;
        // Whoever was taken off a client in the meantime hears no more of it.
        let sees = |notice: &ToMail| {
            let client = notice.client;
            person.all_clients || client.is_none_or(|client| listed.contains(&client))
        };
        let (asked, told): (Vec<ToMail>, Vec<ToMail>) = taken
            .into_iter()
            .filter(sees)
            .partition(|notice| notice.kind == NoticeKind::WaitingApproval);
        let told: Vec<ToMail> = told.into_iter().filter(|notice| !notice.was_read).collect();
        let posts: Vec<PostId> = asked.iter().filter_map(|notice| notice.post).collect();
        let stage = if person.role.is_staff() {
            ReviewStage::Internal
        } else {
            ReviewStage::Client
        };
        // What was decided or taken back in the meantime is not asked for.
        let posts = notice::still_waiting(conn, &posts, stage, id).await?;
        if posts.is_empty() && told.is_empty() {
            return Ok(false);
        }
        let dedupe_key = format!("notices/{id}/{last}");
        let mut letter = self
            .gathered_letter(conn, &frame, &person, &posts, &told)
            .await?;
        letter.button = Some(
            self.gathered_button(conn, &frame, &person, &posts, &told)
                .await?,
        );
        let mut body = letter.body();
        body.preferences = preferences(&self.settings.public_url, person.role.is_staff());
        let mail = Mail {
            kind: "notices",
            client: frame.only_client(&posts, &told).map(|client| client.id),
            to: person.email,
            subject: letter.heading,
            body,
            dedupe_key: Some(dedupe_key),
        };
        self.queue_mail(conn, &mail).await
    }

    /// The mail without its button.
    async fn gathered_letter(
        &self,
        conn: &mut db::Connection,
        frame: &Frame,
        person: &User,
        posts: &[WaitingPost],
        told: &[ToMail],
    ) -> ServiceResult<Letter> {
        let is_staff = person.role.is_staff();
        let only = frame.only_client(posts, told);
        // A portal user of one client does not have to be told its name on every line.
        let named = is_staff || only.is_none();
        let pictures = self.pictures_of_posts(conn, posts).await?;
        let mut items: Vec<LetterItem> = posts
            .iter()
            .map(|post| {
                let when = frame.at(post.client, post.due_at);
                LetterItem {
                    picture: pictures.get(&post.id).copied(),
                    title: first_line(&post.caption),
                    detail: frame.detail(Some(post.client).filter(|_| named), &when),
                }
            })
            .collect();
        items.extend(told.iter().map(|notice| LetterItem {
            picture: None,
            title: notice.title.clone(),
            detail: frame.detail(notice.client.filter(|_| named), &notice.body),
        }));
        let more = items.len().saturating_sub(LISTED);
        items.truncate(LISTED);
        let mut paragraphs = vec![format!("Hello {},", person.name)];
        if let Some(first) = posts.iter().min_by_key(|post| post.deadline) {
            paragraphs.push(format!(
                "The first decision is wanted by {}.",
                frame.at(first.client, first.deadline)
            ));
        }
        if more > 0 {
            paragraphs.push(format!(
                "The first {LISTED} of them are listed here; {more} more follow in AutoPost."
            ));
        }
        let mut small = Vec::new();
        if !is_staff {
            small.push(format!(
                "The button is for {} alone, and opens for 30 days. Looking at it decides nothing.",
                person.email
            ));
        }
        small.push(
            "You get this because of what you chose to be told. You can change that in AutoPost."
                .to_owned(),
        );
        Ok(Letter {
            from: frame.agency.name.clone(),
            color: only
                .filter(|_| !is_staff)
                .and_then(|client| client.brand_color.clone())
                .or_else(|| frame.agency.brand_color.clone()),
            heading: heading(posts, told),
            paragraphs,
            items,
            button: None,
            small,
        })
    }

    /// The one thing to do. To the portal it is a link that opens it; staff sign in.
    async fn gathered_button(
        &self,
        conn: &mut db::Connection,
        frame: &Frame,
        person: &User,
        posts: &[WaitingPost],
        told: &[ToMail],
    ) -> ServiceResult<(String, Url)> {
        let words = match posts.len() {
            0 => "Open AutoPost".to_owned(),
            1 => "Review it".to_owned(),
            count => format!("Review {count} posts"),
        };
        let path = if person.role.is_staff() {
            match (posts, told) {
                ([], [only]) => only.href.trim_start_matches('/').to_owned(),
                ([], _) => "notices".to_owned(),
                _ => "approvals".to_owned(),
            }
        } else {
            let mut scope: Vec<PostId> = posts.iter().map(|post| post.id).collect();
            if scope.is_empty() {
                scope.extend(told.iter().filter_map(|notice| notice.post));
            }
            scope.dedup();
            let order = LinkOrder {
                purpose: LinkPurpose::Portal,
                client: frame.only_client(posts, told).map(|client| client.id),
                user: Some(person.id),
                email: Some(&person.email),
                scope: LinkScope::Portal { posts: scope },
                by: None,
                lasts: LINK,
            };
            let (_, token) = self.make_link(conn, order).await?;
            format!("tap/{}", token.expose())
        };
        let address = self
            .settings
            .public_url
            .join(&path)
            .map_err(ServiceError::internal)?;
        Ok((words, address))
    }

    /// The first picture of each post whose file is still kept.
    async fn pictures_of_posts(
        &self,
        conn: &mut db::Connection,
        posts: &[WaitingPost],
    ) -> ServiceResult<HashMap<PostId, AssetId>> {
        let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
        let mut pictures = HashMap::new();
        for (post, file) in post::assets_of(conn, &ids).await? {
            if file.asset.deleted_at.is_none() {
                pictures.entry(post).or_insert(file.asset.id);
            }
        }
        Ok(pictures)
    }

    /// A contact has no user: the mail opens nothing.
    async fn gather_for_contact(
        &self,
        conn: &mut db::Connection,
        contact: &str,
    ) -> ServiceResult<bool> {
        let taken = contact_notice::take(conn, contact).await?;
        let Some(last) = taken.last().map(|notice| notice.id) else {
            return Ok(false);
        };
        let frame = Frame::load(conn).await?;
        let heading = match taken.as_slice() {
            [only] => only.title.clone(),
            several_ones => several(&vec![NoticeKind::Failure; several_ones.len()]),
        };
        let items = taken.iter().take(LISTED).map(|notice| LetterItem {
            picture: None,
            title: notice.title.clone(),
            detail: frame.detail(Some(notice.client), &notice.body),
        });
        let letter = Letter {
            from: frame.agency.name.clone(),
            color: frame.agency.brand_color.clone(),
            heading,
            paragraphs: vec!["The team was told as well.".to_owned()],
            items: items.collect(),
            button: None,
            small: vec![
                "You get this because this address is set as a contact for failures. The agency can change that."
                    .to_owned(),
            ],
        };
        let mail = Mail {
            kind: "failures",
            client: taken
                .iter()
                .all(|one| one.client == taken[0].client)
                .then(|| taken[0].client),
            to: contact.to_owned(),
            subject: letter.heading.clone(),
            body: letter.body(),
            dedupe_key: Some(format!("failures/{contact}/{last}")),
        };
        self.queue_mail(conn, &mail).await
    }
}

fn heading(posts: &[WaitingPost], told: &[ToMail]) -> String {
    match (posts, told) {
        ([], [only]) => only.title.clone(),
        ([], _) => several(&told.iter().map(|notice| notice.kind).collect::<Vec<_>>()),
        _ => waiting(posts.len()),
    }
}

/// What mails need to know besides: the agency, and the clients with their zones.
struct Frame {
    agency: AgencySettings,
    clients: HashMap<ClientId, (Client, Tz)>,
}

impl Frame {
    async fn load(conn: &mut db::Connection) -> ServiceResult<Self> {
        let clients = client::all(conn).await?;
        Ok(Self {
            agency: agency::settings(conn).await?,
            clients: clients
                .into_iter()
                .map(|client| {
                    let zone = zone(&client.time_zone).unwrap_or(Tz::UTC);
                    (client.id, (client, zone))
                })
                .collect(),
        })
    }

    /// The client that all of it is about, if it is one.
    fn only_client(&self, posts: &[WaitingPost], told: &[ToMail]) -> Option<&Client> {
        let mut ids = posts
            .iter()
            .map(|post| Some(post.client))
            .chain(told.iter().map(|notice| notice.client));
        let first = ids.next()??;
        ids.all(|id| id == Some(first))
            .then(|| self.clients.get(&first).map(|(client, _)| client))
            .flatten()
    }

    /// "Fri 16 Oct, 09:00 London": on the client's wall.
    fn at(&self, client: ClientId, instant: DateTime<Utc>) -> String {
        let zone = self.clients.get(&client).map_or(Tz::UTC, |(_, zone)| *zone);
        format!("{} {}", local_label(local(instant, zone)), zone_place(zone))
    }

    /// "Kestrel Coffee · The account was disconnected."
    fn detail(&self, client: Option<ClientId>, text: &str) -> String {
        match client.and_then(|id| self.clients.get(&id)) {
            Some((client, _)) => format!("{} · {text}", client.name),
            None => text.to_owned(),
        }
    }
}
