//! The whole path to Bluesky's own server: connected, scheduled, published, lost track of and found, and
//! never twice. The clock of the desk is turned by hand; the server's is the real one.

use std::sync::Arc;

use bytes::Bytes;
use chrono::Duration;
use connectors::Connector;
use connectors::bluesky::{Bluesky, Config};
use db::models::connection;
use domain::account::AccountStatus;
use domain::bluesky::BlueskyOptions;
use domain::post::PlatformOptions;
use domain::{AccountId, ClientId, DeliveryId, DeliveryState, Platform, PostId};
use emulator::samples::PHOTO_JPEG;
use services::ServiceError;
use services::accounts::ConsentReply;
use services::posts::{Intent, PostInput, Target, Verdict};
use testing::pds::{Between, Loss, PdsAccount, host};
use testing::{Desk, Pds};

/// A public address at which Bluesky takes AutoPost for a server that is tried out.
const HERE: &str = "http://127.0.0.1:3000/";
const PUT: &str = "com.atproto.repo.putRecord";
const GET: &str = "com.atproto.repo.getRecord";

struct Setting {
    desk: Desk,
    client: ClientId,
    person: PdsAccount,
    line: Between,
}

impl Setting {
    /// A desk with a client, and a line to the PDS that can be cut.
    async fn start() -> Self {
        let pds = Pds::running();
        let line = Between::start(&pds).await;
        let mut config = pds.config(HERE);
        config.directory_url = line.url.clone();
        config.development_hosts.push(host(&line.url));
        Self::over(line, config).await
    }

    /// The same without anything in between: proofs name the server that they are for.
    async fn start_directly() -> Self {
        let pds = Pds::running();
        Self::over(Between::start(&pds).await, pds.config(HERE)).await
    }

    async fn over(line: Between, config: Config) -> Self {
        let bluesky: Arc<dyn Connector> = Arc::new(Bluesky::new(config).expect("a connector"));
        let desk = Desk::start_beside(HERE, |_| {}, vec![bluesky]).await;
        Self {
            client: desk.client("Kestrel Coffee").await,
            person: Pds::running().account().await,
            desk,
            line,
        }
    }

    async fn connect(&self) -> AccountId {
        let secret = self.person.app_password().await;
        let connected = self
            .desk
            .services
            .connect_by_password(
                &self.desk.owner,
                self.client,
                Platform::Bluesky,
                &self.person.handle,
                secret.into(),
            )
            .await
            .expect("connected");
        assert_eq!(connected.name, format!("@{}", self.person.handle));
        connected.account
    }

    /// A picture with a text that is due in an hour and a half.
    async fn schedule(&self, account: AccountId) -> (PostId, DeliveryId) {
        let photo = Bytes::from_static(PHOTO_JPEG);
        let asset = self
            .desk
            .upload(self.client, photo)
            .await
            .expect("uploaded")
            .id;
        let options = BlueskyOptions {
            langs: vec!["en".to_owned()],
            ..BlueskyOptions::default()
        };
        let input = PostInput {
            id: None,
            caption: "Pour-over myths, answered #coffee".to_owned(),
            assets: vec![(asset, "A cup".to_owned())],
            targets: vec![Target {
                account,
                caption: None,
                options: PlatformOptions::Bluesky(options),
            }],
            local_time: domain::time::parse_local("2026-10-14T14:30").expect("a time"),
            which: None,
            revision: None,
            composer: None,
        };
        let post = self
            .desk
            .services
            .save_post(&self.desk.owner, self.client, input, Intent::Schedule)
            .await
            .expect("scheduled");
        let (delivery, state) = self.desk.delivery(self.client, post).await;
        assert_eq!(state, DeliveryState::Scheduled);
        (post, delivery)
    }

    async fn state(&self, post: PostId) -> DeliveryState {
        self.desk.delivery(self.client, post).await.1
    }

    /// Up to the moment when nobody can say whether it is out.
    async fn lose_track(&self, post: PostId, loss: Loss) {
        self.line.lose(PUT, loss);
        // Asked at the next try whether it is there, the server would say so.
        self.line.lose(GET, Loss::Request);
        self.desk.advance(Duration::minutes(90));
        self.desk.publisher.tick_and_settle().await.expect("a tick");
        assert_eq!(self.state(post).await, DeliveryState::Publishing);
        self.desk.advance(Duration::hours(25));
        self.desk.publisher.tick_and_settle().await.expect("a tick");
        assert_eq!(self.state(post).await, DeliveryState::Unknown);
        self.line.mend();
    }

