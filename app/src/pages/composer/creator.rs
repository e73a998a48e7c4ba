//! What its platform says about the chosen account now: asked when the composer opens and when another
//! account is chosen, never taken from an earlier time.

use std::time::Duration;

use domain::account::AccountFacts;
use domain::{AccountId, ClientId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::ApiError;
use crate::api::accounts::{AccountRow, account_facts};
use crate::state::draft::{Draft, is_usable};

/// Where the question stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    /// No account is chosen, or one that cannot be asked about.
    Nobody,
    /// The answer is awaited.
    Asking,
    /// The answer.
    Known(AccountFacts),
    /// There was none.
    Refused(ApiError),
}

/// The question about the chosen account.
#[derive(Clone, Copy)]
pub(super) struct Creator {
    client: ClientId,
    account: RwSignal<Option<AccountId>>,
    usable: StoredValue<Vec<AccountId>>,
    round: StoredValue<u32>,
    /// Where it stands.
    pub(super) asked: RwSignal<Asked>,
    /// How many minutes old the answer is.
    pub(super) age_minutes: RwSignal<u32>,
}

impl Creator {
    pub(super) fn new(client: ClientId, draft: Draft, accounts: &[AccountRow]) -> Self {
        let usable: Vec<AccountId> = accounts
            .iter()
            .filter(|account| is_usable(account))
            .map(|account| account.id)
            .collect();
        let chosen = draft.account.get_untracked();
        let asked = if chosen.is_some_and(|chosen| usable.contains(&chosen)) {
            Asked::Asking
        } else {
            Asked::Nobody
        };
        Self {
            client,
            account: draft.account,
            usable: StoredValue::new(usable),
            round: StoredValue::new(0),
            asked: RwSignal::new(asked),
            age_minutes: RwSignal::new(0),
        }
    }

    /// Asks now and whenever another account is chosen. Only in the browser.
    pub(super) fn follow(self) {
        Effect::new(move |_| {
            self.account.track();
            self.ask();
        });
        Effect::new(move |_| {
            let minute = Duration::from_secs(60);
            let older = move || self.age_minutes.update(|minutes| *minutes += 1);
            if let Ok(handle) = set_interval_with_handle(older, minute) {
                on_cleanup(move || handle.clear());
            }
        });
    }

    /// Asks.
    pub(super) fn ask(self) {
        let round = self.round.get_value() + 1;
        self.round.set_value(round);
        let chosen = self
            .account
            .get_untracked()
            .filter(|chosen| self.usable.with_value(|usable| usable.contains(chosen)));
        let Some(account) = chosen else {
            self.asked.set(Asked::Nobody);
            return;
        };
        self.asked.set(Asked::Asking);
        spawn_local(async move {
            let answer = account_facts(self.client, account).await;
            // Another account may have been chosen meanwhile, or the page left.
            if self.round.try_get_value() != Some(round) {
                return;
            }
            self.age_minutes.set(0);
            self.asked.set(match answer {
                Ok(facts) => Asked::Known(facts),
                Err(error) => Asked::Refused(error),
            });
        });
    }
}
