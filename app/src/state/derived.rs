//! What is read out of a resource.

use leptos::prelude::*;

/// What `read` makes of a resource. In the browser whoever listens hears of changes alone, as of a memo.
///
/// On the server it is read anew each time: several threads take part in a page there, and a memo that is asked
/// after its resource has come but before it was told so would answer as if nothing had come, and the page would
/// be sent as it looks while it waits.
pub fn derived<T>(read: impl Fn() -> T + Send + Sync + 'static) -> Signal<T>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    if cfg!(feature = "ssr") {
        Signal::derive(read)
    } else {
        Memo::new(move |_| read()).into()
    }
}
