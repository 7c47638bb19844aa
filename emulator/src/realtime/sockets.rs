//! All open websockets: who is told what.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use http::{Method, Uri};

use crate::graphql::subscription::{Happened, admit};
use crate::ids::{ApiKeyId, HostLabel};
use crate::state::World;
use crate::state::appsync::AppSyncSettings;
use crate::state::appsync::api_keys::ApiKeys;
use crate::state::appsync::authorize::authorize_key;
use crate::state::appsync::channel::Channel;
use crate::state::appsync::event_api::EventApi;
use crate::state::appsync::event_config::EventAction;
use crate::state::appsync::event_settings::LostKey;
use crate::state::appsync::graphql_api::GraphqlApi;
use crate::time::Timestamp;
use crate::wire::error_code::data_plane::DataPlaneError;
use crate::wire::error_code::realtime::RealtimeError;
use crate::wire::request::Request;

use super::Surroundings;
use super::address::{Address, Door};
use super::credential::{self, Shown};
use super::frame::{self, ServerFrame};
use super::handshake::{self, Handshake};
use super::socket::{Listening, Reaction, Socket};
use super::{events, graphql};

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
    /// The key that it showed.
    pub key: Option<ApiKeyId>,
}

/// All open websockets, and what is yet to be sent.
#[derive(Debug, Default)]
pub struct Sockets {
    open: BTreeMap<SocketNumber, Socket>,
    made: u64,
    outbox: VecDeque<(SocketNumber, Transmit)>,
}

impl Sockets {
    /// None, after so many that there were: numbers go on.
    pub fn none_after(made: u64) -> Self {
        Self {
            made,
            ..Self::default()
        }
    }

    /// How many there have ever been.
    pub fn made(&self) -> u64 {
        self.made
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
        let protocol = match address.door {
            Door::Events | Door::Publish => handshake::EVENTS,
            Door::GraphQl => handshake::GRAPHQL,
        };
        let Handshake { is_agreed, shown } = handshake::read(request, protocol);
        let key = shown.as_ref().ok().and_then(|shown| shown.key.as_deref());
        let key = key.map(ApiKeyId::new);
        let admitted = match address.door {
            Door::Events | Door::Publish => {
                let api = around.world.event_api_of_host(address.label);
                let api = api.ok_or(DataPlaneError::HostUnknown)?;
                shown.and_then(|shown| to_events(api, shown, around))
            }
            Door::GraphQl => {
                let api = around.world.graphql_api_of_host(address.label);
                let (_, api) = api.ok_or(DataPlaneError::HostUnknown)?;
                shown.and_then(|shown| to_graphql(api, shown, around))
            }
        };
        self.made += 1;
        let number = SocketNumber(self.made);
        let refusal = match admitted {
            Ok(socket) => {
                self.open.insert(number, socket);
                None
            }
            Err(error) => {
                let text = match address.door {
                    Door::GraphQl => graphql::connection_error(&error),
                    Door::Events | Door::Publish => frame::error("connection_error", None, &error),
                };
                self.send(number, text);
                let closing = Transmit::Close(Closing::REFUSED);
                self.outbox.push_back((number, closing));
                Some(error)
            }
        };
        Ok(Opened {
            number,
            protocol: is_agreed.then_some(protocol),
            refusal,
            key,
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
        let world = around.world;
        let Reaction {
            frames,
            published,
            note,
        } = match &mut socket.listening {
            Listening::Events(subscriptions) => {
                let api = world.event_api_of_host(host.as_str())?;
                events::receive(subscriptions, api, text, around)
            }
            Listening::GraphQl(subscriptions) => {
                let (_, api) = world.graphql_api_of_host(host.as_str())?;
                graphql::receive(subscriptions, api, text, around)
            }
        };
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
            for id in socket.hearing(channel) {
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

    /// Tells every subscriber of an API's mutations about those that ran.
    pub fn tell(&mut self, host: &HostLabel, happened: &[Happened]) {
        for happened in happened {
            let of_api = self.open.iter().filter(|(_, socket)| socket.host == *host);
            let texts = of_api.flat_map(|(&number, socket)| {
                let told = socket.told(happened);
                told.map(move |(id, told)| (number, graphql::data(id, told)))
            });
            let texts = texts.map(|(number, text)| (number, Transmit::Text(Arc::from(text))));
            self.outbox.extend(texts);
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
        let doomed = |socket: &Socket| match keys_of(socket, world) {
            None => Some(Closing::API_GONE),
            Some((keys, settings)) => {
                is_lost(socket.key.as_ref()?, keys, settings, now).then_some(Closing::REFUSED)
            }
        };
        let open = self.open.iter();
        let doomed: Vec<(SocketNumber, Closing)> = open
            .filter_map(|(number, socket)| Some((*number, doomed(socket)?)))
            .collect();
        for (number, closing) in doomed {
            let socket = self.open.remove(&number);
            if closing == Closing::REFUSED {
                let error = RealtimeError::from(DataPlaneError::CredentialRefused);
                let text = match socket.map(|socket| socket.listening) {
                    Some(Listening::GraphQl(_)) => graphql::connection_error(&error),
                    _ => frame::error("error", None, &error),
                };
                self.send(number, text);
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
            let (keys, _) = keys_of(socket, world)?;
            Some(keys.find(socket.key.as_ref()?.expose())?.expires)
        };
        let first = self.open.values().filter_map(expiry).min()?;
        Some((first, "the key of an open websocket expires"))
    }

    fn send(&mut self, number: SocketNumber, text: String) {
        let text = Transmit::Text(Arc::from(text));
        self.outbox.push_back((number, text));
    }
}

fn to_events(
    api: &EventApi,
    shown: Shown,
    around: &Surroundings<'_>,
) -> Result<Socket, RealtimeError> {
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
        key: shown.key.map(ApiKeyId::new),
        listening: Listening::Events(BTreeMap::new()),
    })
}

fn to_graphql(
    api: &GraphqlApi,
    shown: Shown,
    around: &Surroundings<'_>,
) -> Result<Socket, RealtimeError> {
    let settings = &around.world.settings.appsync;
    let headers = shown.to_headers();
    let request = Request {
        method: &Method::GET,
        uri: &Uri::from_static("/graphql/connect"),
        headers: &headers,
        body: b"",
        caller: None,
    };
    admit(api, &request, around.now, settings)?;
    Ok(Socket {
        host: api.host.clone(),
        key: shown.key.map(ApiKeyId::new),
        listening: Listening::GraphQl(BTreeMap::new()),
    })
}

/// The keys of the API that a websocket belongs to, and its settings, if there still is one.
fn keys_of<'w>(socket: &Socket, world: &'w World) -> Option<(&'w ApiKeys, &'w AppSyncSettings)> {
    let (label, settings) = (socket.host.as_str(), &world.settings.appsync);
    match socket.listening {
        Listening::Events(_) => {
            let api = world.event_api_of_host(label)?;
            Some((&api.keys, settings.of_api(&api.id)))
        }
        Listening::GraphQl(_) => {
            let (_, api) = world.graphql_api_of_host(label)?;
            Some((&api.keys, settings.of_api(&api.id)))
        }
    }
}

fn is_lost(key: &ApiKeyId, keys: &ApiKeys, settings: &AppSyncSettings, now: Timestamp) -> bool {
    settings.events.lost_key == LostKey::Closed
        && authorize_key(keys, key.expose(), now, settings).is_err()
}
