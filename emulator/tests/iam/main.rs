//! IAM and STS as a client sees them, through the engine's one entry, without sockets; and what
//! policies do to the calls of all services.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod access_keys;
mod bad_input;
mod client;
mod conditions;
mod cross_account;
mod details;
mod enforcement;
mod functions;
mod principals;
mod report;
mod roles;
mod sessions;
mod signatures;
mod tags;
mod users;
