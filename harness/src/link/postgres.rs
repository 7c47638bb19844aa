//! PostgreSQL's protocol: logging in, the simple and the extended query protocol.
//!
//! Encryption is declined, which the protocol allows for. A statement that is to fail is replaced by
//! one that raises the error, so that the server's transaction fails with it.

mod messages;

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;

use super::call::{Answer, Call};
use super::dialogue::{Action, Conduct, Dialogue};
use super::failure::Failure;
use super::frames::{Frames, Malformed, Piece};
use super::garbage::{Garbage, Side};
use super::statement::{Dialect, Statement};

/// As addresses name it.
pub(super) const SERVICE: &str = "postgres";
const NAME: &str = "PostgreSQL";

/// How many prepared statements of a connection are remembered by name.
const NAMES_MAX: usize = 4096;

/// A connection to PostgreSQL.
pub(super) struct Postgres {
    client: Frames,
    server: Frames,
    phase: Phase,
    actions: VecDeque<Action>,
    /// The call whose fate is not known, with its message.
    held: Option<(Held, Bytes)>,
    /// Is the rest of the client's message, and of the server's, sent on?
    client_goes_on: bool,
    server_goes_on: bool,
    /// Does the batch of the client end with an error, so that the rest of it means nothing?
    is_batch_lost: bool,
    prepared: BTreeMap<Bytes, Statement>,
    portals: BTreeMap<Bytes, Statement>,
    /// What the client has begun and not yet ended with a Sync.
    batch: Round,
    /// What the server has yet to answer.
    awaited: VecDeque<Round>,
}

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The client has not said who it is.
    Start,
    /// It has.
    LoggingIn,
    /// It is in.
    Ready,
}

/// What kind of message is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Startup,
    Query,
    Execute,
}

/// What the server answers with one ReadyForQuery at its end.
#[derive(Default)]
struct Round {
    calls: u32,
    /// Is nothing of its answer sent to the client?
    is_withheld: bool,
    answer: Option<Answer>,
    /// How many ParseComplete and BindComplete the client waits for.
    parses: u32,
    binds: u32,
}

impl Postgres {
    pub(super) fn new() -> Self {
        Self {
            client: Frames::new(messages::startup_length),
            server: Frames::new(messages::tagged_length),
            phase: Phase::Start,
            actions: VecDeque::new(),
            held: None,
            client_goes_on: true,
            server_goes_on: true,
            is_batch_lost: false,
            prepared: BTreeMap::new(),
            portals: BTreeMap::new(),
            batch: Round::default(),
            awaited: VecDeque::new(),
        }
    }

    fn send_server(&mut self, bytes: Bytes) {
        self.actions.push_back(Action::ToServer(bytes));
    }

    fn send_client(&mut self, bytes: Bytes) {
        self.actions.push_back(Action::ToClient(bytes));
    }

    fn hold(&mut self, held: Held, message: Bytes, statement: Statement) {
        self.held = Some((held, message));
        self.actions.push_back(Action::Call(Call {
            service: SERVICE,
            operation: statement.operation,
            text: statement.text,
        }));
    }

    /// Takes the next piece from the client, if there is one.
    fn read_client(&mut self) -> Result<bool, Garbage> {
        let garbage = |first: &[u8], phase| match phase {
            Phase::Start => Garbage::at_start(NAME, Side::Client, first),
            _ => later(Side::Client, first),
        };
        let piece = self.client.next();
        match piece.map_err(|Malformed| garbage(self.client.unread(), self.phase))? {
            None => return Ok(false),
            Some(Piece::Rest(rest)) if self.client_goes_on => self.send_server(rest),
            Some(Piece::Rest(_)) => {}
            Some(Piece::Head(message)) => {
                let first = message.clone();
                let known = match self.phase {
                    Phase::Start => self.client_starts(message),
                    Phase::LoggingIn | Phase::Ready => self.client_sends(message),
                };
                known.map_err(|Malformed| garbage(&first, self.phase))?;
            }
        }
        Ok(true)
    }

