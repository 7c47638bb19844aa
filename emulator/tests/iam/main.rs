//! IAM and STS as a client sees them, through the engine's one entry, without sockets; and what
//! policies do to the calls of all services.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod bad_input;
mod client;
mod cross_account;
mod enforcement;
mod functions;
mod report;
mod roles;
mod sessions;
mod signatures;
mod users;
