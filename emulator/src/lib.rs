//! Keywheel's emulator.

pub mod entropy;
pub mod ids;
pub mod state;
pub mod time;
