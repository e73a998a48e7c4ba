use futures::StreamExt;
use reqwest::{
    Body, StatusCode,
    header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE},
};
use sha2::{Digest, Sha256};

use crate::desk::{Desk, PUBLIC, desk, direct, direct_chunked};

const MIB_5: u64 = 5 * 1024 * 1024;

async fn open(desk: &Desk, caption: &str, size: u64, chunk_size: u64, count: u64) -> String {
    let token = desk.connect(PUBLIC);
    desk.init(&token, direct_chunked(caption, size, chunk_size, count))
        .await
        .text("upload_url")
}

#[tokio::test]
async fn fifty_megabytes_go_up_in_five_chunks() {
    let desk = desk().await;
    let url = open(&desk, "five chunks", 50_000_123, 10_000_000, 5).await;
    assert!(url.len() <= 256);
    let mut hasher = Sha256::new();
    let mut statuses = Vec::new();
    for number in 0..5u8 {
        let length = if number == 4 { 10_000_123 } else { 10_000_000 };
        let chunk = vec![number; length];
        hasher.update(&chunk);
        let first = u64::from(number) * 10_000_000;
        statuses.push(desk.put(&url, first, 50_000_123, chunk).await.as_u16());
    }
    assert_eq!(statuses, [206, 206, 206, 206, 201]);
    let posts = desk.tiktok().posts();
    assert_eq!(posts.len(), 1);
    assert_eq!(posts[0].media[0].size, 50_000_123);
    assert_eq!(posts[0].media[0].sha256, hex::encode(hasher.finalize()));
}

