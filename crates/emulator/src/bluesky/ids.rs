//! Names in the AT Protocol: DIDs, content ids and record keys.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const SORTABLE: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";

/// The DID that an account of this handle starts with.
pub(super) fn did_of(handle: &str) -> String {
    let name = base32(&Sha256::digest(format!("did of {handle}")));
    format!("did:plc:{}", &name[..24])
}

/// An app password in the form that Bluesky makes them, the same for a handle every time.
pub(super) fn app_password_of(handle: &str) -> String {
    let name = base32(&Sha256::digest(format!("app password of {handle}")));
    let parts = [&name[..4], &name[4..8], &name[8..12], &name[12..16]];
    parts.join("-")
}

/// The content id of bytes as they are.
pub(super) fn cid_of_bytes(bytes: &[u8]) -> String {
    cid(0x55, bytes)
}

/// The content id of a record. Servers hash its DAG-CBOR, we hash its JSON with sorted keys: clients may
/// only compare it.
pub(super) fn cid_of_record(record: &serde_json::Value) -> String {
    cid(0x71, record.to_string().as_bytes())
}

fn cid(codec: u8, bytes: &[u8]) -> String {
    let mut name = vec![1, codec, 0x12, 0x20];
    name.extend(Sha256::digest(bytes));
    format!("b{}", base32(&name))
}

/// Whether a record key is a timestamp identifier, the only kind that posts may have.
pub(super) fn is_tid(key: &str) -> bool {
    let bytes = key.as_bytes();
    // The top bit is always 0, so the first character is one of the first sixteen.
    bytes.len() == 13
        && SORTABLE[..16].contains(&bytes[0])
        && bytes.iter().all(|byte| SORTABLE.contains(byte))
}

/// The timestamp identifier of a moment.
pub(super) fn tid(at: DateTime<Utc>, clock: u64) -> String {
    let micros = u64::try_from(at.timestamp_micros()).unwrap_or_default();
    let number = (micros << 10 | clock & 0x3ff) & (u64::MAX >> 1);
    (0..13_u64)
        .rev()
        .map(|place| char::from(SORTABLE[(number >> (place * 5) & 31) as usize]))
        .collect()
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(BASE32[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(BASE32[(held << (5 - bits) & 31) as usize]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ids_match_a_published_one() {
        // The empty block, as every IPFS node knows it.
        assert_eq!(
            cid_of_bytes(b""),
            "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
        );
    }

    #[test]
    fn timestamp_identifiers_sort_by_time_and_are_told_from_others() {
        let early = tid(DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000), 5);
        let late = tid(DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_001), 0);
        assert!(early < late && is_tid(&early) && is_tid(&late));
        for other in ["self", "3jzfcijpj2z2", "zzzzzzzzzzzzz", "3jzfcijpj2z2A"] {
            assert!(!is_tid(other), "{other}");
        }
        assert!(is_tid("3jzfcijpj2z2a"));
    }
}
