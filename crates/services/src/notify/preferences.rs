//! How a person wishes to be told.

use db::AsyncConnection;
use db::models::notice;
use domain::Permission;
use domain::audit::AuditAction;
use domain::notice::{Channels, NoticeKind};
use serde_json::json;

use crate::audit::{By, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// How a person is told of a kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preference {
    /// Of what.
    pub kind: NoticeKind,
    /// Whether inside the application.
    pub in_app: bool,
    /// Whether by mail.
    pub by_mail: bool,
}

impl Services {
    /// How a person is told of everything that there is for their role.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn preferences(&self, actor: &Actor) -> ServiceResult<Vec<Preference>> {
        actor.require(Permission::ManageSelf)?;
        let wishes = notice::wishes(&mut *self.conn().await?, actor.user_id).await?;
        let preferences = defaults(actor).map(|default| {
            let wish = wishes
                .iter()
                .find(|(kind, ..)| kind == default.kind.as_str());
            wish.map_or(default, |(_, in_app, by_mail)| Preference {
                in_app: *in_app,
                by_mail: *by_mail,
                ..default
            })
        });
        Ok(preferences.collect())
    }

    /// Sets how a person is told. What is like the default is not kept, so that it follows the default.
    ///
    /// # Errors
    /// When one of the kinds is not for this person's role, or the database cannot be reached.
    pub async fn set_preferences(&self, actor: &Actor, wished: &[Preference]) -> ServiceResult<()> {
        actor.require(Permission::ManageSelf)?;
        let known: Vec<Preference> = defaults(actor).collect();
        let is_known = |wish: &Preference| known.iter().any(|default| default.kind == wish.kind);
        if !wished.iter().all(is_known) {
            return Err(ServiceError::Invalid(
                "That is nothing that you are told of.".to_owned(),
            ));
        }
        let wishes: Vec<(NoticeKind, bool, bool)> = wished
            .iter()
            .filter(|wish| !known.contains(wish))
            .map(|wish| (wish.kind, wish.in_app, wish.by_mail))
            .collect();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            notice::set_wishes(conn, actor.user_id, &wishes).await?;
            let told: serde_json::Map<_, _> = wished
                .iter()
                .map(|wish| {
                    let how = json!({ "in_app": wish.in_app, "by_mail": wish.by_mail });
                    (wish.kind.as_str().to_owned(), how)
                })
                .collect();
            let entry = Entry::of(AuditAction::ProfileChanged)
                .on("user", actor.user_id)
                .after(json!({ "notices": told }));
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await
    }
}

/// What there is for a person's role, as it is unless they wish otherwise.
fn defaults(actor: &Actor) -> impl Iterator<Item = Preference> {
    let role = actor.role;
    NoticeKind::ALL.iter().filter_map(move |kind| {
        let Channels { in_app, by_mail } = kind.default_for(role)?;
        Some(Preference {
            kind: *kind,
            in_app,
            by_mail,
        })
    })
}
