//! Signing in and out.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, StatusCode};

use crate::support::{Site, header};

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_works_as_a_plain_form_and_hands_out_a_careful_cookie() {
    let site = Site::start().await;
    let form = [
        ("email", "owner@agency.test"),
        ("password", "a long enough password"),
    ];
    let answer = site
        .stranger(Method::POST, "/api/sign_in")
        .header("accept", "text/html")
        .form(&form)
        .send()
        .await;
    let answer = answer.expect("an answer");
    assert_eq!(
        (answer.status(), header(&answer, &LOCATION)),
        (StatusCode::FOUND, "/")
    );
    let cookie = header(&answer, &SET_COOKIE).to_owned();
    for part in [
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
        "Path=/",
        "Max-Age=2592000",
    ] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let session = cookie.split(';').next().expect("a cookie").to_owned();
    let home = site
        .bare(Method::GET, "/clients")
        .header(COOKIE, &session)
        .send()
        .await
        .expect("an answer");
    assert_eq!(home.status(), StatusCode::OK);

    let out = site
        .stranger(Method::POST, "/api/sign_out")
        .header(COOKIE, &session)
        .header("accept", "text/html");
    let out = out.send().await.expect("an answer");
    assert_eq!(header(&out, &LOCATION), "/sign-in");
    let home = site
        .bare(Method::GET, "/clients")
        .header(COOKIE, &session)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        (home.status(), header(&home, &LOCATION)),
        (StatusCode::FOUND, "/sign-in")
    );
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let site = Site::start().await;
    let mut answers = Vec::new();
    for email in ["owner@agency.test", "nobody@agency.test"] {
        let form = [("email", email), ("password", "not the password")];
        let answer = site
            .stranger(Method::POST, "/api/sign_in")
            .form(&form)
            .send()
            .await
            .expect("an answer");
        assert!(answer.headers().get(SET_COOKIE).is_none());
        answers.push((answer.status(), answer.text().await.expect("text")));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, StatusCode::UNPROCESSABLE_ENTITY);
    site.desk.database.remove().await;
}
