//! The statements by which something happens: faults, rotations, invocations, time.

use std::collections::BTreeMap;

use keywheel_emulator::fault::{Rule, Span, Times, UnknownTimes, UnknownVerdict, Verdict};

use super::super::error::Complaint;
use super::super::lexer::{Cursor, Word};
use super::super::refs::VersionRef;
use super::super::statement::{Companion, InvokeOutcome, SECRET, SentEvent, Statement};
use super::super::words::{RotateOutcome, SecretForm, is_name};
use super::admin::particle;
use super::names::{Names, choice, step};
use super::options::{options, span};
use super::world::is_free_token;

const SHORTEST_ADVANCE: Span = Span::ZERO;
const LONGEST_ADVANCE: Span = Span::days(3650);

/// `fault ADDRESS KIND [HOW_OFTEN] [where NAME=VALUE]… [optional]`
pub(super) fn fault(words: &mut Cursor<'_>, names: &Names<'_>) -> Result<Statement, Complaint> {
    let address = names.address(&words.need_place("the address of a call")?)?;
    let verdict = verdict(&words.need_bare("the fault kind")?)?;
    let mut rule = Rule::once(address, verdict);
    let mut has_times = false;
    while let Some(word) = words.next_word()? {
        match word.text.as_str() {
            _ if rule.is_optional => return Err(unexpected(&word, "nothing may follow optional")),
            "optional" => rule.is_optional = true,
            "where" => condition(&mut rule, words)?,
            _ if has_times => return Err(unexpected(&word, "how often is given twice")),
            _ => (rule.times, has_times) = (times(&word)?, true),
        }
    }
    Ok(Statement::Fault(rule))
}

fn verdict(word: &Word) -> Result<Verdict, Complaint> {
    word.text.parse().map_err(|error: UnknownVerdict| {
        if let (Some(why), Some((_, value))) = (error.duration, word.split_option()) {
            return Complaint::new(value.column, format!("{:?}: {why}", value.text));
        }
        let words: Vec<_> = Verdict::words().collect();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let complaint = Complaint::unknown("fault kind", &word.text, word.column, &words);
        match error.nearest {
            Some(near) => complaint.suggesting(&near),
            None => complaint,
        }
    })
}

/// `xN`, `x*`, `until=step`, `for=DURATION` or `over=N/s`.
fn times(word: &Word) -> Result<Times, Complaint> {
    word.text
        .parse()
        .map_err(|error| match (error, word.split_option()) {
            (UnknownTimes::Span(why), Some((_, value))) => {
                Complaint::new(value.column, format!("{:?}: {why}", value.text))
            }
            _ => {
                let valid = [&Times::WORDS[..], &["where", "optional"]].concat();
                Complaint::unknown("word", &word.text, word.column, &valid)
            }
        })
}

/// `NAME=VALUE` behind the word `where`.
fn condition(rule: &mut Rule, words: &mut Cursor<'_>) -> Result<(), Complaint> {
    let word = words.need("NAME=VALUE")?;
    let Some((name, value)) = word.split_option().filter(|(name, _)| is_name(name)) else {
        return Err(unexpected(&word, "a condition is written NAME=VALUE"));
    };
    match rule.conditions.insert(name.to_owned(), value.text) {
        Some(_) => Err(unexpected(
            &word,
            "a condition on this member is given twice",
        )),
        None => Ok(()),
    }
}

fn unexpected(word: &Word, message: &str) -> Complaint {
    Complaint::new(word.column, message)
}

/// `double STEP in-sequence|at-once`
pub(super) fn double(words: &mut Cursor<'_>) -> Result<Statement, Complaint> {
    let step = step(&words.need_bare("the rotation step")?)?;
    let how = choice(&words.need_bare("in-sequence or at-once")?, "way to double")?;
    Ok(Statement::Double { step, how })
}

/// The most turns that are ordered: some times the calls of a rotation.
const LONGEST_ORDER: usize = 400;

