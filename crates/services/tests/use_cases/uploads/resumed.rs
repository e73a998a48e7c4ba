//! An upload goes on where it broke, whoever serves it, and no byte of it is written twice.

use std::convert::Infallible;

use bytes::Bytes;
use services::MediaStore;
use services::assets::uploads::UploadError;
use sha2::{Digest, Sha256};
use testing::{Desk, video};

use super::{append, begun};

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_where_the_connection_broke() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let upload = begun(&desk, client).await;
    let at = (client, upload);
    let broken = vec![Ok(video().slice(..1000)), Err("reset")];
    let error = append(&desk, at, 0, broken, None)
        .await
        .expect_err("broken");
    assert!(matches!(error, UploadError::Broke), "{error}");
    let there = desk.services.upload(&desk.owner, client, upload).await;
    assert_eq!(there.expect("there").offset, 1000);

    for wrong in [0, 999, 1001] {
        let again = append(&desk, at, wrong, vec![Ok(video().slice(..10))], None).await;
        assert!(
            matches!(again, Err(UploadError::Elsewhere(1000))),
            "{again:?}"
        );
    }
    let early = desk
        .services
        .finish_upload(&desk.owner, client, upload, None)
        .await;
    assert!(
        matches!(early, Err(UploadError::Elsewhere(1000))),
        "{early:?}"
    );

    let rest = vec![Ok(video().slice(1000..))];
    let there = append(&desk, at, 1000, rest, None).await.expect("the rest");
    assert_eq!(there, video().len() as u64);
    let more = append(
        &desk,
        at,
        there,
        vec![Ok(Bytes::from_static(b"more"))],
        None,
    )
    .await;
    assert!(matches!(more, Err(UploadError::TooLong)), "{more:?}");
    let taken = desk
        .services
        .finish_upload(&desk.owner, client, upload, None)
        .await;
    let taken = taken.expect("taken");
    assert_eq!(taken.sha256, hex::encode(Sha256::digest(video())));
    let kept = std::fs::read(desk.services.media.original(taken.id)).expect("kept");
    assert_eq!(kept, video());
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_with_a_checksum_count_once_it_fits() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let upload = begun(&desk, client).await;
    let at = (client, upload);
    let first = video().slice(..5000);
    let right = Sha256::digest(&first);
    let wrong = append(&desk, at, 0, vec![Ok(first.clone())], Some(&[7; 32])).await;
    assert!(
        matches!(wrong, Err(UploadError::WrongChecksum)),
        "{wrong:?}"
    );
    let broken = vec![Ok(first.slice(..4000)), Err("reset")];
    let broken = append(&desk, at, 0, broken, Some(&right)).await;
    assert!(matches!(broken, Err(UploadError::Broke)), "{broken:?}");
    let there = desk.services.upload(&desk.owner, client, upload).await;
    assert_eq!(there.expect("there").offset, 0);
    let taken = append(&desk, at, 0, vec![Ok(first)], Some(&right)).await;
    assert_eq!(taken.expect("it fits"), 5000);
    let rest = video().slice(5000..);
    let right = Sha256::digest(&rest);
    append(&desk, at, 5000, vec![Ok(rest)], Some(&right))
        .await
        .expect("it fits");
    let taken = desk
        .services
        .finish_upload(&desk.owner, client, upload, None)
        .await;
    assert_eq!(
        taken.expect("taken").sha256,
        hex::encode(Sha256::digest(video()))
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_on_the_same_folder_goes_on() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let upload = begun(&desk, client).await;
    append(
        &desk,
        (client, upload),
        0,
        vec![Ok(video().slice(..7000))],
        None,
    )
    .await
    .expect("the beginning");
    let mut other = desk.services.clone();
    // It has not seen the first bytes, and reads them from the disk.
    other.media = MediaStore::open(desk.folder.path().join("media"))
        .await
        .expect("a folder");
    let rest = futures::stream::iter([Ok::<_, Infallible>(video().slice(7000..))]);
    other
        .append_to_upload(&desk.owner, client, upload, 7000, None, rest)
        .await
        .expect("the rest");
    let taken = other
        .finish_upload(&desk.owner, client, upload, None)
        .await
        .expect("taken");
    assert_eq!(taken.sha256, hex::encode(Sha256::digest(video())));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_one_request_at_a_time_writes_to_an_upload() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let upload = begun(&desk, client).await;
    let (send, receive) = futures::channel::mpsc::unbounded::<Result<Bytes, Infallible>>();
    let first = tokio::spawn({
        let (services, owner) = (desk.services.clone(), desk.owner.clone());
        async move {
            services
                .append_to_upload(&owner, client, upload, 0, None, receive)
                .await
        }
    });
    send.unbounded_send(Ok(video().slice(..3000)))
        .expect("sent");
    while desk.services.media.arrived(upload).await.expect("a folder") < 3000 {
        tokio::task::yield_now().await;
    }
    let second = append(
        &desk,
        (client, upload),
        3000,
        vec![Ok(video().slice(3000..))],
        None,
    )
    .await;
    assert!(matches!(second, Err(UploadError::Busy)), "{second:?}");
    let ended = desk
        .services
        .cancel_upload(&desk.owner, client, upload)
        .await;
    assert!(matches!(ended, Err(UploadError::Busy)), "{ended:?}");
    send.unbounded_send(Ok(video().slice(3000..)))
        .expect("sent");
    drop(send);
    let first = first.await.expect("a task").expect("the only one");
    assert_eq!(first.offset, video().len() as u64);
    desk.database.remove().await;
}
