//! A desk with a client that approves, its people, and what is asked of them again and again.

use chrono::Duration;
use diesel::QueryableByName;
use diesel_async::RunQueryDsl;
use domain::approval::{ApprovalPolicy, Verdict};
use domain::bluesky::BlueskyOptions;
use domain::post::PlatformOptions;
use domain::{AccountId, ClientId, DeliveryState, PostId, Role};
use services::actor::Origin;
use services::approvals::{Decided, Outcome};
use services::client_settings::{SettingsInput, SettingsSaved};
use services::posts::{Intent, PostInput, Target};
use services::{Actor, ServiceResult};
use testing::Desk;

/// A quarter past three on London's wall is in two and a quarter hours.
pub const SOON: &str = "2026-10-14T15:15";
/// Three days ahead.
pub const AHEAD: &str = "2026-10-17T13:00";

/// A desk with a client that approves, and its approver.
pub struct Office {
    /// The desk.
    pub desk: Desk,
    /// The client.
    pub client: ClientId,
    /// Its account.
    pub account: AccountId,
    /// Its approver.
    pub ann: Actor,
}

impl Office {
    /// With a client of this policy.
    pub async fn start(policy: ApprovalPolicy) -> Self {
        let desk = Desk::start().await;
        let client = desk.client("Kestrel Coffee").await;
        let account = desk.connect_bluesky(client, &handle(&desk)).await;
        let ann = person(&desk, "Ann Approver", Role::ClientApprover, &[client]).await;
        let office = Self {
            desk,
            client,
            account,
            ann,
        };
        office
            .set(SettingsInput {
                approval_policy: Some(policy),
                ..SettingsInput::default()
            })
            .await;
        office
    }

    /// Sets something for the client.
    pub async fn set(&self, input: SettingsInput) -> SettingsSaved {
        self.desk
            .services
            .update_client(&self.desk.owner, self.client, &input)
            .await
            .expect("set")
    }

    /// Another of the client's people, or of the agency's.
    pub async fn person(&self, name: &str, role: Role) -> Actor {
        let clients = if role.is_staff() {
            vec![]
        } else {
            vec![self.client]
        };
        person(&self.desk, name, role, &clients).await
    }

    /// What a person would write.
    pub fn input(&self, id: Option<PostId>, caption: &str, local: &str) -> PostInput {
        PostInput {
            id,
            caption: caption.to_owned(),
            assets: vec![],
            targets: vec![Target {
                account: self.account,
                caption: None,
                options: PlatformOptions::Bluesky(BlueskyOptions::default()),
            }],
            local_time: domain::time::parse_local(local).expect("a time on the wall"),
            which: None,
            revision: None,
            composer: None,
        }
    }

    /// Keeps, schedules or sends as the owner.
    pub async fn save(&self, input: PostInput, intent: Intent) -> ServiceResult<PostId> {
        self.desk
            .services
            .save_post(&self.desk.owner, self.client, input, intent)
            .await
    }

    /// A draft.
    pub async fn draft(&self, caption: &str, local: &str) -> PostId {
        let input = self.input(None, caption, local);
        self.save(input, Intent::SaveDraft).await.expect("kept")
    }

    /// Sends one post for approval.
    pub async fn send(&self, post: PostId) -> ServiceResult<()> {
        let owner = &self.desk.owner;
        let sent = self
            .desk
            .services
            .send_for_approval(owner, self.client, &[post])
            .await?;
        let (_, one) = sent.posts.into_iter().next().expect("an answer");
        one.map(|_| ())
    }

    /// A post that waits for approval.
    pub async fn waiting(&self, caption: &str, local: &str) -> PostId {
        let post = self.draft(caption, local).await;
        self.send(post).await.expect("sent for approval");
        post
    }

    /// The present version of a post, as a decision names it.
    pub async fn version(&self, post: PostId) -> String {
        let full = self.desk.services.post(&self.desk.owner, self.client, post);
        hex::encode(full.await.expect("the post").post.version)
    }

    /// Decides about the present version.
    pub async fn decide(
        &self,
        who: &Actor,
        post: PostId,
        verdict: Verdict,
        note: &str,
    ) -> ServiceResult<Decided> {
        let version = self.version(post).await;
        self.desk
            .services
            .decide(who, self.client, post, &version, verdict, note)
            .await
    }

