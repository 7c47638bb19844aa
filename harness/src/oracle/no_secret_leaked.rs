//! No key appears in a log, an error or a description [I10].
//!
//! A taint search: every key that the world ever had, in plain, base64 (at each of the three
//! offsets) and hexadecimal form. A key has no character that percent- or JSON-escaping changes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use keywheel_emulator::ids::ApiKeyId;

use super::Entry;

pub(super) const ENTRY: Entry = Entry {
    name: "no-secret-leaked",
    demand: "no key appears in a log, an error or a description, in plain or encoded",
    is_safety: true,
};

/// The forms in which each key would be found.
#[derive(Clone, Debug, Default)]
pub(super) struct Taints(Vec<(String, Vec<String>)>);

impl Taints {
    pub(super) fn add(&mut self, key: &ApiKeyId) {
        self.0.push((key.expose().to_owned(), forms(key.expose())));
    }

    /// The first key that the text contains in any form.
    pub(super) fn found_in(&self, text: &str) -> Option<String> {
        let holds = |forms: &Vec<String>| forms.iter().any(|form| text.contains(form.as_str()));
        self.0
            .iter()
            .find(|(_, forms)| holds(forms))
            .map(|(key, _)| key.clone())
    }
}

fn forms(key: &str) -> Vec<String> {
    // Without the prefix, so that a key split from it is found too.
    let core = key.strip_prefix("da2-").unwrap_or(key);
    let mut forms = vec![core.to_owned()];
    forms.extend((0..3).map(|offset| base64_core(key, offset)));
    forms.push(core.bytes().map(|byte| format!("{byte:02x}")).collect());
    forms
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
        ] {
            assert_eq!(taints().found_in(&text).as_deref(), Some(KEY), "{text}");
        }
    }

    #[test]
    fn a_fingerprint_is_not_a_key() {
        assert_eq!(
            taints().found_in("fingerprint 3f2a91bc of da2-….wxy4"),
            None
        );
    }
}
