//! What one process remembers from one invocation to the next.
//!
//! They are facts that cannot change: which API a version's value names, since a value never does,
//! and where an API answers, since its host comes with its id. Other steps need them and would
//! otherwise ask again.

use crate::aws::api_keys::DataPlane;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many facts of a kind are remembered, the latest ones: a function may have many secrets.
const FACTS: usize = 64;

/// The facts of both kinds.
#[derive(Debug, Default)]
pub(crate) struct KnownApis {
    /// By the ARN of a secret and a version id.
    of_versions: Latest<(String, String), String>,
    /// By the id of an API.
    planes: Latest<String, DataPlane>,
}

impl KnownApis {
    /// Remembers that the value of this version of the secret names `api`.
    pub(crate) fn note(&self, secret: &str, version: &str, api: &str) {
        let about = (secret.to_owned(), version.to_owned());
        self.of_versions.note(about, api.to_owned());
    }

    /// The API that the value of this version names, if that is remembered.
    pub(crate) fn api_of(&self, secret: &str, version: &str) -> Option<String> {
        let is_meant = |(of, id): &(String, String)| of == secret && id == version;
        self.of_versions.find(is_meant)
    }

    /// Remembers where `api` answers.
    pub(crate) fn note_plane(&self, api: &str, plane: &DataPlane) {
        self.planes.note(api.to_owned(), plane.clone());
    }

    /// Where `api` answers, if that is remembered.
    pub(crate) fn plane_of(&self, api: &str) -> Option<DataPlane> {
        self.planes.find(|of| of == api)
    }
}

/// Facts of one kind, each with what it is about; the latest last.
#[derive(Debug)]
struct Latest<K, V>(Mutex<Vec<(K, V)>>);

impl<K, V> Default for Latest<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: PartialEq, V: Clone> Latest<K, V> {
    fn note(&self, about: K, fact: V) {
        let mut facts = self.facts();
        facts.retain(|(of, _)| *of != about);
        let excess = (facts.len() + 1).saturating_sub(FACTS);
        facts.drain(..excess);
        facts.push((about, fact));
    }

    fn find(&self, is_meant: impl Fn(&K) -> bool) -> Option<V> {
        let facts = self.facts();
        let found = facts.iter().find(|(of, _)| is_meant(of));
        found.map(|(_, fact)| fact.clone())
    }

    fn facts(&self) -> MutexGuard<'_, Vec<(K, V)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_versions_are_remembered() {
        let known = KnownApis::default();
        for number in 0..=FACTS {
            known.note("s", &format!("v{number}"), "a");
        }
        assert_eq!(known.api_of("s", "v0"), None);
        assert_eq!(known.api_of("s", "v1").as_deref(), Some("a"));
        // It is the latest now.
        known.note("s", "v1", "b");
        known.note("s", "v65", "c");
        assert_eq!(known.api_of("s", "v2"), None);
        assert_eq!(known.api_of("s", "v1").as_deref(), Some("b"));
        assert_eq!(known.api_of("s", "v65").as_deref(), Some("c"));
    }

    #[test]
    fn two_secrets_may_have_a_version_of_one_id() {
        let known = KnownApis::default();
        known.note("s", "v", "a");
        assert_eq!(known.api_of("t", "v"), None);
        known.note("t", "v", "b");
        assert_eq!(known.api_of("s", "v").as_deref(), Some("a"));
    }
}
