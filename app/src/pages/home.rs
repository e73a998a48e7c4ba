//! The front door: it only leads on.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::components::Redirect;

use super::trouble::Trouble;
use crate::api::ApiError;
use crate::api::session::{self, FrameData};
use crate::state::resource::resource;

/// Leads to the first client's calendar, to the clients where there are none, or to the sign-in page; a client's
/// own people to their portal.
#[component]
pub fn HomePage() -> impl IntoView {
    let frame = resource(|| (), |()| session::frame(None));
    view! {
        <Title text="" />
        <Suspense>
            {move || {
                let answer = frame.get();
                Unsuspend::new(move || answer.map(lead_on))
            }}
        </Suspense>
    }
    .into_any()
}

fn lead_on(answer: Result<FrameData, ApiError>) -> AnyView {
    let path = match answer {
        Ok(frame) => match frame.clients.first() {
            Some(client) => format!("/clients/{}/calendar", client.id),
            None => "/clients".to_owned(),
        },
        Err(ApiError::SignedOut) => "/sign-in".to_owned(),
        // The desk is not for a client's own people.
        Err(ApiError::Forbidden(_)) => "/portal".to_owned(),
        Err(error) => {
            return view! {
                <main class="page-body">
                    <h1>"Something went wrong"</h1>
                    <Trouble error />
                </main>
            }
            .into_any();
        }
    };
    // "Back" must not lead here again.
    let options = NavigateOptions {
        replace: true,
        ..NavigateOptions::default()
    };
    view! { <Redirect path options /> }.into_any()
}
