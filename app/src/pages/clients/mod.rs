//! The agency's clients: `/clients` and `/clients/new`.

mod list;
mod new;

pub use list::ClientsPage;
pub use new::NewClientPage;
