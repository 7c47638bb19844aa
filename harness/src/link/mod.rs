//! The link: the connection from the function under test to its target, where faults strike.
//!
//! A link is a proxy that reads a protocol and names operations: `postgres.Connect`,
//! `postgres.ALTER`, `http.POST /tokens`. Faults have the words that they have on AWS calls; what
//! they mean on a connection is in `treatment`.
//!
//! In reading order: [`call`] is what is seen; [`seam`] decides; `dialogue` is what a protocol of a
//! connection is, pure, and `postgres`, `mysql` and `tcp` are such; `relay` does their IO. `http`
//! stands beside them, since a request is more than bytes. `statement` shows SQL without values;
//! `frames` cuts streams in bounded memory; [`garbage`] is what is none of all that.
//!
//! Deliberately absent: encryption, which a link declines where the protocol lets it; and anything
//! that knows what a statement does.

mod accept;
pub mod call;
mod dialogue;
mod failure;
mod frames;
pub mod garbage;
mod http;
mod mysql;
mod postgres;
mod relay;
pub mod seam;
mod server;
mod statement;
mod tcp;
mod treatment;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use seam::Seam;
pub use server::Server;

pub use http::Operation;

use accept::Carrier;
use dialogue::Dialogue;
use http::Http;

/// What is spoken on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1.
    Http,
    /// MySQL's and MariaDB's.
    Mysql,
    /// PostgreSQL's.
    Postgres,
    /// Any.
    Tcp,
}

impl Protocol {
    /// Its name, as addresses begin with it.
    pub const fn service(self) -> &'static str {
        match self {
            Self::Http => http::SERVICE,
            Self::Mysql => mysql::SERVICE,
            Self::Postgres => postgres::SERVICE,
            Self::Tcp => tcp::SERVICE,
        }
    }

    /// The protocol that addresses call so.
    pub fn named(service: &str) -> Option<Self> {
        let all = [Self::Http, Self::Mysql, Self::Postgres, Self::Tcp];
        all.into_iter()
            .find(|protocol| protocol.service() == service)
    }

    /// A connection of the protocol; none of one that is made of requests.
    fn dialogue(self) -> Option<Box<dyn Dialogue>> {
        match self {
            Self::Http => None,
            Self::Mysql => Some(Box::new(mysql::Mysql::new())),
            Self::Postgres => Some(Box::new(postgres::Postgres::new())),
            Self::Tcp => Some(Box::new(tcp::Tcp::new())),
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.service())
    }
}

/// A link that is open. It closes, with all that goes over it, when this is dropped.
#[derive(Debug)]
pub struct Link {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Link {
    /// Opens a link to a server at a port of its own on this machine.
    ///
    /// # Errors
    /// No port can be had.
    pub async fn open(protocol: Protocol, server: Server, seam: Arc<dyn Seam>) -> io::Result<Self> {
        if protocol == Protocol::Http {
            return Self::open_http(server, Vec::new(), seam).await;
        }
        Self::listen(Carrier::Dialogue(protocol, server, seam)).await
    }

    /// Opens a link to an HTTP server, some of whose requests have names.
    ///
    /// # Errors
    /// No port can be had.
    pub async fn open_http(
        server: Server,
        operations: Vec<Operation>,
        seam: Arc<dyn Seam>,
    ) -> io::Result<Self> {
        let http = Http {
            server,
            operations,
            seam,
        };
        Self::listen(Carrier::Requests(Arc::new(http))).await
    }

    async fn listen(carrier: Carrier) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(accept::serve(listener, carrier));
        Ok(Self { address, task })
    }

    /// Where clients find it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}
