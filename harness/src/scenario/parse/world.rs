//! The statements about what a run starts with: `seed`, `world`, `setting`.

use keywheel_emulator::fault::Span;
use keywheel_emulator::time::Timestamp;

use super::super::error::Complaint;
use super::super::lexer::{Cursor, Quoting, Word};
use super::super::refs::{BadReference, KeyRef, VersionRef, numbered};
use super::super::statement::Statement;
use super::super::words::{ApiKind, Auth, Config, Holds, Shape, is_name};
use super::super::world::{ForeignKey, KeyLife, NO_BUCKET, ReplicaSpec, WorldSpec};
use super::admin::read_value;
use super::names::{Names, choice};
use super::options::{number, options, span};

const KEYS: [&str; 31] = [
    "holds",
    "target",
    "keys",
    "foreign",
    "current",
    "shape",
    "value",
    "size",
    "secrets",
    "apis",
    "api",
    "replica",
    "replica-lag",
    "config",
    "auth",
    "interval",
    "ttl",
    "visibility",
    "revocation",
    "list-lag",
    "lost-key",
    "limit",
    "page",
    "start",
    "retries",
    "retry-after",
    "timeout",
    "restart",
    "retry-attempts",
    "retry-mode",
    "retry-tokens",
];

const SHORTEST_LIFE: Span = Span::seconds(1);
const LONGEST_LIFE: Span = Span::days(365);
const SHORTEST_INTERVAL: Span = Span::seconds(4 * 3600);
const LONGEST_INTERVAL: Span = Span::days(1000);
const MONTH: Span = Span::days(30);
const HOUR: Span = Span::seconds(3600);
/// Lambda's own limits.
const SHORTEST_TIMEOUT: Span = Span::seconds(1);
const LONGEST_TIMEOUT: Span = Span::seconds(900);
/// 2000-01-01 and 2200-01-01.
const STARTS: [i64; 2] = [946_684_800, 7_258_118_400];

/// `seed N`
pub(super) fn seed(words: &mut Cursor<'_>) -> Result<u64, Complaint> {
    let word = words.need_bare("the seed")?;
    let is_plain = word.text.bytes().all(|byte| byte.is_ascii_digit());
    word.text.parse().ok().filter(|_| is_plain).ok_or_else(|| {
        let message = format!("{:?} is not a whole number below 2^64", word.text);
        Complaint::new(word.column, message)
    })
}

/// `world key=value…`
pub(super) fn world(words: &mut Cursor<'_>, names: &mut Names<'_>) -> Result<WorldSpec, Complaint> {
    let mut spec = WorldSpec::default();
    let given = options(words, &KEYS)?;
    for (name, value) in &given {
        match *name {
            "value" => spec.value = Some(read_value(value.clone(), names)?),
            name => set(&mut spec, name, value)?,
        }
    }
    let has = |name| given.iter().any(|(known, _)| *known == name);
    if spec.target.is_some() && !has("holds") {
        // What a target has is a password; nobody need say so.
        spec.holds = Holds::Password;
    }
    let column = |name: &str| {
        let option = given.iter().find(|(known, _)| *known == name);
        option.map_or(1, |(_, word)| word.column)
    };
    agree(&spec, column)?;
    Ok(spec)
}

