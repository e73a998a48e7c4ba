//! The server's own judgement of a post, with what the platforms say about its accounts at this moment.

use std::collections::HashMap;

use db::models::account::Account;
use db::models::post::PostAsset;
use domain::account::{AccountFacts, AccountStatus};
use domain::media::Attached;
use domain::post::PlatformOptions;
use domain::rules::{Field, Finding, Severity, judge};
use domain::{AccountId, ClientId};

use crate::accounts::account_name;
use crate::tokens::AccountRef;
use crate::{ServiceError, ServiceResult, Services};

/// A post on one of its accounts: the account, what it says there, and what is chosen for it.
pub(crate) type OnAccount<'a> = (&'a Account, &'a str, &'a PlatformOptions);

impl Services {
    /// Judges a post on each of its accounts by what it says there, and finds all that blocks. What a platform
    /// says about an account is asked once for all posts that are judged together.
    ///
    /// # Errors
    /// All that blocks, with the account's name where there are several; or that a platform gave no answer.
    pub(crate) async fn judge_live(
        &self,
        client: ClientId,
        assets: &[PostAsset],
        goes_to: &[OnAccount<'_>],
        known: &mut HashMap<AccountId, AccountFacts>,
    ) -> ServiceResult<()> {
        let [(account, caption, options)] = goes_to else {
            return self.judge_several(client, assets, goes_to, known).await;
        };
        let found = self
            .blocking(client, assets, (account, caption, options), known)
            .await?;
        refuse(found)
    }

    async fn judge_several(
        &self,
        client: ClientId,
        assets: &[PostAsset],
        goes_to: &[OnAccount<'_>],
        known: &mut HashMap<AccountId, AccountFacts>,
    ) -> ServiceResult<()> {
        if goes_to.is_empty() {
            let finding = Finding::error(Field::Accounts, "Choose the account that this goes to.");
            return Err(ServiceError::Findings(vec![finding]));
        }
        let mut all = Vec::new();
        for on in goes_to {
            let found = match self.blocking(client, assets, *on, known).await {
                Ok(found) => found,
                Err(error @ ServiceError::Platform(_)) => {
                    vec![Finding::error(Field::Accounts, error.to_string())]
                }
                Err(error) => return Err(error),
            };
            let name = name_of(on.0);
            all.extend(found.into_iter().map(|mut finding| {
                finding.sentence = format!("{name}: {}", finding.sentence);
                finding
            }));
        }
        refuse(all)
    }

    /// What keeps a post from going out on one account.
    async fn blocking(
        &self,
        client: ClientId,
        assets: &[PostAsset],
        (account, caption, options): OnAccount<'_>,
        known: &mut HashMap<AccountId, AccountFacts>,
    ) -> ServiceResult<Vec<Finding>> {
        if account.status == AccountStatus::NeedsReconnecting {
            return Ok(vec![Finding::error(
                Field::Accounts,
                "This account needs reconnecting before it can post.",
            )]);
        }
        let says = match known.get(&account.id) {
            Some(says) => says.clone(),
            None => {
                let on = AccountRef {
                    id: account.id,
                    client,
                    platform: account.platform,
                };
                let says = self.ask_account_facts(on).await?;
                known.insert(account.id, says.clone());
                says
            }
        };
        let facts: Vec<_> = assets.iter().map(|file| file.asset.facts()).collect();
        let attached: Vec<_> = facts
            .iter()
            .zip(assets)
            .map(|(facts, file)| Attached {
                facts,
                alt: &file.alt,
            })
            .collect();
        let mut findings = judge(caption, &attached, options, Some(&says));
        findings.retain(|finding| finding.severity == Severity::Error);
        Ok(findings)
    }
}

fn refuse(findings: Vec<Finding>) -> ServiceResult<()> {
    if findings.is_empty() {
        Ok(())
    } else {
        Err(ServiceError::Findings(findings))
    }
}

/// "@kestrelcoffee on TikTok".
fn name_of(account: &Account) -> String {
    let name = account_name(account.handle.as_deref(), account.nickname.as_deref());
    format!("{name} on {}", account.platform)
}
