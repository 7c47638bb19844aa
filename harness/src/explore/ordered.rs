//! Work on several threads whose results come in the order of the list.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// Does something with each of a list on several threads, and gives the results in the list's order.
pub fn in_order<T: Sync, R: Send>(
    jobs: usize,
    list: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let mut results = Vec::with_capacity(list.len());
    each_in_order(jobs, list, work, |_, result| results.push(result));
    results
}

/// The same, and hands each result over as soon as those before it have been.
pub fn each_in_order<T: Sync, R: Send>(
    jobs: usize,
    list: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut hand_over: impl FnMut(&T, R),
) {
    let next = AtomicUsize::new(0);
    let (done, results) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, list.len().max(1)) {
            let (next, work, done) = (&next, &work, done.clone());
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(given) = list.get(at) else { return };
                    if done.send((at, work(given))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        let (mut waiting, mut handed) = (BTreeMap::new(), 0);
        for (at, result) in results {
            waiting.insert(at, result);
            while let Some(result) = waiting.remove(&handed) {
                hand_over(&list[handed], result);
                handed += 1;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_lists_order() {
        let list: Vec<u64> = (0..50).collect();
        let doubled = in_order(4, &list, |number| number * 2);
        let expected: Vec<u64> = list.iter().map(|number| number * 2).collect();
        assert_eq!(doubled, expected);
        assert!(in_order(4, &[] as &[u64], |number| *number).is_empty());
    }
}
