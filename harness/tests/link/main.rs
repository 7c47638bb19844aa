//! Links over real sockets: clients, faults and servers.

mod http;
mod seam;
mod tcp;
