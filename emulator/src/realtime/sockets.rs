//! All open websockets: who is told what.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::ids::{ApiKeyId, HostLabel};
use crate::state::World;
use crate::state::appsync::authorize::authorize_key;
use crate::state::appsync::channel::Channel;
use crate::state::appsync::event_api::EventApi;
use crate::state::appsync::event_config::EventAction;
use crate::state::appsync::event_settings::LostKey;
use crate::time::Timestamp;
use crate::wire::error_code::data_plane::DataPlaneError;
use crate::wire::error_code::realtime::RealtimeError;
use crate::wire::request::Request;

use super::Surroundings;
use super::address::{Address, Door};
use super::credential;
use super::events;
use super::frame::{self, ServerFrame};
use super::handshake::{self, Handshake};
use super::socket::{Reaction, Socket};

pub use super::socket::{Closing, Note, SocketNumber, Transmit};

/// A websocket that the shell is to open.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its number.
    pub number: SocketNumber,
    /// The subprotocol that both sides speak, if the client offered it.
    pub protocol: Option<&'static str>,
    /// Why it is told that it is refused and closed, if it is.
    pub refusal: Option<RealtimeError>,
}

/// All open websockets, and what is yet to be sent.
#[derive(Debug, Default)]
pub struct Sockets {
    open: BTreeMap<SocketNumber, Socket>,
    made: u64,
    outbox: VecDeque<(SocketNumber, Transmit)>,
}

impl Sockets {
    /// None, but numbers go on where these end.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self {
            made: self.made,
            ..Self::default()
        }
    }

    /// Opens a websocket. One whose credential is refused is opened all the same, told so in a frame
    /// and closed [REC for GraphQL].
    ///
    /// # Errors
    /// No API answers at the label: on AWS the name does not resolve.
    pub fn connect(
        &mut self,
        address: Address<'_>,
        request: &Request<'_>,
        around: &Surroundings<'_>,
    ) -> Result<Opened, RealtimeError> {
        let (protocol, admitted) = match address.door {
            Door::Events | Door::Publish => {
                let api = around.world.event_api_of_host(address.label);
                let api = api.ok_or(DataPlaneError::HostUnknown)?;
                let Handshake { is_agreed, shown } = handshake::read(request, handshake::EVENTS);
                (
                    is_agreed.then_some(handshake::EVENTS),
                    admitted(api, shown, around),
                )
            }
            Door::GraphQl => return Err(RealtimeError::NotEmulated),
        };
        self.made += 1;
        let number = SocketNumber(self.made);
        let refusal = match admitted {
            Ok(socket) => {
                self.open.insert(number, socket);
                None
            }
            Err(error) => {
                self.send(number, frame::error("connection_error", None, &error));
                let closing = Transmit::Close(Closing::REFUSED);
                self.outbox.push_back((number, closing));
                Some(error)
            }
        };
        Ok(Opened {
            number,
            protocol,
            refusal,
        })
    }

    /// Takes a text that came over a websocket; one that is not open any more is not listened to.
    pub fn receive(
        &mut self,
        number: SocketNumber,
        text: &str,
        around: &mut Surroundings<'_>,
    ) -> Option<Note> {
        let socket = self.open.get_mut(&number)?;
        let host = socket.host.clone();
        let api = around.world.event_api_of_host(host.as_str())?;
        let Reaction {
            frames,
            published,
            note,
        } = events::receive(socket, api, text, around);
        for text in frames {
            self.send(number, text);
        }
        if let Some(published) = published {
            self.deliver(&host, &published.channel, &published.events);
        }
        note
    }

    /// Tells every subscriber of a channel of an API about events.
    pub fn deliver(&mut self, host: &HostLabel, channel: &Channel, events: &[String]) {
        let of_api = self.open.iter().filter(|(_, socket)| socket.host == *host);
        for (&number, socket) in of_api {
            for id in socket.listening(channel) {
                let data = events.iter().map(|event| ServerFrame {
                    kind: "data",
                    id: Some(id),
                    event: Some(event),
                    ..ServerFrame::default()
                });
                let texts = data.map(|frame| Transmit::Text(Arc::from(frame.text())));
                self.outbox.extend(texts.map(|text| (number, text)));
            }
        }
    }

    /// Forgets a websocket that its client or the shell has closed.
    pub fn closed(&mut self, number: SocketNumber) {
        self.open.remove(&number);
    }

    /// The next thing to send.
    pub fn poll_transmit(&mut self) -> Option<(SocketNumber, Transmit)> {
        self.outbox.pop_front()
    }

    /// How many are open.
    pub fn count(&self) -> usize {
        self.open.len()
    }

    /// Closes the websockets of APIs that are gone and, if the setting says so, of keys that are no
    /// longer good.
    pub fn enforce(&mut self, world: &World, now: Timestamp) {
        let doomed = |socket: &Socket| match world.event_api_of_host(socket.host.as_str()) {
            None => Some(Closing::API_GONE),
            Some(api) => is_lost(&socket.key, api, world, now).then_some(Closing::REFUSED),
        };
        let open = self.open.iter();
        let doomed: Vec<(SocketNumber, Closing)> = open
            .filter_map(|(number, socket)| Some((*number, doomed(socket)?)))
            .collect();
        for (number, closing) in doomed {
            self.open.remove(&number);
            if closing == Closing::REFUSED {
                let error = RealtimeError::from(DataPlaneError::CredentialRefused);
                self.send(number, frame::error("error", None, &error));
            }
            self.outbox.push_back((number, Transmit::Close(closing)));
        }
    }

    /// When the next key of an open websocket expires, if that closes it.
    pub fn next_due(&self, world: &World) -> Option<(Timestamp, &'static str)> {
        if world.settings.appsync.events.lost_key == LostKey::Kept {
            return None;
        }
        let expiry = |socket: &Socket| {
            let api = world.event_api_of_host(socket.host.as_str())?;
            Some(api.keys.find(socket.key.expose())?.expires)
        };
        let first = self.open.values().filter_map(expiry).min()?;
        Some((first, "the key of an open websocket expires"))
    }

    fn send(&mut self, number: SocketNumber, text: String) {
        let text = Transmit::Text(Arc::from(text));
        self.outbox.push_back((number, text));
    }
}

fn admitted(
    api: &EventApi,
    shown: Result<credential::Shown, RealtimeError>,
    around: &Surroundings<'_>,
) -> Result<Socket, RealtimeError> {
    let shown = shown?;
    let settings = &around.world.settings.appsync;
    credential::check(
        api,
        EventAction::Connect,
        None,
        &shown,
        around.now,
        settings,
    )?;
    Ok(Socket {
        host: api.host.clone(),
        key: ApiKeyId::new(shown.key.unwrap_or_default()),
        subscriptions: BTreeMap::new(),
    })
}

fn is_lost(key: &ApiKeyId, api: &EventApi, world: &World, now: Timestamp) -> bool {
    let settings = world.settings.appsync.of_api(&api.id);
    settings.events.lost_key == LostKey::Closed
        && authorize_key(&api.keys, key.expose(), now, settings).is_err()
}
