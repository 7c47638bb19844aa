//! AppSync.

use super::Row;

/// Its operations.
pub const ROWS: &[Row] = &[];
