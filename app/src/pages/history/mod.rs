//! What happened: `/clients/{client}/history`, and each delivery below it.

mod attempt;
mod delivery;
mod list;
mod side;

pub use delivery::DeliveryPage;
pub use list::HistoryPage;
