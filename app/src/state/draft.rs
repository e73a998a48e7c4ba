//! What a person is writing, field by field.

use domain::post::PlatformOptions;
use domain::tiktok::TikTokOptions;
use domain::{AccountId, DeliveryState, PostId};
use leptos::prelude::*;

use crate::api::accounts::{AccountRow, Health};
use crate::api::assets::AssetData;
use crate::api::posts::{ComposerData, PostForm};

/// What a person is writing. Fields are signals, so that each part of the composer follows its own.
#[derive(Clone, Copy, Debug)]
pub struct Draft {
    /// The post; `None` until it is first kept.
    pub id: RwSignal<Option<PostId>>,
    /// Where the post stands.
    pub state: RwSignal<DeliveryState>,
    /// The caption.
    pub caption: RwSignal<String>,
    /// The video.
    pub asset: RwSignal<Option<AssetData>>,
    /// The account that it goes to.
    pub account: RwSignal<Option<AccountId>>,
    /// What was chosen in TikTok's panel.
    pub tiktok: RwSignal<TikTokOptions>,
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
        let (account, tiktok) = match target {
            Some((account, PlatformOptions::TikTok(options))) => (Some(account), options),
            None => (only, TikTokOptions::default()),
        };
        Self {
            id: RwSignal::new(post.map(|post| post.id)),
            state: RwSignal::new(post.map_or(DeliveryState::Draft, |post| post.state)),
            caption: RwSignal::new(post.map_or_else(String::new, |post| post.caption.clone())),
            asset: RwSignal::new(post.and_then(|post| post.asset.clone())),
            account: RwSignal::new(account),
            tiktok: RwSignal::new(tiktok),
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
            self.account.set(Some(account));
        }
    }

    /// What is to be kept. The post's id is left out: whoever sends it knows it best.
    #[must_use]
    pub fn form(self) -> PostForm {
        PostForm {
            id: None,
            caption: self.caption.get(),
            asset: self
                .asset
                .with(|asset| asset.as_ref().map(|asset| asset.id)),
            target: self
                .account
                .get()
                .map(|account| (account, PlatformOptions::TikTok(self.tiktok.get()))),
            local_time: self.local_time.get(),
        }
    }
}
