//! The names that a scenario has introduced so far, and the ones it may use.

use std::collections::BTreeSet;

use keywheel_emulator::fault::{Address, AddressError};
use keywheel_emulator::ids::Step;

use super::super::error::Complaint;
use super::super::lexer::Word;
use super::super::refs::{KeyRef, Point, VersionRef, numbered};
use super::super::statement::{ALL_SECRETS, SECRET};
use super::super::words::{Choice, Holds, Vocabulary, is_name};
use super::super::world::WorldSpec;

/// What is known while a file is read.
pub(super) struct Names<'a> {
    vocabulary: &'a Vocabulary<'a>,
    foreign: BTreeSet<String>,
    tokens: BTreeSet<String>,
    sections: Vec<(String, usize)>,
    secrets: u32,
    apis: u32,
    has_replica: bool,
    has_graphql: bool,
    subscribers: BTreeSet<String>,
}

impl<'a> Names<'a> {
    pub(super) fn new(vocabulary: &'a Vocabulary<'a>) -> Self {
        let (foreign, tokens, sections) = Default::default();
        Self {
            vocabulary,
            foreign,
            tokens,
            sections,
            secrets: 1,
            apis: 1,
            has_replica: false,
            has_graphql: true,
            subscribers: BTreeSet::new(),
        }
    }

    /// Learns the foreign keys.
    pub(super) fn meet_world(&mut self, world: &WorldSpec) {
        self.foreign
            .extend(world.keys.iter().map(|key| key.name.clone()));
        self.foreign
            .extend((1..=world.foreign).map(|number| format!("foreign{number}")));
        let others = 2..=world.secrets;
        self.foreign
            .extend(others.map(|number| format!("s{number}-k0")));
        (self.secrets, self.apis) = (world.secrets, world.apis);
        self.has_replica = world.replica.is_some();
        self.has_graphql = world.holds == Holds::Key && !world.is_event_api(1);
    }

    /// Learns a key that a person makes.
    pub(super) fn meet_key(&mut self, word: &Word) -> Result<String, Complaint> {
        let is_new = !self.foreign.contains(&word.text);
        match word.text.parse() {
            Ok(KeyRef::Foreign(name)) if is_new => {
                self.foreign.insert(name.clone());
                Ok(name)
            }
            _ => {
                let message = format!("{:?} cannot name a new key", word.text);
                Err(Complaint::new(word.column, message))
            }
        }
    }

    /// A secret by its name, or `all`.
    pub(super) fn secret(&self, word: &Word) -> Result<String, Complaint> {
        let number = match word.text.as_str() {
            SECRET | ALL_SECRETS => Some(1),
            other => numbered(other, "s").filter(|number| *number > 1),
        };
        if number.is_some_and(|number| number <= self.secrets) {
            return Ok(word.text.clone());
        }
        let mut valid = vec![SECRET.to_owned()];
        valid.extend((2..=self.secrets.min(9)).map(|number| format!("s{number}")));
        valid.extend((self.secrets > 1).then(|| ALL_SECRETS.to_owned()));
        let valid: Vec<_> = valid.iter().map(String::as_str).collect();
        Err(Complaint::unknown(
            "secret",
            &word.text,
            word.column,
            &valid,
        ))
    }

    /// An API by its number.
    pub(super) fn api(&self, word: &Word) -> Result<u32, Complaint> {
        let number = numbered(&word.text, "api").filter(|number| (1..=self.apis).contains(number));
        number.ok_or_else(|| {
            let message = format!(
                "{:?} is none of the APIs api1 to api{}",
                word.text, self.apis
            );
            Complaint::new(word.column, message)
        })
    }

    /// Learns a user that listens.
    pub(super) fn meet_subscriber(&mut self, word: &Word) -> Result<String, Complaint> {
        let fail = |message: String| Err(Complaint::new(word.column, message));
        if !self.has_graphql {
            return fail("nobody can subscribe: api1 is no GraphQL API".to_owned());
        }
        if !is_name(&word.text) || !self.subscribers.insert(word.text.clone()) {
            return fail(format!("{:?} cannot name a new subscriber", word.text));
        }
        Ok(word.text.clone())
    }

    /// A user that listens, by its name.
    pub(super) fn subscriber(&self, word: &Word) -> Result<String, Complaint> {
        if self.subscribers.contains(&word.text) {
            return Ok(word.text.clone());
        }
        let valid: Vec<_> = self.subscribers.iter().map(String::as_str).collect();
        Err(Complaint::unknown(
            "subscriber",
            &word.text,
            word.column,
            &valid,
        ))
    }

