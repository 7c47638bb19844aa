//! Stub.
pub mod error;
/// Stub.
#[derive(Debug, Default)]
pub struct AppSync;
/// Stub.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppSyncSettings;
