//! Pausing and resuming: everything, one client, one account. A pause keeps what has not left; what has
//! left is followed to its end.

use chrono::{DateTime, Utc};
use db::delivery_queue::Hold;
use db::models::event::{self, NewEvent};
use db::models::{account, agency, client, delivery, user};
use db::{AsyncConnection, Connection, DbError, delivery_queue};
use domain::audit::AuditAction;
use domain::history::Tone;
use domain::{AccountId, ClientId, Permission, UserId};
use serde_json::json;

use crate::audit::{self, By, Entry};
use crate::{Actor, ServiceResult, Services};

/// What is paused or resumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PauseScope {
    /// All publishing of this installation.
    Everything,
    /// One client.
    Client(ClientId),
    /// One account of a client.
    Account(ClientId, AccountId),
}

/// A pause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Since when.
    pub since: DateTime<Utc>,
    /// The name of whoever paused it; `None` where nobody knows any more.
    pub by: Option<String>,
    /// How many deliveries are due in its reach and kept by a pause.
    pub held: i64,
}

/// What is paused, as far as one client is concerned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pauses {
    /// Whether everything is.
    pub everything: Option<Pause>,
    /// Whether the client is.
    pub client: Option<Pause>,
    /// The accounts that are.
    pub accounts: Vec<(AccountId, Pause)>,
}

impl Pauses {
    /// The widest pause that keeps what goes to an account, and its reach.
    #[must_use]
    pub fn of(&self, client: ClientId, account: AccountId) -> Option<(PauseScope, &Pause)> {
        let everything = self.everything.as_ref();
        let of_client = self.client.as_ref();
        let of_account = self.accounts.iter().find(|(id, _)| *id == account);
        everything
            .map(|pause| (PauseScope::Everything, pause))
            .or_else(|| of_client.map(|pause| (PauseScope::Client(client), pause)))
            .or_else(|| of_account.map(|(id, pause)| (PauseScope::Account(client, *id), pause)))
    }
}

impl Services {
    /// Pauses or resumes. Doing what is done already changes nothing and is no error.
    ///
    /// # Errors
    /// When the client or account is not this person's to see, or the database cannot be reached.
    pub async fn set_paused(
        &self,
        actor: &Actor,
        scope: PauseScope,
        paused: bool,
    ) -> ServiceResult<()> {
        match scope {
            PauseScope::Everything => actor.require(Permission::PauseEverything)?,
            PauseScope::Client(id) => {
                self.client_row(actor, Permission::PauseClient, id).await?;
            }
            PauseScope::Account(client, id) => {
                actor.require_for(Permission::PauseClient, client)?;
                self.account(actor, client, id).await?;
            }
        }
        let now = self.clock.now();
        let pause = paused.then_some((now, actor.user_id));
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let changed = match scope {
                PauseScope::Everything => agency::set_paused(conn, pause).await?,
                PauseScope::Client(id) => client::set_paused(conn, id, pause).await?,
                PauseScope::Account(_, id) => account::set_paused(conn, id, pause).await?,
            };
            if !changed {
                return Ok(());
            }
            let told = |client, account| told(actor, client, account, scope, paused, now);
            let events: Vec<NewEvent> = match scope {
                PauseScope::Everything => client::all(conn)
                    .await?
                    .into_iter()
                    .map(|client| told(client.id, None))
                    .collect(),
                PauseScope::Client(id) => vec![told(id, None)],
                PauseScope::Account(client, id) => vec![told(client, Some(id))],
            };
            event::append(conn, &events).await?;
            audit::write(conn, By::User(actor), now, &[entry(scope, paused)]).await?;
            if !paused {
                release(conn, Some(actor), now).await?;
            }
            Ok::<_, DbError>(())
        })
        .await?;
        Ok(())
    }

    /// What is paused: for a client, or without one for everybody.
    ///
    /// # Errors
    /// When the client is not this person's to see, or the database cannot be reached.
    pub async fn pauses(&self, actor: &Actor, id: Option<ClientId>) -> ServiceResult<Pauses> {
        let client = match id {
            Some(id) => Some(self.client_row(actor, Permission::SeeDesk, id).await?),
            None => {
                actor.require(Permission::SeeDesk)?;
                None
            }
        };
        let mut conn = self.conn().await?;
        let everything = agency::paused(&mut conn).await?;
        let of_client =
            client.and_then(|client| Some((client.paused_at?, client.paused_by.map(UserId::from))));
        let accounts: Vec<_> = match id {
            Some(id) => account::linked(&mut conn, id)
                .await?
                .into_iter()
                .filter_map(|account| {
                    let by = account.paused_by.map(UserId::from);
                    Some((account.id, (account.paused_at?, by)))
                })
                .collect(),
            None => Vec::new(),
        };
        if everything.is_none() && of_client.is_none() && accounts.is_empty() {
            return Ok(Pauses::default());
        }
        let people: Vec<UserId> = [everything, of_client]
            .into_iter()
            .flatten()
            .chain(accounts.iter().map(|(_, pause)| *pause))
            .filter_map(|(_, by)| by)
            .collect();
        let names = user::names(&mut conn, &people).await?;
        let held = delivery::count_paused(&mut conn, id).await?;
        let all_held = held.iter().map(|(_, count)| count).sum();
        let pause = |(since, by): (DateTime<Utc>, Option<UserId>), held: i64| Pause {
            since,
            by: by
                .and_then(|by| names.iter().find(|(id, _)| *id == by))
                .map(|(_, name)| name.clone()),
            held,
        };
        let held_on = |id: AccountId| {
            let of_account = held.iter().find(|(account, _)| *account == id);
            of_account.map_or(0, |(_, count)| *count)
        };
        Ok(Pauses {
            everything: everything.map(|of| pause(of, all_held)),
            client: of_client.map(|of| pause(of, all_held)),
            accounts: accounts
                .into_iter()
                .map(|(id, of)| (id, pause(of, held_on(id))))
                .collect(),
        })
    }
}

