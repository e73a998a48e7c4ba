//! How a post is published, one step at a time: look at the account and the text, send the files, note
//! that the post goes out now, and write it.
//!
//! The key of the post is ours to choose. It follows from the delivery alone, and the server is told to
//! write it only where nothing is: however often the last step is repeated, by whomever, and even when a
//! person sends the delivery again, there is one post at the most.

mod checkpoint;
mod media;
mod record;
mod report;

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::bluesky::BlueskyOptions;
use domain::post::PlatformOptions;
use domain::rules::{Severity, judge_bluesky};

use super::Config;
use super::api::Api;
use super::config::below;
use super::facets::{self, Facet, Found, Target};
use super::identity;
use crate::{
    Budget, BudgetScope, Checkpoint, Cost, ErrorKind, PlatformError, Reconciled, StepContext,
    StepOutcome, StepReport,
};
use checkpoint::{Plan, Stage};

/// How often files are sent again because the server has lost them.
const REPEATS: u32 = 2;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// 5,000 points an hour and 35,000 a day for each account, of which a new record costs three.
static POSTS_AN_HOUR: Budget = Budget {
    name: "posts_an_hour",
    scope: BudgetScope::Account,
    limit: 5_000 / 3,
    window: Duration::from_secs(3600),
};
static POSTS_A_DAY: Budget = Budget {
    name: "posts_a_day",
    scope: BudgetScope::Account,
    limit: 35_000 / 3,
    window: DAY,
};
/// Files sent to the account's server.
static UPLOADS: Budget = Budget {
    name: "uploads",
    scope: BudgetScope::Account,
    limit: 1_000,
    window: DAY,
};

/// One step, with all that it may look at.
struct Step<'a> {
    api: Api<'a>,
    config: &'a Config,
    context: &'a StepContext<'a>,
    options: &'a BlueskyOptions,
}

/// Takes the step that the checkpoint asks for.
pub(super) async fn step(
    api: Api<'_>,
    config: &Config,
    context: &StepContext<'_>,
    checkpoint: Option<Checkpoint>,
) -> Result<StepOutcome, PlatformError> {
    let PlatformOptions::Bluesky(options) = &context.content.options else {
        return Err(PlatformError::new(
            ErrorKind::Rejected,
            "This post was prepared for another platform. Open it, choose the account again and schedule it.",
        ));
    };
    let step = Step {
        api,
        config,
        context,
        options,
    };
    match checkpoint.map(Plan::read).transpose()? {
        None => step.check().await,
        Some(plan) => match plan.stage(context.content.media.len()) {
            Stage::Waiting => step.look(plan).await,
            Stage::File(number) => step.send_file(plan, number).await,
            Stage::Ready => {
                let started = Plan {
                    started: true,
                    ..plan
                };
                continued(started, None)
            }
            Stage::Started => step.publish(plan).await,
        },
    }
}

/// Whether the post may have been written; a checkpoint that cannot be read may stand for anything.
pub(super) fn may_be_out(checkpoint: &Checkpoint) -> bool {
    Plan::read(checkpoint.clone()).map_or(true, |plan| plan.started)
}

/// What the next step spends. The post itself is paid for before it is noted as going out, so that one
/// that waits for its turn can still be taken back.
pub(super) fn costs(files: usize, checkpoint: Option<&Checkpoint>) -> Vec<Cost> {
    let plan = checkpoint.and_then(|checkpoint| Plan::read(checkpoint.clone()).ok());
    let cost = |budget| Cost { budget };
    match plan.map(|plan| plan.stage(files)) {
        Some(Stage::File(_)) => vec![cost(&UPLOADS)],
        Some(Stage::Ready) => vec![cost(&POSTS_AN_HOUR), cost(&POSTS_A_DAY)],
        _ => Vec::new(),
    }
}

/// Asks whether the post is there. Where it is not, a request that is still on its way does no harm:
/// it writes under the same key as the next one, and only the first of them writes anything.
pub(super) async fn reconcile(
    api: Api<'_>,
    config: &Config,
    context: &StepContext<'_>,
    checkpoint: Option<Checkpoint>,
) -> Result<Reconciled, PlatformError> {
    let content = context.content;
    let key = record::key(content.delivery_id);
    let Some(found) = api.record(&key).await? else {
        return Ok(Reconciled::NotThere);
    };
    let plan = checkpoint.and_then(|checkpoint| Plan::read(checkpoint).ok());
    let is_same = match (plan, &content.options) {
        (Some(plan), PlatformOptions::Bluesky(options)) => {
            record::is_same(&found.value, &record::build(content, options, &plan))
        }
        // Without notes nothing but the text is known of what was sent.
        _ => found.value["text"] == content.caption.as_str(),
    };
    Ok(if is_same {
        Reconciled::Found {
            id: Some(found.uri),
            address: Some(address(config, api.did, &key)),
        }
    } else {
        Reconciled::Failed(another_version(config, api.did, &key))
    })
}

