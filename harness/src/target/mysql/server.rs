//! One private MariaDB server, and the client by which it is made as new.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::link::Server;
use crate::target::private::{Daemon, Place};
use crate::target::value::Login;
use crate::target::{Accepts, Unavailable, binaries};

use super::shell::{Shell, quoted};
use super::{DATABASE, FIRST_PASSWORD, USER};

const PROGRAMS: [&str; 2] = ["mariadb-install-db", "mariadb"];
const DAEMON: &str = "mariadbd";
/// Where Debian has what is not on everybody's PATH.
const ELSEWHERE: &str = "/usr/sbin";
/// Users that may run a server where we are root.
const USERS: [&str; 2] = ["mysql", "nobody"];
/// A user of somebody else's.
const STRANGER: &str = "billing";
const SOCKET: &str = "socket";

/// What makes a server fast that nobody needs tomorrow.
const SETTINGS: [&str; 9] = [
    "--skip-networking",
    "--skip-name-resolve",
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=8M",
    "--innodb-log-file-size=4M",
    "--performance-schema=OFF",
    "--max-connections=40",
];

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// The programs of a MariaDB.
pub(super) struct Installed {
    clients: PathBuf,
    daemons: PathBuf,
}

impl Installed {
    pub(super) fn find() -> Result<Self, Unavailable> {
        let clients = binaries::find("MariaDB", &PROGRAMS, "/usr/bin")?;
        let daemons = binaries::find("MariaDB", &[DAEMON], ELSEWHERE)?;
        Ok(Self { clients, daemons })
    }

    /// Makes a data folder and starts a server on it.
    pub(super) fn start(&self) -> Result<Private, Unavailable> {
        let place = Place::make(&USERS).map_err(Unavailable::new)?;
        let data = format!("--datadir={}", place.path().join("data").display());
        let socket = place.path().join(SOCKET);
        let at = format!("--socket={}", socket.display());
        let pid = format!("--pid-file={}", place.path().join("pid").display());
        let made = [
            "--no-defaults",
            &data,
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
            "--innodb-log-file-size=4M",
        ];
        place.run(&self.clients.join(PROGRAMS[0]), &made.map(OsStr::new))?;
        let mut started = vec!["--no-defaults", &data, &at, &pid];
        started.extend(SETTINGS);
        let started: Vec<&OsStr> = started.into_iter().map(OsStr::new).collect();
        let daemon = place.start(&self.daemons.join(DAEMON), &started)?;
        Private::greet(daemon, socket, self.clients.join(PROGRAMS[1]))
    }
}

/// A server that runs, and our client.
pub(super) struct Private {
    /// Dropped before the server ends.
    owner: Shell,
    client: PathBuf,
    socket: PathBuf,
    first_hash: String,
    _daemon: Daemon,
}

