//! MySQL's and MariaDB's packets, as far as a link must read and write them (the client/server
//! protocol of MySQL's source documentation; MariaDB's knowledge base agrees in what is here).

use bytes::{BufMut, Bytes, BytesMut};

use crate::link::failure::Failure;
use crate::link::frames::Malformed;

/// Length and sequence number.
pub(super) const HEADER: usize = 4;

/// A packet of this length goes on in the next one.
const LONGEST: usize = 0xff_ffff;

/// What a server is not to offer on a link: encryption, compression, and whatever would make its
/// packets of another form. The lower and the upper half of its capabilities.
const NOT_OFFERED: [u16; 2] = [
    // CLIENT_COMPRESS, CLIENT_LOCAL_FILES, CLIENT_SSL
    0x0020 | 0x0080 | 0x0800,
    // CLIENT_DEPRECATE_EOF, CLIENT_OPTIONAL_RESULTSET_METADATA, CLIENT_ZSTD, CLIENT_QUERY_ATTRIBUTES
    0x0100 | 0x0200 | 0x0400 | 0x0800,
];

#[expect(
    clippy::unnecessary_wraps,
    reason = "every length is one; whether it fits is seen later"
)]
pub(super) fn length(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    Ok(bytes
        .first_chunk::<HEADER>()
        .map(|header| payload_length(header) + HEADER))
}

fn payload_length(header: &[u8; HEADER]) -> usize {
    usize::from(header[0]) | usize::from(header[1]) << 8 | usize::from(header[2]) << 16
}

/// Does the next packet belong to this one?
pub(super) fn goes_on(packet: &[u8]) -> bool {
    packet
        .first_chunk::<HEADER>()
        .is_some_and(|header| payload_length(header) == LONGEST)
}

pub(super) fn sequence(packet: &[u8]) -> u8 {
    packet.get(3).copied().unwrap_or_default()
}

pub(super) fn payload(packet: &[u8]) -> &[u8] {
    packet.get(HEADER..).unwrap_or_default()
}

/// A server's greeting without what a link cannot carry; unchanged if it is none that is known.
pub(super) fn without_encryption(greeting: &Bytes) -> Bytes {
    let Some(version_end) = payload(greeting).iter().position(|byte| *byte == 0) else {
        return greeting.clone();
    };
    // After the version: thread id (4), first part of the salt (8), a filler (1), the lower half of
    // the capabilities (2), charset (1), status (2), the upper half (2), a length (1), 10 reserved
    // bytes, of which the last 4 are MariaDB's own capabilities.
    let lower = HEADER + version_end + 14;
    let mut changed = BytesMut::from(&greeting[..]);
    for (at, mask) in [lower, lower + 5].into_iter().zip(NOT_OFFERED) {
        if let Some(place) = changed.get_mut(at..at + 2) {
            let offered = u16::from_le_bytes([place[0], place[1]]) & !mask;
            place.copy_from_slice(&offered.to_le_bytes());
        }
    }
    if let Some(place) = changed.get_mut(lower + 14..lower + 18) {
        place.fill(0);
    }
    changed.freeze()
}

/// The user of a client's answer to the greeting.
pub(super) fn user(packet: &[u8]) -> Result<String, Malformed> {
    let text = payload(packet).get(32..).ok_or(Malformed)?;
    let end = text
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(text.len());
    Ok(String::from_utf8_lossy(&text[..end]).into_owned())
}

/// The error in a packet that is one.
pub(super) fn error(payload: &[u8]) -> String {
    let number = payload
        .get(1..3)
        .map_or(0, |n| u16::from_le_bytes([n[0], n[1]]));
    number.to_string()
}

/// A packet with an error.
pub(super) fn refusal(failure: Failure, sequence: u8) -> Bytes {
    let (number, state) = failure.mysql();
    let message = failure.message();
    let length = u8::try_from(9 + message.len()).expect("our own messages are short");
    let mut packet = BytesMut::new();
    packet.extend_from_slice(&[length, 0, 0, sequence, 0xff]);
    packet.put_u16_le(number);
    packet.put_u8(b'#');
    packet.extend_from_slice(state.as_bytes());
    packet.extend_from_slice(message.as_bytes());
    packet.freeze()
}

/// A length-encoded number and what follows it.
pub(super) fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let length = match first {
        0..=0xfa => return Some((u64::from(*first), rest)),
        0xfc => 2,
        0xfd => 3,
        0xfe => 8,
        _ => return None,
    };
    let (digits, rest) = rest.split_at_checked(length)?;
    let number = digits
        .iter()
        .rev()
        .fold(0, |number, digit| number << 8 | u64::from(*digit));
    Some((number, rest))
}
