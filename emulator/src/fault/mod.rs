//! Faults: an ordered list of rules at the seam between a client and the services.
//!
//! Each wire request is a [`CallPoint`]. Every armed [`Rule`] whose [`Address`] matches counts it;
//! the first that is due decides the [`Verdict`]. No due rule means that the call passes. Pure: the
//! shell carries the verdict out, before or after the service's effect.

mod address;
mod nearest;
mod plan;
mod point;
mod rule;
mod span;
mod times;
mod verdict;

pub use address::{Address, AddressError, SERVICES};
pub use nearest::nearest;
pub use plan::{FaultPlan, Fired, LedgerRow, RuleId};
pub use point::{CallPoint, Caller};
pub use rule::Rule;
pub use span::{Span, SpanError, millis_as_text};
pub use times::{Times, UnknownTimes};
pub use verdict::{UnknownVerdict, Verdict};
