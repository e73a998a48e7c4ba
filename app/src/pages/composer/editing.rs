//! What the parts of the composer share while a post is written.

use domain::account::AccountFacts;
use domain::approval::{ApprovalPolicy, ReviewStage, ReviewState};
use domain::media::Attached;
use domain::rules::{Field, Finding, Severity};
use domain::{ClientId, DeliveryState};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

use super::creator::{Asked, Creator};
use super::judge::{Case, judge};
use crate::api::accounts::AccountRow;
use crate::api::assets::AssetData;
use crate::api::posts::{ComposerData, Intent, MediaData};
use crate::state::draft::{Draft, is_usable};
use crate::state::saver::{Kept, Saver};
use crate::state::upload::Upload;

/// A post that is being written, and everything around it.
#[derive(Clone, Copy)]
pub(super) struct Editing {
    pub(super) client: ClientId,
    pub(super) draft: Draft,
    pub(super) creator: Creator,
    pub(super) upload: Upload,
    pub(super) saver: Saver,
    pub(super) accounts: StoredValue<Vec<AccountRow>>,
    /// What blocks, what is worth knowing and what is in order; worst first.
    pub(super) findings: Memo<Vec<Finding>>,
    /// Whether this client's posts need approval.
    pub(super) approval: ApprovalPolicy,
    /// Whether exactly the post as it was opened was approved by the client.
    approved: bool,
    /// On a narrow page: whether the preview is shown in place of the text.
    pub(super) shows_preview: RwSignal<bool>,
}

impl Editing {
    pub(super) fn open(client: ClientId, data: &ComposerData) -> Self {
        let draft = Draft::open(data);
        let creator = Creator::new(client, draft, &data.accounts);
        let upload = Upload::new(
            client,
            Callback::new(move |asset| draft.media.update(|media| add(media, asset))),
        );
        let accounts = StoredValue::new(data.accounts.clone());
        let now_local = StoredValue::new(data.now_local.clone());
        let findings = Memo::new(move |_| {
            let account = draft
                .account
                .get()
                .and_then(|id| find(accounts, id, is_usable));
            let uploading = upload.is_under_way();
            let media = draft.media.get();
            let attached: Vec<_> = media
                .iter()
                .map(|file| Attached {
                    facts: &file.asset.facts,
                    alt: &file.alt,
                })
                .collect();
            let options = draft.options();
            now_local.with_value(|now_local| {
                judge(&Case {
                    caption: &draft.caption.read(),
                    media: &attached,
                    uploading,
                    options: options.as_ref(),
                    account,
                    asked: &creator.asked.read(),
                    local_time: &draft.local_time.read(),
                    now_local,
                })
            })
        });
        Self {
            client,
            draft,
            creator,
            upload,
            saver: Saver::new(
                client,
                draft,
                data.post.as_ref().map(|post| post.saved_label.clone()),
            ),
            accounts,
            findings,
            approval: data.approval,
            approved: data.review.as_ref().is_some_and(|review| {
                review.is_current
                    && review.stage == ReviewStage::Client
                    && review.state == ReviewState::Approved
            }),
            shows_preview: RwSignal::new(false),
        }
    }

    /// The chosen account.
    pub(super) fn account(self) -> Option<AccountRow> {
        let id = self.draft.account.get()?;
        find(self.accounts, id, AccountRow::clone)
    }

    /// The name under which the post will appear.
    pub(super) fn nickname(self) -> Option<String> {
        if let Asked::Known(AccountFacts::TikTok(creator)) = &*self.creator.asked.read() {
            return Some(creator.nickname.clone());
        }
        self.account()
            .map(|account| account.nickname)
            .filter(|name| !name.is_empty())
    }

    /// The first thing that keeps this from being done.
    pub(super) fn blocker(self, intent: Intent) -> Option<String> {
        self.findings.with(|findings| {
            findings
                .iter()
                .find(|finding| {
                    finding.severity == Severity::Error
                        // What goes out now needs no time.
                        && (intent != Intent::PublishNow || finding.field != Field::Time)
                })
                .map(|finding| finding.sentence.clone())
        })
    }

    /// What the main button does: this client's posts are scheduled, or sent for approval.
    pub(super) fn main_intent(self) -> Intent {
        if self.approval.is_required() && !self.is_approved_as_kept() {
            Intent::SendForApproval
        } else {
            Intent::Schedule
        }
    }

    /// Whether exactly what is kept was approved, and nothing was changed since.
    fn is_approved_as_kept(self) -> bool {
        self.approved && matches!(self.saver.kept.get(), Kept::Saved(_))
    }

    /// Whether it stands with its approvers as it is: then there is nothing to send.
    pub(super) fn stands_as_kept(self) -> bool {
        let stands = matches!(
            self.draft.state.get(),
            DeliveryState::InReview | DeliveryState::Approved | DeliveryState::Scheduled
        );
        stands && matches!(self.saver.kept.get(), Kept::Saved(_))
    }

    /// Does it, unless something keeps it from being done or it is being done already.
    pub(super) fn send(self, intent: Intent) {
        let running = self.saver.running.get_untracked();
        let is_busy = running.is_some_and(Intent::sends_off);
        let is_blocked = intent != Intent::SaveDraft && untrack(|| self.blocker(intent)).is_some();
        if !is_busy && !is_blocked {
            self.saver.request(intent);
        }
    }

    /// Leads to the field that a finding is about.
    pub(super) fn go_to(self, field: Field) {
        self.shows_preview.set(false);
        request_animation_frame(move || {
            let ids: &[&str] = match field {
                Field::Accounts => &["account-0", "accounts"],
                Field::Caption => &["caption"],
                Field::Media => &["choose-file", "media"],
                Field::Privacy => &["privacy", "account-0"],
                Field::Disclosure => &["disclose-switch"],
                Field::Languages => &["languages"],
                Field::Time => &["goes-out"],
            };
            let found = ids.iter().find_map(|id| document().get_element_by_id(id));
            if let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
                element.scroll_into_view();
                let _ = element.focus();
            }
        });
    }
}

/// Adds a file that has arrived. A video takes the place of a single file; nothing else is replaced,
/// because descriptions were written for what is there.
pub(super) fn add(media: &mut Vec<MediaData>, asset: AssetData) {
    if media.iter().any(|file| file.asset.id == asset.id) {
        return;
    }
    if asset.facts.video().is_some() && media.len() == 1 {
        media.clear();
    }
    let alt = asset.alt.clone();
    media.push(MediaData { asset, alt });
}

fn find<T>(
    accounts: StoredValue<Vec<AccountRow>>,
    id: domain::AccountId,
    read: impl Fn(&AccountRow) -> T,
) -> Option<T> {
    accounts.with_value(|accounts| accounts.iter().find(|account| account.id == id).map(read))
}
