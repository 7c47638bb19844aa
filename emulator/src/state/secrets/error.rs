//! Stub.
/// Stub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretsError {}
