//! Approvals as staff see and do them: the board, a post on it, comments, and decisions of the agency.

use domain::approval::{ApprovalPolicy, ReviewState};
use domain::{ClientId, DeliveryState, PostId, Role};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use services::client_settings::SettingsInput;
use services::posts::Intent;
use testing::{KESTREL, video};

use crate::support::{Site, text};

/// A client in two steps with an approver, and a draft that could be sent.
async fn two_steps(site: &Site) -> (ClientId, PostId) {
    let desk = &site.desk;
    let client = desk.client("Kestrel Coffee").await;
    let approver = desk
        .services
        .add_user(
            "ann@kestrel.test",
            "Ann Approver",
            Role::ClientApprover,
            testing::Desk::password(),
        )
        .await
        .expect("an approver");
    db::models::user::set_clients(&mut desk.database.connect().await, approver, &[client])
        .await
        .expect("the client");
    let input = SettingsInput {
        approval_policy: Some(ApprovalPolicy::TwoSteps),
        ..SettingsInput::default()
    };
    desk.services
        .update_client(&desk.owner, client, &input)
        .await
        .expect("set");
    let account = desk.connect(client, KESTREL).await;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let input = desk.input(account, asset, "Pour-over myths, answered");
    let post = desk
        .services
        .save_post(&desk.owner, client, input, Intent::SaveDraft)
        .await
        .expect("kept");
    (client, post)
}

async fn bulk(site: &Site, name: &str, client: ClientId, post: PostId) -> Value {
    site.own(Method::POST, &format!("/api/{name}"))
        .json(&json!({ "picks": [{ "client": client, "post": post }] }))
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_sent_commented_on_and_approved_by_forms_alone() {
    let site = Site::start().await;
    let (client, post) = two_steps(&site).await;
    let page = format!("/clients/{client}/approvals");
    let ready = text(site.own(Method::GET, &format!("{page}?tab=ready"))).await;
    assert!(ready.contains("Pour-over myths, answered"));
    let sent = bulk(&site, "send_for_approval", client, post).await;
    assert_eq!(sent, json!({ "done": 1, "refused": [] }));
    let again = bulk(&site, "send_for_approval", client, post).await;
    assert_eq!(again["done"], 0);
    assert!(
        again["refused"][0]
            .as_str()
            .is_some_and(|why| why.contains("already"))
    );

    // The address of a notice leads to the list in which the post is, and shows it.
    let shown = text(site.own(Method::GET, &format!("{page}?post={post}"))).await;
    assert!(shown.contains("With us") && shown.contains("Ask for changes"));
    let everywhere = text(site.own(
        Method::GET,
        &format!("/approvals?client={client}&post={post}"),
    ))
    .await;
    assert!(everywhere.contains("Kestrel Coffee") && everywhere.contains("Ask for changes"));

    let (id, client_id) = (post.to_string(), client.to_string());
    let said = site
        .call(
            "add_comment",
            &[
                ("client", &client_id),
                ("post", &id),
                ("body", "Psst"),
                ("internal", "1"),
            ],
        )
        .await;
    assert_eq!(said.status(), StatusCode::OK);
    let review: Value = site
        .call("review", &[("client", &client_id), ("post", &id)])
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(review["comments"][0]["internal"], true);
    assert_eq!(review["may_decide"], true);
    let version = review["version"].as_str().expect("a version");
    let stale = site
        .call(
            "decide",
            &[
                ("client", &client_id),
                ("post", &id),
                ("version", "00"),
                ("verdict", "approved"),
            ],
        )
        .await;
    assert_eq!(stale.status(), StatusCode::CONFLICT);
    let decided = site
        .call(
            "decide",
            &[
                ("client", &client_id),
                ("post", &id),
                ("version", version),
                ("verdict", "approved"),
            ],
        )
        .await;
    assert_eq!(decided.status(), StatusCode::OK);
    let with_client = text(site.own(Method::GET, &format!("{page}?post={post}"))).await;
    assert!(with_client.contains("Ann Approver"));
    // Nobody of the agency decides for the client.
    assert!(!with_client.contains("Ask for changes"));

    let reminded = bulk(&site, "remind", client, post).await;
    assert_eq!(reminded["done"], 1);
    let taken = bulk(&site, "take_back_reviews", client, post).await;
    assert_eq!(taken["done"], 1);
    assert_eq!(
        site.desk.delivery(client, post).await.1,
        DeliveryState::Draft
    );
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_composer_keeps_what_could_not_be_sent_and_says_why() {
    let site = Site::start().await;
    let (client, _) = two_steps(&site).await;
    let form = json!({
        "id": null, "caption": "No account yet", "media": [], "targets": [],
        "local_time": "2026-10-15T09:00"
    });
    let saved: Value = site
        .own(Method::POST, "/api/save_post")
        .json(&json!({ "client": client, "form": form, "intent": "SendForApproval" }))
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert!(
        saved["refused"].to_string().contains("Choose the account"),
        "{saved}"
    );
    let post: PostId = saved["id"].as_str().expect("an id").parse().expect("an id");
    let composer = text(site.own(Method::GET, &format!("/clients/{client}/posts/{post}"))).await;
    assert!(composer.contains("Send for approval"));
    assert!(!composer.contains("Publish now"));
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn saving_a_required_policy_says_what_was_sent_for_approval() {
    let site = Site::start().await;
    let (client, post) = two_steps(&site).await;
    let id = client.to_string();
    let set = |policy: &'static str| {
        let (site, id) = (&site, id.clone());
        async move {
            site.own(Method::POST, "/api/save_client_settings")
                .header("accept", "text/html")
                .form(&[
                    ("client", id.as_str()),
                    ("form[name]", "Kestrel Coffee"),
                    ("form[approval_policy]", policy),
                ])
                .send()
                .await
                .expect("an answer")
        }
    };
    set("none").await;
    let full = site
        .desk
        .services
        .post(&site.desk.owner, client, post)
        .await
        .expect("the post");
    let (delivery, _) = &full.deliveries[0];
    let mut input = site
        .desk
        .input(delivery.account_id, full.assets[0].asset.id, "Planned");
    input.id = Some(post);
    site.desk
        .services
        .save_post(&site.desk.owner, client, input, Intent::Schedule)
        .await
        .expect("scheduled");
    let page = format!("/clients/{client}/settings");
    let saved = set("required").await;
    let address = crate::support::header(&saved, &reqwest::header::LOCATION);
    assert_eq!(address, format!("{page}?saved=1&sent=1"));
    let shown = text(site.own(Method::GET, address)).await;
    assert!(
        shown.contains("1 post was scheduled without approval"),
        "{shown}"
    );
    let view = site
        .desk
        .services
        .review_of_post(&site.desk.owner, client, post)
        .await
        .expect("how it stands");
    assert_eq!(view.review.state, ReviewState::Waiting);
    site.desk.database.remove().await;
}
