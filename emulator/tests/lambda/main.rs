//! Lambda and its logs: the control plane in memory, and functions that are run. These need
//! `python3`, and those of Node.js `node`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod archive;
mod client;
mod functions;
mod hard;
mod logs;
mod permissions;
mod rotation;
mod running;
mod server;
mod started;
