//! Websockets: frames in and out of the engine, within limits, until one side closes.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use http::request::Parts;
use http::{HeaderValue, Request};
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_tungstenite::tungstenite::Error as ProtocolError;

use crate::connection::{Answer, Dropped, stopped};
use crate::engine::Engine;
use crate::engine::realtime::Connected;
use crate::fault::Caller;
use crate::race::{Either, race};
use crate::realtime::KEEP_ALIVE;
use crate::realtime::keep_alive::{Beat, KeepAlive};
use crate::realtime::sockets::{Closing, SocketNumber, Transmit};
use crate::time::machine_time;
use crate::wire::request::Outcome;

use super::answer::view;
use super::body::{BODY_LIMIT, DRAIN_LIMIT};
use super::shell::{Core, Shell};

/// The longest text that is taken, in bytes; longer ones up to [`DRAIN_LIMIT`] are read whole, so
/// that their sender lives to see why the websocket closes.
const TEXT_LIMIT: usize = BODY_LIMIT;

/// How many bytes may wait for a client that reads slowly, before it is cut off.
const BACKLOG_LIMIT: usize = 16 << 20;

/// What a waiting text costs besides its bytes.
const TEXT_COST: usize = 128;

/// How long a client may take to read what it is sent, and to answer a close.
const PATIENCE: Duration = Duration::from_secs(10);

const GOING_AWAY: Closing = closing(1001, "the server ends");
const CUT_OFF: Closing = closing(1001, "the world was reset, or too much waits to be read");
const NO_BINARY: Closing = closing(1003, "only texts are taken");
const TOO_LONG: Closing = closing(1009, "the text is too long");
const MALFORMED: Closing = closing(1002, "not a websocket frame");
const SILENT: Closing = closing(1001, "nothing was heard of the client");

const fn closing(code: u16, reason: &'static str) -> Closing {
    Closing { code, reason }
}

/// What waits to be sent, with the room that it takes.
type Parcel = (Transmit, OwnedSemaphorePermit);

/// The shell's end of a websocket.
pub(super) struct Line {
    parcels: mpsc::UnboundedSender<Parcel>,
    room: Arc<Semaphore>,
}

impl Line {
    fn new() -> (Self, mpsc::UnboundedReceiver<Parcel>) {
        let (parcels, receiver) = mpsc::unbounded_channel();
        let room = Arc::new(Semaphore::new(BACKLOG_LIMIT));
        (Self { parcels, room }, receiver)
    }

    /// Hands something over; false if there is no room for it.
    fn hand_over(&self, transmit: Transmit) -> bool {
        let length = match &transmit {
            Transmit::Text(text) => text.len(),
            Transmit::Close(_) => 0,
        };
        let cost = u32::try_from(length + TEXT_COST).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).try_acquire_many_owned(cost);
        // A receiver that is gone has no need of it.
        room.is_ok_and(|room| self.parcels.send((transmit, room)).is_ok())
    }
}

impl Core {
    /// Hands over everything that is to be sent. A client that leaves too much waiting is dropped.
    pub(super) fn transmit(&mut self) {
        while let Some((number, transmit)) = self.engine.poll_transmit() {
            let Some(line) = self.lines.get(&number) else {
                continue;
            };
            if !line.hand_over(transmit) {
                self.lines.remove(&number);
                self.engine.socket_closed(number);
            }
        }
    }
}

impl Shell {
    /// Is this a request for a websocket?
    pub(super) fn is_connect(head: &Parts) -> bool {
        Engine::is_connect(&view(head, b"", None))
    }

    /// Answers a request for a websocket and, if it is granted, serves it from then on.
    pub(super) async fn connect(&self, request: Request<Body>, caller: Option<Caller>) -> Answer {
        let (mut head, _) = request.into_parts();
        let upgrade = match WebSocketUpgrade::from_request_parts(&mut head, &()).await {
            Ok(upgrade) => upgrade,
            Err(rejection) => {
                let response = axum::response::IntoResponse::into_response(rejection);
                return whole(response).await;
            }
        };
        let (outcome, opened) = self.open(&head, caller);
        let granted = self.carry_out(outcome, caller).await?;
        let Some((protocol, conversation)) = opened else {
            return Ok(granted);
        };
        let upgraded = accepted(upgrade, protocol, conversation);
        let (mut parts, body) = whole(upgraded).await?.into_parts();
        parts.headers.extend(granted.headers().clone());
        Ok(http::Response::from_parts(parts, body))
    }

