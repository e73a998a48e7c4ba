//! Posts on the real server.

use connectors::{CancelOutcome, Connector, ErrorKind, Reconciled, StepOutcome};
use emulator::samples::VIDEO_MP4;
use serde_json::json;

use crate::support::{Desk, content, picture, video};

#[tokio::test]
async fn a_text_goes_out_with_what_can_be_clicked_in_it() {
    let (mut desk, account) = Desk::new(content("", Vec::new())).await;
    let handle = &account.handle;
    let text = format!(
        "Grüße 🦊 from @{handle} and @nobody-has-this.test: https://kestrel.example/menu. #flatwhite"
    );
    desk.content.caption = text.clone();
    desk.options(|options| {
        options.langs = vec!["en".to_owned(), "de".to_owned()];
        options.labels = vec!["graphic-media".to_owned()];
    });
    let published = desk.run().await.unwrap();

    let posts = account.posts().await;
    assert_eq!(posts.len(), 1);
    assert_eq!(posts[0]["uri"], published.id);
    let key = published.id.rsplit('/').next().unwrap();
    assert_eq!(
        published.address,
        format!("https://bsky.app/profile/{}/post/{key}", account.did)
    );
    let record = &posts[0]["value"];
    assert_eq!(record["text"], text);
    assert_eq!(record["createdAt"], "2026-10-12T16:30:00.000Z");
    assert_eq!(record["langs"], json!(["en", "de"]));
    assert_eq!(
        record["labels"]["values"],
        json!([{"val": "graphic-media"}])
    );
    assert!(record.get("embed").is_none());
    let clicked: Vec<(&str, &serde_json::Value)> = record["facets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|facet| {
            let at = |name: &str| facet["index"][name].as_u64().unwrap() as usize;
            (&text[at("byteStart")..at("byteEnd")], &facet["features"][0])
        })
        .collect();
    let mention = format!("@{handle}");
    assert_eq!(clicked.len(), 3, "{clicked:?}");
    assert_eq!(clicked[0].0, mention);
    assert_eq!(clicked[0].1["did"], account.did);
    assert_eq!(clicked[1].0, "https://kestrel.example/menu");
    assert_eq!(clicked[1].1["uri"], "https://kestrel.example/menu");
    assert_eq!(clicked[2].0, "#flatwhite");
    assert_eq!(clicked[2].1["tag"], "flatwhite");
    assert!(desk.reports[0].detail.contains("nobody-has-this.test"));
    assert_eq!(desk.titles(), ["Checked the account", "Published"]);
    assert_eq!(desk.spent, ["posts_an_hour", "posts_a_day"]);
}

#[tokio::test]
async fn four_pictures_go_out_in_order_with_their_descriptions() {
    let alts = ["A cup", "", "A fox 🦊", "The ridge"];
    let media = (0..4).map(|number| picture(number, alts[usize::from(number)]));
    let (mut desk, account) = Desk::new(content("Four", media.collect())).await;
    desk.run().await.unwrap();

    let posts = account.posts().await;
    let embed = &posts[0]["value"]["embed"];
    assert_eq!(embed["$type"], "app.bsky.embed.images");
    let images = embed["images"].as_array().unwrap();
    assert_eq!(images.len(), 4);
    for (number, image) in images.iter().enumerate() {
        assert_eq!(image["alt"], alts[number]);
        assert_eq!(image["aspectRatio"], json!({"width": 720, "height": 960}));
        let bytes = account.file(&image["image"]).await;
        assert_eq!(bytes.last(), Some(&(number as u8)), "in order");
    }
    assert_eq!(desk.titles()[1], "Sent picture 1 of 4");
    assert_eq!(
        desk.spent.iter().filter(|name| **name == "uploads").count(),
        4
    );
}

#[tokio::test]
async fn a_video_goes_to_the_accounts_own_server_where_there_is_no_service() {
    let (mut desk, account) = Desk::new(content("Moving", vec![video("A pour")])).await;
    desk.run().await.unwrap();
    let posts = account.posts().await;
    let embed = &posts[0]["value"]["embed"];
    assert_eq!(embed["$type"], "app.bsky.embed.video");
    assert_eq!(embed["alt"], "A pour");
    assert_eq!(embed["aspectRatio"], json!({"width": 360, "height": 640}));
    assert_eq!(embed["video"]["mimeType"], "video/mp4");
    assert_eq!(account.file(&embed["video"]).await, VIDEO_MP4);
}

#[tokio::test]
async fn a_post_is_taken_up_from_every_checkpoint_and_never_doubles() {
    let media = vec![picture(1, "One"), picture(2, "Two")];
    let (mut desk, account) = Desk::new(content("Once", media)).await;
    let published = desk.run().await.unwrap();
    let checkpoints = desk.written.clone();
    assert_eq!(
        checkpoints.len(),
        4,
        "checked, two pictures, about to be sent"
    );
    // Also after it is out: each of these workers died without telling anybody.
    for checkpoint in checkpoints {
        let again = desk.run_from(Some(checkpoint), true).await.unwrap();
        assert_eq!(again, published);
    }
    // Even from the beginning, with other notes, and at another minute.
    desk.now += chrono::TimeDelta::days(3);
    desk.content.due_at = desk.now;
    let again = desk.run().await.unwrap();
    assert_eq!(again, published);
    assert_eq!(account.posts().await.len(), 1);
    assert!(desk.reports.last().unwrap().detail.contains("posted once"));
}

