//! Snippets: of one client, or of all.

use domain::Role;
use services::planning::snippets::{Snippet, SnippetInput};
use services::{Actor, ServiceError, actor::Reach};
use testing::Desk;

fn input(name: &str, body: &str, for_all: bool) -> SnippetInput {
    SnippetInput {
        id: None,
        name: name.to_owned(),
        body: body.to_owned(),
        for_all,
    }
}

fn names(of: &[Snippet]) -> Vec<&str> {
    of.iter().map(|snippet| snippet.name.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn snippets_are_of_one_client_or_of_all_and_changed_by_whoever_may() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let other = desk.client("Northlane").await;
    let services = &desk.services;
    let save = async |actor: &Actor, client, input: SnippetInput| {
        services.save_snippet(actor, client, input).await
    };
    let hours = save(
        &desk.owner,
        client,
        input(" Opening  hours ", "\nOpen until eight.\r\n", false),
    )
    .await
    .expect("a snippet");
    save(
        &desk.owner,
        other,
        input("Opening hours", "Open until six.", false),
    )
    .await
    .expect("the same name elsewhere");
    let shared = save(&desk.owner, client, input("Agency", "#agency", true))
        .await
        .expect("one for all");

    let found = services
        .snippets(&desk.owner, client)
        .await
        .expect("snippets");
    assert_eq!(names(&found), ["Agency", "Opening hours"]);
    assert_eq!(found[1].body, "\nOpen until eight.\n");
    let elsewhere = services
        .snippets(&desk.owner, other)
        .await
        .expect("snippets");
    assert_eq!(elsewhere[1].body, "Open until six.");

    let taken = save(&desk.owner, client, input("OPENING HOURS", "x", false)).await;
    assert!(matches!(taken, Err(ServiceError::Conflict(_))), "{taken:?}");
    for bad in [input("", "x", false), input("Name", " \n", false)] {
        let refused = save(&desk.owner, client, bad).await;
        assert!(matches!(refused, Err(ServiceError::Invalid(_))));
    }

    // An editor, and a manager of this client alone, change what is this client's.
    let editor = Actor {
        role: Role::Editor,
        ..desk.owner.clone()
    };
    let limited = Actor {
        role: Role::Manager,
        reach: Reach::Only(vec![client]),
        ..desk.owner.clone()
    };
    for person in [&editor, &limited] {
        let change = SnippetInput {
            id: Some(hours),
            ..input("Hours", "Open.", false)
        };
        save(person, client, change.clone()).await.expect("changed");
        let wide = SnippetInput {
            for_all: true,
            ..change
        };
        let refused = save(person, client, wide).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)));
        let refused = services.delete_snippet(person, client, shared).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)));
    }
    let not_theirs = services.delete_snippet(&desk.owner, other, hours).await;
    assert!(matches!(not_theirs, Err(ServiceError::NotFound("snippet"))));
    services
        .delete_snippet(&desk.owner, client, hours)
        .await
        .expect("gone");
    let left = services
        .snippets(&desk.owner, client)
        .await
        .expect("snippets");
    assert_eq!(names(&left), ["Agency"]);
    desk.database.remove().await;
}
