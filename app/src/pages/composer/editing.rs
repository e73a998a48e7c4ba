//! What the parts of the composer share while a post is written.

use domain::approval::{ApprovalPolicy, ReviewStage, ReviewState};
use domain::rules::{Field, Finding, Severity};
use domain::{AccountId, AssetId, ClientId, DeliveryState, Platform};
use leptos::prelude::*;

use super::creator::Creator;
use super::judge::{judge_post, sort};
use super::media_copy;
use super::on_account::{OnAccount, focus, places};
use crate::api::accounts::AccountRow;
use crate::api::assets::AssetData;
use crate::api::posts::{ComposerData, Intent, MediaData};
use crate::state::copies::Copies;
use crate::state::draft::{Draft, is_usable};
use crate::state::saver::{Kept, Saver};
use crate::state::upload::Upload;

/// The tab of the caption that all accounts share.
pub(super) const SHARED: &str = "shared";

/// A post that is being written, and everything around it.
#[derive(Clone, Copy)]
pub(super) struct Editing {
    pub(super) client: ClientId,
    pub(super) draft: Draft,
    pub(super) upload: Upload,
    pub(super) saver: Saver,
    /// Copies of the files that are asked for here.
    pub(super) copies: Copies,
    pub(super) accounts: StoredValue<Vec<AccountRow>>,
    /// What is written for each of them.
    on: StoredValue<Vec<OnAccount>>,
    /// What blocks or is worth knowing wherever the post goes.
    pub(super) of_post: Memo<Vec<Finding>>,
    /// The same with what was found on its accounts; worst first.
    pub(super) findings: Memo<Vec<Finding>>,
    /// Whether this client's posts need approval.
    pub(super) approval: ApprovalPolicy,
    /// Whether exactly the post as it was opened was approved by the client.
    approved: bool,
    /// On a narrow page: whether the preview is shown in place of the text.
    pub(super) shows_preview: RwSignal<bool>,
    /// Whose caption is being written: [`SHARED`], or an account's id.
    pub(super) tab: RwSignal<String>,
    /// On which account the post is shown: its id.
    pub(super) shown: RwSignal<String>,
}

impl Editing {
    pub(super) fn open(client: ClientId, data: &ComposerData) -> Self {
        let draft = Draft::open(data);
        let upload = Upload::new(
            client,
            Callback::new({
                let arrived = StoredValue::new(Vec::new());
                move |(number, asset): (u32, AssetData)| {
                    arrived.try_update_value(|arrived| {
                        draft.media.update(|media| {
                            let place = place_of(number, media, arrived);
                            arrived.push((asset.id, number));
                            add_at(media, place, asset);
                        });
                    });
                }
            }),
        );
        let on = StoredValue::new(on_accounts(client, draft, upload, &data.accounts));
        let now_local = StoredValue::new(data.now_local.clone());
        let of_post = Memo::new(move |_| {
            let goes_anywhere = !draft.chosen().is_empty();
            let is_open_which = draft.comes_twice() && draft.which.get().is_none();
            now_local.with_value(|now| {
                judge_post(goes_anywhere, &draft.local_time.read(), now, is_open_which)
            })
        });
        let findings = Memo::new(move |_| {
            let mut all = of_post.get();
            let chosen = chosen_of(on);
            for one in &chosen {
                let name = (chosen.len() > 1).then(|| one.full_name());
                all.extend(one.findings.get().into_iter().map(|mut finding| {
                    if let Some(name) = &name {
                        finding.sentence = format!("{name}: {}", finding.sentence);
                    }
                    finding
                }));
            }
            sort(&mut all);
            all
        });
        Self {
            client,
            draft,
            upload,
            saver: Saver::new(client, draft, data),
            copies: media_copy::copies(client, draft),
            accounts: StoredValue::new(data.accounts.clone()),
            on,
            of_post,
            findings,
            approval: data.approval,
            approved: data.review.as_ref().is_some_and(|review| {
                review.is_current
                    && review.stage == ReviewStage::Client
                    && review.state == ReviewState::Approved
            }),
            shows_preview: RwSignal::new(false),
            tab: RwSignal::new(SHARED.to_owned()),
            shown: RwSignal::new(String::new()),
        }
    }

