//! `keywheel rotate`: a whole rotation, driven from here instead of by Secrets Manager.

use std::process::ExitCode;

use keywheel_emulator::entropy::Entropy;
use serde_json::json;

use super::super::exit::Failure;
use super::super::screen::{DIM, GREEN, paint};
use super::{Common, Operator, failed, operate, print, say};

/// What `keywheel rotate` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
}

/// Rotates.
pub(crate) fn run_command(args: &Args) -> Result<ExitCode, Failure> {
    operate(&args.common, async |operator| Ok(rotate(operator).await))
}

async fn rotate(operator: &Operator<'_>) -> ExitCode {
    let common = operator.common;
    let fresh = Entropy::from_seed(Entropy::seed_from_machine())
        .uuid()
        .to_string();
    let mut tell = |step: keywheel_rotator::event::Step, version: &str| {
        if !common.json {
            say(&paint(DIM, &format!("{} {version}", step.name())));
        }
    };
    let rotated = operator
        .rotator
        .rotate(operator.secret(), &fresh, operator.time(), &mut tell)
        .await;
    let driven = match rotated {
        Ok(driven) => driven,
        Err(stopped) => return failed(common, stopped.step.map(|s| s.name()), &stopped.error),
    };
    if common.json {
        print(&json!({
            "outcome": "success", "secret": driven.secret, "version": driven.version,
            "resumed": driven.was_resumed,
        }));
    } else {
        let how = if driven.was_resumed {
            "was taken up again and"
        } else {
            "has been made and"
        };
        let line = format!("version {} {how} is current", driven.version);
        say(&paint(GREEN, &line));
    }
    ExitCode::SUCCESS
}
