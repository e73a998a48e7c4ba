use emulator::samples::PHOTO_JPEG;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{HANDLE, OTHER, desk, desk_with, record, text};

const RKEY: &str = "3jzfcijpj2z2a";
const DELETE: &str = "com.atproto.repo.deleteRecord";

#[tokio::test]
async fn a_post_is_put_once_whatever_is_sent_again() {
    let desk = desk().await;
    let token = desk.access().await;
    let first = desk.put(&token, RKEY, &record("Fresh bread")).await.ok();
    assert!(first["commit"].is_object());
    // The same once more changes nothing, and something else is not let in.
    let again = desk.put(&token, RKEY, &record("Fresh bread")).await.ok();
    assert_eq!(again["cid"], first["cid"]);
    assert!(again.get("commit").is_none());
    let other = desk.put(&token, RKEY, &record("Stale bread")).await;
    other.refused(400, "InvalidSwap");
    assert_eq!(
        other.body["message"],
        format!("Record was at {}", text(&first, "cid"))
    );
    let posts = desk.bluesky().posts();
    assert_eq!((posts.len(), posts[0].text.as_str()), (1, "Fresh bread"));
    assert_eq!(posts[0].overwritten, 0);
    assert_eq!(posts[0].account, HANDLE);
}

#[tokio::test]
async fn a_record_is_found_by_its_key_and_deleting_twice_is_no_error() {
    let desk = desk().await;
    let token = desk.access().await;
    let get = async || {
        let did = desk.did();
        let name = [
            ("repo", did.as_str()),
            ("collection", "app.bsky.feed.post"),
            ("rkey", RKEY),
        ];
        desk.send(
            desk.xrpc(Method::GET, "com.atproto.repo.getRecord")
                .query(&name),
        )
        .await
    };
    get().await.refused(400, "RecordNotFound");
    let put = desk.put(&token, RKEY, &record("Here")).await.ok();
    let found = get().await.ok();
    assert_eq!(
        (&found["cid"], &found["value"]["text"]),
        (&put["cid"], &json!("Here"))
    );
    let name = json!({ "repo": desk.did(), "collection": "app.bsky.feed.post", "rkey": RKEY });
    desk.post(DELETE, &token, &name).await.ok();
    desk.post(DELETE, &token, &name).await.ok();
    get().await.refused(400, "RecordNotFound");
}

#[tokio::test]
async fn creating_over_a_key_is_an_error_of_the_server() {
    let desk = desk().await;
    let token = desk.access().await;
    let body = json!({ "repo": desk.did(), "collection": "app.bsky.feed.post", "rkey": RKEY, "record": record("One") });
    desk.post("com.atproto.repo.createRecord", &token, &body)
        .await
        .ok();
    desk.post("com.atproto.repo.createRecord", &token, &body)
        .await
        .refused(500, "InternalServerError");
}

#[tokio::test]
async fn only_the_own_repository_takes_records_and_only_posts_with_a_timestamp_key() {
    let desk = desk().await;
    let token = desk.access().await;
    let body = |repo: &str, collection: &str, rkey: &str| json!({ "repo": repo, "collection": collection, "rkey": rkey, "record": record("x") });
    let put = "com.atproto.repo.putRecord";
    let post = "app.bsky.feed.post";
    desk.post(put, &token, &body(OTHER, post, RKEY))
        .await
        .refused(403, "AccountNotFound");
    desk.post(put, &token, &body(HANDLE, post, "self"))
        .await
        .refused(400, "InvalidRequest");
    desk.post(put, &token, &body(HANDLE, "com.example.note", RKEY))
        .await
        .refused(400, "InvalidRequest");
    desk.post(put, &token, &body(HANDLE, post, RKEY)).await.ok();
}

