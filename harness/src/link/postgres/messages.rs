//! PostgreSQL's messages, as far as a link must read and write them (protocol 3.0, chapter 55 of
//! its manual).

use bytes::{BufMut, Bytes, BytesMut};

use crate::link::failure::Failure;
use crate::link::frames::Malformed;

/// Codes with which a client begins that wants no session yet.
pub(super) const SSL_REQUEST: u32 = 80_877_103;
pub(super) const GSS_REQUEST: u32 = 80_877_104;
pub(super) const CANCEL_REQUEST: u32 = 80_877_102;

/// The longest start of a session that PostgreSQL itself reads.
const STARTUP_MAX: u32 = 10_000;
/// The longest message that it reads.
const MESSAGE_MAX: u32 = 0x3fff_ffff;

/// How long the first messages of a client are: a length and no tag.
pub(super) fn startup_length(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    length_at(bytes, 0, 8..=STARTUP_MAX)
}

/// How long all other messages are: a tag and a length that does not count it.
pub(super) fn tagged_length(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    match bytes.first() {
        Some(tag) if !tag.is_ascii_alphanumeric() => Err(Malformed),
        _ => Ok(length_at(bytes, 1, 4..=MESSAGE_MAX)?.map(|length| length + 1)),
    }
}

fn length_at(
    bytes: &[u8],
    at: usize,
    usual: std::ops::RangeInclusive<u32>,
) -> Result<Option<usize>, Malformed> {
    let Some(length) = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>) else {
        return Ok(None);
    };
    let length = u32::from_be_bytes(*length);
    if !usual.contains(&length) {
        return Err(Malformed);
    }
    usize::try_from(length).map(Some).map_err(|_| Malformed)
}

/// What a client wants that begins with this message.
pub(super) fn startup_code(message: &[u8]) -> u32 {
    let code = message.get(4..).and_then(<[u8]>::first_chunk::<4>);
    code.map_or(0, |code| u32::from_be_bytes(*code))
}

/// A parameter of the start of a session.
pub(super) fn startup_parameter(message: &[u8], name: &str) -> Option<String> {
    let mut texts = message.get(8..)?.split(|byte| *byte == 0);
    while let (Some(known), Some(value)) = (texts.next(), texts.next()) {
        if known == name.as_bytes() {
            return Some(String::from_utf8_lossy(value).into_owned());
        }
    }
    None
}

/// What follows tag and length.
pub(super) fn payload(message: &[u8]) -> &[u8] {
    message.get(5..).unwrap_or_default()
}

/// The text with which a payload begins, up to its NUL, and what follows.
pub(super) fn text(payload: &[u8]) -> (&[u8], &[u8]) {
    match payload.iter().position(|byte| *byte == 0) {
        Some(end) => (&payload[..end], &payload[end + 1..]),
        None => (payload, &[]),
    }
}

/// The SQLSTATE of an error.
pub(super) fn sqlstate(message: &[u8]) -> String {
    let mut fields = payload(message).split(|byte| *byte == 0);
    let code = fields.find_map(|field| field.strip_prefix(b"C"));
    String::from_utf8_lossy(code.unwrap_or(b"XX000")).into_owned()
}

/// An error that ends the session.
pub(super) fn fatal(code: &str, failure: Failure) -> Bytes {
    let message = failure.message();
    let fields = [
        "SFATAL",
        "VFATAL",
        &format!("C{code}"),
        &format!("M{message}"),
    ];
    let body: Vec<u8> = fields
        .iter()
        .flat_map(|field| field.bytes().chain([0]))
        .collect();
    message_of(b'E', &[&body, &[0]])
}

/// A message of this tag.
pub(super) fn message_of(tag: u8, parts: &[&[u8]]) -> Bytes {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut message = BytesMut::with_capacity(length + 5);
    message.put_u8(tag);
    message.put_u32(u32::try_from(length + 4).expect("our own messages are short"));
    parts
        .iter()
        .for_each(|part| message.extend_from_slice(part));
    message.freeze()
}

/// A statement that fails with this error, so that the server's transaction fails as it would have.
fn raising(failure: Failure) -> String {
    let (code, message) = (failure.sqlstate(), failure.message());
    let raise = format!("RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = '{message}'");
    format!("DO $keywheel$ BEGIN {raise}; END $keywheel$\0")
}

/// The same as a simple query.
pub(super) fn raising_query(failure: Failure) -> Bytes {
    message_of(b'Q', &[raising(failure).as_bytes()])
}

/// The same in the extended protocol, up to its execution.
pub(super) fn raising_execution(failure: Failure) -> Bytes {
    let parse = message_of(b'P', &[b"\0", raising(failure).as_bytes(), &[0, 0]]);
    let bind = message_of(b'B', &[b"\0\0", &[0; 6]]);
    let execute = message_of(b'E', &[b"\0", &[0; 4]]);
    [parse, bind, execute].concat().into()
}

/// The end of a batch.
pub(super) fn sync() -> Bytes {
    message_of(b'S', &[])
}
