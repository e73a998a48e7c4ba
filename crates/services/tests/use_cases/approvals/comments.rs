//! What is said about posts, and who reads it.

use domain::approval::ApprovalPolicy;
use domain::{AssetId, Role};
use services::ServiceError;
use services::audit::details::sentence;
use services::audit::read::AuditEntry;
use services::comments::NewComment;
use testing::{KESTREL, video};

use super::support::{AHEAD, Office, person, refusal};

fn say(body: &str, internal: bool) -> NewComment {
    NewComment {
        body: body.to_owned(),
        internal,
        at: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_within_the_agency_never_reaches_the_client() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let (services, owner, client) = (&office.desk.services, &office.desk.owner, office.client);
    let editor = office.person("Ed Editor", Role::Editor).await;
    let viewer = office.person("Vic Viewer", Role::ClientViewer).await;
    let post = office.waiting("Flat white", AHEAD).await;
    services
        .add_comment(&editor, client, post, say("They are slow.", true))
        .await
        .expect("said");
    services
        .add_comment(&editor, client, post, say("Which cup?", false))
        .await
        .expect("said");
    services
        .add_comment(&viewer, client, post, say("The blue one.", false))
        .await
        .expect("said");
    let bodies = |who| async move {
        let comments = services.comments(who, client, post).await;
        let comments = comments.expect("comments");
        comments.into_iter().map(|one| one.body).collect::<Vec<_>>()
    };
    assert_eq!(bodies(&office.ann).await, ["Which cup?", "The blue one."]);
    assert_eq!(
        bodies(owner).await,
        ["They are slow.", "Which cup?", "The blue one."]
    );
    let told = office.told(&office.ann).await;
    assert!(
        told.iter().all(|(_, title)| !title.contains("slow")),
        "{told:?}"
    );
    assert_eq!(office.told_of(&office.ann, "comment").await, 2);
    assert_eq!(office.told_of(owner, "comment").await, 3);
    assert_eq!(
        office.told_of(&editor, "comment").await,
        1,
        "not of their own"
    );

    let refused = services
        .add_comment(&office.ann, client, post, say("Psst", true))
        .await;
    assert!(matches!(refused, Err(ServiceError::Forbidden)));
    let internal = services
        .comments(owner, client, post)
        .await
        .expect("comments")[0]
        .id;
    let refused = services
        .resolve_comment(&office.ann, client, internal, true)
        .await;
    assert!(matches!(refused, Err(ServiceError::NotFound("comment"))));
    services
        .resolve_comment(owner, client, internal, true)
        .await
        .expect("settled");
    let read = services.audit_of_client(&office.ann, client, None).await;
    let settled = |entry: &AuditEntry| sentence(entry) == "settled a comment";
    assert!(!read.expect("a page").entries.iter().any(settled));
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_is_settled_and_opened_again() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let (services, owner, client) = (&office.desk.services, &office.desk.owner, office.client);
    let post = office.waiting("Flat white", AHEAD).await;
    let comment = services
        .add_comment(&office.ann, client, post, say("Which cup?", false))
        .await
        .expect("said");
    let version = async || {
        let version = services.state_version(owner, Some(client)).await;
        version.expect("a version")
    };
    for resolved in [true, false] {
        let before = version().await;
        services
            .resolve_comment(owner, client, comment, resolved)
            .await
            .expect("settled or opened");
        assert!(version().await > before, "open pages look again");
        for who in [owner, &office.ann] {
            let comments = services.comments(who, client, post).await;
            assert_eq!(comments.expect("comments")[0].resolved, resolved);
        }
    }
    let page = services.audit_of_client(&office.ann, client, None).await;
    let told: Vec<_> = page.expect("a page").entries.iter().map(sentence).collect();
    assert_eq!(
        told[..3],
        [
            "opened a comment again",
            "settled a comment",
            "commented on a post"
        ]
    );
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_about_what_is_not_ones_own_to_see() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let services = &office.desk.services;
    let other = office.desk.client("Northlane").await;
    let stranger = person(&office.desk, "Sam Stranger", Role::ClientApprover, &[other]).await;
    let draft = office.draft("Not sent", AHEAD).await;
    for (who, client) in [
        (&office.ann, office.client),
        (&stranger, office.client),
        (&stranger, other),
    ] {
        let said = services
            .add_comment(who, client, draft, say("Hm", false))
            .await;
        assert!(matches!(said, Err(ServiceError::NotFound(_))), "{said:?}");
        let read = services.comments(who, client, draft).await;
        assert!(matches!(read, Err(ServiceError::NotFound(_))), "{read:?}");
    }
    // Staff may, and the client is not told of a draft.
    let owner = &office.desk.owner;
    services
        .add_comment(owner, office.client, draft, say("Later", false))
        .await
        .expect("said");
    assert_eq!(office.told(&office.ann).await, []);
    let empty = services
        .add_comment(owner, office.client, draft, say("  ", false))
        .await;
    assert!(refusal(empty).contains("Write something"));
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_names_a_moment_of_the_posts_own_video() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let (desk, client) = (&office.desk, office.client);
    let account = desk.connect(client, KESTREL).await;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let mut input = desk.input(account, asset, "A clip");
    input.local_time = domain::time::parse_local(AHEAD).expect("a time");
    let post = office
        .save(input, services::posts::Intent::SaveDraft)
        .await
        .expect("kept");
    office.send(post).await.expect("sent");
    let at = |asset, at| NewComment {
        body: "Here".to_owned(),
        internal: false,
        at: Some((asset, at)),
    };
    let services = &desk.services;
    services
        .add_comment(&office.ann, client, post, at(asset, 300))
        .await
        .expect("said");
    for moment in [
        at(asset, -1),
        at(asset, 86_400_000),
        at(AssetId::generate(), 300),
    ] {
        let said = services
            .add_comment(&office.ann, client, post, moment)
            .await;
        assert!(refusal(said).contains("not part of this post’s video"));
    }
    let comments = services.comments(&office.ann, client, post).await;
    assert_eq!(comments.expect("comments")[0].at, Some((asset, 300)));
    office.remove().await;
}