    /// Asks the engine; if it opens a websocket, its line is there before anything is sent.
    fn open(
        &self,
        head: &Parts,
        caller: Option<Caller>,
    ) -> (Outcome, Option<(Option<&'static str>, Conversation)>) {
        let mut core = self.lock();
        let now = core.now();
        let Connected { outcome, opened } = core.engine.connect(&view(head, b"", caller), now);
        let opened = opened.map(|opened| {
            let (line, parcels) = Line::new();
            core.lines.insert(opened.number, line);
            let conversation = Conversation {
                shell: self.strong(),
                number: opened.number,
                parcels,
                keep_alive: core.engine.keep_alive(machine_time()),
            };
            (opened.protocol, conversation)
        });
        core.transmit();
        (outcome, opened)
    }

    fn hang_up(&self, number: SocketNumber) {
        let mut core = self.lock();
        core.lines.remove(&number);
        core.engine.socket_closed(number);
    }

    fn received(&self, number: SocketNumber, text: &str) {
        let mut core = self.lock();
        let now = core.now();
        core.engine.socket_received(number, text, now);
        core.transmit();
    }
}

/// The answer that opens the websocket, after which the conversation begins.
fn accepted(
    upgrade: WebSocketUpgrade,
    protocol: Option<&'static str>,
    conversation: Conversation,
) -> axum::response::Response {
    let mut upgrade = upgrade
        .max_message_size(DRAIN_LIMIT)
        .max_frame_size(DRAIN_LIMIT)
        .max_write_buffer_size(BACKLOG_LIMIT);
    if let Some(protocol) = protocol {
        upgrade.set_selected_protocol(HeaderValue::from_static(protocol));
    }
    upgrade.on_upgrade(|socket| conversation.hold(socket))
}

async fn whole(response: axum::response::Response) -> Answer {
    let (head, body) = response.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?;
    Ok(http::Response::from_parts(head, body.to_bytes()))
}

/// An open websocket in the shell.
struct Conversation {
    shell: Arc<Shell>,
    number: SocketNumber,
    parcels: mpsc::UnboundedReceiver<Parcel>,
    keep_alive: KeepAlive,
}

/// However a conversation ends, and even if it never begins, its websocket is forgotten.
impl Drop for Conversation {
    fn drop(&mut self) {
        self.shell.hang_up(self.number);
    }
}

/// What happens next on a websocket.
enum Event {
    Stopping,
    Parcel(Option<Parcel>),
    Arrived(Option<Result<Message, axum::Error>>),
    Due,
}

/// How a conversation goes on.
enum Course {
    On,
    /// The other side has closed, or is gone.
    Over,
    Close(Closing),
}

impl Conversation {
    /// Moves frames until one side closes.
    async fn hold(mut self, mut socket: WebSocket) {
        let course = loop {
            let event = self.next(&mut socket).await;
            match self.react(event, &mut socket).await {
                Course::On => {}
                ended => break ended,
            }
        };
        self.shell.hang_up(self.number);
        if let Course::Close(closing) = course {
            // A client that does not answer is left; its connection ends with the socket.
            let _ = tokio::time::timeout(PATIENCE, close(&mut socket, closing)).await;
        }
    }

    async fn next(&mut self, socket: &mut WebSocket) -> Event {
        let stop = stopped(self.shell.stopping.subscribe());
        let (due, _) = self.keep_alive.poll_timeout();
        let nap = due.millis_since(machine_time()).max(1);
        let nap = tokio::time::sleep(Duration::from_millis(nap.unsigned_abs()));
        let arriving = race(socket.recv(), nap);
        match race(std::pin::pin!(stop), race(self.parcels.recv(), arriving)).await {
            Either::Left(()) => Event::Stopping,
            Either::Right(Either::Left(parcel)) => Event::Parcel(parcel),
            Either::Right(Either::Right(Either::Left(arrived))) => Event::Arrived(arrived),
            Either::Right(Either::Right(Either::Right(()))) => Event::Due,
        }
    }

    async fn react(&mut self, event: Event, socket: &mut WebSocket) -> Course {
        match event {
            Event::Stopping => Course::Close(GOING_AWAY),
            // The room that a text took is free again once it is sent.
            Event::Parcel(Some((Transmit::Text(text), _room))) => {
                send(socket, [Message::text(&*text)]).await
            }
            Event::Parcel(Some((Transmit::Close(closing), _))) => Course::Close(closing),
            Event::Parcel(None) => Course::Close(CUT_OFF),
            Event::Due => match self.keep_alive.handle_timeout(machine_time()) {
                Beat::Early => Course::On,
                Beat::Alive => {
                    let ping = Message::Ping(bytes::Bytes::new());
                    send(socket, [Message::text(KEEP_ALIVE), ping]).await
                }
                Beat::GivenUp => Course::Close(SILENT),
            },
            Event::Arrived(Some(Ok(message))) => self.take(message),
            Event::Arrived(Some(Err(error))) => broken(error),
            Event::Arrived(None) => Course::Over,
        }
    }

    fn take(&mut self, message: Message) -> Course {
        self.keep_alive.heard(machine_time());
        match message {
            Message::Text(text) if text.len() > TEXT_LIMIT => Course::Close(TOO_LONG),
            Message::Text(text) => {
                self.shell.received(self.number, &text);
                Course::On
            }
            Message::Binary(_) => Course::Close(NO_BINARY),
            Message::Ping(_) | Message::Pong(_) => Course::On,
            Message::Close(_) => Course::Over,
        }
    }
}

/// Sends, unless the client does not read for too long.
async fn send<const N: usize>(socket: &mut WebSocket, messages: [Message; N]) -> Course {
    for message in messages {
        match tokio::time::timeout(PATIENCE, socket.send(message)).await {
            Ok(Ok(())) => {}
            // It is gone, or as good as.
            Ok(Err(_)) | Err(_) => return Course::Over,
        }
    }
    Course::On
}

/// What came is too long, or is no frame; or the connection broke off.
fn broken(error: axum::Error) -> Course {
    match error.into_inner().downcast_ref::<ProtocolError>() {
        Some(ProtocolError::Capacity(_)) => Course::Close(TOO_LONG),
        Some(ProtocolError::Protocol(_) | ProtocolError::Utf8(_)) => Course::Close(MALFORMED),
        _ => Course::Over,
    }
}

/// Says why, and reads on until the client has answered: what it has sent in the meantime would
/// otherwise break the connection off before it sees the reason.
async fn close(socket: &mut WebSocket, closing: Closing) {
    let frame = CloseFrame {
        code: closing.code,
        reason: closing.reason.into(),
    };
    let told = socket.send(Message::Close(Some(frame))).await;
    if told.is_ok() {
        while let Some(Ok(_)) = socket.recv().await {}
    }
}
