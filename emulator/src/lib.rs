//! Keywheel's emulator.

pub mod entropy;
pub mod fault;
pub mod ids;
pub mod time;
