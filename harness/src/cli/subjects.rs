//! What `--function` names, for the commands that judge a function.

use std::net::SocketAddr;
use std::sync::Arc;

use keywheel::mutants;
use keywheel::subject::Subject;
use keywheel::subject::builtin::Builtin;
use keywheel::subject::process::Process;
use keywheel::subject::url::Url;
use keywheel_emulator::fault::Span;

use super::exit::Failure;

/// The function under test, and how it is reached.
#[derive(Debug, clap::Args)]
pub(crate) struct Function {
    /// The function under test: builtin, mutant:NAME (see `keywheel list mutants`), plain (which
    /// mutants are made of), canary (which fails at a known rate), stuck (which never ends),
    /// process:COMMAND (any language, by the Lambda Runtime API, in real time) or http:URL (an event
    /// is posted to it).
    #[arg(long = "function", value_name = "FUNCTION", default_value = "builtin")]
    pub(crate) name: String,
    /// Where a function behind a URL makes its calls: its AWS_ENDPOINT_URL.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:4566")]
    listen: SocketAddr,
    /// How long an invocation of a process or a URL may take, in real time; a scenario may say less.
    #[arg(long, value_name = "TIME", default_value = "30s")]
    time_limit: Span,
}

/// The functions that are no mutants: the one under test, the plain one that mutants are made of,
/// the one that fails at a known rate, and the one that never ends.
const OWN: [(&str, &dyn Subject); 4] = [
    ("builtin", &Builtin),
    ("plain", &mutants::Plain),
    ("canary", &mutants::Canary),
    ("stuck", &mutants::Stuck),
];

impl Function {
    /// The function.
    ///
    /// # Errors
    /// A usage error that lists the names there are.
    pub(crate) fn find(&self) -> Result<Arc<dyn Subject>, Failure> {
        let limit = self.time_limit.to_duration();
        let bad = |why: String| Failure::usage(format!("--function {}: {why}", self.name));
        match self.name.split_once(':') {
            None => {
                let own = OWN.into_iter().find(|(known, _)| *known == self.name);
                let (_, subject) = own.ok_or_else(|| Failure::usage(unknown(&self.name)))?;
                Ok(Arc::new(subject))
            }
            Some(("mutant", name)) => {
                let found = mutants::ALL
                    .iter()
                    .find(|mutant| mutant.subject.name() == name);
                let mutant = found.ok_or_else(|| Failure::usage(unknown(&self.name)))?;
                Ok(Arc::new(mutant.subject))
            }
            Some(("process", command)) if command.trim().is_empty() => {
                Err(bad("the command is missing: process:COMMAND".to_owned()))
            }
            Some(("process", command)) => Ok(Arc::new(Process::new(command, limit))),
            Some(("http", rest)) => {
                // http:URL, or the URL itself.
                let url = if rest.starts_with("//") {
                    &self.name
                } else {
                    rest
                };
                let function = Url::new(url, self.listen, limit);
                Ok(Arc::new(function.map_err(|error| bad(error.to_string()))?))
            }
            _ => Err(Failure::usage(unknown(&self.name))),
        }
    }

    /// What a command line needs to name it again, with a blank before it.
    pub(crate) fn again(&self) -> String {
        match self.name.as_str() {
            "builtin" => String::new(),
            name => format!(" --function {}", quoted(name)),
        }
    }
}

/// A word of a command line, in quotes where a shell would not take it for one word.
pub(crate) fn quoted(word: &str) -> String {
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Does a shell take it for itself?
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b":/._-".contains(&byte)
}

fn unknown(name: &str) -> String {
    let known: Vec<String> = names().collect();
    let near = keywheel_emulator::fault::nearest(name, known.iter().map(String::as_str));
    let hint = near.map_or_else(
        || format!("use one of {}, process:COMMAND, http:URL", known.join(", ")),
        |near| format!("did you mean {near}?"),
    );
    format!("--function: there is no function {name}; {hint}")
}

fn names() -> impl Iterator<Item = String> {
    let mutants = mutants::ALL
        .iter()
        .map(|mutant| format!("mutant:{}", mutant.subject.name()));
    OWN.into_iter()
        .map(|(name, _)| name.to_owned())
        .chain(mutants)
}
