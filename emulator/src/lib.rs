//! A local emulator of AWS Secrets Manager rotation and AppSync API keys.
//!
//! In reading order, which is that of the layers too: each may name those above it and none below,
//! and [`ops`] and [`graphql`] do not name each other.
//!
//! - [`time`], [`ids`], [`entropy`]: time, names and randomness as values;
//! - [`defect`]: rules that tests break on purpose, to show that they notice;
//! - [`fault`]: ordered rules that decide which call is struck, and how; pure, knows names only;
//! - [`state`]: the emulated world and its rules, pure and deterministic;
//! - [`settings`]: what AWS leaves open, as one tree of text that is shown and changed by parts;
//! - [`wire`]: framings, constraints, error codes;
//! - [`ops`]: one file and one table row for each AWS operation;
//! - [`graphql`]: AppSync's data plane, where keys are used;
//! - [`realtime`]: AppSync's websockets, and what is published to Event APIs;
//! - [`engine`]: the whole behind one entry that is told the time and never waits, with the seam
//!   at which faults strike before or after the effect of a call;
//! - [`guard`]: which requests are let in at all: none that a web page made a browser send;
//! - [`race`], `connection`: what the shell needs of futures and of HTTP/1;
//! - [`invoke`]: the ways to run a function: a closure, a URL, a local process, created code;
//! - [`http`]: the shell: sockets, control plane, rotation driver, and the server to embed.
//!
//! Deliberately absent: clocks and random sources below the shell, `async` below the shell, fault
//! hooks inside operations, and every AWS service that a rotation does not need.

mod connection;
pub mod defect;
pub mod engine;
pub mod entropy;
pub mod fault;
pub mod graphql;
pub mod guard;
pub mod http;
pub mod ids;
pub mod invoke;
pub mod ops;
pub mod race;
pub mod realtime;
pub mod settings;
pub mod state;
pub mod time;
pub mod wire;
