//! No key or password appears in a log, an error or a description [I10].
//!
//! A taint search: every key that the world ever had and every other secret of a run, in plain,
//! base64 (at each of the three offsets), hexadecimal, percent- and JSON-escaped form, and halves
//! of it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use data_encoding::{Encoding, HEXLOWER, HEXUPPER};
use keywheel_emulator::ids::ApiKeyId;
use memchr::memmem::Finder;

use crate::history::Names;
use crate::scenario::OracleId;

use super::{Complaint, Kind, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::NoSecretLeaked,
    demand: "no key, password, rotation token or credential appears in a log, an error, a metric or a description",
    when: When::Asked,
};

/// A secret that others can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// Where.
    pub place: Place,
    /// What.
    pub secret: Found,
}

/// Where others read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The description of a key.
    Description,
    /// An error that the function answered with.
    Error,
    /// The function's log.
    Log,
    /// What the function printed.
    Output,
    /// The emulator's journal.
    Journal,
}

impl Place {
    const fn word(self) -> &'static str {
        match self {
            Self::Description => "description",
            Self::Error => "error",
            Self::Log => "log",
            Self::Output => "output",
            Self::Journal => "journal",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = match self {
            Self::Description => "a key's",
            Self::Journal => "the emulator's",
            Self::Error | Self::Log | Self::Output => "the function's",
        };
        write!(f, "{whose} {}", self.word())
    }
}

impl Complaint for Leak {
    fn kind(&self) -> Kind {
        let kind = match &self.secret {
            Found::Key(_) => "key",
            Found::Other(_) => "other-secret",
            Found::Arn => "arn",
        };
        Kind::about(kind, self.place.word())
    }

    fn describe(&self, names: &Names) -> String {
        let place = self.place;
        match &self.secret {
            Found::Key(key) => format!("{place} contains the key {}", names.key(key.expose())),
            Found::Other(what) => format!("{place} contains {what}"),
            Found::Arn => format!("{place} names an ARN"),
        }
    }
}

/// What was found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A key, or a password.
    Key(ApiKeyId),
    /// Another secret, by what it is.
    Other(&'static str),
    /// The name of something in an account, where others than its owners read.
    Arn,
}

/// The forms in which each secret would be found.
#[derive(Clone, Debug, Default)]
pub(super) struct Taints {
    keys: Vec<(ApiKeyId, Vec<Finder<'static>>)>,
    others: Vec<(&'static str, Finder<'static>)>,
}

impl Taints {
    pub(super) fn add(&mut self, key: &ApiKeyId) {
        let forms = forms(key.expose());
        let finders = forms.iter().map(|form| Finder::new(form).into_owned());
        self.keys.push((key.clone(), finders.collect()));
    }

