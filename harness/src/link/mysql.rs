//! MySQL's and MariaDB's protocol: the greeting, logging in, texts and prepared statements.
//!
//! Encryption and compression are taken out of the server's greeting, so that no client asks for
//! them. An error is answered in the server's place: a failed statement ends no transaction there.

mod packets;
mod reply;

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;

use super::call::{Answer, Call};
use super::dialogue::{Action, Conduct, Dialogue};
use super::failure::Failure;
use super::frames::{Frames, Malformed, Piece};
use super::garbage::{Garbage, Side};
use super::statement::{Dialect, Statement};

use reply::{Expected, Heard};

/// As addresses name it.
pub(super) const SERVICE: &str = "mysql";
const NAME: &str = "MySQL";

/// How many prepared statements of a connection are remembered.
const PREPARED_MAX: usize = 4096;

/// A connection to MySQL or MariaDB.
pub(super) struct Mysql {
    client: Frames,
    server: Frames,
    phase: Phase,
    actions: VecDeque<Action>,
    /// The call whose fate is not known: its packet and what its answer will be like.
    held: Option<(Bytes, Expected)>,
    /// Is the rest of the client's message, and of the server's, sent on?
    client_goes_on: bool,
    server_goes_on: bool,
    /// Is the next packet of the client, and of the server, more of the one before?
    client_continues: bool,
    server_continues: bool,
    prepared: BTreeMap<u32, Statement>,
    /// What the server has yet to answer.
    awaited: VecDeque<Awaited>,
}

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The server has not spoken.
    Start,
    /// The client has not said who it is.
    Greeted,
    /// It has, or does so anew.
    LoggingIn,
    /// It is in.
    Ready,
}

/// A command that has no whole answer yet.
struct Awaited {
    expected: Expected,
    is_call: bool,
    is_withheld: bool,
    /// The statement that is being prepared.
    prepares: Option<Statement>,
}

impl Mysql {
    pub(super) fn new() -> Self {
        Self {
            client: Frames::new(packets::length),
            server: Frames::new(packets::length),
            phase: Phase::Start,
            actions: VecDeque::new(),
            held: None,
            client_goes_on: true,
            server_goes_on: true,
            client_continues: false,
            server_continues: false,
            prepared: BTreeMap::new(),
            awaited: VecDeque::new(),
        }
    }

    fn send_server(&mut self, bytes: Bytes) {
        self.actions.push_back(Action::ToServer(bytes));
    }

    fn send_client(&mut self, bytes: Bytes) {
        self.actions.push_back(Action::ToClient(bytes));
    }

    fn hold(&mut self, packet: Bytes, expected: Expected, statement: Statement) {
        self.held = Some((packet, expected));
        self.actions.push_back(Action::Call(Call {
            service: SERVICE,
            operation: statement.operation,
            text: statement.text,
        }));
    }

    fn read_client(&mut self) -> Result<bool, Garbage> {
        // A client that speaks before the server takes this for another protocol.
        let unread = self.client.unread();
        if self.phase == Phase::Start {
            return match unread {
                [] => Ok(false),
                first => Err(Garbage::at_start(NAME, Side::Client, first)),
            };
        }
        if self.phase == Phase::Greeted && unread.len() >= packets::HEADER && unread[3] != 1 {
            return Err(Garbage::at_start(NAME, Side::Client, unread));
        }
        match self.client.next() {
            Ok(None) | Err(Malformed) => return Ok(false),
            Ok(Some(Piece::Rest(rest))) => self.pass_on(rest),
            Ok(Some(Piece::Head(packet))) => {
                let continues =
                    std::mem::replace(&mut self.client_continues, packets::goes_on(&packet));
                if continues {
                    self.pass_on(packet);
                } else {
                    self.client_sends(packet)?;
                }
            }
        }
        Ok(true)
    }

    fn pass_on(&mut self, more: Bytes) {
        if self.client_goes_on {
            self.send_server(more);
        }
    }

    fn client_sends(&mut self, packet: Bytes) -> Result<(), Garbage> {
        self.client_goes_on = true;
        match self.phase {
            Phase::Greeted => {
                let garbage = |Malformed| Garbage::at_start(NAME, Side::Client, &packet);
                let text = format!("user={}", packets::user(&packet).map_err(garbage)?);
                let operation = "Connect".to_owned();
                self.hold(packet, Expected::Session, Statement { operation, text });
            }
            Phase::Ready => self.command(packet),
            Phase::Start | Phase::LoggingIn => self.send_server(packet),
        }
        Ok(())
    }

