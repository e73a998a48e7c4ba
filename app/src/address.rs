//! The addresses that routes answer to, and what people wrote on its way into one.

use leptos_router::{
    ParamSegment, PartialPathMatch, PathSegment, PossibleRouteMatch, StaticSegment,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// An address or a part of one: `/clients/:client/calendar`, where `:client` takes whatever stands there. The empty
/// one takes nothing, and leaves the whole path to the routes within.
///
/// It means what the router's own tuples of segments mean. They are a type for each shape of an address, and the
/// browser's half would carry the router's code once for each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Address(pub(crate) &'static str);

impl Address {
    fn segments(self) -> impl Iterator<Item = &'static str> {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }
}

impl PossibleRouteMatch for Address {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let mut remaining = path;
        let mut params = Vec::new();
        for segment in self.segments() {
            let found = match segment.strip_prefix(':') {
                Some(name) => ParamSegment(name).test(remaining)?,
                None => StaticSegment(segment).test(remaining)?,
            };
            remaining = found.remaining();
            params.extend(found.params());
        }
        let matched = &path[..path.len() - remaining.len()];
        Some(PartialPathMatch::new(remaining, params, matched))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        path.extend(
            self.segments()
                .map(|segment| match segment.strip_prefix(':') {
                    Some(name) => PathSegment::Param(name.into()),
                    None => PathSegment::Static(segment.into()),
                }),
        );
        if path.is_empty() {
            path.push(PathSegment::Unit);
        }
    }
}

/// What stays as it is in every part of an address (RFC 3986, section 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A value as it stands in the query of an address.
pub(crate) fn query_value(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, UNRESERVED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(address: &'static str, path: &str) -> Option<Vec<(String, String)>> {
        let found = Address(address).test(path)?;
        let is_whole = found.is_complete();
        let params = found.params().into_iter();
        is_whole.then(|| {
            params
                .map(|(name, value)| (name.into_owned(), value))
                .collect()
        })
    }

    #[test]
    fn an_address_takes_its_own_path_and_no_other() {
        let review = "/clients/:client/posts/:post";
        let named = |client: &str, post: &str| {
            Some(vec![
                ("client".to_owned(), client.to_owned()),
                ("post".to_owned(), post.to_owned()),
            ])
        };
        assert_eq!(params(review, "/clients/a/posts/b"), named("a", "b"));
        assert_eq!(params(review, "/clients/a/posts/b/"), named("a", "b"));
        for other in [
            "/clients/a/posts",
            "/clients/a/posts/",
            "/clients/a/post/b",
            "/clients/a/posts/b/c",
            "/client/a/posts/b",
            "/",
            "",
        ] {
            assert_eq!(params(review, other), None, "{other}");
        }
    }

    #[test]
    fn the_empty_address_leaves_all_to_the_routes_within() {
        let found = Address("").test("/clients/a");
        let found = found.map(|found| (found.matched(), found.remaining()));
        assert_eq!(found, Some(("", "/clients/a")));
        assert_eq!(params("", "/"), Some(vec![]));
        assert_eq!(params("", "/clients"), None);
    }

    #[test]
    fn the_server_learns_the_same_addresses() {
        let mut path = Vec::new();
        Address("/team/:user").generate_path(&mut path);
        assert_eq!(
            path,
            [
                PathSegment::Static("team".into()),
                PathSegment::Param("user".into())
            ]
        );
        let mut root = Vec::new();
        Address("").generate_path(&mut root);
        assert_eq!(root, [PathSegment::Unit]);
    }

    #[test]
    fn a_file_name_survives_an_address() {
        assert_eq!(query_value("clip_1.mp4").to_string(), "clip_1.mp4");
        assert_eq!(
            query_value("Brötchen & Co.mov").to_string(),
            "Br%C3%B6tchen%20%26%20Co.mov"
        );
    }
}
