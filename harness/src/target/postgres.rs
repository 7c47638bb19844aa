//! PostgreSQL, the real server: private ones that are started from the machine's programs, one for
//! each run that goes on at once.
//!
//! The function chooses the credential: a role's password. A run begins with a role that has just
//! been made, in a database with a table that the role may read; a credential is accepted if it
//! logs in and may read it.

mod accept;
mod server;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::link::Protocol;

use super::value;
use super::{Accepts, Account, Chooser, Target, Unavailable, Way};

use accept::Logins;
use server::{Installed, Private};

/// The role whose password is rotated, and its first password.
const ROLE: &str = "app";
const FIRST_PASSWORD: &str = "initial-password-of-app";
/// The database that it works in.
const DATABASE: &str = "shop";

/// Private servers. They are started when a run needs one, kept for the next, and ended with this.
pub struct Postgres {
    installed: Installed,
    free: Free,
}

type Free = Arc<Mutex<Vec<Private>>>;

impl Postgres {
    /// Servers from the programs on PATH or in /usr/lib/postgresql.
    ///
    /// # Errors
    /// There are none.
    pub fn private() -> Result<Self, Unavailable> {
        super::leftovers::clear();
        Ok(Self {
            installed: Installed::find()?,
            free: Free::default(),
        })
    }
}

impl Target for Postgres {
    fn name(&self) -> &'static str {
        "postgres"
    }

    fn chooser(&self) -> Chooser {
        Chooser::Function
    }

    fn fresh(&self) -> Result<Box<dyn Account>, Unavailable> {
        let free = self
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let server = match free {
            // One that cannot be made as new is ended.
            Some(server) if server.reset().is_ok() => server,
            _ => {
                let server = self.installed.start()?;
                server.reset()?;
                server
            }
        };
        let free = Arc::clone(&self.free);
        Ok(Box::new(Lent {
            server: Some(server),
            free,
            link: None,
            logins: Logins::default(),
        }))
    }
}

/// A server that a run has to itself.
struct Lent {
    /// Until it is given back.
    server: Option<Private>,
    free: Free,
    link: Option<SocketAddr>,
    logins: Logins,
}

impl Lent {
    fn server(&self) -> &Private {
        self.server
            .as_ref()
            .expect("it is given back at the end only")
    }
}

impl Account for Lent {
    fn way(&self) -> Way {
        Way {
            protocol: Protocol::Postgres,
            server: self.server().address(),
        }
    }

    fn first_value(&mut self, link: SocketAddr) -> String {
        self.link = Some(link);
        value::write("postgres", link, ROLE, FIRST_PASSWORD, DATABASE)
    }

    fn accepts(&mut self, value: &str) -> Accepts {
        let login = match value::Login::read(value) {
            Ok(login) => login,
            Err(why) => return Accepts::No(why.to_owned()),
        };
        if self.link.is_some_and(|link| !login.leads_to(link)) {
            return Accepts::No("the value leads to another host or port".to_owned());
        }
        let server = self
            .server
            .as_ref()
            .expect("it is given back at the end only");
        self.logins.accepts(server, &login)
    }

    fn others(&mut self) -> Result<Vec<(String, String)>, Unavailable> {
        self.server().roles_besides(&[ROLE])
    }

    fn credential(&self, value: &str) -> Option<String> {
        value::Login::read(value).ok().map(|login| login.password)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.extend(self.server.take());
    }
}
