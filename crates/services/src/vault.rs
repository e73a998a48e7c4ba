//! The vault: the only code that touches keys.
//!
//! XChaCha20-Poly1305 with a random 24-byte nonce. The ciphertext names its key, and the associated
//! data binds it to its row and column, so that a sealed token copied elsewhere does not open.

use std::fmt;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::Rng;
use secrecy::{ExposeSecret, SecretString};

const FORMAT: u8 = 1;
const NONCE: usize = 24;
const KEY: usize = 32;

/// Several keys: the first seals, all open.
pub struct Vault {
    keys: Vec<(String, XChaCha20Poly1305)>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|(id, _)| id))
            .finish()
    }
}

/// Why a vault cannot be made, or a secret not opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The keys are not written as they should be.
    #[error(
        "AUTOPOST_KEYS holds no usable key: write `id:key`, several separated by commas, each key 32 bytes in base64. `autopost keys generate` prints one."
    )]
    Keys,
    /// The key file is open to others.
    #[error("{0} can be read by other users. Run: chmod 600 {0}")]
    Permissions(String),
    /// The key file cannot be read or made.
    #[error("the key file {0}: {1}")]
    File(String, std::io::Error),
    /// The ciphertext was sealed by a key that is not here.
    #[error("sealed by the key “{0}”, which is not in AUTOPOST_KEYS")]
    UnknownKey(String),
    /// The ciphertext is not what was sealed, or belongs elsewhere.
    #[error("a sealed value does not open: it was changed, or belongs to another row")]
    Tampered,
}

impl Vault {
    /// Reads `id:base64,id:base64`.
    ///
    /// # Errors
    /// When there is no key, or one is not 32 bytes.
    pub fn parse(keys: &SecretString) -> Result<Self, VaultError> {
        let keys = keys
            .expose_secret()
            .split([',', '\n'])
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(|entry| {
                let (id, key) = entry.split_once(':').ok_or(VaultError::Keys)?;
                let bytes = BASE64.decode(key.trim()).map_err(|_| VaultError::Keys)?;
                let fits = !id.is_empty() && id.len() < 64 && bytes.len() == KEY;
                let cipher = XChaCha20Poly1305::new_from_slice(&bytes)
                    .ok()
                    .filter(|_| fits)
                    .ok_or(VaultError::Keys)?;
                Ok((id.to_owned(), cipher))
            })
            .collect::<Result<Vec<_>, VaultError>>()?;
        if keys.is_empty() {
            Err(VaultError::Keys)
        } else {
            Ok(Self { keys })
        }
    }

    /// Reads the keys from a file that only we can read; makes one with a new key when there is none.
    ///
    /// # Errors
    /// When the file is open to others, cannot be read, or holds no key.
    pub fn from_file(path: &Path) -> Result<Self, VaultError> {
        let name = || path.display().to_string();
        let failed = |error| VaultError::File(path.display().to_string(), error);
        if !path.exists() {
            let mut file = std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)
                .map_err(failed)?;
            let written = file
                .write_all(generate_key().expose_secret().as_bytes())
                .and_then(|()| file.sync_all());
            written.map_err(failed)?;
        }
        let mode = std::fs::metadata(path)
            .map_err(failed)?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            return Err(VaultError::Permissions(name()));
        }
        Self::parse(&SecretString::from(
            std::fs::read_to_string(path).map_err(failed)?,
        ))
    }

    /// Seals; `place` names the row and column, and is needed again to open.
    ///
    /// # Errors
    /// Only when the cipher refuses a plaintext of more than 256 GiB.
    pub fn seal(&self, plaintext: &[u8], place: &str) -> Result<Vec<u8>, VaultError> {
        let (id, cipher) = self.keys.first().ok_or(VaultError::Keys)?;
        let mut nonce = [0_u8; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload {
            msg: plaintext,
            aad: place.as_bytes(),
        };
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| VaultError::Tampered)?;
        let id_length = u8::try_from(id.len()).map_err(|_| VaultError::Keys)?;
        Ok([&[FORMAT, id_length], id.as_bytes(), &nonce, &sealed].concat())
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// When the key is not here, or the ciphertext was changed or belongs elsewhere.
    pub fn open(&self, sealed: &[u8], place: &str) -> Result<Vec<u8>, VaultError> {
        let (key_id, rest) = split_key_id(sealed).ok_or(VaultError::Tampered)?;
        let (nonce, ciphertext) = rest.split_at_checked(NONCE).ok_or(VaultError::Tampered)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| VaultError::Tampered)?;
        let (_, cipher) = self
            .keys
            .iter()
            .find(|(id, _)| id == key_id)
            .ok_or_else(|| VaultError::UnknownKey(key_id.to_owned()))?;
        cipher
            .decrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: ciphertext,
                    aad: place.as_bytes(),
                },
            )
            .map_err(|_| VaultError::Tampered)
    }

    /// Seals a token.
    ///
    /// # Errors
    /// As [`Self::seal`].
    pub fn seal_secret(&self, secret: &SecretString, place: &str) -> Result<Vec<u8>, VaultError> {
        self.seal(secret.expose_secret().as_bytes(), place)
    }

    /// Opens a token.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_secret(&self, sealed: &[u8], place: &str) -> Result<SecretString, VaultError> {
        let text =
            String::from_utf8(self.open(sealed, place)?).map_err(|_| VaultError::Tampered)?;
        Ok(SecretString::from(text))
    }

    /// Whether this was sealed by the key that seals now.
    #[must_use]
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        let current = self.keys.first().map(|(id, _)| id.as_str());
        current.is_some() && split_key_id(sealed).map(|(id, _)| id) == current
    }
}

