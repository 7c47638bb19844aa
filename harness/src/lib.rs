//! The test bench: scenarios, faults and oracles around a rotation function, in virtual time.
//!
//! In reading order:
//!
//! - [`scenario`]: a text file, one event a line, and the plan that it means;
//! - [`run`]: one scenario against one function, judged; `setup`, `driver`, `admin` and `expect`
//!   are its parts;
//! - [`world`], [`wire`], [`clock`]: what a run takes place in: the emulator's engine, the one
//!   connector to it, the calendar; `gate` decides whose request goes next when several run at once;
//! - [`watchdog`]: real time for those who would take for ever;
//! - [`function`]: a function under test as people have it: a file, an archive, a template;
//! - [`subject`] and [`sdk`]: the function under test and the real SDK clients that it uses;
//! - [`oracle`]: what must hold, one file each;
//! - [`history`], [`record`], [`report`]: what happened, told without secrets;
//! - [`mutants`]: functions known to be bad, each of which an oracle must catch.
//!
//! Deliberately absent: sockets, real time, a runtime of our own, and a way through the function
//! under test that leaves the SDK out.

mod admin;
mod call;
pub mod clock;
mod driver;
mod expect;
pub mod explore;
pub mod function;
pub mod gate;
pub mod history;
mod logs;
pub mod mutants;
pub mod oracle;
pub mod record;
pub mod report;
pub mod run;
pub mod scenario;
pub mod sdk;
mod setup;
pub mod subject;
pub mod suite;
mod users;
pub mod watchdog;
pub mod wire;
pub mod world;
