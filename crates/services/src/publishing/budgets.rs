//! Spends a platform's limits before a step does, so that a burst is spread instead of refused.

use chrono::{DateTime, Duration, Utc};
use connectors::{Budget, BudgetScope, Cost};
use db::models::budget;
use domain::{AccountId, Platform};

use crate::{ServiceResult, Services};

/// The name under which all processes count a budget.
pub(crate) fn key(platform: Platform, account: AccountId, budget: &Budget) -> String {
    match budget.scope {
        BudgetScope::Account => format!("{}/{}/{account}", platform.as_str(), budget.name),
        BudgetScope::App => format!("{}/{}", platform.as_str(), budget.name),
    }
}

impl Services {
    /// Spends all of these, or says which one is used up and when it is free again. What was spent
    /// before that one was reached stays spent: the count errs on the side of caution.
    pub(super) async fn spend(
        &self,
        platform: Platform,
        account: AccountId,
        costs: &[Cost],
    ) -> ServiceResult<Option<(&'static Budget, DateTime<Utc>)>> {
        if costs.is_empty() {
            return Ok(None);
        }
        let mut conn = self.conn().await?;
        for cost in costs {
            let key = key(platform, account, cost.budget);
            let window = Duration::from_std(cost.budget.window).unwrap_or(Duration::days(1));
            let now = self.clock.now();
            if let Some(free_at) =
                budget::take(&mut conn, &key, cost.budget.limit, window, now).await?
            {
                return Ok(Some((cost.budget, free_at)));
            }
        }
        Ok(None)
    }
}