#[tokio::test]
async fn a_post_that_was_changed_since_is_not_written_over_the_first() {
    let (mut desk, account) = Desk::new(content("First words", Vec::new())).await;
    let published = desk.run().await.unwrap();
    desk.content.caption = "Other words".to_owned();
    let error = desk.run().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected, "{error:?}");
    assert!(error.message.contains(&published.address), "{error:?}");
    // Asked about, the first is not taken for the second.
    let Reconciled::Failed(why) = desk.reconcile().await.unwrap() else {
        panic!("it is another one");
    };
    assert_eq!(why.kind, ErrorKind::Rejected);
    let posts = account.posts().await;
    assert_eq!(posts.len(), 1);
    assert_eq!(posts[0]["value"]["text"], "First words");
    // Once a person has taken the first down, the second goes out.
    let key = published.id.rsplit('/').next().unwrap();
    account.delete_post(key).await;
    desk.run().await.unwrap();
    let posts = account.posts().await;
    assert_eq!(posts.len(), 1);
    assert_eq!(posts[0]["value"]["text"], "Other words");
}

#[tokio::test]
async fn files_that_the_server_has_lost_are_sent_again() {
    let (mut desk, account) = Desk::new(content("Lost", vec![picture(9, "Gone")])).await;
    // Up to the picture, and then the notes name a file that is not there.
    let mut checkpoint = None;
    for _ in 0..3 {
        let Ok(StepOutcome::Continue {
            checkpoint: next, ..
        }) = desk.step(checkpoint.clone(), false).await
        else {
            panic!("goes on");
        };
        checkpoint = Some(next);
    }
    let mut checkpoint = checkpoint.unwrap();
    assert_eq!(checkpoint.0["started"], true);
    checkpoint.0["files"][0]["ref"]["$link"] =
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku".into();
    desk.run_from(Some(checkpoint), true).await.unwrap();
    assert!(
        desk.titles().contains(&"The files were gone"),
        "{:?}",
        desk.titles()
    );
    let posts = account.posts().await;
    assert_eq!(posts.len(), 1);
    let bytes = account
        .file(&posts[0]["value"]["embed"]["images"][0]["image"])
        .await;
    assert_eq!(bytes.last(), Some(&9));
}

#[tokio::test]
async fn it_can_be_taken_back_until_it_may_have_been_sent() {
    let (mut desk, account) = Desk::new(content("Never mind", vec![picture(1, "One")])).await;
    assert!(!desk.bluesky.may_be_out(None));
    desk.run().await.unwrap();
    let outcomes: Vec<bool> = desk
        .written
        .iter()
        .map(|checkpoint| desk.bluesky.may_be_out(Some(checkpoint)))
        .collect();
    assert_eq!(outcomes, [false, false, true]);
    use CancelOutcome::{Cancelled, TooLate};
    assert_eq!(desk.cancel(&desk.written[1], true).await, Cancelled);
    assert_eq!(desk.cancel(&desk.written[2], true).await, TooLate);
    // Only whoever wrote that it goes out now, and has sent nothing since, knows better.
    assert_eq!(desk.cancel(&desk.written[2], false).await, Cancelled);
    let unreadable = connectors::Checkpoint(json!({"version": 9}));
    assert!(desk.bluesky.may_be_out(Some(&unreadable)));
    assert_eq!(account.posts().await.len(), 1);
}

#[tokio::test]
async fn what_became_of_it_is_certain() {
    let media = vec![picture(1, "A cup")];
    let (mut desk, account) = Desk::new(content("Where is it", media)).await;
    assert!(matches!(desk.reconcile().await, Ok(Reconciled::NotThere)));
    let published = desk.run().await.unwrap();
    // With its notes, and without.
    for _ in 0..2 {
        let Reconciled::Found { id, address } = desk.reconcile().await.unwrap() else {
            panic!("it is there");
        };
        assert_eq!(id.as_deref(), Some(published.id.as_str()));
        assert_eq!(address.as_deref(), Some(published.address.as_str()));
        desk.written.clear();
    }
    account
        .delete_post(published.id.rsplit('/').next().unwrap())
        .await;
    assert!(matches!(desk.reconcile().await, Ok(Reconciled::NotThere)));
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_before_anything_is_sent() {
    let (mut desk, account) = Desk::new(content(&"a".repeat(301), Vec::new())).await;
    let error = desk.run().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.message.contains("300"), "{}", error.message);
    assert!(desk.written.is_empty() && account.posts().await.is_empty());
}
