//! What people are told about approvals, and where they do something about it.

use domain::approval::ReviewStage;
use domain::notice::NoticeKind;
use domain::time::{local, local_label, zone_place};
use domain::{ClientId, PostId, UserId};

use super::Locked;
use crate::notify::{Audience, Notice};

/// Where staff see how a post stands.
pub(crate) fn desk_href(client: ClientId, post: PostId) -> String {
    format!("/clients/{client}/approvals?post={post}")
}

/// Where the client's own people see a post.
pub(crate) fn portal_href(client: ClientId, post: PostId) -> String {
    format!("/portal/clients/{client}/posts/{post}")
}

impl Locked {
    /// "Fri 16 Oct, 09:00 London": its minute.
    pub(super) fn minute(&self) -> String {
        format!(
            "{} {}",
            local_label(local(self.post.due_at, self.zone)),
            zone_place(self.zone)
        )
    }

    /// Something to tell about this post.
    pub(super) fn notice(
        &self,
        kind: NoticeKind,
        audience: Audience,
        title: String,
        body: String,
    ) -> Notice {
        Notice {
            kind,
            client: self.client.id,
            post: Some(self.post.id),
            audience,
            except: None,
            title,
            body,
            desk_href: desk_href(self.client.id, self.post.id),
            portal_href: portal_href(self.client.id, self.post.id),
        }
    }

    /// That a decision is wanted.
    pub(super) fn waits(
        &self,
        stage: ReviewStage,
        deadline: chrono::DateTime<chrono::Utc>,
        sender: Option<UserId>,
    ) -> Notice {
        let audience = match stage {
            ReviewStage::Internal => Audience::InternalApprovers,
            ReviewStage::Client => Audience::ClientApprovers,
        };
        let body = format!(
            "Goes out {}. Decide by {}.",
            self.minute(),
            local_label(local(deadline, self.zone))
        );
        let mut notice = self.notice(NoticeKind::WaitingApproval, audience, self.title(), body);
        notice.except = sender;
        notice
    }

    /// That a decision is still missing, for whoever has not decided.
    pub(super) fn reminder(
        &self,
        deadline: chrono::DateTime<chrono::Utc>,
        missing: Vec<UserId>,
    ) -> Notice {
        let body = format!(
            "Still waits for you. Decide by {}; it goes out {}.",
            local_label(local(deadline, self.zone)),
            self.minute()
        );
        self.notice(
            NoticeKind::WaitingApproval,
            Audience::Only(missing),
            self.title(),
            body,
        )
    }
}
