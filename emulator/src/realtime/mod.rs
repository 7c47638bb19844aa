//! AppSync's websockets and what is published to them: Event APIs whole, GraphQL's subscriptions.
//!
//! In reading order: [`address`] (which API a request is for, and what it wants there) ·
//! [`credential`] (who may do what) · [`handshake`] (what a client says when it connects) ·
//! [`frame`] (what is sent) · [`publish`] (a publish, over HTTP or over a socket) · [`socket`] (one
//! socket and what it listens to) · [`events`] and
//! [`graphql`] (the two protocols) · [`sockets`] (all of
//! them, and who is told what) · [`keep_alive`] (signs of life).
//!
//! Everything here is told the time and never waits; the shell moves the frames.

pub mod address;
mod credential;
mod events;
mod frame;
mod graphql;
mod handshake;
pub mod keep_alive;
mod publish;
mod socket;
pub mod sockets;

use crate::entropy::Entropy;
use crate::state::World;
use crate::time::Timestamp;

pub use frame::KEEP_ALIVE;
pub use publish::{refusal, respond};
pub use sockets::Sockets;

/// What a frame or a publish is answered from.
#[derive(Debug)]
pub struct Surroundings<'a> {
    /// The emulated world.
    pub world: &'a World,
    /// Where the identifiers of events come from.
    pub ids: &'a mut Entropy,
    /// The time.
    pub now: Timestamp,
}
