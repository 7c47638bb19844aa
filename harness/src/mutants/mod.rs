//! Rotation functions known to be bad: one file, one bug each. The harness must catch every one,
//! by the oracle that is named for it; a harness that cannot fail proves nothing.
//!
//! All are one plain rotator, [`right`], whose decisions are the methods of a trait, [`flow`]: a
//! mutant makes one of them wrongly. The original article's variants go another way in most of them.

mod article;
mod bad;
mod canary;
mod flow;
mod marker;
mod plain;
mod right;
mod stuck;
mod tools;

use crate::record::Objector;
use crate::scenario::renamed;
use crate::subject::Subject;

pub use bad::ALL;
pub use canary::Canary;
pub use plain::Plain;
pub use stuck::Stuck;

/// A bad function and who must catch it, where.
#[derive(Clone, Copy)]
pub struct Mutant {
    /// The function.
    pub subject: &'static dyn Subject,
    /// What is wrong with it, in one line.
    pub bug: &'static str,
    /// Who must object.
    pub caught_by: Objector,
    /// A scenario in which it must object, by its name under `scenarios/`.
    pub scenario: &'static str,
}

/// The function that a scenario means by `mutant:NAME`.
pub fn named(name: &str) -> Option<&'static dyn Subject> {
    let name = renamed::function(name).unwrap_or_else(|| name.to_owned());
    let name = name.strip_prefix("mutant:")?;
    let mutant = ALL.iter().find(|mutant| mutant.subject.name() == name);
    mutant.map(|mutant| mutant.subject)
}
