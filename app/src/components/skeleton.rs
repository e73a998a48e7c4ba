//! The shape of what is being fetched.

use leptos::prelude::*;

/// A month card that is being fetched.
#[component]
pub fn CardSkeleton() -> impl IntoView {
    view! {
        <div class="post-card loading" aria-hidden="true">
            <span class="skeleton"></span>
            <div class="post-card-body">
                <span class="skeleton line medium"></span>
                <span class="skeleton line long"></span>
            </div>
        </div>
    }
}

/// A month that is being fetched: the grid stands, with cards in some of its days.
#[component]
pub fn MonthSkeleton() -> impl IntoView {
    // A fixed pattern: the server and the browser draw the same one.
    let cards = |day: usize| [2, 1, 2, 3, 1, 1, 0][day % 7];
    view! {
        <section class="calendar" aria-busy="true">
            <p class="sr-only" role="status">
                "The calendar is being fetched."
            </p>
            <div class="month-heads" aria-hidden="true">
                {["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
                    .map(|day| view! { <span>{day}</span> })
                    .collect_view()}
            </div>
            <ol class="month" aria-hidden="true">
                {(0..35)
                    .map(|day| {
                        view! {
                            <li class="day">
                                <div class="day-head"></div>
                                <ul class="day-posts">
                                    {(0..cards(day))
                                        .map(|_| {
                                            view! {
                                                <li>
                                                    <CardSkeleton />
                                                </li>
                                            }
                                        })
                                        .collect_view()}
                                </ul>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </section>
    }
}

/// Rows of a table that are being fetched.
#[component]
pub fn TableSkeleton(
    /// How many rows.
    #[prop(default = 5)]
    rows: usize,
) -> impl IntoView {
    view! {
        <div class="row-skeletons" aria-busy="true">
            <p class="sr-only" role="status">
                "The list is being fetched."
            </p>
            {(0..rows)
                .map(|_| {
                    view! {
                        <div class="row-skeleton" aria-hidden="true">
                            <span class="skeleton round"></span>
                            <span class="skeleton line"></span>
                            <span class="skeleton line"></span>
                            <span class="skeleton line"></span>
                        </div>
                    }
                })
                .collect_view()}
        </div>
    }
}

/// A panel that is being fetched.
#[component]
pub fn PanelSkeleton(
    /// How many lines.
    #[prop(default = 4)]
    lines: usize,
) -> impl IntoView {
    view! {
        <div class="panel" aria-busy="true">
            <p class="sr-only" role="status">
                "This part is being fetched."
            </p>
            <div class="panel-body panel-skeleton" aria-hidden="true">
                {(0..lines)
                    .map(|line| {
                        let length = ["medium", "long", "short"][line % 3];
                        view! { <span class=format!("skeleton line {length}")></span> }
                    })
                    .collect_view()}
            </div>
        </div>
    }
}
