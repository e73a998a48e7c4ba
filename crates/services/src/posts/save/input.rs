//! What a person wrote, before it is kept: whether it can be, and what it names.

use db::models::account::{self, Account};
use db::models::asset;
use db::models::post::PostAsset;
use domain::ClientId;
use domain::account::AccountStatus;

use super::PostInput;
use crate::{ServiceError, ServiceResult, Services};

/// More files than any platform takes in one post.
const MOST_FILES: usize = 35;
/// More accounts than anybody writes one post for.
const MOST_ACCOUNTS: usize = 50;
/// The longest description of a file; Bluesky's own app takes as many.
const ALT_CHARACTERS: usize = 2_000;

impl PostInput {
    /// What cannot be stored, or is so long that nobody can have meant it.
    pub(super) fn check(&self) -> ServiceResult<()> {
        let refuse = |sentence: String| Err(ServiceError::Invalid(sentence));
        let cannot_be_kept = |text: &str| text.len() > 400_000 || text.contains('\0');
        let own = self
            .targets
            .iter()
            .filter_map(|target| target.caption.as_deref());
        if cannot_be_kept(&self.caption) || own.into_iter().any(cannot_be_kept) {
            return refuse(
                "The caption is far too long, or holds a character that cannot be stored."
                    .to_owned(),
            );
        }
        if self.assets.len() > MOST_FILES {
            return refuse(format!(
                "A post can hold at most {MOST_FILES} files. Remove some."
            ));
        }
        if self.targets.len() > MOST_ACCOUNTS {
            return refuse(format!(
                "A post can go to at most {MOST_ACCOUNTS} accounts. Remove some."
            ));
        }
        let is_named_twice = self.targets.iter().enumerate().any(|(at, one)| {
            self.targets[..at]
                .iter()
                .any(|other| other.account == one.account)
        });
        if is_named_twice {
            return refuse("An account is chosen twice. Choose it once.".to_owned());
        }
        let is_bad = |alt: &str| alt.chars().count() > ALT_CHARACTERS || cannot_be_kept(alt);
        if self.assets.iter().any(|(_, alt)| is_bad(alt)) {
            return refuse(format!(
                "A description has more than {ALT_CHARACTERS} characters, or one that cannot be stored. Shorten it."
            ));
        }
        Ok(())
    }
}

impl Services {
    pub(in crate::posts) async fn assets_of_input(
        &self,
        client: ClientId,
        input: &PostInput,
    ) -> ServiceResult<Vec<PostAsset>> {
        if input.assets.is_empty() {
            return Ok(Vec::new());
        }
        let mut conn = self.conn().await?;
        let mut assets = Vec::with_capacity(input.assets.len());
        for (id, alt) in &input.assets {
            let found = asset::find(&mut conn, client, *id).await?;
            let asset = found.ok_or(ServiceError::NotFound("file"))?;
            if asset.deleted_at.is_some() {
                return Err(ServiceError::Invalid(format!(
                    "“{}” is no longer kept. Upload it again.",
                    asset.file_name
                )));
            }
            assets.push(PostAsset {
                asset,
                alt: alt.clone(),
            });
        }
        Ok(assets)
    }

    /// The accounts that it goes to, in the order in which they are named.
    pub(super) async fn accounts_of_input(
        &self,
        client: ClientId,
        input: &PostInput,
    ) -> ServiceResult<Vec<Account>> {
        let mut conn = self.conn().await?;
        let mut accounts = Vec::with_capacity(input.targets.len());
        for target in &input.targets {
            let account = account::find(&mut conn, client, target.account)
                .await?
                .filter(|account| account.status != AccountStatus::Disconnected)
                .ok_or(ServiceError::NotFound("account"))?;
            if account.platform != target.options.platform() {
                return Err(ServiceError::Invalid(
                    "These options are for another platform.".to_owned(),
                ));
            }
            accounts.push(account);
        }
        Ok(accounts)
    }
}
