//! Rotation functions known to be bad: one file, one bug each. The harness must catch every one,
//! by the oracle that is named for it; a harness that cannot fail proves nothing.
//!
//! All but the seed article's variants are [`flow`]'s plain, right rotator with one step changed.

mod deletes_foreign;
mod deletes_old_in_set;
mod flow;
mod forgets_retirement;
mod logs_the_key;
mod no_adoption;
mod plain;
mod promotes_untested;
mod seed;
mod seed_a;
mod seed_b;
mod seed_c;
mod stumbles_at_current;
mod tools;

use crate::subject::Subject;

pub use plain::Plain;

/// A bad function and who must catch it, where.
#[derive(Clone, Copy)]
pub struct Mutant {
    /// The function.
    pub subject: &'static dyn Subject,
    /// What is wrong with it, in one line.
    pub bug: &'static str,
    /// The oracle that must object.
    pub oracle: &'static str,
    /// A scenario in which it must object, by its name under `scenarios/`.
    pub scenario: &'static str,
}

/// The function that a scenario means by `mutant:NAME`.
pub fn named(name: &str) -> Option<&'static dyn Subject> {
    let name = name.strip_prefix("mutant:")?;
    let mutant = ALL.iter().find(|mutant| mutant.subject.name() == name);
    mutant.map(|mutant| mutant.subject)
}

/// Every known-bad function.
pub const ALL: [Mutant; 10] = [
    seed_a::MUTANT,
    seed_b::MUTANT,
    seed_c::MUTANT,
    no_adoption::MUTANT,
    deletes_old_in_set::MUTANT,
    deletes_foreign::MUTANT,
    forgets_retirement::MUTANT,
    promotes_untested::MUTANT,
    logs_the_key::MUTANT,
    stumbles_at_current::MUTANT,
];
