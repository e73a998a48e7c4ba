//! `/let-in/{token}`: whether somebody is let in whom a one-tap link was passed on to.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{EndedLink, LinkLayout, use_token};
use crate::api::ApiError;
use crate::api::tap::{AnswerLetIn, LetInData, LetInPerson, let_in_question};
use crate::components::{AvatarSize, Empty, Icon, Notice, PanelSkeleton, PersonAvatar, Status};
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;

/// The question with its three answers.
#[component]
pub fn LetInPage() -> impl IntoView {
    let token = use_token();
    let answer = ServerAction::<AnswerLetIn>::new();
    let question = resource(move || token.get(), let_in_question);
    let query = use_query_map();
    let content = move || {
        let question = question.get();
        let said = query.with(|query| query.get("said"));
        Unsuspend::new(move || {
            question.map(|question| match question {
                Ok(question) => page(token, answer, question, said),
                Err(error) => view! {
                    <LinkLayout title="Something went wrong" agency="AutoPost">
                        <Trouble error />
                    </LinkLayout>
                }
                .into_any(),
            })
        })
    };
    view! { <Suspense fallback=|| view! { <PanelSkeleton lines=4 /> }>{content}</Suspense> }
        .into_any()
}

fn page(
    token: Memo<String>,
    answer: ServerAction<AnswerLetIn>,
    LetInData { agency, open }: LetInData,
    said: Option<String>,
) -> AnyView {
    let sender = agency.clone();
    let card = match (open, said.as_deref()) {
        (Some(person), _) => question(token, answer, person),
        (None, Some(said)) => {
            let (title, line) = if said == "no" {
                (
                    "They are not let in",
                    "They see nothing, and nobody told them why.",
                )
            } else {
                (
                    "They are let in",
                    "A link of their own is on its way to them. Yours stays yours.",
                )
            };
            view! { <Empty icon=Icon::Check title line=line.to_owned() whole=true /> }.into_any()
        }
        (None, None) => view! { <EndedLink agency=sender /> }.into_any(),
    };
    view! {
        <LinkLayout title="Let somebody in" agency>
            {card}
        </LinkLayout>
    }
    .into_any()
}

fn question(
    token: Memo<String>,
    action: ServerAction<AnswerLetIn>,
    person: LetInPerson,
) -> AnyView {
    let refusal = move || {
        let error: ApiError = action.value().get()?.err()?;
        Some(view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> })
    };
    let first = person
        .name
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned();
    let button = move |class: &'static str, answer: &'static str, words: String| {
        view! {
            <ActionForm action=action>
                <input type="hidden" name="token" value=move || token.get() />
                <input type="hidden" name="answer" value=answer />
                <button class=class type="submit">
                    {words}
                </button>
            </ActionForm>
        }
    };
    let approve = person.may_let_approve.then(|| {
        button(
            "button secondary large block",
            "approve",
            format!("{first} may approve too"),
        )
    });
    view! {
        <section class="link-card" aria-labelledby="let-in-title">
            <PersonAvatar name=person.name.clone() size=AvatarSize::S40 />
            <h1 class="link-title" id="let-in-title">
                {format!("Let {} in?", person.name)}
            </h1>
            <p class="link-lead">
                <b>{person.email}</b>
                {format!(
                    " opened a link that was sent to you, and asks to see what is planned for {}.",
                    person.clients.join(", "),
                )}
            </p>
            {refusal}
            <div class="link-answers">
                {button("button primary large block", "look", format!("{first} may look"))}
                {approve}
                {button("button quiet large block", "no", "No".to_owned())}
            </div>
        </section>
    }
    .into_any()
}
