//! What is set for a client: how it is called, on which clock, how late posts may go out, how they are
//! approved, and how long its files are kept.

use db::AsyncConnection;
use db::models::client::{self, Client, ClientChange};
use db::models::event::{self, NewEvent};
use db::models::{delivery, post, review, user};
use domain::approval::{ApprovalPolicy, Approvers, LateApproval};
use domain::audit::AuditAction;
use domain::history::Tone;
use domain::time::zone;
use domain::{ClientId, Permission};
use serde_json::{Value, json};

use crate::audit::{By, Entry};
use crate::clients::{ClientView, check_name, lateness_words, taken};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// The longest time after its minute at which a post may still be sent, in minutes: a week.
const MOST_LATENESS: i32 = 7 * 24 * 60;
/// The longest time before its minute at which a decision is wanted, in minutes: two weeks.
const MOST_AHEAD: i32 = 14 * 24 * 60;
/// The most days for which files are kept: ten years.
const MOST_DAYS: i32 = 3_650;

/// What is set for a client.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// The client.
    pub client: ClientView,
    /// How many minutes after its minute a post is still sent.
    pub lateness_minutes: i32,
    /// Whether its posts need approval.
    pub approval_policy: ApprovalPolicy,
    /// How many of its approvers have to agree.
    pub approvers: Approvers,
    /// What happens to a post whose minute comes before its approval.
    pub late_approval: LateApproval,
    /// How many minutes before its minute a decision about a post is wanted.
    pub decide_ahead_minutes: i32,
    /// Who is told of failures besides the team.
    pub failure_email: Option<String>,
    /// "#1f4a44".
    pub brand_color: Option<String>,
    /// How many days its files are kept, where that differs from the installation.
    pub media_retention_days: Option<i32>,
    /// How many days files are kept otherwise.
    pub usual_retention_days: u16,
    /// Who approves for the client, by name.
    pub approver_names: Vec<String>,
    /// How many posts are scheduled that the client has not approved: these are sent for approval once the
    /// client approves every post.
    pub scheduled_unapproved: usize,
}

/// What is to be set for a client; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct SettingsInput {
    /// Its name.
    pub name: Option<String>,
    /// The IANA name of its zone.
    pub time_zone: Option<String>,
    /// How many minutes after its minute a post is still sent.
    pub lateness_minutes: Option<i32>,
    /// Whether its posts need approval.
    pub approval_policy: Option<ApprovalPolicy>,
    /// How many of its approvers have to agree.
    pub approvers: Option<Approvers>,
    /// What happens to a post whose minute comes before its approval.
    pub late_approval: Option<LateApproval>,
    /// How many minutes before its minute a decision about a post is wanted.
    pub decide_ahead_minutes: Option<i32>,
    /// Who is told of failures besides the team; empty for nobody.
    pub failure_email: Option<String>,
    /// "#1f4a44"; empty for none.
    pub brand_color: Option<String>,
    /// How many days its files are kept; zero for as long as usual.
    pub media_retention_days: Option<i32>,
}

/// What came of setting it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SettingsSaved {
    /// So many posts were scheduled without approval, and were sent for approval.
    pub sent_for_approval: usize,
}

impl Services {
    /// What is set for a client.
    ///
    /// # Errors
    /// As [`Self::client`].
    pub async fn client_settings(
        &self,
        actor: &Actor,
        id: ClientId,
    ) -> ServiceResult<ClientSettings> {
        let row = self.client_row(actor, Permission::SeeDesk, id).await?;
        let mut conn = self.conn().await?;
        let approvers = user::approvers_of(&mut conn, &[id]).await?;
        let scheduled = delivery::scheduled_posts(&mut conn, id).await?;
        let approved = review::approved_by_client(&mut conn, &scheduled).await?;
        let scheduled_unapproved = post::of_ids(&mut conn, &scheduled)
            .await?
            .into_iter()
            .filter(|post| {
                !approved
                    .iter()
                    .any(|(id, version, _)| *id == post.id && *version == post.version)
            })
            .count();
        Ok(ClientSettings {
            lateness_minutes: row.lateness_minutes,
            approval_policy: row.approval_policy,
            approvers: row.approvers,
            late_approval: row.late_approval,
            decide_ahead_minutes: row.decide_ahead_minutes,
            failure_email: row.failure_email.clone(),
            brand_color: row.brand_color.clone(),
            media_retention_days: row.media_retention_days,
            usual_retention_days: self.settings.media_retention_days,
            approver_names: approvers.into_iter().map(|(.., name)| name).collect(),
            scheduled_unapproved,
            client: self.client_view(row)?,
        })
    }

