//! Another post that says the same.

use domain::{ClientId, PostId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::place::Place;
use crate::api::calendar::{MinuteAnswer, duplicate_post};
use crate::components::use_toasts;

/// Makes a copy of what is kept of a post, at the next time that suits, and opens it.
pub(super) fn use_duplicate(client: ClientId, place: Place) -> Callback<PostId> {
    let toasts = use_toasts();
    Callback::new(move |post| {
        spawn_local(async move {
            let words = match duplicate_post(client, post, None, None).await {
                Ok(MinuteAnswer::Done(copy)) => {
                    place.open(copy);
                    "This is a copy, kept as a draft.".to_owned()
                }
                Ok(MinuteAnswer::Twice(sentence)) => sentence,
                Err(error) => error.to_string(),
            };
            if let Some(toasts) = toasts {
                toasts.say(words);
            }
        });
    })
}
