//! What a finding leaves on disk: the smallest scenario and the first, a trace, a timeline, and
//! what one must know to see it again. None of it holds a key.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::explore::summary::{Finding, Summary};
use crate::output;
use crate::record::Run;
use crate::scenario::print;

use crate::record::timeline;

use super::{html, trace};

/// The file that is replayed.
const MINIMAL: &str = "minimal.scenario";

/// What all findings of a campaign have in common.
const SUMMARY: &str = "summary.json";

/// Why a finding could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum ArtefactError {
    /// The file system refuses.
    #[error("cannot write {}: {error}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The run that shows a finding cannot be had: our own bug.
    #[error("the scenario of finding {first} cannot be read back: {error}")]
    Unreadable {
        /// Which finding.
        first: String,
        /// What is wrong.
        error: String,
    },
}

/// How a finding's run is had; an error says why it cannot be.
pub type Reproduce<'a> = dyn Fn(&Finding) -> Result<Run, String> + 'a;

/// Writes every finding into a folder of its own below `folder`, and gives the files to replay, in
/// the findings' order.
///
/// # Errors
/// The first file that cannot be written.
pub fn write(
    folder: &Path,
    summary: &Summary,
    reproduce: &Reproduce<'_>,
) -> Result<Vec<PathBuf>, ArtefactError> {
    let below = folder.join(campaign_name(summary));
    clear(&below)?;
    let numbered = summary.findings.iter().zip(1..);
    let written: Result<Vec<PathBuf>, ArtefactError> = numbered
        .map(|(finding, number)| {
            let name = match &finding.operation {
                Some(operation) => {
                    format!("{number:02}-{}-{operation}", finding.class.objector)
                }
                None => format!("{number:02}-{}", finding.class.objector),
            };
            write_one(&below.join(name), finding, summary, reproduce)
        })
        .collect();
    if !summary.findings.is_empty() {
        put(&below.join(SUMMARY), &pretty(summary))?;
    }
    written
}

/// Takes away what the same campaign found before: what is mended must not lie beside what is not.
fn clear(below: &Path) -> Result<(), ArtefactError> {
    let Ok(entries) = std::fs::read_dir(below) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry.map_err(|error| refused(below, error))?.path();
        // Nothing goes but what was written here.
        if path.join(MINIMAL).is_file() {
            std::fs::remove_dir_all(&path).map_err(|error| refused(&path, error))?;
        }
    }
    let summary = below.join(SUMMARY);
    match std::fs::remove_file(&summary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(refused(&summary, error)),
        _ => Ok(()),
    }
}

/// The name of a campaign, for a folder.
fn campaign_name(summary: &Summary) -> String {
    let function = &summary.plan.function;
    let function = function.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "-");
    let shard = match summary.shard.of {
        1 => String::new(),
        of => format!("-{}-of-{of}", summary.shard.index),
    };
    format!("{}-{function}{shard}", summary.plan.mode)
}

fn write_one(
    folder: &Path,
    finding: &Finding,
    summary: &Summary,
    reproduce: &Reproduce<'_>,
) -> Result<PathBuf, ArtefactError> {
    std::fs::create_dir_all(folder).map_err(|error| refused(folder, error))?;
    let run = reproduce(finding).map_err(|error| ArtefactError::Unreadable {
        first: finding.first.to_string(),
        error,
    })?;
    let minimal = folder.join(MINIMAL);
    put(&minimal, &print(&run.scenario))?;
    put(&folder.join("original.scenario"), &finding.original)?;
    put(&folder.join("trace.jsonl"), &trace::lines(&run))?;
    put(&folder.join("timeline.txt"), &timeline::of(&run))?;
    let page = html::page(&finding.objection, &run);
    put(&folder.join("timeline.html"), &page)?;
    put(
        &folder.join("meta.json"),
        &pretty(&meta(finding, summary, &run)),
    )?;
    Ok(minimal)
}

fn meta(finding: &Finding, summary: &Summary, run: &Run) -> serde_json::Value {
    let agent = run.history.calls().find_map(|exchange| {
        let header = exchange.headers.get("x-amz-user-agent")?;
        header.to_str().ok().map(str::to_owned)
    });
    json!({
        "oracle": finding.class.objector,
        "objection": finding.objection,
        "runs": finding.count,
        "first": finding.first,
        "plan": summary.plan,
        "shard": summary.shard,
        "version": summary.version,
        "sdk": agent,
        "marks": run.marks(),
        "virtual_ms": run.ended.millis_since(run.started),
    })
}

fn pretty(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_string_pretty(value).expect("text keys only, and no failing types");
    text + "\n"
}

fn put(path: &Path, text: &str) -> Result<(), ArtefactError> {
    output::put(path, text).map_err(|error| refused(path, error))
}

fn refused(path: &Path, error: io::Error) -> ArtefactError {
    ArtefactError::Io {
        path: path.to_owned(),
        error,
    }
}
