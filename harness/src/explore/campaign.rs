//! Runs the items of a campaign on several threads. Worlds share nothing, so that the order in
//! which items are run decides nothing but the order in which they are handed over.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::clock::Pace;
use crate::draw::mix;
use crate::halt;
use crate::subject::Subject;

use super::item::{Index, Item};
use super::judged::Judged;

/// Of how many runs one is run again, to see whether it is the same.
const ONE_IN: u64 = 100;

/// Who runs the items, and until when.
#[derive(Clone, Copy)]
pub struct Crew<'a> {
    /// The function under test.
    pub subject: &'a dyn Subject,
    /// Threads.
    pub jobs: usize,
    /// Set when the campaign has to end with what it knows.
    pub stop: &'a AtomicBool,
    /// From which the runs to repeat are drawn.
    pub seed: u64,
}

/// What an item leads to, now that it has been run.
pub type Children<'a> = &'a (dyn Fn(&Item, &Judged) -> Vec<Item> + Sync);

/// What is still to be done.
struct Work<R> {
    roots: R,
    children: Vec<Item>,
    busy: usize,
}

impl Crew<'_> {
    /// Runs the roots and whatever they lead to, and hands each item over with its run.
    pub fn explore(
        &self,
        roots: impl Iterator<Item = Item> + Send,
        children: Children<'_>,
        observe: &mut (dyn FnMut(&Item, Judged) + Send),
    ) {
        let work = Mutex::new(Work {
            roots,
            children: Vec::new(),
            busy: 0,
        });
        let (changed, observe) = (Condvar::new(), Mutex::new(observe));
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.max(1) {
                scope.spawn(|| {
                    while let Some(item) = self.claim(&work, &changed) {
                        let done = Done(&work, &changed);
                        let judged = Judged::of(&item, self.subject, self.is_sampled(&item));
                        if has_given_up(self.subject.pace()) {
                            return;
                        }
                        let next = children(&item, &judged);
                        lock(&work).children.extend(next);
                        lock(&observe)(&item, judged);
                        drop(done);
                    }
                });
            }
        });
    }

    /// The next item, when there is one; none when nothing is left or the campaign has to end.
    fn claim<R: Iterator<Item = Item>>(
        &self,
        work: &Mutex<Work<R>>,
        changed: &Condvar,
    ) -> Option<Item> {
        let mut held = lock(work);
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return None;
            }
            // The youngest first, so that what is waiting stays little.
            let next = held.children.pop().or_else(|| held.roots.next());
            if next.is_some() {
                held.busy += 1;
                return next;
            }
            if held.busy == 0 {
                return None;
            }
            held = changed.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Is this one of the runs that are repeated? The first always is.
    fn is_sampled(&self, item: &Item) -> bool {
        let is_drawn = mix(self.seed, item.index.as_number()).is_multiple_of(ONE_IN);
        // Real time does not repeat itself.
        self.subject.pace() == Pace::Virtual && (item.index == Index::root(0) || is_drawn)
    }
}

/// Was the run that has just ended given up before its end?
pub fn has_given_up(pace: Pace) -> bool {
    pace == Pace::Real && halt::is_requested()
}

/// Tells the others that an item has been dealt with, also if that panicked.
struct Done<'a, R>(&'a Mutex<Work<R>>, &'a Condvar);

impl<R> Drop for Done<'_, R> {
    fn drop(&mut self) {
        lock(self.0).busy -= 1;
        self.1.notify_all();
    }
}

/// A panic of another worker ends the campaign; until then its work is still in order.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::base::builtin;
    use crate::subject::builtin::Builtin;

    fn explored(jobs: usize, stop: &AtomicBool) -> Vec<(String, u64)> {
        let base = &builtin()[0];
        let roots = (0..3).map(|number| base.item(number, &[]));
        let children = |item: &Item, _: &Judged| {
            let is_root = item.index == super::super::item::Index::root(1);
            let skip = crate::scenario::Statement::Skip {
                step: keywheel_emulator::ids::Step::TestSecret,
            };
            is_root.then(|| item.with(0, skip)).into_iter().collect()
        };
        let crew = Crew {
            subject: &Builtin,
            jobs,
            stop,
            seed: 1,
        };
        let mut seen = Vec::new();
        crew.explore(roots, &children, &mut |item, judged| {
            seen.push((item.index.to_string(), judged.course));
        });
        seen.sort();
        seen
    }

    #[test]
    fn every_item_and_what_it_leads_to_is_run_once_on_any_number_of_threads() {
        let go_on = AtomicBool::new(false);
        let one = explored(1, &go_on);
        let places: Vec<&str> = one.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(places, ["0", "1", "1.0", "2"]);
        assert_eq!(explored(3, &go_on), one);
    }

    #[test]
    fn a_campaign_that_is_stopped_ends() {
        assert_eq!(explored(2, &AtomicBool::new(true)), []);
    }
}
