//! The secrets in the orders in which they are listed, rotate and go, kept as they change, so that
//! a page of a list and the next thing that is due cost the same among ten and among a hundred
//! thousand secrets.

use std::ops::Bound;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

use super::secret::Secret;

/// What a list is sorted by [M].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortKey {
    /// The date of creation, the default [R].
    #[default]
    Created,
    /// The day of the last read; those that were never read come first [?].
    LastAccessed,
    /// The date of the last change.
    LastChanged,
    /// The name.
    Name,
}

impl SortKey {
    /// All keys with their names on the wire [M].
    pub const NAMES: [(&'static str, Self); 4] = [
        ("created-date", Self::Created),
        ("last-accessed-date", Self::LastAccessed),
        ("last-changed-date", Self::LastChanged),
        ("name", Self::Name),
    ];

    /// The key with this name.
    pub fn named(name: &str) -> Option<Self> {
        let mut names = Self::NAMES.iter();
        names.find(|(known, _)| *known == name).map(|(_, key)| *key)
    }
}

/// The last secret of a page, by its place in the order; the next page begins behind it, whatever
/// came or went meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cursor {
    /// Behind this moment and this number.
    Moment(i64, u64),
    /// Behind this name.
    Name(Arc<str>),
}

/// A moment in milliseconds, and the secret's number where two moments are the same.
type Place = (i64, u64);

/// The names of secrets by their places.
type Order = OrdMap<Place, Arc<str>>;

/// Where one secret stands in each order that can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Places {
    number: u64,
    created: i64,
    changed: i64,
    accessed: i64,
    rotation: Option<i64>,
    deletion: Option<i64>,
}

impl Places {
    pub(super) fn of(secret: &Secret) -> Self {
        let never = i64::MIN;
        let accessed = secret.last_accessed_day.map_or(never, Timestamp::as_millis);
        Self {
            number: secret.number,
            created: secret.created.as_millis(),
            changed: secret.last_changed.as_millis(),
            accessed,
            rotation: secret.rotation_due().map(Timestamp::as_millis),
            deletion: secret.deletion().map(|deletion| deletion.due.as_millis()),
        }
    }
}

/// All orders.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders {
    names: OrdSet<Arc<str>>,
    created: Order,
    changed: Order,
    accessed: Order,
    rotations: Order,
    deletions: Order,
}

impl Orders {
    pub(super) fn add(&mut self, name: &Arc<str>, places: Places) {
        self.names.insert(Arc::clone(name));
        for (order, at) in self.each(places) {
            if let Some(at) = at {
                order.insert((at, places.number), Arc::clone(name));
            }
        }
    }

    pub(super) fn remove(&mut self, name: &str, places: Places) {
        self.names.remove(name);
        for (order, at) in self.each(places) {
            if let Some(at) = at {
                order.remove(&(at, places.number));
            }
        }
    }

    /// A secret changed: it goes where it stands now.
    pub(super) fn shift(&mut self, name: &Arc<str>, before: Places, after: Places) {
        let shown = self.each(before).map(|(_, at)| at);
        for ((order, at), was) in self.each(after).into_iter().zip(shown) {
            if at == was {
                continue;
            }
            if let Some(was) = was {
                order.remove(&(was, before.number));
            }
            if let Some(at) = at {
                order.insert((at, after.number), Arc::clone(name));
            }
        }
    }

    fn each(&mut self, places: Places) -> [(&mut Order, Option<i64>); 5] {
        [
            (&mut self.created, Some(places.created)),
            (&mut self.changed, Some(places.changed)),
            (&mut self.accessed, Some(places.accessed)),
            (&mut self.rotations, places.rotation),
            (&mut self.deletions, places.deletion),
        ]
    }

    /// The names by date of creation.
    pub(super) fn by_age(&self) -> impl DoubleEndedIterator<Item = &Arc<str>> {
        self.created.values()
    }

    /// The next rotation by the schedule.
    pub(super) fn next_rotation(&self) -> Option<Timestamp> {
        first(&self.rotations)
    }

    /// The next end of a recovery window.
    pub(super) fn next_deletion(&self) -> Option<Timestamp> {
        first(&self.deletions)
    }

    /// Whose rotation is due, the longest due first.
    pub(super) fn due_rotations(
        &self,
        now: Timestamp,
    ) -> impl Iterator<Item = (Timestamp, &Arc<str>)> {
        let due = self.rotations.range(..=(now.as_millis(), u64::MAX));
        due.map(|((at, _), name)| (Timestamp::from_millis(*at), name))
    }

    /// A secret whose time has come.
    pub(super) fn due_deletion(&self, now: Timestamp) -> Option<&Arc<str>> {
        let ((at, _), name) = self.deletions.get_min()?;
        (*at <= now.as_millis()).then_some(name)
    }

    /// The names behind a cursor, with the cursor that stands on each.
    pub(super) fn behind<'a>(
        &'a self,
        key: SortKey,
        after: Option<&'a Cursor>,
        is_descending: bool,
    ) -> Box<dyn Iterator<Item = (Cursor, &'a Arc<str>)> + 'a> {
        let order = match key {
            SortKey::Name => return self.names_behind(after, is_descending),
            SortKey::Created => &self.created,
            SortKey::LastAccessed => &self.accessed,
            SortKey::LastChanged => &self.changed,
        };
        let after = match after {
            Some(Cursor::Moment(at, number)) => Bound::Excluded((*at, *number)),
            _ => Bound::Unbounded,
        };
        let places = order.range(bounds(after, is_descending));
        let shown =
            |((at, number), name): (&Place, &'a Arc<str>)| (Cursor::Moment(*at, *number), name);
        if is_descending {
            Box::new(places.rev().map(shown))
        } else {
            Box::new(places.map(shown))
        }
    }

    fn names_behind<'a>(
        &'a self,
        after: Option<&'a Cursor>,
        is_descending: bool,
    ) -> Box<dyn Iterator<Item = (Cursor, &'a Arc<str>)> + 'a> {
        let after = match after {
            Some(Cursor::Name(name)) => Bound::Excluded(Arc::clone(name)),
            _ => Bound::Unbounded,
        };
        let names = self.names.range(bounds(after, is_descending));
        let shown = |name: &'a Arc<str>| (Cursor::Name(Arc::clone(name)), name);
        if is_descending {
            Box::new(names.rev().map(shown))
        } else {
            Box::new(names.map(shown))
        }
    }
}

/// Everything behind a place, in the direction of the list.
fn bounds<T>(after: Bound<T>, is_descending: bool) -> (Bound<T>, Bound<T>) {
    if is_descending {
        (Bound::Unbounded, after)
    } else {
        (after, Bound::Unbounded)
    }
}

fn first(order: &Order) -> Option<Timestamp> {
    let ((at, _), _) = order.get_min()?;
    Some(Timestamp::from_millis(*at))
}
