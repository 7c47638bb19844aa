//! An issuer of tokens over HTTP, as third parties are, built in: it chooses the credential.
//!
//! `POST /tokens` makes one, `GET /tokens` lists them by id and prefix, `DELETE /tokens/ID` revokes
//! one, `GET /me` tells whose the token is that is shown. Who asks shows a token that is accepted, as
//! `Authorization: Bearer`. A run has an issuer to itself.

mod api;
mod tokens;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::link::{Protocol, Server};

use super::background::ask;
use super::{Accepts, Account, Chooser, Target, Unavailable, Way};

pub use tokens::Settings;
use tokens::{Owner, Tokens};

/// Issuers of one kind.
#[derive(Debug, Default)]
pub struct Issuer {
    settings: Settings,
}

impl Issuer {
    /// Issuers that behave so.
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }
}

impl Target for Issuer {
    fn name(&self) -> &'static str {
        "issuer"
    }

    fn chooser(&self) -> Chooser {
        Chooser::Target
    }

    fn fresh(&self) -> Result<Box<dyn Account>, Unavailable> {
        let mut tokens = Tokens::new(self.settings);
        let first = tokens
            .make(Owner::Rotated, None)
            .map_err(Unavailable::new)?;
        tokens
            .make(Owner::Stranger, None)
            .map_err(Unavailable::new)?;
        let tokens = Arc::new(Mutex::new(tokens));
        let (address, task) = ask(api::serve(Arc::clone(&tokens))).map_err(Unavailable::new)?;
        Ok(Box::new(Own {
            tokens,
            address,
            task,
            first: first.value,
        }))
    }
}

/// The issuer of a run. It ends with this.
struct Own {
    tokens: Arc<Mutex<Tokens>>,
    address: SocketAddr,
    task: JoinHandle<()>,
    first: String,
}

impl Own {
    fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The token in a value.
fn token_in(value: &str) -> Option<String> {
    let value: Value = serde_json::from_str(value).ok()?;
    value.get("token")?.as_str().map(str::to_owned)
}

impl Account for Own {
    fn way(&self) -> Way {
        let server = Server::Tcp(self.address.ip().to_string(), self.address.port());
        Way {
            protocol: Protocol::Http,
            server,
        }
    }

    fn first_value(&mut self, link: SocketAddr) -> String {
        json!({"url": format!("http://{link}"), "token": self.first}).to_string()
    }

    fn accepts(&mut self, value: &str) -> Accepts {
        match token_in(value) {
            Some(token) if self.tokens().owner_of(&token).is_some() => Accepts::Yes,
            Some(_) => Accepts::No("the issuer does not know the token".to_owned()),
            None => Accepts::No("the value holds no token".to_owned()),
        }
    }

    fn others(&mut self) -> Result<Vec<(String, String)>, Unavailable> {
        Ok(self.tokens().of(Owner::Stranger))
    }

    fn credential(&self, value: &str) -> Option<String> {
        token_in(value)
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.task.abort();
    }
}
