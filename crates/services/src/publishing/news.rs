//! What people and other systems are told of an outcome, in the transaction that writes it down.

use db::delivery_queue::Write;
use domain::DeliveryState;
use domain::Platform;
use domain::notice::NoticeKind;
use domain::webhook::WebhookEvent;
use serde_json::json;

use super::content::Loaded;
use super::drive::Drive;
use crate::ServiceResult;
use crate::accounts::account_name;
use crate::notify::{Audience, Notice, first_line};

/// What people are told a delivery is.
pub(super) struct About {
    /// The first line of its caption.
    caption: String,
    /// "@kestrelcoffee".
    account: String,
    platform: Platform,
}

impl About {
    pub fn of(loaded: &Loaded) -> Self {
        let caption = loaded.delivery.caption_override.as_deref();
        let account = &loaded.account;
        Self {
            caption: first_line(caption.unwrap_or(&loaded.post.caption)),
            account: account_name(account.handle.as_deref(), account.nickname.as_deref()),
            platform: account.platform,
        }
    }
}

/// An outcome that is worth telling.
pub(super) enum News {
    Published {
        address: Option<String>,
    },
    Failed {
        why: String,
    },
    /// Nobody knows; the platform is asked again, or was for the last time.
    Unknown {
        why: String,
    },
    LeftToAPerson,
}

impl Drive<'_> {
    /// What a write has to tell: nothing, for almost all of them.
    pub(super) fn news(&self, write: &Write) -> Option<News> {
        let why = || write.last_problem.clone().flatten().unwrap_or_default();
        if write.published_at.is_some() {
            let address = write.post_url.clone();
            return Some(News::Published { address });
        }
        if self.left_to_a_person {
            return Some(News::LeftToAPerson);
        }
        match write.state {
            Some(state) if state == DeliveryState::Failed.as_str() => {
                Some(News::Failed { why: why() })
            }
            Some(state) if state == DeliveryState::Unknown.as_str() => {
                Some(News::Unknown { why: why() })
            }
            _ => None,
        }
    }

    /// Tells people and other systems.
    pub(super) async fn spread(&self, conn: &mut db::Connection, news: &News) -> ServiceResult<()> {
        let About {
            caption,
            account,
            platform,
        } = &self.about;
        let (kind, audience, title, body) = match news {
            News::Published { address } => (
                NoticeKind::Published,
                Audience::Everybody,
                format!("“{caption}” went out on {account}"),
                address.clone().unwrap_or_default(),
            ),
            News::Failed { why } => (
                NoticeKind::Failure,
                Audience::Staff,
                format!("“{caption}” was not published on {account}"),
                why.clone(),
            ),
            News::Unknown { why } => (
                NoticeKind::Failure,
                Audience::Staff,
                format!("Nobody knows yet whether “{caption}” went out on {account}"),
                format!(
                    "{why} {platform} is asked what became of it, and nothing is sent again before that is known."
                ),
            ),
            News::LeftToAPerson => (
                NoticeKind::Failure,
                Audience::Staff,
                format!("Look whether “{caption}” went out on {account}"),
                format!(
                    "{platform} does not say what became of it. Look at the profile, then say in AutoPost whether it is there."
                ),
            ),
        };
        let claim = &self.claim;
        let told = Notice {
            kind,
            client: claim.client_id,
            post: Some(claim.post_id),
            audience,
            except: None,
            title,
            body,
            desk_href: format!("/clients/{}/history/{}", claim.client_id, claim.id),
            portal_href: format!(
                "/portal/clients/{}/posts/{}",
                claim.client_id, claim.post_id
            ),
        };
        self.services.tell(conn, &told).await?;
        let (event, outcome) = match news {
            News::Published { address } => (
                WebhookEvent::DeliveryPublished,
                json!({ "published_at": self.now(), "address": address }),
            ),
            News::Failed { why } => (WebhookEvent::DeliveryFailed, json!({ "reason": why })),
            News::Unknown { why } => (WebhookEvent::DeliveryUnknown, json!({ "reason": why })),
            // Other systems were told that it is unknown.
            News::LeftToAPerson => return Ok(()),
        };
        let data = crate::webhooks_out::delivery_data(
            (claim.id, claim.post_id, claim.account_id),
            *platform,
            outcome,
        );
        self.services
            .announce(conn, claim.client_id, event, data)
            .await
    }
}
