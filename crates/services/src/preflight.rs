//! Pre-flight: a day and an hour before its minute, a scheduled delivery is looked at as if it were to go
//! out now, so that staff hear of trouble while there is time to mend it.

use chrono::{DateTime, Duration, Utc};
use connectors::ErrorKind;
use db::AsyncConnection;
use db::models::account::{self, Account};
use db::models::connection;
use db::models::delivery::{self, Delivery};
use db::models::event::{self, NewEvent};
use db::models::post::{self, Post};
use domain::account::AccountStatus;
use domain::history::Tone;
use domain::media::Attached;
use domain::rules::{Field, Finding, Severity, judge};

use crate::accounts::{about_account, account_name};
use crate::notify::{Audience, Notice, first_line};
use crate::tokens::AccountRef;
use crate::{ServiceError, ServiceResult, Services};

/// How long before its minute a delivery is looked at.
const LOOKS: [Duration; 2] = [Duration::hours(24), Duration::hours(1)];
/// When the platform could not be asked: how long until the next try.
const TRY_AGAIN: Duration = Duration::minutes(10);
/// How many are looked at in one round.
const AT_A_TIME: i64 = 50;
/// What a platform's limit of posts counts within.
const DAY: Duration = Duration::hours(24);

/// When a delivery that goes out at `due_at` is looked at next.
pub(crate) fn first_look(due_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    LOOKS
        .into_iter()
        .map(|before| due_at - before)
        .find(|look| *look > now)
}

/// What staff are told of access that is missing, unless they were told before.
fn about_access(
    delivery: &Delivery,
    post: &Post,
    account: &Account,
    findings: &[Finding],
) -> Option<Notice> {
    let sentences: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error && finding.field == Field::Accounts)
        .filter(|finding| !delivery.findings.contains(finding))
        .map(|finding| finding.sentence.as_str())
        .collect();
    if sentences.is_empty() {
        return None;
    }
    let caption = delivery
        .caption_override
        .as_deref()
        .unwrap_or(&post.caption);
    let name = account_name(account.handle.as_deref(), account.nickname.as_deref());
    let mut notice = about_account(
        delivery.client_id,
        Audience::Staff,
        format!("“{}” cannot go out on {name} as it is", first_line(caption)),
        sentences.join(" "),
    );
    notice.post = Some(delivery.post_id);
    Some(notice)
}

impl Services {
    /// Looks at what is due to be looked at. Returns how many were.
    ///
    /// # Errors
    /// When the database cannot be reached; the next round tries again.
    pub async fn preflight_due(&self) -> ServiceResult<usize> {
        let now = self.clock.now();
        let due = delivery::to_preflight(&mut *self.conn().await?, now, AT_A_TIME).await?;
        let count = due.len();
        for (delivery, post, account) in due {
            if let Err(error) = self.preflight(&delivery, &post, &account).await {
                tracing::warn!(delivery = %delivery.id, %error, "a look ahead failed; tries again");
                let again = Some(self.clock.now() + TRY_AGAIN).filter(|at| *at < delivery.due_at);
                delivery::preflight_next_at(&mut *self.conn().await?, delivery.id, again).await?;
            }
        }
        Ok(count)
    }

