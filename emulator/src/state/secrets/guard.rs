//! A secret that is being changed, and put in its place in every order afterwards.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::Secrets;
use super::order::Places;
use super::secret::Secret;

/// A secret that can be changed. When it is let go, the orders of its collection follow.
#[derive(Debug)]
pub struct SecretMut<'a> {
    secrets: &'a mut Secrets,
    index: usize,
    before: Places,
}

impl<'a> SecretMut<'a> {
    pub(super) fn new(secrets: &'a mut Secrets, index: usize) -> Self {
        let before = Places::of(&secrets.by_name[index]);
        Self {
            secrets,
            index,
            before,
        }
    }
}

impl Deref for SecretMut<'_> {
    type Target = Secret;

    fn deref(&self) -> &Secret {
        &self.secrets.by_name[self.index]
    }
}

impl DerefMut for SecretMut<'_> {
    fn deref_mut(&mut self) -> &mut Secret {
        &mut self.secrets.by_name[self.index]
    }
}

impl Drop for SecretMut<'_> {
    fn drop(&mut self) {
        let after = Places::of(self);
        if after != self.before {
            let name = Arc::clone(&self.name);
            self.secrets.orders.shift(&name, self.before, after);
        }
    }
}