#[tokio::test]
async fn pictures_are_uploaded_first_and_shown_with_their_descriptions() {
    let desk = desk().await;
    let token = desk.access().await;
    let blob = desk.upload(&token, "image/jpeg", PHOTO_JPEG).await.ok()["blob"].clone();
    let again = desk.upload(&token, "image/jpeg", PHOTO_JPEG).await.ok()["blob"].clone();
    assert_eq!(blob, again);
    assert_eq!(blob["size"], PHOTO_JPEG.len());
    let mut post = record("Look");
    post["embed"] = json!({
        "$type": "app.bsky.embed.images",
        "images": [{ "image": blob, "alt": "A loaf <of> bread", "aspectRatio": { "width": 720, "height": 960 } }],
    });
    desk.put(&token, RKEY, &post).await.ok();
    let media = &desk.bluesky().posts()[0].media;
    assert_eq!(
        (media.len(), media[0].alt.as_str()),
        (1, "A loaf <of> bread")
    );
    let shown = desk.http.get(&media[0].url).send().await.unwrap();
    assert_eq!(shown.headers()["content-type"], "image/jpeg");
    assert_eq!(shown.bytes().await.unwrap(), PHOTO_JPEG);
    let page = format!("{}/profile/{HANDLE}", desk.bluesky().web_url());
    let page = desk
        .http
        .get(page)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(page.contains(r#"alt="A loaf &lt;of&gt; bread""#), "{page}");

    // A blob that was never uploaded, or was collected since, is missing by name.
    desk.bluesky().collect_blobs();
    desk.put(&token, "3jzfcijpj2z2b", &post).await.ok();
    post["embed"]["images"][0]["image"]["ref"]["$link"] = json!("bafkreinothere");
    desk.put(&token, "3jzfcijpj2z2c", &post)
        .await
        .refused(400, "BlobNotFound");
}

#[tokio::test]
async fn blobs_have_limits_in_size_and_in_number() {
    let desk = desk_with(|config| {
        (config.blob_bytes, config.blobs_per_day) = (10, 2);
    })
    .await;
    let token = desk.access().await;
    desk.upload(&token, "image/png", &[0; 11])
        .await
        .refused(413, "PayloadTooLarge");
    let taken = desk.upload(&token, "image/png", &[0; 10]).await;
    assert_eq!(
        (taken.status, taken.header("ratelimit-remaining")),
        (200, "1")
    );
    desk.upload(&token, "image/png", &[1; 10]).await.ok();
    desk.upload(&token, "image/png", &[2; 10])
        .await
        .refused(429, "RateLimitExceeded");
    desk.advance(86_400);
    let token = desk.access().await;
    desk.upload(&token, "image/png", &[2; 10]).await.ok();
}

#[tokio::test]
async fn writes_are_counted_in_points() {
    let desk = desk_with(|config| config.points_per_hour = 5).await;
    let token = desk.access().await;
    desk.put(&token, RKEY, &record("1")).await.ok();
    desk.put(&token, "3jzfcijpj2z2b", &record("2")).await.ok();
    let limited = desk.put(&token, "3jzfcijpj2z2c", &record("3")).await;
    limited.refused(429, "RateLimitExceeded");
    assert_eq!(limited.header("retry-after"), "3600");
    assert_eq!(desk.bluesky().posts().len(), 2);
}

#[tokio::test]
async fn what_breaks_the_lexicon_is_refused_by_name() {
    let desk = desk().await;
    let token = desk.access().await;
    let broken: [(&str, Value, &str); 11] = [
        (
            "text",
            json!("é".repeat(301)),
            "grapheme too big (maximum 300",
        ),
        (
            "text",
            json!("👩‍👩‍👧‍👦".repeat(121)),
            "string too big (maximum 3000",
        ),
        ("createdAt", json!("yesterday"), "createdAt"),
        (
            "langs",
            json!(["en", "de", "fr", "es"]),
            "array too big (maximum 3)",
        ),
        ("langs", json!(["not a tag"]), "BCP 47"),
        ("tags", json!(["#x".repeat(40)]), "tags"),
        ("facets", json!([facet(0, 99)]), "whole characters"),
        ("facets", json!([facet(2, 4)]), "whole characters"),
        ("facets", json!([facet(0, 4), facet(3, 5)]), "overlap"),
        (
            "embed",
            json!({ "$type": "app.bsky.embed.images", "images": [] }),
            "maximum 4",
        ),
        ("lang", json!("en"), "Record/lang"),
    ];
    for (field, value, why) in broken {
        let mut post = record("né bread");
        post[field] = value;
        let reply = desk.put(&token, RKEY, &post).await;
        reply.refused(400, "InvalidRequest");
        let told = reply.body["message"].as_str().unwrap();
        assert!(told.contains(why), "{field}: {told}");
    }
    let mut post = record(&"é".repeat(300));
    post["langs"] = json!(["en", "pt-BR"]);
    post["facets"] = json!([facet(0, 4)]);
    desk.put(&token, RKEY, &post).await.ok();
}

fn facet(start: usize, end: usize) -> Value {
    json!({
        "index": { "byteStart": start, "byteEnd": end },
        "features": [{ "$type": "app.bsky.richtext.facet#tag", "tag": "bread" }],
    })
}