/// Fails if two options contradict each other.
fn agree(spec: &WorldSpec, column: impl Fn(&str) -> usize) -> Result<(), Complaint> {
    let fail = |name, message: &str| Err(Complaint::new(column(name), message));
    let has_apis = spec.apis > 1 || spec.api != ApiKind::Graphql;
    let has_keys = !spec.keys.is_empty() || spec.foreign > 0 || has_apis;
    if spec.holds == Holds::Password && has_keys {
        return fail("holds", "a world of passwords has no API and no keys");
    }
    if spec.target.is_some() && spec.holds != Holds::Password {
        return fail("holds", "a target has passwords: leave holds out");
    }
    if spec.target.is_some() && (spec.secrets > 1 || spec.shape != Shape::Json) {
        return fail(
            "target",
            "one secret has an account of the target, as JSON: leave secrets and shape out",
        );
    }
    if spec.target.is_some()
        && (spec.value.is_some() || spec.current != WorldSpec::default().current)
    {
        return fail(
            "target",
            "the target decides on the first value: leave value and current out",
        );
    }
    let is_elsewhere = |key: &&ForeignKey| key.api > spec.apis;
    if let Some(key) = spec.keys.iter().find(is_elsewhere) {
        return fail(
            "keys",
            &format!("there is no api{}: say apis={0} or more", key.api),
        );
    }
    if spec.apis > spec.secrets {
        return fail(
            "apis",
            "an API without a secret: say secrets=N with at least as many",
        );
    }
    if spec.apis > 1 && spec.config == Config::Env {
        return fail(
            "apis",
            "config=env pins one API: say config=tags or config=member",
        );
    }
    if spec.api == ApiKind::Mixed && spec.apis < 2 {
        return fail("api", "one API cannot be of both kinds: say apis=2 or more");
    }
    if spec.api != ApiKind::Graphql && spec.auth != Auth::Default {
        return fail(
            "auth",
            "no mode of an Event API is its default: leave auth out",
        );
    }
    if spec.replica.is_none() && spec.replica_lag != Span::ZERO {
        return fail("replica-lag", "there is no replica: say replica=REGION");
    }
    if spec.value.is_some() && (spec.shape != Shape::Json || spec.size > 0) {
        return fail("value", "a value given has its own shape and size");
    }
    Ok(())
}

fn set(spec: &mut WorldSpec, name: &str, value: &Word) -> Result<(), Complaint> {
    match name {
        "holds" => spec.holds = choice(value, "thing that a secret holds")?,
        "target" => spec.target = Some(choice(value, "target")?),
        "keys" => spec.keys = keys(value)?,
        "foreign" => spec.foreign = number(value, 0..=1000)?,
        "current" => spec.current = current(value)?,
        "shape" => spec.shape = choice(value, "shape")?,
        "size" => spec.size = number(value, 0..=70_000)?,
        "secrets" => spec.secrets = number(value, 1..=1000)?,
        "apis" => spec.apis = number(value, 1..=1000)?,
        "api" => spec.api = choice(value, "kind of API")?,
        "replica" => spec.replica = Some(replica(value)?),
        "replica-lag" => spec.replica_lag = span(value, Span::ZERO..=MONTH)?,
        "config" => spec.config = choice(value, "place of the configuration")?,
        "auth" => spec.auth = choice(value, "place of API_KEY")?,
        "list-lag" => spec.list_lag = span(value, Span::ZERO..=HOUR)?,
        "lost-key" => spec.lost_key = choice(value, "fate of a websocket")?,
        "retry-attempts" => spec.retry_attempts = number(value, 1..=100)?,
        "retry-mode" => spec.retry_mode = choice(value, "way to retry")?,
        "retry-tokens" => spec.retry_tokens = retry_tokens(value)?,
        "interval" => spec.interval = span(value, SHORTEST_INTERVAL..=LONGEST_INTERVAL)?,
        "ttl" => spec.ttl = span(value, Span::ZERO..=MONTH)?,
        "visibility" => spec.visibility = span(value, Span::ZERO..=HOUR)?,
        "revocation" => spec.revocation = span(value, Span::ZERO..=HOUR)?,
        "limit" => spec.limit = number(value, 1..=1000)?,
        "page" => spec.page = number(value, 1..=1000)?,
        "start" => spec.start = Some(start(value)?),
        "retries" => spec.retries = number(value, 0..=1000)?,
        "retry-after" => spec.retry_after = span(value, Span::ZERO..=MONTH)?,
        "timeout" => spec.timeout = span(value, SHORTEST_TIMEOUT..=LONGEST_TIMEOUT)?,
        _ => spec.restart = choice(value, "restart")?,
    }
    Ok(())
}

/// `NAME:LIFE[,NAME:LIFE…]`
fn keys(value: &Word) -> Result<Vec<ForeignKey>, Complaint> {
    let mut keys: Vec<ForeignKey> = Vec::new();
    let mut column = value.column;
    for item in value.text.split(',') {
        let key = foreign_key(item, column)?;
        if keys.iter().any(|other| other.name == key.name) {
            return Err(Complaint::new(
                column,
                format!("key {:?} is given twice", key.name),
            ));
        }
        keys.push(key);
        column += item.chars().count() + 1;
    }
    Ok(keys)
}

