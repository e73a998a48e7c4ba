//! The note of a post: what everybody of the agency keeps true about it, and nobody else reads.

use services::ServiceError;
use testing::Desk;

#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_written_over_what_its_writer_has_seen_and_over_nothing_else() {
    let desk = Desk::start().await;
    let (client, _, post) = desk.scheduled("Flat white").await;
    let services = &desk.services;
    let before = services
        .post(&desk.owner, client, post)
        .await
        .expect("post");
    assert_eq!(
        services
            .note(&desk.owner, client, post)
            .await
            .expect("none"),
        None
    );

    let write = async |body: &str, over: i32| {
        services
            .write_note(&desk.owner, client, post, body, over)
            .await
    };
    let first = write("Ask Tessa about the cup.\n", 0).await.expect("kept");
    assert_eq!(
        (&*first.body, first.revision),
        ("Ask Tessa about the cup.", 1)
    );
    assert_eq!(first.updated_by, "Olive Owner");
    let second = write("Tessa agrees.", 1).await.expect("kept");
    assert_eq!(second.revision, 2);
    // An answer that was lost on the way is asked for again.
    assert_eq!(write("Tessa agrees.", 1).await.expect("the same"), second);
    for over in [0, 1] {
        let refused = write("Mine", over).await.expect_err("refused");
        assert!(matches!(&refused, ServiceError::Conflict(_)), "{refused}");
        assert!(refused.to_string().starts_with("Olive Owner has changed"));
    }
    let long = write(&"x".repeat(4_001), 2).await.expect_err("refused");
    assert!(long.to_string().contains("4000"), "{long}");
    let kept = services
        .note(&desk.owner, client, post)
        .await
        .expect("a note");
    assert_eq!(kept, Some(second));
    let after = services
        .post(&desk.owner, client, post)
        .await
        .expect("post");
    assert_eq!(
        after.post.version, before.post.version,
        "no part of a version"
    );

    let other = desk.client("Northlane").await;
    let elsewhere = services.note(&desk.owner, other, post).await;
    assert!(matches!(elsewhere, Err(ServiceError::NotFound("post"))));
    desk.database.remove().await;
}
