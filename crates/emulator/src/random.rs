//! Everything the emulator makes up. Nothing here guards anything real, so the
//! thread's generator does.

use rand::Rng;

pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// A number of fewer than 2^50, for ids.
pub(crate) fn fifty_bits() -> i64 {
    (u64::from_le_bytes(bytes()) >> 14).cast_signed()
}

/// A token of 2 `N` hexadecimal digits.
pub(crate) fn token<const N: usize>() -> String {
    hex::encode(bytes::<N>())
}
