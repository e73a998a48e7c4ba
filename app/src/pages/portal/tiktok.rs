//! `/portal/clients/{client}/posts/{post}/tiktok/{account}`: what the account's owner decides for themselves,
//! in TikTok's own words. The server judges it, so that it works without WASM.

use domain::rules::{BRANDED_NEVER_PRIVATE, SAY_WHOM_IT_PROMOTES};
use domain::tiktok::{BRANDED_CONTENT_URL, MUSIC_USAGE_URL, SELF_ONLY, privacy_label};
use domain::{AccountId, ClientId, PostId};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{PortalTrouble, post_href, refused, use_post_ids};
use crate::api::decisions::{PortalTikTok, SavePortalTiktok, portal_tiktok};
use crate::components::{BusyButton, Field, Icon, Notice, PanelSkeleton, Select, Show};
use crate::pages::trouble::no_such_page;
use crate::state::resource::resource;

/// The page. What TikTok allows is asked when it opens, never taken from an earlier time.
#[component]
pub fn PortalTikTokPage() -> impl IntoView {
    let ids = use_post_ids();
    let params = use_params_map();
    let account =
        Memo::new(move |_| params.with(|params| params.get("account")?.parse::<AccountId>().ok()));
    let all = move || {
        let (client, post) = ids.get()?;
        Some((client, post, account.get()?))
    };
    let settings = resource(all, |ids| async move {
        match ids {
            Some((client, post, account)) => portal_tiktok(client, post, account).await,
            None => Err(no_such_page()),
        }
    });
    let content = move || {
        settings.get().map(|settings| match (all(), settings) {
            (Some((client, post, account)), Ok(settings)) => {
                view! { <Settings client post account settings /> }.into_any()
            }
            (_, Err(error)) => view! { <PortalTrouble error /> }.into_any(),
            (None, _) => ().into_any(),
        })
    };
    view! {
        <Title text="TikTok settings" />
        <Transition fallback=|| {
            view! {
                <div class="portal-body">
                    <PanelSkeleton lines=6 />
                </div>
            }
        }>{content}</Transition>
    }
    .into_any()
}

#[component]
fn Settings(
    client: ClientId,
    post: PostId,
    account: AccountId,
    settings: PortalTikTok,
) -> impl IntoView {
    let save = ServerAction::<SavePortalTiktok>::new();
    let refusal = move || save.value().get()?.err().map(refused);
    let PortalTikTok {
        account_name,
        nickname,
        version,
        options,
        levels,
    } = settings;
    let privacy = RwSignal::new(options.privacy_level.clone().unwrap_or_default());
    let disclose = RwSignal::new(options.disclose);
    let own = RwSignal::new(options.your_brand);
    let branded = RwSignal::new(options.branded_content);
    let is_branded = Memo::new(move |_| disclose.get() && branded.get());
    let is_private = Memo::new(move |_| privacy.with(|level| level == SELF_ONLY));
    let chosen = options.privacy_level.unwrap_or_default();
    let level = move |level: String| {
        let is_self = level == SELF_ONLY;
        let words = privacy_label(&level).to_owned();
        let selected = level == chosen;
        view! {
            <option
                value=level
                selected=selected
                disabled=move || is_self && is_branded.get()
                title=is_self.then_some(BRANDED_NEVER_PRIVATE)
            >
                {words}
            </option>
        }
    };
    let check =
        |name: &'static str, words: &'static str, value: RwSignal<bool>, off: Signal<bool>| {
            view! {
                <label class="choice">
                    <input
                        class="check"
                        type="checkbox"
                        name=name
                        value="true"
                        checked=value.get_untracked()
                        prop:checked=move || value.get()
                        disabled=move || off.get()
                        on:change:target=move |event| value.set(event.target().checked())
                    />
                    {words}
                </label>
            }
        };
    let label = move || match (disclose.get(), own.get(), branded.get()) {
        (true, _, true) => Some("Your photo/video will be labeled as 'Paid partnership'"),
        (true, true, false) => Some("Your photo/video will be labeled as 'Promotional content'"),
        (true, false, false) => Some(SAY_WHOM_IT_PROMOTES),
        (false, ..) => None,
    };
    let never = Signal::stored(false);
    view! {
        <div class="portal-hero">
            <a class="link" href=post_href(client, post)>
                "Back to the post"
            </a>
            <h1 class="portal-title">"TikTok settings"</h1>
            <p class="portal-lead">
                <b>{nickname}</b>
                " "
                {account_name}
            </p>
        </div>
        <div class="portal-body portal-narrow">
            {refusal}
            <ActionForm action=save attr:class="form">
                <input type="hidden" name="client" value=client.to_string() />
                <input type="hidden" name="post" value=post.to_string() />
                <input type="hidden" name="account" value=account.to_string() />
                <input type="hidden" name="version" value=version />
                <Field id="privacy" label="Who can see it">
                    <Select>
                        <select
                            id="privacy"
                            name="privacy_level"
                            required
                            on:change:target=move |event| privacy.set(event.target().value())
                        >
                            <option value="">"Choose…"</option>
                            {levels.into_iter().map(level).collect_view()}
                        </select>
                    </Select>
                </Field>
                <fieldset class="field">
                    <legend class="field-label">"Disclose content"</legend>
                    {check(
                        "disclose",
                        "This post promotes yourself, a third party, or both",
                        disclose,
                        never,
                    )}
                    <div class="portal-disclosure">
                        {check("your_brand", "Your brand: you or your own business", own, never)}
                        {check(
                            "branded_content",
                            "Branded content: in a paid partnership with a third party",
                            branded,
                            Signal::derive(move || is_private.get() && !branded.get()),
                        )}
                    </div>
                </fieldset>
                {move || label().map(|label| view! { <Notice icon=Icon::Info>{label}</Notice> })}
                {move || {
                    (is_private.get() || is_branded.get())
                        .then(|| {
                            view! {
                                <p class="field-help">
                                    {BRANDED_NEVER_PRIVATE}
                                </p>
                            }
                        })
                }}
                <p class="field-help">
                    "By posting, you agree to TikTok's "
                    <Show when=move || is_branded.get()>
                        <a
                            class="link"
                            href=BRANDED_CONTENT_URL
                            target="_blank"
                            rel="noopener noreferrer external"
                        >
                            "Branded Content Policy"
                        </a>
                        " and "
                    </Show>
                    <a
                        class="link"
                        href=MUSIC_USAGE_URL
                        target="_blank"
                        rel="noopener noreferrer external"
                    >
                        "Music Usage Confirmation"
                    </a>
                    "."
                </p>
                <BusyButton
                    class="button primary large block"
                    label="Save"
                    busy_label="Saving"
                    busy=save.pending()
                />
                <p class="field-help">
                    "The post goes on waiting for your approval with what you choose here."
                </p>
            </ActionForm>
        </div>
    }
    .into_any()
}
