//! What a client's own people decide and say. All of it works as a plain form.

#![allow(
    clippy::too_many_arguments,
    reason = "a form has as many fields as it needs"
)]
#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::approval::Verdict;
use domain::{AccountId, AssetId, ClientId, PostId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// What is chosen for a post on a TikTok account, and what TikTok offers now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalTikTok {
    /// "@kestrelcoffee".
    pub account_name: String,
    /// The name that TikTok shows.
    pub nickname: String,
    /// The version that this belongs to, in hex.
    pub version: String,
    /// What is chosen at present.
    pub options: domain::tiktok::TikTokOptions,
    /// Who can see it: what TikTok offers at this moment.
    pub levels: Vec<String>,
}

/// Decides about the version that was shown, and goes to what came of it. What is said with it may stand at a
/// moment of a video.
///
/// # Errors
/// When another version waits by now, none does, or changes are asked for without a word.
#[server(endpoint = "portal_decide")]
pub async fn portal_decide(
    client: ClientId,
    post: PostId,
    version: String,
    verdict: Verdict,
    #[server(default)] note: String,
    #[server(default)] asset: Option<AssetId>,
    #[server(default)] minute: String,
    #[server(default)] second: String,
) -> Result<(), ApiError> {
    use crate::ssr;
    use domain::Permission;
    use services::approvals::Note;
    let (services, actor) = ssr::signed_in().await?;
    actor
        .require_for(Permission::ApproveForClient, client)
        .map_err(ssr::refuse)?;
    if verdict == Verdict::Changes && note.trim().is_empty() {
        let sentence = "Say what should be changed.".to_owned();
        return Err(ssr::refuse(services::ServiceError::Invalid(sentence)));
    }
    let at = super::mapping::moment(asset, &minute, &second).map_err(ssr::refuse)?;
    let said = Note { text: &note, at };
    services
        .decide_about(&actor, client, post, &version, verdict, said)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&format!("/portal/clients/{client}/posts/{post}/decided"));
    Ok(())
}

/// Approves several versions that were shown, each named as `client/post/version`, and goes back to what waits.
///
/// # Errors
/// When none was chosen.
#[server(endpoint = "portal_approve")]
pub async fn portal_approve(#[server(default)] chosen: Vec<String>) -> Result<(), ApiError> {
    use crate::ssr;
    use domain::Permission;
    let (services, actor) = ssr::signed_in().await?;
    actor
        .require(Permission::ApproveForClient)
        .map_err(ssr::refuse)?;
    if chosen.is_empty() {
        let sentence = "Choose the posts that you approve.".to_owned();
        return Err(ssr::refuse(services::ServiceError::Invalid(sentence)));
    }
    let (mut approved, mut refused) = (0, 0);
    for named in chosen.iter().take(100) {
        let mut parts = named.split('/');
        let ids = parts.next().zip(parts.next()).zip(parts.next());
        let decided = match ids {
            Some(((client, post), version)) => match (client.parse(), post.parse()) {
                (Ok(client), Ok(post)) => services
                    .decide(&actor, client, post, version, Verdict::Approved, "")
                    .await
                    .is_ok(),
                _ => false,
            },
            None => false,
        };
        if decided {
            approved += 1;
        } else {
            refused += 1;
        }
    }
    leptos_axum::redirect(&format!("/portal?approved={approved}&refused={refused}"));
    Ok(())
}

/// Takes one's own approval back, as long as the post has not left: it waits again.
///
/// # Errors
/// When there is none to take back, or the post has left.
#[server(endpoint = "portal_withdraw")]
pub async fn portal_withdraw(client: ClientId, post: PostId) -> Result<(), ApiError> {
    use crate::ssr;
    use domain::Permission;
    let (services, actor) = ssr::signed_in().await?;
    actor
        .require_for(Permission::ApproveForClient, client)
        .map_err(ssr::refuse)?;
    services
        .withdraw_decision(&actor, client, post)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&format!(
        "/portal/clients/{client}/posts/{post}?withdrawn=1"
    ));
    Ok(())
}

/// Says something about a post, where it is wished at a moment of its video.
///
/// # Errors
/// When there is nothing to say, or the moment is not part of the video.
#[server(endpoint = "portal_comment")]
pub async fn portal_comment(
    client: ClientId,
    post: PostId,
    body: String,
    #[server(default)] asset: Option<AssetId>,
    #[server(default)] minute: String,
    #[server(default)] second: String,
) -> Result<(), ApiError> {
    use crate::ssr;
    use domain::Permission;
    use services::comments::NewComment;
    let (services, actor) = ssr::signed_in().await?;
    actor
        .require_for(Permission::SeePortal, client)
        .map_err(ssr::refuse)?;
    let at = super::mapping::moment(asset, &minute, &second).map_err(ssr::refuse)?;
    let new = NewComment {
        body,
        internal: false,
        at,
    };
    let said = services
        .add_comment(&actor, client, post, new)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&format!(
        "/portal/clients/{client}/posts/{post}?said={said}#comments"
    ));
    Ok(())
}

/// What is chosen for a post that waits, on a TikTok account, and what TikTok offers for it now.
///
/// # Errors
/// When it does not wait for this person, or TikTok does not answer.
#[server(ReadPortalTikTok, endpoint = "portal_tiktok")]
pub async fn portal_tiktok(
    client: ClientId,
    post: PostId,
    account: AccountId,
) -> Result<PortalTikTok, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let settings = services
        .tiktok_settings(&actor, client, post, account)
        .await
        .map_err(ssr::refuse)?;
    Ok(PortalTikTok {
        account_name: settings.account_name,
        nickname: settings.creator.nickname,
        version: settings.version,
        options: settings.options,
        levels: settings.creator.privacy_level_options,
    })
}

/// Keeps what the account's owner chose, and goes back to the post, which goes on waiting.
///
/// # Errors
/// When another version waits by now, or TikTok does not allow it.
#[server(endpoint = "save_portal_tiktok")]
pub async fn save_portal_tiktok(
    client: ClientId,
    post: PostId,
    account: AccountId,
    version: String,
    #[server(default)] privacy_level: String,
    #[server(default)] disclose: bool,
    #[server(default)] your_brand: bool,
    #[server(default)] branded_content: bool,
) -> Result<(), ApiError> {
    use crate::ssr;
    use services::portal::TikTokChoice;
    let (services, actor) = ssr::signed_in().await?;
    let choice = TikTokChoice {
        privacy_level: (!privacy_level.is_empty()).then_some(privacy_level),
        disclose,
        your_brand,
        branded_content,
    };
    services
        .choose_tiktok(&actor, client, post, account, &version, choice)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&format!("/portal/clients/{client}/posts/{post}?saved=1"));
    Ok(())
}