/// What a person changed after it went out stays as it was; only they can take it down.
fn another_version(config: &Config, did: &str, key: &str) -> PlatformError {
    PlatformError::new(
        ErrorKind::Rejected,
        format!(
            "An earlier version of this post is on Bluesky already: {}. Delete it there if this one is to take its place, then send this one again.",
            address(config, did, key)
        ),
    )
    .with_code("InvalidSwap")
}

impl Step<'_> {
    /// The account is asked whether it can post, and everything about the text is settled.
    async fn check(&self) -> Result<StepOutcome, PlatformError> {
        let content = self.context.content;
        let findings = judge_bluesky(&content.caption, &content.attached(), self.options);
        let errors: Vec<&str> = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.sentence.as_str())
            .collect();
        if !errors.is_empty() {
            return Err(PlatformError::new(ErrorKind::Rejected, errors.join(" ")));
        }
        self.api.session().await?;
        let (facets, unknown) = self.look_up(&content.caption).await?;
        let report = report::checked(&facets, &unknown);
        let plan = Plan::new(record::key(content.delivery_id), self.context.now, facets);
        continued(plan, Some(report))
    }

    /// Looks up who is mentioned. A handle that nobody has stays text, as in Bluesky's own app.
    async fn look_up(&self, text: &str) -> Result<(Vec<Facet>, Vec<String>), PlatformError> {
        let mut facets = Vec::new();
        let mut unknown = Vec::new();
        for Facet { start, end, to } in facets::find(text) {
            let to = match to {
                Found::Link(uri) => Target::Link(uri),
                Found::Tag(tag) => Target::Tag(tag),
                Found::Handle(handle) => {
                    match identity::did_of(self.api.net, self.config, &handle).await? {
                        Some(did) => Target::Mention(did),
                        None => {
                            unknown.push(handle);
                            continue;
                        }
                    }
                }
            };
            facets.push(Facet { start, end, to });
        }
        Ok((facets, unknown))
    }

    /// Writes the post, or finds that it is written.
    async fn publish(&self, plan: Plan) -> Result<StepOutcome, PlatformError> {
        let record = record::build(self.context.content, self.options, &plan);
        match self.api.create(&plan.key, &record).await {
            Ok(written) => Ok(self.published(&plan, written.uri, false)),
            Err(error) => match error.code.as_deref() {
                Some("InvalidSwap") => self.found(plan, &record).await,
                Some("BlobNotFound") if plan.repeats < REPEATS && !plan.files.is_empty() => {
                    let report = report::files_lost(error.platform_words);
                    continued(plan.without_files(), Some(report))
                }
                // A server that knows no such condition answers a record that is there by a fault.
                _ if self.context.resumed && error.kind == ErrorKind::RetryNow => {
                    match self.api.record(&plan.key).await {
                        Ok(Some(found)) if record::is_same(&found.value, &record) => {
                            Ok(self.published(&plan, found.uri, true))
                        }
                        _ => Err(error),
                    }
                }
                _ => Err(error),
            },
        }
    }

    /// Something is there under our key: the post, unless it was sent with other words before.
    async fn found(
        &self,
        plan: Plan,
        record: &serde_json::Value,
    ) -> Result<StepOutcome, PlatformError> {
        let Some(found) = self.api.record(&plan.key).await? else {
            return Err(PlatformError::new(
                ErrorKind::RetryNow,
                "Bluesky’s server said that the post is there, and then that it is not. AutoPost asks again.",
            ));
        };
        if record::is_same(&found.value, record) {
            return Ok(self.published(&plan, found.uri, true));
        }
        Err(another_version(self.config, self.api.did, &plan.key))
    }

    fn published(&self, plan: &Plan, uri: String, again: bool) -> StepOutcome {
        StepOutcome::Published {
            report: Some(report::published(&uri, again)),
            id: Some(uri),
            address: Some(address(self.config, self.api.did, &plan.key)),
            follow_up: None,
        }
    }
}

fn continued(plan: Plan, report: Option<StepReport>) -> Result<StepOutcome, PlatformError> {
    Ok(StepOutcome::Continue {
        checkpoint: plan.write()?,
        report,
        progress: None,
    })
}

/// The public address of a post. By the identity, because handles change.
fn address(config: &Config, did: &str, key: &str) -> String {
    below(&config.site_url, &format!("profile/{did}/post/{key}")).into()
}

/// A moment as records carry it.
fn timestamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