    async fn preflight(
        &self,
        delivery: &Delivery,
        post: &Post,
        account: &Account,
    ) -> ServiceResult<()> {
        let was_working = account.status == AccountStatus::Working;
        let mut findings = self.look_at(delivery, post, account).await?;
        findings.retain(|finding| finding.severity != Severity::Pass);
        let now = self.clock.now();
        let next = first_look(delivery.due_at, now);
        let news = findings != delivery.findings;
        let blocks = findings
            .iter()
            .any(|finding| finding.severity == Severity::Error);
        let (tone, title, detail) = if findings.is_empty() {
            (
                Tone::Good,
                "Looked ahead: mended",
                "What was found before is in order now.".to_owned(),
            )
        } else {
            let sentences: Vec<&str> = findings
                .iter()
                .map(|finding| finding.sentence.as_str())
                .collect();
            (
                if blocks { Tone::Bad } else { Tone::Warning },
                "Looked ahead and found something",
                sentences.join(" "),
            )
        };
        let told = NewEvent {
            client: delivery.client_id,
            account: Some(delivery.account_id),
            post: Some(delivery.post_id),
            delivery: Some(delivery.id),
            attempt: None,
            at: now,
            actor: None,
            kind: "preflight",
            tone,
            title: title.to_owned(),
            detail,
            platform_words: None,
            duration_ms: None,
        };
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let written = delivery::write_preflight(conn, delivery, &findings, next).await?;
            if !written || !news {
                return Ok(());
            }
            event::append(conn, &[told]).await?;
            // Whose account is refused altogether was told when that was noticed.
            if was_working && let Some(notice) = about_access(delivery, post, account, &findings) {
                let now_refused = account::find(conn, account.client_id, account.id)
                    .await?
                    .is_none_or(|account| account.status != AccountStatus::Working);
                if !now_refused {
                    self.tell(conn, &notice).await?;
                }
            }
            Ok(())
        })
        .await
    }

    /// Everything that would keep it from going out now. An error of ours, or a platform that cannot be
    /// asked, is not a finding.
    async fn look_at(
        &self,
        delivery: &Delivery,
        post: &Post,
        account: &Account,
    ) -> ServiceResult<Vec<Finding>> {
        let reconnect = || {
            vec![Finding::error(
                Field::Accounts,
                format!(
                    "{} no longer accepts our access to this account. Connect it again before this goes out.",
                    account.platform
                ),
            )]
        };
        if account.status != AccountStatus::Working {
            return Ok(reconnect());
        }
        let on = AccountRef {
            id: account.id,
            client: account.client_id,
            platform: account.platform,
        };
        let says = match self.ask_account_facts(on).await {
            Ok(says) => says,
            Err(ServiceError::Platform(error)) if error.kind == ErrorKind::Reauthorise => {
                return Ok(reconnect());
            }
            Err(ServiceError::Platform(error)) if error.kind == ErrorKind::Rejected => {
                return Ok(vec![Finding::error(Field::Accounts, error.message)]);
            }
            // A limit of the day that is reached now says nothing about its minute.
            Err(ServiceError::Platform(error)) if error.code.is_some() => {
                return Ok(vec![Finding::warning(Field::Accounts, error.message)]);
            }
            Err(error) => return Err(error),
        };
        let mut findings = Vec::new();
        let mut conn = self.conn().await?;
        let connector = self.connector(account.platform)?;
        if let Some(stored) = connection::find(&mut conn, account.id).await? {
            for scope in connector.required_scopes() {
                if !stored.scopes.iter().any(|granted| granted == scope) {
                    findings.push(Finding::error(
                        Field::Accounts,
                        format!("The account did not grant “{scope}”. Connect it again and leave it switched on."),
                    ));
                }
            }
        }
        let files = post::assets_of(&mut conn, &[post.id]).await?;
        if let Some(daily) = connector.daily_posts() {
            let planned = delivery::count_between(
                &mut conn,
                account.id,
                delivery.due_at - DAY,
                delivery.due_at,
            )
            .await?;
            if planned > i64::from(daily) {
                findings.push(Finding::warning(
                    Field::Time,
                    format!(
                        "{planned} posts go out on this account within 24 hours; {} takes {daily}. Move some to another day, or they go out late.",
                        account.platform
                    ),
                ));
            }
        }
        drop(conn);
        for (_, file) in &files {
            let kept =
                file.asset.deleted_at.is_none() && self.media.source(file.asset.id).await.is_ok();
            if !kept {
                findings.push(Finding::error(
                    Field::Media,
                    format!(
                        "“{}” is no longer kept. Upload it again and schedule the post anew.",
                        file.asset.file_name
                    ),
                ));
            }
        }
        let caption = delivery
            .caption_override
            .as_deref()
            .unwrap_or(&post.caption);
        let facts: Vec<_> = files.iter().map(|(_, file)| file.asset.facts()).collect();
        let attached: Vec<Attached<'_>> = files
            .iter()
            .zip(&facts)
            .map(|((_, file), facts)| Attached {
                facts,
                alt: &file.alt,
            })
            .collect();
        findings.extend(judge(caption, &attached, &delivery.options, Some(&says)));
        Ok(findings)
    }
}
