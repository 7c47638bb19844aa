//! What is known after a run.

mod class;
mod run;
pub mod timeline;
mod unmet;
mod verdict;

pub use class::{Class, Objector};
pub use run::Run;
pub use unmet::{Counted, Deaf, Difference, Labels, Mismatch, Problem, Unmet};
pub use verdict::Verdict;
