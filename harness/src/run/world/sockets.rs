//! Calls as the engine answers them, a websocket's question among them.

use bytes::Bytes;
use http::HeaderValue;
use http::header::SEC_WEBSOCKET_PROTOCOL;
use keywheel_emulator::engine::Engine;
use keywheel_emulator::engine::realtime::Connected;
use keywheel_emulator::realtime::sockets::{SocketNumber, Transmit};
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::{Ending, Outcome, Request};

use super::Core;

impl Core {
    pub(super) fn answer(&mut self, request: &Request<'_>, now: Timestamp) -> Outcome {
        let is_question = Engine::is_connect(request) && !request.body.is_empty();
        if is_question {
            self.ask_socket(request, now)
        } else {
            self.service.engine.call(request, now)
        }
    }

    /// The same for an invocation that was frozen before the call. No fault strikes it again.
    pub(super) fn answer_thawed(&mut self, request: &Request<'_>, now: Timestamp) -> Outcome {
        let faults = std::mem::take(self.service.engine.faults());
        let outcome = self.answer(request, now);
        *self.service.engine.faults() = faults;
        outcome
    }

    /// Opens a websocket, says what the request's body is, and closes it with the first text that
    /// comes.
    fn ask_socket(&mut self, request: &Request<'_>, now: Timestamp) -> Outcome {
        let Connected {
            mut outcome,
            opened,
        } = self.service.engine.connect(request, now);
        if let (Some(opened), Ending::Reply(response)) = (opened, &mut outcome.ending) {
            let message = String::from_utf8_lossy(request.body);
            self.service
                .engine
                .socket_received(opened.number, &message, now);
            *response.body_mut() = self.first_text(opened.number);
            if let Some(protocol) = opened.protocol {
                let protocol = HeaderValue::from_static(protocol);
                response
                    .headers_mut()
                    .insert(SEC_WEBSOCKET_PROTOCOL, protocol);
            }
            self.service.engine.socket_closed(opened.number);
        }
        outcome
    }

    /// What a websocket is told first; nothing is left to be sent.
    fn first_text(&mut self, number: SocketNumber) -> Bytes {
        let mut first = None;
        while let Some((to, transmit)) = self.service.engine.poll_transmit() {
            match transmit {
                Transmit::Text(text) if to == number => {
                    first.get_or_insert_with(|| Bytes::from(text.as_bytes().to_vec()));
                }
                other => self.hear(to, &other),
            }
        }
        first.unwrap_or_default()
    }
}
