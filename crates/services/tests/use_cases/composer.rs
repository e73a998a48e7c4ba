//! One post on many accounts, each with its own words; and two people at one post.

use chrono::Duration;
use domain::account::AccountStatus;
use domain::bluesky::BlueskyOptions;
use domain::post::PlatformOptions;
use domain::rules::Field;
use domain::tiktok::TikTokOptions;
use domain::{AccountId, AssetId, ClientId, ComposerId, DeliveryState, PostId, Role};
use services::posts::{Intent, KeptPost, PostInput, Target};
use services::{Actor, Overtaken, ServiceError, ServiceResult};
use testing::{Desk, KESTREL, video};

const GYM: &str = "northbankclimbing";
const BAKERY: &str = "kestrelcoffee.bsky.test";

/// A client with two accounts on TikTok and one on Bluesky, and a video.
struct Setting {
    desk: Desk,
    client: ClientId,
    kestrel: AccountId,
    gym: AccountId,
    bakery: AccountId,
    asset: AssetId,
}

impl Setting {
    async fn start() -> Self {
        let desk = Desk::start().await;
        let client = desk.client("Kestrel Coffee").await;
        Self {
            client,
            kestrel: desk.connect(client, KESTREL).await,
            gym: desk.connect(client, GYM).await,
            bakery: desk.connect_bluesky(client, BAKERY).await,
            asset: desk.upload(client, video()).await.expect("uploaded").id,
            desk,
        }
    }

    fn input(&self, caption: &str) -> PostInput {
        let mut input = self.desk.input(self.kestrel, self.asset, caption);
        input.assets[0].1 = "A cup of coffee".to_owned();
        let of = |account, caption: Option<&str>, options| Target {
            account,
            caption: caption.map(str::to_owned),
            options,
        };
        let for_friends = TikTokOptions {
            privacy_level: Some("MUTUAL_FOLLOW_FRIENDS".into()),
            allow_comment: true,
            ..TikTokOptions::default()
        };
        input.targets.extend([
            of(
                self.gym,
                Some("At the wall #bouldering"),
                PlatformOptions::TikTok(for_friends),
            ),
            of(
                self.bakery,
                Some("On Bluesky #bakery"),
                PlatformOptions::Bluesky(BlueskyOptions {
                    langs: vec!["en".to_owned()],
                    ..BlueskyOptions::default()
                }),
            ),
        ]);
        input
    }

    async fn save(&self, input: PostInput, intent: Intent) -> ServiceResult<KeptPost> {
        let services = &self.desk.services;
        services
            .keep_post(&self.desk.owner, self.client, input, intent)
            .await
    }

    async fn states(&self, post: PostId) -> Vec<DeliveryState> {
        let services = &self.desk.services;
        let full = services.post(&self.desk.owner, self.client, post).await;
        let deliveries = full.expect("the post").deliveries;
        deliveries
            .iter()
            .map(|(delivery, _)| delivery.state)
            .collect()
    }

