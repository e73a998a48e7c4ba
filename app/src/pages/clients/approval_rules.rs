//! How a client's posts are approved: by whom, until when, and what happens when nobody has by then.

use domain::approval::{ApprovalPolicy, Approvers, LateApproval};
use leptos::prelude::*;

use crate::api::clients::ClientSettings;
use crate::components::{Field, Notice, Select, Status};

/// The fields of the settings form that are about approval.
#[component]
pub(super) fn ApprovalRules(settings: ClientSettings) -> impl IntoView {
    let ClientSettings {
        approval_policy,
        approvers,
        late_approval,
        decide_ahead_minutes,
        ahead_choices,
        approver_names,
        scheduled_unapproved,
        ..
    } = settings;
    let chosen = RwSignal::new(approval_policy);
    let policies = ApprovalPolicy::ALL
        .iter()
        .map(|policy| {
            let selected = *policy == approval_policy;
            view! {
                <option value=policy.as_str() selected=selected>
                    {policy_words(*policy)}
                </option>
            }
        })
        .collect_view();
    let how_many = Approvers::ALL
        .iter()
        .map(|rule| {
            let words = match rule {
                Approvers::Any => "The first who decides",
                Approvers::All => "Every approver",
            };
            let selected = *rule == approvers;
            view! {
                <option value=rule.as_str() selected=selected>
                    {words}
                </option>
            }
        })
        .collect_view();
    let late = LateApproval::ALL
        .iter()
        .map(|rule| {
            let selected = *rule == late_approval;
            view! {
                <option value=rule.as_str() selected=selected>
                    {late_words(*rule)}
                </option>
            }
        })
        .collect_view();
    let nobody = approver_names.is_empty();
    let who = if nobody {
        "Nobody approves for this client yet. Invite an approver on the Team page.".to_owned()
    } else {
        format!("Approving for this client: {}.", approver_names.join(", "))
    };
    // What saving will do beside what is set.
    let consequence = move || {
        let tightens = chosen.get().is_required() && !approval_policy.is_required();
        (tightens && scheduled_unapproved > 0).then(|| {
            let words = match (scheduled_unapproved, nobody) {
                (_, true) => "Posts are scheduled that nobody could approve: this is refused until there is an approver.".to_owned(),
                (1, false) => "1 scheduled post was not approved. Saving sends it for approval; until then it does not go out.".to_owned(),
                (many, false) => format!("{many} scheduled posts were not approved. Saving sends them for approval; until then they do not go out."),
            };
            view! { <Notice status=Status::Waiting lead="What saving does:">{words}</Notice> }
        })
    };
    view! {
        <Field
            id="policy"
            label="Approval"
            help=Signal::derive(move || Some(policy_help(chosen.get()).to_owned()))
        >
            <Select>
                <select
                    id="policy"
                    name="form[approval_policy]"
                    aria-describedby="policy-help"
                    on:change:target=move |event| {
                        if let Ok(policy) = event.target().value().parse() {
                            chosen.set(policy);
                        }
                    }
                >
                    {policies}
                </select>
            </Select>
        </Field>
        {consequence}
        <Field id="approvers" label="Who has to agree" help=Signal::stored(Some(who))>
            <Select>
                <select id="approvers" name="form[approvers]" aria-describedby="approvers-help">
                    {how_many}
                </select>
            </Select>
        </Field>
        <Field
            id="ahead"
            label="Decisions are wanted before the minute by"
            help=Signal::stored(
                Some(
                    "Approvers are reminded 24 hours and 2 hours before that, each once.".to_owned(),
                ),
            )
        >
            <Select>
                <select id="ahead" name="form[decide_ahead_minutes]" aria-describedby="ahead-help">
                    {choices_of(ahead_choices, decide_ahead_minutes)}
                </select>
            </Select>
        </Field>
        <Field
            id="late"
            label="Approved after its minute"
            help=Signal::stored(
                Some(
                    "An approval names the minute. Sending ahead of it, or at another one, is asked about again; sending late, as long as posts may be late, is not."
                        .to_owned(),
                ),
            )
        >
            <Select>
                <select id="late" name="form[late_approval]" aria-describedby="late-help">
                    {late}
                </select>
            </Select>
        </Field>
    }
    .into_any()
}

/// The options of a select whose values are minutes.
pub(super) fn choices_of(choices: Vec<(i32, String)>, chosen: i32) -> impl IntoView {
    choices
        .into_iter()
        .map(|(minutes, words)| {
            view! {
                <option value=minutes.to_string() selected=minutes == chosen>
                    {words}
                </option>
            }
        })
        .collect_view()
}

const fn policy_words(policy: ApprovalPolicy) -> &'static str {
    match policy {
        ApprovalPolicy::None => "None: the client is not asked",
        ApprovalPolicy::Optional => "Optional: staff may ask",
        ApprovalPolicy::Required => "Required: the client approves every post",
        ApprovalPolicy::TwoSteps => "Two steps: the agency, then the client",
    }
}

const fn policy_help(policy: ApprovalPolicy) -> &'static str {
    match policy {
        ApprovalPolicy::None => "Staff schedule as they see fit.",
        ApprovalPolicy::Optional => {
            "Staff may send a post for approval, and may schedule without. A post that waits goes out only once it is approved, or at its minute if late approvals are published."
        }
        ApprovalPolicy::Required => {
            "Nothing goes out that the client has not approved in exactly that version. An edit has to be approved again."
        }
        ApprovalPolicy::TwoSteps => {
            "First a manager or owner agrees, then the client. Nothing goes out that the client has not approved in exactly that version."
        }
    }
}

const fn late_words(rule: LateApproval) -> &'static str {
    match rule {
        LateApproval::Hold => "Wait: staff choose another time",
        LateApproval::Publish => "Publish at once",
        LateApproval::Ask => "Ask staff: send now, or another time",
    }
}
