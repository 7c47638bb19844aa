//! Tests that are ignored where a client is missing.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use crate::client::{Client, Missing};

/// The variable that says what becomes of a test whose client is missing.
const VARIABLE: &str = "KEYWHEEL_CLIENTS";

/// A test, and what it needs.
pub struct Test {
    name: String,
    needs: Vec<Client>,
    body: Box<dyn FnOnce() + Send>,
}

impl Test {
    /// A test of a function; its path begins with the crate. Usually made by [`tests!`](crate::tests).
    #[must_use]
    pub fn new(path: &str, needs: &[Client], body: impl FnOnce() + Send + 'static) -> Self {
        let name = path.split_once("::").map_or(path, |(_, inner)| inner);
        Self {
            name: name.to_owned(),
            needs: needs.to_vec(),
            body: Box::new(body),
        }
    }

    /// The same test where it needs one client more.
    #[must_use]
    pub fn with(mut self, client: Client) -> Self {
        self.needs.push(client);
        self
    }
}

/// Lists tests: `tests![[Boto3 AwsCli] one, [Python] async another, [] third]`, each with the
/// [`Client`]s that it needs.
#[macro_export]
macro_rules! tests {
    ($([$($need:ident)*] $($test:ident)+),* $(,)?) => {
        vec![$($crate::tests!(@one [$($need)*] $($test)+)),*]
    };
    (@one [$($need:ident)*] async $test:ident) => {
        $crate::tests!(@made [$($need)*] $test, || $crate::block_on($test()))
    };
    (@one [$($need:ident)*] $test:ident) => {
        $crate::tests!(@made [$($need)*] $test, $test)
    };
    (@made [$($need:ident)*] $test:ident, $body:expr) => {
        $crate::Test::new(
            concat!(module_path!(), "::", stringify!($test)),
            &[$($crate::Client::$need),*],
            $body,
        )
    };
}

/// Runs an asynchronous test on this thread.
///
/// # Panics
/// The system has no room for a runtime.
pub fn block_on(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime
        .expect("a test needs nothing that the system refuses")
        .block_on(test);
}

/// What becomes of a test whose client is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Policy {
    Ignore,
    Require,
}

impl Policy {
    fn read(said: Option<&str>) -> Result<Self, String> {
        match said {
            None | Some("") => Ok(Self::Ignore),
            Some("require") => Ok(Self::Require),
            Some(other) => Err(format!(
                "{VARIABLE}={other}: say `require`, or leave it out: then the tests of clients \
                 that are missing are ignored"
            )),
        }
    }
}

/// The tests that were ignored, and for want of what.
#[derive(Debug, Default)]
struct Ignored {
    count: usize,
    clients: BTreeSet<&'static str>,
}

impl Ignored {
    /// The last line.
    fn line(&self) -> Option<String> {
        let Self { count, clients } = self;
        let tests = if *count == 1 { "test" } else { "tests" };
        let clients: Vec<&str> = clients.iter().copied().collect();
        let clients = clients.join(", ");
        (*count > 0).then(|| {
            format!(
                "{count} {tests} ignored for want of {clients}: `.ci/clients` installs what is \
                 missing; see harness/CONTRIBUTING.md"
            )
        })
    }
}

/// The `main` of a test target: runs the tests as the arguments say, those of `cargo test`.
pub fn run(tests: impl IntoIterator<Item = Test>) -> ExitCode {
    let said = std::env::var(VARIABLE).ok();
    let policy = match Policy::read(said.as_deref()) {
        Ok(policy) => policy,
        Err(message) => {
            tell(&message);
            return ExitCode::from(2);
        }
    };
    let ignored = Arc::new(Mutex::new(Ignored::default()));
    let trials = tests.into_iter().map(|test| trial(test, policy, &ignored));
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials.collect());
    let ignored = ignored.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(line) = ignored.line() {
        tell(&line);
    }
    conclusion.exit_code()
}

fn trial(test: Test, policy: Policy, ignored: &Arc<Mutex<Ignored>>) -> Trial {
    let Test { name, needs, body } = test;
    let ignored = Arc::clone(ignored);
    Trial::ignorable_test(name, move || {
        let missing = needs.iter().filter_map(|client| client.find().err());
        let missing: Vec<Missing> = missing.collect();
        if missing.is_empty() {
            body();
            return Ok(Completion::Completed);
        }
        let told: Vec<String> = missing.iter().map(Missing::to_string).collect();
        let told = told.join("; ");
        if policy == Policy::Require {
            return Err(Failed::from(told));
        }
        let mut ignored = ignored.lock().unwrap_or_else(PoisonError::into_inner);
        ignored.count += 1;
        ignored.clients.extend(missing.iter().map(|it| it.name));
        Ok(Completion::ignored_with(told))
    })
}

/// Writes a line below what the runner has written.
fn tell(line: &str) {
    // Nobody reads what cannot be written.
    let _ = writeln!(anstream::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_require_may_be_said() {
        assert_eq!(Policy::read(None), Ok(Policy::Ignore));
        assert_eq!(Policy::read(Some("require")), Ok(Policy::Require));
        let refused = Policy::read(Some("skip")).unwrap_err();
        assert!(refused.contains("KEYWHEEL_CLIENTS=skip"), "{refused}");
    }

    #[test]
    fn the_last_line_names_what_was_missing_once() {
        let mut ignored = Ignored::default();
        assert_eq!(ignored.line(), None);
        ignored.count = 2;
        ignored.clients.extend(["boto3", "Node.js", "boto3"]);
        let line = ignored.line().unwrap();
        assert!(
            line.starts_with("2 tests ignored for want of Node.js, boto3: "),
            "{line}"
        );
    }

    #[test]
    fn a_list_of_tests_names_them_as_cargo_does() {
        fn one() {}
        async fn another() {}
        let tests = crate::tests![[Boto3 AwsCli] one, [] async another];
        assert_eq!(tests[0].name, "run::tests::one");
        assert_eq!(tests[0].needs, [Client::Boto3, Client::AwsCli]);
        assert!(tests[1].needs.is_empty());
    }
}
