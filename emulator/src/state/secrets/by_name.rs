//! Secrets by their names. A copy shares what neither side changes, and no order of a hash can be
//! seen, since nothing goes through all of them.

use std::sync::Arc;

use imbl::HashMap;

use super::secret::Secret;

/// Secrets by their names.
#[derive(Clone, Debug, Default)]
pub(super) struct ByName(HashMap<Arc<str>, Arc<Secret>>);

impl ByName {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Secret> {
        self.0.get(name).map(|secret| &**secret)
    }

    /// A secret to be changed; whoever holds a copy keeps it as it is.
    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Secret> {
        self.0.get_mut(name).map(Arc::make_mut)
    }

    /// Adds a secret whose name is free.
    pub(super) fn add(&mut self, secret: Secret) -> &mut Secret {
        let entry = self.0.entry(Arc::clone(&secret.name));
        Arc::make_mut(entry.or_insert(Arc::new(secret)))
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<Secret> {
        self.0.remove(name).map(Arc::unwrap_or_clone)
    }
}
