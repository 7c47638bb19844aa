//! Stub.
pub mod error;
/// Stub.
#[derive(Debug, Default)]
pub struct Secrets;
