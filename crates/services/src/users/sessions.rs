//! One's own sessions, and ending them from another device.

use chrono::{DateTime, Utc};
use db::AsyncConnection;
use db::models::session;
use domain::audit::AuditAction;
use domain::{Permission, SessionId};

use crate::audit::{By, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Its name, which opens nothing.
    pub id: SessionId,
    /// "Firefox on Linux".
    pub device: String,
    /// From where it was opened.
    pub ip: Option<String>,
    /// Whether a link in a mail opened it, and not a password.
    pub by_link: bool,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the hour.
    pub last_seen_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

impl Services {
    /// One's own live sessions, the present one first.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn my_sessions(&self, actor: &Actor) -> ServiceResult<Vec<SessionView>> {
        actor.require(Permission::ManageSelf)?;
        let now = self.clock.now();
        let rows = session::of_user(&mut *self.conn().await?, actor.user_id, now).await?;
        let mut views: Vec<SessionView> = rows
            .into_iter()
            .map(|row| SessionView {
                is_this: row.id == actor.session,
                id: row.id,
                device: device(row.agent.as_deref()),
                ip: row.ip,
                by_link: row.opened_by == "link",
                created_at: row.created_at,
                last_seen_at: row.last_seen_at,
            })
            .collect();
        views.sort_by_key(|view| !view.is_this);
        Ok(views)
    }

    /// Ends one of one's own sessions.
    ///
    /// # Errors
    /// When it has ended already, or is somebody else's.
    pub async fn end_session(&self, actor: &Actor, id: SessionId) -> ServiceResult<()> {
        actor.require(Permission::ManageSelf)?;
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            if !session::delete_one(conn, actor.user_id, id).await? {
                return Err(ServiceError::NotFound("session"));
            }
            let entry = Entry::of(AuditAction::SessionEnded).on("session", id);
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await
    }

    /// Ends all of one's own sessions but the one that asks. Returns how many.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn end_other_sessions(&self, actor: &Actor) -> ServiceResult<usize> {
        actor.require(Permission::ManageSelf)?;
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let ended = session::delete_of_user(conn, actor.user_id, Some(actor.session)).await?;
            if ended > 0 {
                let entry = Entry::of(AuditAction::SessionEnded)
                    .on("user", actor.user_id)
                    .after(serde_json::json!({ "ended": ended }));
                self.record(conn, By::User(actor), &[entry]).await?;
            }
            Ok(ended)
        })
        .await
    }
}

/// What people call a browser: "Firefox on Linux". Good enough to tell one's own devices apart.
fn device(agent: Option<&str>) -> String {
    let Some(agent) = agent else {
        return "Unknown device".to_owned();
    };
    // The order matters: each of these also claims to be those below it.
    let browser = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let system = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let find = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    match (find(&browser), find(&system)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown device".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_browser_is_called_what_people_call_it() {
        for (agent, words) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            ("curl/8.5.0", "Unknown device"),
        ] {
            assert_eq!(device(Some(agent)), words);
        }
        assert_eq!(device(None), "Unknown device");
    }
}
