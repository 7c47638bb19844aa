//! What came over a link and is not its protocol, told with its first bytes.

use std::fmt;

/// Bytes that the protocol of a link does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Garbage {
    /// The protocol that the link speaks.
    pub expected: &'static str,
    /// Who sent them.
    pub from: Side,
    /// The first of them. Only those with which a connection begins, or one byte from its midst:
    /// what comes later may be anybody's secret.
    pub first: Vec<u8>,
}

/// Who is at an end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Who connected.
    Client,
    /// The target.
    Server,
}

/// How many first bytes are told.
const FIRST_MAX: usize = 24;

/// Beginnings by which other protocols are known.
const KNOWN: [(&[u8], &str); 8] = [
    (b"GET ", "HTTP"),
    (b"POST ", "HTTP"),
    (b"PUT ", "HTTP"),
    (b"HEAD ", "HTTP"),
    (b"DELETE ", "HTTP"),
    (b"HTTP/1", "HTTP"),
    (b"SSH-", "SSH"),
    (b"\x16\x03", "TLS"),
];

impl Garbage {
    /// The bytes with which a connection began.
    pub(super) fn at_start(expected: &'static str, from: Side, bytes: &[u8]) -> Self {
        let first = bytes[..bytes.len().min(FIRST_MAX)].to_vec();
        Self {
            expected,
            from,
            first,
        }
    }

    /// A byte in the midst of one.
    pub(super) fn later(expected: &'static str, from: Side, byte: u8) -> Self {
        Self {
            expected,
            from,
            first: vec![byte],
        }
    }

    fn guess(&self) -> Option<&'static str> {
        let known = KNOWN
            .iter()
            .find(|(start, _)| self.first.starts_with(start));
        known.map(|(_, name)| *name)
    }
}

impl fmt::Display for Garbage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = match self.from {
            Side::Client => "the function sends",
            Side::Server => "the target sends",
        };
        let first = self.first.escape_ascii();
        write!(
            f,
            "{who} what is not {} on a link for it: b\"{first}\"",
            self.expected
        )?;
        match self.guess() {
            Some("TLS") => f.write_str(" (TLS: turn it off on the way to the link)"),
            Some(name) => write!(f, " ({name})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn garbage_is_told_with_its_first_bytes_and_what_it_looks_like() {
        let http = Garbage::at_start(
            "PostgreSQL",
            Side::Client,
            b"GET /index.html HTTP/1.1\r\nHost: x",
        );
        let expected = "the function sends what is not PostgreSQL on a link for it: \
                        b\"GET /index.html HTTP/1.1\" (HTTP)";
        assert_eq!(http.to_string(), expected);
        let tls = Garbage::at_start("MySQL", Side::Client, b"\x16\x03\x01").to_string();
        assert!(tls.contains("turn it off"), "{tls}");
        let other = Garbage::later("MySQL", Side::Server, 7).to_string();
        assert!(other.ends_with("b\"\\x07\""), "{other}");
    }
}