/// `turns abba`
pub(super) fn turns(words: &mut Cursor<'_>) -> Result<Statement, Complaint> {
    let word = words.need_bare("whose turn it is, like abba")?;
    let is_order = word
        .text
        .bytes()
        .all(|letter| (b'a'..=b'c').contains(&letter));
    if is_order && word.text.len() <= LONGEST_ORDER {
        return Ok(Statement::Turns { order: word.text });
    }
    let message = format!(
        "{:?} is no order of turns: write up to {LONGEST_ORDER} of the letters a, b and c",
        word.text
    );
    Err(Complaint::new(word.column, message))
}

/// `overlap STEP with STEP`
pub(super) fn overlap(words: &mut Cursor<'_>) -> Result<Statement, Complaint> {
    let own = step(&words.need_bare("the rotation step")?)?;
    particle(words, "with")?;
    let with = step(&words.need_bare("the other rotation step")?)?;
    Ok(Statement::Overlap { step: own, with })
}

/// `beside delivery` or `beside admin …`
pub(super) fn beside(
    words: &mut Cursor<'_>,
    names: &mut Names<'_>,
) -> Result<Statement, Complaint> {
    let word = words.need_bare("who runs beside the rotation")?;
    match word.text.as_str() {
        "delivery" => Ok(Statement::Beside(Companion::Delivery)),
        "admin" => {
            let action = super::admin::action(words, names)?;
            Ok(Statement::Beside(Companion::Admin(action)))
        }
        other => {
            let valid = ["delivery", "admin"];
            Err(Complaint::unknown("companion", other, word.column, &valid))
        }
    }
}

/// `test-rotation [expect=ok|failed|ERROR_TYPE]`
pub(super) fn test_rotation(words: &mut Cursor<'_>) -> Result<Statement, Complaint> {
    let mut expect = InvokeOutcome::Ok;
    for (_, value) in options(words, &["expect"])? {
        expect = invoke_outcome(&value)?;
    }
    Ok(Statement::TestRotation { expect })
}

/// `send STEP [secret=FORM] [token=…] [omit MEMBER]… [add MEMBER=VALUE]… [expect=…]`
pub(super) fn send(words: &mut Cursor<'_>, names: &mut Names<'_>) -> Result<Statement, Complaint> {
    let mut event = SentEvent {
        step: words.need("the member Step")?.text,
        secret: SecretForm::Arn,
        token: VersionRef::Pending,
        omit: Vec::new(),
        add: BTreeMap::new(),
        expect: InvokeOutcome::Ok,
    };
    while let Some(word) = words.next_word()? {
        match (word.text.as_str(), word.split_option()) {
            ("omit", _) => event.omit.push(member(&words.need_bare("the member")?)?),
            ("add", _) => {
                let word = words.need("MEMBER=VALUE")?;
                let Some((name, value)) = word.split_option().filter(|(name, _)| is_name(name))
                else {
                    return Err(unexpected(&word, "a member is written MEMBER=VALUE"));
                };
                event.add.insert(name.to_owned(), value.text);
            }
            (_, Some(("secret", value))) => event.secret = choice(&value, "form of the secret")?,
            (_, Some(("token", value))) => event.token = any_token(&value, names)?,
            (_, Some(("expect", value))) => event.expect = invoke_outcome(&value)?,
            (other, _) => {
                let valid = ["secret=…", "token=…", "expect=…", "omit", "add"];
                return Err(Complaint::unknown("word", other, word.column, &valid));
            }
        }
    }
    Ok(Statement::Send(event))
}

fn member(word: &Word) -> Result<String, Complaint> {
    match is_name(&word.text) {
        true => Ok(word.text.clone()),
        false => Err(unexpected(word, "a member of the event is one word")),
    }
}

/// `skip STEP`
pub(super) fn skip(words: &mut Cursor<'_>) -> Result<Statement, Complaint> {
    let step = step(&words.need_bare("the rotation step")?)?;
    Ok(Statement::Skip { step })
}

