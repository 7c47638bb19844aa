//! A `keywheel serve` process, and the programs that are run against it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;

/// The ARN of the function that every server here has besides its builtin: the rotator's own
/// Lambda bootstrap, run as a process.
pub(crate) const BOOTSTRAP_ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:rotator";

/// The ARN of the function that needs no set-up.
pub(crate) const BUILTIN_ARN: &str =
    "arn:aws:lambda:us-east-1:000000000000:function:keywheel-rotator";

/// A running server. Dropping it kills it.
pub(crate) struct Serve {
    child: Child,
    pub(crate) first_line: String,
    pub(crate) url: String,
    log: Option<JoinHandle<String>>,
}

impl Serve {
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::start_logging(args, None)
    }

    /// The same, with a filter for what it logs.
    pub(crate) fn start_logging(args: &[&str], filter: Option<&str>) -> Self {
        let mut command = keywheel(&["serve", "--port", "0"]);
        if let Some(filter) = filter {
            command.env("KEYWHEEL_LOG", filter);
        }
        command.args(args);
        Self::spawn(command)
    }

    /// A server with a folder of its own for what it keeps for a time.
    pub(crate) fn start_in(folder: &Path, args: &[&str]) -> Self {
        let mut command = keywheel(&["serve", "--port", "0"]);
        command.args(args).env("TMPDIR", folder);
        Self::spawn(command)
    }

    /// A server that may have so many file descriptors at first, and so many at most.
    pub(crate) fn start_with_descriptors(soft: u32, hard: u32) -> Self {
        let program = env!("CARGO_BIN_EXE_keywheel");
        let limits = format!("ulimit -Sn {soft}; ulimit -Hn {hard}");
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{limits}; exec '{program}' serve --port 0")]);
        scrub(&mut command);
        Self::spawn(command)
    }

    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first_line = lines.next().expect("it prints its address first").unwrap();
        let url = first_line
            .split_whitespace()
            .find(|word| word.starts_with("http://"));
        let url = url.expect("the first line has the address").to_owned();
        let errors = child.stderr.take().unwrap();
        // Read to the end, so that the server never waits for a reader.
        let log = std::thread::spawn(move || {
            std::thread::spawn(move || lines.for_each(drop));
            std::io::read_to_string(errors).unwrap_or_default()
        });
        Self {
            child,
            first_line,
            url,
            log: Some(log),
        }
    }

    /// A server with the rotator's bootstrap as the function `rotator`.
    pub(crate) fn with_bootstrap() -> Self {
        Self::with_bootstrap_and("")
    }

    /// The same, with settings for the bootstrap before its command.
    pub(crate) fn with_bootstrap_and(settings: &str) -> Self {
        let bootstrap = bootstrap();
        let function = format!("rotator=exec:{settings} exec '{}'", bootstrap.display());
        Self::start(&["--seed", "7", "--function", &function])
    }

    /// The whole answer to a GET.
    pub(crate) fn get(&self, path: &str) -> String {
        let authority = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(authority).unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// The whole answer to a request with a JSON body.
    pub(crate) fn send(&self, method: &str, path: &str, body: &str) -> String {
        let authority = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(authority).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Asks the control plane of the server at `url`, which must do it.
    pub(crate) fn control_of(url: &str, method: &str, path: &str, body: &serde_json::Value) {
        let authority = url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(authority).unwrap();
        let body = body.to_string();
        let length = body.len();
        write!(
            stream,
            "{method} /_keywheel/{path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the process to end by itself.
    pub(crate) fn wait(&mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    /// Ends the server and gives what it logged.
    pub(crate) fn end(&mut self) -> String {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let log = self.log.take().map(|log| log.join().unwrap_or_default());
        log.unwrap_or_default()
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let log = self.end();
        if std::thread::panicking() {
            print(&log);
        }
    }
}

/// The test runner shows it with the failure.
#[expect(clippy::print_stdout, reason = "what a failed test prints is shown")]
fn print(log: &str) {
    println!("--- log of keywheel serve\n{log}---");
}

/// The command under test, without what the user's environment says of AWS and Keywheel.
pub(crate) fn keywheel(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keywheel"));
    command.args(args);
    scrub(&mut command);
    command
}

fn scrub(command: &mut Command) {
    for (name, _) in std::env::vars() {
        if name.starts_with("AWS_") || name.starts_with("KEYWHEEL_") {
            command.env_remove(name);
        }
    }
}

pub(crate) fn bootstrap() -> PathBuf {
    let built = Path::new(env!("CARGO_BIN_EXE_keywheel")).with_file_name("bootstrap");
    assert!(
        built.exists(),
        "{} is missing: run `cargo test --workspace`, or `cargo build -p keywheel-rotator` before",
        built.display()
    );
    built
}

/// Runs a program as a user of the server would, with nothing but the variables that it prints.
pub(crate) fn run_client(serve: &Serve, program: &Path, args: &[&str]) -> Output {
    client(serve, program, args).output().unwrap()
}

/// The same program, not yet run.
pub(crate) fn client(serve: &Serve, program: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    scrub(&mut command);
    command
        .args(args)
        .env("AWS_ENDPOINT_URL", &serve.url)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_PAGER", "")
        .env("NO_PROXY", "127.0.0.1")
        .env("FUNCTION_ARN", BOOTSTRAP_ARN)
        .env("BUILTIN_ARN", BUILTIN_ARN);
    command
}

/// Fails with everything that the program wrote unless it succeeded.
pub(crate) fn check(output: &Output) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, errors) = (text(&output.stdout), text(&output.stderr));
    assert!(
        output.status.success(),
        "{}\n{out}\n{errors}",
        output.status
    );
}
