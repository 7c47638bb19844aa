//! Real time for runs in virtual time: a function that computes for ever never lets its virtual
//! deadline come.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::Stopwatch;

static RUNNING: Mutex<Running> = Mutex::new(Running {
    next: 0,
    runs: BTreeMap::new(),
});

struct Running {
    next: u64,
    runs: BTreeMap<u64, (String, Stopwatch)>,
}

fn running() -> MutexGuard<'static, Running> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A run that goes on until this is dropped.
pub(crate) struct Watched(u64);

/// A run begins.
pub(crate) fn watch(name: &str) -> Watched {
    let mut running = running();
    running.next += 1;
    let number = running.next;
    running
        .runs
        .insert(number, (name.to_owned(), Stopwatch::start()));
    Watched(number)
}

impl Drop for Watched {
    fn drop(&mut self) {
        running().runs.remove(&self.0);
    }
}

/// The name of a run that has gone on for longer than so many seconds, if there is one.
pub fn overdue(seconds: f64) -> Option<String> {
    let running = running();
    let late = running
        .runs
        .values()
        .find(|(_, watch)| watch.seconds() > seconds);
    late.map(|(name, _)| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_goes_on_is_overdue_until_it_ends() {
        let watched = watch("a run that is watched");
        std::thread::sleep(std::time::Duration::from_millis(2));
        assert!(overdue(0.001).is_some());
        assert_eq!(overdue(3600.0), None);
        let number = watched.0;
        drop(watched);
        assert!(!running().runs.contains_key(&number));
    }
}
