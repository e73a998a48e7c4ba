//! The record of a post: its key and what is in it (`app.bsky.feed.post`).

use domain::DeliveryId;
use domain::bluesky::BlueskyOptions;
use domain::media::MediaFacts;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::checkpoint::Plan;
use super::timestamp;
use crate::bluesky::api::POSTS;
use crate::bluesky::facets::Facet;
use crate::{DeliveryContent, MediaItem};

/// The letters of record keys, in the order of their values.
const LETTERS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
/// The largest microsecond of a key: 53 bits.
const MICROSECONDS: u64 = (1 << 53) - 1;

/// The key of a delivery's record, as the network wants it (a TID): 53 bits of microseconds and 10 bits
/// that tell clocks apart, in 13 letters.
///
/// It follows from the delivery's id alone, which begins with the millisecond in which it was made. Not
/// from its minute: that changes when a person sends it again, and then there could be two.
pub(super) fn key(delivery: DeliveryId) -> String {
    let id = delivery.0.as_bytes();
    let mut time = [0_u8; 8];
    time[2..].copy_from_slice(&id[..6]);
    let milliseconds = u64::from_be_bytes(time);
    // What is finer than a millisecond, and the clock's number, are as good as random.
    let hash = Sha256::digest(id);
    let mut low = [0_u8; 8];
    low.copy_from_slice(&hash[..8]);
    let low = u64::from_be_bytes(low);
    let microseconds = (milliseconds.wrapping_mul(1000) + low % 1000) & MICROSECONDS;
    let number = (microseconds << 10) | ((low >> 32) & 0x3ff);
    (0..13)
        .rev()
        .map(|place| {
            let value = (number >> (place * 5)) & 31;
            let letter = usize::try_from(value).ok().and_then(|at| LETTERS.get(at));
            char::from(letter.copied().unwrap_or(b'2'))
        })
        .collect()
}

/// The record.
pub(super) fn build(content: &DeliveryContent, options: &BlueskyOptions, plan: &Plan) -> Value {
    let mut record = json!({
        "$type": POSTS,
        "text": content.caption,
        "createdAt": timestamp(plan.created_at),
    });
    if !plan.facets.is_empty() {
        record["facets"] = plan.facets.iter().map(Facet::json).collect();
    }
    if !options.langs.is_empty() {
        record["langs"] = json!(options.langs);
    }
    if !options.labels.is_empty() {
        let values: Vec<Value> = options
            .labels
            .iter()
            .map(|label| json!({ "val": label }))
            .collect();
        record["labels"] = json!({
            "$type": "com.atproto.label.defs#selfLabels",
            "values": values,
        });
    }
    if let Some(embed) = embed(&content.media, &plan.files) {
        record["embed"] = embed;
    }
    record
}

fn embed(media: &[MediaItem], files: &[Value]) -> Option<Value> {
    let (item, file) = (media.first()?, files.first()?);
    if matches!(item.facts, MediaFacts::Video(_)) {
        let mut embed = described("video", item, file);
        embed["$type"] = "app.bsky.embed.video".into();
        return Some(embed);
    }
    let images: Vec<Value> = media
        .iter()
        .zip(files)
        .map(|(item, file)| described("image", item, file))
        .collect();
    Some(json!({ "$type": "app.bsky.embed.images", "images": images }))
}

/// A file with its description and its shape, so that nothing jumps while it loads.
fn described(name: &str, item: &MediaItem, file: &Value) -> Value {
    let mut described = json!({ "alt": item.alt });
    described[name] = file.clone();
    let (width, height) = (item.facts.width(), item.facts.height());
    if width > 0 && height > 0 {
        described["aspectRatio"] = json!({ "width": width, "height": height });
    }
    described
}

/// Whether what is there is the post that was to be written. Of a post that a person sends again the
/// time differs, and a video that was prepared again may be stored under another name.
pub(super) fn is_same(there: &Value, ours: &Value) -> bool {
    let bare = |record: &Value| {
        let mut record = record.clone();
        if let Some(fields) = record.as_object_mut() {
            fields.remove("createdAt");
            fields.remove("facets");
            let embed = fields.get_mut("embed").and_then(Value::as_object_mut);
            if let Some(embed) = embed {
                embed.remove("video");
            }
        }
        record
    };
    bare(there) == bare(ours)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_says_when_the_delivery_was_made() {
        let id: DeliveryId = "0199d3c0-0000-7000-8000-000000000001".parse().unwrap();
        let key = key(id);
        assert_eq!(key.len(), 13);
        let number = key.bytes().fold(0_u64, |number, letter| {
            let value = LETTERS.iter().position(|known| *known == letter).unwrap();
            (number << 5) | value as u64
        });
        assert_eq!((number >> 10) / 1000, 0x0199_d3c0_0000);
    }

    #[test]
    fn deliveries_of_one_moment_have_keys_of_their_own() {
        let keys: HashSet<String> = (0..1000)
            .map(|number| {
                let id = format!("0199d3c0-0000-7000-8000-{number:012}");
                key(id.parse().unwrap())
            })
            .collect();
        // A thousand in one millisecond may meet once by chance; one account never has as many.
        assert!(keys.len() >= 998, "{}", keys.len());
    }

    proptest! {
        #[test]
        fn every_key_is_one_that_the_network_takes(id in any::<u128>()) {
            let id = format!("{id:032x}");
            let key = key(id.parse().unwrap());
            prop_assert_eq!(key.len(), 13);
            // The first letter has four bits at the most.
            prop_assert!("234567abcdefghij".contains(&key[..1]));
        }
    }

    #[test]
    fn the_same_post_is_known_again_and_another_is_not() {
        let ours =
            json!({"text": "a", "createdAt": "1", "embed": {"alt": "x", "video": {"ref": 1}}});
        let later =
            json!({"text": "a", "createdAt": "2", "embed": {"alt": "x", "video": {"ref": 2}}});
        let other =
            json!({"text": "b", "createdAt": "1", "embed": {"alt": "x", "video": {"ref": 1}}});
        assert!(is_same(&later, &ours));
        assert!(!is_same(&other, &ours));
    }
}