#[tokio::test]
async fn four_mebibytes_go_up_whole() {
    let desk = desk().await;
    let url = open(&desk, "whole", 4_194_304, 4_194_304, 1).await;
    let status = desk.put(&url, 0, 4_194_304, vec![7; 4_194_304]).await;
    assert_eq!(status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_long_video_is_streamed_and_hashed_on_the_way() {
    const CHUNKS: u64 = 4;
    const CHUNK: u64 = 60_000_000;
    const PIECE: usize = 100_000;
    let desk = desk().await;
    let total = CHUNKS * CHUNK;
    let url = open(&desk, "long", total, CHUNK, CHUNKS).await;
    let mut hasher = Sha256::new();
    for number in 0..CHUNKS {
        let first = number * CHUNK;
        let piece = bytes_of(number);
        for _ in 0..CHUNK / PIECE as u64 {
            hasher.update(&piece);
        }
        let pieces = futures::stream::iter(0..CHUNK / PIECE as u64)
            .map(move |_| Ok::<_, std::io::Error>(bytes_of(number)));
        let status = desk
            .http
            .put(&url)
            .header(CONTENT_TYPE, "video/mp4")
            .header(CONTENT_LENGTH, CHUNK)
            .header(
                CONTENT_RANGE,
                format!("bytes {first}-{}/{total}", first + CHUNK - 1),
            )
            .body(Body::wrap_stream(pieces))
            .send()
            .await
            .unwrap()
            .status();
        assert_eq!(status, if number + 1 == CHUNKS { 201 } else { 206 });
    }
    let post = &desk.tiktok().posts()[0];
    assert_eq!(post.media[0].sha256, hex::encode(hasher.finalize()));
    assert_eq!(post.media[0].size, total);

    fn bytes_of(number: u64) -> Vec<u8> {
        vec![number.to_le_bytes()[0]; PIECE]
    }
}

#[tokio::test]
async fn chunks_out_of_order_repeated_or_of_another_length_are_refused() {
    let desk = desk().await;
    let total = 2 * MIB_5 + 5;
    let url = open(&desk, "order", total, MIB_5, 2).await;
    let chunk = vec![1; MIB_5 as usize];
    let last = vec![2; MIB_5 as usize + 5];

    assert_eq!(desk.put(&url, MIB_5, total, last.clone()).await, 416);
    assert_eq!(desk.put(&url, 0, total, chunk[1..].to_vec()).await, 416);
    assert_eq!(desk.put(&url, 0, total + 1, chunk.clone()).await, 416);
    assert_eq!(desk.put(&url, 0, total, chunk.clone()).await, 206);
    assert_eq!(desk.put(&url, 0, total, chunk.clone()).await, 416);
    assert_eq!(desk.put(&url, MIB_5, total, chunk).await, 416);
    assert_eq!(desk.put(&url, MIB_5, total, last.clone()).await, 201);
    assert_eq!(desk.put(&url, MIB_5, total, last).await, 416);
    assert_eq!(desk.tiktok().posts().len(), 1);
}

#[tokio::test]
async fn progress_is_told_in_a_header() {
    let desk = desk().await;
    let url = open(&desk, "progress", 2 * MIB_5, MIB_5, 2).await;
    let put = || {
        desk.http
            .put(&url)
            .header(CONTENT_TYPE, "video/webm")
            .header(
                CONTENT_RANGE,
                format!("bytes 0-{}/{}", MIB_5 - 1, 2 * MIB_5),
            )
            .body(vec![0; MIB_5 as usize])
            .send()
    };
    for status in [206, 416] {
        let response = put().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(
            response.headers()[CONTENT_RANGE],
            "bytes 0-5242880/10485760"
        );
    }
}

#[tokio::test]
async fn an_upload_address_lives_for_one_hour() {
    let desk = desk().await;
    let url = open(&desk, "late", 11, 11, 1).await;
    desk.advance(3600);
    assert_eq!(desk.put(&url, 0, 11, vec![0; 11]).await, 403);
}

#[tokio::test]
async fn an_upload_goes_on_when_the_access_token_has_expired() {
    let desk = desk().await;
    let url = open(&desk, "expired token", 11, 11, 1).await;
    assert!(desk.tiktok().expire_access_tokens(PUBLIC));
    assert_eq!(desk.put(&url, 0, 11, vec![0; 11]).await, 201);
}

#[tokio::test]
async fn an_unknown_upload_is_not_found() {
    let desk = desk().await;
    let url = open(&desk, "unknown", 11, 11, 1).await;
    for wrong in [
        desk.url("/upload/"),
        desk.url("/upload/?upload_id=1&upload_token=2"),
        format!("{url}0"),
    ] {
        assert_eq!(desk.put(&wrong, 0, 11, vec![0; 11]).await, 404, "{wrong}");
    }
}

#[tokio::test]
async fn only_put_is_allowed() {
    let desk = desk().await;
    let url = open(&desk, "method", 11, 11, 1).await;
    let response = desk
        .http
        .post(&url)
        .body("hello world")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 405);
    assert_eq!(desk.http.get(&url).send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn wrong_headers_are_a_bad_request() {
    let desk = desk().await;
    let url = open(&desk, "headers", 11, 11, 1).await;
    let send = |kind: Option<&'static str>, range: Option<&'static str>, bearer: bool| {
        let mut request = desk.http.put(&url).body("hello world");
        if let Some(kind) = kind {
            request = request.header(CONTENT_TYPE, kind);
        }
        if let Some(range) = range {
            request = request.header(CONTENT_RANGE, range);
        }
        if bearer {
            request = request.header(AUTHORIZATION, "Bearer act.leaked");
        }
        request.send()
    };
    let (mp4, right) = (Some("video/mp4"), Some("bytes 0-10/11"));
    for (kind, range, bearer) in [
        (None, right, false),
        (Some("application/octet-stream"), right, false),
        (mp4, None, false),
        (mp4, Some("0-10/11"), false),
        (mp4, Some("bytes 0-11/11"), false),
        (mp4, Some("bytes 0-9/11"), false),
        (mp4, Some("bytes +0-10/11"), false),
        (mp4, Some("bytes 0-10/*"), false),
        (mp4, right, true),
    ] {
        let response = send(kind, range, bearer).await.unwrap();
        assert_eq!(response.status(), 400, "{kind:?} {range:?} {bearer}");
    }
    assert_eq!(send(mp4, right, false).await.unwrap().status(), 201);
}

#[tokio::test]
async fn a_body_that_ends_early_counts_for_nothing() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let desk = desk().await;
    let url = open(&desk, "short", 11, 11, 1).await;
    let address = desk.emulator.url();
    let address = address.strip_prefix("http://").unwrap();
    let path = url.split_once(address).unwrap().1;
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!(
        "PUT {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: video/mp4\r\nContent-Length: 11\r\nContent-Range: bytes 0-10/11\r\n\r\nhello"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut rest = Vec::new();
    let _ = socket.read_to_end(&mut rest).await;
    assert!(!rest.starts_with(b"HTTP/1.1 2"));
    assert_eq!(desk.tiktok().tasks()[0].received_bytes, 0);
    assert_eq!(desk.put(&url, 0, 11, b"hello world".to_vec()).await, 201);
}

#[tokio::test]
async fn a_put_marker_refuses_its_chunk_once() {
    let desk = desk().await;
    let total = 2 * MIB_5;
    let url = open(&desk, "[[put:500@2]]", total, MIB_5, 2).await;
    let chunk = vec![0; MIB_5 as usize];
    assert_eq!(desk.put(&url, 0, total, chunk.clone()).await, 206);
    assert_eq!(desk.put(&url, MIB_5, total, chunk.clone()).await, 500);
    assert_eq!(desk.put(&url, MIB_5, total, chunk).await, 201);
}

#[tokio::test]
async fn a_drop_marker_takes_the_chunk_and_answers_nothing() {
    let desk = desk().await;
    let token = desk.connect(PUBLIC);
    let opened = desk.init(&token, direct("[[put:drop@1]]", 11)).await;
    let url = opened.text("upload_url");
    let result = desk
        .http
        .put(&url)
        .header(CONTENT_TYPE, "video/mp4")
        .header(CONTENT_RANGE, "bytes 0-10/11")
        .body("hello world")
        .send()
        .await;
    assert!(result.is_err());
    assert_eq!(desk.tiktok().posts().len(), 1);
    assert_eq!(desk.put(&url, 0, 11, b"hello world".to_vec()).await, 416);
}
