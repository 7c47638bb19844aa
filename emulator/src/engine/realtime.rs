//! Websockets and Event APIs behind the engine: the shell moves the frames.

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::realtime::address::{Address, Door, address, is_upgrade};
use crate::realtime::keep_alive::KeepAlive;
use crate::realtime::sockets::{Note, Opened, SocketNumber, Transmit};
use crate::realtime::{self, Surroundings};
use crate::time::Timestamp;
use crate::wire::error_code::realtime::RealtimeError;
use crate::wire::request::{Ending, Outcome, Request};
use crate::wire::service::{Protocol, Service};

use super::Engine;
use super::dispatch::Read;
use super::journal::What;
use super::seam::{Answer, Call, Exposure, Made};

/// What becomes of a request for a websocket.
#[derive(Debug)]
pub struct Connected {
    /// What the client sees: 101 if it is to be served.
    pub outcome: Outcome,
    /// The websocket, if there is one.
    pub opened: Option<Opened>,
}

impl Engine {
    /// Is this a request for a websocket that [`Engine::connect`] answers?
    pub fn is_connect(request: &Request<'_>) -> bool {
        is_upgrade(request) && address(request).is_some_and(|at| at.door != Door::Publish)
    }

    /// Answers a request for a websocket. Faults strike here as at every call. What is to be sent at
    /// once waits at [`Engine::poll_transmit`].
    pub fn connect(&mut self, request: &Request<'_>, now: Timestamp) -> Connected {
        self.calls += 1;
        let mut opened = None;
        let outcome = match address(request) {
            Some(at) => self.through_the_seam(
                request,
                Exposure::Exposed,
                call(at.door),
                now,
                |engine, _| {
                    let connected = engine.open(request, at, now);
                    let (answer, socket) = connected;
                    opened = socket;
                    answer
                },
            ),
            None => self.serve(request, Read::default(), Exposure::Exposed, now),
        };
        let is_open = matches!(&outcome.ending, Ending::Reply(response)
            if response.status() == StatusCode::SWITCHING_PROTOCOLS);
        if let Some(unseen) = opened.take_if(|_| !is_open) {
            // The client never learns that it is connected.
            self.realtime.closed(unseen.number);
        }
        Connected { outcome, opened }
    }

    fn open(
        &mut self,
        request: &Request<'_>,
        at: Address<'_>,
        now: Timestamp,
    ) -> (Answer, Option<Opened>) {
        let around = Surroundings {
            world: &self.world,
            ids: &mut self.request_ids,
            now,
        };
        match self.realtime.connect(at, request, &around) {
            Ok(opened) => {
                let mut response = Response::new(Bytes::new());
                *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
                let refusal = opened.refusal.as_ref().map(RealtimeError::wire_error);
                if let Some(key) = &opened.key {
                    let status = refusal.as_ref().map(|error| error.status);
                    let is_accepted = status != Some(StatusCode::UNAUTHORIZED);
                    let key = key.expose();
                    self.world.note_key_use(at.label, key, is_accepted, now);
                }
                let error = refusal.map(|error| error.code);
                (
                    Answer {
                        made: Made::Response(response),
                        error,
                    },
                    Some(opened),
                )
            }
            Err(error) => (refusal(&error), None),
        }
    }

    /// A plain request to an Event API or to the address of a websocket.
    pub(super) fn serve_realtime(
        &mut self,
        request: &Request<'_>,
        exposure: Exposure,
        at: Address<'_>,
        now: Timestamp,
    ) -> Outcome {
        self.through_the_seam(
            request,
            exposure,
            call(at.door),
            now,
            |engine, _| match at.door {
                Door::Publish => engine.publish(request, at.label, now),
                Door::Events | Door::GraphQl => refusal(&RealtimeError::UpgradeMissing),
            },
        )
    }

    fn publish(&mut self, request: &Request<'_>, label: &str, now: Timestamp) -> Answer {
        let api = self.world.event_api_of_host(label);
        let mut around = Surroundings {
            world: &self.world,
            ids: &mut self.request_ids,
            now,
        };
        let (answer, published) = realtime::respond(api, request, &mut around);
        if let (Some(api), Some((channel, events))) = (api, published) {
            self.realtime.deliver(&api.host, &channel, &events);
        }
        if let Some(key) = request.header("x-api-key") {
            let is_accepted = answer.response.status() != StatusCode::UNAUTHORIZED;
            self.world.note_key_use(label, key, is_accepted, now);
        }
        Answer {
            made: Made::Response(answer.response),
            error: answer.error,
        }
    }

    /// Takes a text that came over a websocket.
    pub fn socket_received(&mut self, number: SocketNumber, text: &str, now: Timestamp) {
        let mut around = Surroundings {
            world: &self.world,
            ids: &mut self.request_ids,
            now,
        };
        if let Some(note) = self.realtime.receive(number, text, &mut around) {
            self.note_frame(&note, now);
        }
    }

    /// A frame has no status of its own; the one that HTTP would have stands for it.
    fn note_frame(&mut self, note: &Note, now: Timestamp) {
        let error = note.error.as_ref().map(RealtimeError::wire_error);
        let status = error.as_ref().map_or(StatusCode::OK, |error| error.status);
        self.journal.write(
            now,
            What::Call {
                service: Service::Events.as_str(),
                operation: note.operation.into(),
                invocation: None,
                step: None,
                status: Some(status.as_u16()),
                error: error.map(|error| error.code),
                fault: None,
            },
        );
    }

    /// A websocket was closed by its client or by the shell.
    pub fn socket_closed(&mut self, number: SocketNumber) {
        self.realtime.closed(number);
    }

    /// The next thing to be sent over a websocket. Ask until there is none, after every call.
    pub fn poll_transmit(&mut self) -> Option<(SocketNumber, Transmit)> {
        self.realtime.poll_transmit()
    }

    /// The signs of life of a websocket that opens at a moment of the machine's clock.
    pub fn keep_alive(&self, now: Timestamp) -> KeepAlive {
        KeepAlive::new(&self.world.settings.appsync.events, now)
    }

    /// How many websockets are open.
    pub fn open_sockets(&self) -> usize {
        self.realtime.count()
    }
}

fn call(door: Door) -> Call {
    Call {
        service: Service::Events,
        operation: door.operation(),
        protocol: Protocol::GraphQl,
    }
}

fn refusal(error: &RealtimeError) -> Answer {
    let answer = realtime::refusal(error);
    Answer {
        made: Made::Response(answer.response),
        error: answer.error,
    }
}
