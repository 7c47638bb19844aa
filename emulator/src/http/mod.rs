//! The shell: the engine behind sockets.
//!
//! In reading order: [`server`] (what is embedded and served) · `shell` (the engine, the clock and
//! the runs, behind one lock) · `answer` (a request and what becomes of it) · `body` (reading
//! within a limit) · `websocket` (frames in and out) · `functions` (those that were created) and
//! `started` (those that the server was started with) · `driver` (rotations, in the background) ·
//! `passage` (moving the clock) · `control` (`/_keywheel/…`, with `rule`).
//!
//! The lock is a plain mutex and never held across an await: every call has a place in one order.

mod answer;
mod body;
mod control;
mod driver;
mod functions;
mod passage;
mod rule;
pub mod server;
mod shell;
mod spare;
mod started;
mod websocket;

pub use body::BODY_LIMIT;
pub use rule::{BadRule, read_rule};
pub use server::{Server, ServerBuilder};
pub use spare::raise_descriptor_limit;