    /// Whether a client's posts need approval.
    ///
    /// # Errors
    /// As [`Self::client`].
    pub async fn approval_policy(
        &self,
        actor: &Actor,
        id: ClientId,
    ) -> ServiceResult<ApprovalPolicy> {
        let row = self.client_row(actor, Permission::SeeDesk, id).await?;
        Ok(row.approval_policy)
    }

    /// Sets what is set for a client. Another zone moves nothing: what is planned keeps its instant. Where
    /// the client approves every post from now on, whatever is scheduled without approval is sent for
    /// approval in the same moment.
    ///
    /// # Errors
    /// When something will not do, the name is taken, or something is scheduled that nobody could approve.
    /// Nothing is changed then.
    pub async fn update_client(
        &self,
        actor: &Actor,
        id: ClientId,
        input: &SettingsInput,
    ) -> ServiceResult<SettingsSaved> {
        self.client_row(actor, Permission::ManageClients, id)
            .await?;
        let mut conn = self.conn().await?;
        let saved = conn
            .transaction(async |conn| {
                // Whoever schedules at this moment sees what we set, or we see what they scheduled.
                let before = client::find_for_update(conn, id).await?;
                let before = as_set(before.ok_or(ServiceError::NotFound("client"))?);
                let after = check(&before, input)?;
                let changes = tell(&before, &after);
                if changes.is_empty() {
                    return Ok(SettingsSaved::default());
                }
                match client::update(conn, id, &after).await {
                    Err(error) if error.is_duplicate() => return Err(taken(&after.name)),
                    other => other?,
                }
                let told = NewEvent {
                    client: id,
                    account: None,
                    post: None,
                    delivery: None,
                    attempt: None,
                    at: self.clock.now(),
                    actor: Some(actor.user_id),
                    kind: "client_changed",
                    tone: Tone::Neutral,
                    title: "Changed the client’s settings".to_owned(),
                    detail: changes.join(" "),
                    platform_words: None,
                    duration_ms: None,
                };
                event::append(conn, &[told]).await?;
                let (was, is) = differing(&before, &after);
                let entry = Entry::of(AuditAction::ClientChanged)
                    .at(id)
                    .on("client", id)
                    .before(was)
                    .after(is);
                self.record(conn, By::User(actor), &[entry]).await?;
                let tightened =
                    after.approval_policy.is_required() && !before.approval_policy.is_required();
                let sent_for_approval = if tightened {
                    self.ask_about_scheduled(conn, actor, id, after.approval_policy)
                        .await?
                } else {
                    0
                };
                Ok(SettingsSaved { sent_for_approval })
            })
            .await?;
        Ok(saved)
    }
}

fn as_set(row: Client) -> ClientChange {
    ClientChange {
        name: row.name,
        time_zone: row.time_zone,
        lateness_minutes: row.lateness_minutes,
        approval_policy: row.approval_policy,
        approvers: row.approvers,
        late_approval: row.late_approval,
        decide_ahead_minutes: row.decide_ahead_minutes,
        failure_email: row.failure_email,
        brand_color: row.brand_color,
        media_retention_days: row.media_retention_days,
    }
}

/// What is set once this was asked for.
fn check(before: &ClientChange, input: &SettingsInput) -> ServiceResult<ClientChange> {
    let invalid = |sentence: &str| Err(ServiceError::Invalid(sentence.to_owned()));
    let mut after = before.clone();
    if let Some(name) = &input.name {
        check_name(name)?.clone_into(&mut after.name);
    }
    if let Some(name) = &input.time_zone {
        let zone = zone(name.trim()).map_err(|error| ServiceError::Invalid(error.to_string()))?;
        zone.name().clone_into(&mut after.time_zone);
    }
    if let Some(minutes) = input.lateness_minutes {
        if !(1..=MOST_LATENESS).contains(&minutes) {
            return invalid("Choose between one minute and seven days.");
        }
        after.lateness_minutes = minutes;
    }
    after.approval_policy = input.approval_policy.unwrap_or(before.approval_policy);
    after.approvers = input.approvers.unwrap_or(before.approvers);
    after.late_approval = input.late_approval.unwrap_or(before.late_approval);
    if let Some(minutes) = input.decide_ahead_minutes {
        if !(0..=MOST_AHEAD).contains(&minutes) {
            return invalid("Ask for decisions at most two weeks ahead.");
        }
        after.decide_ahead_minutes = minutes;
    }
    if let Some(address) = &input.failure_email {
        let address = address.trim();
        let looks_like_mail = address.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && host.contains('.') && !address.contains(char::is_whitespace)
        });
        if !address.is_empty() && (!looks_like_mail || address.len() > 254) {
            return invalid("The address for failures is not an email address.");
        }
        after.failure_email = Some(address.to_owned()).filter(|address| !address.is_empty());
    }
    if let Some(color) = &input.brand_color {
        let color = color.trim().to_ascii_lowercase();
        let is_hex = |text: &str| text.len() == 6 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if !color.is_empty() && !color.strip_prefix('#').is_some_and(is_hex) {
            return invalid("Give the colour as six hexadecimal digits, such as #1f4a44.");
        }
        after.brand_color = Some(color).filter(|color| !color.is_empty());
    }
    if let Some(days) = input.media_retention_days {
        if !(0..=MOST_DAYS).contains(&days) {
            return invalid("Keep files between one day and ten years.");
        }
        after.media_retention_days = Some(days).filter(|days| *days > 0);
    }
    Ok(after)
}

