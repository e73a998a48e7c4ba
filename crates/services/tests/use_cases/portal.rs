//! What a client's own people see and do, and above all what they do not see.
use chrono::Duration;
use diesel_async::SimpleAsyncConnection;
use domain::approval::{ReviewState, Verdict};
use domain::post::PlatformOptions;
use domain::tiktok::{SELF_ONLY, TikTokOptions};
use domain::{AccountId, AssetId, ClientId, DeliveryState, PostId, Role};
use services::approvals::Note;
use services::comments::NewComment;
use services::portal::TikTokChoice;
use services::posts::{Intent, PostInput};
use services::{Actor, ServiceError};
use testing::{Desk, KESTREL, video};

/// A client that approves every post, with an account, a file and an approver who is signed in by a link.
struct Portal {
    desk: Desk,
    client: ClientId,
    account: AccountId,
    asset: AssetId,
    approver: Actor,
}

impl Portal {
    async fn start() -> Self {
        let desk = Desk::start().await;
        let client = desk.client("Kestrel Coffee").await;
        set(
            &desk,
            "approval_policy = 'required', decide_ahead_minutes = 0",
        )
        .await;
        let account = desk.connect(client, KESTREL).await;
        let asset = desk.upload(client, video()).await.expect("uploaded").id;
        let user = desk
            .portal_user(
                &[client],
                "Priya Nair",
                "priya@kestrel.test",
                Role::ClientApprover,
            )
            .await;
        let (_, approver) = desk.signed_in_by_link(user).await;
        Self {
            desk,
            client,
            account,
            asset,
            approver,
        }
    }

    fn input(&self, caption: &str) -> PostInput {
        self.desk.input(self.account, self.asset, caption)
    }

    async fn draft(&self, caption: &str) -> PostId {
        self.save(self.input(caption)).await
    }

    async fn save(&self, input: PostInput) -> PostId {
        self.desk
            .services
            .save_post(&self.desk.owner, self.client, input, Intent::SaveDraft)
            .await
            .expect("saved")
    }

    async fn send(&self, post: PostId) {
        let sent = self
            .desk
            .services
            .send_for_approval(&self.desk.owner, self.client, &[post])
            .await
            .expect("sent");
        assert_eq!(sent.count(), 1, "{sent:?}");
    }

    async fn sent(&self, caption: &str) -> PostId {
        let post = self.draft(caption).await;
        self.send(post).await;
        post
    }

    /// The version that waits, in hex.
    async fn version(&self, post: PostId) -> String {
        let post = self
            .desk
            .services
            .portal_post(&self.approver, self.client, post)
            .await
            .expect("the post");
        post.review.expect("a review").version()
    }

    /// How many posts stand in this month.
    async fn planned(&self) -> usize {
        let month = self
            .desk
            .services
            .portal_month(&self.approver, self.client, None)
            .await;
        month.expect("a month").posts.len()
    }

    async fn is_hidden(&self, post: PostId) -> bool {
        let found = self
            .desk
            .services
            .portal_post(&self.approver, self.client, post)
            .await;
        matches!(found, Err(ServiceError::NotFound(_)))
    }
}

