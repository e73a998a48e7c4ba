//! What a person is writing, field by field.

use domain::bluesky::BlueskyOptions;
use domain::post::PlatformOptions;
use domain::tiktok::TikTokOptions;
use domain::{AccountId, AssetId, DeliveryState, Platform, PostId};
use leptos::prelude::*;

use crate::api::accounts::{AccountRow, Health};
use crate::api::calendar::Which;
use crate::api::posts::{ComposerData, MediaData, MediaForm, PostForm, TargetForm};

/// What a person is writing. Fields are signals, so that each part of the composer follows its own.
#[derive(Clone, Copy, Debug)]
pub struct Draft {
    /// The post; `None` until it is first kept.
    pub id: RwSignal<Option<PostId>>,
    /// Where the post stands.
    pub state: RwSignal<DeliveryState>,
    /// The caption that all accounts share.
    pub caption: RwSignal<String>,
    /// The files, in order.
    pub media: RwSignal<Vec<MediaData>>,
    /// The time on the client's wall; empty while somebody is choosing.
    pub local_time: RwSignal<String>,
    /// Which one is meant, where the clocks show that time twice.
    pub which: RwSignal<Option<Which>>,
    /// The times that they show twice.
    twice: StoredValue<Vec<(String, String)>>,
    /// One for each of the client's accounts, chosen or not.
    accounts: StoredValue<Vec<AccountDraft>>,
}

/// What a person is writing for one of the client's accounts. What was chosen for one says nothing about another,
/// and it stays while the account is taken out and put back.
#[derive(Clone, Copy, Debug)]
pub struct AccountDraft {
    /// The account.
    pub account: AccountId,
    /// Its platform.
    pub platform: Platform,
    /// Whether the post goes there.
    pub chosen: RwSignal<bool>,
    /// A caption of its own; `None` while it shares the others'.
    pub caption: RwSignal<Option<String>>,
    /// What was chosen in TikTok's panel.
    pub tiktok: RwSignal<TikTokOptions>,
    /// The video that the cover on TikTok was chosen in; `None` until it is seen beside one.
    pub cover_of: StoredValue<Option<AssetId>>,
    /// What was chosen for Bluesky.
    pub bluesky: RwSignal<BlueskyOptions>,
    /// The files: the same on all accounts.
    pub media: RwSignal<Vec<MediaData>>,
}

impl AccountDraft {
    fn open(
        account: &AccountRow,
        target: Option<&TargetForm>,
        is_only: bool,
        media: RwSignal<Vec<MediaData>>,
    ) -> Self {
        let draft = Self {
            media,
            account: account.id,
            platform: account.platform,
            chosen: RwSignal::new(is_only),
            caption: RwSignal::new(None),
            tiktok: RwSignal::default(),
            cover_of: StoredValue::new(None),
            bluesky: RwSignal::default(),
        };
        if let Some(target) = target {
            draft.set(target);
        }
        draft
    }

    /// Takes over what was written and chosen for it.
    fn set(self, target: &TargetForm) {
        self.chosen.set(true);
        self.caption.set(target.caption.clone());
        // What comes with it was chosen in the video that comes with it.
        self.cover_of.set_value(None);
        match &target.options {
            PlatformOptions::TikTok(options) => self.tiktok.set(options.clone()),
            PlatformOptions::Bluesky(options) => self.bluesky.set(options.clone()),
        }
    }

    /// What was chosen for its platform.
    #[must_use]
    pub fn options(self) -> PlatformOptions {
        match self.platform {
            Platform::TikTok => PlatformOptions::TikTok(self.tiktok.get()),
            Platform::Bluesky => PlatformOptions::Bluesky(self.bluesky.get()),
        }
    }
}

/// Whether an account can be posted to.
#[must_use]
pub fn is_usable(account: &AccountRow) -> bool {
    !matches!(account.health, Health::NeedsReconnecting { .. })
}

