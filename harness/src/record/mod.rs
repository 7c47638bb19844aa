//! What is known after a run.

mod verdict;

pub use verdict::Verdict;