    /// The client begins: it asks for encryption, or says who it is.
    fn client_starts(&mut self, message: Bytes) -> Result<(), Malformed> {
        match messages::startup_code(&message) {
            messages::SSL_REQUEST | messages::GSS_REQUEST => {
                self.send_client(Bytes::from_static(b"N"));
            }
            messages::CANCEL_REQUEST => self.send_server(message),
            code if code >> 16 == 3 => {
                let parameter = |name| messages::startup_parameter(&message, name);
                let user = parameter("user").unwrap_or_default();
                let database = parameter("database").unwrap_or_else(|| user.clone());
                let statement = Statement {
                    operation: "Connect".to_owned(),
                    text: format!("user={user} database={database}"),
                };
                self.hold(Held::Startup, message, statement);
            }
            _ => return Err(Malformed),
        }
        Ok(())
    }

    fn client_sends(&mut self, message: Bytes) -> Result<(), Malformed> {
        self.client_goes_on = true;
        let tag = message[0];
        if self.is_batch_lost && !matches!(tag, b'S' | b'X') {
            self.client_goes_on = false;
            return Ok(());
        }
        let payload = messages::payload(&message);
        match tag {
            b'Q' => {
                let statement = Statement::read(messages::text(payload).0, Dialect::Postgres);
                self.hold(Held::Query, message, statement);
            }
            b'E' => {
                let portal = messages::text(payload).0;
                let statement = self.portals.get(portal).cloned().unwrap_or_else(unknown);
                self.hold(Held::Execute, message, statement);
            }
            b'F' => {
                let (operation, text) = ("FunctionCall".to_owned(), String::new());
                self.hold(Held::Query, message, Statement { operation, text });
            }
            b'P' | b'B' | b'C' => {
                self.remember(tag, &message);
                self.send_server(message);
            }
            b'S' => {
                self.is_batch_lost = false;
                self.end_batch(message);
            }
            b'H' => {
                self.send_server(message);
                // The client waits for an answer that it will not get before it ends the batch, and
                // what it has done is not committed before that.
                if self.batch.is_withheld {
                    self.end_batch(messages::sync());
                }
            }
            b'D' | b'X' | b'c' | b'd' | b'f' | b'p' => self.send_server(message),
            _ => return Err(Malformed),
        }
        Ok(())
    }

    fn end_batch(&mut self, message: Bytes) {
        self.send_server(message);
        self.awaited.push_back(std::mem::take(&mut self.batch));
    }

    /// Remembers what names stand for, of which an execution says no more than the name.
    fn remember(&mut self, tag: u8, message: &Bytes) {
        let (first, rest) = messages::text(messages::payload(message));
        match tag {
            b'P' => {
                self.batch.parses += 1;
                let text = messages::text(rest).0;
                let statement = Statement::read(text, Dialect::Postgres);
                insert(&mut self.prepared, message.slice_ref(first), statement);
            }
            b'B' => {
                self.batch.binds += 1;
                let prepared = self.prepared.get(messages::text(rest).0);
                let statement = prepared.cloned().unwrap_or_else(unknown);
                insert(&mut self.portals, message.slice_ref(first), statement);
            }
            _ => match first.split_first() {
                Some((b'S', name)) => drop(self.prepared.remove(name)),
                Some((_, name)) => drop(self.portals.remove(name)),
                None => {}
            },
        }
    }

    /// Takes the next piece from the server, if there is one.
    fn read_server(&mut self) -> Result<bool, Garbage> {
        let garbage = |first: &[u8], phase| match phase {
            Phase::Ready => later(Side::Server, first),
            _ => Garbage::at_start(NAME, Side::Server, first),
        };
        let piece = self.server.next();
        let piece = piece.map_err(|Malformed| garbage(self.server.unread(), self.phase))?;
        match piece {
            None => return Ok(false),
            Some(Piece::Rest(rest)) if self.server_goes_on => self.send_client(rest),
            Some(Piece::Rest(_)) => {}
            Some(Piece::Head(message)) => self.server_sends(message),
        }
        Ok(true)
    }

    fn server_sends(&mut self, message: Bytes) {
        let tag = message[0];
        let round = self.awaited.front_mut().unwrap_or(&mut self.batch);
        self.server_goes_on = !round.is_withheld && !round.is_unasked(tag);
        round.hear(tag, &message);
        if self.server_goes_on {
            self.send_client(message);
        }
        let has_failed_to_log_in = tag == b'E' && self.phase == Phase::LoggingIn;
        if tag == b'Z' || has_failed_to_log_in {
            self.phase = Phase::Ready;
            let round = self.awaited.pop_front().unwrap_or_default();
            let answer = round
                .answer
                .unwrap_or_else(|| Answer::Done("OK".to_owned()));
            for _ in 0..round.calls {
                self.actions.push_back(Action::Answered(answer.clone()));
            }
        }
    }

