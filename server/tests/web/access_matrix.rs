//! Who gets what: every server function, every raw route and every page, asked by every role with the ids of
//! their own client, with those of another, and with another's things under their own client; and by whoever
//! has no session, an expired one, a forged one, or one of a disabled user.
//!
//! What is right stands in `access_matrix/table.rs`, one line for each endpoint. An endpoint without a line
//! fails the test, and so does a line without an endpoint.

mod endpoint;
mod table;
mod walk;
mod world;

use std::collections::BTreeSet;

use futures::future::join_all;
use server::router::{page_paths, raw_route_table};

use endpoint::{Endpoint, Needs};
use walk::Walk;
use world::World;

#[tokio::test(flavor = "multi_thread")]
async fn access_matrix() {
    let endpoints = [table::functions(), table::routes(), table::pages()].concat();
    let gaps = gaps(&endpoints);
    assert!(
        gaps.is_empty(),
        "access_matrix/table.rs does not fit what the server answers:\n{}",
        gaps.join("\n")
    );
    let world = World::start().await;
    let mut walk = Walk::through(&world);
    for endpoint in &endpoints {
        walk.visit(endpoint).await;
    }
    let addresses: BTreeSet<String> = endpoints.iter().map(Endpoint::address).collect();
    let Walk {
        requests,
        leaks,
        refused,
        ..
    } = walk;
    println!(
        "endpoints {}, roles {}, requests {requests}, leaks {}",
        addresses.len(),
        world.people.len(),
        leaks.len()
    );
    assert!(
        leaks.is_empty(),
        "told or allowed too much:\n{}",
        leaks.join("\n")
    );
    assert!(
        refused.is_empty(),
        "allowed too little:\n{}",
        refused.join("\n")
    );
    world.site.desk.database.remove().await;
}

/// A page is made in steps, between which the same thread works on others: none of them may take anything from
/// another, whoever that is made for.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn pages_that_are_made_at_once_know_nothing_of_each_other() {
    let world = World::start().await;
    let pages: Vec<Endpoint> = table::pages()
        .into_iter()
        .filter(|page| matches!(page.needs, Needs::At(_)))
        .collect();
    let walks = join_all((0..4).map(|_| async {
        let mut walk = Walk::through(&world);
        for page in &pages {
            walk.visit(page).await;
        }
        walk
    }))
    .await;
    let wrong: Vec<String> = walks
        .into_iter()
        .flat_map(|walk| [walk.leaks, walk.refused].concat())
        .collect();
    assert!(wrong.is_empty(), "mixed up:\n{}", wrong.join("\n"));
    world.site.desk.database.remove().await;
}

/// What the table lacks, and what it has too much.
fn gaps(endpoints: &[Endpoint]) -> Vec<String> {
    let functions =
        server_fn::axum::server_fn_paths().map(|(path, method)| format!("{method} {path}"));
    let routes = raw_route_table()
        .into_iter()
        .map(|route| format!("{} {}", route.method, route.path));
    let pages = page_paths().into_iter().map(|path| format!("GET {path}"));
    let real: BTreeSet<String> = functions.chain(routes).chain(pages).collect();
    let listed: BTreeSet<String> = endpoints.iter().map(Endpoint::address).collect();
    let missing = real
        .difference(&listed)
        .map(|address| format!("no line for {address}"));
    let stale = listed
        .difference(&real)
        .map(|address| format!("a line for {address}, which nothing answers"));
    missing.chain(stale).collect()
}
