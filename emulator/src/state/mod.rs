//! The rules of the emulated services, pure: no wire format, no clock, no waiting.

pub mod appsync;
