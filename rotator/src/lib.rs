//! Local emulator.
