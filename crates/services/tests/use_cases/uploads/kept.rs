//! What was uploaded is kept once, however it ended, and for as long as it is needed.

use bytes::Bytes;
use chrono::Duration;
use services::ServiceError;
use services::assets::uploads::UploadError;
use services::posts::Intent;
use testing::{Desk, KESTREL, video};

use super::{append, begun, clip, left_behind};

#[tokio::test(flavor = "multi_thread")]
async fn finishing_twice_is_finishing_once() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let finish = async |upload| {
        desk.services
            .finish_upload(&desk.owner, client, upload, None)
            .await
    };
    let good = begun(&desk, client).await;
    append(&desk, (client, good), 0, vec![Ok(video())], None)
        .await
        .expect("all of it");
    let first = finish(good).await.expect("taken");
    assert_eq!(finish(good).await.expect("the same").id, first.id);
    let length = desk
        .services
        .upload(&desk.owner, client, good)
        .await
        .expect("there")
        .offset;
    assert_eq!(length, video().len() as u64);

    let bad = begun(&desk, client).await;
    let noise = Bytes::from(vec![7; video().len()]);
    append(&desk, (client, bad), 0, vec![Ok(noise)], None)
        .await
        .expect("all of it");
    let refused = finish(bad).await.expect_err("refused").to_string();
    assert!(refused.contains("neither a video"), "{refused}");
    assert_eq!(finish(bad).await.expect_err("refused").to_string(), refused);
    let there = desk.services.upload(&desk.owner, client, bad).await;
    assert!(matches!(there, Err(UploadError::Gone)), "{there:?}");

    let other = begun(&desk, client).await;
    append(&desk, (client, other), 0, vec![Ok(video())], None)
        .await
        .expect("all of it");
    let announced = desk
        .services
        .finish_upload(&desk.owner, client, other, Some([7; 32]))
        .await;
    let sentence = announced.expect_err("another file").to_string();
    assert!(sentence.contains("not the one that was sent"), "{sentence}");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_moved_but_not_written_down_is_taken_in_by_the_next_try() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let upload = begun(&desk, client).await;
    append(&desk, (client, upload), 0, vec![Ok(video())], None)
        .await
        .expect("all of it");
    let media = &desk.services.media;
    // What a process leaves behind that ends between the two.
    let incoming = media.incoming_folder().join(upload.to_string());
    std::fs::write(incoming.join("poster.jpg"), b"a poster").expect("a poster");
    media
        .keep(
            upload.0.into(),
            &incoming.join("original"),
            &incoming.join("poster.jpg"),
        )
        .await
        .expect("moved");
    let there = desk
        .services
        .upload(&desk.owner, client, upload)
        .await
        .expect("there");
    assert_eq!(there.offset, video().len() as u64);
    let taken = desk
        .services
        .finish_upload(&desk.owner, client, upload, None)
        .await;
    let taken = taken.expect("taken");
    assert_eq!(
        std::fs::read(media.original(taken.id)).expect("kept"),
        video()
    );
    assert_eq!(
        std::fs::read_dir(media.incoming_folder())
            .expect("a folder")
            .count(),
        0
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_is_kept_once_for_each_client() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let first = desk.upload(client, video()).await.expect("taken").id;
    assert_eq!(desk.upload(client, video()).await.expect("known").id, first);
    assert_eq!(left_behind(&desk), 1);
    let other = desk.client("Other").await;
    assert_ne!(
        desk.upload(other, video()).await.expect("its own").id,
        first
    );

    // Bringing it again starts its clock anew.
    desk.advance(Duration::days(20));
    desk.upload(client, video()).await.expect("known");
    desk.advance(Duration::days(20));
    assert_eq!(desk.services.sweep().await.expect("swept").assets, 1);
    assert!(desk.services.media.original(first).exists());
    desk.advance(Duration::days(20));
    assert_eq!(desk.services.sweep().await.expect("swept").assets, 1);
    let anew = desk.upload(client, video()).await.expect("taken").id;
    assert_ne!(anew, first, "one that is gone is kept anew");
    assert!(desk.services.media.original(anew).exists());
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_end_at_once_with_the_same_bytes_are_one_file() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let (one, two) = tokio::join!(desk.upload(client, video()), desk.upload(client, video()));
    assert_eq!(one.expect("taken").id, two.expect("taken").id);
    assert_eq!(left_behind(&desk), 1);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_nobody_goes_on_with_ends() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let left = begun(&desk, client).await;
    append(
        &desk,
        (client, left),
        0,
        vec![Ok(video().slice(..1000))],
        None,
    )
    .await
    .expect("some");
    desk.advance(Duration::days(2));
    append(
        &desk,
        (client, left),
        1000,
        vec![Ok(video().slice(1000..2000))],
        None,
    )
    .await
    .expect("bytes keep it");
    desk.advance(Duration::days(2));
    assert_eq!(desk.services.sweep().await.expect("swept").uploads, 0);
    desk.advance(Duration::days(2));
    let there = desk.services.upload(&desk.owner, client, left).await;
    assert!(matches!(there, Err(UploadError::Gone)), "{there:?}");
    assert_eq!(desk.services.sweep().await.expect("swept").uploads, 1);
    let there = desk.services.upload(&desk.owner, client, left).await;
    assert!(matches!(
        there,
        Err(UploadError::Service(ServiceError::NotFound(_)))
    ));

    let unwanted = begun(&desk, client).await;
    append(
        &desk,
        (client, unwanted),
        0,
        vec![Ok(video().slice(..1000))],
        None,
    )
    .await
    .expect("some");
    desk.services
        .cancel_upload(&desk.owner, client, unwanted)
        .await
        .expect("ended");
    assert_eq!(left_behind(&desk), 0);
    let other = desk.client("Other").await;
    let elsewhere = begun(&desk, other).await;
    let seen = desk.services.upload(&desk.owner, client, elsewhere).await;
    assert!(matches!(
        seen,
        Err(UploadError::Service(ServiceError::NotFound(_)))
    ));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_kept_only_as_long_as_they_are_needed() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let unused = desk.upload(client, video()).await.expect("taken").id;
    let other = clip(desk.folder.path(), "b.png", &["-frames:v", "1"]);
    let wanted = desk.upload(client, other).await.expect("taken").id;
    let mut input = desk.input(account, wanted, "In forty days");
    input.local_time += Duration::days(40);
    desk.services
        .save_post(&desk.owner, client, input, Intent::SaveDraft)
        .await
        .expect("a draft");
    desk.advance(Duration::days(29));
    assert_eq!(desk.services.sweep().await.expect("swept").assets, 0);
    desk.advance(Duration::days(2));
    assert_eq!(desk.services.sweep().await.expect("swept").assets, 1);
    assert!(
        !desk.services.media.original(unused).exists()
            && !desk.services.media.poster(unused).exists()
    );
    assert!(
        desk.services.media.original(wanted).exists(),
        "a draft still wants it"
    );
    assert!(
        desk.services
            .asset(&desk.owner, client, unused)
            .await
            .expect("its facts")
            .deleted
    );
    desk.database.remove().await;
}
