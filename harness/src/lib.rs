//! The test bench: scenarios, faults and oracles around a rotation function, in virtual time.
//!
//! In layers; each module names only those before it, which the tidy tests hold:
//!
//! - [`clock`], [`halt`], [`event`], `draw`, `logs`, [`call`]: the ground: the calendar, the end of
//!   all, what a function is handed, numbers from a seed, what is logged, and a call on its way into
//!   a world;
//! - [`scenario`]: a text file, one event a line, and the plan that it means;
//! - [`input`] and [`output`]: files that people give and get;
//! - [`target`]: the system that owns the credential; [`link`]: the way of a function there, where
//!   faults strike;
//! - [`history`]: what happened in a run, as data, and the names by which people read it;
//! - [`oracle`]: what must hold, one file each; it sees the history and snapshots, nothing else;
//! - [`record`]: everything that is known after a run: its verdict, what was not met, its timeline;
//! - [`function`]: a function under test as people have it: a file, an archive, a template;
//! - [`subject`]: the function under test and the real SDK clients that it uses;
//! - [`mutants`]: functions known to be bad, each of which an oracle must catch;
//! - [`suite`]: scenarios on disk and inside the program, and [`invoked`], the words that run this
//!   program again;
//! - [`run`]: one scenario against one function: the world, the driver that delivers its steps, the
//!   gate that decides whose request goes next;
//! - [`explore`]: search for failures beyond the scenarios that people wrote;
//! - [`report`]: runs and findings in the forms that people and machines read.
//!
//! Deliberately absent: sockets and real time where the function under test is in this process, a
//! runtime of our own, and a way through the function that leaves the SDK out.

pub mod call;
pub mod clock;
mod draw;
pub mod event;
pub mod explore;
pub mod function;
pub mod halt;
pub mod history;
pub mod input;
pub mod invoked;
pub mod link;
mod logs;
pub mod mutants;
pub mod oracle;
pub mod output;
pub mod record;
pub mod report;
pub mod run;
pub mod scenario;
pub mod subject;
pub mod suite;
pub mod target;
