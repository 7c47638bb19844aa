//! `keywheel doctor`: is a secret fit to be rotated, and are its keys?

use std::process::ExitCode;

use anstyle::Style;
use keywheel_rotator::operator::{Finding, Health};
use serde_json::json;

use super::super::exit::Failure;
use super::super::screen::{DIM, GREEN, RED, paint};
use super::{Common, NOT_WELL, operate, print, say};

/// What `keywheel doctor` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    /// Also ask whether the writes of a rotation would be allowed, by calls that the services
    /// refuse for another reason. They appear in CloudTrail.
    #[arg(long)]
    check_writes: bool,
}

/// Examines.
pub(crate) fn run_command(args: &Args) -> Result<ExitCode, Failure> {
    operate(&args.common, async |operator| {
        let examined = operator
            .rotator
            .examine(operator.secret(), args.check_writes, operator.deadline())
            .await;
        let health = examined.health();
        if args.common.json {
            let findings = examined.findings.iter().map(|finding| {
                json!({
                    "check": finding.check, "health": word(finding.health),
                    "detail": finding.detail, "error_type": finding.error_type,
                })
            });
            let findings: Vec<_> = findings.collect();
            print(&json!({ "health": word(health), "findings": findings }));
        } else {
            examined.findings.iter().for_each(tell);
        }
        let is_well = health < Health::Bad;
        Ok(ExitCode::from(if is_well { 0 } else { NOT_WELL }))
    })
}

fn tell(finding: &Finding) {
    let style = style(finding.health);
    let mark = paint(style, &format!("{:<4}", word(finding.health)));
    let error_type = finding
        .error_type
        .map_or_else(String::new, |name| format!(" ({name})"));
    say(&format!(
        "{mark}  {:<14} {}{error_type}",
        finding.check, finding.detail
    ));
}

fn word(health: Health) -> &'static str {
    match health {
        Health::Good => "good",
        Health::Note => "note",
        Health::Bad => "bad",
    }
}

fn style(health: Health) -> Style {
    match health {
        Health::Good => GREEN,
        Health::Note => DIM,
        Health::Bad => RED,
    }
}
