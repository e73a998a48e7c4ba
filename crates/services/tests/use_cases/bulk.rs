//! A month out of a spreadsheet, all of it or nothing, and a range into one.

use chrono::NaiveDate;
use domain::rules::Severity;
use domain::{ClientId, DeliveryState};
use services::ServiceError;
use services::bulk::export::PostExport;
use services::bulk::import::{ImportReport, RowStanding};
use services::posts::{CalendarWish, FullPost, Intent, Layout};
use services::users::SecretToken;
use testing::{Desk, KESTREL, video};

use RowStanding::{Doubtful, Fine, Known, Wrong};

const HANDLE: &str = "kestrelcoffee";

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn standings(report: &ImportReport) -> Vec<(u64, RowStanding)> {
    report
        .rows
        .iter()
        .map(|row| (row.line, row.standing))
        .collect()
}

/// What is said about the row that begins on a line.
fn told(report: &ImportReport, line: u64) -> String {
    let row = report.rows.iter().find(|row| row.line == line);
    let told = &row.expect("the row").told;
    let sentences: Vec<&str> = told.iter().map(|(_, sentence)| sentence.as_str()).collect();
    sentences.join(" ")
}

async fn whole(mut export: PostExport) -> String {
    let mut text = PostExport::head();
    while let Some(lines) = export.more().await.expect("lines") {
        text.push_str(&lines);
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_told_row_by_row_and_imported_whole_or_not_at_all() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    desk.connect(client, KESTREL).await;
    desk.connect_bluesky(client, "kestrelcoffee.bsky.test")
        .await;
    desk.upload(client, video()).await.expect("uploaded");
    let services = &desk.services;
    let file = |accounts: &str, media: &str, time: &str| {
        format!(
            "date;time;accounts;caption;tags;notes;media\n\
             2026-10-20;09:00;@{HANDLE};\"Kenya AA;\nis back\";Autumn, reel;Ask Tessa;CLIP.mp4\n\
             2026-10-25;{time};@{HANDLE} bluesky:kestrelcoffee.bsky.test;Two places;;;{media}\n\
             2026-10-26;17:30;{accounts};No account;;;clip.mp4\n\
             2026-10-13;09:00;@{HANDLE};Gone by;;;clip.mp4\n"
        )
    };

    // On the night of 25 October London’s clocks show half past one twice.
    let bad = file("@nobody", "missing.mp4", "01:30");
    let report = services
        .check_import(&desk.owner, client, &bad)
        .await
        .expect("a report");
    assert_eq!(
        standings(&report),
        [(2, Fine), (4, Wrong), (5, Wrong), (6, Doubtful)]
    );
    assert!(
        told(&report, 4).contains("happens twice in Europe/London"),
        "{}",
        told(&report, 4)
    );
    assert!(told(&report, 4).contains("Write “01:30 first” or “01:30 second”"));
    assert!(told(&report, 4).contains("no file “missing.mp4”"));
    assert!(told(&report, 5).contains("no account “nobody”"));
    assert!(told(&report, 6).contains("This time has passed."));
    assert_eq!(report.rows[0].when, "Tue 20 Oct 2026, 09:00");
    assert_eq!(report.rows[0].title, "Kenya AA;");
    let refused = services
        .import_posts(&desk.owner, client, &bad)
        .await
        .expect("a report");
    assert_eq!(refused.imported, None);
    assert!(
        planned(&desk, client).await.is_empty(),
        "all of them or none"
    );

    let good = file("", "clip.mp4", "03:30");
    let done = services
        .import_posts(&desk.owner, client, &good)
        .await
        .expect("a report");
    assert_eq!(done.imported, Some(4));
    assert!(told(&done, 5).contains("No account is named."));
    let posts = planned(&desk, client).await;
    assert_eq!(posts.len(), 4);
    assert!(
        posts
            .iter()
            .all(|post| post.state() == DeliveryState::Draft)
    );
    let first = posts
        .iter()
        .find(|post| post.post.caption == "Kenya AA;\nis back");
    let first = first.expect("the first");
    assert_eq!(first.assets[0].asset.file_name, "clip.mp4");
    let tags = services.post_tags(&desk.owner, client, first.post.id).await;
    let names: Vec<String> = tags
        .expect("tags")
        .into_iter()
        .map(|tag| tag.name)
        .collect();
    assert_eq!(names, ["Autumn", "reel"]);
    let note = services.note(&desk.owner, client, first.post.id).await;
    assert_eq!(note.expect("a note").expect("a note").body, "Ask Tessa");
    let both = posts.iter().find(|post| post.post.caption == "Two places");
    assert_eq!(both.expect("the second").deliveries.len(), 2);

    // The same file again brings nothing, whatever has become of the posts besides.
    let again = services
        .import_posts(&desk.owner, client, &good)
        .await
        .expect("a report");
    assert_eq!(again.imported, Some(0));
    assert!(again.rows.iter().all(|row| row.standing == Known));
    assert!(told(&again, 2).contains("is there already"));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_platform_would_refuse_is_a_warning_and_a_row_twice_is_one_post() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    desk.connect_bluesky(client, "kestrelcoffee.bsky.test")
        .await;
    let long = "x".repeat(301);
    let text = format!(
        "date,time,accounts,caption\n2026-10-20,9:00,kestrelcoffee.bsky.test,{long}\n2026-10-21,9:00,kestrelcoffee.bsky.test,Twice\n21.10.2026,09:00,@kestrelcoffee.bsky.test,Twice\n2026-10-22,,,\n"
    );
    let report = desk
        .services
        .check_import(&desk.owner, client, &text)
        .await
        .expect("a report");
    assert_eq!(
        standings(&report),
        [(2, Doubtful), (3, Fine), (4, Known), (5, Wrong)]
    );
    assert!(
        told(&report, 2).starts_with("Bluesky: "),
        "{}",
        told(&report, 2)
    );
    assert_eq!(told(&report, 4), "The same as line 3: it is skipped.");
    assert!(told(&report, 5).contains("The time is missing."));
    assert!(told(&report, 5).contains("neither a caption nor a file"));
    let severities: Vec<Severity> = report.rows[3].told.iter().map(|(is, _)| *is).collect();
    assert_eq!(severities, [Severity::Error, Severity::Error]);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_is_exported_guarded_and_comes_back_as_it_was() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let services = &desk.services;
    let formula = "=HYPERLINK(\"https://evil.test\";\"a\")\nsecond line";
    for caption in [formula, "@kestrel opens", "plain"] {
        let input = desk.input(account, asset, caption);
        services
            .save_post(&desk.owner, client, input, Intent::SaveDraft)
            .await
            .expect("kept");
    }
    let (from, until) = (Some(day("2026-10-14")), Some(day("2026-10-14")));
    let export = services
        .export_posts(&desk.owner, client, from, until)
        .await;
    let text = whole(export.expect("an export")).await;
    assert!(text.contains("\"'=HYPERLINK(\"\"https"), "{text}");
    assert!(text.contains("\"'@kestrel opens\""), "{text}");
    assert!(
        text.contains("\"2026-10-14\",\"14:30\",\"tiktok:kestrelcoffee\""),
        "{text}"
    );
    assert!(text.contains("\"clip.mp4\",\"draft\""), "{text}");
    let report = services
        .check_import(&desk.owner, client, &text)
        .await
        .expect("a report");
    assert!(
        report.rows.iter().all(|row| row.standing == Known),
        "{report:?}"
    );
    assert_eq!(report.told, Vec::<String>::new());

    let (from, until) = (Some(day("2026-10-15")), Some(day("2026-10-16")));
    let export = services
        .export_posts(&desk.owner, client, from, until)
        .await;
    assert_eq!(whole(export.expect("an export")).await.lines().count(), 1);
    let refused = services
        .export_posts(&desk.owner, client, until, from)
        .await;
    assert!(matches!(refused.err(), Some(ServiceError::Invalid(_))));
    desk.database.remove().await;
}

/// The lines of a calendar as they were before they were folded.
fn unfolded(calendar: &str) -> Vec<String> {
    for line in calendar.split("\r\n") {
        assert!(line.len() <= 75, "{line}");
        assert!(!line.contains('\n'), "{line}");
    }
    let whole = calendar.replace("\r\n ", "");
    whole.split("\r\n").map(str::to_owned).collect()
}

fn token_of(address: &str) -> SecretToken {
    let rest = address.strip_prefix("https://desk.autopost.test/calendar/feed/");
    let token = rest.and_then(|rest| rest.strip_suffix(".ics"));
    SecretToken::from_untrusted(token.expect("a secret address"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_shows_what_is_planned_and_published_and_nothing_of_the_agencys_own() {
    let desk = Desk::start().await;
    let caption = "Flat white, back; at last \\ now\nwith a second line that is quite long — and “quotes” and 老虎 to be folded";
    let (client, account, post) = desk.scheduled(caption).await;
    let asset = desk.upload(client, video()).await.expect("uploaded").id;
    let services = &desk.services;
    let draft = desk.input(account, asset, "Only a draft");
    services
        .save_post(&desk.owner, client, draft, Intent::SaveDraft)
        .await
        .expect("kept");
    services
        .set_post_tags(&desk.owner, client, post, &["secretly".to_owned()])
        .await
        .expect("tags");
    services
        .write_note(&desk.owner, client, post, "behind the counter", 0)
        .await
        .expect("a note");

    let address = services.make_calendar_feed(&desk.owner, client).await;
    let token = token_of(&address.expect("an address"));
    assert_eq!(token.expose().len(), 43, "256 bits");
    let calendar = services.calendar_at(&token).await.expect("a calendar");
    let lines = unfolded(&calendar);
    let has = |line: &str| {
        assert!(lines.iter().any(|one| one == line), "{line} in {lines:#?}");
    };
    has(&format!("UID:{post}@desk.autopost.test"));
    has("DTSTART:20261014T133000Z");
    has("DTEND:20261014T134500Z");
    has("SUMMARY:TikTok: Flat white\\, back\\; at last \\\\ now");
    has("X-WR-CALNAME:Kestrel Coffee");
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 1, "no draft");
    let description = lines.iter().find(|line| line.starts_with("DESCRIPTION:"));
    let description = description.expect("a description");
    assert!(
        description.starts_with("DESCRIPTION:@kestrelcoffee on TikTok: planned\\n\\nFlat white\\,")
    );
    assert!(description.ends_with("老虎 to be folded"), "{description}");
    for word in ["secretly", "counter", "Only a draft"] {
        assert!(!calendar.contains(word), "{word}");
    }
    let again = services.calendar_at(&token).await.expect("a calendar");
    assert_eq!(again, calendar, "the same as long as nothing has changed");

    desk.advance(chrono::Duration::minutes(90));
    desk.run_until_quiet(30).await;
    let calendar = services.calendar_at(&token).await.expect("a calendar");
    let lines = unfolded(&calendar);
    assert!(lines.contains(&format!("UID:{post}@desk.autopost.test")));
    assert!(
        lines
            .iter()
            .any(|line| line.contains("on TikTok: published http"))
    );
    desk.advance(chrono::Duration::days(61));
    let calendar = services.calendar_at(&token).await.expect("a calendar");
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 0, "long ago");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_ends_when_it_is_renewed_or_taken_back_and_is_of_one_client() {
    let desk = Desk::start().await;
    let (client, ..) = desk.scheduled("Flat white").await;
    let other = desk.client("Northlane").await;
    let services = &desk.services;
    let make = async |client| {
        let address = services.make_calendar_feed(&desk.owner, client).await;
        token_of(&address.expect("an address"))
    };
    assert_eq!(
        services
            .calendar_feed(&desk.owner, client)
            .await
            .expect("none"),
        None
    );
    let first = make(client).await;
    let of_other = make(other).await;
    let calendar = services.calendar_at(&of_other).await.expect("a calendar");
    assert!(!calendar.contains("Kestrel") && !calendar.contains("Flat white"));
    let second = make(client).await;
    let gone = async |token: &SecretToken| {
        let found = services.calendar_at(token).await;
        matches!(found, Err(ServiceError::NotFound("calendar")))
    };
    assert!(gone(&first).await, "the one before ends");
    assert!(!gone(&second).await);
    let seen = services
        .calendar_feed(&desk.owner, client)
        .await
        .expect("a feed");
    assert_eq!(seen.expect("a feed").made_by, "Olive Owner");
    services
        .revoke_calendar_feed(&desk.owner, client)
        .await
        .expect("taken back");
    assert!(gone(&second).await);
    assert!(gone(&SecretToken::from_untrusted("")).await);
    assert!(!gone(&of_other).await);
    desk.database.remove().await;
}

/// Everything that is planned for the month, earliest first.
async fn planned(desk: &Desk, client: ClientId) -> Vec<FullPost> {
    let wish = CalendarWish::of(Layout::List(0), Some(day("2026-10-01")));
    let month = desk.services.calendar(&desk.owner, client, &wish).await;
    let mut posts = Vec::new();
    for (_, card) in month.expect("the month").cards {
        let post = desk.services.post(&desk.owner, client, card.id).await;
        posts.push(post.expect("the post"));
    }
    posts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_comes_twice_is_told_apart_in_the_file_and_in_what_is_exported() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let services = &desk.services;
    let file = "date;time;caption\n\
                2026-10-25;01:30 first;Before\n\
                2026-10-25;01:30 Second;After\n\
                2026-10-26;09:00 second;Once\n";
    let done = services
        .import_posts(&desk.owner, client, file)
        .await
        .expect("a report");
    assert_eq!(done.imported, Some(3), "{done:?}");
    assert!(told(&done, 4).contains("show this time once"));
    let posts = planned(&desk, client).await;
    for (caption, due) in [
        ("Before", "2026-10-25T00:30:00+00:00"),
        ("After", "2026-10-25T01:30:00+00:00"),
        ("Once", "2026-10-26T09:00:00+00:00"),
    ] {
        let post = posts.iter().find(|post| post.post.caption == caption);
        assert_eq!(post.expect("kept").post.due_at.to_rfc3339(), due);
    }
    let (from, until) = (Some(day("2026-10-25")), Some(day("2026-10-26")));
    let export = services
        .export_posts(&desk.owner, client, from, until)
        .await;
    let exported = whole(export.expect("an export")).await;
    for row in [
        r#""2026-10-25","01:30 first","","Before""#,
        r#""2026-10-25","01:30 second","","After""#,
        r#""2026-10-26","09:00","","Once""#,
    ] {
        assert!(exported.contains(row), "{exported}");
    }
    // What was exported is known when it comes back.
    let again = services
        .check_import(&desk.owner, client, &exported)
        .await
        .expect("a report");
    assert!(
        again.rows.iter().all(|row| row.standing == Known),
        "{again:?}"
    );
    desk.database.remove().await;
}
