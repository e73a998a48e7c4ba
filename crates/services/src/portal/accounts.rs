//! A client's accounts, as its own people see them. Connecting and disconnecting are the same as anywhere.

use db::models::account::{self, Account, AccountHealth};
use domain::{AccountId, ClientId, Permission};

use crate::{Actor, ServiceError, ServiceResult, Services};

impl Services {
    /// The linked accounts of a client with their health, for its own people.
    ///
    /// # Errors
    /// For anybody else.
    pub async fn portal_accounts(
        &self,
        actor: &Actor,
        client: ClientId,
    ) -> ServiceResult<Vec<AccountHealth>> {
        actor.require_for(Permission::SeePortal, client)?;
        Ok(account::health(&mut *self.conn().await?, client).await?)
    }

    /// One account of a client, for its own people.
    ///
    /// # Errors
    /// When there is none with this id, or for anybody else.
    pub async fn portal_account(
        &self,
        actor: &Actor,
        client: ClientId,
        id: AccountId,
    ) -> ServiceResult<Account> {
        actor.require_for(Permission::SeePortal, client)?;
        let found = account::find(&mut *self.conn().await?, client, id).await?;
        found.ok_or(ServiceError::NotFound("account"))
    }
}
