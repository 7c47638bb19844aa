//! Filters, as ListSecrets and BatchGetSecretValue take them, and the page that they let through.

use serde::{Deserialize, Serialize};

use crate::state::secrets::filter::{Filter, FilterKey};
use crate::state::secrets::secret::Secret;
use crate::time::Timestamp;

/// A filter on the wire.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct FilterShape {
    key: String,
    values: Vec<String>,
}

/// The filters of a request. The table of constraints knows their keys.
pub(super) fn filters(shapes: Option<&[FilterShape]>) -> Vec<Filter> {
    let filter = |shape: &FilterShape| {
        Some(Filter {
            key: FilterKey::named(&shape.key)?,
            values: shape.values.clone(),
        })
    };
    shapes
        .unwrap_or_default()
        .iter()
        .filter_map(filter)
        .collect()
}

/// Which secrets a list shows.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) filters: Vec<Filter>,
    pub(super) is_planned_in: bool,
    /// Changes after this moment have not reached the list [D].
    pub(super) known_at: Timestamp,
}

impl Listing {
    pub(super) fn shows(&self, secret: &Secret) -> bool {
        let is_deleted = secret
            .deletion()
            .is_some_and(|deletion| deletion.requested <= self.known_at);
        secret.created <= self.known_at
            && (self.is_planned_in || !is_deleted)
            && self.filters.iter().all(|filter| filter.matches(secret))
    }
}
