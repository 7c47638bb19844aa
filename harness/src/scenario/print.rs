//! A scenario as canonical text.

use std::fmt::Write;

use keywheel_emulator::fault::{Rule, Times};

use super::lexer::{always_quote, quote};
use super::plan::Scenario;
use super::refs::{Payload, VersionRef};
use super::statement::{AdminAction, Expectation, InvokeOutcome, Statement};
use super::words::RotateOutcome;
use super::world::WorldSpec;

/// The scenario as text that reads back as the same scenario. What equals its default is left out.
pub fn print(scenario: &Scenario) -> String {
    let mut text = String::new();
    if !scenario.story.is_empty() {
        for line in scenario.story.split('\n') {
            text += format!("# {line}").trim_end();
            text.push('\n');
        }
    }
    text += "keywheel scenario 1\n";
    if scenario.seed != Scenario::DEFAULT_SEED {
        text += &format!("seed {}\n", scenario.seed);
    }
    if let Some(line) = world(&scenario.world) {
        text += &format!("{line}\n");
    }
    for statement in &scenario.statements {
        text += &format!("{}\n", line(&statement.value));
    }
    for (name, body) in &scenario.sections {
        text += &format!("-- {name} --\n{body}");
    }
    text
}

/// The world line, unless everything is as by default.
fn world(spec: &WorldSpec) -> Option<String> {
    let usual = WorldSpec::default();
    let mut line = String::from("world");
    let mut say = |name: &str, value: String, default: String| {
        if value != default {
            line += &format!(" {name}={value}");
        }
    };
    let keys = spec
        .keys
        .iter()
        .map(|key| format!("{}:{}", key.name, key.life));
    say("keys", keys.collect::<Vec<_>>().join(","), String::new());
    say(
        "foreign",
        spec.foreign.to_string(),
        usual.foreign.to_string(),
    );
    say(
        "current",
        spec.current.to_string(),
        usual.current.to_string(),
    );
    say("shape", spec.shape.to_string(), usual.shape.to_string());
    say(
        "interval",
        spec.interval.to_string(),
        usual.interval.to_string(),
    );
    say("ttl", spec.ttl.to_string(), usual.ttl.to_string());
    say(
        "visibility",
        spec.visibility.to_string(),
        usual.visibility.to_string(),
    );
    say(
        "revocation",
        spec.revocation.to_string(),
        usual.revocation.to_string(),
    );
    say("limit", spec.limit.to_string(), usual.limit.to_string());
    say("page", spec.page.to_string(), usual.page.to_string());
    say(
        "start",
        spec.start.map(|at| at.to_string()).unwrap_or_default(),
        String::new(),
    );
    say(
        "retries",
        spec.retries.to_string(),
        usual.retries.to_string(),
    );
    say(
        "retry-after",
        spec.retry_after.to_string(),
        usual.retry_after.to_string(),
    );
    say(
        "timeout",
        spec.timeout.to_string(),
        usual.timeout.to_string(),
    );
    say(
        "restart",
        spec.restart.to_string(),
        usual.restart.to_string(),
    );
    (line != "world").then_some(line)
}

/// One statement.
pub(super) fn line(statement: &Statement) -> String {
    match statement {
        Statement::Setting { name, value } => format!("setting {name}={}", quote(value)),
        Statement::Fault(rule) => fault(rule),
        Statement::Double { step, how } => format!("double {step} {how}"),
        Statement::Turns { order } => format!("turns {order}"),
        Statement::Skip { step } => format!("skip {step}"),
        Statement::Rotate {
            secret,
            token,
            expect,
        } => rotate(secret, token.as_deref(), *expect),
        Statement::Invoke {
            step,
            token,
            expect,
        } => {
            let mut line = format!("invoke {step}");
            if *token != VersionRef::Pending {
                line += &format!(" token={token}");
            }
            line + &invoke_outcome(expect)
        }
        Statement::Advance(span) => format!("advance {span}"),
        Statement::Admin(action) => format!("admin {}", admin(action)),
        Statement::At { point, action } => format!("at {point} admin {}", admin(action)),
        Statement::Expect(expectation) => format!("expect {}", expect(expectation)),
        Statement::Without { oracle, because } => format!("without {oracle} because {because}"),
        Statement::Finally(checks) => checks.iter().fold(String::from("finally"), |line, check| {
            format!("{line} {check}")
        }),
    }
}

pub(super) fn fault(rule: &Rule) -> String {
    let mut line = format!("fault {} {}", rule.address, rule.verdict);
    match rule.times {
        Times::ONCE => {}
        Times::Count(count) => line += &format!(" x{count}"),
        Times::Forever => line += " x*",
    }
    if rule.is_optional {
        line += " optional";
    }
    line
}

fn rotate(secret: &str, token: Option<&str>, expect: RotateOutcome) -> String {
    let mut line = format!("rotate {secret}");
    if let Some(token) = token {
        line += &format!(" token={token}");
    }
    if expect != RotateOutcome::Ok {
        line += &format!(" expect={expect}");
    }
    line
}

pub(super) fn invoke_outcome(outcome: &InvokeOutcome) -> String {
    match outcome {
        InvokeOutcome::Ok => String::new(),
        InvokeOutcome::Failed => " expect=failed".to_owned(),
        InvokeOutcome::Error(kind) => format!(" expect={kind}"),
    }
}

pub(super) fn admin(action: &AdminAction) -> String {
    match action {
        AdminAction::DeleteKey { key } => format!("delete-key {key}"),
        AdminAction::ExpireKey { key, after } => format!("expire-key {key} in {after}"),
        AdminAction::PutValue { value } => format!("put-value {}", payload(value)),
        AdminAction::PutPending { value } => format!("put-pending {}", payload(value)),
        AdminAction::MoveLabel { label, to } => format!("move-label {label} to {to}"),
        AdminAction::RemoveLabel { label } => format!("remove-label {label}"),
        AdminAction::CancelRotation => "cancel-rotation".to_owned(),
        AdminAction::DeleteSecret => "delete-secret".to_owned(),
        AdminAction::RestoreSecret => "restore-secret".to_owned(),
        AdminAction::DeleteApi => "delete-api".to_owned(),
        AdminAction::ApiKeyMode { on: true } => "api-key-mode on".to_owned(),
        AdminAction::ApiKeyMode { on: false } => "api-key-mode off".to_owned(),
        AdminAction::CreateKeys { count } => format!("create-keys {count}"),
    }
}

fn payload(payload: &Payload) -> String {
    match payload {
        Payload::Text(text) if text == "copy" => always_quote(text),
        Payload::Text(text) => quote(text),
        Payload::Section(name) => format!("@{name}"),
        Payload::Copy => "copy".to_owned(),
    }
}

fn expect(expectation: &Expectation) -> String {
    match expectation {
        Expectation::Labels(labels) => {
            labels
                .iter()
                .fold(String::from("labels"), |mut line, (label, version)| {
                    write!(line, " {label}={version}").expect("a String takes every text");
                    line
                })
        }
        Expectation::Key { key, state } => format!("key {key} {state}"),
        Expectation::Keys(bound) => format!("keys{bound}"),
        Expectation::Creates(bound) => format!("creates{bound}"),
        Expectation::Calls { of, count } => format!("calls {of}{count}"),
        Expectation::ValueUnchangedButKey => "value unchanged-but-key".to_owned(),
    }
}
