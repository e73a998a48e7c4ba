//! Linking, showing and purging accounts.

mod connect;
mod disconnect;
mod news;

use connectors::ErrorKind;
use db::models::account;
use domain::account::AccountFacts;
use domain::{AccountId, ClientId, Permission};

use crate::tokens::AccountRef;
use crate::{Actor, ServiceError, ServiceResult, Services};

pub(crate) use connect::{Browser, Connecting, at, nowhere, stale};
pub use connect::{ConnectFailure, Connected, ConsentReply};
pub use db::models::account::{Account, AccountHealth};
pub use disconnect::{DisconnectPlan, DisconnectReceipt};
pub(crate) use news::about_account;

impl Services {
    /// The linked accounts of a client with their health.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn accounts(
        &self,
        actor: &Actor,
        client: ClientId,
    ) -> ServiceResult<Vec<AccountHealth>> {
        let client = self.client_row(actor, Permission::SeeDesk, client).await?;
        Ok(account::health(&mut *self.conn().await?, client.id).await?)
    }

    /// One account of a client.
    ///
    /// # Errors
    /// When there is none with this id, or it is not this person's to see.
    pub async fn account(
        &self,
        actor: &Actor,
        client: ClientId,
        id: AccountId,
    ) -> ServiceResult<Account> {
        actor.require_for(Permission::SeeDesk, client)?;
        self.linked_account(client, id).await
    }

    /// One account, for a use case that has checked who asks.
    pub(crate) async fn linked_account(
        &self,
        client: ClientId,
        id: AccountId,
    ) -> ServiceResult<Account> {
        let found = account::find(&mut *self.conn().await?, client, id).await?;
        found.ok_or(ServiceError::NotFound("account"))
    }

    /// What the account allows at this moment, asked of the platform.
    ///
    /// # Errors
    /// As the platform answers; a refusal marks the account.
    pub async fn account_facts(
        &self,
        actor: &Actor,
        client: ClientId,
        id: AccountId,
    ) -> ServiceResult<AccountFacts> {
        let account = self.account(actor, client, id).await?;
        self.ask_account_facts(AccountRef {
            id,
            client,
            platform: account.platform,
        })
        .await
    }

    pub(crate) async fn ask_account_facts(&self, on: AccountRef) -> ServiceResult<AccountFacts> {
        let connector = self.connector(on.platform)?;
        let asked_at = self.clock.now();
        let access = self.access(on, None).await?;
        match connector.account_facts(access.lend()).await {
            Err(error) if error.kind == ErrorKind::RefreshToken => {
                let access = self.access(on, Some(asked_at)).await?;
                Ok(connector.account_facts(access.lend()).await?)
            }
            Err(error) if error.kind == ErrorKind::Reauthorise => {
                self.mark_needs_reconnecting(on, &error).await?;
                Err(error.into())
            }
            other => Ok(other?),
        }
    }
}

/// "@kestrelcoffee", or the nickname where there is no handle, or what is left after a purge.
#[must_use]
pub fn account_name(handle: Option<&str>, nickname: Option<&str>) -> String {
    match (handle, nickname) {
        (Some(handle), _) => format!("@{handle}"),
        (None, Some(nickname)) => nickname.to_owned(),
        (None, None) => "Disconnected account".to_owned(),
    }
}