fn foreign_key(item: &str, column: usize) -> Result<ForeignKey, Complaint> {
    let Some((written, life)) = item.split_once(':') else {
        let message = format!("{item:?} is not a key like mobile-app:90d");
        return Err(Complaint::new(column, message));
    };
    let (name, api) = match written.split_once('@') {
        Some((name, api)) => (name, numbered(api, "api").filter(|number| *number > 0)),
        None => (written, Some(1)),
    };
    let Some(api) = api else {
        let message = format!("{written:?} is not a key of an API like web@api2");
        return Err(Complaint::new(column, message));
    };
    if !matches!(name.parse(), Ok(KeyRef::Foreign(_))) || is_counted(name) {
        let message = format!("{name:?} cannot name a foreign key");
        return Err(Complaint::new(column, message));
    }
    let column = column + written.chars().count() + 1;
    let life = Word {
        text: life.to_owned(),
        column,
        quoting: Quoting::Bare,
    };
    let life = span(&life, SHORTEST_LIFE..=LONGEST_LIFE)?;
    Ok(ForeignKey {
        name: name.to_owned(),
        life,
        api,
    })
}

/// Whether `world foreign=N` gives a key this name.
fn is_counted(name: &str) -> bool {
    super::super::refs::numbered(name, "foreign").is_some()
}

fn current(value: &Word) -> Result<KeyLife, Complaint> {
    match value.text.parse() {
        Ok(KeyLife::Lives(_)) => span(value, SHORTEST_LIFE..=LONGEST_LIFE).map(KeyLife::Lives),
        Ok(life) => Ok(life),
        Err(error) => Err(Complaint::new(value.column, error.to_string())),
    }
}

fn replica(value: &Word) -> Result<ReplicaSpec, Complaint> {
    let bad = |error: BadReference| Complaint::new(value.column, error.to_string());
    value.text.parse().map_err(bad)
}

/// A number of tokens, or `none` for clients without a bucket.
fn retry_tokens(value: &Word) -> Result<Option<u32>, Complaint> {
    if value.text == NO_BUCKET {
        return Ok(None);
    }
    number(value, 0..=100_000)
        .map(Some)
        .map_err(|complaint| Complaint {
            message: format!("{}, nor none", complaint.message),
            ..complaint
        })
}

fn start(value: &Word) -> Result<Timestamp, Complaint> {
    let [first, last] = STARTS.map(Timestamp::from_seconds);
    let at = Timestamp::parse(&value.text).filter(|at| (first..=last).contains(at));
    at.ok_or_else(|| {
        let message = "start is a time like 2026-11-22T10:59:59Z from the years 2000 to 2199";
        Complaint::new(value.column, message)
    })
}

/// `needs WORD`
pub(super) fn needs(words: &mut Cursor<'_>) -> Result<String, Complaint> {
    let word = words.need_bare("what the emulator has to be able to do")?;
    match is_name(&word.text) {
        true => Ok(word.text),
        false => Err(Complaint::new(
            word.column,
            "a capability is one word, as in needs merged-apis",
        )),
    }
}

/// `function builtin|mutant:NAME`
pub(super) fn function(words: &mut Cursor<'_>) -> Result<String, Complaint> {
    let word = words.need_bare("the function")?;
    let name = word.text.strip_prefix("mutant:").unwrap_or(&word.text);
    if is_name(name) && (word.text == "builtin" || name.len() < word.text.len()) {
        return Ok(word.text);
    }
    let valid = ["builtin", "mutant:NAME"];
    Err(Complaint::unknown(
        "function",
        &word.text,
        word.column,
        &valid,
    ))
}

/// `setting NAME=VALUE`
pub(super) fn setting(words: &mut Cursor<'_>) -> Result<Statement, Complaint> {
    let word = words.need("NAME=VALUE")?;
    let Some((name, value)) = word.split_option() else {
        return Err(Complaint::new(
            word.column,
            "a setting is written NAME=VALUE",
        ));
    };
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts_well || !is_name(name) || name.contains(['-', '.']) {
        let message = format!("{name:?} is not the name of an environment variable");
        return Err(Complaint::new(word.column, message));
    }
    if value.text.contains('\0') {
        return Err(Complaint::new(
            value.column,
            "an environment variable cannot hold NUL",
        ));
    }
    Ok(Statement::Setting {
        name: name.to_owned(),
        value: value.text,
    })
}

/// Whether a word can be given to a token: it names no version by itself.
pub(super) fn is_free_token(text: &str) -> bool {
    matches!(text.parse(), Ok(VersionRef::Word(_)))
}