/// A new key in the form that AUTOPOST_KEYS takes.
#[must_use]
pub fn generate_key() -> SecretString {
    let mut key = [0_u8; KEY];
    rand::rng().fill_bytes(&mut key);
    let mut id = [0_u8; 4];
    rand::rng().fill_bytes(&mut id);
    SecretString::from(format!("k{}:{}", hex::encode(id), BASE64.encode(key)))
}

fn split_key_id(sealed: &[u8]) -> Option<(&str, &[u8])> {
    let (head, rest) = sealed.split_at_checked(2)?;
    if head[0] != FORMAT {
        return None;
    }
    let (id, rest) = rest.split_at_checked(usize::from(head[1]))?;
    Some((std::str::from_utf8(id).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::{Vault, VaultError, generate_key};
    use secrecy::{ExposeSecret, SecretString};

    fn vault() -> Vault {
        Vault::parse(&generate_key()).expect("a generated key")
    }

    #[test]
    fn what_was_sealed_opens_in_its_place_and_nowhere_else() {
        let vault = vault();
        let sealed = vault
            .seal(b"act.secret", "connections/1/access_token")
            .expect("sealed");
        assert!(!sealed.windows(10).any(|window| window == b"act.secret"));
        assert_eq!(
            vault
                .open(&sealed, "connections/1/access_token")
                .expect("opened"),
            b"act.secret"
        );
        assert!(matches!(
            vault.open(&sealed, "connections/2/access_token"),
            Err(VaultError::Tampered)
        ));
        assert!(matches!(
            vault.open(&sealed, "connections/1/refresh_token"),
            Err(VaultError::Tampered)
        ));
    }

    #[test]
    fn any_changed_byte_is_noticed() {
        let vault = vault();
        let sealed = vault.seal(b"act.secret", "here").expect("sealed");
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(vault.open(&changed, "here").is_err(), "byte {index}");
            assert!(
                vault.open(&sealed[..index], "here").is_err(),
                "cut at {index}"
            );
        }
    }

    #[test]
    fn the_same_secret_never_looks_the_same() {
        let vault = vault();
        assert_ne!(
            vault.seal(b"a", "here").expect("sealed"),
            vault.seal(b"a", "here").expect("sealed")
        );
    }

    #[test]
    fn the_first_key_seals_and_all_open() {
        let (old, new) = (generate_key(), generate_key());
        let before = Vault::parse(&old).expect("old");
        let sealed = before.seal(b"a", "here").expect("sealed");
        let both = SecretString::from(format!("{},{}", new.expose_secret(), old.expose_secret()));
        let both = Vault::parse(&both).expect("both");
        assert_eq!(both.open(&sealed, "here").expect("opened"), b"a");
        assert!(!both.is_current(&sealed));
        assert!(both.is_current(&both.seal(b"a", "here").expect("sealed")));
        assert!(matches!(
            Vault::parse(&new).expect("new").open(&sealed, "here"),
            Err(VaultError::UnknownKey(_))
        ));
    }

    #[test]
    fn keys_that_will_not_do_are_refused() {
        for keys in [
            "",
            "k1",
            "k1:",
            "k1:c2hvcnQ=",
            ":AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ] {
            assert!(
                Vault::parse(&SecretString::from(keys.to_owned())).is_err(),
                "{keys}"
            );
        }
    }

    #[test]
    fn a_key_file_is_made_for_us_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys");
        let sealed = Vault::from_file(&path)
            .expect("made")
            .seal(b"a", "here")
            .expect("sealed");
        assert_eq!(
            std::fs::metadata(&path)
                .expect("there")
                .permissions()
                .mode()
                & 0o777,
            0o600
        );
        assert_eq!(
            Vault::from_file(&path)
                .expect("read")
                .open(&sealed, "here")
                .expect("opened"),
            b"a"
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("changed");
        assert!(matches!(
            Vault::from_file(&path),
            Err(VaultError::Permissions(_))
        ));
    }
}
