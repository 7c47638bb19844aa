//! Which clients there are, whether they are here, and how to get them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// The top of the workspace.
const TOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Where npm puts the JavaScript clients.
pub const MODULES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/serve/node/node_modules"
);

/// Where npm puts, and builds, AWS's runtime client for Node.js.
pub const RUNTIME_CLIENT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/serve/runtime/node_modules/aws-lambda-ric"
);

/// What some tests need that is no part of the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Client {
    /// `python3`, which runs functions.
    Python,
    /// boto3.
    Boto3,
    /// AWS's caching client for Secrets Manager.
    CachingClient,
    /// awslambdaric, AWS's runtime client for Python.
    LambdaRic,
    /// websockets, for Python.
    Websockets,
    /// jsonschema, which validates reports and scenarios.
    Jsonschema,
    /// The AWS CLI, of any version.
    AwsCli,
    /// Version 2 of the AWS CLI, which is not on PyPI.
    AwsCli2,
    /// `node`, which runs functions.
    Node,
    /// The AWS SDK for JavaScript, and Amplify.
    JavaScriptSdk,
    /// aws-lambda-ric, AWS's runtime client for Node.js.
    NodeRic,
    /// A browser.
    Chromium,
    /// A PostgreSQL server.
    Postgres,
    /// psycopg2, a client of it for Python.
    Psycopg2,
    /// A MariaDB server.
    MariaDb,
    /// PyMySQL, a client of it for Python.
    PyMySql,
}

/// How a client is looked for.
enum Lookup {
    /// A program on PATH.
    Program(&'static str),
    /// A module that Python can import.
    Module(&'static str),
    /// A program that pip installs, in `.venv` or on PATH.
    Script(&'static str),
    /// The first program of that name on PATH that gives itself this version.
    Version(&'static str, &'static str),
    /// A program on PATH, or in one of the folders of another one.
    Server(&'static str, &'static str),
    /// A file that npm has put there.
    File(&'static str, &'static str),
}

impl Client {
    /// Its name in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python3",
            Self::Boto3 => "boto3",
            Self::CachingClient => "aws-secretsmanager-caching",
            Self::LambdaRic => "awslambdaric",
            Self::Websockets => "websockets",
            Self::Jsonschema => "jsonschema",
            Self::AwsCli => "the AWS CLI",
            Self::AwsCli2 => "version 2 of the AWS CLI",
            Self::Node => "Node.js",
            Self::JavaScriptSdk => "the AWS SDK for JavaScript",
            Self::NodeRic => "aws-lambda-ric",
            Self::Chromium => "Chromium",
            Self::Postgres => "PostgreSQL",
            Self::Psycopg2 => "psycopg2",
            Self::MariaDb => "MariaDB",
            Self::PyMySql => "PyMySQL",
        }
    }

    /// What installs it, at the top of the workspace.
    fn cure(self) -> &'static str {
        match self {
            Self::Python => "apt install python3",
            Self::Boto3 => ".venv/bin/pip install boto3",
            Self::CachingClient => ".venv/bin/pip install aws-secretsmanager-caching",
            Self::LambdaRic => ".venv/bin/pip install awslambdaric",
            Self::Websockets => ".venv/bin/pip install websockets",
            Self::Jsonschema => ".venv/bin/pip install jsonschema",
            Self::AwsCli => ".venv/bin/pip install awscli",
            Self::AwsCli2 => "apt install awscli",
            Self::Node => "apt install nodejs npm",
            Self::JavaScriptSdk => "npm ci --prefix harness/tests/serve/node",
            Self::NodeRic => "npm ci --prefix harness/tests/serve/runtime",
            Self::Chromium => "apt install chromium",
            Self::Postgres => "apt install postgresql",
            Self::Psycopg2 => ".venv/bin/pip install psycopg2-binary",
            Self::MariaDb => "apt install mariadb-server",
            Self::PyMySql => ".venv/bin/pip install pymysql",
        }
    }

    fn lookup(self) -> Lookup {
        match self {
            Self::Python => Lookup::Program("python3"),
            Self::Boto3 => Lookup::Module("boto3"),
            Self::CachingClient => Lookup::Module("aws_secretsmanager_caching"),
            Self::LambdaRic => Lookup::Module("awslambdaric"),
            Self::Websockets => Lookup::Module("websockets"),
            Self::Jsonschema => Lookup::Module("jsonschema"),
            Self::AwsCli => Lookup::Script("aws"),
            Self::AwsCli2 => Lookup::Version("aws", "aws-cli/2"),
            Self::Node => Lookup::Program("node"),
            Self::JavaScriptSdk => Lookup::File(MODULES, "@aws-sdk/client-secrets-manager"),
            Self::NodeRic => Lookup::File(RUNTIME_CLIENT, "dist/rapid-client.node"),
            Self::Chromium => Lookup::Program("chromium"),
            Self::Postgres => Lookup::Server("postgres", "/usr/lib/postgresql"),
            Self::Psycopg2 => Lookup::Module("psycopg2"),
            Self::MariaDb => Lookup::Server("mariadbd", "/usr"),
            Self::PyMySql => Lookup::Module("pymysql"),
        }
    }

