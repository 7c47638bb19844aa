//! The marker: what a rotator writes into the description of a key, to know it again.

/// A marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marker {
    /// Whose key it is: a hash of the secret's ARN.
    pub(super) owner: String,
    /// The version that it was made for.
    pub(super) version: String,
    /// When, in seconds since the epoch.
    pub(super) made: i64,
}

const PREFIX: &str = "plain|";

impl Marker {
    /// The marker in a key's description, if there is one.
    pub(super) fn parse(description: Option<&str>) -> Option<Self> {
        let mut parts = description?.strip_prefix(PREFIX)?.split('|');
        Some(Self {
            owner: parts.next()?.to_owned(),
            version: parts.next()?.to_owned(),
            made: parts.next()?.parse().ok()?,
        })
    }

    /// It as a description.
    pub(super) fn describe(&self) -> String {
        format!("{PREFIX}{}|{}|{}", self.owner, self.version, self.made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_read_back_and_anything_else_is_foreign() {
        let marker = Marker {
            owner: "0123".to_owned(),
            version: "token".to_owned(),
            made: 7,
        };
        assert_eq!(Marker::parse(Some(&marker.describe())), Some(marker));
        for foreign in [
            None,
            Some("mobile-app"),
            Some("plain|a|b"),
            Some("plain|a|b|c"),
        ] {
            assert_eq!(Marker::parse(foreign), None);
        }
    }
}
