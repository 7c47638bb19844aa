//! One private PostgreSQL server, and the connection by which it is made as new.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::{Client, Config, NoTls};

use crate::link::Server;
use crate::target::background::ask;
use crate::target::private::{Daemon, Place};
use crate::target::{Unavailable, binaries};

use super::{DATABASE, FIRST_PASSWORD, ROLE};

/// Where Debian has the programs; others have them on PATH.
const ELSEWHERE: &str = "/usr/lib/postgresql/*/bin";
/// Users that may run a server where we are root.
const USERS: [&str; 2] = ["postgres", "nobody"];

/// The superuser, which is nobody's but ours, and a role of somebody else's.
const OWNER: &str = "keywheel";
const STRANGER: &str = "billing";

/// The name of the socket follows from the port.
const PORT: &str = "5432";
const SOCKET: &str = ".s.PGSQL.5432";

/// What makes a server fast that nobody needs tomorrow.
const SETTINGS: [&str; 12] = [
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "shared_buffers=16MB",
    "max_connections=40",
    "jit=off",
    "password_encryption=scram-sha-256",
    "checkpoint_timeout=1d",
];

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one question may take.
pub(super) const QUESTION: Duration = Duration::from_secs(5);

/// The programs of a PostgreSQL.
pub(super) struct Installed {
    folder: PathBuf,
}

impl Installed {
    pub(super) fn find() -> Result<Self, Unavailable> {
        let folder = binaries::find("PostgreSQL", &["initdb", "postgres"], ELSEWHERE)?;
        Ok(Self { folder })
    }

    /// Makes a cluster in a folder of its own and starts a server on it.
    pub(super) fn start(&self) -> Result<Private, Unavailable> {
        let place = Place::make(&USERS).map_err(Unavailable::new)?;
        let password = owner_password(place.path());
        let told = place
            .write("password", &password)
            .map_err(Unavailable::new)?;
        let data = place.path().join("data");
        let pwfile = format!("--pwfile={}", told.display());
        let user = format!("--username={OWNER}");
        let made = [
            OsStr::new("-D"),
            data.as_os_str(),
            OsStr::new(&user),
            OsStr::new(&pwfile),
            OsStr::new("--auth=scram-sha-256"),
            OsStr::new("--no-sync"),
            OsStr::new("--no-locale"),
            OsStr::new("--encoding=UTF8"),
            OsStr::new("--wal-segsize=1"),
        ];
        place.run(&self.folder.join("initdb"), &made)?;
        let socket = place.path().join(SOCKET);
        let here = place.path().as_os_str().to_owned();
        let mut started = vec![
            OsStr::new("-D"),
            data.as_os_str(),
            OsStr::new("-k"),
            &here,
            OsStr::new("-p"),
            OsStr::new(PORT),
        ];
        for setting in &SETTINGS {
            started.extend([OsStr::new("-c"), OsStr::new(setting)]);
        }
        let daemon = place.start(&self.folder.join("postgres"), &started)?;
        Private::greet(daemon, socket, password)
    }
}

/// A password that differs from server to server: the random end of its folder's name.
fn owner_password(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    format!("owner-of-{name}")
}

/// A server that runs, and our connection to it.
pub(super) struct Private {
    /// Dropped before the server ends.
    owner: Arc<Client>,
    socket: PathBuf,
    _daemon: Daemon,
}

