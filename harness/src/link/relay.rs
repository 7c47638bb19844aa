//! The IO of a link: carries bytes between the ends of each connection, and lets what is decided at
//! the seam happen to its calls.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use keywheel_emulator::race::{Either, race};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Protocol;
use super::call::{Answer, Call, End};
use super::dialogue::{Action, Conduct, Dialogue};
use super::seam::{Seam, Trouble};
use super::server::{Server, Stream};
use super::treatment::{Loss, Treatment};

/// How much is read at once.
const READ: usize = 16 * 1024;

/// Carries one connection to its end.
pub(super) async fn carry(
    client: TcpStream,
    address: SocketAddr,
    (protocol, dialogue): (Protocol, Box<dyn Dialogue>),
    server: &Server,
    seam: &dyn Seam,
) {
    let server_stream = match server.connect().await {
        Ok(stream) => stream,
        Err(error) => {
            let (server, error) = (server.to_string(), error.to_string());
            seam.trouble(Trouble::Unreachable { server, error });
            reset(client);
            return;
        }
    };
    let mut relay = Relay {
        client,
        address,
        server: server_stream,
        dialogue,
        protocol,
        seam,
        pending: VecDeque::new(),
        to_client: BytesMut::new(),
        to_server: BytesMut::new(),
        client_is_gone: false,
    };
    // A connection that breaks is how connections end.
    let ended = relay.run().await;
    relay.abandon();
    if let Ok(Over::Reset) = ended {
        reset(relay.client);
    }
}

/// Closes a connection as one is that nobody accepts.
fn reset(client: TcpStream) {
    // Without it the client sees the connection closed, which is nearly the same.
    let _ = client.set_zero_linger();
}

/// How a connection ends that did not break.
enum Over {
    Closed,
    Reset,
}

/// A call that has no answer yet.
struct Pending {
    number: u64,
    loss: Option<Loss>,
}

struct Relay<'a> {
    client: TcpStream,
    address: SocketAddr,
    server: Box<dyn Stream>,
    dialogue: Box<dyn Dialogue>,
    protocol: Protocol,
    seam: &'a dyn Seam,
    /// In the order of their answers.
    pending: VecDeque<Pending>,
    to_client: BytesMut,
    to_server: BytesMut,
    client_is_gone: bool,
}

