//! Search for failures beyond the scenarios that people wrote.
//!
//! In reading order:
//!
//! - [`item`]: one run of a campaign, and its place in the campaign's order;
//! - [`base`], [`kinds`], [`sweep`]: every call × every fault kind, and pairs of them;
//! - [`interleave`], `whole`: every order of the calls of invocations and rotations that run at once;
//! - [`generate`], [`fuzz`]: random scenarios, and random lives of a world;
//! - [`campaign`], [`ordered`]: runs items on all processors, in shards, until it is told to stop;
//! - [`course`], [`judged`]: what is kept of a run when its history is gone;
//! - [`shape`], [`coverage`]: what a plan amounts to, and what a campaign has to come into;
//! - [`tally`], [`summary`]: what a campaign found, as data that folds;
//! - [`repeat`], [`reproduce`]: some runs are run again, and must be the same; the one that shows
//!   a finding;
//! - [`shard`]: a part of a campaign, by number or as a scheduler says;
//! - [`shrink`], [`finding`]: the smallest scenario that fails in the same way, once for each cause;
//! - [`hunt`]: the first run that tells a known-bad function from the right one.
//!
//! What a campaign runs is a pure function of the function under test, the mode, its bounds and the
//! seed: no clock and no thread has a say in it.

pub mod base;
pub mod campaign;
pub mod course;
pub mod coverage;
pub mod finding;
pub mod fuzz;
pub mod generate;
pub mod hunt;
pub mod interleave;
pub mod item;
pub mod judged;
pub mod kinds;
pub mod order;
pub mod ordered;
pub mod repeat;
pub mod reproduce;
pub mod shape;
pub mod shard;
pub mod shrink;
pub mod summary;
pub mod sweep;
pub mod tally;
mod whole;
