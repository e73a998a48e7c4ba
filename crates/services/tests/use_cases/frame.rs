//! What the frame around the pages tells, and that the calendar follows the zone of its client.

use domain::Role;
use domain::approval::ApprovalPolicy;
use services::ServiceError;
use services::controls::PauseScope;
use services::posts::{CalendarWish, Layout};
use testing::Desk;

use crate::approvals::support::{AHEAD, Office, person};

#[tokio::test(flavor = "multi_thread")]
async fn the_frame_counts_what_concerns_whoever_looks_and_nothing_else() {
    let office = Office::start(ApprovalPolicy::Required).await;
    let desk = &office.desk;
    let heron = desk.client("Heron Books").await;
    office.waiting("Waits", AHEAD).await;
    let editor = person(desk, "Edda Editor", Role::Editor, &[heron]).await;
    // A member of staff who sees one client alone.
    let editor = services::Actor {
        reach: services::actor::Reach::Only(vec![heron]),
        ..editor
    };
    let of = async |actor, client| desk.services.frame(actor, client).await;
    let all = of(&desk.owner, None).await.expect("a frame");
    let names: Vec<&str> = all.clients.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Heron Books", "Kestrel Coffee"]);
    assert_eq!(all.waiting, 1);
    let hers = of(&editor, None).await.expect("a frame");
    assert_eq!((hers.clients.len(), hers.waiting), (1, 0));
    assert!(matches!(
        of(&editor, Some(office.client)).await,
        Err(ServiceError::NotFound(_))
    ));
    assert!(matches!(
        of(&office.ann, None).await,
        Err(ServiceError::Forbidden)
    ));
    let at = of(&desk.owner, Some(office.client)).await.expect("a frame");
    assert!(at.pauses.client.is_none());
    let scope = PauseScope::Client(office.client);
    desk.services
        .set_paused(&desk.owner, scope, true)
        .await
        .expect("paused");
    let paused = of(&desk.owner, Some(office.client)).await.expect("a frame");
    assert!(paused.version > at.version);
    assert_eq!(
        paused.pauses.client.and_then(|pause| pause.by).as_deref(),
        Some("Olive Owner")
    );
    office.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_follows_when_its_client_moves_to_another_zone() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let month = CalendarWish::of(Layout::Month, None);
    let look = async || {
        let part = desk.services.calendar(&desk.owner, client, &month).await;
        let part = part.expect("a calendar");
        (part.client.time_zone, part.now.to_string())
    };
    let london = ("Europe/London".to_owned(), "2026-10-14 13:00:00".to_owned());
    assert_eq!(look().await, london);
    assert_eq!(look().await, london);
    // As another process does it, of which this one hears nothing.
    diesel_async::SimpleAsyncConnection::batch_execute(
        &mut desk.database.connect().await,
        "UPDATE clients SET time_zone = 'Pacific/Auckland'",
    )
    .await
    .expect("moved");
    let auckland = (
        "Pacific/Auckland".to_owned(),
        "2026-10-15 01:00:00".to_owned(),
    );
    assert_eq!(look().await, auckland);
    let gone = domain::ClientId::generate();
    assert!(matches!(
        desk.services.calendar(&desk.owner, gone, &month).await,
        Err(ServiceError::NotFound(_))
    ));
    desk.database.remove().await;
}
