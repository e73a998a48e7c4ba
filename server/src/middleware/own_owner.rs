//! Every answer is made under a reactive owner of its own.
//!
//! Leptos keeps the owner that is current (what `use_context` asks, and where signals live) in a variable of the
//! thread. Not everything that it does between two waits sets it first: what follows a wait in a page, the closures in
//! a `Suspend` for one, runs under whichever owner the thread had last, and that may be the one of a page that is made
//! for somebody else beside it. So here the owner goes with the answer, from one poll to the next and until the last
//! byte of the body, and the thread gets back what it had.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Frame, SizeHint};
use leptos::prelude::Owner;

/// Answers under an owner that no other answer shares.
pub async fn keep(request: Request, next: Next) -> Response {
    // One that has no parent: nothing is asked of anybody else.
    let mut owner = Owner::default();
    let mut answer = pin!(next.run(request));
    let answer = poll_fn(|cx| {
        let (answer, current) = owner.with(|| (answer.as_mut().poll(cx), Owner::current()));
        // The page has set its own on the way.
        if let Some(current) = current {
            owner = current;
        }
        answer
    })
    .await;
    answer.map(|body| Body::new(OwnedBody { body, owner }))
}

/// A body that is made while it is sent.
struct OwnedBody {
    body: Body,
    owner: Owner,
}

impl HttpBody for OwnedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Self { body, owner } = &mut *self;
        let frame = owner.with(|| Pin::new(body).poll_frame(cx));
        frame.map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::extract::Path;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use futures::stream;
    use leptos::prelude::{GetUntracked, RwSignal, provide_context, use_context};
    use tokio::sync::Barrier;
    use tower::ServiceExt;

    use super::*;

    #[derive(Clone)]
    struct MadeFor(String);

    /// What is known between two waits: the context, and a signal.
    fn known(signal: RwSignal<String>) -> String {
        let context = use_context::<MadeFor>().map_or_else(String::new, |made_for| made_for.0);
        let signal = signal.try_get_untracked().unwrap_or_default();
        format!("{context} {signal}\n")
    }

    /// Two answers that are made step by step beside each other, by the same thread.
    #[tokio::test]
    async fn what_follows_a_wait_knows_whom_it_is_made_for() {
        let both = Arc::new(Barrier::new(2));
        let answer = move |Path(name): Path<String>| {
            let both = Arc::clone(&both);
            async move {
                // As Leptos does: its own root, which is left as the thread's.
                let owner = Owner::new_root(None);
                provide_context(MadeFor(name.clone()));
                let signal = RwSignal::new(name);
                both.wait().await;
                let head = known(signal);
                let body = stream::unfold(0, move |sent| {
                    let (both, owner) = (Arc::clone(&both), owner.clone());
                    async move {
                        both.wait().await;
                        let _alive = owner;
                        (sent < 2).then(|| (Ok::<_, BoxError>(known(signal)), sent + 1))
                    }
                });
                let head = stream::iter([Ok(head)]);
                Body::from_stream(futures::StreamExt::chain(head, body))
            }
        };
        let router = Router::new()
            .route("/{name}", get(answer))
            .layer(from_fn(keep));
        let ask = async |name: &str| {
            let request = Request::get(format!("/{name}")).body(Body::empty());
            let answer = router.clone().oneshot(request.expect("a request")).await;
            let body = answer.expect("an answer").into_body();
            let bytes = axum::body::to_bytes(body, 1_000).await.expect("a body");
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let (one, other) = tokio::join!(ask("wren"), ask("magpie"));
        assert_eq!(one, "wren wren\n".repeat(3));
        assert_eq!(other, "magpie magpie\n".repeat(3));
        assert!(Owner::current().is_none(), "the thread has nobody's owner");
    }
}