    /// What is written for each account that the post goes to, in the order of the list.
    pub(super) fn chosen(self) -> Vec<OnAccount> {
        chosen_of(self.on)
    }

    /// What is written for each account of the client.
    pub(super) fn all(self) -> Vec<OnAccount> {
        self.on.get_value()
    }

    /// What is written for this account, whether the post goes there or not.
    pub(super) fn on(self, account: AccountId) -> Option<OnAccount> {
        let mut all = self.all().into_iter();
        all.find(|on| on.draft.account == account)
    }

    /// The account on which the post is shown: the one that was asked for, or the first.
    pub(super) fn shown_on(self) -> Option<OnAccount> {
        let (chosen, wanted) = (self.chosen(), self.shown.get());
        let found = chosen
            .iter()
            .find(|on| on.draft.account.to_string() == wanted);
        found.or(chosen.first()).copied()
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

    /// Shows the caption of this account: its own, or the one that all share. Returns the id of its field.
    pub(super) fn open_caption(self, on: Option<OnAccount>) -> String {
        let own = on.filter(|on| on.draft.caption.with_untracked(Option::is_some));
        let (tab, id) = match own {
            Some(on) => (on.draft.account.to_string(), on.caption_id()),
            None => (SHARED.to_owned(), "caption".to_owned()),
        };
        self.tab.set(tab);
        id
    }

    /// Leads to the field that a finding is about, on this account where it is one of its own.
    pub(super) fn go_to(self, field: Field, on: Option<AccountId>) {
        let on = on.and_then(|account| self.on(account));
        self.shows_preview.set(false);
        if field == Field::Caption {
            self.open_caption(on);
        }
        let places = on.map_or_else(|| places(field), |on| on.places(field));
        request_animation_frame(move || focus(&places));
    }
}

fn chosen_of(on: StoredValue<Vec<OnAccount>>) -> Vec<OnAccount> {
    let mut chosen = on.get_value();
    chosen.retain(|on| on.draft.chosen.get());
    chosen
}

fn on_accounts(
    client: ClientId,
    draft: Draft,
    upload: Upload,
    rows: &[AccountRow],
) -> Vec<OnAccount> {
    let mut of_platform: Vec<Platform> = Vec::new();
    rows.iter()
        .zip(draft.accounts())
        .map(|(row, account)| {
            let creator = Creator::new(client, account, is_usable(row));
            let place = of_platform
                .iter()
                .filter(|platform| **platform == row.platform)
                .count();
            of_platform.push(row.platform);
            OnAccount::open(draft, upload, account, creator, row.clone(), place)
        })
        .collect()
}

/// Adds a file that has arrived. A video takes the place of a single file; nothing else is replaced,
/// because descriptions were written for what is there.
pub(super) fn add(media: &mut Vec<MediaData>, asset: AssetData) {
    add_at(media, media.len(), asset);
}

fn add_at(media: &mut Vec<MediaData>, place: usize, asset: AssetData) {
    if media.iter().any(|file| file.asset.id == asset.id) {
        return;
    }
    if asset.facts.video().is_some() && media.len() == 1 {
        media.clear();
    }
    let alt = asset.alt.clone();
    media.insert(place.min(media.len()), MediaData { asset, alt });
}

/// Where a file belongs that was chosen as this number: before the first that was chosen after it and came before it.
/// Whatever a person has put elsewhere since stays there.
fn place_of(number: u32, media: &[MediaData], arrived: &[(AssetId, u32)]) -> usize {
    let was_chosen_later = |file: &MediaData| {
        let of_file = arrived.iter().find(|(asset, _)| *asset == file.asset.id);
        of_file.is_some_and(|(_, other)| *other > number)
    };
    media
        .iter()
        .position(was_chosen_later)
        .unwrap_or(media.len())
}
