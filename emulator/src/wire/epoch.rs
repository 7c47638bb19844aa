//! Timestamps on the wire.

use serde::{Serialize, Serializer};

use crate::time::Timestamp;

/// Seconds since the epoch as a JSON number with a millisecond fraction, as Secrets Manager
/// prints its dates [U, M].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochSeconds(pub Timestamp);

impl Serialize for EpochSeconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0.as_seconds_f64())
    }
}

/// Whole seconds since the epoch, as AppSync prints `expires` and `deletes` [MODEL].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeSeconds(pub Timestamp);

impl Serialize for WholeSeconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0.as_seconds())
    }
}
