//! Pausing and resuming: everything, one client, one account. A pause keeps what has not left; what has
//! left is followed to its end.

use chrono::{DateTime, Utc};
use db::models::event::{self, NewEvent};
use db::models::{account, agency, client};
use db::{AsyncConnection, DbError, delivery_queue};
use domain::history::Tone;
use domain::{AccountId, ClientId};

use crate::{Actor, ServiceError, ServiceResult, Services};

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

/// What is paused, as far as one client is concerned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pauses {
    /// Since when everything is.
    pub everything: Option<DateTime<Utc>>,
    /// Since when the client is.
    pub client: Option<DateTime<Utc>>,
    /// The accounts that are.
    pub accounts: Vec<AccountId>,
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
        actor.require_staff()?;
        match scope {
            PauseScope::Everything => {}
            PauseScope::Client(id) => {
                self.client_row(actor, id).await?;
            }
            PauseScope::Account(client, id) => {
                self.account(actor, client, id).await?;
            }
        }
        let now = self.clock.now();
        let since = paused.then_some(now);
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let changed = match scope {
                PauseScope::Everything => agency::set_paused(conn, since).await?,
                PauseScope::Client(id) => client::set_paused(conn, id, since).await?,
                PauseScope::Account(_, id) => account::set_paused(conn, id, since).await?,
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
            if !paused {
                delivery_queue::release_holds(conn, now).await?;
            }
            Ok::<_, DbError>(())
        })
        .await?;
        Ok(())
    }

    /// What is paused for a client.
    ///
    /// # Errors
    /// When the client is not this person's to see, or the database cannot be reached.
    pub async fn pauses(&self, actor: &Actor, id: ClientId) -> ServiceResult<Pauses> {
        let row = self.client_row(actor, id).await?;
        let mut conn = self.conn().await?;
        Ok(Pauses {
            everything: agency::paused_at(&mut conn).await?,
            client: row.paused_at,
            accounts: account::linked(&mut conn, id)
                .await?
                .into_iter()
                .filter(|account| account.paused_at.is_some())
                .map(|account| account.id)
                .collect(),
        })
    }

    /// Sets how long after its minute a post of this client is still sent.
    ///
    /// # Errors
    /// When it is less than a minute or more than a week.
    pub async fn set_lateness(
        &self,
        actor: &Actor,
        id: ClientId,
        minutes: i32,
    ) -> ServiceResult<()> {
        self.client_row(actor, id).await?;
        if !(1..=7 * 24 * 60).contains(&minutes) {
            return Err(ServiceError::Invalid(
                "Choose between one minute and seven days.".to_owned(),
            ));
        }
        Ok(client::set_lateness(&mut *self.conn().await?, id, minutes).await?)
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
