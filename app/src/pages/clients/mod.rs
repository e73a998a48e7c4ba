//! The agency's clients: `/clients`, `/clients/new` and `/clients/{client}/settings`.

mod approval_rules;
mod feed;
mod list;
mod new;
mod settings;

pub use list::ClientsPage;
pub use new::NewClientPage;
pub use settings::ClientSettingsPage;
