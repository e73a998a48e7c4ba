//! When posts of the client's accounts usually go out.

use domain::ClientId;
use leptos::prelude::*;

use crate::api::slots::{AccountSlots, AddSlots, RemoveSlot, SlotsData, slots};
use crate::components::{BusyButton, Field, Icon, Notice, PanelSkeleton, Select, Status};
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;

const DAYS: [(&str, &str); 7] = [
    ("Mon", "Monday"),
    ("Tue", "Tuesday"),
    ("Wed", "Wednesday"),
    ("Thu", "Thursday"),
    ("Fri", "Friday"),
    ("Sat", "Saturday"),
    ("Sun", "Sunday"),
];

/// The times of each account, and a form for more.
#[component]
pub(super) fn PostingTimes(client: Signal<Option<ClientId>>) -> impl IntoView {
    let add = ServerAction::<AddSlots>::new();
    let remove = ServerAction::<RemoveSlot>::new();
    let data = resource(
        move || (client.get(), add.version().get(), remove.version().get()),
        |(client, ..)| async move {
            match client {
                Some(client) => Some(slots(client).await.map(|data| (client, data))),
                None => None,
            }
        },
    );
    let refusal = move || {
        let added = add.value().get().and_then(Result::err);
        let removed = remove.value().get().and_then(Result::err);
        added.or(removed).map(|error| {
            view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> }
        })
    };
    let content = move || {
        data.get().flatten().map(|data| match data {
            // Without an account there is nothing to say yet.
            Ok((_, data)) if data.accounts.is_empty() => ().into_any(),
            Ok((client, data)) => shown(client, data, add, remove, refusal),
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! { <Transition fallback=|| view! { <PanelSkeleton lines=3 /> }>{content}</Transition> }
        .into_any()
}

fn shown<V: IntoView + 'static>(
    client: ClientId,
    data: SlotsData,
    add: ServerAction<AddSlots>,
    remove: ServerAction<RemoveSlot>,
    refusal: impl Fn() -> V + Copy + Send + Sync + 'static,
) -> AnyView {
    let SlotsData {
        zone_label,
        accounts,
        may_change,
    } = data;
    let options = accounts
        .iter()
        .map(|of| {
            view! { <option value=of.account.to_string()>{of.name.clone()}</option> }
        })
        .collect_view();
    let lists = accounts
        .into_iter()
        .map(|of| list(client, of, may_change, remove))
        .collect_view();
    let days = DAYS
        .iter()
        .enumerate()
        .map(|(number, (short, long))| {
            view! {
                <label class="choice">
                    <input
                        class="check"
                        type="checkbox"
                        name="weekdays[]"
                        value=number.to_string()
                        aria-label=*long
                    />
                    {*short}
                </label>
            }
        })
        .collect_view();
    let form = may_change.then(|| {
        view! {
            <ActionForm action=add attr:class="slots-form">
                <input type="hidden" name="client" value=client.to_string() />
                <Field id="slot-account" label="Account">
                    <Select>
                        <select id="slot-account" name="account">
                            {options}
                        </select>
                    </Select>
                </Field>
                <fieldset class="slots-days">
                    <legend class="field-name">"Days"</legend>
                    {days}
                </fieldset>
                <Field id="slot-time" label="Time">
                    <input class="input" id="slot-time" name="time" type="time" required />
                </Field>
                <BusyButton
                    class="button secondary"
                    label="Add"
                    busy_label="Adding"
                    busy=add.pending()
                />
            </ActionForm>
        }
    });
    view! {
        <section class="panel slots" aria-labelledby="slots-title">
            <div class="panel-head">
                <h2 class="panel-title" id="slots-title">
                    "Posting times"
                </h2>
                <span class="muted">{format!("On the clock of {zone_label}")}</span>
            </div>
            <div class="slots-body">
                <p class="muted">
                    "When posts of an account usually go out. “Next free slot” in a post fills in the next of them that nothing is planned for."
                </p>
                {refusal} {lists} {form}
            </div>
        </section>
    }
    .into_any()
}

fn list(
    client: ClientId,
    of: AccountSlots,
    may_change: bool,
    remove: ServerAction<RemoveSlot>,
) -> AnyView {
    let AccountSlots {
        account,
        name,
        slots,
    } = of;
    if slots.is_empty() {
        return view! {
            <div class="slots-of">
                <h3>{name}</h3>
                <p class="muted">"No times yet."</p>
            </div>
        }
        .into_any();
    }
    let items = slots
        .into_iter()
        .map(|slot| {
            let label = format!("Remove {} of {name}", slot.label);
            let form = may_change.then(|| {
                view! {
                    <ActionForm action=remove>
                        <input type="hidden" name="client" value=client.to_string() />
                        <input type="hidden" name="account" value=account.to_string() />
                        <input type="hidden" name="weekday" value=slot.weekday.to_string() />
                        <input type="hidden" name="time" value=slot.time />
                        <button class="remove" type="submit" aria-label=label>
                            {Icon::Close.view()}
                        </button>
                    </ActionForm>
                }
            });
            view! {
                <li class="tag">
                    <span>{slot.label}</span>
                    {form}
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="slots-of">
            <h3>{name.clone()}</h3>
            <ul class="slots-list">{items}</ul>
        </div>
    }
    .into_any()
}
