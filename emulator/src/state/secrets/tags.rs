//! The tags of a secret, which remember that there ever were any [R].

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::error::SecretsError;

/// A secret has at most this many tags [D].
pub const MAX_TAGS: usize = 50;

/// Tags in the order in which they were added [R]; `None` until the first one, since Describe
/// shows an empty list only after tags were removed [R].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Option<IndexMap<String, String>>);

impl Tags {
    /// Keys and values; `None` if there never were any.
    pub fn get(&self) -> Option<&IndexMap<String, String>> {
        self.0.as_ref()
    }

    /// Adds tags; a known key gets the new value in its place [D].
    pub fn add(&mut self, tags: Vec<(String, String)>) -> Result<(), SecretsError> {
        check_keys(tags.iter().map(|(key, _)| key))?;
        if tags.is_empty() {
            return Ok(());
        }
        let mut after = self.0.clone().unwrap_or_default();
        after.extend(tags);
        if after.len() > MAX_TAGS {
            return Err(SecretsError::TooManyTags);
        }
        self.0 = Some(after);
        Ok(())
    }

    /// Removes tags; an unknown key is no error [D].
    pub fn remove(&mut self, keys: &[String]) {
        if let Some(tags) = &mut self.0 {
            tags.retain(|key, _| !keys.contains(key));
        }
    }
}

fn check_keys<'a>(keys: impl Iterator<Item = &'a String>) -> Result<(), SecretsError> {
    let mut seen = BTreeSet::new();
    for key in keys {
        if key.starts_with("aws:") {
            return Err(SecretsError::ReservedTag(key.clone()));
        }
        if !seen.insert(key) {
            return Err(SecretsError::DuplicateTag(key.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn tags_are_absent_until_the_first_and_empty_after_the_last() {
        let mut tags = Tags::default();
        tags.remove(&["a".to_owned()]);
        tags.add(vec![]).unwrap();
        assert_eq!(tags.get(), None);
        tags.add(vec![pair("a", "1")]).unwrap();
        tags.remove(&["a".to_owned(), "unknown".to_owned()]);
        assert_eq!(tags.get(), Some(&IndexMap::new()));
    }

    #[test]
    fn a_known_key_keeps_its_place() {
        let mut tags = Tags::default();
        tags.add(vec![pair("b", "1"), pair("a", "2")]).unwrap();
        tags.add(vec![pair("c", "3"), pair("b", "4")]).unwrap();
        let got: Vec<_> = tags
            .get()
            .unwrap()
            .iter()
            .map(|(k, v)| format!("{k}{v}"))
            .collect();
        assert_eq!(got, ["b4", "a2", "c3"]);
    }

    #[test]
    fn bad_keys_and_a_fifty_first_tag_change_nothing() {
        let mut tags = Tags::default();
        tags.add((0..50).map(|n| pair(&n.to_string(), "")).collect())
            .unwrap();
        let before = tags.clone();
        assert_eq!(
            tags.add(vec![pair("x", "")]),
            Err(SecretsError::TooManyTags)
        );
        let twice = tags.add(vec![pair("1", ""), pair("1", "")]);
        assert_eq!(twice, Err(SecretsError::DuplicateTag("1".to_owned())));
        let reserved = tags.add(vec![pair("aws:x", "")]);
        assert_eq!(reserved, Err(SecretsError::ReservedTag("aws:x".to_owned())));
        assert_eq!(tags, before);
    }
}
