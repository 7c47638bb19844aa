//! Pages of a listing: a position in an order that stays the same while other items come and go.

use super::settings::{AppSyncSettings, ListOrder};

/// Where an item stands in listings: by chance, and by age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// A number drawn when the item was made.
    pub drawn: u64,
    /// How many items were made before it.
    pub made: u64,
}

impl Place {
    fn in_order(self, order: ListOrder) -> u64 {
        match order {
            ListOrder::Shuffled => self.drawn,
            ListOrder::Creation => self.made,
        }
    }
}

/// The place after which the next page starts. It says nothing about the item that stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(pub u64);

/// What part of a listing is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// How many items at most; nothing and 0 mean the largest page [INF].
    pub items_max: Option<usize>,
}

/// Some of the items, and where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items of this page, in the listing's order.
    pub items: Vec<T>,
    /// Where the next page starts, if there is one.
    pub next: Option<Cursor>,
}

impl PageRequest {
    fn size(self, settings: &AppSyncSettings) -> usize {
        let largest = settings.page_items_max.max(1);
        match self.items_max {
            None | Some(0) => largest,
            Some(asked) => asked.min(largest),
        }
    }
}

/// Cuts the page asked for out of all `items`, whose places `place` tells.
pub fn cut<T>(
    items: impl Iterator<Item = T>,
    place: impl Fn(&T) -> Place,
    request: PageRequest,
    settings: &AppSyncSettings,
) -> Page<T> {
    let position = |item: &T| place(item).in_order(settings.list_order);
    let mut items: Vec<T> = items
        .filter(|item| {
            request
                .after
                .is_none_or(|Cursor(after)| position(item) > after)
        })
        .collect();
    items.sort_by_key(position);
    let size = request.size(settings);
    let has_more = items.len() > size;
    items.truncate(size);
    let next = items
        .last()
        .filter(|_| has_more)
        .map(|last| Cursor(position(last)));
    Page { items, next }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(places: &[Place], size: usize, settings: &AppSyncSettings) -> Vec<u64> {
        let mut seen = Vec::new();
        let mut request = PageRequest {
            after: None,
            items_max: Some(size),
        };
        loop {
            let page = cut(places.iter().copied(), |place| *place, request, settings);
            assert!(page.items.len() <= settings.page_items_max);
            seen.extend(page.items.iter().map(|place| place.made));
            match page.next {
                Some(next) => request.after = Some(next),
                None => return seen,
            }
        }
    }

    proptest! {
        #[test]
        fn pages_of_any_size_show_every_item_once(
            drawn in proptest::collection::btree_set(any::<u64>(), 0..80), size in 0usize..30,
        ) {
            let places: Vec<_> =
                drawn.into_iter().zip(0..).map(|(drawn, made)| Place { drawn, made }).collect();
            let settings = AppSyncSettings::default();
            let mut seen = all(&places, size, &settings);
            prop_assert_eq!(&seen, &all(&places, 1, &settings));
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..places.len() as u64).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_full_last_page_has_no_successor() {
        let places: Vec<_> = (0..25).map(|n| Place { drawn: n, made: n }).collect();
        let settings = AppSyncSettings::default();
        let page = |n| {
            cut(
                places.iter().copied().take(n),
                |place| *place,
                PageRequest::default(),
                &settings,
            )
        };
        assert_eq!(page(25).next, None);
        let settings = AppSyncSettings {
            page_items_max: 24,
            ..settings.clone()
        };
        let page = cut(
            places.iter().copied(),
            |place| *place,
            PageRequest::default(),
            &settings,
        );
        assert_eq!((page.items.len(), page.next), (24, Some(Cursor(23))));
    }

    #[test]
    fn the_order_of_creation_can_be_had() {
        let places = [Place { drawn: 9, made: 0 }, Place { drawn: 1, made: 1 }];
        let settings = AppSyncSettings::default();
        assert_eq!(all(&places, 0, &settings), [1, 0]);
        let settings = AppSyncSettings {
            list_order: ListOrder::Creation,
            ..settings
        };
        assert_eq!(all(&places, 0, &settings), [0, 1]);
    }
}
