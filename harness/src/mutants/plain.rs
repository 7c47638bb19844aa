//! The plain rotator itself: right as far as it goes, so that what is caught is each mutant's bug.

use super::flow::{Flow, subject};

/// A plain and right rotator.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain;

impl Flow for Plain {}
subject!(Plain, "plain");
