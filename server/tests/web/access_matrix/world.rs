//! Two clients that know nothing of each other, people of every role at the first of them, and what must
//! never be seen by whoever is not at the second.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Duration, Utc};
use db::models::session;
use db::models::session::NewSession;
use db::models::user::{self, NewUser};
use domain::{AccountId, AssetId, ClientId, PostId, Role, SessionId, UserId};
use services::assets::uploads::NewUpload;
use services::planning::snippets::SnippetInput;
use services::posts::{Intent, PostInput};
use services::team::{Access, Invitation};
use services::users::SessionToken;
use testing::{Desk, KESTREL, video};

use crate::support::Site;

/// In the name, the posts and the people of the client that is not to be seen.
pub const OTHER: &str = "zebrafinch";
/// In the name of its account.
pub const OTHER_ACCOUNT: &str = "northbankclimbing";
/// In the posts of the client that is to be seen.
pub const OWN: &str = "wagtail";
/// In what staff say among themselves; it never reaches the portal.
pub const AGENCY_ONLY: &str = "behindthecounter";

/// The ids of one client and of what it has, by the names that stand in the table.
#[derive(Clone, Debug, Default)]
pub struct Ids(pub BTreeMap<&'static str, String>);

impl Ids {
    /// What belongs to a client, and could belong to another. New kinds of things are named here, and made
    /// in [`World::start`].
    pub const THINGS: [&'static str; 9] = [
        "account",
        "post",
        "draft",
        "delivery",
        "asset",
        "upload",
        "user",
        "invitation",
        "snippet",
    ];

    /// Puts ids in the place of their names.
    pub fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, id)| {
            text.replace(&format!("{{{name}}}"), id)
        })
    }

    /// With the things of another client.
    pub fn with_things_of(&self, other: &Self) -> Self {
        let mut mixed = self.clone();
        for thing in Self::THINGS {
            if let Some(id) = other.0.get(thing) {
                mixed.0.insert(thing, id.clone());
            }
        }
        mixed
    }
}

/// Somebody who asks.
#[derive(Clone, Debug)]
pub struct Person {
    pub called: &'static str,
    pub id: UserId,
    pub role: Role,
    /// Whether the other client is in their reach too.
    pub sees_other: bool,
}

/// Somebody whom no session lets in.
#[derive(Clone, Copy, Debug)]
pub enum Nobody {
    NoSession,
    Expired,
    Forged,
    Disabled,
}

impl Nobody {
    pub const ALL: [Self; 4] = [Self::NoSession, Self::Expired, Self::Forged, Self::Disabled];
}

pub struct World {
    pub site: Site,
    pub people: Vec<Person>,
    pub own: Ids,
    pub other: Ids,
    disabled: UserId,
    names: AtomicU64,
}

impl World {
    pub async fn start() -> Self {
        let site = Site::start().await;
        let own = client(&site.desk, "Wagtail Coffee", KESTREL, OWN).await;
        let other = client(&site.desk, "Zebrafinch Bakery", OTHER_ACCOUNT, OTHER).await;
        let own_client: ClientId = own.0["client"].parse().expect("an id");
        let mut people = Vec::new();
        for (called, role, limited) in [
            ("owner", Role::Owner, false),
            ("manager", Role::Manager, false),
            ("limited manager", Role::Manager, true),
            ("editor", Role::Editor, false),
            ("limited editor", Role::Editor, true),
            ("approver", Role::ClientApprover, true),
            ("viewer", Role::ClientViewer, true),
        ] {
            people.push(Person {
                called,
                id: add_user(&site.desk, called, role, limited.then_some(own_client)).await,
                role,
                sees_other: !limited,
            });
        }
        let disabled = add_user(&site.desk, "disabled", Role::Owner, None).await;
        let mut conn = site.desk.database.connect().await;
        let sql = format!("UPDATE users SET disabled_at = now() WHERE id = '{disabled}'");
        diesel_async::SimpleAsyncConnection::batch_execute(&mut conn, &sql)
            .await
            .expect("a disabled user");
        Self {
            site,
            people,
            own,
            other,
            disabled,
            names: AtomicU64::new(0),
        }
    }

    /// A new session of a person: what one request does to it must not concern the next.
    pub async fn session_of(&self, person: &Person) -> String {
        let ends = self.site.desk.now() + Duration::days(1);
        self.session(person.id, ends).await
    }

    /// What a browser would send that must not be let in.
    pub async fn session_of_nobody(&self, nobody: Nobody) -> Option<String> {
        let now = self.site.desk.now();
        match nobody {
            Nobody::NoSession => None,
            Nobody::Expired => Some(self.session(self.people[0].id, now).await),
            Nobody::Forged => Some("bWFkZS11cC1tYWRlLXVwLW1hZGUtdXAtbWFkZS11cCE".to_owned()),
            Nobody::Disabled => Some(self.session(self.disabled, now + Duration::days(1)).await),
        }
    }

