//! The server over real sockets.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod bad_input;
mod client;
mod control;
mod endings;
mod fuzz;
mod graphql_input;
mod rotation;
mod sdk;
mod websocket;
