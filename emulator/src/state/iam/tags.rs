//! The tags of users, roles and managed policies.

use std::collections::BTreeMap;

use super::error::IamError;

/// How many tags one thing may have [D].
pub const LIMIT: usize = 50;

/// How the keys of tags are told apart [R].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Those of users and roles: whatever their case.
    AnyCase,
    /// Those of policies: letter by letter.
    Exact,
}

/// Tags by their keys, in the order in which they are listed [R].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(BTreeMap<String, String>);

impl Keys {
    fn is_same(self, one: &str, other: &str) -> bool {
        match self {
            Self::AnyCase => one.eq_ignore_ascii_case(other),
            Self::Exact => one == other,
        }
    }

    /// Refuses a list of keys in which one comes twice, or which only AWS may set [R][D].
    fn check<'a>(self, keys: impl Iterator<Item = &'a String>) -> Result<(), IamError> {
        let mut seen: Vec<&String> = Vec::new();
        for key in keys {
            if seen.iter().any(|it| self.is_same(it, key)) {
                return Err(IamError::DuplicateTags(self));
            }
            if key.to_ascii_lowercase().starts_with("aws:") {
                return Err(IamError::ReservedTag);
            }
            seen.push(key);
        }
        Ok(())
    }
}

impl Tags {
    /// The tags of something new.
    ///
    /// # Errors
    /// A key twice, or a reserved one.
    pub fn new(list: Vec<(String, String)>, keys: Keys) -> Result<Self, IamError> {
        keys.check(list.iter().map(|(key, _)| key))?;
        Ok(Self(list.into_iter().collect()))
    }

    /// Adds tags, or gives those that are there other values.
    ///
    /// # Errors
    /// A key twice, a reserved one, or more than fifty tags in the end; then nothing changes.
    pub fn put(&mut self, list: Vec<(String, String)>, keys: Keys) -> Result<(), IamError> {
        keys.check(list.iter().map(|(key, _)| key))?;
        let mut changed = self.0.clone();
        for (key, value) in list {
            changed.retain(|known, _| !keys.is_same(known, &key));
            changed.insert(key, value);
        }
        if changed.len() > LIMIT {
            return Err(IamError::TooManyTags);
        }
        self.0 = changed;
        Ok(())
    }

    /// Takes tags away; a key that is not there is none [D].
    pub fn remove(&mut self, removed: &[String], keys: Keys) {
        let is_removed = |known: &String| removed.iter().any(|key| keys.is_same(known, key));
        self.0.retain(|known, _| !is_removed(known));
    }

    /// Keys and values, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &String)> {
        self.0.iter()
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(keys: &[&str]) -> Vec<(String, String)> {
        let tag = |key: &&str| ((*key).to_owned(), format!("of {key}"));
        keys.iter().map(tag).collect()
    }

    fn keys(tags: &Tags) -> Vec<&str> {
        tags.iter().map(|(key, _)| key.as_str()).collect()
    }

    #[test]
    fn keys_of_roles_have_no_case_and_those_of_policies_have() {
        let both = list(&["a", "A"]);
        let refused = Err(IamError::DuplicateTags(Keys::AnyCase));
        assert_eq!(Tags::new(both.clone(), Keys::AnyCase), refused);
        let mut policy = Tags::new(both, Keys::Exact).unwrap();
        assert_eq!(keys(&policy), ["A", "a"]);
        policy.remove(&["a".to_owned()], Keys::Exact);
        assert_eq!(keys(&policy), ["A"]);
        let mut role = Tags::new(list(&["Team"]), Keys::AnyCase).unwrap();
        role.put(list(&["TEAM", "b"]), Keys::AnyCase).unwrap();
        assert_eq!(keys(&role), ["TEAM", "b"]);
        role.remove(&["team".to_owned(), "x".to_owned()], Keys::AnyCase);
        assert_eq!(keys(&role), ["b"]);
    }

    #[test]
    fn a_fifty_first_tag_and_a_reserved_key_change_nothing() {
        let many: Vec<String> = (0..LIMIT).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let mut tags = Tags::new(list(&many), Keys::Exact).unwrap();
        let before = tags.clone();
        let more = tags.put(list(&["more"]), Keys::Exact);
        assert_eq!(more, Err(IamError::TooManyTags));
        let reserved = tags.put(list(&["aws:x"]), Keys::Exact);
        assert_eq!(reserved, Err(IamError::ReservedTag));
        assert_eq!(tags, before);
        tags.put(list(&["7"]), Keys::Exact).unwrap();
    }
}