    /// The program to run: the interpreter, for a module; the file or folder, for a package of npm.
    ///
    /// # Panics
    /// It is not here. A test that names it among its needs is not run then.
    #[must_use]
    pub fn program(self) -> PathBuf {
        self.find()
            .unwrap_or_else(|missing| panic!("{missing}; a test that needs it must say so"))
    }

    /// Looks for it, once in the life of the process.
    ///
    /// # Errors
    /// It is not here: why, and what installs it.
    pub(crate) fn find(self) -> Result<PathBuf, Missing> {
        static FOUND: Mutex<BTreeMap<Client, Result<PathBuf, Missing>>> =
            Mutex::new(BTreeMap::new());
        let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
        found.entry(self).or_insert_with(|| self.look()).clone()
    }

    fn look(self) -> Result<PathBuf, Missing> {
        let found = match self.lookup() {
            Lookup::Program(name) => answers(PathBuf::from(name), &["--version"]),
            Lookup::Module(name) => answers(local("python3"), &["-c", &format!("import {name}")]),
            Lookup::Script(name) => answers(local(name), &["--version"]),
            Lookup::Version(name, version) => of_version(name, version),
            Lookup::Server(name, folder) => server(name, Path::new(folder)),
            Lookup::File(folder, name) => there(Path::new(folder).join(name)),
        };
        let (name, cure) = (self.name(), self.cure());
        found.map_err(|why| Missing { name, why, cure })
    }
}

/// Why a client is not here, and what installs it.
#[derive(Clone, Debug)]
pub(crate) struct Missing {
    pub(crate) name: &'static str,
    why: String,
    cure: &'static str,
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, why, cure } = self;
        write!(f, "{name} is missing: {why}; `{cure}` installs it")
    }
}

/// A program of `.venv`, or the one on PATH where that has none.
fn local(name: &str) -> PathBuf {
    let inside = Path::new(TOP).join(".venv/bin").join(name);
    if inside.exists() {
        inside
    } else {
        PathBuf::from(name)
    }
}

/// The program, if it does with these arguments what it should.
fn answers(program: PathBuf, arguments: &[&str]) -> Result<PathBuf, String> {
    let output = Command::new(&program)
        .args(arguments)
        .stdin(Stdio::null())
        .output();
    let called = format!("`{} {}`", program.display(), arguments.join(" "));
    match output {
        Ok(output) if output.status.success() => Ok(program),
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr);
            let last = text.lines().last().unwrap_or("it fails");
            Err(format!("{called} says: {last}"))
        }
        Err(error) => Err(format!("{called}: {error}")),
    }
}

fn of_version(name: &str, version: &str) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut programs = std::env::split_paths(&path).map(|folder| folder.join(name));
    let is_of_version = |program: &PathBuf| {
        let output = Command::new(program).arg("--version").output();
        output.is_ok_and(|output| output.stdout.starts_with(version.as_bytes()))
    };
    let found = programs.find(is_of_version);
    found.ok_or_else(|| format!("no `{name}` on PATH calls itself {version}"))
}

/// A server's program: few have it on PATH. Debian has it in `bin` of a version's folder, or in
/// `sbin`.
fn server(name: &str, folder: &Path) -> Result<PathBuf, String> {
    let on_path = answers(PathBuf::from(name), &["--version"]);
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.flat_map(|entry| [entry.path(), entry.path().join("bin")]);
    let mut elsewhere = folders.map(|folder| folder.join(name));
    on_path.or_else(|why| elsewhere.find(|path| path.is_file()).ok_or(why))
}

fn there(path: PathBuf) -> Result<PathBuf, String> {
    if path.exists() {
        return Ok(path);
    }
    Err(format!("there is no {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_says_why_and_what_installs_it() {
        let missing = Missing {
            name: "it",
            why: answers("no-such-program".into(), &["-x"]).unwrap_err(),
            cure: "get it",
        };
        let told = missing.to_string();
        assert!(
            told.starts_with("it is missing: `no-such-program -x`: "),
            "{told}"
        );
        assert!(told.ends_with("; `get it` installs it"), "{told}");
    }

    #[test]
    fn a_program_that_fails_is_not_here_and_its_last_words_are_kept() {
        let fails = ["-c", "echo first >&2; echo last >&2; exit 1"];
        let why = answers("sh".into(), &fails).unwrap_err();
        assert!(why.ends_with("says: last"), "{why}");
        assert!(answers("sh".into(), &["-c", ":"]).is_ok());
    }

    #[test]
    fn a_program_of_another_version_is_not_the_one() {
        let why = of_version("sh", "aws-cli/2").unwrap_err();
        assert_eq!(why, "no `sh` on PATH calls itself aws-cli/2");
    }
}
