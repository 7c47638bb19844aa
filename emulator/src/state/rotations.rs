//! Stub.
/// Stub.
#[derive(Debug, Default)]
pub struct Rotations;
/// Stub.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RotationSettings;
