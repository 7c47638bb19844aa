//! Where in a rotation a wire request happens.

use crate::ids::{InvocationNumber, Step};

/// A run of the rotation function that makes a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The number of the run.
    pub invocation: InvocationNumber,
    /// The rotation step that it was run for.
    pub step: Step,
}

/// One wire request, as the fault rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallPoint<'a> {
    /// The AWS name of the operation, or `GraphQL` for a request of the data plane.
    pub operation: &'a str,
    /// Who calls; `None` for everyone outside an invocation.
    pub caller: Option<Caller>,
}