impl Relay<'_> {
    async fn run(&mut self) -> io::Result<Over> {
        let (mut said, mut answered) = (BytesMut::new(), BytesMut::new());
        loop {
            if let Some(over) = self.act().await? {
                return Ok(over);
            }
            // The server goes on with what it was asked for, also when nobody waits any more.
            if self.client_is_gone && self.pending.is_empty() {
                return Ok(Over::Closed);
            }
            said.reserve(READ);
            answered.reserve(READ);
            let from_client = async {
                match self.client_is_gone {
                    false => self.client.read_buf(&mut said).await,
                    true => std::future::pending().await,
                }
            };
            match race(self.server.read_buf(&mut answered), from_client).await {
                Either::Left(read) => {
                    if read? == 0 {
                        return Ok(Over::Closed);
                    }
                    self.dialogue.server_said(&answered.split());
                }
                Either::Right(Ok(0) | Err(_)) => self.client_is_gone = true,
                Either::Right(Ok(_)) => self.dialogue.client_said(&said.split()),
            }
        }
    }

    /// Does everything that the dialogue wants done now.
    async fn act(&mut self) -> io::Result<Option<Over>> {
        loop {
            let over = match self.dialogue.poll() {
                Ok(None) => {
                    self.flush().await?;
                    return Ok(None);
                }
                Ok(Some(Action::ToServer(bytes))) => self.queue_for_server(&bytes).await?,
                Ok(Some(Action::ToClient(bytes))) => self.queue_for_client(&bytes).await?,
                Ok(Some(Action::Call(call))) => self.meet(&call).await?,
                Ok(Some(Action::Answered(answer))) => self.answered(answer).await?,
                Ok(Some(Action::Close)) => Some(Over::Closed),
                Err(garbage) => {
                    self.seam.trouble(Trouble::Garbage(garbage));
                    Some(Over::Closed)
                }
            };
            if over.is_some() {
                self.flush().await?;
                return Ok(over);
            }
        }
    }

    async fn queue_for_server(&mut self, bytes: &Bytes) -> io::Result<Option<Over>> {
        self.to_server.extend_from_slice(bytes);
        if self.to_server.len() >= READ {
            self.flush().await?;
        }
        Ok(None)
    }

    async fn queue_for_client(&mut self, bytes: &Bytes) -> io::Result<Option<Over>> {
        self.to_client.extend_from_slice(bytes);
        if self.to_client.len() >= READ {
            self.flush().await?;
        }
        Ok(None)
    }

    async fn flush(&mut self) -> io::Result<()> {
        if !self.to_server.is_empty() {
            self.server.write_all(&self.to_server.split()).await?;
        }
        if !self.to_client.is_empty() {
            let sent = self.client.write_all(&self.to_client.split()).await;
            self.client_is_gone |= sent.is_err();
        }
        Ok(())
    }

    /// A call stands before its effect.
    async fn meet(&mut self, call: &Call) -> io::Result<Option<Over>> {
        self.flush().await?;
        let met = self.seam.meet(self.address, call).await;
        let treatment = met.verdict.and_then(|verdict| {
            let treatment = Treatment::of(verdict, self.protocol);
            if treatment.is_none() {
                self.seam
                    .trouble(Trouble::Meaningless(verdict, call.clone()));
            }
            treatment
        });
        let number = met.number;
        match treatment {
            None | Some(Treatment::Duplicate) => self.go_on(number, Conduct::Pass, None),
            Some(Treatment::Delay(by)) => {
                tokio::time::sleep(by).await;
                self.go_on(number, Conduct::Pass, None);
            }
            Some(Treatment::Late(by)) => {
                tokio::time::sleep(by).await;
                self.go_on(number, Conduct::Withhold, Some(Loss::Hang));
            }
            Some(Treatment::Lose(loss)) => self.go_on(number, Conduct::Withhold, Some(loss)),
            Some(Treatment::Fail(failure)) => self.go_on(number, Conduct::Refuse(failure), None),
            Some(Treatment::Close) => {
                self.seam.ended(number, End::Closed(None));
                return Ok(Some(Over::Closed));
            }
            Some(Treatment::Refuse) => {
                self.seam.ended(number, End::Closed(None));
                return Ok(Some(Over::Reset));
            }
            Some(Treatment::Hang) => {
                self.seam.ended(number, End::Silence(None));
                return self.say_nothing_more().await;
            }
            Some(Treatment::Kill) => {
                self.seam.ended(number, End::Killed(None));
                return self.say_nothing_more().await;
            }
        }
        Ok(None)
    }

    fn go_on(&mut self, number: u64, conduct: Conduct, loss: Option<Loss>) {
        self.pending.push_back(Pending { number, loss });
        self.dialogue.decide(conduct);
    }

    /// The first call that waits has its answer.
    async fn answered(&mut self, answer: Answer) -> io::Result<Option<Over>> {
        let Some(Pending { number, loss }) = self.pending.pop_front() else {
            return Ok(None);
        };
        match loss {
            None => self.seam.ended(number, End::Answered(answer)),
            Some(Loss::Hang) => {
                self.seam.ended(number, End::Silence(Some(answer)));
                return self.say_nothing_more().await;
            }
            Some(Loss::Kill) => {
                self.seam.ended(number, End::Killed(Some(answer)));
                return self.say_nothing_more().await;
            }
            Some(other) => {
                if let Loss::Fail(failure) = other {
                    self.to_client
                        .extend_from_slice(&self.dialogue.farewell(failure));
                }
                self.seam.ended(number, End::Closed(Some(answer)));
                return Ok(Some(Over::Closed));
            }
        }
        Ok(None)
    }

    /// Nothing is said to the client any more; whatever it says is not heard.
    async fn say_nothing_more(&mut self) -> io::Result<Option<Over>> {
        let mut unheard = BytesMut::with_capacity(READ);
        while self.client.read_buf(&mut unheard).await? > 0 {
            unheard.clear();
        }
        Ok(Some(Over::Closed))
    }

    /// Tells of the calls that will not be answered any more.
    fn abandon(&mut self) {
        for call in self.pending.drain(..) {
            self.seam.ended(call.number, End::Closed(None));
        }
    }
}