/// Lets go of whatever nothing keeps any longer, and tells each delivery's history.
pub(crate) async fn release(
    conn: &mut Connection,
    by: Option<&Actor>,
    now: DateTime<Utc>,
) -> Result<usize, DbError> {
    let released = delivery_queue::release_holds(conn, now).await?;
    let events: Vec<NewEvent> = released
        .iter()
        .map(|held| NewEvent {
            client: held.client_id,
            account: Some(held.account_id),
            post: Some(held.post_id),
            delivery: Some(held.id),
            attempt: None,
            at: now,
            actor: by.map(|actor| actor.user_id),
            kind: "released",
            tone: Tone::Good,
            title: match held.hold {
                Hold::Paused => "Released: publishing was resumed",
                Hold::Reconnect => "Released: the account is connected again",
            }
            .to_owned(),
            detail: "It goes out now, unless it is too late for its client.".to_owned(),
            platform_words: None,
            duration_ms: None,
        })
        .collect();
    event::append(conn, &events).await?;
    Ok(released.len())
}

/// What the audit keeps of a pause, or of its end.
fn entry(scope: PauseScope, paused: bool) -> Entry {
    let (action, state) = if paused {
        (AuditAction::Paused, "paused")
    } else {
        (AuditAction::Resumed, "running")
    };
    let entry = Entry::of(action).after(json!({ "publishing": state }));
    match scope {
        PauseScope::Everything => entry,
        PauseScope::Client(id) => entry.at(id).on("client", id),
        PauseScope::Account(client, id) => entry.at(client).on("account", id),
    }
}

fn told(
    actor: &Actor,
    client: ClientId,
    account: Option<AccountId>,
    scope: PauseScope,
    paused: bool,
    now: DateTime<Utc>,
) -> NewEvent {
    let what = match scope {
        PauseScope::Everything => "all publishing",
        PauseScope::Client(_) => "publishing for this client",
        PauseScope::Account(..) => "publishing on this account",
    };
    NewEvent {
        client,
        account,
        post: None,
        delivery: None,
        attempt: None,
        at: now,
        actor: Some(actor.user_id),
        kind: if paused { "paused" } else { "resumed" },
        tone: Tone::Neutral,
        title: format!("{} {what}", if paused { "Paused" } else { "Resumed" }),
        detail: if paused {
            "What is due waits; what has left already is followed to its end."
        } else {
            "What waited goes out now, unless it is too late for its client."
        }
        .to_owned(),
        platform_words: None,
        duration_ms: None,
    }
}