    async fn session(&self, user: UserId, expires_at: DateTime<Utc>) -> String {
        let number = self.names.fetch_add(1, Ordering::Relaxed);
        let token = SessionToken::from_untrusted(&format!("session-{number}"));
        let new = NewSession {
            id_hash: &token.hash(),
            id: SessionId::generate(),
            user,
            by_link: false,
            ip: None,
            agent: None,
            expires_at,
        };
        let mut conn = self.site.desk.services.conn().await.expect("db");
        session::insert(&mut conn, &new, self.site.desk.now())
            .await
            .expect("a session");
        token.expose().to_owned()
    }

    /// The ids with a new draft among them.
    pub async fn with_fresh_post(&self, ids: Ids) -> Ids {
        // The client that the post belongs to need not be the one that is named in the address.
        let (client, account, asset) = if ids.0["post"] == self.own.0["post"] {
            parts(&self.own)
        } else {
            parts(&self.other)
        };
        let draft = draft(&self.site.desk, client, account, asset, "a new draft").await;
        with(ids, "draft", draft.to_string())
    }
}

fn with(mut ids: Ids, name: &'static str, id: String) -> Ids {
    ids.0.insert(name, id);
    ids
}

fn parts(ids: &Ids) -> (ClientId, AccountId, AssetId) {
    let id = |name: &str| ids.0[name].clone();
    (
        id("client").parse().expect("an id"),
        id("account").parse().expect("an id"),
        id("asset").parse().expect("an id"),
    )
}

/// A client with one of everything, each with a word in it that gives it away.
async fn client(desk: &Desk, name: &str, username: &str, word: &str) -> Ids {
    let client = desk.client(name).await;
    let account = desk.connect(client, username).await;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let upload = NewUpload {
        file_name: "to-come.mp4",
        bytes: 1000,
        sha256: None,
    };
    let upload = desk.services.begin_upload(&desk.owner, client, upload);
    let upload = upload.await.expect("begun").id;
    let post = post(
        desk,
        client,
        account,
        asset,
        &format!("{word} due"),
        Intent::Schedule,
    )
    .await;
    let (delivery, _) = desk.delivery(client, post).await;
    let draft = draft(desk, client, account, asset, &format!("{word} draft")).await;
    let user = add_user(
        desk,
        &format!("{word} guest"),
        Role::ClientViewer,
        Some(client),
    )
    .await;
    let invitation = Invitation {
        email: format!("{word}-invited@people.test"),
        name: String::new(),
        access: Access {
            role: Role::ClientViewer,
            all_clients: false,
            clients: vec![client],
        },
    };
    let invitation = desk.services.invite(&desk.owner, invitation).await;
    let invitation = invitation.expect("an invitation");
    let snippet = SnippetInput {
        id: None,
        name: format!("{word} hours"),
        body: format!("{word} is open until eight"),
        for_all: false,
    };
    let snippet = desk
        .services
        .save_snippet(&desk.owner, client, snippet)
        .await;
    let snippet = snippet.expect("a snippet");
    Ids(BTreeMap::from([
        ("client", client.to_string()),
        ("account", account.to_string()),
        ("asset", asset.to_string()),
        ("upload", upload.to_string()),
        ("post", post.to_string()),
        ("delivery", delivery.to_string()),
        ("draft", draft.to_string()),
        ("user", user.to_string()),
        ("invitation", invitation.to_string()),
        ("snippet", snippet.to_string()),
        (
            "token",
            "bWFkZS11cC1tYWRlLXVwLW1hZGUtdXAtbWFkZS11cCE".to_owned(),
        ),
    ]))
}

async fn draft(
    desk: &Desk,
    client: ClientId,
    account: AccountId,
    asset: AssetId,
    caption: &str,
) -> PostId {
    post(desk, client, account, asset, caption, Intent::SaveDraft).await
}

async fn post(
    desk: &Desk,
    client: ClientId,
    account: AccountId,
    asset: AssetId,
    caption: &str,
    intent: Intent,
) -> PostId {
    let input: PostInput = desk.input(account, asset, caption);
    desk.services
        .save_post(&desk.owner, client, input, intent)
        .await
        .expect("a post")
}

/// A user who comes without a password: the test makes their sessions itself.
async fn add_user(desk: &Desk, name: &str, role: Role, client: Option<ClientId>) -> UserId {
    let id = UserId::generate();
    let new = NewUser {
        id,
        email: &format!("{}@people.test", name.replace(' ', "-")),
        name,
        role,
        password_hash: None,
        all_clients: client.is_none(),
        clients: client.as_slice(),
    };
    let mut conn = desk.services.conn().await.expect("db");
    user::insert(&mut conn, &new, desk.now())
        .await
        .expect("a user");
    id
}
