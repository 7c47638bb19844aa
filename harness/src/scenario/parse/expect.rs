//! The statements that judge: `expect`, `without`, `finally`.

use std::collections::BTreeMap;

use super::super::error::Complaint;
use super::super::lexer::{Cursor, Quoting, Word};
use super::super::refs::{Bound, Check};
use super::super::statement::{Expectation, Statement};
use super::super::words::{OracleId, is_name};
use super::admin::{particle, read_value};
use super::names::{Names, choice, label};

/// What can be expected at a line.
const EXPECTATIONS: [&str; 12] = [
    "labels",
    "key",
    "keys=N",
    "creates=N",
    "rotated=N",
    "calls",
    "value",
    "event",
    "replica",
    "subscriber",
    "violation",
    "coverage",
];

/// `expect …`
pub(super) fn expect(
    words: &mut Cursor<'_>,
    names: &mut Names<'_>,
) -> Result<Statement, Complaint> {
    let word = words.need_bare("what is expected")?;
    let expectation = match word.text.as_str() {
        "labels" => labels(words, names)?,
        "key" => key(words, names)?,
        "calls" => calls(words, names)?,
        "value" => value(words, names)?,
        "event" => event(words)?,
        "subscriber" => Expectation::Subscriber {
            name: names.subscriber(&words.need_bare("the subscriber")?)?,
            key: names.key(&words.need_bare("the key")?)?,
        },
        "replica" => {
            let state = choice(&words.need_bare("how far it is")?, "state of a replica")?;
            names.of_replica(&word, Expectation::Replica { state })?
        }
        "violation" => Expectation::Violation {
            oracle: oracle(words)?,
        },
        "coverage" => Expectation::Coverage {
            mark: choice(&words.need_bare("the situation")?, "situation")?,
        },
        _ => count(&word)?,
    };
    Ok(Statement::Expect(expectation))
}

fn oracle(words: &mut Cursor<'_>) -> Result<OracleId, Complaint> {
    choice(&words.need_bare("the oracle")?, "oracle")
}

/// `labels LABEL=VERSION…`
fn labels(words: &mut Cursor<'_>, names: &Names<'_>) -> Result<Expectation, Complaint> {
    let mut labels = BTreeMap::new();
    let mut next = Some(words.need_bare("LABEL=VERSION")?);
    while let Some(word) = next {
        let Some((name, version)) = word.split_option() else {
            let message = format!("{:?} is not written LABEL=VERSION", word.text);
            return Err(Complaint::new(word.column, message));
        };
        let label = label(name, word.column)?;
        if labels.insert(label, names.version(&version)?).is_some() {
            let message = format!("staging label {name:?} is given twice");
            return Err(Complaint::new(word.column, message));
        }
        next = words.next_word()?;
    }
    Ok(Expectation::Labels(labels))
}

/// `key KEY STATE`
fn key(words: &mut Cursor<'_>, names: &Names<'_>) -> Result<Expectation, Complaint> {
    let key = names.key(&words.need_bare("the key")?)?;
    let state = choice(&words.need_bare("the key's state")?, "key state")?;
    Ok(Expectation::Key { key, state })
}

/// `calls [STEP/]OPERATION=N`
fn calls(words: &mut Cursor<'_>, names: &Names<'_>) -> Result<Expectation, Complaint> {
    let word = words.need_bare("[STEP/]OPERATION=N")?;
    let Some((address, count)) = Bound::split(&word.text) else {
        let message = format!("{:?} is not written [STEP/]OPERATION=N", word.text);
        return Err(Complaint::new(word.column, message));
    };
    let of = names.address(&Word {
        text: address.to_owned(),
        ..word.clone()
    })?;
    if of.nth.is_some() || of.invocation.is_some() {
        return Err(Complaint::new(
            word.column,
            "calls are counted without # and @",
        ));
    }
    Ok(Expectation::Calls { of, count })
}

/// `value unchanged-but-key|"TEXT"|@section`
fn value(words: &mut Cursor<'_>, names: &mut Names<'_>) -> Result<Expectation, Complaint> {
    let word = words.need("unchanged-but-key, a text in quotes or @section")?;
    match (word.quoting, word.text.as_str()) {
        (Quoting::Bare, "unchanged-but-key") => Ok(Expectation::ValueUnchangedButKey),
        (Quoting::Bare, text) if !text.starts_with('@') => {
            let valid = ["unchanged-but-key", "\"TEXT\"", "@section"];
            Err(Complaint::unknown("word", text, word.column, &valid))
        }
        _ => read_value(word, names).map(Expectation::Value),
    }
}

/// Service events, as CloudTrail names them.
const EVENTS: [&str; 8] = [
    "RotationStarted",
    "RotationSucceeded",
    "RotationFailed",
    "RotationAbandoned",
    "RotationCancelled",
    "TestRotationStarted",
    "TestRotationSucceeded",
    "TestRotationFailed",
];

/// `event NAME=N`
fn event(words: &mut Cursor<'_>) -> Result<Expectation, Complaint> {
    let word = words.need_bare("NAME=N")?;
    match Bound::split(&word.text) {
        Some((name, count)) if EVENTS.contains(&name) => Ok(Expectation::Event {
            name: name.to_owned(),
            count,
        }),
        Some((name, _)) => Err(Complaint::unknown("event", name, word.column, &EVENTS)),
        None => {
            let message = format!("{:?} is not written NAME=N", word.text);
            Err(Complaint::new(word.column, message))
        }
    }
}

/// `keys=N`, `keys<=N`, `creates=N`, `creates<=N`
fn count(word: &Word) -> Result<Expectation, Complaint> {
    match Bound::split(&word.text) {
        Some(("keys", bound)) => Ok(Expectation::Keys(bound)),
        Some(("creates", bound)) => Ok(Expectation::Creates(bound)),
        Some(("rotated", bound)) => Ok(Expectation::Rotated(bound)),
        _ if word.text.starts_with("keys") || word.text.starts_with("creates") => {
            let message = format!("{:?} is not written like keys=N or keys<=N", word.text);
            Err(Complaint::new(word.column, message))
        }
        _ => Err(Complaint::unknown(
            "expectation",
            &word.text,
            word.column,
            &EXPECTATIONS,
        )),
    }
}

/// `without ORACLE because TEXT`
pub(super) fn without(words: &mut Cursor<'_>) -> Result<Statement, Complaint> {
    let oracle = oracle(words)?;
    particle(words, "because")?;
    let (column, because) = words.rest();
    if because.is_empty() {
        return Err(Complaint::new(column, "the reason is missing"));
    }
    Ok(Statement::Without {
        oracle,
        because: because.to_owned(),
    })
}

/// `finally CHECK…`
pub(super) fn finally(words: &mut Cursor<'_>) -> Result<Statement, Complaint> {
    let mut checks = Vec::new();
    let mut next = Some(words.need_bare("an oracle or a check")?);
    while let Some(word) = next {
        let check = check(&word)?;
        if checks.contains(&check) {
            return Err(Complaint::new(
                word.column,
                format!("{check} is given twice"),
            ));
        }
        checks.push(check);
        next = words.next_word()?;
    }
    Ok(Statement::Finally(checks))
}

fn check(word: &Word) -> Result<Check, Complaint> {
    match word.text.parse() {
        Ok(check) => Ok(check),
        Err(_) if is_name(&word.text) => choice(word, "oracle").map(Check::Oracle),
        Err(error) => Err(Complaint::new(word.column, error.to_string())),
    }
}
