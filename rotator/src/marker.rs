//! The marker: what the rotator writes into the description of each key it makes.
//!
//! `<prefix>|<owner>|<version id>|<unix seconds>`, then free text after a space. AppSync keeps no
//! creation time and takes no client token (service model 2017-07-25), so the marker is the only
//! way to find a key again whose CreateApiKey answer was lost, and to tell our keys from others'.

use sha2::{Digest, Sha256};
use std::fmt;

/// The prefix of markers unless the settings name another one.
pub const DEFAULT_PREFIX: &str = "smrot1";

/// Who owns a key: the first 16 hexadecimal digits of the SHA-256 of the secret's ARN.
///
/// A digest, since whoever may list keys need not learn account ids and secret names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner(String);

impl Owner {
    /// The owner that stands for the secret with this full ARN.
    pub fn of(secret_arn: &str) -> Self {
        let digest = Sha256::digest(secret_arn.as_bytes());
        Self(
            digest[..8]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }
}

/// A parsed marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// The secret the key was made for.
    pub owner: Owner,
    /// The version id (ClientRequestToken) the key was made for.
    pub version: String,
    /// When the key was made, in unix seconds by the clock of whoever made it.
    pub created: i64,
}

impl Marker {
    /// Reads the marker at the start of a key's description; `None` marks a foreign key.
    pub fn parse(description: &str, prefix: &str) -> Option<Self> {
        let marker = description.split(' ').next()?;
        let (head, created) = marker.rsplit_once('|')?;
        let (owner, version) = head
            .strip_prefix(prefix)?
            .strip_prefix('|')?
            .split_once('|')?;
        if !is_owner(owner) || version.is_empty() {
            return None;
        }
        Some(Self {
            owner: Owner(owner.to_owned()),
            version: version.to_owned(),
            created: created.parse().ok()?,
        })
    }

    /// The description to give a key, without human text.
    pub fn describe(&self, prefix: &str) -> String {
        format!("{prefix}|{self}")
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}|{}", self.owner.0, self.version, self.created)
    }
}

fn is_owner(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/key-AbCdEf";
    const VERSION: &str = "9b6ec4b0-6e7a-4a5c-9c1a-0d7e6f1a2b3c";

    fn marker() -> Marker {
        Marker {
            owner: Owner::of(ARN),
            version: VERSION.into(),
            created: 1_790_000_000,
        }
    }

    #[test]
    fn a_marker_names_no_account_and_no_secret() {
        let text = marker().describe(DEFAULT_PREFIX);
        assert_eq!(text.len(), 71);
        assert!(!text.contains("111122223333") && !text.contains("shop"));
    }

    #[test]
    fn human_text_may_follow() {
        let text = format!(
            "{} kept by the shop team | 3",
            marker().describe(DEFAULT_PREFIX)
        );
        assert_eq!(Marker::parse(&text, DEFAULT_PREFIX), Some(marker()));
    }

    #[test]
    fn anything_else_is_foreign() {
        let ours = marker().describe(DEFAULT_PREFIX);
        for foreign in [
            "",
            "mobile-app",
            "smrot1",
            "smrot1|zz|v|1",
            "smrot1|0123|v|1",
            "smrot1|0123456789abcdeg|v|1",
            "smrot1|0123456789abcdef|v|x",
            "smrot1|0123456789abcdef||1",
            &ours.replace("smrot1", "smrot12"),
            &format!(" {ours}"),
        ] {
            assert_eq!(Marker::parse(foreign, DEFAULT_PREFIX), None, "{foreign}");
        }
    }

    #[test]
    fn secrets_with_other_arns_have_other_owners() {
        assert_ne!(Owner::of(ARN), Owner::of(&format!("{ARN}x")));
    }

    proptest! {
        #[test]
        fn round_trip(arn in ".{1,80}", version in "[!-~]{1,64}", created in any::<i64>()) {
            prop_assume!(!version.starts_with('|') || version.len() > 1);
            let marker = Marker { owner: Owner::of(&arn), version, created };
            let text = marker.describe(DEFAULT_PREFIX);
            prop_assert_eq!(Marker::parse(&text, DEFAULT_PREFIX), Some(marker));
        }

        #[test]
        fn parsing_never_panics(text in ".{0,120}") {
            let _ = Marker::parse(&text, DEFAULT_PREFIX);
        }
    }
}
