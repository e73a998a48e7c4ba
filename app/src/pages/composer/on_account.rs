//! The post as it is written for one of its accounts: what its panel, its preview and its checks share.

use domain::Platform;
use domain::account::AccountFacts;
use domain::media::Attached;
use domain::rules::{Field, Finding};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

use super::creator::{Asked, Creator};
use super::judge::{Case, judge};
use super::tiktok_cover::forget_cover_of_another;
use crate::api::accounts::AccountRow;
use crate::state::draft::{AccountDraft, Draft, is_usable};
use crate::state::upload::Upload;

/// One account of the client with all that is written, chosen and known for it.
#[derive(Clone, Copy)]
pub(super) struct OnAccount {
    pub(super) draft: AccountDraft,
    pub(super) creator: Creator,
    /// What blocks on this account, what is worth knowing and what is in order; worst first. Nothing while it is not
    /// chosen.
    pub(super) findings: Memo<Vec<Finding>>,
    row: StoredValue<AccountRow>,
    /// Which of the accounts of its platform it is, from 0.
    place: usize,
}

impl OnAccount {
    pub(super) fn open(
        post: Draft,
        upload: Upload,
        draft: AccountDraft,
        creator: Creator,
        row: AccountRow,
        place: usize,
    ) -> Self {
        let is_usable = is_usable(&row);
        if draft.platform == Platform::TikTok {
            forget_cover_of_another(draft);
        }
        let findings = Memo::new(move |_| {
            if !draft.chosen.get() {
                return Vec::new();
            }
            let uploading = upload.is_under_way();
            let media = post.media.get();
            let attached: Vec<_> = media
                .iter()
                .map(|file| Attached {
                    facts: &file.asset.facts,
                    alt: &file.alt,
                })
                .collect();
            judge(&Case {
                caption: &post.caption_on(draft),
                media: &attached,
                uploading,
                options: &draft.options(),
                is_usable,
                asked: &creator.asked.read(),
            })
        });
        Self {
            draft,
            creator,
            findings,
            row: StoredValue::new(row),
            place,
        }
    }

    /// The account, as long as the page is there.
    pub(super) fn account(self) -> Option<AccountRow> {
        self.row.try_get_value()
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

    /// "@kestrelcoffee", or its name where it has no handle.
    pub(super) fn name(self) -> String {
        self.account().map_or_else(String::new, |account| {
            account
                .handle
                .map_or(account.nickname, |handle| format!("@{handle}"))
        })
    }

    /// "@kestrelcoffee on TikTok".
    pub(super) fn full_name(self) -> String {
        format!("{} on {}", self.name(), self.draft.platform)
    }

    /// An id on the page that no panel of another account has.
    pub(super) fn id(self, name: &str) -> String {
        match self.place {
            0 => name.to_owned(),
            place => format!("{name}-of-{}", place + 1),
        }
    }

    /// The id of the field for a caption of its own.
    pub(super) fn caption_id(self) -> String {
        format!("caption-{}", self.draft.account)
    }

    /// Where a finding of this account leads to.
    pub(super) fn places(self, field: Field) -> Vec<String> {
        match field {
            Field::Privacy => vec![self.id("privacy"), "account-0".to_owned()],
            Field::Disclosure => vec![self.id("disclose-switch"), self.id("content-warning")],
            Field::Languages => vec![self.id("languages")],
            Field::Caption if self.draft.caption.with_untracked(Option::is_some) => {
                vec![self.caption_id()]
            }
            field => places(field),
        }
    }
}

/// Where a finding leads to that is the same for all accounts.
pub(super) fn places(field: Field) -> Vec<String> {
    let ids: &[&str] = match field {
        Field::Accounts => &["account-0", "accounts"],
        Field::Caption => &["caption"],
        Field::Media => &["choose-file", "media"],
        Field::Privacy => &["privacy", "account-0"],
        Field::Disclosure => &["disclose-switch", "content-warning"],
        Field::Languages => &["languages"],
        Field::Time => &["goes-out-which", "goes-out"],
    };
    ids.iter().map(|id| (*id).to_owned()).collect()
}

/// Goes to the first of these places that is on the page.
pub(super) fn focus(places: &[String]) {
    let found = places
        .iter()
        .find_map(|id| document().get_element_by_id(id));
    if let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        element.scroll_into_view();
        let _ = element.focus();
    }
}
