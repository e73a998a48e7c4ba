//! What stands in the calendar's address: which days, how they are laid out, and what they are filtered by.

use std::fmt::{Display, Write as _};
use std::str::FromStr;

use domain::ClientId;
use leptos_router::params::ParamsMap;

use crate::api::calendar::{CalendarQuery, View};

/// Reads the query of an address. What makes no sense is passed over.
pub(super) fn read(params: &ParamsMap) -> CalendarQuery {
    let found = View::ALL
        .into_iter()
        .find_map(|view| Some((view, params.get(view.key())?)));
    let (view, at) = match found {
        Some((view, at)) => (view, Some(at).filter(|at| !at.is_empty())),
        None => (View::default(), None),
    };
    CalendarQuery {
        view,
        at,
        day: params.get("day").filter(|day| !day.is_empty()),
        accounts: list(params, "account"),
        statuses: list(params, "status"),
        tags: list(params, "tag"),
        page: params
            .get("page")
            .and_then(|page| page.parse().ok())
            .unwrap_or_default(),
    }
}

fn list<T: FromStr>(params: &ParamsMap, key: &str) -> Vec<T> {
    let text = params.get(key).unwrap_or_default();
    text.split(',').filter_map(|one| one.parse().ok()).collect()
}

/// The address that shows this.
pub(super) fn href(client: ClientId, query: &CalendarQuery) -> String {
    let mut href = format!("/clients/{client}/calendar");
    let mut mark = '?';
    let mut add = |key: &str, value: &dyn Display| {
        // Writing to a string cannot fail.
        let _ = write!(href, "{mark}{key}={value}");
        mark = '&';
    };
    match &query.at {
        Some(at) => add(query.view.key(), at),
        None if query.view != View::default() => add(query.view.key(), &""),
        None => {}
    }
    for (key, value) in [
        ("account", joined(&query.accounts)),
        ("status", joined(&query.statuses)),
        ("tag", joined(&query.tags)),
        ("day", query.day.clone().unwrap_or_default()),
    ] {
        if !value.is_empty() {
            add(key, &value);
        }
    }
    if query.page > 0 {
        add("page", &query.page);
    }
    href
}

/// The address of a post over a calendar, from a link to the post's own page, such as
/// `/clients/…/posts/new?at=2026-10-14`. `None` where the link leads elsewhere.
pub(super) fn over(client: ClientId, query: &CalendarQuery, link: &str) -> Option<String> {
    let named = link.strip_prefix(&format!("/clients/{client}/posts/"))?;
    Some(with_post(client, query, &named.replacen('?', "&", 1)))
}

/// The same from the post's id, or from what else names it, such as `new&at=2026-10-14`.
pub(super) fn with_post(client: ClientId, query: &CalendarQuery, named: &str) -> String {
    let calendar = href(client, query);
    let mark = if calendar.contains('?') { '&' } else { '?' };
    format!("{calendar}{mark}post={named}")
}

fn joined<T: Display>(list: &[T]) -> String {
    list.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(",")
}

/// The same with other days: what was opened or paged through there is left behind.
pub(super) fn at(query: &CalendarQuery, view: View, at: Option<String>) -> CalendarQuery {
    CalendarQuery {
        view,
        at,
        day: None,
        page: 0,
        ..query.clone()
    }
}

/// Puts one into a list of filters, or takes it out.
pub(super) fn toggled<T: PartialEq + Clone>(list: &[T], one: &T) -> Vec<T> {
    let mut list = list.to_vec();
    match list.iter().position(|of| of == one) {
        Some(place) => {
            list.remove(place);
        }
        None => list.push(one.clone()),
    }
    list
}

#[cfg(test)]
mod tests {
    use domain::calendar::PostStatus;

    use super::*;

    fn params(query: &str) -> ParamsMap {
        let mut map = ParamsMap::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            map.insert(key.to_owned(), value.to_owned());
        }
        map
    }

    #[test]
    fn an_address_and_what_it_asks_for_follow_from_each_other() {
        let client: ClientId = "0192f0c1-2b3c-7d4e-8f90-123456789abc".parse().expect("id");
        for query in [
            "",
            "month=2026-10",
            "week=2026-10-14",
            "week=",
            "list=2026-10&page=2",
            "month=2026-10&account=0192f0c1-2b3c-7d4e-8f90-123456789abc&status=draft,waiting&day=2026-10-14",
        ] {
            let read = read(&params(query));
            let mark = if query.is_empty() { "" } else { "?" };
            assert_eq!(
                href(client, &read),
                format!("/clients/{client}/calendar{mark}{query}")
            );
        }
    }

    #[test]
    fn what_makes_no_sense_is_passed_over() {
        let query = read(&params("status=draft,nonsense&account=x&page=-1&month="));
        assert_eq!(query.statuses, [PostStatus::Draft]);
        assert_eq!((query.accounts.len(), query.page, query.at), (0, 0, None));
    }

    #[test]
    fn a_post_lies_over_what_is_shown() {
        let client: ClientId = "0192f0c1-2b3c-7d4e-8f90-123456789abc".parse().expect("id");
        let calendar = format!("/clients/{client}/calendar");
        let over = |query: &str, link: &str| over(client, &read(&params(query)), link);
        let posts = format!("/clients/{client}/posts");
        assert_eq!(
            over("", &format!("{posts}/x")),
            Some(format!("{calendar}?post=x"))
        );
        assert_eq!(
            over(
                "week=2026-10-14&status=draft&post=x",
                &format!("{posts}/new?at=2026-10-14T09:00")
            ),
            Some(format!(
                "{calendar}?week=2026-10-14&status=draft&post=new&at=2026-10-14T09:00"
            ))
        );
        assert_eq!(over("", &format!("/clients/{client}/history/x")), None);
    }

    #[test]
    fn other_days_keep_the_filters_alone() {
        let query = read(&params("list=2026-10&page=3&status=failed&day=2026-10-02"));
        let next = at(&query, View::List, Some("2026-11".to_owned()));
        assert_eq!(next.statuses, [PostStatus::Failed]);
        assert_eq!((next.page, next.day), (0, None));
    }

    #[test]
    fn a_filter_goes_in_and_out() {
        assert_eq!(toggled(&[1, 2], &2), [1]);
        assert_eq!(toggled(&[1], &2), [1, 2]);
    }
}
