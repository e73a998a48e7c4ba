//! Asks, and judges the answers.

use futures::future::join_all;
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, LOCATION};
use reqwest::{Method, StatusCode};

use super::endpoint::{Endpoint, Kind, Needs};
use super::world::{AGENCY_ONLY, Ids, Nobody, OTHER, OTHER_ACCOUNT, OWN, Person, World};

/// Whose ids a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// The asking person's own client's.
    Own,
    /// Another client's.
    Other,
    /// The own client's, with things that belong to the other.
    Mixed,
}

/// What an answer should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// The thing itself.
    Success,
    /// That the role does not allow it.
    Forbidden,
    /// That there is no such thing.
    NotFound,
    /// One of these two.
    Refusal,
    /// That one has to sign in.
    SignIn,
    /// Anything that is no success.
    NoSuccess,
}

/// The walk with what it found.
pub struct Walk<'a> {
    world: &'a World,
    pub requests: usize,
    /// Answers that told or allowed too much.
    pub leaks: Vec<String>,
    /// Answers that refused what is allowed, or failed.
    pub refused: Vec<String>,
}

/// An answer as it is judged.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl<'a> Walk<'a> {
    pub const fn through(world: &'a World) -> Self {
        Self {
            world,
            requests: 0,
            leaks: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Asks an endpoint in everybody's name.
    pub async fn visit(&mut self, endpoint: &Endpoint) {
        let world = self.world;
        let cases = world.people.iter().flat_map(|person| {
            variants(endpoint)
                .into_iter()
                .map(move |whose| (person, whose))
        });
        let of_people = join_all(cases.map(|(person, whose)| async move {
            let ids = ids(world, endpoint, whose).await;
            let session = world.session_of(person).await;
            let answer = ask(world, endpoint, &ids, Some(&session)).await;
            (person, whose, answer)
        }))
        .await;
        for (person, whose, answer) in of_people {
            let who = format!("{} with {whose:?} ids", person.called);
            let due = due(endpoint, person, whose);
            self.judge(endpoint, &who, due, &answer);
            self.look_for_words(
                endpoint,
                &who,
                &forbidden_words(endpoint, person, due),
                &answer,
            );
        }
        for nobody in Nobody::ALL {
            let ids = ids(world, endpoint, Whose::Own).await;
            let session = world.session_of_nobody(nobody).await;
            let answer = ask(world, endpoint, &ids, session.as_deref()).await;
            let who = format!("{nobody:?}");
            let due = match endpoint.needs {
                Needs::Open => Due::Success,
                Needs::Signed => Due::NoSuccess,
                _ => Due::SignIn,
            };
            self.judge(endpoint, &who, due, &answer);
            self.look_for_words(
                endpoint,
                &who,
                &[OWN, OTHER, OTHER_ACCOUNT, AGENCY_ONLY],
                &answer,
            );
        }
    }

    fn judge(&mut self, endpoint: &Endpoint, who: &str, due: Due, answer: &Answer) {
        self.requests += 1;
        if answer.is(due, endpoint) {
            return;
        }
        let told: String = answer.body.chars().take(160).collect();
        let location = answer.location();
        let line = format!(
            "{} for {who}: {due:?} was due, the answer is {} {location} {told}",
            endpoint.address(),
            answer.status
        );
        if due == Due::Success {
            self.refused.push(line);
        } else {
            self.leaks.push(line);
        }
    }

    fn look_for_words(&mut self, endpoint: &Endpoint, who: &str, words: &[&str], answer: &Answer) {
        for word in words {
            if answer.holds(word) {
                self.leaks
                    .push(format!("{} tells {who} of “{word}”", endpoint.address()));
            }
        }
    }
}

impl Answer {
    fn location(&self) -> &str {
        let location = self.headers.get(LOCATION);
        location.map_or("", |value| value.to_str().unwrap_or(""))
    }

    fn holds(&self, word: &str) -> bool {
        let in_headers = self.headers.values().any(|value| {
            String::from_utf8_lossy(value.as_bytes())
                .to_lowercase()
                .contains(word)
        });
        in_headers || self.body.to_lowercase().contains(word)
    }

    fn leads_to_sign_in(&self) -> bool {
        self.status.is_redirection() && self.location().starts_with("/sign-in")
    }

    fn is(&self, due: Due, endpoint: &Endpoint) -> bool {
        let is_fine = self.status.is_success()
            || (self.status.is_redirection() && !self.leads_to_sign_in())
            || endpoint.may_answer.contains(&self.status.as_u16());
        match due {
            Due::Success => is_fine,
            Due::NoSuccess => self.status.is_client_error(),
            // A page is left for the sign-in page; whoever calls a function is told.
            Due::SignIn => match endpoint.kind {
                Kind::Function => self.status == StatusCode::UNAUTHORIZED,
                Kind::Page => self.leads_to_sign_in(),
                Kind::Route => self.status == StatusCode::UNAUTHORIZED || self.leads_to_sign_in(),
            },
            Due::Forbidden => self.refuses(endpoint, &[StatusCode::FORBIDDEN]),
            Due::NotFound => self.refuses(endpoint, &[StatusCode::NOT_FOUND]),
            Due::Refusal => self.refuses(endpoint, &[StatusCode::FORBIDDEN, StatusCode::NOT_FOUND]),
        }
    }

    /// A page may say of what is not to be seen that it is not there, or lead whoever has no business there
    /// to where they have.
    fn refuses(&self, endpoint: &Endpoint, with: &[StatusCode]) -> bool {
        let leads_home =
            self.status.is_redirection() && ["/", "/portal"].contains(&self.location());
        let is_page = endpoint.kind == Kind::Page;
        with.contains(&self.status)
            || (is_page && (leads_home || self.status == StatusCode::NOT_FOUND))
    }
}

fn variants(endpoint: &Endpoint) -> Vec<Whose> {
    let text = format!("{} {}", endpoint.path, endpoint.sends);
    let names_client = text.contains("{client}");
    match endpoint.needs {
        Needs::At(_) if names_client && endpoint.names_things() => {
            vec![Whose::Own, Whose::Other, Whose::Mixed]
        }
        Needs::At(_) => vec![Whose::Own, Whose::Other],
        _ => vec![Whose::Own],
    }
}

async fn ids(world: &World, endpoint: &Endpoint, whose: Whose) -> Ids {
    let mut ids = match whose {
        Whose::Own => world.own.clone(),
        Whose::Other => world.other.clone(),
        Whose::Mixed => world.own.with_things_of(&world.other),
    };
    ids.0.insert("platform", endpoint.platform.to_owned());
    if endpoint.fresh_post {
        ids = world.with_fresh_post(ids).await;
    }
    ids
}

fn due(endpoint: &Endpoint, person: &Person, whose: Whose) -> Due {
    let has = |permissions: &[domain::Permission]| {
        let has_any = permissions.iter().any(|one| person.role.may(*one));
        has_any && endpoint.also.is_none_or(|also| person.role.may(also))
    };
    match endpoint.needs {
        Needs::Open | Needs::SignedIn => Due::Success,
        Needs::Signed => Due::NoSuccess,
        Needs::Has(permissions) if has(permissions) => Due::Success,
        Needs::Has(_) => Due::Forbidden,
        Needs::At(permissions) => match (whose, has(permissions)) {
            (Whose::Own, true) => Due::Success,
            (Whose::Other, true) if person.sees_other => Due::Success,
            (Whose::Other, false) if !person.sees_other => Due::Refusal,
            (Whose::Mixed, true) if endpoint.answers_each => Due::Success,
            (Whose::Other | Whose::Mixed, true) => Due::NotFound,
            // Whether the thing is there is settled before or after the right to it is.
            (Whose::Mixed, false) => Due::Refusal,
            (_, false) => Due::Forbidden,
        },
    }
}

fn forbidden_words(endpoint: &Endpoint, person: &Person, due: Due) -> Vec<&'static str> {
    let mut words = Vec::new();
    if !person.sees_other {
        words.extend([OTHER, OTHER_ACCOUNT]);
    }
    if !person.role.is_staff() {
        words.push(AGENCY_ONLY);
    }
    // The frame around a page that is refused may name the clients that are in reach.
    if due != Due::Success && endpoint.kind != Kind::Page {
        words.push(OWN);
    }
    words
}

