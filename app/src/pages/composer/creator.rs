//! What its platform says about an account now: asked when the composer opens with it and when it is
//! chosen, never taken from an earlier time.

use std::time::Duration;

use domain::account::AccountFacts;
use domain::{AccountId, ClientId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::ApiError;
use crate::api::accounts::account_facts;
use crate::state::draft::AccountDraft;

/// Where the question stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    /// The account is not chosen, or cannot be asked about.
    Nobody,
    /// The answer is awaited.
    Asking,
    /// The answer.
    Known(AccountFacts),
    /// There was none.
    Refused(ApiError),
}

/// The question about one account.
#[derive(Clone, Copy)]
pub(super) struct Creator {
    client: ClientId,
    account: AccountId,
    chosen: RwSignal<bool>,
    is_usable: bool,
    round: StoredValue<u32>,
    /// Where it stands.
    pub(super) asked: RwSignal<Asked>,
    /// How many minutes old the answer is.
    pub(super) age_minutes: RwSignal<u32>,
}

impl Creator {
    pub(super) fn new(client: ClientId, draft: AccountDraft, is_usable: bool) -> Self {
        let asked = if is_usable && draft.chosen.get_untracked() {
            Asked::Asking
        } else {
            Asked::Nobody
        };
        Self {
            client,
            account: draft.account,
            chosen: draft.chosen,
            is_usable,
            round: StoredValue::new(0),
            asked: RwSignal::new(asked),
            age_minutes: RwSignal::new(0),
        }
    }

    /// Asks now and whenever the account is chosen. Only in the browser.
    pub(super) fn follow(self) {
        Effect::new(move |_| {
            self.chosen.track();
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
        if !self.is_usable || !self.chosen.get_untracked() {
            self.asked.set(Asked::Nobody);
            return;
        }
        self.asked.set(Asked::Asking);
        spawn_local(async move {
            let answer = account_facts(self.client, self.account).await;
            // It may have been asked again meanwhile, or the page left.
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
