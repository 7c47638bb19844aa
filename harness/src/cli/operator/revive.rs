//! `keywheel revive`: bring an expired key back.

use std::process::ExitCode;

use keywheel_rotator::operator::Revival;
use serde_json::json;

use super::super::exit::Failure;
use super::super::screen::{GREEN, paint};
use super::{Common, failed, moment, operate, print, say};

/// What `keywheel revive` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    /// Whose key: a staging label or a version id.
    #[arg(long, value_name = "LABEL|ID", default_value = "AWSPREVIOUS")]
    of: String,
    /// How many days it is to live from now, 1 to 364 [default: as long as keys in use are kept].
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=364))]
    days: Option<i64>,
    /// Also extend a key that has no marker of this secret.
    #[arg(long)]
    foreign: bool,
}

/// Revives.
pub(crate) fn run_command(args: &Args) -> Result<ExitCode, Failure> {
    let revival = Revival {
        version: args.of.clone(),
        days: args.days,
        even_foreign: args.foreign,
    };
    operate(&args.common, async |operator| {
        let revived = operator
            .rotator
            .revive(operator.secret(), &revival, operator.deadline())
            .await;
        let revived = match revived {
            Ok(revived) => revived,
            Err(error) => return Ok(failed(&args.common, None, &error)),
        };
        let key = revived.key.to_string();
        if args.common.json {
            print(&json!({
                "outcome": "success", "key": key, "version": revived.version,
                "was": revived.was, "expires": revived.expires,
            }));
        } else {
            let (was, expires) = (moment(revived.was), moment(revived.expires));
            let line = format!("key {key} expires {expires} (was {was})");
            say(&paint(GREEN, &line));
        }
        Ok(ExitCode::SUCCESS)
    })
}
