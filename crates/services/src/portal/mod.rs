//! The portal: what a client's own people see and do. Its use cases are its own, so that nothing of the
//! agency's side can be reached through them: no draft that was never sent, no internal word, no other client.

mod let_in;
mod tap;

pub use let_in::{LetInAnswer, LetInQuestion, OpenQuestion};
pub use tap::{Tap, TapVisit};
