//! A PNG writer just large enough to draw avatars and covers: clients sniff
//! image bytes, so the stand-in has to serve real ones.

/// Draws a square identicon: a mirrored five by five pattern in a colour, both
/// taken from `seed`.
pub(crate) fn identicon(seed: &[u8; 32], side: u32) -> Vec<u8> {
    let tint = |shift: u8, byte: u8| shift + byte % 80;
    let background = [tint(176, seed[0]), tint(176, seed[1]), tint(176, seed[2])];
    let ink = [tint(20, seed[3]), tint(20, seed[4]), tint(60, seed[5])];
    let cell_is_inked = |column: u32, row: u32| {
        let mirrored = column.min(4 - column);
        let bit = (row * 3 + mirrored) as usize;
        seed[6 + bit / 8] >> (bit % 8) & 1 == 1
    };
    // One cell of margin on every side of the pattern.
    let cell = (side / 7).max(1);
    let inked = |x: u32, y: u32| {
        let (column, row) = (x / cell, y / cell);
        (1..6).contains(&column) && (1..6).contains(&row) && cell_is_inked(column - 1, row - 1)
    };

    let mut rows = Vec::new();
    for y in 0..side {
        rows.push(0); // Each row is stored without a filter.
        for first in (0..side).step_by(8) {
            let byte = (0..8).fold(0u8, |byte, bit| {
                let x = first + bit;
                byte << 1 | u8::from(x < side && inked(x, y))
            });
            rows.push(byte);
        }
    }
    encode(side, [background, ink], &rows)
}

/// Encodes rows of one-bit pixels with a palette of two colours.
fn encode(side: u32, palette: [[u8; 3]; 2], rows: &[u8]) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend(side.to_be_bytes());
    header.extend(side.to_be_bytes());
    header.extend([1, 3, 0, 0, 0]); // One bit per pixel, palette colours.

    let mut png = vec![0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
    chunk(&mut png, *b"IHDR", &header);
    chunk(&mut png, *b"PLTE", palette.as_flattened());
    chunk(&mut png, *b"IDAT", &stored(rows));
    chunk(&mut png, *b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], body: &[u8]) {
    // A chunk is at most one small drawing, far below four gigabytes.
    png.extend((body.len() as u32).to_be_bytes());
    let checked_from = png.len();
    png.extend(kind);
    png.extend(body);
    let sum = crc32(&png[checked_from..]);
    png.extend(sum.to_be_bytes());
}

/// A zlib stream of uncompressed blocks.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = bytes.chunks(usize::from(u16::MAX)).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(adler32(bytes).to_be_bytes());
    stream
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    })
}

fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_match_the_published_vectors() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }
}
