//! The operations: one file each, one row each in [`TABLE`].
//!
//! Everything that must know all operations (routing, `keywheel list operations`, fault
//! addresses, the tests that compare code with FIDELITY.md) reads the table.

pub mod appsync;
pub mod operation;
pub mod secretsmanager;

pub use operation::{Binding, Context, Kind, Operation, QueryMember, Row};

/// Every emulated operation.
pub static TABLE: &[&[Row]] = &[secretsmanager::ROWS, appsync::ROWS];

/// All rows, in the order of the table.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    TABLE.iter().copied().flatten()
}
