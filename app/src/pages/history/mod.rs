//! What happened: `/clients/{client}/history`, and each delivery below it.

mod activity;
mod attempt;
mod delivery;
mod list;
mod side;

pub use activity::ActivityPage;
pub use delivery::DeliveryPage;
pub use list::HistoryPage;
