//! What one process remembers from one invocation to the next.
//!
//! It is a fact that cannot change, since a version's value never does: which API the value names.
//! A repeated finishSecret needs it and would otherwise read the value again.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many versions are remembered, the latest ones: a function may have many secrets.
const VERSIONS: usize = 64;

/// The APIs that the latest versions name.
#[derive(Debug, Default)]
pub(crate) struct KnownApis {
    /// The latest last.
    latest: Mutex<Vec<Known>>,
}

#[derive(Debug)]
struct Known {
    secret: String,
    version: String,
    api: String,
}

impl Known {
    fn is_of(&self, secret: &str, version: &str) -> bool {
        self.secret == secret && self.version == version
    }
}

impl KnownApis {
    /// Remembers that the value of this version of the secret names `api`.
    pub(crate) fn note(&self, secret: &str, version: &str, api: &str) {
        let mut latest = self.latest();
        latest.retain(|known| !known.is_of(secret, version));
        let excess = (latest.len() + 1).saturating_sub(VERSIONS);
        latest.drain(..excess);
        latest.push(Known {
            secret: secret.to_owned(),
            version: version.to_owned(),
            api: api.to_owned(),
        });
    }

    /// The API that the value of this version names, if that is remembered.
    pub(crate) fn api_of(&self, secret: &str, version: &str) -> Option<String> {
        let latest = self.latest();
        let found = latest.iter().find(|known| known.is_of(secret, version));
        found.map(|known| known.api.clone())
    }

    fn latest(&self) -> MutexGuard<'_, Vec<Known>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_versions_are_remembered() {
        let known = KnownApis::default();
        for number in 0..=VERSIONS {
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
