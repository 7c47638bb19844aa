//! The filters of ListSecrets.

use super::secret::Secret;

/// What a filter looks at [M].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterKey {
    /// The description, word by word.
    Description,
    /// The name, from its beginning.
    Name,
    /// The keys of the tags.
    TagKey,
    /// The values of the tags.
    TagValue,
    /// The Region of the primary, of what is replicated.
    PrimaryRegion,
    /// The AWS service that made the secret; no secret here has one.
    OwningService,
    /// Name, description and tags, word by word.
    All,
}

impl FilterKey {
    /// All keys with their names on the wire [M].
    pub const NAMES: [(&'static str, Self); 7] = [
        ("description", Self::Description),
        ("name", Self::Name),
        ("tag-key", Self::TagKey),
        ("tag-value", Self::TagValue),
        ("primary-region", Self::PrimaryRegion),
        ("owning-service", Self::OwningService),
        ("all", Self::All),
    ];

    /// The key with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, key)| *key)
    }
}

/// One filter. Several filters must all match, also those with the same key [R].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// What to look at.
    pub key: FilterKey,
    /// What to look for: one of these [G]; a leading `!` means all but that [R].
    pub values: Vec<String>,
}

impl Filter {
    /// Whether the secret is let through.
    pub fn matches(&self, secret: &Secret) -> bool {
        self.values
            .iter()
            .any(|value| match value.strip_prefix('!') {
                Some(value) => !self.key.has(secret, value),
                None => self.key.has(secret, value),
            })
    }
}

impl FilterKey {
    fn has(self, secret: &Secret, value: &str) -> bool {
        let tags = || secret.tags.get().into_iter().flatten();
        match self {
            Self::Name => secret.name.starts_with(value),
            Self::Description => has_words(
                &words_at_blanks(secret.description.as_deref().unwrap_or_default()),
                &words_at_blanks(value),
            ),
            Self::TagKey => tags().any(|(key, _)| key.starts_with(value)),
            Self::TagValue => tags().any(|(_, text)| text.starts_with(value)),
            Self::PrimaryRegion => {
                let region = secret
                    .copies
                    .as_ref()
                    .and_then(|it| it.primary_region.as_ref());
                region.is_some_and(|region| region.as_str().starts_with(value))
            }
            Self::OwningService => false,
            Self::All => {
                let texts = [Some(&*secret.name), secret.description.as_deref()];
                let tags = tags().flat_map(|(key, text)| [key.as_str(), text.as_str()]);
                let words: Vec<_> = texts
                    .into_iter()
                    .flatten()
                    .chain(tags)
                    .flat_map(words)
                    .collect();
                has_words(&words, &words_of(value))
            }
        }
    }
}

/// Whether each wanted word begins a word that is there; no wanted word finds nothing [R].
fn has_words(there: &[String], wanted: &[String]) -> bool {
    let is_there = |wanted: &String| there.iter().any(|word| word.starts_with(wanted.as_str()));
    !wanted.is_empty() && wanted.iter().all(is_there)
}

fn words_at_blanks(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_lowercase).collect()
}

fn words_of(text: &str) -> Vec<String> {
    words(text).collect()
}

/// The words of a text for the key `all`: split at blanks, at `/_+=.@-` and where letters change
/// to capitals or digits [R][D].
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| c.is_whitespace() || "/_+=.@-".contains(c))
        .flat_map(split_at_changes)
        .map(str::to_lowercase)
}

/// `AppBeta` is `App`, `Beta`; of a run of capitals the last goes to the next word [R].
fn split_at_changes(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let pairs = word.char_indices().zip(word.char_indices().skip(1));
    for ((at, before), (next_at, after)) in pairs {
        let split = if before.is_uppercase() && after.is_lowercase() {
            Some(at)
        } else if is_change(before, after) {
            Some(next_at)
        } else {
            None
        };
        if let Some(split) = split.filter(|split| *split > start) {
            parts.push(&word[start..split]);
            start = split;
        }
    }
    if start < word.len() {
        parts.push(&word[start..]);
    }
    parts
}

fn is_change(before: char, after: char) -> bool {
    (before.is_lowercase() && after.is_uppercase())
        || (before.is_alphabetic() && after.is_numeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SecretArn;
    use crate::time::Timestamp;

    fn secret(name: &str, description: &str) -> Secret {
        let mut secret = Secret::new(name.to_owned(), SecretArn::new("arn"), Timestamp::EPOCH);
        secret.description = Some(description.to_owned());
        secret
            .tags
            .add(vec![("Team".to_owned(), "Blue".to_owned())])
            .unwrap();
        secret
    }

    fn finds(key: FilterKey, value: &str, secret: &Secret) -> bool {
        Filter {
            key,
            values: vec![value.to_owned()],
        }
        .matches(secret)
    }

    #[test]
    fn names_match_from_their_beginning_and_by_case() {
        let secret = secret("testing1/one-x", "");
        for (value, found) in [
            ("testing1/", true),
            ("Testing", false),
            ("one", false),
            ("!one", true),
            ("!t", false),
        ] {
            assert_eq!(finds(FilterKey::Name, value, &secret), found, "{value}");
        }
    }

    #[test]
    fn each_word_of_the_value_begins_a_word_of_the_description() {
        for (description, value, found) in [
            ("a secret", "a secret", true),
            ("an Secret", "a secret", true),
            ("asecret", "a secret", false),
            ("thesecret", "a secret", false),
            ("one two", "o t", true),
            ("one two", "!o t", false),
        ] {
            let found_it = finds(FilterKey::Description, value, &secret("s", description));
            assert_eq!(found_it, found, "{value} in {description}");
        }
    }

    #[test]
    fn all_splits_words_where_letters_change() {
        let secret = secret("AppBeta/x", "COMPANYthings v2beta");
        for (value, found) in [
            ("AppBeta", true),
            ("beta", true),
            ("Ythings", true),
            ("compan", true),
            ("company", false),
            ("things", false),
            ("pany", false),
            ("team", true),
            ("blue app", true),
            ("+", false),
            ("2", true),
        ] {
            assert_eq!(finds(FilterKey::All, value, &secret), found, "{value}");
        }
    }

    #[test]
    fn tags_match_from_the_beginning_and_by_case() {
        let secret = secret("s", "");
        assert!(finds(FilterKey::TagKey, "Te", &secret));
        assert!(!finds(FilterKey::TagKey, "te", &secret));
        assert!(finds(FilterKey::TagValue, "Blue", &secret));
        assert!(!finds(FilterKey::OwningService, "rds", &secret));
    }

    #[test]
    fn one_of_several_values_is_enough() {
        let values = vec!["x".to_owned(), "s".to_owned()];
        assert!(
            Filter {
                key: FilterKey::Name,
                values
            }
            .matches(&secret("s", ""))
        );
    }
}