    /// Adds a secret that is no key.
    pub(super) fn add_other(&mut self, what: &'static str, secret: &str) {
        let is_known = |(_, form): &(&str, Finder<'_>)| form.needle() == secret.as_bytes();
        if !self.others.iter().any(is_known) {
            self.others.push((what, Finder::new(secret).into_owned()));
        }
    }

    /// The first secret that the text contains in any form.
    pub(super) fn found_in(&self, text: &str) -> Option<Found> {
        let holds = |form: &Finder<'_>| form.find(text.as_bytes()).is_some();
        let key = self.keys.iter().find(|(_, forms)| forms.iter().any(holds));
        let other = || self.others.iter().find(|(_, form)| holds(form));
        let key = key.map(|(key, _)| Found::Key(key.clone()));
        key.or_else(|| other().map(|(what, _)| Found::Other(what)))
    }
}

/// A text with every key and password of a run taken out of it, in whatever form it is there: what
/// stands around them tells how they got there.
pub(crate) fn redacted(text: &str, names: &Names) -> String {
    let mut redacted = names.masked(text);
    for (key, name) in names.keys() {
        let mut forms = forms(key);
        // The longest first, or a part of one would be all that is taken out.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        for form in forms {
            if redacted.contains(&form) {
                redacted = redacted.replace(&form, &format!("<part of {name}>"));
            }
        }
    }
    redacted
}

/// Does a text hold a key of a run in any form?
pub(crate) fn shows_a_key(text: &str, names: &Names) -> bool {
    let mut taints = Taints::default();
    for (key, _) in names.keys() {
        taints.add(&ApiKeyId::new(key));
    }
    taints.found_in(text).is_some()
}

fn forms(key: &str) -> Vec<String> {
    // Without the prefix, so that a key split from it is found too; each half, so that one which
    // is cut is. Half of a key is longer than any fingerprint.
    let core = key.strip_prefix("da2-").unwrap_or(key);
    let middle = core.len() / 2;
    // Half of a short password would be found by chance.
    let is_halved = core.len() >= 24 && core.is_char_boundary(middle);
    let halves = match is_halved {
        true => vec![core[..middle].to_owned(), core[middle..].to_owned()],
        false => vec![core.to_owned()],
    };
    let mut forms = halves;
    forms.extend((0..3).map(|offset| base64_core(key, offset)));
    forms.push(HEXLOWER.encode(core.as_bytes()));
    forms.push(escaped(core, "%", &HEXUPPER));
    forms.push(escaped(core, "\\u00", &HEXLOWER));
    forms
}

/// Every byte of a text as an escape: what begins it, and two digits.
fn escaped(text: &str, begin: &str, digits: &Encoding) -> String {
    let mut escaped = String::with_capacity(text.len() * (begin.len() + 2));
    for byte in text.bytes() {
        escaped.push_str(begin);
        digits.encode_append(&[byte], &mut escaped);
    }
    escaped
}

/// The characters that the key's base64 form has wherever it begins in the encoded text.
fn base64_core(key: &str, offset: usize) -> String {
    let text = format!("{}{key}", &"\0\0\0"[..offset]);
    let encoded = STANDARD_NO_PAD.encode(text);
    // The first and the last quantum may hold bits of the neighbours.
    encoded[if offset == 0 { 0 } else { 4 }..encoded.len() - 4].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "da2-abcdefghijklmnopqrstuvwxy4";

    fn taints() -> Taints {
        let mut taints = Taints::default();
        taints.add(&ApiKeyId::new(KEY));
        taints
    }

    #[test]
    fn a_key_is_found_in_every_form() {
        let json = format!(r#"{{"APIKEY":"{KEY}"}}"#);
        for text in [
            format!("failed for {KEY}"),
            format!("id={}", &KEY[4..]),
            STANDARD_NO_PAD.encode(&json),
            STANDARD_NO_PAD.encode(format!("x{json}")),
            STANDARD_NO_PAD.encode(format!("xy{json}")),
            KEY[4..].bytes().map(|byte| format!("{byte:02x}")).collect(),
            KEY[4..]
                .bytes()
                .map(|byte| format!("%{byte:02X}"))
                .collect(),
            KEY[4..]
                .bytes()
                .map(|byte| format!("\\u{byte:04x}"))
                .collect(),
            format!("the first half {}", &KEY[..17]),
            format!("{} the second half", &KEY[17..]),
        ] {
            assert!(
                matches!(taints().found_in(&text), Some(Found::Key(key)) if key.expose() == KEY),
                "{text}"
            );
        }
    }

    #[test]
    fn what_stands_around_a_secret_is_left() {
        let mut names = Names::default();
        names.name_key(&ApiKeyId::new(KEY), "k0");
        let encoded = STANDARD_NO_PAD.encode(KEY);
        let text = format!("Traceback: login with {KEY} failed ({encoded}), line 7");
        let redacted = redacted(&text, &names);
        assert!(
            redacted.starts_with("Traceback: login with <k0> failed (<part of k0>"),
            "{redacted}"
        );
        assert!(redacted.ends_with("), line 7"));
        assert!(!shows_a_key(&redacted, &names));
    }

    #[test]
    fn a_fingerprint_is_not_a_key() {
        let found = taints().found_in("fingerprint 3f2a91bc of da2-….wxy4");
        assert!(found.is_none());
    }

    #[test]
    fn another_secret_is_told_by_what_it_is() {
        let mut taints = taints();
        taints.add_other("a rotation token", "5e6b8f9a");
        let found = taints.found_in("token=5e6b8f9a");
        assert!(matches!(found, Some(Found::Other(what)) if what == "a rotation token"));
    }
}
