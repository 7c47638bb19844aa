//! Whether a login is accepted, by logging in. What is known is kept as long as nothing changes that
//! a login depends on, since judges ask after every step of a run.

use std::collections::BTreeMap;

use tokio_postgres::error::SqlState;

use crate::target::Accepts;
use crate::target::background::ask;
use crate::target::value::Login;

use super::DATABASE;
use super::server::{Private, QUESTION, connect};

/// How many answers are kept.
const KNOWN_MAX: usize = 1000;

/// What has been tried.
#[derive(Default)]
pub(super) struct Logins {
    known: BTreeMap<Login, (String, Accepts)>,
}

impl Logins {
    /// Does the server let it in?
    pub(super) fn accepts(&mut self, server: &Private, login: &Login) -> Accepts {
        let version = match server.version_of(&login.user) {
            Ok(version) => version,
            Err(why) => return Accepts::CannotSay(why.to_string()),
        };
        if let Some((known, accepts)) = self.known.get(login)
            && *known == version
        {
            return accepts.clone();
        }
        let accepts = attempt(server, login);
        if self.known.len() >= KNOWN_MAX {
            self.known.clear();
        }
        if !matches!(accepts, Accepts::CannotSay(_)) {
            self.known.insert(login.clone(), (version, accepts.clone()));
        }
        accepts
    }
}

/// Logs in and does what a client does.
fn attempt(server: &Private, login: &Login) -> Accepts {
    let database = login.database.as_deref().unwrap_or(DATABASE);
    let config = server.config(&login.user, &login.password, database);
    let tried = ask(async move {
        let work = async {
            let client = connect(&config).await?;
            client.query("SELECT id FROM orders", &[]).await
        };
        tokio::time::timeout(QUESTION, work).await
    });
    match tried {
        Err(_) => Accepts::CannotSay("no answer within five seconds".to_owned()),
        Ok(Ok(_)) => Accepts::Yes,
        Ok(Err(error)) => refusal(&error),
    }
}

/// What an error says of the credential, or only of the server.
fn refusal(error: &tokio_postgres::Error) -> Accepts {
    let Some(answer) = error.as_db_error() else {
        return Accepts::CannotSay(error.to_string());
    };
    let is_about_login = answer.code().code().starts_with("28");
    let is_about_rights = [
        SqlState::INSUFFICIENT_PRIVILEGE,
        SqlState::INVALID_CATALOG_NAME,
        SqlState::UNDEFINED_TABLE,
    ]
    .contains(answer.code());
    match is_about_login || is_about_rights {
        true => Accepts::No(answer.message().to_owned()),
        false => Accepts::CannotSay(answer.message().to_owned()),
    }
}