impl Draft {
    /// What the composer starts with: the post as it is kept, or a new one. A new one goes to the
    /// client's account when there is only one to choose.
    #[must_use]
    pub fn open(data: &ComposerData) -> Self {
        let post = data.post.as_ref();
        let mut usable = data.accounts.iter().filter(|account| is_usable(account));
        let only = match (usable.next(), usable.next(), post) {
            (Some(only), None, None) => Some(only.id),
            _ => None,
        };
        let media = RwSignal::new(post.map_or_else(Vec::new, |post| post.media.clone()));
        let accounts = data
            .accounts
            .iter()
            .map(|account| {
                let target = post.and_then(|post| {
                    let mut targets = post.targets.iter();
                    targets.find(|target| target.account == account.id)
                });
                AccountDraft::open(account, target, only == Some(account.id), media)
            })
            .collect();
        Self {
            id: RwSignal::new(post.map(|post| post.id)),
            state: RwSignal::new(post.map_or(DeliveryState::Draft, |post| post.state)),
            caption: RwSignal::new(post.map_or_else(String::new, |post| post.caption.clone())),
            media,
            local_time: RwSignal::new(post.map_or_else(
                || data.suggested_local.clone(),
                |post| post.local_time.clone(),
            )),
            which: RwSignal::new(post.and_then(|post| post.which)),
            twice: StoredValue::new(data.twice.clone()),
            accounts: StoredValue::new(accounts),
        }
    }

    /// Whether the clocks show the chosen time twice.
    #[must_use]
    pub fn comes_twice(self) -> bool {
        let time = self.local_time.read();
        // All are written alike, so their order is that of the times.
        self.twice.with_value(|twice| {
            twice.iter().any(|(from, until)| {
                from.as_str() <= time.as_str() && time.as_str() < until.as_str()
            })
        })
    }

    /// Which one is meant of a time that comes twice, once it was chosen.
    #[must_use]
    pub fn which(self) -> Option<Which> {
        self.which.get().filter(|_| self.comes_twice())
    }

    /// All accounts of the client, in the order of the list.
    #[must_use]
    pub fn accounts(self) -> Vec<AccountDraft> {
        self.accounts.get_value()
    }

    /// Those that the post goes to, in the same order.
    #[must_use]
    pub fn chosen(self) -> Vec<AccountDraft> {
        let mut accounts = self.accounts();
        accounts.retain(|account| account.chosen.get());
        accounts
    }

    /// What the post says on an account.
    #[must_use]
    pub fn caption_on(self, account: AccountDraft) -> String {
        account.caption.get().unwrap_or_else(|| self.caption.get())
    }

    /// Whether it goes to a platform that shows descriptions of files.
    #[must_use]
    pub fn is_described(self) -> bool {
        self.chosen()
            .iter()
            .any(|account| account.platform == Platform::Bluesky)
    }

    /// What is to be kept. Which post it is and what it started from is left out: whoever sends it knows that best.
    #[must_use]
    pub fn form(self) -> PostForm {
        PostForm {
            id: None,
            caption: self.caption.get(),
            media: self.media.with(|media| {
                let form = |file: &MediaData| MediaForm {
                    id: file.asset.id,
                    alt: file.alt.clone(),
                };
                media.iter().map(form).collect()
            }),
            targets: self
                .chosen()
                .into_iter()
                .map(|account| TargetForm {
                    account: account.account,
                    caption: account.caption.get(),
                    options: account.options(),
                })
                .collect(),
            local_time: self.local_time.get(),
            which: self.which(),
            revision: None,
            composer: None,
        }
    }

    /// Writes over everything with what was written before. The files are set last and by the caller's turn of the
    /// browser, so that their fields are made anew.
    pub fn load(self, form: &PostForm) {
        self.media.set(Vec::new());
        self.caption.set(form.caption.clone());
        self.local_time.set(form.local_time.clone());
        self.which.set(form.which);
        for account in self.accounts() {
            let target = form.targets.iter();
            match target.clone().find(|one| one.account == account.account) {
                Some(target) => account.set(target),
                None => account.chosen.set(false),
            }
        }
    }
}
