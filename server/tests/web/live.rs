//! What a page hears without asking.

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Response, StatusCode};

use crate::support::{Site, header};

/// The next thing that is said.
async fn next(answer: &mut Response) -> String {
    let chunk = answer.chunk().await.expect("a connection");
    String::from_utf8_lossy(&chunk.expect("it goes on")).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_hears_of_a_change_of_its_client_and_of_no_other() {
    let site = Site::start().await;
    let (kestrel, heron) = (
        site.desk.client("Kestrel").await,
        site.desk.client("Heron").await,
    );
    let follow = async |query: &str| {
        let answer = site
            .own(Method::GET, &format!("/live{query}"))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(header(&answer, &CONTENT_TYPE).starts_with("text/event-stream"));
        answer
    };
    let (mut of_kestrel, mut of_all) = (
        follow(&format!("?client={kestrel}")).await,
        follow("").await,
    );
    for answer in [&mut of_kestrel, &mut of_all] {
        let begun = next(answer).await;
        assert!(
            begun.contains("event: begun") && begun.contains("data: look"),
            "{begun}"
        );
    }
    // The other client first: what its page hears first is of its own.
    for client in [heron, kestrel] {
        site.desk
            .services
            .set_paused(
                &site.desk.owner,
                services::controls::PauseScope::Client(client),
                true,
            )
            .await
            .expect("paused");
        assert!(next(&mut of_all).await.contains("event: changed"));
    }
    assert!(next(&mut of_kestrel).await.contains("event: changed"));
    drop((of_kestrel, of_all));
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_follows_without_a_session() {
    let site = Site::start().await;
    let answer = site.stranger(Method::GET, "/live").send().await;
    assert_eq!(
        answer.expect("an answer").status(),
        StatusCode::UNAUTHORIZED
    );
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_loaded_again_and_again_is_looked_for_once() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel").await;
    let follow = async || {
        let mut answer = site
            .own(Method::GET, &format!("/live?client={client}"))
            .send()
            .await
            .expect("an answer");
        assert!(next(&mut answer).await.contains("event: begun"));
        answer
    };
    for _ in 0..5 {
        drop(follow().await);
    }
    let mut last = follow().await;
    let paused = site.desk.services.set_paused(
        &site.desk.owner,
        services::controls::PauseScope::Client(client),
        true,
    );
    paused.await.expect("paused");
    assert!(next(&mut last).await.contains("event: changed"));
    // Each that looks would tell of the same change by itself: the next thing that is heard is the next change.
    let silence = tokio::time::timeout(std::time::Duration::from_millis(1_500), next(&mut last));
    assert!(silence.await.is_err(), "told twice of one change");
    drop(last);
    site.desk.database.remove().await;
}
