//! What stands beside a post is the agency's own: it changes at any time, and nothing of what was approved or sent
//! changes with it.

use domain::approval::ApprovalPolicy;
use domain::{DeliveryState, Role};
use services::ServiceError;

use super::support::{Office, SOON};

#[tokio::test(flavor = "multi_thread")]
async fn tags_and_the_note_change_while_a_post_waits_and_once_it_is_out_and_move_nothing() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let editor = office.person("Eddie Editor", Role::Editor).await;
    let (services, client) = (&office.desk.services, office.client);
    let post = office.waiting("Flat white", SOON).await;
    let content = async || {
        let full = services.post(&office.desk.owner, client, post).await;
        let post = full.expect("the post").post;
        (post.version, post.revision, post.caption)
    };
    let before = content().await;

    for (round, state) in [
        (1, DeliveryState::InReview),
        (2, DeliveryState::Scheduled),
        (3, DeliveryState::Published),
    ] {
        match state {
            DeliveryState::Scheduled => {
                office.approve(&office.ann, post).await;
            }
            DeliveryState::Published => office.pass(140).await,
            _ => {}
        }
        assert_eq!(office.state(post).await, state);
        let tag = format!("round {round}");
        let kept = services
            .set_post_tags(&editor, client, post, std::slice::from_ref(&tag))
            .await
            .expect("tags");
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].name, tag);
        let note = format!("Said behind the counter, {round}");
        let kept = services
            .write_note(&editor, client, post, &note, round - 1)
            .await
            .expect("a note");
        assert_eq!((&kept.body, kept.revision), (&note, round));

        assert_eq!(office.state(post).await, state, "nothing moves");
        assert_eq!(content().await, before, "no revision of what goes out");
        let seen = services.portal_post(&office.ann, client, post).await;
        let seen = format!("{:?}", seen.expect("in the portal"));
        assert!(
            !seen.contains("behind the counter") && !seen.contains("round"),
            "{seen}"
        );
        for refused in [
            services
                .set_post_tags(&office.ann, client, post, &[])
                .await
                .expect_err("refused"),
            services
                .write_note(&office.ann, client, post, "Mine", round)
                .await
                .expect_err("refused"),
            services
                .note(&office.ann, client, post)
                .await
                .expect_err("refused"),
        ] {
            assert!(matches!(refused, ServiceError::Forbidden), "{refused}");
        }
    }

    assert_eq!(office.feed(), ["Flat white"]);
    assert_eq!(office.told_of(&office.ann, "waiting_approval").await, 1);
    let audited = office.audited(post).await;
    let count = |action: &str| audited.iter().filter(|one| *one == action).count();
    assert_eq!(
        (count("post_tagged"), count("post_noted")),
        (3, 3),
        "{audited:?}"
    );
    // Written again after an answer that was lost, nothing was changed.
    let again = "Said behind the counter, 3";
    services
        .write_note(&editor, client, post, again, 2)
        .await
        .expect("the same");
    assert_eq!(office.audited(post).await.len(), audited.len());
    office.remove().await;
}
