//! What a person is writing, field by field.

use domain::bluesky::BlueskyOptions;
use domain::post::PlatformOptions;
use domain::tiktok::TikTokOptions;
use domain::{AccountId, DeliveryState, Platform, PostId};
use leptos::prelude::*;

use crate::api::accounts::{AccountRow, Health};
use crate::api::posts::{ComposerData, MediaData, MediaForm, PostForm};

/// What a person is writing. Fields are signals, so that each part of the composer follows its own.
#[derive(Clone, Copy, Debug)]
pub struct Draft {
    /// The post; `None` until it is first kept.
    pub id: RwSignal<Option<PostId>>,
    /// Where the post stands.
    pub state: RwSignal<DeliveryState>,
    /// The caption.
    pub caption: RwSignal<String>,
    /// The files, in order.
    pub media: RwSignal<Vec<MediaData>>,
    /// The account that it goes to.
    pub account: RwSignal<Option<AccountId>>,
    /// What was chosen in TikTok's panel.
    pub tiktok: RwSignal<TikTokOptions>,
    /// What was chosen for Bluesky.
    pub bluesky: RwSignal<BlueskyOptions>,
    /// Each account's platform.
    platforms: StoredValue<Vec<(AccountId, Platform)>>,
    /// The time on the client's wall; empty while somebody is choosing.
    pub local_time: RwSignal<String>,
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
        let target = post.and_then(|post| post.target.clone());
        let mut usable = data.accounts.iter().filter(|account| is_usable(account));
        let only = match (usable.next(), usable.next(), post) {
            (Some(only), None, None) => Some(only.id),
            _ => None,
        };
        let account = target.as_ref().map_or(only, |(account, _)| Some(*account));
        let (tiktok, bluesky) = match target {
            Some((_, PlatformOptions::TikTok(options))) => (options, BlueskyOptions::default()),
            Some((_, PlatformOptions::Bluesky(options))) => (TikTokOptions::default(), options),
            None => Default::default(),
        };
        let platforms = data
            .accounts
            .iter()
            .map(|account| (account.id, account.platform))
            .collect();
        Self {
            id: RwSignal::new(post.map(|post| post.id)),
            state: RwSignal::new(post.map_or(DeliveryState::Draft, |post| post.state)),
            caption: RwSignal::new(post.map_or_else(String::new, |post| post.caption.clone())),
            media: RwSignal::new(post.map_or_else(Vec::new, |post| post.media.clone())),
            account: RwSignal::new(account),
            tiktok: RwSignal::new(tiktok),
            bluesky: RwSignal::new(bluesky),
            platforms: StoredValue::new(platforms),
            local_time: RwSignal::new(post.map_or_else(
                || data.suggested_local.clone(),
                |post| post.local_time.clone(),
            )),
        }
    }

    /// Chooses another account. What was chosen for one account says nothing about another.
    pub fn choose_account(self, account: AccountId) {
        if self.account.get_untracked() != Some(account) {
            self.tiktok.set(TikTokOptions::default());
            self.bluesky.set(BlueskyOptions::default());
            self.account.set(Some(account));
        }
    }

    /// The platform of the chosen account.
    #[must_use]
    pub fn platform(self) -> Option<Platform> {
        let chosen = self.account.get()?;
        self.platforms.with_value(|platforms| {
            let found = platforms.iter().find(|(account, _)| *account == chosen);
            found.map(|(_, platform)| *platform)
        })
    }

    /// What was chosen for the chosen account's platform.
    #[must_use]
    pub fn options(self) -> Option<PlatformOptions> {
        self.platform().map(|platform| match platform {
            Platform::TikTok => PlatformOptions::TikTok(self.tiktok.get()),
            Platform::Bluesky => PlatformOptions::Bluesky(self.bluesky.get()),
        })
    }

    /// What is to be kept. The post's id is left out: whoever sends it knows it best.
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
            target: self.account.get().zip(self.options()),
            local_time: self.local_time.get(),
        }
    }
}
