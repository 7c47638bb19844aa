//! The operations: one file each, one row each in [`TABLE`].
//!
//! Everything that must know all operations (routing, `keywheel list operations`, fault
//! addresses, the tests that compare code with FIDELITY.md) reads the table. [`access`] says what
//! permission each needs, [`unread`] which members of its model it does not read.

pub mod access;
pub mod appsync;
pub mod iam;
pub mod lambda;
pub mod logs;
pub mod operation;
mod run;
pub mod secretsmanager;
pub mod sts;
pub mod unread;

pub use operation::{Binding, Context, Kind, Operation, QueryMember, Reply, Row};

/// Every emulated operation.
pub static TABLE: &[&[Row]] = &[
    secretsmanager::ROWS,
    appsync::ROWS,
    lambda::ROWS,
    logs::ROWS,
    iam::ROWS,
    sts::ROWS,
];

/// All rows, in the order of the table.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    TABLE.iter().copied().flatten()
}