/// What has changed, a sentence each.
fn tell(before: &ClientChange, after: &ClientChange) -> Vec<String> {
    let mut changes = Vec::new();
    if before.name != after.name {
        changes.push(format!("It was called {} before.", before.name));
    }
    if before.time_zone != after.time_zone {
        changes.push(format!(
            "Its zone is {}; it was {} before. What was planned keeps its instant.",
            after.time_zone, before.time_zone
        ));
    }
    if before.lateness_minutes != after.lateness_minutes {
        changes.push(format!(
            "Posts are sent up to {} after their minute; it was {} before.",
            lateness_words(after.lateness_minutes),
            lateness_words(before.lateness_minutes)
        ));
    }
    if before.approval_policy != after.approval_policy {
        changes.push(policy_sentence(after.approval_policy).to_owned());
    }
    if before.approvers != after.approvers {
        changes.push(
            match after.approvers {
                Approvers::Any => "One approver is enough.",
                Approvers::All => "Every approver has to agree.",
            }
            .to_owned(),
        );
    }
    if before.late_approval != after.late_approval {
        changes.push(
            match after.late_approval {
                LateApproval::Hold => "What is approved late waits for another minute.",
                LateApproval::Publish => "What is approved late goes out at once.",
                LateApproval::Ask => "Staff are asked about what is approved late.",
            }
            .to_owned(),
        );
    }
    if before.decide_ahead_minutes != after.decide_ahead_minutes {
        changes.push(format!(
            "Decisions are wanted {} ahead.",
            lateness_words(after.decide_ahead_minutes)
        ));
    }
    if before.failure_email != after.failure_email {
        changes.push("Somebody else is told of failures.".to_owned());
    }
    if before.brand_color != after.brand_color {
        changes.push("It has another colour.".to_owned());
    }
    if before.media_retention_days != after.media_retention_days {
        changes.push(after.media_retention_days.map_or_else(
            || "Its files are kept as long as usual.".to_owned(),
            |days| {
                format!(
                    "Its files are kept {days} day{} after they were last needed.",
                    if days == 1 { "" } else { "s" }
                )
            },
        ));
    }
    changes
}

const fn policy_sentence(policy: ApprovalPolicy) -> &'static str {
    match policy {
        ApprovalPolicy::None => "The client is not asked about posts.",
        ApprovalPolicy::Optional => "Staff may ask the client about posts.",
        ApprovalPolicy::Required => "The client approves every post.",
        ApprovalPolicy::TwoSteps => "The agency and then the client approve every post.",
    }
}

/// What differs, before and after, for the audit.
fn differing(before: &ClientChange, after: &ClientChange) -> (Value, Value) {
    let fields = |of: &ClientChange| {
        [
            ("name", json!(of.name)),
            ("time_zone", json!(of.time_zone)),
            ("lateness_minutes", json!(of.lateness_minutes)),
            ("approval_policy", json!(of.approval_policy)),
            ("approvers", json!(of.approvers)),
            ("late_approval", json!(of.late_approval)),
            ("decide_ahead_minutes", json!(of.decide_ahead_minutes)),
            ("failure_email", json!(of.failure_email)),
            ("brand_color", json!(of.brand_color)),
            ("media_retention_days", json!(of.media_retention_days)),
        ]
    };
    let (mut was, mut is) = (serde_json::Map::new(), serde_json::Map::new());
    for ((name, old), (_, new)) in fields(before).into_iter().zip(fields(after)) {
        if old != new {
            was.insert(name.to_owned(), old);
            is.insert(name.to_owned(), new);
        }
    }
    (Value::Object(was), Value::Object(is))
}