    /// Something that only a replica can be asked for.
    pub(super) fn of_replica<T>(&self, word: &Word, what: T) -> Result<T, Complaint> {
        let missing =
            || Complaint::new(word.column, "there is no replica: say world replica=REGION");
        self.has_replica.then_some(what).ok_or_else(missing)
    }

    /// An operation by its name.
    pub(super) fn operation(&self, word: &Word) -> Result<String, Complaint> {
        let operations = self.vocabulary.operations;
        if operations.contains(&word.text.as_str()) {
            return Ok(word.text.clone());
        }
        Err(Complaint::unknown(
            "operation",
            &word.text,
            word.column,
            operations,
        ))
    }

    /// Learns a word for a token.
    pub(super) fn meet_token(&mut self, word: &str) {
        self.tokens.insert(word.to_owned());
    }

    /// Notes that a section is referred to.
    pub(super) fn meet_section(&mut self, name: String, column: usize) {
        self.sections.push((name, column));
    }

    /// The sections noted since the last time.
    pub(super) fn take_sections(&mut self) -> Vec<(String, usize)> {
        std::mem::take(&mut self.sections)
    }

    pub(super) fn address(&self, word: &Word) -> Result<Address, Complaint> {
        let operations = self.vocabulary.operations;
        Address::parse(&word.text, operations).map_err(|error| {
            let mut complaint = Complaint::new(word.column, error.to_string());
            complaint.suggestion = error.nearest().map(str::to_owned);
            if let (AddressError::UnknownOperation { .. }, None) = (&error, error.nearest()) {
                complaint.message += &format!("; use one of {}", operations.join(", "));
            }
            complaint
        })
    }

    pub(super) fn point(&self, word: &Word) -> Result<Point, Complaint> {
        match word.text.parse() {
            Ok(step) => Ok(Point::Step(step)),
            Err(_) => self.address(word).map(Point::Call).map_err(|complaint| {
                let near =
                    keywheel_emulator::fault::nearest(&word.text, Step::ALL.map(Step::as_str));
                match near {
                    Some(step) => Complaint {
                        suggestion: Some(step.to_owned()),
                        ..complaint
                    },
                    None => complaint,
                }
            }),
        }
    }

    pub(super) fn key(&self, word: &Word) -> Result<KeyRef, Complaint> {
        match word.text.parse() {
            Ok(KeyRef::Foreign(name)) if !self.foreign.contains(&name) => {}
            Ok(key) => return Ok(key),
            Err(_) => {}
        }
        let own = ["k0", "k1", "pending", "current", "previous"];
        let valid: Vec<_> = own
            .into_iter()
            .chain(self.foreign.iter().map(String::as_str))
            .collect();
        Err(Complaint::unknown("key", &word.text, word.column, &valid))
    }

    pub(super) fn version(&self, word: &Word) -> Result<VersionRef, Complaint> {
        match word.text.parse() {
            Ok(VersionRef::Word(name)) if !self.tokens.contains(&name) => {}
            Ok(version) => return Ok(version),
            Err(_) => {}
        }
        let own = ["v0", "token1", "admin1", "current", "previous", "pending"];
        let valid: Vec<_> = own
            .into_iter()
            .chain(self.tokens.iter().map(String::as_str))
            .collect();
        Err(Complaint::unknown(
            "version",
            &word.text,
            word.column,
            &valid,
        ))
    }
}

/// A rotation step.
pub(super) fn step(word: &Word) -> Result<Step, Complaint> {
    word.text.parse().map_err(|_| {
        let steps = Step::ALL.map(Step::as_str);
        Complaint::unknown("rotation step", &word.text, word.column, &steps)
    })
}

/// One of a closed set of words.
pub(super) fn choice<T: Choice>(word: &Word, what: &str) -> Result<T, Complaint> {
    let unknown = || Complaint::unknown(what, &word.text, word.column, T::WORDS);
    T::from_word(&word.text).ok_or_else(unknown)
}

/// The name of a staging label. AWS's own must be spelt as AWS does.
pub(super) fn label(text: &str, column: usize) -> Result<String, Complaint> {
    let own = ["AWSCURRENT", "AWSPREVIOUS", "AWSPENDING"];
    let is_own = own.contains(&text);
    if is_own || (super::super::words::is_name(text) && !text.to_uppercase().starts_with("AWS")) {
        return Ok(text.to_owned());
    }
    Err(Complaint::unknown("staging label", text, column, &own))
}
