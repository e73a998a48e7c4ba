//! Connecting and disconnecting.

use reqwest::header::LOCATION;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use testing::KESTREL;

use crate::support::{Site, header};

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_connected_by_a_plain_form_and_the_consent_page() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await;
    let out = site
        .own(
            Method::POST,
            &format!("/clients/{client}/accounts/connect/tiktok"),
        )
        .send()
        .await
        .expect("an answer");
    assert_eq!(out.status(), StatusCode::SEE_OTHER);
    let consent = url::Url::parse(header(&out, &LOCATION)).expect("an address");
    assert_eq!(
        consent
            .query_pairs()
            .find(|(name, _)| name == "disable_auto_auth")
            .expect("a chooser")
            .1,
        "1"
    );
    let scopes = consent
        .query_pairs()
        .find(|(name, _)| name == "scope")
        .expect("scopes")
        .1
        .into_owned();
    let mut form = vec![("account", KESTREL), ("decision", "allow")];
    form.extend(scopes.split(',').map(|scope| ("scope", scope)));
    let back = site
        .browser
        .post(consent)
        .form(&form)
        .send()
        .await
        .expect("an answer");
    let back = url::Url::parse(header(&back, &LOCATION)).expect("an address");
    let callback = format!("{}?{}", back.path(), back.query().expect("a query"));
    let landed = site
        .own(Method::GET, &callback)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        header(&landed, &LOCATION),
        format!("/clients/{client}/accounts?connected=%40kestrelcoffee")
    );
    let again = site
        .own(Method::GET, &callback)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        again.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "a state works once"
    );
    let accounts: Value = site
        .call("list_accounts", &[("client", &client.to_string())])
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(accounts["rows"][0]["handle"], KESTREL);
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disconnect_works_as_a_plain_form() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await;
    let account = site.desk.connect(client, KESTREL).await;
    let (id, account_id) = (client.to_string(), account.to_string());
    let wrong = site
        .call(
            "disconnect",
            &[("client", &id), ("account", &account_id), ("typed", "x")],
        )
        .await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let done: Value = site
        .call(
            "disconnect",
            &[
                ("client", &id),
                ("account", &account_id),
                ("typed", KESTREL),
            ],
        )
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(
        (&done["nothing_left"], &done["revoke_problem"]),
        (&json!(true), &Value::Null)
    );
    let accounts: Value = site
        .call("list_accounts", &[("client", &id)])
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(accounts["rows"], json!([]));
    site.desk.database.remove().await;
}
