//! `GET /live`: tells a page of staff, for as long as it is open, that it may want to look again. What has changed
//! is not said here: the page asks for that, and is answered what its person may see.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::{ClientId, Permission, UserId};
use futures::{Stream, stream};
use serde::Deserialize;
use services::live::News;
use tokio::sync::broadcast::error::RecvError;

use super::signed_in::{SignedIn, status};
use crate::live::Live;

/// After this long the answer ends, and the browser asks anew: who may not look any more does not.
const LASTS: Duration = Duration::from_secs(10 * 60);
/// How soon a browser asks anew, in milliseconds.
const AGAIN: Duration = Duration::from_secs(2);

/// Whose changes a page is told of.
#[derive(Deserialize)]
pub struct Asked {
    /// Those of this client; without one of all.
    client: Option<ClientId>,
}

/// Tells of changes.
pub async fn follow(
    State(live): State<Live>,
    Query(asked): Query<Asked>,
    SignedIn { actor, .. }: SignedIn,
) -> Response {
    let allowed = match asked.client {
        Some(client) => actor.require_for(Permission::SeeDesk, client),
        None => actor.require(Permission::SeeDesk),
    };
    match allowed {
        Ok(()) => Sse::new(changes(live, asked.client, actor.user_id))
            .keep_alive(KeepAlive::default())
            .into_response(),
        Err(error) => (status(&error), error.to_string()).into_response(),
    }
}

/// First that it has begun, then that something has changed, each time that it has.
fn changes(
    live: Live,
    client: Option<ClientId>,
    user: UserId,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let concerns = move |news: &News| {
        let of_client = match client {
            Some(client) => news.clients.contains(&client),
            None => !news.clients.is_empty(),
        };
        of_client || news.users.contains(&user)
    };
    // Browsers pass over an event without data.
    let begun = Event::default().event("begun").data("look").retry(AGAIN);
    let end = Box::pin(tokio::time::sleep(LASTS));
    let state = (live.listen(), live.stop(), end);
    let told = stream::unfold(state, move |(mut news, stop, mut end)| async move {
        loop {
            let received = tokio::select! {
                () = stop.cancelled() => return None,
                () = &mut end => return None,
                received = news.recv() => received,
            };
            match received {
                Ok(found) if !concerns(&found) => {}
                // Whoever has missed some looks.
                Ok(_) | Err(RecvError::Lagged(_)) => {
                    let changed = Event::default().event("changed").data("look");
                    return Some((Ok(changed), (news, stop, end)));
                }
                Err(RecvError::Closed) => return None,
            }
        }
    });
    futures::StreamExt::chain(stream::iter([Ok(begun)]), told)
}
