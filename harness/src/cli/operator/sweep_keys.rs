//! `keywheel sweep-keys`: extend the keys in use, retire those that no label names any more.

use std::process::ExitCode;

use keywheel_rotator::{Sweep, SweepAction, Sweeping, SweptKey, Tally};
use serde_json::{Value, json};

use super::super::exit::Failure;
use super::{Common, NOT_WELL, failed, moment, operate, print, say};

/// What `keywheel sweep-keys` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    /// Only tell what would become of each key.
    #[arg(long)]
    dry_run: bool,
}

/// Sweeps.
pub(crate) fn run_command(args: &Args) -> Result<ExitCode, Failure> {
    let how = if args.dry_run {
        Sweeping::DryRun
    } else {
        Sweeping::ForReal
    };
    operate(&args.common, async |operator| {
        let (secret, deadline) = (operator.secret(), operator.deadline());
        let tally = Tally::default();
        let swept = operator.rotator.sweep(secret, how, deadline, &tally);
        let sweep = match swept.await {
            Ok(sweep) => sweep,
            Err(error) => return Ok(failed(&args.common, None, &error)),
        };
        if args.common.json {
            print(&as_json(&sweep, args.dry_run));
        } else {
            tell(&sweep, args.dry_run);
        }
        Ok(ExitCode::from(if sweep.failed == 0 { 0 } else { NOT_WELL }))
    })
}

fn as_json(sweep: &Sweep, is_dry: bool) -> Value {
    let keys = sweep.keys.iter().map(|key| {
        let (action, until) = action(key.action);
        json!({
            "key": key.key.to_string(), "version": key.version, "expires": key.expires,
            "action": action, "until": until,
        })
    });
    json!({
        "outcome": if sweep.failed == 0 { "success" } else { "incomplete" }, "dry_run": is_dry,
        "api": sweep.api, "foreign": sweep.foreign, "failed": sweep.failed,
        "keys": keys.collect::<Vec<_>>(),
    })
}

fn tell(sweep: &Sweep, is_dry: bool) {
    for key in &sweep.keys {
        say(&line(key));
    }
    let mode = if is_dry { "; nothing was changed" } else { "" };
    let failed = match sweep.failed {
        0 => String::new(),
        failed => format!("; {failed} could not be done, see the log"),
    };
    let (ours, foreign) = (sweep.keys.len(), sweep.foreign);
    say(&format!(
        "API {}: {ours} keys of this secret, {foreign} that it never touches{mode}{failed}",
        sweep.api
    ));
}

fn line(key: &SweptKey) -> String {
    let (action, until) = action(key.action);
    let until = until.map_or_else(String::new, |until| format!(" until {}", moment(until)));
    let expires = moment(key.expires);
    format!(
        "{}  {}  expires {expires}  {action}{until}",
        key.key, key.version
    )
}

/// What becomes of a key, as a word, and until when it lives then.
fn action(action: SweepAction) -> (&'static str, Option<i64>) {
    match action {
        SweepAction::Keep => ("keep", None),
        SweepAction::Extend(until) => ("extend", Some(until)),
        SweepAction::Expire(at) => ("expire", Some(at)),
        SweepAction::Delete => ("delete", None),
    }
}
