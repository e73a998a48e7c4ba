//! Uploads by tus: what any client that speaks it relies on, and what the pages ask besides.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::ClientId;
use reqwest::header::LOCATION;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testing::video;

use crate::support::{Site, header};

fn tus(site: &Site, method: Method, path: &str) -> RequestBuilder {
    site.own(method, path).header("tus-resumable", "1.0.0")
}

/// Begins an upload of a file of so many bytes, and returns its address.
async fn begin(site: &Site, client: ClientId, bytes: usize) -> String {
    let begun = tus(site, Method::POST, &format!("/clients/{client}/uploads"))
        .header("upload-length", bytes)
        .header(
            "upload-metadata",
            format!("filename {}, empty", STANDARD.encode("clip one.mp4")),
        )
        .send()
        .await
        .expect("an answer");
    assert_eq!(begun.status(), StatusCode::CREATED);
    assert!(
        begun.headers()["upload-expires"]
            .to_str()
            .is_ok_and(|text| text.ends_with("GMT"))
    );
    header(&begun, &LOCATION).to_owned()
}

async fn send(site: &Site, upload: &str, offset: u64, bytes: Bytes) -> Response {
    let sending = part(site, upload, offset).body(bytes).send();
    sending.await.expect("an answer")
}

fn part(site: &Site, upload: &str, offset: u64) -> RequestBuilder {
    tus(site, Method::PATCH, upload)
        .header("content-type", "application/offset+octet-stream")
        .header("upload-offset", offset)
}

async fn offset(site: &Site, upload: &str) -> (u16, String) {
    let answer = tus(site, Method::HEAD, upload)
        .send()
        .await
        .expect("an answer");
    let offset = answer.headers().get("upload-offset");
    let offset = offset.map_or("", |value| value.to_str().expect("a number"));
    (answer.status().as_u16(), offset.to_owned())
}

async fn finish(site: &Site, upload: &str) -> (u16, Value) {
    let asked = site
        .own(Method::POST, &format!("{upload}/finish"))
        .json(&json!({}));
    let answer = asked.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_by_parts_and_is_played_by_parts() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await;
    let upload = begin(&site, client, video().len()).await;
    assert_eq!(offset(&site, &upload).await, (200, "0".to_owned()));
    let first = send(&site, &upload, 0, video().slice(..4000)).await;
    assert_eq!(
        (first.status().as_u16(), &first.headers()["upload-offset"]),
        (204, &"4000".parse().expect("a header"))
    );
    assert_eq!(offset(&site, &upload).await, (200, "4000".to_owned()));
    let (status, early) = finish(&site, &upload).await;
    assert_eq!(status, 409, "{early}");

    let twice = send(&site, &upload, 0, video().slice(..4000)).await;
    assert_eq!(twice.status(), StatusCode::CONFLICT);
    let long = send(&site, &upload, 4000, Bytes::from(vec![0; video().len()])).await;
    assert_eq!(long.status(), StatusCode::PAYLOAD_TOO_LARGE);
    send(&site, &upload, 4000, video().slice(4000..)).await;

    let (status, taken) = finish(&site, &upload).await;
    assert_eq!((status, &taken["file_name"]), (200, &json!("clip one.mp4")));
    assert_eq!(taken["sha256"], hex::encode(Sha256::digest(video())));
    assert_eq!(
        finish(&site, &upload).await,
        (200, taken.clone()),
        "asked again"
    );
    let file = taken["file_url"].as_str().expect("an address");
    let ranged = site.own(Method::GET, file).header("range", "bytes=10-19");
    let ranged = ranged.send().await.expect("an answer");
    assert_eq!(ranged.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(ranged.bytes().await.expect("bytes"), video().slice(10..20));
    let other = site.desk.client("Other").await;
    for address in [file, &upload] {
        let elsewhere = address.replace(&client.to_string(), &other.to_string());
        let method = if address == file {
            Method::GET
        } else {
            Method::HEAD
        };
        let answer = tus(&site, method, &elsewhere)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{elsewhere}");
    }

    let refused = begin(&site, client, 11).await;
    send(&site, &refused, 0, Bytes::from_static(b"not a video")).await;
    let (status, sentence) = finish(&site, &refused).await;
    assert_eq!(status, 422);
    assert!(
        sentence["error"]
            .as_str()
            .is_some_and(|words| words.contains("neither a video"))
    );
    assert_eq!(finish(&site, &refused).await, (422, sentence));
    assert_eq!(offset(&site, &refused).await.0, 410);
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_whose_checksum_does_not_fit_is_not_kept() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await;
    let upload = begin(&site, client, video().len()).await;
    let bytes = video().slice(..6000);
    let checked = async |value: String| {
        let part = part(&site, &upload, 0).header("upload-checksum", value);
        let answer = part.body(bytes.clone()).send().await.expect("an answer");
        answer.status().as_u16()
    };
    let of = |bytes: &[u8]| STANDARD.encode(Sha256::digest(bytes));
    assert_eq!(checked(format!("sha256 {}", of(b"others"))).await, 460);
    assert_eq!(offset(&site, &upload).await.1, "0");
    assert_eq!(checked(format!("md5 {}", of(b"others"))).await, 400);
    assert_eq!(checked(format!("sha256 {}", of(&bytes))).await, 204);
    assert_eq!(offset(&site, &upload).await.1, "6000");
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_the_protocol_is_told_by_its_status() {
    let site = Site::start().await;
    let client = site.desk.client("Kestrel Coffee").await;
    let all = format!("/clients/{client}/uploads");
    let spoken = site
        .own(Method::OPTIONS, &all)
        .send()
        .await
        .expect("an answer");
    assert_eq!(spoken.status(), StatusCode::NO_CONTENT);
    for (name, value) in [
        ("tus-version", "1.0.0"),
        ("tus-extension", "creation,termination,expiration,checksum"),
        ("tus-checksum-algorithm", "sha256,sha1"),
        ("tus-max-size", "50000000"),
    ] {
        assert_eq!(spoken.headers()[name], value);
    }
    let status =
        async |request: RequestBuilder| request.send().await.expect("an answer").status().as_u16();
    assert_eq!(
        status(site.own(Method::POST, &all).header("upload-length", 5)).await,
        412
    );
    assert_eq!(status(tus(&site, Method::POST, &all)).await, 400);
    assert_eq!(
        status(tus(&site, Method::POST, &all).header("upload-length", 50_000_001)).await,
        413
    );
    assert_eq!(
        status(tus(&site, Method::POST, &all).header("upload-length", 0)).await,
        422
    );
    let upload = begin(&site, client, 100).await;
    let plain = tus(&site, Method::PATCH, &upload)
        .header("upload-offset", 0)
        .body("bytes");
    assert_eq!(status(plain).await, 415);
    assert_eq!(status(tus(&site, Method::DELETE, &upload)).await, 204);
    assert_eq!(offset(&site, &upload).await.0, 404);

    let left = begin(&site, client, 100).await;
    site.desk.advance(chrono::Duration::days(3));
    assert_eq!(offset(&site, &left).await.0, 410);
    assert_eq!(
        send(&site, &left, 0, Bytes::from_static(b"late"))
            .await
            .status(),
        StatusCode::GONE
    );
    site.desk.database.remove().await;
}
