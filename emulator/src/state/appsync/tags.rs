//! The tags of an API, of either kind.

use std::collections::BTreeMap;

use super::error::AppSyncError;

/// How many tags an API may have [MODEL].
pub const TAGS_MAX: usize = 50;

/// The tags of a resource: never more than it may have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(BTreeMap<String, String>);

impl Tags {
    /// The tags that a resource is made with.
    pub fn new(tags: BTreeMap<String, String>) -> Result<Self, AppSyncError> {
        if tags.len() > TAGS_MAX {
            return Err(AppSyncError::TooManyTags { limit: TAGS_MAX });
        }
        Ok(Self(tags))
    }

    /// All of them.
    pub const fn all(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// Adds tags; those of the same key are replaced.
    pub fn add(&mut self, tags: BTreeMap<String, String>) -> Result<(), AppSyncError> {
        let mut all = self.0.clone();
        all.extend(tags);
        *self = Self::new(all)?;
        Ok(())
    }

    /// Removes the tags of these keys; a key that is not there is no error.
    pub fn remove(&mut self, keys: &[String]) {
        self.0.retain(|key, _| !keys.contains(key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(numbers: std::ops::Range<usize>) -> BTreeMap<String, String> {
        numbers.map(|n| (n.to_string(), String::new())).collect()
    }

    #[test]
    fn fifty_tags_are_the_limit_and_a_refused_call_adds_none() {
        let mut all = Tags::default();
        all.add(tags(0..50)).unwrap();
        all.add(tags(0..50)).unwrap();
        let too_many = AppSyncError::TooManyTags { limit: 50 };
        assert_eq!(all.add(tags(49..51)), Err(too_many.clone()));
        assert_eq!(all.all().len(), 50);
        all.remove(&["0".to_owned(), "absent".to_owned()]);
        assert_eq!(all.all().len(), 49);
        assert!(all.add(tags(50..51)).is_ok());
        assert_eq!(Tags::new(tags(0..51)), Err(too_many));
    }
}