async fn ask(world: &World, endpoint: &Endpoint, ids: &Ids, session: Option<&str>) -> Answer {
    let method: Method = endpoint.method.parse().expect("a method");
    let sends = ids.fill(endpoint.sends);
    let mut path = ids.fill(&endpoint.path);
    if endpoint.method == "GET" && !sends.is_empty() {
        path = format!("{path}?{sends}");
    }
    let mut request = world.site.stranger(method, &path);
    if let Some(session) = session {
        request = request.header(COOKIE, format!("autopost_session={session}"));
    }
    if endpoint.kind == Kind::Function {
        request = request.header(ACCEPT, "application/json");
    }
    if endpoint.method != "GET" {
        let kind = if sends.starts_with('{') {
            "application/json"
        } else {
            "application/x-www-form-urlencoded"
        };
        request = request.header(CONTENT_TYPE, kind).body(sends);
    }
    let mut answer = request.send().await.expect("an answer");
    let (status, headers) = (answer.status(), answer.headers().clone());
    // What is open for as long as a page is has said what it says once it has begun.
    let is_open = headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    let body = if is_open {
        answer
            .chunk()
            .await
            .expect("a beginning")
            .unwrap_or_default()
    } else {
        answer.bytes().await.expect("a body")
    };
    Answer {
        status,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}
