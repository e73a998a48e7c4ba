//! How a line of the table is written.

use domain::Permission;

/// Who may use an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Anybody.
    Open,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever has one of these.
    Has(&'static [Permission]),
    /// Whoever has one of these, and sees the client.
    At(&'static [Permission]),
    /// A platform, which signs.
    Signed,
}

/// What kind of thing answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Function,
    Route,
    Page,
}

/// A line of the table.
#[derive(Clone, Debug)]
pub struct Endpoint {
    pub kind: Kind,
    pub method: &'static str,
    /// As the router knows it.
    pub path: String,
    pub needs: Needs,
    /// What is needed besides, because it is a part of the desk or of the portal.
    pub also: Option<Permission>,
    /// What is sent, with placeholders.
    pub sends: &'static str,
    /// What it may answer to whoever may, beside success.
    pub may_answer: Vec<u16>,
    /// Whether what is not there is told in the answer, beside what was done.
    pub answers_each: bool,
    pub fresh_post: bool,
    /// The platform in its address.
    pub platform: &'static str,
}

/// A server function.
pub fn function(name: &'static str, needs: Needs, sends: &'static str) -> Endpoint {
    endpoint(Kind::Function, "POST", format!("/api/{name}"), needs, sends)
}

/// A raw route: "GET /health".
pub fn route(address: &'static str, needs: Needs, sends: &'static str) -> Endpoint {
    let (method, path) = address.split_once(' ').expect("a method and a path");
    endpoint(Kind::Route, method, path.to_owned(), needs, sends)
}

/// A page of the desk, within its frame.
pub fn desk_page(path: &'static str, needs: Needs) -> Endpoint {
    page(path, needs).in_desk()
}

/// A page.
pub fn page(path: &'static str, needs: Needs) -> Endpoint {
    endpoint(Kind::Page, "GET", path.to_owned(), needs, "")
}

fn endpoint(
    kind: Kind,
    method: &'static str,
    path: String,
    needs: Needs,
    sends: &'static str,
) -> Endpoint {
    Endpoint {
        kind,
        method,
        path,
        needs,
        also: None,
        sends,
        may_answer: Vec::new(),
        answers_each: false,
        fresh_post: false,
        platform: "tiktok",
    }
}

impl Endpoint {
    /// Lets another status than success pass for whoever may.
    pub fn may_answer(mut self, status: u16) -> Self {
        self.may_answer.push(status);
        self
    }

    /// Tells in its answer of each thing what came of it.
    pub const fn answers_each(mut self) -> Self {
        self.answers_each = true;
        self
    }

    /// Asks for the right to see the desk besides.
    pub const fn in_desk(mut self) -> Self {
        self.also = Some(Permission::SeeDesk);
        self
    }

    /// Asks for the right to see the portal besides.
    pub const fn in_portal(mut self) -> Self {
        self.also = Some(Permission::SeePortal);
        self
    }

    /// Names another platform than TikTok in `{platform}`.
    pub const fn on(mut self, platform: &'static str) -> Self {
        self.platform = platform;
        self
    }

    /// Makes a new draft, `{draft}`, for every request: it does not outlive one.
    pub const fn fresh_post(mut self) -> Self {
        self.fresh_post = true;
        self
    }

    /// "POST /api/month": what coverage is counted by.
    pub fn address(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether it names something beside the client, which could belong to another one.
    pub fn names_things(&self) -> bool {
        let text = format!("{} {}", self.path, self.sends);
        super::world::Ids::THINGS
            .iter()
            .any(|thing| text.contains(&format!("{{{thing}}}")))
    }
}
