//! Secrets Manager.

use super::Row;

/// Its operations.
pub const ROWS: &[Row] = &[];
