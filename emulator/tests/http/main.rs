//! The server over real sockets.

mod bad_input;
mod client;
mod control;
mod endings;
mod processes;
mod rotation;
mod sdk;