impl Private {
    fn greet(mut daemon: Daemon, socket: PathBuf, password: String) -> Result<Self, Unavailable> {
        let config = config(daemon.path(), OWNER, &password, "postgres");
        let mut waited = Duration::ZERO;
        let owner = loop {
            let config = config.clone();
            match ask(async move { connect(&config).await }) {
                Ok(owner) => break Arc::new(owner),
                Err(error) if waited > PATIENCE => {
                    return Err(Unavailable::new(format!(
                        "postgres does not answer: {error}"
                    )));
                }
                Err(_) => {}
            }
            if let Some(end) = daemon.end() {
                return Err(Unavailable::new(format!("postgres has ended: {end}")));
            }
            std::thread::sleep(Duration::from_millis(10));
            waited += Duration::from_millis(10);
        };
        let made = format!("CREATE DATABASE {DATABASE}");
        execute(&owner, made)?;
        drop(owner);
        let in_database = self::config(daemon.path(), OWNER, &password, DATABASE);
        let owner = ask(async move { connect(&in_database).await }).map_err(Unavailable::new)?;
        let owner = Arc::new(owner);
        execute(&owner, prepare())?;
        Ok(Self {
            owner,
            socket,
            _daemon: daemon,
        })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> Server {
        Server::Unix(self.socket.clone())
    }

    /// How somebody logs in.
    pub(super) fn config(&self, user: &str, password: &str, database: &str) -> Config {
        let folder = self.socket.parent().unwrap_or(&self.socket);
        config(folder, user, password, database)
    }

    /// Takes away all roles but those that every run begins with, and whoever is still in.
    pub(super) fn reset(&self) -> Result<(), Unavailable> {
        execute(&self.owner, "CALL keywheel.reset()".to_owned())
    }

    /// A number that changes with every change of this role's right to log in.
    pub(super) fn version_of(&self, role: &str) -> Result<String, Unavailable> {
        let rows = self.rows(VERSION, vec![role.to_owned()])?;
        Ok(rows.into_iter().map(|(_, version)| version).collect())
    }

    /// All roles of this server but these and our own, each with what its login depends on.
    pub(super) fn roles_besides(
        &self,
        roles: &[&str],
    ) -> Result<Vec<(String, String)>, Unavailable> {
        let mut found = self.rows(ROLES, vec![OWNER.to_owned()])?;
        found.retain(|(name, _)| !roles.contains(&name.as_str()));
        Ok(found)
    }

    fn rows(
        &self,
        query: &'static str,
        given: Vec<String>,
    ) -> Result<Vec<(String, String)>, Unavailable> {
        let owner = Arc::clone(&self.owner);
        let rows = ask(async move {
            let given: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> =
                given.iter().map(|it| it as _).collect();
            tokio::time::timeout(QUESTION, owner.query(query, &given)).await
        });
        let rows = rows.map_err(Unavailable::new)?.map_err(Unavailable::new)?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }
}

/// Lets a server make itself as new in one call: the first password is hashed once and for all.
fn prepare() -> String {
    format!(
        "CREATE TABLE public.orders (id integer);
         INSERT INTO public.orders VALUES (1);
         CREATE SCHEMA keywheel;
         CREATE ROLE {ROLE} LOGIN PASSWORD '{FIRST_PASSWORD}';
         CREATE TABLE keywheel.first AS
             SELECT rolpassword AS hash FROM pg_authid WHERE rolname = '{ROLE}';
         CREATE PROCEDURE keywheel.reset() LANGUAGE plpgsql AS $reset$
         DECLARE name text; hash text := (SELECT f.hash FROM keywheel.first f);
         BEGIN
             PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE usename <> '{OWNER}' AND pid <> pg_backend_pid();
             FOR name IN SELECT rolname FROM pg_roles
                 WHERE rolname <> '{OWNER}' AND rolname !~ '^pg_' LOOP
                 EXECUTE format('DROP OWNED BY %I CASCADE', name);
                 EXECUTE format('DROP ROLE %I', name);
             END LOOP;
             EXECUTE format('CREATE ROLE {ROLE} LOGIN PASSWORD %L', hash);
             EXECUTE format('CREATE ROLE {STRANGER} LOGIN PASSWORD %L', hash);
             GRANT SELECT ON public.orders TO {ROLE};
         END $reset$;"
    )
}

const VERSION: &str = "SELECT rolname::text, concat_ws(' ', oid, xmin, \
     rolpassword, rolcanlogin, rolconnlimit, rolvaliduntil, \
     (SELECT relacl FROM pg_class WHERE oid = 'public.orders'::regclass), \
     (SELECT array_agg(roleid ORDER BY roleid) FROM pg_auth_members WHERE member = pg_authid.oid)) \
     FROM pg_authid WHERE rolname = $1";

const ROLES: &str = "SELECT rolname::text, md5(concat_ws(' ', oid, rolpassword, rolcanlogin, \
     rolconnlimit, rolvaliduntil, rolsuper, rolcreaterole)) \
     FROM pg_authid WHERE rolname <> $1 AND rolname !~ '^pg_' ORDER BY rolname";

fn config(folder: &Path, user: &str, password: &str, database: &str) -> Config {
    let mut config = Config::new();
    config
        .host_path(folder)
        .user(user)
        .password(password)
        .dbname(database);
    config.connect_timeout(QUESTION);
    config
}

/// Logs in; the connection lives as long as its client.
pub(super) async fn connect(config: &Config) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Lets the server do something.
fn execute(client: &Arc<Client>, statement: String) -> Result<(), Unavailable> {
    let client = Arc::clone(client);
    let done =
        ask(async move { tokio::time::timeout(QUESTION, client.batch_execute(&statement)).await });
    done.map_err(Unavailable::new)?.map_err(Unavailable::new)
}
