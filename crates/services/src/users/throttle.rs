//! How often somebody may try: counted for each address that is typed and for each network address that it
//! comes from, in the database, so that it holds over all processes.
//!
//! The count is of tries that failed. It does not depend on whether there is such a user, so it tells
//! nothing; and whoever is kept out by somebody else's tries still comes in by a link for a new password.

use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};
use db::models::budget;
use sha2::{Digest, Sha256};

use crate::actor::Origin;
use crate::{ServiceError, ServiceResult, Services};

/// A thing that may be tried so often.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    deed: &'static str,
    /// For each address that is typed.
    per_address: u32,
    /// For each network address.
    per_network: u32,
    minutes: i64,
}

/// Signing in.
pub(super) const SIGN_INS: Limit = Limit {
    deed: "sign-in",
    per_address: 10,
    per_network: 60,
    minutes: 15,
};

/// Giving the present password while signed in.
pub(super) const PRESENT_PASSWORDS: Limit = Limit {
    deed: "present-password",
    per_address: 10,
    per_network: 60,
    minutes: 15,
};

/// Asking for a link by which a new password is chosen.
pub(super) const RESETS: Limit = Limit {
    deed: "reset",
    per_address: 3,
    per_network: 30,
    minutes: 60,
};

/// What a try has spent.
#[derive(Debug)]
pub(super) struct Tries {
    keys: Vec<String>,
    at: DateTime<Utc>,
}

impl Services {
    /// Counts a try.
    ///
    /// # Errors
    /// When there were too many: who tries is told when the next one is free.
    pub(super) async fn count_try(
        &self,
        limit: &Limit,
        email: &str,
        origin: &Origin,
    ) -> ServiceResult<Tries> {
        let now = self.clock.now();
        let window = Duration::minutes(limit.minutes);
        let mut conn = self.conn().await?;
        let mut keys = Vec::new();
        let network = origin.ip.as_deref().map(network);
        let of_network = network.map(|network| {
            let key = format!("{}/network/{network}", limit.deed);
            (key, limit.per_network)
        });
        let of_address = (
            format!("{}/address/{}", limit.deed, hidden(email)),
            limit.per_address,
        );
        for (key, most) in of_network.into_iter().chain([of_address]) {
            if let Some(free_at) = budget::take(&mut conn, &key, most, window, now).await? {
                return Err(too_often(free_at - now));
            }
            keys.push(key);
        }
        Ok(Tries { keys, at: now })
    }

    /// A try that succeeded does not count.
    pub(super) async fn forget_try(
        &self,
        conn: &mut db::Connection,
        tries: Tries,
    ) -> ServiceResult<()> {
        for key in &tries.keys {
            budget::give_back(conn, key, tries.at).await?;
        }
        Ok(())
    }
}

fn too_often(wait: Duration) -> ServiceError {
    let minutes = (wait.num_seconds() + 59) / 60;
    let plural = if minutes == 1 { "" } else { "s" };
    ServiceError::TooOften(format!(
        "That was tried too often. Wait {minutes} minute{plural}, then try again."
    ))
}

/// What was typed is counted, not kept: people type passwords into the wrong field.
fn hidden(email: &str) -> String {
    hex::encode(Sha256::digest(email.trim().to_lowercase().as_bytes()))
}

/// Whoever has one address of the newer kind has as many as they like of the same network.
fn network(ip: &str) -> String {
    match ip.parse() {
        Ok(IpAddr::V6(ip)) if ip.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(IpAddr::V6(ip)) => ip
            .to_ipv4_mapped()
            .map_or_else(|| ip.to_string(), |ip| ip.to_string()),
        _ => ip.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn a_home_is_one_network_whichever_of_its_addresses_is_used() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("2001:db8:1:2:ffff::1"), "2001:db8:1:2::/64");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