/// `rotate [SECRET|all] [token=WORD] [expect=ok|some|failed|refused|any]`
pub(super) fn rotate(
    words: &mut Cursor<'_>,
    names: &mut Names<'_>,
) -> Result<Statement, Complaint> {
    let (mut token, mut expect) = (None, RotateOutcome::Ok);
    let secret = rotated_secret(words, names)?;
    for (name, value) in options(words, &["token", "expect"])? {
        match name {
            "token" => token = Some(free_token(&value, names)?),
            _ => expect = choice(&value, "expectation")?,
        }
    }
    Ok(Statement::Rotate {
        secret,
        token,
        expect,
    })
}

/// The secret's name, if it is there.
fn rotated_secret(words: &mut Cursor<'_>, names: &Names<'_>) -> Result<String, Complaint> {
    let mut ahead = words.clone();
    match ahead.next_word()? {
        Some(word) if !word.text.contains('=') => {
            *words = ahead;
            names.secret(&word)
        }
        _ => Ok(SECRET.to_owned()),
    }
}

/// A new word for a token; it names the version from here on.
fn free_token(word: &Word, names: &mut Names<'_>) -> Result<String, Complaint> {
    if !is_free_token(&word.text) {
        let message = format!(
            "{:?} cannot name a token: it is not free or not a name",
            word.text
        );
        return Err(Complaint::new(word.column, message));
    }
    names.meet_token(&word.text);
    Ok(word.text.clone())
}

/// `invoke STEP [token=pending|WORD] [expect=ok|failed|ERROR_TYPE]`
pub(super) fn invoke(
    words: &mut Cursor<'_>,
    names: &mut Names<'_>,
) -> Result<Statement, Complaint> {
    let step = step(&words.need_bare("the rotation step")?)?;
    let (mut token, mut expect) = (VersionRef::Pending, InvokeOutcome::Ok);
    for (name, value) in options(words, &["token", "expect"])? {
        match name {
            "token" => token = any_token(&value, names)?,
            _ => expect = invoke_outcome(&value)?,
        }
    }
    Ok(Statement::Invoke {
        step,
        token,
        expect,
    })
}

/// A version's token, or a new word: the service may not know it.
fn any_token(word: &Word, names: &mut Names<'_>) -> Result<VersionRef, Complaint> {
    if is_free_token(&word.text) {
        names.meet_token(&word.text);
    }
    names.version(word)
}

fn invoke_outcome(word: &Word) -> Result<InvokeOutcome, Complaint> {
    match word.text.as_str() {
        "ok" => Ok(InvokeOutcome::Ok),
        "failed" => Ok(InvokeOutcome::Failed),
        kind if is_name(kind) && kind.starts_with(|c: char| c.is_ascii_uppercase()) => {
            Ok(InvokeOutcome::Error(kind.to_owned()))
        }
        other => {
            let valid = ["ok", "failed", "an error type like PendingKeyGone"];
            Err(Complaint::unknown(
                "expectation",
                other,
                word.column,
                &valid,
            ))
        }
    }
}

/// `advance DURATION`
pub(super) fn advance(words: &mut Cursor<'_>) -> Result<Statement, Complaint> {
    let word = words.need_bare("the duration")?;
    span(&word, SHORTEST_ADVANCE..=LONGEST_ADVANCE).map(Statement::Advance)
}

/// `subscribe NAME`
pub(super) fn subscribe(
    words: &mut Cursor<'_>,
    names: &mut Names<'_>,
) -> Result<Statement, Complaint> {
    let name = names.meet_subscriber(&words.need_bare("a name for the subscriber")?)?;
    Ok(Statement::Subscribe { name })
}

/// `at POINT admin …`
pub(super) fn at(words: &mut Cursor<'_>, names: &mut Names<'_>) -> Result<Statement, Complaint> {
    let point = names.point(&words.need_place("a rotation step or the address of a call")?)?;
    particle(words, "admin")?;
    let action = super::admin::action(words, names)?;
    Ok(Statement::At { point, action })
}