async fn set(desk: &Desk, what: &str) {
    let statement = format!("UPDATE clients SET {what}");
    desk.database
        .connect()
        .await
        .batch_execute(&statement)
        .await
        .expect("set");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_was_never_sent_is_not_seen_and_an_edit_hides_what_it_says() {
    let portal = Portal::start().await;
    let Portal {
        desk,
        client,
        asset,
        approver,
        ..
    } = &portal;
    let post = portal.draft("Only an idea").await;
    assert!(portal.is_hidden(post).await);
    assert_eq!(portal.planned().await, 0);
    let file = || desk.services.portal_asset(approver, *client, *asset);
    assert!(matches!(file().await, Err(ServiceError::NotFound(_))));
    assert!(
        desk.services
            .add_comment(
                approver,
                *client,
                post,
                NewComment {
                    body: "I see it".to_owned(),
                    internal: false,
                    at: None
                }
            )
            .await
            .is_err()
    );

    portal.send(post).await;
    let seen = desk.services.portal_post(approver, *client, post).await;
    let seen = seen.expect("the post");
    assert_eq!(seen.content.caption, "Only an idea");
    assert!(seen.review.expect("a review").may_decide);
    assert_eq!(portal.planned().await, 1);
    file().await.expect("the file");

    // What staff write after that is theirs until it is sent again; what was asked stays to be read.
    let mut edited = portal.input("Something half-finished");
    edited.id = Some(post);
    portal.save(edited).await;
    let seen = desk.services.portal_post(approver, *client, post).await;
    let seen = seen.expect("what was asked");
    assert_eq!(seen.content.caption, "Only an idea");
    assert!(seen.goes_to.iter().all(|target| target.state.is_none()));
    let review = seen.review.expect("a review");
    assert_eq!(review.review.state, ReviewState::Void);
    assert!(!review.may_decide);
    assert_eq!(portal.planned().await, 0);
    file().await.expect("the file that was asked about");
    portal.send(post).await;
    let seen = desk.services.portal_post(approver, *client, post).await;
    assert_eq!(
        seen.expect("the post").content.caption,
        "Something half-finished"
    );
    portal.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_agency_settles_within_itself_is_not_seen() {
    let portal = Portal::start().await;
    set(&portal.desk, "approval_policy = 'two_steps'").await;
    let Portal {
        desk,
        client,
        approver,
        ..
    } = &portal;
    let post = portal.sent("First among ourselves").await;
    assert!(portal.is_hidden(post).await);
    assert_eq!(portal.planned().await, 0);
    let waiting = desk.services.portal_waiting(approver).await;
    assert!(waiting.expect("what waits").is_empty());
    let full = desk.services.post(&desk.owner, *client, post).await;
    let version = hex::encode(&full.expect("the post").post.version);
    let early = desk
        .services
        .decide(approver, *client, post, &version, Verdict::Approved, "")
        .await;
    assert!(early.is_err());
    for (body, internal) in [("The client never sees this", true), ("Hello", false)] {
        let new = NewComment {
            body: body.to_owned(),
            internal,
            at: None,
        };
        desk.services
            .add_comment(&desk.owner, *client, post, new)
            .await
            .expect("said");
    }
    desk.services
        .decide(
            &desk.owner,
            *client,
            post,
            &version,
            Verdict::Approved,
            "among us",
        )
        .await
        .expect("passed on");
    let seen = desk.services.portal_post(approver, *client, post).await;
    let seen = seen.expect("the post");
    let said: Vec<&str> = seen.comments.iter().map(|one| one.body.as_str()).collect();
    assert_eq!(said, ["Hello"]);
    let text = format!("{seen:?}");
    assert!(!text.contains("never sees this") && !text.contains("among us"));
    portal.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_clients_people_see_nothing_and_staff_use_the_desk() {
    let portal = Portal::start().await;
    let Portal {
        desk,
        client,
        account,
        asset,
        ..
    } = &portal;
    let post = portal.sent("Ours alone").await;
    let version = portal.version(post).await;
    let northwind = desk.client("Northwind").await;
    let nora = desk
        .portal_user(
            &[northwind],
            "Nora",
            "nora@northwind.test",
            Role::ClientApprover,
        )
        .await;
    let (_, nora) = desk.signed_in_by_link(nora).await;
    let not_found = |answer: Result<(), ServiceError>| {
        assert!(
            matches!(answer, Err(ServiceError::NotFound(_))),
            "{answer:?}"
        );
    };
    let services = &desk.services;
    // By the client's own address, and by theirs with the other's things.
    for at in [*client, northwind] {
        not_found(services.portal_post(&nora, at, post).await.map(drop));
        not_found(services.portal_asset(&nora, at, *asset).await.map(drop));
        not_found(services.portal_account(&nora, at, *account).await.map(drop));
        let decided = services
            .decide(&nora, at, post, &version, Verdict::Approved, "")
            .await;
        not_found(decided.map(drop));
        let chosen = services
            .choose_tiktok(&nora, at, post, *account, &version, TikTokChoice::default())
            .await;
        not_found(chosen);
    }
    not_found(services.portal_month(&nora, *client, None).await.map(drop));
    not_found(
        services
            .portal_published(&nora, *client, None)
            .await
            .map(drop),
    );
    not_found(services.portal_accounts(&nora, *client).await.map(drop));
    let frame = services.portal_frame(&nora).await.expect("a frame");
    assert!(frame.clients.iter().all(|seen| seen.id == northwind));
    assert_eq!((frame.clients.len(), frame.waiting), (1, 0));
    let staff = services.portal_frame(&desk.owner).await;
    assert!(matches!(staff, Err(ServiceError::Forbidden)));
    let staff = services.portal_post(&desk.owner, *client, post).await;
    assert!(matches!(staff, Err(ServiceError::Forbidden)));
    portal.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_asked_for_at_a_moment_of_the_video() {
    let portal = Portal::start().await;
    let Portal {
        desk,
        client,
        asset,
        approver,
        ..
    } = &portal;
    let post = portal.sent("First attempt at a swan").await;
    let version = portal.version(post).await;
    let ask = |at| {
        let said = Note {
            text: "Could the cup turn?",
            at: Some((*asset, at)),
        };
        desk.services
            .decide_about(approver, *client, post, &version, Verdict::Changes, said)
    };
    let too_late = ask(3_600_000).await;
    assert!(matches!(too_late, Err(ServiceError::Invalid(_))));
    let seen = desk.services.portal_post(approver, *client, post).await;
    let review = seen.expect("the post").review.expect("a review");
    assert!(review.may_decide && review.comments.is_empty());
    ask(1_000).await.expect("asked");
    let seen = desk.services.portal_post(approver, *client, post).await;
    let seen = seen.expect("the post");
    assert_eq!(seen.comments[0].at, Some((*asset, 1_000)));
    assert_eq!(
        seen.review.expect("a review").review.state,
        ReviewState::Changes
    );
    portal.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_of_a_tiktok_account_decides_who_sees_it_and_approves_that() {
    let portal = Portal::start().await;
    let Portal {
        desk,
        client,
        account,
        approver,
        ..
    } = &portal;
    let post = portal.sent("First attempt at a swan").await;
    let shown = portal.version(post).await;
    let settings = desk
        .services
        .tiktok_settings(approver, *client, post, *account)
        .await
        .expect("settings");
    assert_eq!(settings.version, shown);
    assert!(
        settings
            .creator
            .privacy_level_options
            .contains(&SELF_ONLY.to_owned())
    );
    let choose = |version: String, choice| async move {
        desk.services
            .choose_tiktok(approver, *client, post, *account, &version, choice)
            .await
    };
    // TikTok's own rules hold here as anywhere.
    for bad in [
        TikTokChoice::default(),
        TikTokChoice {
            privacy_level: Some("NOBODY".into()),
            ..TikTokChoice::default()
        },
        TikTokChoice {
            privacy_level: Some(SELF_ONLY.into()),
            disclose: true,
            branded_content: true,
            ..TikTokChoice::default()
        },
        TikTokChoice {
            privacy_level: Some("PUBLIC_TO_EVERYONE".into()),
            disclose: true,
            ..TikTokChoice::default()
        },
    ] {
        let refused = choose(shown.clone(), bad.clone()).await;
        assert!(matches!(refused, Err(ServiceError::Findings(_))), "{bad:?}");
    }
    assert_eq!(portal.version(post).await, shown);

    let wanted = TikTokChoice {
        privacy_level: Some("PUBLIC_TO_EVERYONE".into()),
        disclose: true,
        your_brand: true,
        branded_content: false,
    };
    choose(shown.clone(), wanted.clone()).await.expect("chosen");
    let now = portal.version(post).await;
    assert_ne!(now, shown);
    // It waits for the same person, who cannot approve what is no more.
    let waiting = desk.services.portal_waiting(approver).await;
    assert!(waiting.expect("what waits")[0].may_decide);
    let stale = desk
        .services
        .decide(approver, *client, post, &shown, Verdict::Approved, "")
        .await;
    assert!(matches!(stale, Err(ServiceError::Conflict(_))));
    let stale = choose(shown, wanted.clone()).await;
    assert!(matches!(stale, Err(ServiceError::Conflict(_))));
    // The same once more changes nothing.
    choose(now.clone(), wanted).await.expect("chosen again");
    assert_eq!(portal.version(post).await, now);
    desk.services
        .decide(approver, *client, post, &now, Verdict::Approved, "")
        .await
        .expect("approved");
    let full = desk.services.post(&desk.owner, *client, post).await;
    let full = full.expect("the post");
    let (delivery, _) = &full.deliveries[0];
    assert_eq!(delivery.state, DeliveryState::Scheduled);
    let PlatformOptions::TikTok(TikTokOptions {
        disclose,
        your_brand,
        ..
    }) = &delivery.options
    else {
        panic!("TikTok's options");
    };
    assert!(*disclose && *your_brand);
    // And exactly that goes out.
    desk.advance(Duration::hours(2));
    desk.run_until_quiet(50).await;
    let (_, state) = desk.delivery(*client, post).await;
    assert_eq!(state, DeliveryState::Published);
    let feed = desk
        .services
        .portal_published(approver, *client, None)
        .await;
    assert_eq!(feed.expect("what went out").0.len(), 1);
    portal.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_only_looks_decides_nothing() {
    let portal = Portal::start().await;
    let Portal {
        desk,
        client,
        account,
        ..
    } = &portal;
    let post = portal.sent("For everybody to see").await;
    let version = portal.version(post).await;
    let vera = desk
        .portal_user(&[*client], "Vera", "vera@kestrel.test", Role::ClientViewer)
        .await;
    let (_, vera) = desk.signed_in_by_link(vera).await;
    let seen = desk.services.portal_post(&vera, *client, post).await;
    let seen = seen.expect("the post").review.expect("a review");
    assert!(!seen.may_decide && !seen.may_withdraw);
    let decided = desk
        .services
        .decide(&vera, *client, post, &version, Verdict::Approved, "")
        .await;
    assert!(matches!(decided, Err(ServiceError::Forbidden)));
    let settings = desk
        .services
        .tiktok_settings(&vera, *client, post, *account)
        .await;
    assert!(matches!(settings, Err(ServiceError::Forbidden)));
    let plan = desk
        .services
        .disconnect_plan(&vera, *client, *account)
        .await;
    assert!(matches!(plan, Err(ServiceError::Forbidden)));
    let new = NewComment {
        body: "Looks good to me".to_owned(),
        internal: false,
        at: None,
    };
    desk.services
        .add_comment(&vera, *client, post, new)
        .await
        .expect("said");
    portal.desk.database.remove().await;
}
