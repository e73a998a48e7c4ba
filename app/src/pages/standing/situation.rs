//! What is to be said about a delivery: what happened, what it means for the client, what can be done.

use domain::rules::{Field, Finding, Severity};
use domain::{ClientId, DeliveryState, PostId};

use super::ask::Ask;
use crate::api::deliveries::{Held, StandingData};
use crate::components::{Icon, Status};

/// What is to be said, and what can be done.
pub(super) struct Situation {
    pub(super) status: Status,
    pub(super) icon: Icon,
    /// What happened.
    pub(super) lead: String,
    /// Why, what it means, what comes next.
    pub(super) lines: Vec<String>,
    pub(super) links: Vec<Link>,
    pub(super) asks: Vec<Ask>,
}

/// Somewhere to go.
pub(super) struct Link {
    pub(super) href: String,
    pub(super) words: String,
    /// Whether it is not our own page.
    pub(super) outside: bool,
}

/// `None` where nothing is the matter.
pub(super) fn situation(
    client: ClientId,
    post: PostId,
    of: &StandingData,
    in_composer: bool,
) -> Option<Situation> {
    let place = Place {
        client,
        post,
        in_composer,
    };
    match (of.held, of.state) {
        (Some(held), _) => Some(kept(place, of, held)),
        (None, DeliveryState::Unknown) => Some(unknown(of)),
        (None, DeliveryState::Failed) => Some(failed(place, of)),
        (None, DeliveryState::Publishing | DeliveryState::Processing) => Some(moving(of)),
        (None, DeliveryState::Published) => of.cancel_refused.as_ref().map(|why| too_late(of, why)),
        (None, DeliveryState::Scheduled) => scheduled(place, of),
        (None, DeliveryState::Approved) => Some(approved_late(place, of)),
        (None, DeliveryState::Cancelled) if !in_composer => Some(cancelled(of)),
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Place {
    client: ClientId,
    post: PostId,
    in_composer: bool,
}

impl Place {
    fn accounts(self, words: &str) -> Link {
        Link {
            href: format!("/clients/{}/accounts", self.client),
            words: words.to_owned(),
            outside: false,
        }
    }

    /// The way to the post's own fields; none where they are on the same page.
    fn composer(self, words: &str) -> Option<Link> {
        (!self.in_composer).then(|| Link {
            href: format!("/clients/{}/posts/{}", self.client, self.post),
            words: words.to_owned(),
            outside: false,
        })
    }
}

fn profile(of: &StandingData) -> Option<Link> {
    Some(Link {
        href: of.profile_url.clone()?,
        words: format!("Look at {} on {}", of.account_name, of.platform),
        outside: true,
    })
}

fn unknown(of: &StandingData) -> Situation {
    let next = match &of.next_look {
        Some(time) => format!("AutoPost asks {} again {}.", of.platform, lower(time)),
        None => format!(
            "AutoPost has asked {} often enough: only a look at the profile tells.",
            of.platform
        ),
    };
    Situation {
        status: Status::Unknown,
        icon: Icon::Unknown,
        lead: "Nobody knows yet whether this went out.".to_owned(),
        lines: of
            .problem
            .clone()
            .into_iter()
            .chain([
                format!(
                    "It may be on the profile or not: look before you decide. AutoPost sends it again by itself only once {} says that it is not there.",
                    of.platform
                ),
                next,
            ])
            .collect(),
        links: profile(of).into_iter().collect(),
        asks: vec![Ask::Found, Ask::SendAgain, Ask::GiveUp],
    }
}

fn failed(place: Place, of: &StandingData) -> Situation {
    let (todo, asks) = if of.is_unchanged {
        (None, vec![Ask::TryAgain, Ask::LetRest])
    } else {
        (
            Some("It was changed since then: choose a time and schedule it anew.".to_owned()),
            vec![Ask::LetRest],
        )
    };
    let means = format!(
        "The client’s followers see nothing of it on {}. It is not tried again by itself.",
        of.account_name
    );
    Situation {
        status: Status::Failed,
        icon: Icon::Failed,
        lead: "This did not go out.".to_owned(),
        lines: of
            .problem
            .clone()
            .into_iter()
            .chain([means])
            .chain(todo)
            .collect(),
        links: place.composer("Choose another time").into_iter().collect(),
        asks,
    }
}

fn moving(of: &StandingData) -> Situation {
    let lead = if of.state == DeliveryState::Processing {
        match &of.problem {
            // It may wait for a person there, or could not be asked about.
            Some(_) => format!("{} has all of it; it is not settled yet.", of.platform),
            None => format!("{} has all of it and is working on it.", of.platform),
        }
    } else {
        "This is being published at this moment.".to_owned()
    };
    let mut lines: Vec<String> = Vec::new();
    if let Some(problem) = &of.problem {
        lines.push(problem.clone());
        lines.extend(of.next_look.as_ref().map(|time| match of.state {
            DeliveryState::Processing => {
                format!("AutoPost asks {} again {}.", of.platform, lower(time))
            }
            _ => format!("It is tried again {}.", lower(time)),
        }));
    }
    let mut asks = Vec::new();
    match (&of.cancel_asked, &of.cancel_refused) {
        (Some(asked), _) => lines.push(format!(
            "{asked}: it is stopped if nothing can be posted yet. You see here what came of it."
        )),
        (None, Some(why)) => lines.push(format!("It could not be taken back. {why}")),
        (None, None) => asks.push(Ask::Cancel),
    }
    if lines.is_empty() {
        lines.push(
            "What has left cannot be changed. After that it may take a few minutes until it shows on the profile."
                .to_owned(),
        );
    }
    Situation {
        status: Status::Publishing,
        icon: Icon::Publishing,
        lead,
        lines,
        links: Vec::new(),
        asks,
    }
}

fn too_late(of: &StandingData, why: &str) -> Situation {
    Situation {
        status: Status::Published,
        icon: Icon::Info,
        lead: "It could not be taken back: it is published.".to_owned(),
        lines: vec![
            why.to_owned(),
            format!(
                "Whoever manages {} can delete it on {}.",
                of.account_name, of.platform
            ),
        ],
        links: profile(of).into_iter().collect(),
        asks: Vec::new(),
    }
}

fn kept(place: Place, of: &StandingData, held: Held) -> Situation {
    let until = format!(
        "Its minute was {}. It is still sent until {}; after that it fails instead.",
        lower(&of.due),
        lower(&of.latest)
    );
    let (icon, lead, why, links) = match held {
        Held::Paused => (
            Icon::Pause,
            "Held: publishing is paused.",
            match &of.pause {
                Some(pause) => format!("{} It goes out once that is resumed.", pause.sentence()),
                None => "It goes out in a moment.".to_owned(),
            },
            Vec::new(),
        ),
        Held::Reconnect => (
            Icon::Link,
            "Held: the account needs reconnecting.",
            format!(
                "{} no longer accepts our access to {}. It goes out by itself once the account is connected again.",
                of.platform, of.account_name
            ),
            vec![place.accounts("Reconnect the account")],
        ),
    };
    let asks = if of.state == DeliveryState::Scheduled {
        vec![Ask::Cancel]
    } else {
        Vec::new()
    };
    Situation {
        status: Status::Waiting,
        icon,
        lead: lead.to_owned(),
        lines: vec![why, until],
        links,
        asks,
    }
}

/// Approved after its minute: a person decides what becomes of it.
fn approved_late(place: Place, of: &StandingData) -> Situation {
    let (todo, mut asks) = if of.sends_late {
        (
            "Send it now as it was approved, or choose another time.",
            vec![Ask::SendNow],
        )
    } else {
        (
            "This client wants nothing sent late: choose another time and send it for approval again.",
            Vec::new(),
        )
    };
    asks.push(Ask::Cancel);
    Situation {
        status: Status::Approved,
        icon: Icon::Approved,
        lead: "Approved, but its minute had passed.".to_owned(),
        lines: vec![format!("It was to go out {}. {todo}", lower(&of.due))],
        links: place.composer("Choose another time").into_iter().collect(),
        asks,
    }
}

fn scheduled(place: Place, of: &StandingData) -> Option<Situation> {
    let blocks = of
        .findings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    let asks = if place.in_composer {
        Vec::new()
    } else {
        vec![Ask::SendNow, Ask::Cancel]
    };
    if !of.findings.is_empty() {
        let (status, lead) = if blocks {
            (
                Status::Failed,
                format!("As it is, this will not go out {}.", lower(&of.due)),
            )
        } else {
            (
                Status::Waiting,
                format!(
                    "Something to look at before this goes out {}.",
                    lower(&of.due)
                ),
            )
        };
        return Some(Situation {
            status,
            icon: Icon::Triangle,
            lead,
            lines: of
                .findings
                .iter()
                .map(|finding| finding.sentence.clone())
                .collect(),
            links: fixes(place, &of.findings),
            asks,
        });
    }
    if let Some(pause) = &of.pause {
        return Some(Situation {
            status: Status::Waiting,
            icon: Icon::Pause,
            lead: "Publishing is paused.".to_owned(),
            lines: vec![
                pause.sentence(),
                format!(
                    "If that lasts beyond {}, this post waits; it is still sent until {}.",
                    lower(&of.due),
                    lower(&of.latest)
                ),
            ],
            links: Vec::new(),
            asks,
        });
    }
    (!place.in_composer).then(|| Situation {
        status: Status::Scheduled,
        icon: Icon::Scheduled,
        lead: format!("Goes out {}.", lower(&of.due)),
        lines: of.problem.clone().into_iter().collect(),
        links: place.composer("Open the post").into_iter().collect(),
        asks,
    })
}

/// Where each kind of finding is mended, once.
fn fixes(place: Place, findings: &[Finding]) -> Vec<Link> {
    let of_account = |finding: &&Finding| finding.field == Field::Accounts;
    let account = findings
        .iter()
        .find(of_account)
        .map(|_| place.accounts("Look at the account"));
    let post = findings
        .iter()
        .find(|finding| !of_account(finding))
        .and_then(|_| place.composer("Mend it in the post"));
    account.into_iter().chain(post).collect()
}

fn cancelled(of: &StandingData) -> Situation {
    Situation {
        status: Status::Cancelled,
        icon: Icon::Cancelled,
        lead: "This does not go out.".to_owned(),
        lines: of
            .problem
            .clone()
            .into_iter()
            .chain(["Open the post to schedule it again.".to_owned()])
            .collect(),
        links: Vec::new(),
        asks: Vec::new(),
    }
}

/// "today, 09:00" within a sentence; the name of a day keeps its capital.
fn lower(time: &str) -> String {
    for day in ["Today", "Tomorrow", "Yesterday"] {
        if let Some(rest) = time.strip_prefix(day) {
            return format!("{}{rest}", day.to_lowercase());
        }
    }
    time.to_owned()
}
