//! What a server still has to say to one command, packet by packet.

use crate::link::call::Answer;

use super::packets;

/// Where the answer to a command stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// A session: OK, an error, or more of the conversation.
    Session,
    /// One packet, whatever it is.
    Single,
    /// A result: OK, an error, or the number of its columns.
    Result,
    /// So many definitions of columns, then an end of them.
    Columns(u64),
    /// Rows, then an end of them.
    Rows,
    /// A prepared statement.
    Prepared,
    /// So many packets that say nothing to a link.
    Packets(u64),
}

/// What a packet means for the command that it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// More is to come.
    More(Expected),
    /// That was all.
    All(Answer),
}

const OK: u8 = 0x00;
const ERROR: u8 = 0xff;
const END: u8 = 0xfe;
/// An end of rows is shorter than a row can be that begins with the same byte.
const END_MAX: usize = 9;

const MORE_RESULTS: u16 = 0x0008;
const CURSOR: u16 = 0x0040;

impl Expected {
    /// A packet has come.
    pub(super) fn hear(self, payload: &[u8]) -> Heard {
        let first = payload.first().copied().unwrap_or_default();
        let is_end = first == END && payload.len() < END_MAX;
        let may_be_error = !matches!(self, Self::Columns(_) | Self::Packets(_));
        if may_be_error && first == ERROR {
            return Heard::All(Answer::Refused(packets::error(payload)));
        }
        match self {
            Self::Session if first != OK => Heard::More(self),
            Self::Session | Self::Single => done(),
            Self::Result if first == OK => after_result(status_of_ok(payload)),
            Self::Result => match packets::number(payload) {
                Some((columns, _)) => Heard::More(Self::Columns(columns)),
                None => done(),
            },
            Self::Columns(0) if status_of_end(payload) & CURSOR != 0 => done(),
            Self::Columns(0) => Heard::More(Self::Rows),
            Self::Columns(left) => Heard::More(Self::Columns(left - 1)),
            Self::Rows if is_end => after_result(status_of_end(payload)),
            Self::Rows => Heard::More(self),
            Self::Prepared => packets_left(packets_of_prepared(payload)),
            Self::Packets(left) => packets_left(left.saturating_sub(1)),
        }
    }
}

fn done() -> Heard {
    Heard::All(Answer::Done("OK".to_owned()))
}

fn packets_left(left: u64) -> Heard {
    match left {
        0 => done(),
        left => Heard::More(Expected::Packets(left)),
    }
}

fn after_result(status: u16) -> Heard {
    match status & MORE_RESULTS {
        0 => done(),
        _ => Heard::More(Expected::Result),
    }
}

fn status_of_ok(payload: &[u8]) -> u16 {
    let after_rows = payload.get(1..).and_then(packets::number);
    let after_id = after_rows.and_then(|(_, rest)| packets::number(rest));
    after_id.map_or(0, |(_, rest)| u16_at(rest, 0))
}

fn status_of_end(payload: &[u8]) -> u16 {
    u16_at(payload, 3)
}

/// Definitions of parameters and of columns, each list with an end of its own.
fn packets_of_prepared(payload: &[u8]) -> u64 {
    let lists = [u16_at(payload, 5), u16_at(payload, 7)];
    lists
        .into_iter()
        .filter(|length| *length > 0)
        .map(|length| u64::from(length) + 1)
        .sum()
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    let digits = bytes.get(at..).and_then(<[u8]>::first_chunk::<2>);
    digits.map_or(0, |digits| u16::from_le_bytes(*digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of the packets belong to the answer, and what it is.
    fn heard(mut expected: Expected, packets: &[&[u8]]) -> (usize, Option<Answer>) {
        for (at, packet) in packets.iter().enumerate() {
            match expected.hear(packet) {
                Heard::More(more) => expected = more,
                Heard::All(answer) => return (at + 1, Some(answer)),
            }
        }
        (packets.len(), None)
    }

    fn ok() -> Option<Answer> {
        Some(Answer::Done("OK".to_owned()))
    }

    #[test]
    fn a_result_ends_after_its_rows() {
        let end: &[u8] = &[0xfe, 0, 0, 2, 0];
        let rows: [&[u8]; 7] = [
            &[2],
            b"\x03defa",
            b"\x03defb",
            end,
            b"\x011\x012",
            end,
            b"next",
        ];
        assert_eq!(heard(Expected::Result, &rows), (6, ok()));
        let fails: [&[u8]; 4] = [&[1], b"\x03defa", end, &[0xff, 0x15, 4, b'#']];
        assert_eq!(
            heard(Expected::Result, &fails).1,
            Some(Answer::Refused("1045".to_owned()))
        );
    }

    #[test]
    fn several_results_are_one_answer() {
        let more: &[u8] = &[0, 0, 0, 0x0a, 0, 0, 0];
        let last: &[u8] = &[0, 0xfc, 1, 2, 0, 2, 0, 0, 0];
        assert_eq!(heard(Expected::Result, &[more, last, b"next"]), (2, ok()));
    }

    #[test]
    fn rows_of_a_cursor_are_fetched_and_a_prepared_statement_tells_its_columns() {
        let cursor: &[u8] = &[0xfe, 0, 0, 0x42, 0];
        assert_eq!(
            heard(Expected::Result, &[&[1], b"\x03def", cursor]),
            (3, ok())
        );
        let prepared: &[u8] = &[0, 1, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0];
        let five: [&[u8]; 6] = [prepared, b"p", b"end", b"c", b"c", b"end"];
        assert_eq!(heard(Expected::Prepared, &five), (6, ok()));
        assert_eq!(heard(Expected::Prepared, &[&[0; 12]]), (1, ok()));
    }

    #[test]
    fn a_session_begins_with_ok_after_any_conversation() {
        let packets: [&[u8]; 4] = [
            b"\xfemysql_native_password\0salt",
            b"\x01\x04",
            &[0; 7],
            b"x",
        ];
        assert_eq!(heard(Expected::Session, &packets), (3, ok()));
    }
}
