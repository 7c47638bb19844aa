//! Search for failures beyond the scenarios that people wrote.

pub mod generate;
