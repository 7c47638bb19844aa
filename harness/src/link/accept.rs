//! Where a link listens: every connection is carried by a task of its own.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::Protocol;
use super::http::Http;
use super::relay;
use super::seam::Seam;
use super::server::Server;

/// How many connections a link carries at once; more wait.
const CONNECTIONS_MAX: usize = 256;

/// What carries a connection.
#[derive(Clone)]
pub(super) enum Carrier {
    /// Requests, each of which is a call.
    Requests(Arc<Http>),
    /// A dialogue of this protocol.
    Dialogue(Protocol, Server, Arc<dyn Seam>),
}

/// Accepts connections for ever. They end with this.
pub(super) async fn serve(listener: TcpListener, carrier: Carrier) {
    let mut connections = JoinSet::new();
    loop {
        while connections.len() >= CONNECTIONS_MAX {
            connections.join_next().await;
        }
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((client, address)) => {
                connections.spawn(carrier.clone().carry(client, address));
            }
            // Out of file descriptors: somebody must go first.
            Err(_) if connections.join_next().await.is_none() => tokio::task::yield_now().await,
            Err(_) => {}
        }
    }
}

impl Carrier {
    async fn carry(self, client: TcpStream, address: SocketAddr) {
        // Only small messages go over a link, and each is waited for.
        let _ = client.set_nodelay(true);
        match self {
            Self::Requests(http) => http.carry(client, address).await,
            Self::Dialogue(protocol, server, seam) => {
                if let Some(dialogue) = protocol.dialogue() {
                    let spoken = (protocol, dialogue);
                    relay::carry(client, address, spoken, &server, seam.as_ref()).await;
                }
            }
        }
    }
}