    fn command(&mut self, packet: Bytes) {
        let (command, body) = packets::payload(&packet).split_first().unwrap_or((&0, &[]));
        let named = |name: &str| Statement {
            operation: name.to_owned(),
            text: String::new(),
        };
        match command {
            0x03 => {
                let statement = Statement::read(body, Dialect::Mysql);
                self.hold(packet, Expected::Result, statement);
            }
            0x17 | 0xfa => {
                let prepared = id(body).and_then(|id| self.prepared.get(&id));
                let statement = prepared.cloned().unwrap_or_else(|| named("Execute"));
                self.hold(packet, Expected::Result, statement);
            }
            0x11 => self.hold(packet, Expected::Session, named("ChangeUser")),
            0x16 => {
                let statement = Statement::read(body, Dialect::Mysql);
                self.send(packet, Expected::Prepared, Some(statement));
            }
            // Quit, long data and the end of a statement are not answered.
            0x01 | 0x18 => self.send_server(packet),
            0x19 => {
                let closed = id(body);
                closed.and_then(|id| self.prepared.remove(&id));
                self.send_server(packet);
            }
            // The columns of a table, and rows of a cursor.
            0x04 | 0x1c => self.send(packet, Expected::Rows, None),
            _ => self.send(packet, Expected::Single, None),
        }
    }

    /// Sends a command on that is no call: it changes nothing.
    fn send(&mut self, packet: Bytes, expected: Expected, prepares: Option<Statement>) {
        self.send_server(packet);
        let (is_call, is_withheld) = (false, false);
        self.awaited.push_back(Awaited {
            expected,
            is_call,
            is_withheld,
            prepares,
        });
    }

    fn read_server(&mut self) -> Result<bool, Garbage> {
        match self.server.next() {
            Ok(None) | Err(Malformed) => return Ok(false),
            Ok(Some(Piece::Rest(rest))) => {
                if self.server_goes_on {
                    self.send_client(rest);
                }
            }
            Ok(Some(Piece::Head(packet))) => {
                let continues =
                    std::mem::replace(&mut self.server_continues, packets::goes_on(&packet));
                if !continues {
                    self.server_sends(packet)?;
                } else if self.server_goes_on {
                    self.send_client(packet);
                }
            }
        }
        Ok(true)
    }

    fn server_sends(&mut self, packet: Bytes) -> Result<(), Garbage> {
        if self.phase == Phase::Start {
            // Version 10 of the protocol, or an error: it lets nobody in.
            let is_greeting = matches!(packets::payload(&packet).first(), Some(0x0a | 0xff));
            if packets::sequence(&packet) != 0 || !is_greeting {
                return Err(Garbage::at_start(NAME, Side::Server, &packet));
            }
            self.phase = Phase::Greeted;
            self.send_client(packets::without_encryption(&packet));
            return Ok(());
        }
        let Some(awaited) = self.awaited.front_mut() else {
            self.server_goes_on = true;
            self.send_client(packet);
            return Ok(());
        };
        self.server_goes_on = !awaited.is_withheld;
        learn(&mut self.prepared, awaited, packets::payload(&packet));
        match awaited.expected.hear(packets::payload(&packet)) {
            Heard::More(expected) => {
                awaited.expected = expected;
                self.forward(packet);
            }
            Heard::All(answer) => {
                self.forward(packet);
                self.answered(answer);
            }
        }
        Ok(())
    }

    fn forward(&mut self, packet: Bytes) {
        if self.server_goes_on {
            self.send_client(packet);
        }
    }

    fn answered(&mut self, answer: Answer) {
        self.phase = Phase::Ready;
        if self
            .awaited
            .pop_front()
            .is_some_and(|awaited| awaited.is_call)
        {
            self.actions.push_back(Action::Answered(answer));
        }
    }
}

/// A prepared statement has got its number.
fn learn(known: &mut BTreeMap<u32, Statement>, awaited: &mut Awaited, payload: &[u8]) {
    let Some(statement) = awaited.prepares.take() else {
        return;
    };
    if let Some((0, body)) = payload.split_first() {
        if known.len() >= PREPARED_MAX {
            known.clear();
        }
        id(body).and_then(|id| known.insert(id, statement));
    }
}

fn id(body: &[u8]) -> Option<u32> {
    body.first_chunk::<4>()
        .map(|digits| u32::from_le_bytes(*digits))
}

impl Dialogue for Mysql {
    fn client_said(&mut self, bytes: &[u8]) {
        self.client.push(bytes);
    }

    fn server_said(&mut self, bytes: &[u8]) {
        self.server.push(bytes);
    }

    fn decide(&mut self, conduct: Conduct) {
        let Some((packet, expected)) = self.held.take() else {
            return;
        };
        let is_login = expected == Expected::Session;
        if let Conduct::Refuse(failure) = conduct {
            self.client_goes_on = false;
            let sequence = packets::sequence(&packet).wrapping_add(1);
            self.send_client(packets::refusal(failure, sequence));
            let code = failure.mysql().0.to_string();
            self.actions
                .push_back(Action::Answered(Answer::Refused(code)));
            if is_login {
                self.actions.push_back(Action::Close);
            }
            return;
        }
        if is_login {
            self.phase = Phase::LoggingIn;
        }
        self.send_server(packet);
        let is_withheld = conduct == Conduct::Withhold;
        self.awaited.push_back(Awaited {
            expected,
            is_call: true,
            is_withheld,
            prepares: None,
        });
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
        packets::refusal(failure, 1)
    }
}

#[cfg(test)]
mod tests;