impl Private {
    fn greet(mut daemon: Daemon, socket: PathBuf, client: PathBuf) -> Result<Self, Unavailable> {
        let mut waited = Duration::ZERO;
        let pause = Duration::from_millis(20);
        let mut owner = loop {
            if socket.exists()
                && let Ok(mut shell) = Shell::open(&client, &socket)
                && shell.ask("SELECT 1").is_ok()
            {
                break shell;
            }
            if let Some(end) = daemon.end() {
                return Err(Unavailable::new(format!("mariadbd has ended: {end}")));
            }
            if waited > PATIENCE {
                return Err(Unavailable::new("mariadbd does not answer"));
            }
            std::thread::sleep(pause);
            waited += pause;
        };
        let hash = format!("SELECT PASSWORD({})", quoted(FIRST_PASSWORD));
        owner.ask(&format!(
            "CREATE DATABASE {DATABASE};
             CREATE TABLE {DATABASE}.orders (id integer); INSERT INTO {DATABASE}.orders VALUES (1)"
        ))?;
        let first_hash = owner.ask(&hash)?.pop().unwrap_or_default();
        Ok(Self {
            owner,
            client,
            socket,
            first_hash,
            _daemon: daemon,
        })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> Server {
        Server::Unix(self.socket.clone())
    }

    /// Takes away all users but those that every run begins with, and whoever is still in.
    pub(super) fn reset(&mut self) -> Result<(), Unavailable> {
        let made = |user: &str, hash: &str| {
            format!("CREATE USER {user}@'%' IDENTIFIED VIA mysql_native_password USING '{hash}'")
        };
        let found = self.owner.ask(
            "SELECT concat(quote(user), '@', quote(host)) FROM mysql.global_priv \
             WHERE user NOT IN ('root', 'mariadb.sys', 'mysql', 'PUBLIC')",
        )?;
        let mut statements: Vec<String> = vec![format!("KILL USER {USER}")];
        statements.extend(found.iter().map(|user| format!("DROP USER {user}")));
        statements.push(made(USER, &self.first_hash));
        statements.push(made(STRANGER, &self.first_hash));
        statements.push(format!("GRANT SELECT ON {DATABASE}.* TO {USER}@'%'"));
        self.owner.ask(&statements.join(";\n"))?;
        match self.users_besides("")?.len() {
            2 => Ok(()),
            _ => Err(Unavailable::new(
                "the private MariaDB cannot be made as new",
            )),
        }
    }

    /// A text that changes with every change of this user's right to log in.
    pub(super) fn version_of(&mut self, user: &str) -> Result<String, Unavailable> {
        let user = quoted(user);
        let rows = self.owner.ask(&format!(
            "SELECT host, Priv FROM mysql.global_priv WHERE user = {user};
             SELECT host, db, Select_priv FROM mysql.db WHERE user = {user}"
        ))?;
        Ok(rows.join("\n"))
    }

    /// All users of this server but this and our own, each with what its login depends on.
    pub(super) fn users_besides(
        &mut self,
        user: &str,
    ) -> Result<Vec<(String, String)>, Unavailable> {
        let rows = self.owner.ask(&format!(
            "SELECT user, sha2(concat(host, Priv), 256) FROM mysql.global_priv \
             WHERE user NOT IN ('root', 'mariadb.sys', 'mysql', 'PUBLIC', {}) ORDER BY user",
            quoted(user)
        ))?;
        let pairs = rows.iter().filter_map(|row| row.split_once('\t'));
        Ok(pairs
            .map(|(name, state)| (name.to_owned(), state.to_owned()))
            .collect())
    }

    /// Logs in and does what a client does.
    pub(super) fn attempt(&self, login: &Login) -> Accepts {
        match try_login(&self.client, &self.socket, login) {
            Ok(output) if output.status.success() => Accepts::Yes,
            Ok(output) => refusal(&String::from_utf8_lossy(&output.stderr)),
            Err(error) => Accepts::CannotSay(error.to_string()),
        }
    }
}

fn try_login(client: &Path, socket: &Path, login: &Login) -> std::io::Result<std::process::Output> {
    let mut command = Command::new(client);
    command.args(["--no-defaults", "--batch", "--connect-timeout=5"]);
    command
        .arg("--socket")
        .arg(socket)
        .arg(format!("--user={}", login.user));
    command.arg(format!(
        "--database={}",
        login.database.as_deref().unwrap_or(DATABASE)
    ));
    command.arg("--execute=SELECT id FROM orders");
    // Not an argument, which everybody on the machine could read.
    command
        .env("MYSQL_PWD", &login.password)
        .stdin(Stdio::null());
    command.output()
}

/// Errors that are about the credential or its rights, not about the server.
const ABOUT_LOGIN: [&str; 6] = ["1044", "1045", "1049", "1142", "1698", "1862"];

/// What an error says of the credential, or only of the server.
fn refusal(said: &str) -> Accepts {
    let line = said
        .lines()
        .find(|line| line.starts_with("ERROR"))
        .unwrap_or(said)
        .trim();
    let number = line.split_whitespace().nth(1).unwrap_or_default();
    match ABOUT_LOGIN.contains(&number) {
        true => Accepts::No(line.to_owned()),
        false => Accepts::CannotSay(line.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_about_the_login_or_about_the_server() {
        let denied = "ERROR 1045 (28000): Access denied for user 'app'@'localhost'\n";
        assert!(matches!(refusal(denied), Accepts::No(text) if text.contains("Access denied")));
        let full = "ERROR 1040 (08004): Too many connections\n";
        assert!(matches!(refusal(full), Accepts::CannotSay(_)));
    }
}
