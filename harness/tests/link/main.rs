//! Links over real sockets: clients, faults and servers.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod http;
mod seam;
mod tcp;
