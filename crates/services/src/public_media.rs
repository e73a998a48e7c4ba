//! Addresses at which a platform fetches a file by itself: signed, bound to one file, and good for hours.
//!
//! An address is the file's id and the end of its life, with an HMAC over both by a key of this server.
//! Nothing is stored for it, and nothing but that file is reachable by it.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use db::models::asset;
use domain::AssetId;
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use uuid::Uuid;

use crate::{ServiceError, ServiceResult, Services, server_secrets};

/// How long an address works. TikTok may take an hour to fetch, and begins at once.
const LIFE: Duration = Duration::hours(3);
/// What the key's secret is called.
const KEY: &str = "public_media";
/// What is signed begins with this, so that the key signs nothing else by accident.
const PURPOSE: &[u8] = b"autopost public media 1";
/// The file's id, and seconds.
const PAYLOAD: usize = 16 + 8;

/// A file that is reached without signing in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its media type.
    pub mime: &'static str,
}

impl Services {
    /// An address of this file that works for some hours. A secret: whoever knows it can fetch the file.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn public_address(&self, asset: AssetId) -> ServiceResult<Url> {
        let token = token(
            self.public_media_key().await?,
            asset,
            self.clock.now() + LIFE,
        );
        let path = format!("media/public/{token}");
        self.settings
            .public_url
            .join(&path)
            .map_err(ServiceError::internal)
    }

    /// The file that an address is for.
    ///
    /// # Errors
    /// When the address was not made here, is out of date, or the file is gone: all of these look the same.
    pub async fn public_file(&self, token: &str) -> ServiceResult<PublicFile> {
        let gone = || ServiceError::NotFound("file");
        let key = self.public_media_key().await?;
        let id = asset_of(key, token, self.clock.now()).ok_or_else(gone)?;
        let found = asset::find_any(&mut *self.conn().await?, id).await?;
        let asset = found
            .filter(|asset| asset.deleted_at.is_none())
            .ok_or_else(gone)?;
        Ok(PublicFile {
            path: self.media.original(id),
            mime: asset.format.mime(),
        })
    }

    async fn public_media_key(&self) -> ServiceResult<&hmac::Key> {
        let make = || async {
            let secret = server_secrets::get_or_make(
                &self.db,
                &self.vault,
                self.clock.as_ref(),
                KEY,
                new_key,
            )
            .await?;
            Ok(hmac::Key::new(
                hmac::HMAC_SHA256,
                secret.expose_secret().as_bytes(),
            ))
        };
        self.public_media.get_or_try_init(make).await
    }
}

/// 256 bits of the system's generator.
fn new_key() -> ServiceResult<SecretString> {
    use rand::TryRng;
    let mut bytes = [0_u8; 32];
    rand::rngs::SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(ServiceError::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes).into())
}

fn token(key: &hmac::Key, asset: AssetId, until: DateTime<Utc>) -> String {
    let mut bytes = Vec::with_capacity(PAYLOAD + 32);
    bytes.extend_from_slice(asset.0.as_bytes());
    bytes.extend_from_slice(&until.timestamp().to_be_bytes());
    let tag = hmac::sign(key, &[PURPOSE, &bytes].concat());
    bytes.extend_from_slice(tag.as_ref());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The file that a token names, if it was made by this key and has not ended.
fn asset_of(key: &hmac::Key, token: &str, now: DateTime<Utc>) -> Option<AssetId> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (payload, tag) = bytes.split_at_checked(PAYLOAD)?;
    hmac::verify(key, &[PURPOSE, payload].concat(), tag).ok()?;
    let (id, until) = payload.split_at_checked(16)?;
    let until = i64::from_be_bytes(until.try_into().ok()?);
    (now.timestamp() < until)
        .then(|| Uuid::from_slice(id).ok())
        .flatten()
        .map(AssetId::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes())
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("an instant")
    }

    #[test]
    fn a_token_opens_its_own_file_until_its_end_and_nothing_else() {
        let asset = AssetId::generate();
        let mine = key("a");
        let made = token(&mine, asset, at(60));
        assert_eq!(asset_of(&mine, &made, at(0)), Some(asset));
        assert_eq!(asset_of(&mine, &made, at(59)), Some(asset));
        assert_eq!(asset_of(&mine, &made, at(60)), None, "it has ended");
        assert_eq!(
            asset_of(&key("b"), &made, at(0)),
            None,
            "another server's key"
        );
        for nonsense in [
            "",
            "hello",
            "../../etc/passwd",
            &made[..20],
            &format!("{made}AAAA"),
        ] {
            assert_eq!(asset_of(&mine, nonsense, at(0)), None, "{nonsense}");
        }
    }

    #[test]
    fn no_bit_of_a_token_can_be_changed() {
        let mine = key("a");
        let made = token(&mine, AssetId::generate(), at(60));
        let bytes = URL_SAFE_NO_PAD.decode(&made).expect("bytes");
        for bit in 0..bytes.len() * 8 {
            let mut forged = bytes.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            let forged = URL_SAFE_NO_PAD.encode(forged);
            assert_eq!(asset_of(&mine, &forged, at(0)), None, "bit {bit}");
        }
    }
}
