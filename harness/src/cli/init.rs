//! `keywheel init`: a first keywheel.toml, a first scenario and a CI workflow for a function.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keywheel::function::{PROJECT_FILE, candidates};

use super::exit::Failure;
use super::screen::out;

/// Options of `keywheel init`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The function under test, in any form that `keywheel test` takes [default: the one that is in
    /// this folder].
    #[arg(value_name = "FUNCTION")]
    function: Option<String>,
}

const SCENARIO: &str = "\
# the function dies when its new value is stored: the next attempt must not store another
keywheel scenario 1
world holds=password
fault createSecret/PutSecretValue#1 kill-after
rotate
expect labels AWSCURRENT=token1 AWSPREVIOUS=v0
";

const WORKFLOW: &str = "\
name: keywheel
on: [push, pull_request]
jobs:
  rotation:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: keywheel test --report github --report junit=keywheel.xml
";

/// Runs the command.
pub(crate) fn run_command(args: &Args) -> Result<ExitCode, Failure> {
    let function = match &args.function {
        Some(function) => function.clone(),
        None => only_function()?,
    };
    let project = format!(
        "# What keywheel knows of this function: https://json-schema.org names its schema in \
         keywheel.schema.json.\nscenarios = [\"scenarios\"]\n\n[function]\npath = {}\n",
        toml_text(&function)
    );
    let files: [(&Path, &str); 3] = [
        (Path::new(PROJECT_FILE), &project),
        (Path::new("scenarios/first.scenario"), SCENARIO),
        (Path::new(".github/workflows/keywheel.yml"), WORKFLOW),
    ];
    for (path, text) in files {
        write_new(path, text)?;
    }
    // A reader that has gone away does not undo it.
    let _ = writeln!(out(), "\nnow run: keywheel test");
    Ok(ExitCode::SUCCESS)
}

/// The function that is in this folder, if there is one.
fn only_function() -> Result<String, Failure> {
    let found = candidates(Path::new("."));
    match &found[..] {
        [only] => Ok(only.clone()),
        [] => Err(Failure::usage(
            "no function is in this folder: name it, as in keywheel init src/rotator.py:handler",
        )),
        several => Err(Failure::usage(format!(
            "several functions are in this folder; name one: {}",
            several.join(", ")
        ))),
    }
}

/// Writes a file that is not there yet; one that is stays as it is.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::usage(format!("{}: {error}", path.display()));
    let told = if path.exists() {
        "is there already"
    } else {
        let parent = path.parent().map_or_else(PathBuf::new, Path::to_owned);
        fs::create_dir_all(parent).map_err(failed)?;
        fs::write(path, text).map_err(failed)?;
        "written"
    };
    // A reader that has gone away does not undo it.
    let _ = writeln!(out(), "  {told:<16} {}", path.display());
    Ok(())
}

/// A text as TOML writes it.
fn toml_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
