//! A port where a function that runs elsewhere finds the emulated services.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::connection;
use crate::guard::{AllowedHost, Guard};

use super::Gateway;

/// An open port. Dropping it closes the port and every connection.
#[derive(Debug)]
pub struct Outlet {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Outlet {
    /// Answers at this address what the gateway answers, on the runtime that this is called on.
    /// `names` are those by which the function reaches it, besides the address and `localhost`.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn open(
        address: SocketAddr,
        names: &[AllowedHost],
        gateway: Arc<dyn Gateway>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let guard = Guard::of_functions(address).allow_hosts(names.iter().cloned());
        let handler = move |request| {
            let gateway = Arc::clone(&gateway);
            async move { gateway.answer(request, None).await }
        };
        let server = tokio::spawn(connection::serve_all(listener, guard, handler));
        Ok(Self { address, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        self.server.abort();
    }
}