    fn start(&mut self, message: Bytes, conduct: Conduct) {
        self.client.measure_by(messages::tagged_length);
        self.phase = Phase::LoggingIn;
        if let Conduct::Refuse(failure) = conduct {
            let code = failure.sqlstate().to_owned();
            self.send_client(messages::fatal(&code, failure));
            self.actions
                .push_back(Action::Answered(Answer::Refused(code)));
            self.actions.push_back(Action::Close);
            return;
        }
        self.batch.join(conduct);
        self.end_batch(message);
    }

    fn query(&mut self, message: Bytes, conduct: Conduct) {
        self.batch.join(conduct);
        match conduct {
            Conduct::Refuse(failure) => {
                self.client_goes_on = false;
                self.end_batch(messages::raising_query(failure));
            }
            Conduct::Pass | Conduct::Withhold => self.end_batch(message),
        }
    }

    fn execute(&mut self, message: Bytes, conduct: Conduct) {
        self.batch.join(conduct);
        match conduct {
            Conduct::Refuse(failure) => {
                self.is_batch_lost = true;
                self.send_server(messages::raising_execution(failure));
            }
            Conduct::Pass | Conduct::Withhold => self.send_server(message),
        }
    }
}

impl Round {
    /// One more call is answered with it.
    fn join(&mut self, conduct: Conduct) {
        self.calls += 1;
        self.is_withheld |= conduct == Conduct::Withhold;
    }

    /// Does this answer a message that the client has not sent?
    fn is_unasked(&self, tag: u8) -> bool {
        (tag == b'1' && self.parses == 0) || (tag == b'2' && self.binds == 0)
    }

    fn hear(&mut self, tag: u8, message: &[u8]) {
        let has_failed = matches!(self.answer, Some(Answer::Refused(_)));
        match tag {
            b'1' => self.parses = self.parses.saturating_sub(1),
            b'2' => self.binds = self.binds.saturating_sub(1),
            b'E' => self.answer = Some(Answer::Refused(messages::sqlstate(message))),
            b'C' if !has_failed => {
                let done = messages::text(messages::payload(message)).0;
                self.answer = Some(Answer::Done(String::from_utf8_lossy(done).into_owned()));
            }
            _ => {}
        }
    }
}

fn later(from: Side, bytes: &[u8]) -> Garbage {
    Garbage::later(NAME, from, bytes.first().copied().unwrap_or_default())
}

/// What an execution does whose statement is not remembered.
fn unknown() -> Statement {
    Statement {
        operation: "Execute".to_owned(),
        text: String::new(),
    }
}

fn insert(names: &mut BTreeMap<Bytes, Statement>, name: Bytes, statement: Statement) {
    if names.len() >= NAMES_MAX {
        names.clear();
    }
    // Its own bytes, not a part of a message that would be kept with it.
    names.insert(Bytes::copy_from_slice(&name), statement);
}

impl Dialogue for Postgres {
    fn client_said(&mut self, bytes: &[u8]) {
        self.client.push(bytes);
    }

    fn server_said(&mut self, bytes: &[u8]) {
        self.server.push(bytes);
    }

    fn decide(&mut self, conduct: Conduct) {
        match self.held.take() {
            Some((Held::Startup, message)) => self.start(message, conduct),
            Some((Held::Query, message)) => self.query(message, conduct),
            Some((Held::Execute, message)) => self.execute(message, conduct),
            None => {}
        }
    }

    fn poll(&mut self) -> Result<Option<Action>, Garbage> {
        loop {
            if let Some(action) = self.actions.pop_front() {
                return Ok(Some(action));
            }
            let is_free = self.held.is_none();
            if !(self.read_server()? || is_free && self.read_client()?) {
                return Ok(None);
            }
        }
    }

    fn farewell(&self, failure: Failure) -> Bytes {
        // One who is in is told that the server stops, not that it starts.
        let is_stopping = failure == Failure::Unavailable && self.phase == Phase::Ready;
        let code = if is_stopping {
            "57P01"
        } else {
            failure.sqlstate()
        };
        messages::fatal(code, failure)
    }
}

#[cfg(test)]
mod tests;
