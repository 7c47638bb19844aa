//! A scenario as canonical text.

use std::fmt::Write;

use keywheel_emulator::fault::{Rule, Times};

use super::lexer::{always_quote, quote};
use super::plan::Scenario;
use super::refs::{Payload, VersionRef};
use super::statement::{AdminAction, Companion, Expectation, InvokeOutcome, SentEvent, Statement};
use super::words::{RotateOutcome, SecretForm};
use super::world::{ForeignKey, NO_BUCKET, WorldSpec};

/// The scenario as text that reads back as the same scenario. What equals its default is left out.
pub fn print(scenario: &Scenario) -> String {
    let mut text = String::new();
    if !scenario.story.is_empty() {
        for line in scenario.story.split('\n') {
            text += format!("# {line}").trim_end();
            text.push('\n');
        }
    }
    text += "keywheel scenario 1";
    if let Some(suite) = scenario.suite {
        text += &format!(" suite={suite}");
    }
    text.push('\n');
    if let Some(needs) = &scenario.needs {
        text += &format!("needs {needs}\n");
    }
    if let Some(function) = &scenario.function {
        text += &format!("function {function}\n");
    }
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
    let usual = options(&WorldSpec::default());
    let said = options(spec).into_iter().zip(usual);
    let said = said.filter(|(own, usual)| own != usual);
    let words: Vec<String> = said
        .map(|((name, value), _)| format!(" {name}={value}"))
        .collect();
    (!words.is_empty()).then(|| format!("world{}", words.concat()))
}

/// Every option of the world with its value, in the order of the line.
fn options(spec: &WorldSpec) -> Vec<(&'static str, String)> {
    let keys = spec.keys.iter().map(foreign_key).collect::<Vec<_>>();
    let value = spec.value.as_ref().map(payload);
    let replica = spec.replica.as_ref().map(ToString::to_string);
    let target = spec.target.map(|target| target.to_string());
    vec![
        ("holds", spec.holds.to_string()),
        ("target", target.unwrap_or_default()),
        ("keys", keys.join(",")),
        ("foreign", spec.foreign.to_string()),
        ("current", spec.current.to_string()),
        ("shape", spec.shape.to_string()),
        ("value", value.unwrap_or_default()),
        ("size", spec.size.to_string()),
        ("secrets", spec.secrets.to_string()),
        ("apis", spec.apis.to_string()),
        ("api", spec.api.to_string()),
        ("replica", replica.unwrap_or_default()),
        ("replica-lag", spec.replica_lag.to_string()),
        ("config", spec.config.to_string()),
        ("auth", spec.auth.to_string()),
        ("interval", spec.interval.to_string()),
        ("ttl", spec.ttl.to_string()),
        ("visibility", spec.visibility.to_string()),
        ("revocation", spec.revocation.to_string()),
        ("list-lag", spec.list_lag.to_string()),
        ("lost-key", spec.lost_key.to_string()),
        ("limit", spec.limit.to_string()),
        ("page", spec.page.to_string()),
        (
            "start",
            spec.start.map(|at| at.to_string()).unwrap_or_default(),
        ),
        ("retries", spec.retries.to_string()),
        ("retry-after", spec.retry_after.to_string()),
        ("timeout", spec.timeout.to_string()),
        ("restart", spec.restart.to_string()),
        ("retry-attempts", spec.retry_attempts.to_string()),
        ("retry-mode", spec.retry_mode.to_string()),
        (
            "retry-tokens",
            spec.retry_tokens
                .map_or(NO_BUCKET.to_owned(), |tokens| tokens.to_string()),
        ),
    ]
}

fn foreign_key(key: &ForeignKey) -> String {
    match key.api {
        1 => format!("{}:{}", key.name, key.life),
        api => format!("{}@api{api}:{}", key.name, key.life),
    }
}

