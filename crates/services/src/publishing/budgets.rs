//! Spends a platform's limits before a step does, so that a burst is spread instead of refused.

use chrono::{DateTime, Duration, Utc};
use connectors::{Budget, BudgetScope, Cost};
use db::DbResult;
use db::models::budget::{self, Take};
use domain::{AccountId, Platform};

use super::content::Loaded;
use crate::{ServiceResult, Services};

/// A budget that is used up, and when one of it will be free.
pub(super) type UsedUp = (&'static Budget, DateTime<Utc>);

/// What came of spending for the first call of a delivery.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Spent {
    /// Nothing has been spent.
    #[default]
    NotYet,
    /// There was enough of everything.
    Enough,
    /// There was not.
    UsedUp(UsedUp),
}

/// The name under which all processes count a budget.
pub(crate) fn key(platform: Platform, account: AccountId, budget: &Budget) -> String {
    match budget.scope {
        BudgetScope::Account => format!("{}/{}/{account}", platform.as_str(), budget.name),
        BudgetScope::App => format!("{}/{}", platform.as_str(), budget.name),
    }
}

/// What is taken out of a budget.
fn take(platform: Platform, account: AccountId, budget: &Budget) -> Take {
    Take {
        key: key(platform, account, budget),
        limit: budget.limit,
        window: Duration::from_std(budget.window).unwrap_or(Duration::days(1)),
    }
}

impl Services {
    /// Spends what the first call about each of these takes: what is due in the same minute costs two queries,
    /// not one each.
    pub(super) async fn spend_for_first_calls(
        &self,
        conn: &mut db::Connection,
        loaded: &mut [Loaded],
    ) -> DbResult<()> {
        let mut of = Vec::new();
        let mut takes = Vec::new();
        for (place, loaded) in loaded.iter_mut().enumerate() {
            let platform = loaded.account.platform;
            // Without a connector it is stopped before anything is spent.
            let (true, Ok(connector)) = (loaded.begins(), self.connector(platform)) else {
                continue;
            };
            loaded.spent = Spent::Enough;
            let files = loaded.files.len();
            for Cost { budget } in connector.costs(&loaded.delivery.options, files, None) {
                of.push((place, budget));
                takes.push(take(platform, loaded.account.id, budget));
            }
        }
        let answers = budget::take_all(conn, &takes, self.clock.now()).await?;
        for ((place, budget), free_at) in of.into_iter().zip(answers) {
            if let (Some(free_at), Some(loaded)) = (free_at, loaded.get_mut(place)) {
                loaded.spent = Spent::UsedUp((budget, free_at));
            }
        }
        Ok(())
    }

    /// Spends all of these, or says which one is used up and when it is free again. What was spent
    /// before that one was reached stays spent: the count errs on the side of caution.
    pub(super) async fn spend(
        &self,
        platform: Platform,
        account: AccountId,
        costs: &[Cost],
    ) -> ServiceResult<Option<UsedUp>> {
        if costs.is_empty() {
            return Ok(None);
        }
        let mut conn = self.conn().await?;
        for cost in costs {
            let Take { key, limit, window } = take(platform, account, cost.budget);
            let now = self.clock.now();
            if let Some(free_at) = budget::take(&mut conn, &key, limit, window, now).await? {
                return Ok(Some((cost.budget, free_at)));
            }
        }
        Ok(None)
    }
}
