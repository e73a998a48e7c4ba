//! What the keys do.

use leptos::prelude::*;

use super::shortcuts::KEYS;
use crate::components::{Dialog, DialogHead};

/// The list of keys.
#[component]
pub(super) fn Help(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open labelled_by="keys-title" narrow=true>
            <div class="dialog-body">
                <DialogHead
                    id="keys-title"
                    title="Keys on the calendar"
                    on_close=Callback::new(move |()| open.set(false))
                />
                <dl class="keys">
                    {KEYS
                        .map(|(key, does)| {
                            view! {
                                <div>
                                    <dt>
                                        <kbd>{key}</kbd>
                                    </dt>
                                    <dd>{does}</dd>
                                </div>
                            }
                        })
                        .collect_view()}
                </dl>
            </div>
        </Dialog>
    }
}