    /// Approves the present version: what follows.
    pub async fn approve(&self, who: &Actor, post: PostId) -> Outcome {
        self.decide(who, post, Verdict::Approved, "")
            .await
            .expect("decided")
            .outcome
    }

    /// Where the only delivery of a post stands.
    pub async fn state(&self, post: PostId) -> DeliveryState {
        self.desk.delivery(self.client, post).await.1
    }

    /// What its history says, oldest first.
    pub async fn titles(&self, post: PostId) -> Vec<String> {
        let (delivery, _) = self.desk.delivery(self.client, post).await;
        self.desk.titles(self.client, delivery).await
    }

    /// Sends what is due, and what follows from it.
    pub async fn publish_due(&self) {
        for _ in 0..20 {
            if self.desk.publisher.tick_and_settle().await.expect("a tick") == 0 {
                break;
            }
        }
    }

    /// Turns the clock, and does what is done by itself.
    pub async fn pass(&self, minutes: i64) {
        self.desk.advance(Duration::minutes(minutes));
        let services = &self.desk.services;
        services.look_at_reviews().await.expect("looked");
        services.settle_agreed_reviews().await.expect("settled");
        self.publish_due().await;
    }

    /// The texts of everything that was posted.
    pub fn feed(&self) -> Vec<String> {
        let posts = self.desk.emulator.bluesky().posts();
        posts.into_iter().map(|post| post.text).collect()
    }

    /// What a person was told, oldest first: the kind and the title.
    pub async fn told(&self, who: &Actor) -> Vec<(String, String)> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            kind: String,
            #[diesel(sql_type = diesel::sql_types::Text)]
            title: String,
        }
        let rows: Vec<Row> =
            diesel::sql_query("SELECT kind, title FROM notices WHERE user_id = $1 ORDER BY id")
                .bind::<diesel::sql_types::Uuid, _>(who.user_id.0)
                .load(&mut self.desk.database.connect().await)
                .await
                .expect("notices");
        rows.into_iter().map(|row| (row.kind, row.title)).collect()
    }

    /// How often a person was told something of a kind.
    pub async fn told_of(&self, who: &Actor, kind: &str) -> usize {
        let told = self.told(who).await;
        told.iter().filter(|(of, _)| of == kind).count()
    }

    /// What the audit says about a post, oldest first.
    pub async fn audited(&self, post: PostId) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            action: String,
        }
        let rows: Vec<Row> =
            diesel::sql_query("SELECT action FROM audit_entries WHERE subject_id = $1 ORDER BY id")
                .bind::<diesel::sql_types::Text, _>(post.to_string())
                .load(&mut self.desk.database.connect().await)
                .await
                .expect("the audit");
        rows.into_iter().map(|row| row.action).collect()
    }

    /// Does something to the database that no use case does.
    pub async fn by_force(&self, sql: &str) {
        diesel_async::SimpleAsyncConnection::batch_execute(
            &mut self.desk.database.connect().await,
            sql,
        )
        .await
        .expect("done");
    }

    /// Removes the database.
    pub async fn remove(self) {
        self.desk.database.remove().await;
    }
}

/// Somebody who is signed in.
pub async fn person(desk: &Desk, name: &str, role: Role, clients: &[ClientId]) -> Actor {
    let email = format!("{}@people.test", name.to_lowercase().replace(' ', "."));
    let user = desk
        .services
        .add_user(&email, name, role, Desk::password())
        .await
        .expect("a user");
    db::models::user::set_clients(&mut desk.database.connect().await, user, clients)
        .await
        .expect("clients");
    let signed_in = desk
        .services
        .sign_in(&email, Desk::password(), Origin::default());
    signed_in.await.expect("signed in").1
}

/// An account of the emulator's Bluesky that nobody has connected.
fn handle(desk: &Desk) -> String {
    let name = "kestrel.bsky.test";
    let account = emulator::bluesky::Account::new(name, name);
    desk.emulator.bluesky().add_account(account);
    name.to_owned()
}

/// The sentence of a refusal.
pub fn refusal<T: std::fmt::Debug>(result: ServiceResult<T>) -> String {
    result.expect_err("a refusal").to_string()
}
