//! What `--report` takes, and the files that come of it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use keywheel::explore::summary::Summary;
use keywheel::output;
use keywheel::report::case::Case;
use keywheel::report::page::{self, Finding};
use keywheel::report::{github, json, junit, tap};

use super::exit::Failure;
use super::screen::out;

/// The form of a report, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// What a person reads, on the standard output. It is always there.
    Text,
    /// JSON lines.
    Json(PathBuf),
    /// JUnit XML.
    Junit(PathBuf),
    /// TAP.
    Tap(PathBuf),
    /// Annotations on the standard output, and the step summary.
    Github,
    /// One HTML page.
    Html(PathBuf),
}

const FORMS: &str = "write text, json=FILE, junit=FILE, tap=FILE, html=FILE or github";

impl FromStr for Report {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (form, file) = text.split_once('=').unwrap_or((text, ""));
        let path = || match file {
            "" => Err(format!("--report {form} needs a file: {FORMS}")),
            file => Ok(PathBuf::from(file)),
        };
        match form {
            "text" if file.is_empty() => Ok(Self::Text),
            "github" if file.is_empty() => Ok(Self::Github),
            "json" => path().map(Self::Json),
            "junit" => path().map(Self::Junit),
            "tap" => path().map(Self::Tap),
            "html" => path().map(Self::Html),
            _ => Err(FORMS.to_owned()),
        }
    }
}

/// What is reported.
pub(crate) struct Told<'a> {
    pub(crate) mode: &'a str,
    pub(crate) function: &'a str,
    pub(crate) cases: &'a [Case],
    pub(crate) summary: Option<&'a Summary>,
    /// What failed, told in full; asked for only if somebody wants it.
    pub(crate) findings: &'a dyn Fn() -> Vec<Finding>,
}

/// Finds out whether the reports can be written, before anything runs.
pub(crate) fn check(reports: &[Report]) -> Result<(), Failure> {
    for report in reports {
        if let Report::Json(path) | Report::Junit(path) | Report::Tap(path) | Report::Html(path) =
            report
        {
            output::check(path).map_err(|error| refused(path, &error))?;
        }
    }
    Ok(())
}

/// The exit code of a command whose reports have been written, or could not be: a verdict goes
/// before that.
pub(crate) fn after(written: Result<(), Failure>, code: u8) -> Result<ExitCode, Failure> {
    match written {
        Err(failure) if code != 0 => {
            failure.report();
        }
        written => written?,
    }
    Ok(ExitCode::from(code))
}

/// Writes every report that was asked for.
pub(crate) fn write(reports: &[Report], told: &Told<'_>) -> Result<(), Failure> {
    for report in reports {
        match report {
            Report::Text => {}
            Report::Json(path) => {
                let text = json::report(told.mode, told.function, told.cases, told.summary);
                put(path, &text)?;
            }
            Report::Junit(path) => {
                let text = junit::report(told.mode, told.cases);
                let text = text.map_err(|error| Failure::internal(error.to_string()))?;
                put(path, &text)?;
            }
            Report::Tap(path) => put(path, &tap::report(told.cases))?,
            Report::Github => to_github(told)?,
            Report::Html(path) => {
                let title = format!("keywheel {} of {}", told.mode, told.function);
                put(path, &page::page(&title, told.cases, &(told.findings)()))?;
            }
        }
    }
    Ok(())
}

/// Writes a report, in a folder that need not be there yet.
fn put(path: &Path, text: &str) -> Result<(), Failure> {
    output::put(path, text).map_err(|error| refused(path, &error))
}

fn refused(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!(
        "--report: cannot write {}: {error}",
        path.display()
    ))
}

/// Annotations go to the log; the summary to the file that GitHub names, if it does.
fn to_github(told: &Told<'_>) -> Result<(), Failure> {
    let _ = out().write_all(github::annotations(told.cases).as_bytes());
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from) else {
        return Ok(());
    };
    let title = format!("{} of {}", told.mode, told.function);
    let text = github::step_summary(&title, told.cases);
    let file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| refused(&path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_others_are_refused_with_the_forms() {
        assert_eq!("json=a=b".parse(), Ok(Report::Json("a=b".into())));
        assert_eq!("github".parse(), Ok(Report::Github));
        for text in ["", "xml=a", "text=a", "github=a"] {
            assert_eq!(text.parse::<Report>(), Err(FORMS.to_owned()), "{text}");
        }
        assert!(
            "junit"
                .parse::<Report>()
                .unwrap_err()
                .contains("needs a file")
        );
    }
}
