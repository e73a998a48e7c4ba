//! A client's linked accounts: `/clients/{client}/accounts`, and the page that disconnects one.

mod by_handle;
mod connect;
mod connect_page;
mod disconnect;
mod links;
mod list;
mod receipt;
mod row;
mod slots;

pub(in crate::pages) use by_handle::{Asked, ByAppPassword, HandleInput};
pub(in crate::pages) use receipt::{AlreadyDisconnected, Receipt};
pub(in crate::pages) use row::health;

pub use connect_page::ConnectPage;
pub use disconnect::DisconnectPage;
pub use links::ConnectLinksPage;
pub use list::AccountsPage;

use domain::Platform;

use crate::api::accounts::AccountRow;

/// How an account is called: by its handle, else by its nickname, else by its platform.
pub(in crate::pages) fn called(account: &AccountRow) -> String {
    match (&account.handle, account.nickname.is_empty()) {
        (Some(handle), _) => format!("@{handle}"),
        (None, false) => account.nickname.clone(),
        (None, true) => format!("The {} account", account.platform),
    }
}

/// Where the form goes that begins to connect an account, and where it is asked for what that needs.
fn connect_address(client: domain::ClientId, platform: Platform) -> String {
    format!("/clients/{client}/accounts/connect/{}", platform.as_str())
}

/// Whether something has to be asked for before a platform's own sign-in can be opened.
pub(in crate::pages) const fn asks_first(platform: Platform) -> bool {
    match platform {
        Platform::TikTok => false,
        // The handle says which server to go to.
        Platform::Bluesky => true,
    }
}
