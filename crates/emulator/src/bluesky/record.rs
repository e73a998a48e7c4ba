//! The lexicon `app.bsky.feed.post` with its embeds and facets.

use chrono::DateTime;
use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation;

use super::{
    errors::{XrpcError, XrpcResult},
    state::{Blob, State},
};

const KNOWN: [&str; 9] = [
    "$type",
    "text",
    "createdAt",
    "langs",
    "facets",
    "embed",
    "labels",
    "tags",
    "reply",
];
const LABELS: &str = "com.atproto.label.defs#selfLabels";

/// Checks a post, and that the account has uploaded the blobs that it names.
pub(super) fn check(state: &State, did: &str, post: &Value) -> XrpcResult<()> {
    let fields = post
        .as_object()
        .ok_or_else(|| wrong("Record must be an object"))?;
    // Servers let unknown fields pass; here a misspelt one is found.
    if let Some(unknown) = fields.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(wrong(&format!("Record/{unknown} is not a field of a post")));
    }
    let text = string(post, "text")?;
    let graphemes = text.graphemes(true).count();
    if graphemes > 300 {
        return Err(wrong(&format!(
            "grapheme too big (maximum 300, got {graphemes}) at $.text"
        )));
    }
    if text.len() > 3000 {
        return Err(wrong(&format!(
            "string too big (maximum 3000, got {}) at $.text",
            text.len()
        )));
    }
    let created = string(post, "createdAt")?;
    if DateTime::parse_from_rfc3339(created).is_err() {
        return Err(wrong("Record/createdAt must be an valid atproto datetime"));
    }
    check_langs(post)?;
    check_tags(post)?;
    check_labels(post)?;
    check_facets(text, post)?;
    match post.get("embed") {
        None => Ok(()),
        Some(embed) => check_embed(state, did, embed),
    }
}