    /// The captions of the emulated feeds, each with the privacy it was given.
    fn on_tiktok(&self) -> Vec<(String, String)> {
        let tasks = self.desk.emulator.tiktok().posts();
        let mut said: Vec<_> = tasks
            .into_iter()
            .map(|post| {
                (
                    post.details.caption,
                    post.details.privacy_level.unwrap_or_default(),
                )
            })
            .collect();
        said.sort();
        said
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_account_gets_its_own_words_and_settings() {
    let on = Setting::start().await;
    let kept = on
        .save(on.input("For everybody #coffee"), Intent::Schedule)
        .await
        .expect("scheduled");
    assert_eq!(kept.revision, 1);
    on.desk.advance(Duration::minutes(90));
    on.desk.run_until_quiet(60).await;
    assert_eq!(on.states(kept.id).await, [DeliveryState::Published; 3]);
    let pair = |caption: &str, level: &str| (caption.to_owned(), level.to_owned());
    assert_eq!(
        on.on_tiktok(),
        [
            pair("At the wall #bouldering", "MUTUAL_FOLLOW_FRIENDS"),
            pair("For everybody #coffee", "PUBLIC_TO_EVERYONE"),
        ]
    );
    let on_bluesky: Vec<String> = on
        .desk
        .emulator
        .bluesky()
        .posts()
        .into_iter()
        .map(|post| post.text)
        .collect();
    assert_eq!(on_bluesky, ["On Bluesky #bakery"]);
    on.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_accounts_are_scheduled_or_none_and_what_is_wrong_names_its_account() {
    let on = Setting::start().await;
    let draft = on
        .save(on.input("First"), Intent::SaveDraft)
        .await
        .expect("kept");
    let mut input = on.input("Second");
    input.id = Some(draft.id);
    input.revision = Some(draft.revision);
    input.targets[1].caption = Some("x".repeat(2_201));
    input.targets[2].caption = Some("é".repeat(301));
    let refused = on.save(input.clone(), Intent::Schedule).await;
    let Err(ServiceError::Findings(findings)) = refused else {
        panic!("{refused:?}");
    };
    let sentences: Vec<&str> = findings
        .iter()
        .map(|finding| finding.sentence.as_str())
        .collect();
    assert!(findings.iter().all(|one| one.field == Field::Caption));
    assert!(
        sentences.len() == 2
            && sentences[0].starts_with("@northbankclimbing on TikTok: ")
            && sentences[1].starts_with("@kestrelcoffee.bsky.test on Bluesky: "),
        "{sentences:?}"
    );
    assert_eq!(on.states(draft.id).await, [DeliveryState::Draft; 3]);
    let services = &on.desk.services;
    let full = services.post(&on.desk.owner, on.client, draft.id).await;
    assert_eq!(full.expect("the post").post.caption, "First");

    // What was refused can be kept all the same, with an account taken out; it has a history of its own then.
    input.targets.remove(0);
    let kept = on.save(input, Intent::SaveDraft).await.expect("kept");
    assert_eq!((kept.id, kept.revision), (draft.id, 2));
    let full = services.post(&on.desk.owner, on.client, draft.id).await;
    let full = full.expect("the post");
    let goes_to: Vec<_> = full
        .deliveries
        .iter()
        .map(|(delivery, account)| (account.id, delivery.caption(&full.post.caption).len()))
        .collect();
    assert_eq!(goes_to, [(on.bakery, 602), (on.gym, 2_201)]);

    let mut twice = on.input("Twice");
    twice.targets[1].account = on.kestrel;
    assert!(matches!(
        on.save(twice, Intent::SaveDraft).await,
        Err(ServiceError::Invalid(_))
    ));
    on.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caption_of_its_own_is_part_of_the_version_and_can_be_given_up() {
    let on = Setting::start().await;
    let mut input = on.input("Shared");
    let kept = on.save(input.clone(), Intent::SaveDraft).await;
    let kept = kept.expect("kept");
    let version = async || {
        let services = &on.desk.services;
        let full = services.post(&on.desk.owner, on.client, kept.id).await;
        full.expect("the post").post.version
    };
    let before = version().await;
    input.id = Some(kept.id);
    input.targets[1].caption = None;
    on.save(input, Intent::SaveDraft).await.expect("kept");
    assert_ne!(version().await, before);
    let services = &on.desk.services;
    let full = services.post(&on.desk.owner, on.client, kept.id).await;
    let own: Vec<_> = full
        .expect("the post")
        .deliveries
        .into_iter()
        .filter_map(|(delivery, _)| delivery.caption_override)
        .collect();
    assert_eq!(own, ["On Bluesky #bakery"]);
    on.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_account_that_needs_reconnecting_keeps_all_from_being_scheduled() {
    let on = Setting::start().await;
    on.desk.emulator.tiktok().revoke(GYM);
    let refused = on.save(on.input("Together"), Intent::Schedule).await;
    let Err(ServiceError::Findings(findings)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(
        findings[0].field == Field::Accounts
            && findings[0]
                .sentence
                .starts_with("@northbankclimbing on TikTok: "),
        "{findings:?}"
    );
    let accounts = on.desk.services.accounts(&on.desk.owner, on.client).await;
    let gym = accounts
        .expect("accounts")
        .into_iter()
        .find(|row| row.account.id == on.gym);
    assert_eq!(
        gym.expect("the account").account.status,
        AccountStatus::NeedsReconnecting
    );
    on.desk.database.remove().await;
}

/// Two people at one post.
struct Two {
    on: Setting,
    maja: Actor,
    post: KeptPost,
}

impl Two {
    async fn start() -> Self {
        let on = Setting::start().await;
        let maja =
            crate::approvals::support::person(&on.desk, "Maja", Role::Editor, &[on.client]).await;
        let post = on.save(on.input("As it was"), Intent::SaveDraft).await;
        Self {
            post: post.expect("kept"),
            on,
            maja,
        }
    }

    /// What somebody writes who has opened the post as it was.
    fn words(&self, caption: &str) -> PostInput {
        PostInput {
            id: Some(self.post.id),
            revision: Some(self.post.revision),
            ..self.on.input(caption)
        }
    }

    async fn save_as(&self, actor: &Actor, input: PostInput) -> ServiceResult<KeptPost> {
        let services = &self.on.desk.services;
        services
            .keep_post(actor, self.on.client, input, Intent::SaveDraft)
            .await
    }

    async fn says(&self) -> String {
        let on = &self.on;
        let services = &on.desk.services;
        let full = services.post(&on.desk.owner, on.client, self.post.id).await;
        full.expect("the post").post.caption
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_overtaken_is_told_by_whom_and_writes_over_it_only_knowingly() {
    let two = Two::start().await;
    let owner = two.on.desk.owner.clone();
    two.on.desk.advance(Duration::minutes(3));
    let hers = two.save_as(&two.maja, two.words("Maja’s")).await;
    let hers = hers.expect("kept");
    assert_eq!(hers.revision, two.post.revision + 1);

    let refused = two.save_as(&owner, two.words("The owner’s")).await;
    let Err(ServiceError::Overtaken(newer)) = refused else {
        panic!("{refused:?}");
    };
    let told = Overtaken {
        by: Some("Maja".to_owned()),
        is_same_person: false,
        at: two.on.desk.now(),
        revision: hers.revision,
    };
    assert_eq!(newer, told);
    assert_eq!(two.says().await, "Maja’s");

    // The same is told to whoever looks, and to nobody who has it.
    let services = &two.on.desk.services;
    let look = async |revision| {
        let found = services.newer_post(&owner, two.on.client, two.post.id, revision, None);
        found.await.expect("an answer")
    };
    assert_eq!(look(two.post.revision).await, Some(told));
    assert_eq!(look(hers.revision).await, None);
    let changes = services
        .post_differences(&owner, two.on.client, &two.words("The owner’s"))
        .await
        .expect("differences");
    assert!(changes.is_in_caption() && changes.others.is_empty());

    let knowingly = PostInput {
        revision: Some(newer.revision),
        ..two.words("The owner’s")
    };
    let kept = two.save_as(&owner, knowingly).await.expect("kept");
    assert_eq!(kept.revision, hers.revision + 1);
    assert_eq!(two.says().await, "The owner’s");
    two.on.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_composer_is_not_overtaken_by_itself_when_an_answer_is_lost() {
    let two = Two::start().await;
    let owner = two.on.desk.owner.clone();
    let composer = Some(ComposerId(uuid::Uuid::from_u128(7)));
    let write = |caption: &str| PostInput {
        composer,
        ..two.words(caption)
    };
    // The answer to the first never comes, so that the second starts from the same revision.
    for caption in ["Half", "Half a thought"] {
        two.save_as(&owner, write(caption)).await.expect("kept");
    }
    assert_eq!(two.says().await, "Half a thought");
    // What says the same already needs nobody's word.
    two.save_as(&two.maja, two.words("Half a thought"))
        .await
        .expect("kept");

    // A new post whose first answer is lost is added once.
    let new = PostInput {
        id: None,
        revision: None,
        composer: Some(ComposerId(uuid::Uuid::from_u128(8))),
        ..two.words("New")
    };
    let first = two.save_as(&owner, new.clone()).await.expect("kept");
    let again = two.save_as(&owner, new.clone()).await.expect("kept");
    assert_eq!((again.id, again.revision), (first.id, 2));
    let hers = two.save_as(&two.maja, new).await.expect("kept");
    assert_ne!(hers.id, first.id, "nobody gets another person’s post");
    two.on.desk.database.remove().await;
}
