//! STS: one file for each operation.

mod assume_role;
mod get_caller_identity;

use crate::wire::service::Service;

use super::Row;
use super::operation::Operation;

/// Its operations.
pub const ROWS: &[Row] = &[
    row::<get_caller_identity::GetCallerIdentity>(),
    row::<assume_role::AssumeRole>(),
];

const fn row<O: Operation>() -> Row {
    Row::query::<O>(Service::Sts)
}
