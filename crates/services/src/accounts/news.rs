//! What people and other systems are told of accounts, in the transaction that changes them.

use chrono::Duration;
use db::AsyncConnection;
use db::models::{account, connection, notice, user};
use domain::notice::NoticeKind;
use domain::webhook::WebhookEvent;
use domain::{AccountId, ClientId, Platform, UserId};
use serde_json::json;

use super::{Account, account_name};
use crate::notify::{Audience, Notice};
use crate::tokens::AccountRef;
use crate::webhooks_out::account_data;
use crate::{ServiceResult, Services};

/// How long before access ends for good people hear of it.
const AHEAD: Duration = Duration::days(3);
/// And how long until they hear of it again.
const AGAIN: Duration = Duration::days(7);
/// How a disconnected account is called in what people were told before.
const PURGED: &str = "a disconnected account";

impl Services {
    /// Tells of access that ends soon and cannot be renewed. Returns how many accounts were told of.
    ///
    /// # Errors
    /// When the database cannot be reached; the next look tries again.
    pub async fn tell_of_expiring(&self) -> ServiceResult<usize> {
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let ending = connection::take_expiring(conn, now, now + AHEAD, now - AGAIN).await?;
            for (id, ends) in &ending {
                let Some(account) = account::find_any(conn, *id).await? else {
                    continue;
                };
                let hours = (*ends - now).num_hours();
                let left = match hours {
                    ..48 => format!("{hours} hours"),
                    _ => format!("{} days", hours / 24),
                };
                let told = about_account(
                    account.client_id,
                    Audience::Everybody,
                    format!("Access to {} ends in {left}", name(&account)),
                    "Connect the account again before that, so that nothing has to wait."
                        .to_owned(),
                );
                self.tell(conn, &told).await?;
            }
            Ok(ending.len())
        })
        .await
    }

    /// A platform refuses an account that it accepted until now.
    pub(crate) async fn tell_refused(
        &self,
        conn: &mut db::Connection,
        on: AccountRef,
        why: &str,
    ) -> ServiceResult<()> {
        let found = account::find(conn, on.client, on.id).await?;
        let name = found
            .as_ref()
            .map_or_else(|| account_name(None, None), name);
        let told = about_account(
            on.client,
            Audience::Everybody,
            format!("{name} has to be connected again"),
            format!("{why} Posts on it wait until then."),
        );
        self.tell(conn, &told).await?;
        let data = account_data(on.id, on.platform, json!({ "reason": why }));
        self.announce(
            conn,
            on.client,
            WebhookEvent::AccountNeedsReconnecting,
            data,
        )
        .await
    }

    /// An account was connected, or connected again.
    pub(super) async fn tell_connected(
        &self,
        conn: &mut db::Connection,
        client: ClientId,
        (id, platform): (AccountId, Platform),
        again: bool,
    ) -> ServiceResult<()> {
        let data = account_data(id, platform, json!({ "again": again }));
        self.announce(conn, client, WebhookEvent::AccountConnected, data)
            .await
    }

    /// An account was disconnected. Whoever at the agency did it knows; by the platform or the client
    /// it comes as news. Its name is purged with it, also from what people were told before.
    pub(super) async fn tell_disconnected(
        &self,
        conn: &mut db::Connection,
        account: &Account,
        by: Option<UserId>,
        (cancelled, unknown): (usize, usize),
    ) -> ServiceResult<()> {
        let client = account.client_id;
        if account.handle.is_some() || account.nickname.is_some() {
            notice::forget_name(conn, client, &name(account), PURGED).await?;
        }
        let person = match by {
            Some(by) => user::find(conn, by).await?,
            None => None,
        };
        let by_client = person
            .as_ref()
            .is_some_and(|person| !person.role.is_staff());
        if by.is_none() || by_client {
            let platform = account.platform;
            let title = match (&person, by_client) {
                (Some(person), true) => {
                    format!("{} disconnected a {platform} account", person.name)
                }
                _ => format!("{platform} ended our access to an account"),
            };
            let mut body = "Tokens and profile were purged.".to_owned();
            match cancelled {
                0 => {}
                1 => body += " 1 scheduled post was cancelled.",
                count => body += &format!(" {count} scheduled posts were cancelled."),
            }
            if unknown > 0 {
                body += " Of what was on its way nobody can ask any more what became of it: look at the profile.";
            }
            let audience = if by_client {
                Audience::Staff
            } else {
                Audience::Everybody
            };
            self.tell(conn, &about_account(client, audience, title, body))
                .await?;
        }
        let who = match (&person, by_client) {
            (None, _) => "platform",
            (Some(_), true) => "client",
            (Some(_), false) => "staff",
        };
        let data = account_data(
            account.id,
            account.platform,
            json!({ "by": who, "cancelled": cancelled }),
        );
        self.announce(conn, client, WebhookEvent::AccountDisconnected, data)
            .await
    }
}

/// Something to tell about an account.
pub(crate) fn about_account(
    client: ClientId,
    audience: Audience,
    title: String,
    body: String,
) -> Notice {
    Notice {
        kind: NoticeKind::Connection,
        client,
        post: None,
        audience,
        except: None,
        title,
        body,
        desk_href: format!("/clients/{client}/accounts"),
        portal_href: format!("/portal/clients/{client}/accounts"),
    }
}

fn name(account: &Account) -> String {
    account_name(account.handle.as_deref(), account.nickname.as_deref())
}
