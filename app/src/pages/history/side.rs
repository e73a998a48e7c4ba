//! Beside the steps of a delivery: how it came out, and what was sent.

use leptos::prelude::*;

use crate::api::history::DeliveryData;
use crate::components::Status;

pub(super) fn side(found: &DeliveryData) -> AnyView {
    let row = &found.row;
    let link = row.post_url.clone().map(|url| {
        let shown = shortened(&url);
        view! {
            <div>
                <dt>"Post"</dt>
                <dd>
                    <a class="link" href=url target="_blank" rel="noopener external">
                        {shown}
                    </a>
                </dd>
            </div>
        }
    });
    let result = [
        ("State", Some(Status::from(row.state).word().to_owned())),
        ("Published", row.published.clone()),
        ("Against plan", row.punctuality.clone()),
        ("Attempts", Some(row.attempts.to_string())),
    ];
    let result = result
        .into_iter()
        .filter_map(|(name, value)| Some(fact(name.to_owned(), value?)))
        .collect_view();
    let sent = found
        .sent
        .clone()
        .into_iter()
        .map(|(name, value)| fact(name, value))
        .collect_view();
    view! {
        <aside class="delivery-side" aria-label="Facts">
            <section>
                <h2>"Result"</h2>
                <dl class="facts">{result} {link}</dl>
                <p class="source">{format!("Times in {}", found.place)}</p>
            </section>
            <section>
                <h2>"What was sent"</h2>
                <dl class="facts">{sent}</dl>
            </section>
        </aside>
    }
    .into_any()
}

/// An address up to this length is shown whole.
const SHORT: usize = 32;

fn fact(name: String, value: String) -> AnyView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
    .into_any()
}

/// "www.tiktok.com/…871457": enough to recognise the address.
fn shortened(url: &str) -> String {
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    if bare.len() <= SHORT {
        return bare.to_owned();
    }
    let host = bare.split('/').next().unwrap_or(bare);
    let last = bare.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    let tail: Vec<char> = last.chars().collect();
    let tail: String = tail.iter().skip(tail.len().saturating_sub(6)).collect();
    format!("{host}/…{tail}")
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn an_address_keeps_its_host_and_its_end() {
        let url = "https://www.tiktok.com/@kestrel/video/7426118830452871457";
        assert_eq!(shortened(url), "www.tiktok.com/…871457");
        assert_eq!(
            shortened("https://www.tiktok.com/@kestrel"),
            "www.tiktok.com/@kestrel"
        );
    }
}