/// One statement.
pub(super) fn line(statement: &Statement) -> String {
    match statement {
        Statement::Setting { name, value } => format!("setting {name}={}", quote(value)),
        Statement::Fault(rule) => fault(rule),
        Statement::Double { step, how } => format!("double {step} {how}"),
        Statement::Turns { order } => format!("turns {order}"),
        Statement::Skip { step } => format!("skip {step}"),
        Statement::Overlap { step, with } => format!("overlap {step} with {with}"),
        Statement::Beside(companion) => format!("beside {}", beside(companion)),
        Statement::TestRotation { expect } => {
            format!("test-rotation{}", invoke_outcome(expect))
        }
        Statement::Send(event) => sent(event),
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
        Statement::Subscribe { name } => format!("subscribe {name}"),
        Statement::Admin(action) => format!("admin {}", admin(action)),
        Statement::At { point, action } => format!("at {} admin {}", place(point), admin(action)),
        Statement::Expect(expectation) => format!("expect {}", expect(expectation)),
        Statement::Without { oracle, because } => format!("without {oracle} because {because}"),
        Statement::Finally(checks) => checks.iter().fold(String::from("finally"), |line, check| {
            format!("{line} {check}")
        }),
    }
}

fn sent(event: &SentEvent) -> String {
    let mut line = format!("send {}", quote(&event.step));
    if event.secret != SecretForm::Arn {
        line += &format!(" secret={}", event.secret);
    }
    if event.token != VersionRef::Pending {
        line += &format!(" token={}", event.token);
    }
    for name in &event.omit {
        line += &format!(" omit {name}");
    }
    for (name, value) in &event.add {
        line += &format!(" add {name}={}", quote(value));
    }
    line + &invoke_outcome(&event.expect)
}

/// A place: a request without a name of its own, like `http.POST /tokens`, has a blank in it.
fn place(place: &impl ToString) -> String {
    let place = place.to_string();
    match place.contains(' ') {
        true => quote(&place),
        false => place,
    }
}

pub(super) fn fault(rule: &Rule) -> String {
    let mut line = format!("fault {} {}", place(&rule.address), rule.verdict);
    if rule.times != Times::ONCE {
        line += &format!(" {}", rule.times);
    }
    for (name, value) in &rule.conditions {
        line += &format!(" where {name}={}", quote(value));
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

pub(super) fn beside(companion: &Companion) -> String {
    match companion {
        Companion::Delivery => "delivery".to_owned(),
        Companion::Admin(action) => format!("admin {}", admin(action)),
    }
}

pub(super) fn admin(action: &AdminAction) -> String {
    let what = match action {
        AdminAction::DeleteKey { key } => key.to_string(),
        AdminAction::ExpireKey { key, after } => format!("{key} in {after}"),
        AdminAction::PutValue { value } | AdminAction::PutPending { value } => payload(value),
        AdminAction::MoveLabel { label, to } => format!("{label} to {to}"),
        AdminAction::RemoveLabel { label } => label.clone(),
        AdminAction::ApiKeyMode { on: true } => "on".to_owned(),
        AdminAction::ApiKeyMode { on: false } => "off".to_owned(),
        AdminAction::CreateKeys { count } => count.to_string(),
        AdminAction::PutBinary { text } => quote(text),
        AdminAction::DescribeKey { key, text } => format!("{key} {}", quote(text)),
        AdminAction::ForgeKey { name, version } => format!("{name} for {version}"),
        AdminAction::Tag { name, value } => format!("{name} {}", quote(value)),
        AdminAction::Retarget { api } => format!("api{api}"),
        AdminAction::Deny { operation } | AdminAction::Allow { operation } => operation.clone(),
        AdminAction::FunctionClock { by } | AdminAction::Jump { by } => by.to_string(),
        AdminAction::CancelRotation
        | AdminAction::DeleteSecret
        | AdminAction::RestoreSecret
        | AdminAction::DeleteApi
        | AdminAction::RotateAgain
        | AdminAction::RotateReplica
        | AdminAction::RemoveReplica
        | AdminAction::RestartEmulator => return action.word().to_owned(),
    };
    format!("{} {what}", action.word())
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
        Expectation::Value(Payload::Text(text)) => format!("value {}", always_quote(text)),
        Expectation::Value(value) => format!("value {}", payload(value)),
        Expectation::Violation { oracle } => format!("violation {oracle}"),
        Expectation::Event { name, count } => format!("event {name}{count}"),
        Expectation::Rotated(bound) => format!("rotated{bound}"),
        Expectation::Replica { state } => format!("replica {state}"),
        Expectation::Subscriber { name, key } => format!("subscriber {name} {key}"),
        Expectation::Coverage { mark } => format!("coverage {mark}"),
    }
}