fn check_langs(post: &Value) -> XrpcResult<()> {
    let langs = list(post, "langs")?;
    if langs.len() > 3 {
        return Err(wrong("array too big (maximum 3) at $.langs"));
    }
    let is_tag = |lang: &Value| {
        lang.as_str().is_some_and(|lang| {
            lang.split('-').all(|part| {
                (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
            })
        })
    };
    if langs.iter().all(is_tag) {
        Ok(())
    } else {
        Err(wrong(
            "Record/langs must be well-formed BCP 47 language tags",
        ))
    }
}

fn check_tags(post: &Value) -> XrpcResult<()> {
    let tags = list(post, "tags")?;
    let fits = |tag: &Value| {
        tag.as_str()
            .is_some_and(|tag| tag.graphemes(true).count() <= 64)
    };
    if tags.len() <= 8 && tags.iter().all(fits) {
        Ok(())
    } else {
        Err(wrong(
            "Record/tags must be at most 8 of at most 64 graphemes",
        ))
    }
}

fn check_labels(post: &Value) -> XrpcResult<()> {
    let Some(labels) = post.get("labels") else {
        return Ok(());
    };
    let values = list(labels, "values")?;
    let is_label = |label: &Value| label["val"].as_str().is_some_and(|val| !val.is_empty());
    if labels["$type"] == LABELS && values.len() <= 10 && values.iter().all(is_label) {
        Ok(())
    } else {
        Err(wrong("Record/labels must be self-labels"))
    }
}

fn check_facets(text: &str, post: &Value) -> XrpcResult<()> {
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for facet in list(post, "facets")? {
        let place = |name: &str| {
            facet["index"][name]
                .as_u64()
                .and_then(|place| usize::try_from(place).ok())
        };
        let (Some(start), Some(end)) = (place("byteStart"), place("byteEnd")) else {
            return Err(wrong("Record/facets must have an index"));
        };
        // Servers take any numbers; apps leave these facets out, so a client that counts wrongly is told.
        if start >= end || text.get(start..end).is_none() {
            return Err(wrong(
                "Record/facets do not lie on whole characters of the text",
            ));
        }
        if taken.iter().any(|(from, to)| start < *to && *from < end) {
            return Err(wrong("Record/facets overlap"));
        }
        taken.push((start, end));
        let features = list(facet, "features")?;
        if features.is_empty() {
            return Err(wrong("Record/facets must have features"));
        }
        for feature in features {
            let is_right = match feature["$type"].as_str() {
                Some("app.bsky.richtext.facet#link") => feature["uri"]
                    .as_str()
                    .is_some_and(|uri| url::Url::parse(uri).is_ok()),
                Some("app.bsky.richtext.facet#mention") => feature["did"]
                    .as_str()
                    .is_some_and(|did| did.starts_with("did:")),
                Some("app.bsky.richtext.facet#tag") => feature["tag"]
                    .as_str()
                    .is_some_and(|tag| !tag.is_empty() && !tag.starts_with('#')),
                _ => false,
            };
            if !is_right {
                return Err(wrong("Record/facets carry a feature that is not right"));
            }
        }
    }
    Ok(())
}

fn check_embed(state: &State, did: &str, embed: &Value) -> XrpcResult<()> {
    match embed["$type"].as_str() {
        Some("app.bsky.embed.images") => {
            let images = list(embed, "images")?;
            if images.is_empty() || images.len() > 4 {
                return Err(wrong("array too big (maximum 4) at $.embed.images"));
            }
            for image in images {
                string(image, "alt")?;
                check_ratio(image)?;
                let blob = blob(state, did, &image["image"])?;
                if !blob.mime.starts_with("image/") {
                    return Err(wrong("blob mimeType must be image/* at $.embed.images"));
                }
                if blob.size > state.config.image_bytes {
                    return Err(wrong(&format!(
                        "blob too big (maximum {}, got {}) at $.embed.images",
                        state.config.image_bytes, blob.size
                    )));
                }
            }
            Ok(())
        }
        Some("app.bsky.embed.video") => {
            check_ratio(embed)?;
            if embed.get("alt").is_some() {
                string(embed, "alt")?;
            }
            let video = blob(state, did, &embed["video"])?;
            if video.mime != "video/mp4" {
                return Err(wrong("blob mimeType must be video/mp4 at $.embed.video"));
            }
            for caption in list(embed, "captions")? {
                string(caption, "lang")?;
                if blob(state, did, &caption["file"])?.size > 20_000 {
                    return Err(wrong("blob too big (maximum 20000) at $.embed.captions"));
                }
            }
            Ok(())
        }
        Some("app.bsky.embed.external") => {
            let card = &embed["external"];
            for name in ["uri", "title", "description"] {
                string(card, name)?;
            }
            match card.get("thumb") {
                Some(thumb) => blob(state, did, thumb).map(|_| ()),
                None => Ok(()),
            }
        }
        _ => Err(wrong("Record/embed is of a type that is not known")),
    }
}

fn check_ratio(media: &Value) -> XrpcResult<()> {
    let Some(ratio) = media.get("aspectRatio") else {
        return Ok(());
    };
    let is_side = |name: &str| ratio[name].as_u64().is_some_and(|side| side >= 1);
    if is_side("width") && is_side("height") {
        Ok(())
    } else {
        Err(wrong(
            "aspectRatio must have a width and a height of at least 1",
        ))
    }
}

fn blob<'a>(state: &'a State, did: &str, reference: &Value) -> XrpcResult<&'a Blob> {
    let cid = reference["ref"]["$link"].as_str().unwrap_or_default();
    if reference["$type"] != "blob" || cid.is_empty() {
        return Err(wrong("blob reference is not right"));
    }
    let blob = state
        .blobs
        .get(&(did.to_owned(), cid.to_owned()))
        .ok_or_else(|| {
            XrpcError::new(400, "BlobNotFound", format!("Could not find blob: {cid}"))
        })?;
    if reference["mimeType"] != blob.mime.as_str() || reference["size"] != blob.size {
        return Err(XrpcError::new(
            400,
            "InvalidMimeType",
            "Referenced blob does not match the stored one",
        ));
    }
    Ok(blob)
}

fn string<'a>(value: &'a Value, name: &str) -> XrpcResult<&'a str> {
    value[name]
        .as_str()
        .ok_or_else(|| wrong(&format!("must have the string property \"{name}\"")))
}

fn list<'a>(value: &'a Value, name: &str) -> XrpcResult<&'a [Value]> {
    match value.get(name) {
        None => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(wrong(&format!("{name} must be an array"))),
    }
}

fn wrong(why: &str) -> XrpcError {
    XrpcError::invalid(format!("Invalid app.bsky.feed.post record: {why}"))
}
