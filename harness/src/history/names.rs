//! Aliases: `k1` for a key, `token1` for a version. What people read never shows a key.

use std::collections::BTreeMap;

use keywheel_emulator::ids::{ApiKeyId, VersionId};

/// The names of one run, given in order of appearance.
#[derive(Clone, Debug, Default)]
pub struct Names {
    keys: BTreeMap<String, String>,
    versions: BTreeMap<VersionId, String>,
    minted: usize,
}

impl Names {
    /// Names a key that the world made.
    pub fn name_key(&mut self, key: &ApiKeyId, name: impl Into<String>) {
        self.keys.insert(key.expose().to_owned(), name.into());
    }

    /// Names a key that the function made: `k1`, `k2`, … in order of creation.
    pub fn name_minted_key(&mut self, key: &ApiKeyId) {
        self.minted += 1;
        self.name_key(key, format!("k{}", self.minted));
    }

    /// Names a version.
    pub fn name_version(&mut self, version: &VersionId, name: impl Into<String>) {
        self.versions
            .entry(version.clone())
            .or_insert_with(|| name.into());
    }

    /// The name of a key.
    pub fn key(&self, key: &str) -> &str {
        self.keys.get(key).map_or("k?", String::as_str)
    }

    /// The name of a version; the start of its id if it has none.
    pub fn version(&self, id: &VersionId) -> String {
        let short = || id.as_str().chars().take(8).collect();
        self.versions.get(id).cloned().unwrap_or_else(short)
    }

    /// The key of a name.
    pub fn key_named(&self, name: &str) -> Option<ApiKeyId> {
        let found = self.keys.iter().find(|(_, known)| known.as_str() == name);
        found.map(|(key, _)| ApiKeyId::new(key))
    }

    /// The version of a name.
    pub fn version_named(&self, name: &str) -> Option<VersionId> {
        let found = self
            .versions
            .iter()
            .find(|(_, known)| known.as_str() == name);
        found.map(|(id, _)| id.clone())
    }

    /// Every key that was ever named.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.keys
            .iter()
            .map(|(key, name)| (key.as_str(), name.as_str()))
    }

    /// A text with `<name>` replaced by the key of that name.
    pub fn filled(&self, text: &str) -> String {
        if !text.contains('<') {
            return text.to_owned();
        }
        let mut filled = text.to_owned();
        for (key, name) in &self.keys {
            filled = filled.replace(&format!("<{name}>"), key);
        }
        filled
    }

    /// A text with every key and version replaced by its name.
    pub fn masked(&self, text: &str) -> String {
        let mut masked = text.to_owned();
        for (key, name) in &self.keys {
            if masked.contains(key.as_str()) {
                masked = masked.replace(key.as_str(), &format!("<{name}>"));
            }
        }
        for (version, name) in &self.versions {
            if masked.contains(version.as_str()) {
                masked = masked.replace(version.as_str(), name);
            }
        }
        masked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_versions_are_masked_by_their_names() {
        let mut names = Names::default();
        names.name_minted_key(&ApiKeyId::new("da2-x"));
        names.name_version(&VersionId::new("11111111-2222"), "token1");
        assert_eq!(names.masked("da2-x at 11111111-2222"), "<k1> at token1");
        assert_eq!(
            names
                .key_named("k1")
                .map(|key| key.expose().to_owned())
                .as_deref(),
            Some("da2-x")
        );
    }
}
