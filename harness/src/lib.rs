//! Local emulator.

pub mod scenario;
