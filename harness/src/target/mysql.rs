//! MariaDB, the real server, which speaks MySQL's protocol: private ones that are started from the
//! machine's programs, one for each run that goes on at once.
//!
//! The function chooses the credential: a user's password. A run begins with a user that has just
//! been made and may read a table; a credential is accepted if it logs in and may read it.

mod server;
mod shell;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::link::Protocol;

use super::value::{self, Login};
use super::{Accepts, Account, Chooser, Target, Unavailable, Way};

use server::{Installed, Private};

/// The user whose password is rotated, and its first password.
const USER: &str = "app";
const FIRST_PASSWORD: &str = "initial-password-of-app";
/// The database that it works in.
const DATABASE: &str = "shop";

/// Private servers. They are started when a run needs one, kept for the next, and ended with this.
pub struct Mysql {
    installed: Installed,
    free: Free,
}

type Free = Arc<Mutex<Vec<Private>>>;

impl Mysql {
    /// Servers from the programs on PATH or in /usr/sbin.
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

impl Target for Mysql {
    fn name(&self) -> &'static str {
        "mysql"
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
        // One that cannot be made as new is ended.
        let free = free.and_then(|mut server| server.reset().is_ok().then_some(server));
        let server = match free {
            Some(server) => server,
            None => {
                let mut server = self.installed.start()?;
                server.reset()?;
                server
            }
        };
        Ok(Box::new(Lent {
            server: Some(server),
            free: Arc::clone(&self.free),
            link: None,
            known: BTreeMap::new(),
        }))
    }
}

/// A server that a run has to itself.
struct Lent {
    /// Until it is given back.
    server: Option<Private>,
    free: Free,
    link: Option<SocketAddr>,
    /// What has been tried, as long as nothing changes that a login depends on.
    known: BTreeMap<Login, (String, Accepts)>,
}

impl Lent {
    fn server(&mut self) -> &mut Private {
        self.server
            .as_mut()
            .expect("it is given back at the end only")
    }

    fn tried(&mut self, login: Login) -> Accepts {
        let version = match self.server().version_of(&login.user) {
            Ok(version) => version,
            Err(why) => return Accepts::CannotSay(why.to_string()),
        };
        match self.known.get(&login) {
            Some((known, accepts)) if *known == version => accepts.clone(),
            _ => {
                let accepts = self.server().attempt(&login);
                if !matches!(accepts, Accepts::CannotSay(_)) {
                    self.known.insert(login, (version, accepts.clone()));
                }
                accepts
            }
        }
    }
}

impl Account for Lent {
    fn way(&self) -> Way {
        let server = self
            .server
            .as_ref()
            .expect("it is given back at the end only");
        Way {
            protocol: Protocol::Mysql,
            server: server.address(),
        }
    }

    fn first_value(&mut self, link: SocketAddr) -> String {
        self.link = Some(link);
        value::write("mysql", link, USER, FIRST_PASSWORD, DATABASE)
    }

    fn accepts(&mut self, value: &str) -> Accepts {
        match Login::read(value) {
            Err(why) => Accepts::No(why.to_owned()),
            Ok(login) if self.link.is_some_and(|link| !login.leads_to(link)) => {
                Accepts::No("the value leads to another host or port".to_owned())
            }
            Ok(login) => self.tried(login),
        }
    }

    fn others(&mut self) -> Result<Vec<(String, String)>, Unavailable> {
        self.server().users_besides(USER)
    }

    fn credential(&self, value: &str) -> Option<String> {
        Login::read(value).ok().map(|login| login.password)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.extend(self.server.take());
    }
}
