//! Reads the kind and size of a photo from its first bytes.

/// What a photo's bytes say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Photo {
    pub(crate) content_type: &'static str,
    pub(crate) extension: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Recognises JPEG and WebP; anything else is `None`.
pub(crate) fn sniff(bytes: &[u8]) -> Option<Photo> {
    if let Some((width, height)) = jpeg_size(bytes) {
        return Some(Photo {
            content_type: "image/jpeg",
            extension: "jpg",
            width,
            height,
        });
    }
    let (width, height) = webp_size(bytes)?;
    Some(Photo {
        content_type: "image/webp",
        extension: "webp",
        width,
        height,
    })
}

fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let [0xff, marker, ..] = rest else {
            return None;
        };
        // Start-of-frame markers carry the size; C4, C8 and CC are others.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let height = be16(rest, 5)?;
            let width = be16(rest, 7)?;
            return Some((width, height));
        }
        let length = usize::try_from(be16(rest, 2)?).ok()?;
        rest = rest.get(2 + length..)?;
    }
}

fn webp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.get(0..4)? != b"RIFF" || bytes.get(8..12)? != b"WEBP" {
        return None;
    }
    match bytes.get(12..16)? {
        b"VP8 " => Some((le16(bytes, 26)? & 0x3fff, le16(bytes, 28)? & 0x3fff)),
        b"VP8L" => {
            let packed = le16(bytes, 21)? | le16(bytes, 23)? << 16;
            Some(((packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => {
            let le24 = |at: usize| Some(le16(bytes, at)? | u32::from(*bytes.get(at + 2)?) << 16);
            Some((le24(24)? + 1, le24(27)? + 1))
        }
        _ => None,
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(*bytes.get(at)?) << 8 | u32::from(*bytes.get(at + 1)?))
}

fn le16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(*bytes.get(at + 1)?) << 8 | u32::from(*bytes.get(at)?))
}
