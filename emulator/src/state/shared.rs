//! A value that its copies share until one of them changes it.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A value of which a copy costs nothing. Whoever changes it while others hold it changes a copy of
/// its own.
#[derive(Clone, Debug, Default)]
pub struct Shared<T>(Arc<T>);

impl<T> Shared<T> {
    /// A value that nobody shares yet.
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_shared_until_it_is_changed() {
        let mut value = Shared::new(vec![1]);
        let copy = value.clone();
        assert!(Arc::ptr_eq(&value.0, &copy.0));
        value.push(2);
        assert_eq!((value.len(), copy.len()), (2, 1));
    }
}
