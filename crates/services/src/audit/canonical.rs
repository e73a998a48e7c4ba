//! What exactly is hashed, so that anybody can do it again without AutoPost.
//!
//! A link's hash is SHA-256 over the hash of the link before it (32 bytes; zeros before the first) and the
//! entry in its canonical form, version 1:
//!
//! 1. the 17 bytes `autopost-audit/1\n`;
//! 2. the columns `id, at, actor, actor_name, actor_role, client_id, action, subject_kind, subject_id, ip,
//!    agent, before, after`, each as one byte 0 where it is null, and else as one byte 1, the length of its
//!    value in bytes as 4 bytes with the highest first, and the value.
//!
//! Values are UTF-8: `id` in decimal digits; `at` as the microseconds since 1970 in UTC, in decimal digits;
//! `actor` and `client_id` as UUIDs in lower case with hyphens; `before` and `after` as PostgreSQL writes
//! `jsonb` as text, which is the same for the same value; all others as they are.
//!
//! Lengths make it unambiguous: no two entries have the same form. A later version would begin with another
//! line; both would then be known, because what was hashed once can never be hashed anew.

use db::models::audit::chain::StoredEntry;
use sha2::{Digest, Sha256};

/// What comes before the first link.
pub const BEGINNING: [u8; 32] = [0; 32];

const VERSION: &[u8] = b"autopost-audit/1\n";

/// The hash of the link that holds an entry, behind the link with the hash `previous`.
#[must_use]
pub fn link_hash(previous: &[u8], entry: &StoredEntry) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(canonical(entry));
    hasher.finalize().into()
}

fn canonical(entry: &StoredEntry) -> Vec<u8> {
    let mut form = VERSION.to_vec();
    put(&mut form, Some(&entry.id.to_string()));
    put(&mut form, Some(&entry.at.timestamp_micros().to_string()));
    put(&mut form, entry.actor.map(|id| id.to_string()).as_deref());
    put(&mut form, Some(&entry.actor_name));
    put(&mut form, entry.actor_role.as_deref());
    put(&mut form, entry.client.map(|id| id.to_string()).as_deref());
    put(&mut form, Some(&entry.action));
    put(&mut form, entry.subject_kind.as_deref());
    put(&mut form, entry.subject_id.as_deref());
    put(&mut form, entry.ip.as_deref());
    put(&mut form, entry.agent.as_deref());
    put(&mut form, entry.before.as_deref());
    put(&mut form, entry.after.as_deref());
    form
}

fn put(form: &mut Vec<u8>, value: Option<&str>) {
    let Some(value) = value else {
        form.push(0);
        return;
    };
    form.push(1);
    // No text of PostgreSQL's is longer than a gigabyte.
    let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
    form.extend_from_slice(&length.to_be_bytes());
    form.extend_from_slice(value.as_bytes());
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use db::models::audit::chain::StoredEntry;

    use super::{BEGINNING, canonical, link_hash};

    fn entry() -> StoredEntry {
        StoredEntry {
            id: 7,
            at: DateTime::from_timestamp_micros(1_791_979_200_000_001).expect("a time"),
            actor: Some(uuid::Uuid::from_u128(0xA1)),
            actor_name: "Zoë".to_owned(),
            actor_role: Some("owner".to_owned()),
            client: None,
            action: "paused".to_owned(),
            subject_kind: None,
            subject_id: None,
            ip: Some("192.0.2.7".to_owned()),
            agent: None,
            before: None,
            after: Some(r#"{"held": 2}"#.to_owned()),
        }
    }

    #[test]
    fn the_form_is_the_one_that_is_documented() {
        let expected = [
            b"autopost-audit/1\n".as_slice(),
            b"\x01\0\0\0\x017",
            b"\x01\0\0\0\x101791979200000001",
            b"\x01\0\0\0\x2400000000-0000-0000-0000-0000000000a1",
            b"\x01\0\0\0\x04Zo\xc3\xab",
            b"\x01\0\0\0\x05owner",
            b"\0",
            b"\x01\0\0\0\x06paused",
            b"\0\0",
            b"\x01\0\0\0\x09192.0.2.7",
            b"\0\0",
            b"\x01\0\0\0\x0b{\"held\": 2}",
        ]
        .concat();
        assert_eq!(canonical(&entry()), expected);
    }

    #[test]
    fn the_hash_of_a_known_entry_never_changes() {
        // Made with sha256sum from the bytes above, behind 32 zeros.
        assert_eq!(
            hex::encode(link_hash(&BEGINNING, &entry())),
            "087469a8da57c90fc4ecfb0ac585391010b813ca93bea7e4716eb39b449fa386"
        );
    }

    #[test]
    fn no_column_can_pass_for_its_neighbour() {
        let mut moved = entry();
        moved.subject_kind = Some("a".to_owned());
        let mut other = entry();
        other.subject_id = Some("a".to_owned());
        assert_ne!(canonical(&moved), canonical(&other));
        let mut nothing = entry();
        nothing.ip = Some(String::new());
        let mut null = entry();
        null.ip = None;
        assert_ne!(canonical(&nothing), canonical(&null));
    }
}
