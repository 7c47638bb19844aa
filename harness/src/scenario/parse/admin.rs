//! `admin …`: what a person does.

use keywheel_emulator::fault::Span;

use super::super::error::Complaint;
use super::super::lexer::{Cursor, Quoting, Word};
use super::super::refs::{BadReference, Payload, Shift};
use super::super::sections;
use super::super::statement::AdminAction;
use super::names::{Names, label};
use super::options::{number, span};

const ACTIONS: [&str; 25] = [
    "delete-key",
    "expire-key",
    "put-value",
    "put-pending",
    "move-label",
    "remove-label",
    "cancel-rotation",
    "delete-secret",
    "restore-secret",
    "delete-api",
    "api-key-mode",
    "create-keys",
    "put-binary",
    "describe-key",
    "forge-key",
    "tag",
    "retarget",
    "deny",
    "allow",
    "rotate-again",
    "rotate-replica",
    "remove-replica",
    "restart-emulator",
    "function-clock",
    "jump",
];

/// What follows the word `admin`.
pub(super) fn action(
    words: &mut Cursor<'_>,
    names: &mut Names<'_>,
) -> Result<AdminAction, Complaint> {
    let word = words.need_bare("what the person does")?;
    match word.text.as_str() {
        "delete-key" => Ok(AdminAction::DeleteKey {
            key: names.key(&words.need_bare("the key")?)?,
        }),
        "expire-key" => expire_key(words, names),
        "put-value" => Ok(AdminAction::PutValue {
            value: value(words, names)?,
        }),
        "put-pending" => Ok(AdminAction::PutPending {
            value: value(words, names)?,
        }),
        "move-label" => move_label(words, names),
        "remove-label" => Ok(AdminAction::RemoveLabel {
            label: named_label(words)?,
        }),
        "cancel-rotation" => Ok(AdminAction::CancelRotation),
        "delete-secret" => Ok(AdminAction::DeleteSecret),
        "restore-secret" => Ok(AdminAction::RestoreSecret),
        "delete-api" => Ok(AdminAction::DeleteApi),
        "api-key-mode" => api_key_mode(words),
        "create-keys" => Ok(AdminAction::CreateKeys {
            count: number(&words.need_bare("how many")?, 1..=1000)?,
        }),
        _ => rarer_action(&word, words, names),
    }
}

/// What a person does less often.
fn rarer_action(
    word: &Word,
    words: &mut Cursor<'_>,
    names: &mut Names<'_>,
) -> Result<AdminAction, Complaint> {
    match word.text.as_str() {
        "put-binary" => Ok(AdminAction::PutBinary {
            text: words.need("the value")?.text,
        }),
        "describe-key" => Ok(AdminAction::DescribeKey {
            key: names.key(&words.need_bare("the key")?)?,
            text: words.need("the description")?.text,
        }),
        "forge-key" => forge_key(words, names),
        "tag" => Ok(AdminAction::Tag {
            name: words.need_bare("the tag")?.text,
            value: words.need("the tag's value")?.text,
        }),
        "retarget" => Ok(AdminAction::Retarget {
            api: names.api(&words.need_bare("the API")?)?,
        }),
        "deny" => Ok(AdminAction::Deny {
            operation: names.operation(&words.need_bare("the operation")?)?,
        }),
        "allow" => Ok(AdminAction::Allow {
            operation: names.operation(&words.need_bare("the operation")?)?,
        }),
        "rotate-again" => Ok(AdminAction::RotateAgain),
        "rotate-replica" => names.of_replica(word, AdminAction::RotateReplica),
        "remove-replica" => names.of_replica(word, AdminAction::RemoveReplica),
        "restart-emulator" => Ok(AdminAction::RestartEmulator),
        "function-clock" => shift(words).map(|by| AdminAction::FunctionClock { by }),
        "jump" => shift(words).map(|by| AdminAction::Jump { by }),
        other => Err(Complaint::unknown("action", other, word.column, &ACTIONS)),
    }
}

/// `forge-key NAME for VERSION`
fn forge_key(words: &mut Cursor<'_>, names: &mut Names<'_>) -> Result<AdminAction, Complaint> {
    let name = names.meet_key(&words.need_bare("a name for the key")?)?;
    particle(words, "for")?;
    let version = names.version(&words.need_bare("the version")?)?;
    Ok(AdminAction::ForgeKey { name, version })
}

fn shift(words: &mut Cursor<'_>) -> Result<Shift, Complaint> {
    let word = words.need_bare("a time like +2h or -10m")?;
    let shift: Shift = word
        .text
        .parse()
        .map_err(|error: BadReference| Complaint::new(word.column, error.to_string()))?;
    if shift.span > Span::days(3650) {
        return Err(Complaint::new(word.column, "the time is longer than 3650d"));
    }
    Ok(shift)
}

/// `expire-key KEY in DURATION`
fn expire_key(words: &mut Cursor<'_>, names: &Names<'_>) -> Result<AdminAction, Complaint> {
    let key = names.key(&words.need_bare("the key")?)?;
    particle(words, "in")?;
    let after = span(
        &words.need_bare("the duration")?,
        Span::ZERO..=Span::days(3650),
    )?;
    Ok(AdminAction::ExpireKey { key, after })
}

/// `move-label LABEL to VERSION`
fn move_label(words: &mut Cursor<'_>, names: &Names<'_>) -> Result<AdminAction, Complaint> {
    let label = named_label(words)?;
    particle(words, "to")?;
    let to = names.version(&words.need_bare("the version")?)?;
    Ok(AdminAction::MoveLabel { label, to })
}

fn named_label(words: &mut Cursor<'_>) -> Result<String, Complaint> {
    let word = words.need_bare("the staging label")?;
    label(&word.text, word.column)
}

fn api_key_mode(words: &mut Cursor<'_>) -> Result<AdminAction, Complaint> {
    let word = words.need_bare("on or off")?;
    match word.text.as_str() {
        "on" => Ok(AdminAction::ApiKeyMode { on: true }),
        "off" => Ok(AdminAction::ApiKeyMode { on: false }),
        other => Err(Complaint::unknown(
            "word",
            other,
            word.column,
            &["on", "off"],
        )),
    }
}

/// A word that only joins two others.
pub(super) fn particle(words: &mut Cursor<'_>, expected: &'static str) -> Result<(), Complaint> {
    let word = words.need_bare(&format!("{expected:?}"))?;
    if word.text == expected {
        return Ok(());
    }
    Err(Complaint::unknown(
        "word",
        &word.text,
        word.column,
        &[expected],
    ))
}

/// `VALUE|@section|copy`
pub(super) fn value(words: &mut Cursor<'_>, names: &mut Names<'_>) -> Result<Payload, Complaint> {
    let word = words.need("the value")?;
    match (word.quoting, word.text.as_str()) {
        (Quoting::Bare, "copy") => Ok(Payload::Copy),
        _ => read_value(word, names),
    }
}

/// `VALUE|@section`
pub(super) fn read_value(word: Word, names: &mut Names<'_>) -> Result<Payload, Complaint> {
    let section = word
        .text
        .strip_prefix('@')
        .filter(|_| word.quoting != Quoting::Whole);
    let Some(name) = section else {
        return Ok(Payload::Text(word.text));
    };
    sections::check_name(name, word.column + 1)?;
    names.meet_section(name.to_owned(), word.column + 1);
    Ok(Payload::Section(name.to_owned()))
}
