use emulator::tiktok::Stats;
use serde_json::{Value, json};

use crate::desk::{Desk, PRIVATE, PUBLIC, desk};

#[tokio::test]
async fn user_info_gives_only_the_fields_asked_for() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let path = "/v2/user/info/?fields=open_id,display_name,username,follower_count,is_verified";
    let info = desk.get(path, &token).await;
    assert_eq!(
        info.data("user"),
        &json!({
            "open_id": "-000kestrelcoffeeOpenId",
            "display_name": "Kestrel Coffee Roasters",
            "username": "kestrelcoffee",
            "follower_count": 48_210,
            "is_verified": true,
        })
    );
}

#[tokio::test]
async fn fields_are_mandatory_and_known() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    for query in ["", "?fields=", "?fields=password"] {
        desk.get(&format!("/v2/user/info/{query}"), &token)
            .await
            .assert_refused(400, "invalid_params");
    }
}

#[tokio::test]
async fn a_field_needs_its_scope() {
    let desk = desk().await;
    let basic = desk.connect_with(PUBLIC, &["user.info.basic"]);
    assert_eq!(
        desk.get("/v2/user/info/?fields=open_id", &basic).await.code,
        "ok"
    );
    for field in ["username", "follower_count"] {
        desk.get(&format!("/v2/user/info/?fields=open_id,{field}"), &basic)
            .await
            .assert_refused(400, "scope_permission_missed");
    }
    let none = desk.connect_with(PUBLIC, &["video.publish"]);
    desk.get("/v2/user/info/?fields=open_id", &none)
        .await
        .assert_refused(401, "scope_not_authorized");
}

async fn list(desk: &Desk, token: &str, body: Value) -> (Vec<String>, Value, bool) {
    let reply = desk
        .post("/v2/video/list/?fields=id,title", token, body)
        .await;
    let titles = reply.data("videos").as_array().unwrap().iter();
    (
        titles
            .map(|v| v["title"].as_str().unwrap().to_owned())
            .collect(),
        reply.data("cursor").clone(),
        reply.data("has_more").as_bool().unwrap(),
    )
}

#[tokio::test]
async fn the_list_has_public_posts_newest_first_in_pages() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    for caption in ["one", "two", "three"] {
        desk.publish(&token, caption, "PUBLIC_TO_EVERYONE").await;
        desk.advance(10);
    }
    desk.publish(&token, "private", "SELF_ONLY").await;
    desk.advance(10);
    desk.publish(&token, "not moderated yet", "PUBLIC_TO_EVERYONE")
        .await;

    let (titles, cursor, more) = list(&desk, &token, json!({ "max_count": 2 })).await;
    assert_eq!(
        (titles, more),
        (vec!["three".to_owned(), "two".to_owned()], true)
    );
    let next = json!({ "max_count": 2, "cursor": cursor });
    let (titles, _, more) = list(&desk, &token, next).await;
    assert_eq!((titles, more), (vec!["one".to_owned()], false));

    desk.post(
        "/v2/video/list/?fields=id",
        &token,
        json!({ "max_count": 21 }),
    )
    .await
    .assert_refused(400, "invalid_params");
}

#[tokio::test]
async fn a_query_finds_own_public_posts_only() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    desk.publish(&token, "mine", "PUBLIC_TO_EVERYONE").await;
    desk.advance(10);
    let post_id = desk.tiktok().posts()[0].post_id.unwrap();
    let stats = Stats {
        views: 5_000_000_000,
        likes: 12,
        ..Stats::default()
    };
    assert!(desk.tiktok().set_stats(post_id, stats));

    let path = "/v2/video/query/?fields=id,view_count,like_count,share_url,cover_image_url";
    let body = json!({ "filters": { "video_ids": [post_id.to_string(), "1"] } });
    let reply = desk.post(path, &token, body.clone()).await;
    let videos = reply.data("videos").as_array().unwrap();
    assert_eq!(videos.len(), 1);
    assert_eq!(videos[0]["id"], post_id.to_string());
    assert_eq!(videos[0]["view_count"], 5_000_000_000_i64);
    let cover = videos[0]["cover_image_url"].as_str().unwrap();
    assert_eq!(desk.http.get(cover).send().await.unwrap().status(), 200);
    let link = videos[0]["share_url"].as_str().unwrap();
    assert_eq!(desk.http.get(link).send().await.unwrap().status(), 200);

    let other = desk.connect(PRIVATE);
    let reply = desk.post(path, &other, body).await;
    assert_eq!(reply.data("videos"), &json!([]));
}

#[tokio::test]
async fn the_feed_shows_posts_and_plays_ranges() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    desk.publish(&token, "<b>older</b>", "PUBLIC_TO_EVERYONE")
        .await;
    desk.advance(10);
    desk.publish(&token, "newer", "PUBLIC_TO_EVERYONE").await;
    let get = |url: String| async { desk.http.get(url).send().await.unwrap() };

    let home = get(format!("{}/", desk.emulator.url()))
        .await
        .text()
        .await
        .unwrap();
    assert!(home.contains("/tiktok/@kestrelcoffee"));
    let page = get(desk.url("/@kestrelcoffee")).await.text().await.unwrap();
    let (newer, older) = (page.find("newer"), page.find("&lt;b&gt;older&lt;/b&gt;"));
    assert!(newer.unwrap() < older.unwrap());
    let media = &desk.tiktok().posts()[0].media[0];
    assert!(page.contains(&media.sha256) && page.contains(&media.url));

    let part = desk.http.get(&media.url).header("range", "bytes=6-10");
    let part = part.send().await.unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(part.headers()["content-type"], "video/mp4");
    assert_eq!(part.text().await.unwrap(), "world");

    assert_eq!(get(desk.url("/@nobody")).await.status(), 404);
    assert_eq!(get(desk.url("/kestrelcoffee")).await.status(), 404);
}
