//! Values on their way into an address.

/// A value as it stands in the query of an address.
#[must_use]
pub fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::percent_encode;

    #[test]
    fn a_file_name_survives_an_address() {
        assert_eq!(percent_encode("clip_1.mp4"), "clip_1.mp4");
        assert_eq!(
            percent_encode("Brötchen & Co.mov"),
            "Br%C3%B6tchen%20%26%20Co.mov"
        );
    }
}
