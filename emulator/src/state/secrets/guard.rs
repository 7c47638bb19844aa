//! A secret that is being changed, and put in its place in every order afterwards.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::order::{Orders, Places};
use super::secret::Secret;

/// A secret that can be changed. When it is let go, the orders of its collection follow.
#[derive(Debug)]
pub struct SecretMut<'a> {
    secret: &'a mut Secret,
    orders: &'a mut Orders,
    before: Places,
}

impl<'a> SecretMut<'a> {
    pub(super) fn new(secret: &'a mut Secret, orders: &'a mut Orders) -> Self {
        let before = Places::of(secret);
        Self {
            secret,
            orders,
            before,
        }
    }
}

impl Deref for SecretMut<'_> {
    type Target = Secret;

    fn deref(&self) -> &Secret {
        self.secret
    }
}

impl DerefMut for SecretMut<'_> {
    fn deref_mut(&mut self) -> &mut Secret {
        self.secret
    }
}

impl Drop for SecretMut<'_> {
    fn drop(&mut self) {
        let after = Places::of(self);
        if after != self.before {
            let name = Arc::clone(&self.secret.name);
            self.orders.shift(&name, self.before, after);
        }
    }
}