    async fn remove(self) {
        self.desk.database.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_post_goes_out_at_its_minute() {
    let on = Setting::start().await;
    let account = on.connect().await;
    let (post, delivery) = on.schedule(account).await;
    on.desk.advance(Duration::minutes(89));
    assert_eq!(
        on.desk.publisher.tick_and_settle().await.expect("a tick"),
        0
    );
    assert!(on.person.posts().await.is_empty(), "not before its minute");
    on.desk.advance(Duration::minutes(1));
    on.desk.run_until_quiet(10).await;

    assert_eq!(on.state(post).await, DeliveryState::Published);
    let posts = on.person.posts().await;
    assert_eq!(posts.len(), 1);
    let record = &posts[0]["value"];
    assert_eq!(record["text"], "Pour-over myths, answered #coffee");
    assert_eq!(record["langs"][0], "en");
    assert_eq!(record["facets"][0]["features"][0]["tag"], "coffee");
    let image = &record["embed"]["images"][0];
    assert_eq!(image["alt"], "A cup");
    assert_eq!(on.person.file(&image["image"]).await, PHOTO_JPEG);

    let history = on
        .desk
        .services
        .delivery_history(&on.desk.owner, on.client, delivery)
        .await
        .expect("the history");
    let known = history.row.delivery;
    assert_eq!(known.platform_post_id.as_deref(), posts[0]["uri"].as_str());
    let address = known.post_url.expect("an address");
    assert!(address.starts_with(&format!("https://bsky.app/profile/{}/post/", on.person.did)));
    let titles = on.desk.titles(on.client, delivery).await;
    for title in ["Checked the account", "Sent the picture", "Published"] {
        assert!(
            titles.iter().any(|told| told == title),
            "{title} in {titles:?}"
        );
    }
    on.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_is_not_kept_and_the_tokens_are_sealed() {
    let on = Setting::start().await;
    let account = on.connect().await;
    let stored = connection::find(&mut on.desk.services.conn().await.expect("db"), account)
        .await
        .expect("db")
        .expect("tokens");
    let columns = [
        Some(stored.access_token),
        stored.refresh_token,
        stored.session,
    ];
    for sealed in columns {
        let sealed = sealed.expect("sealed");
        let text = String::from_utf8_lossy(&sealed).into_owned();
        assert!(!text.contains("eyJ") && !text.contains("password"));
    }
    assert_eq!(stored.platform_user_id, on.person.did);
    let answer = on
        .desk
        .services
        .connect_by_password(
            &on.desk.owner,
            on.client,
            Platform::Bluesky,
            &on.person.handle,
            "abcd-efgh-ijkl-mnop".into(),
        )
        .await;
    let Err(ServiceError::Platform(error)) = answer else {
        panic!("refused");
    };
    assert!(error.message.contains("does not accept this handle"));
    on.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_connected_on_the_consent_page_posts_after_its_token_was_renewed() {
    let on = Setting::start_directly().await;
    let (services, owner, session) = (&on.desk.services, &on.desk.owner, &on.desk.session);
    let handle = Some(on.person.handle.as_str());
    let page = services
        .begin_connect(owner, session, on.client, Platform::Bluesky, handle)
        .await
        .expect("a consent page");
    let back = on.person.consent(&page).await;
    let get = |name: &str| {
        back.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    let reply = ConsentReply {
        code: get("code"),
        state: get("state"),
        iss: get("iss"),
        error: get("error"),
    };
    let connected = services
        .finish_connect(owner, session, Platform::Bluesky, reply)
        .await
        .expect("connected");
    // An hour and a half later the token has ended; the clock of the desk says so.
    let (post, _) = on.schedule(connected.account).await;
    on.desk.advance(Duration::minutes(90));
    on.desk.run_until_quiet(10).await;
    assert_eq!(on.state(post).await, DeliveryState::Published);
    assert_eq!(on.person.posts().await.len(), 1);
    on.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_worker_takes_over_after_a_crash_at_any_write_and_nothing_doubles() {
    for dies_after in 0..5 {
        let on = Setting::start().await;
        let account = on.connect().await;
        let (post, _) = on.schedule(account).await;
        on.desk.advance(Duration::minutes(90));
        let mut conn = on.desk.database.connect().await;
        // A worker that writes so many checkpoints and from then on cannot write anything, not even that
        // it lets go: to everybody else it is dead.
        diesel_async::SimpleAsyncConnection::batch_execute(
            &mut conn,
            &format!(
                "CREATE TABLE writes (one int);
                 CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
                 BEGIN
                     IF OLD.lease_owner = 'worker-1' AND NEW.lease_owner IS DISTINCT FROM 'worker-2'
                        AND (SELECT count(*) FROM writes) >= {dies_after} THEN
                         RAISE EXCEPTION 'the worker died';
                     END IF;
                     IF NEW.checkpoint IS DISTINCT FROM OLD.checkpoint THEN INSERT INTO writes VALUES (1); END IF;
                     RETURN NEW;
                 END $$;
                 CREATE TRIGGER die BEFORE UPDATE ON deliveries FOR EACH ROW EXECUTE FUNCTION die();"
            ),
        )
        .await
        .expect("a trigger");
        drop(conn);
        let _ = on.desk.publisher.tick_and_settle().await;
        let out = on.person.posts().await.len();
        // Checked, one picture, about to be sent: the one that dies after these has sent it.
        assert_eq!(out, usize::from(dies_after >= 3), "dies after {dies_after}");
        on.desk.advance(Duration::minutes(2));
        let second = on.desk.another_worker("worker-2");
        second.tick_and_settle().await.expect("a tick");
        assert_eq!(
            on.state(post).await,
            DeliveryState::Published,
            "dies after {dies_after} writes"
        );
        assert_eq!(
            on.person.posts().await.len(),
            1,
            "dies after {dies_after} writes"
        );
        on.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_found_by_the_next_try() {
    let on = Setting::start().await;
    let account = on.connect().await;
    let (post, _) = on.schedule(account).await;
    on.line.lose(PUT, Loss::Answer);
    on.desk.advance(Duration::minutes(90));
    on.desk.publisher.tick_and_settle().await.expect("a tick");
    assert_eq!(on.person.posts().await.len(), 1, "it is out");
    assert_eq!(on.state(post).await, DeliveryState::Publishing);
    on.line.mend();
    on.desk.run_until_quiet(5).await;
    assert_eq!(on.state(post).await, DeliveryState::Published);
    assert_eq!(on.person.posts().await.len(), 1);
    on.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_heard_of_any_more_is_found_by_asking() {
    let on = Setting::start().await;
    let account = on.connect().await;
    let (post, delivery) = on.schedule(account).await;
    on.lose_track(post, Loss::Answer).await;
    on.desk.run_until_quiet(1).await;
    assert_eq!(on.state(post).await, DeliveryState::Published);
    let titles = on.desk.titles(on.client, delivery).await;
    assert!(titles.iter().any(|title| title == "Found it"), "{titles:?}");
    assert_eq!(on.person.posts().await.len(), 1);
    on.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_arrived_is_known_to_be_missing_and_may_be_sent_again() {
    let on = Setting::start().await;
    let account = on.connect().await;
    let (post, delivery) = on.schedule(account).await;
    on.lose_track(post, Loss::Request).await;
    // Bluesky says that it is not there; by then it is too late for it to go out by itself.
    on.desk.run_until_quiet(5).await;
    assert_eq!(on.state(post).await, DeliveryState::Failed);
    assert!(on.person.posts().await.is_empty());
    on.desk
        .services
        .send_now(&on.desk.owner, on.client, delivery)
        .await
        .expect("sent again");
    on.desk.publisher.tick_and_settle().await.expect("a tick");
    assert_eq!(on.state(post).await, DeliveryState::Published);
    assert_eq!(on.person.posts().await.len(), 1);
    on.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_out_is_not_doubled_by_a_person_who_sends_it_again() {
    let on = Setting::start().await;
    let account = on.connect().await;
    let (post, delivery) = on.schedule(account).await;
    on.lose_track(post, Loss::Answer).await;
    on.desk
        .services
        .settle_unknown(&on.desk.owner, on.client, delivery, Verdict::SendAgain)
        .await
        .expect("sent again");
    on.desk.publisher.tick_and_settle().await.expect("a tick");
    assert_eq!(on.state(post).await, DeliveryState::Published);
    assert_eq!(on.person.posts().await.len(), 1);
    on.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_waits_for_an_account_that_has_to_be_connected_again() {
    let on = Setting::start().await;
    let account = on.connect().await;
    let (post, _) = on.schedule(account).await;
    on.person.revoke_app_passwords().await;
    on.desk.advance(Duration::minutes(90));
    on.desk.publisher.tick_and_settle().await.expect("a tick");
    let known = on
        .desk
        .services
        .account(&on.desk.owner, on.client, account)
        .await
        .expect("the account");
    assert_eq!(known.status, AccountStatus::NeedsReconnecting);
    assert!(on.person.posts().await.is_empty());
    assert_eq!(on.connect().await, account, "the same account again");
    on.desk.publisher.tick_and_settle().await.expect("a tick");
    assert_eq!(on.state(post).await, DeliveryState::Published);
    assert_eq!(on.person.posts().await.len(), 1);
    on.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnecting_ends_the_session_at_the_server() {
    let on = Setting::start().await;
    let account = on.connect().await;
    let receipt = on
        .desk
        .services
        .disconnect(&on.desk.owner, on.client, account, &on.person.handle)
        .await
        .expect("disconnected");
    assert_eq!(receipt.revoked, Ok(()));
    assert!(receipt.nothing_left);
    on.remove().await;
}
