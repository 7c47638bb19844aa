//! Clients that listen: each holds a subscription open over a websocket, which the key of AWSCURRENT
//! has opened. When the websocket ends, the client reads the secret anew and comes back.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::header::{HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use http::{Method, Uri};
use keywheel_emulator::engine::Engine;
use keywheel_emulator::ids::{ApiKeyId, StagingLabel};
use keywheel_emulator::realtime::sockets::{SocketNumber, Transmit};
use keywheel_emulator::time::DAY_MS;
use keywheel_emulator::wire::request::Request;
use serde_json::{Value, json};

use crate::history::{Away, ServiceEvent, What};
use crate::oracle::clients::is_functions_doing;
use crate::oracle::clients_served::Refused;
use crate::record::{Deaf, Mismatch};
use crate::scenario::KeyRef;

use super::Core;

/// What there is to listen to.
const SCHEMA: &str = r#"
    type Word { text: String }
    type Query { word: Word }
    type Mutation { say(text: String): Word }
    type Subscription { heard: Word @aws_subscribe(mutations: ["say"]) }
"#;

const LISTEN: &str = "subscription { heard { text } }";
const SAY: &str = r#"mutation { say(text: "hello") { text } }"#;

/// A client that listens.
#[derive(Debug)]
pub(crate) struct Subscriber {
    name: String,
    /// The key that opened its websocket, or the last one.
    key: Option<ApiKeyId>,
    socket: Option<SocketNumber>,
    is_listening: bool,
    /// Was it cut off, and has not come back?
    is_away: bool,
    /// How often it was told of a mutation.
    heard: usize,
}

impl Core {
    /// A client begins to listen.
    pub(crate) fn subscribe(&mut self, name: &str) -> Result<(), Mismatch> {
        self.try_to_subscribe(name)
            .map_err(|why| Mismatch::Subscriber {
                name: name.to_owned(),
                why: Deaf::Away(why),
            })
    }

    fn try_to_subscribe(&mut self, name: &str) -> Result<(), Away> {
        if self.subscribers.is_empty() {
            let path = format!("/v1/apis/{}/schemacreation", self.places.first.api);
            let body = json!({"definition": STANDARD.encode(SCHEMA)});
            self.service
                .ask_appsync("StartSchemaCreation", &Method::POST, &path, &body)?;
        }
        self.subscribers.push(Subscriber {
            name: name.to_owned(),
            key: None,
            socket: None,
            is_listening: false,
            is_away: false,
            heard: 0,
        });
        self.connect(self.subscribers.len() - 1)
    }

    /// Somebody says something, and a client has to hear it over a websocket of this key.
    pub(crate) fn subscriber_hears(&mut self, name: &str, key: &KeyRef) -> Result<(), Mismatch> {
        let expected = self.resolve_key(key)?;
        let deaf = |why| Mismatch::Subscriber {
            name: name.to_owned(),
            why,
        };
        let mut clients = self.subscribers.iter();
        let at = clients.position(|client| client.name == name);
        let at = at.ok_or_else(|| deaf(Deaf::CutOff))?;
        let before = self.subscribers[at].heard;
        self.say().map_err(|why| deaf(Deaf::Away(why)))?;
        self.hear_all();
        let client = &self.subscribers[at];
        let found = client.key.as_ref();
        match client.socket {
            None => Err(deaf(Deaf::CutOff)),
            Some(_) if client.heard == before => Err(deaf(Deaf::HearsNothing)),
            Some(_) if client.key != Some(expected) => Err(deaf(Deaf::OtherKey {
                expected: key.clone(),
                found: found.map(|key| self.names.key(key.expose()).to_owned()),
            })),
            Some(_) => Ok(()),
        }
    }

    /// A restart ends every websocket.
    pub(crate) fn cut_subscribers_off(&mut self) {
        for client in &mut self.subscribers {
            client.socket = None;
        }
    }

    /// Clients hear what they are told; whoever is cut off comes back, or tries to.
    pub(super) fn live_subscribers(&mut self) {
        self.hear_all();
        for at in 0..self.subscribers.len() {
            if self.subscribers[at].socket.is_some() {
                continue;
            }
            let was_away = std::mem::replace(&mut self.subscribers[at].is_away, true);
            if !was_away {
                self.judge_cut(at);
            }
            match self.connect(at) {
                Ok(()) => self.subscribers[at].is_away = false,
                Err(_) if was_away => {}
                Err(why) => self.judge_return(at, why),
            }
        }
    }

    /// Everything that is being sent arrives.
    fn hear_all(&mut self) {
        while let Some((to, transmit)) = self.service.engine.poll_transmit() {
            self.hear(to, &transmit);
        }
    }

    /// Something arrives over a websocket.
    pub(super) fn hear(&mut self, to: SocketNumber, transmit: &Transmit) {
        let mut clients = self.subscribers.iter_mut();
        let Some(client) = clients.find(|client| client.socket == Some(to)) else {
            return;
        };
        match transmit {
            Transmit::Close(_) => client.socket = None,
            Transmit::Text(text) => {
                let frame: Value = serde_json::from_str(text).unwrap_or_default();
                match frame["type"].as_str() {
                    Some("start_ack") => client.is_listening = true,
                    Some("data") => client.heard += 1,
                    _ => {}
                }
            }
        }
    }

    /// A client reads the secret, connects and subscribes. No fault strikes it.
    fn connect(&mut self, at: usize) -> Result<(), Away> {
        let ledger = self.judge.ledger();
        let key = ledger.key_labelled(&StagingLabel::current()).cloned();
        let key = key.ok_or(Away::NoKey)?;
        let shown = json!({"host": "keywheel.test", "x-api-key": key.expose()});
        let uri = self.address_of_api("REALTIME")?;
        let headers = upgrade_of(&shown);
        let request = Request {
            method: &Method::GET,
            uri: &uri,
            headers: &headers,
            body: b"",
            caller: None,
        };
        let now = self.now();
        let connected = self.without_faults(|engine| engine.connect(&request, now));
        let opened = connected.opened.ok_or(Away::NoWebsocket)?;
        let client = &mut self.subscribers[at];
        (client.key, client.socket, client.is_listening) =
            (Some(key.clone()), Some(opened.number), false);
        let data = json!({"query": LISTEN}).to_string();
        let payload = json!({"data": data, "extensions": {"authorization": shown}});
        for frame in [
            json!({"type": "connection_init"}),
            json!({"type": "start", "id": "1", "payload": payload}),
        ] {
            self.service
                .engine
                .socket_received(opened.number, &frame.to_string(), now);
        }
        self.hear_all();
        let client = &self.subscribers[at];
        if client.socket.is_none() || !client.is_listening {
            return Err(Away::NotHeard);
        }
        let client = client.name.clone();
        self.note(What::Service(ServiceEvent::Listens { client, key }));
        Ok(())
    }

    /// Somebody with the current key runs the mutation.
    fn say(&mut self) -> Result<(), Away> {
        let ledger = self.judge.ledger();
        let key = ledger.key_labelled(&StagingLabel::current()).cloned();
        let key = key.ok_or(Away::NoKey)?;
        let uri = self.address_of_api("GRAPHQL")?;
        let mut headers = HeaderMap::new();
        let shown = HeaderValue::from_str(key.expose()).map_err(|_| Away::NoKey)?;
        headers.insert(HeaderName::from_static("x-api-key"), shown);
        let body = json!({"query": SAY}).to_string();
        let request = Request {
            method: &Method::POST,
            uri: &uri,
            headers: &headers,
            body: body.as_bytes(),
            caller: None,
        };
        let now = self.now();
        let status = self.service.engine.call_exempt(&request, now).status();
        match status.is_success() {
            true => Ok(()),
            false => Err(Away::MutationRefused(status)),
        }
    }

    /// The path of one of the first API's addresses.
    fn address_of_api(&mut self, which: &str) -> Result<Uri, Away> {
        let path = format!("/v1/apis/{}", self.places.first.api);
        let answer = self
            .service
            .ask_appsync("GetGraphqlApi", &Method::GET, &path, &json!({}))?;
        let address = answer["graphqlApi"]["uris"][which].as_str();
        let address: Option<Uri> = address.and_then(|address| address.parse().ok());
        let path = address.and_then(|address| address.path().parse().ok());
        path.ok_or(Away::NoAddress)
    }

    /// Something that no fault strikes.
    pub(super) fn without_faults<T>(&mut self, ask: impl FnOnce(&mut Engine) -> T) -> T {
        let faults = std::mem::take(self.service.engine.faults());
        let answer = ask(&mut self.service.engine);
        *self.service.engine.faults() = faults;
        answer
    }

    /// AppSync lets no key that has been retired live for less than a day; nor may the function.
    fn judge_cut(&mut self, at: usize) {
        let (now, client) = (self.now(), &self.subscribers[at]);
        let Some(key) = client.key.clone() else {
            return;
        };
        let client = client.name.clone();
        let ledger = self.judge.ledger();
        let is_early = ledger.key(&key).is_some_and(|record| {
            let left = record.held.and_then(|(_, until)| until);
            let is_soon = left.is_none_or(|left| now.millis_since(left) < DAY_MS);
            is_soon && is_functions_doing(record, ledger, now)
        });
        let (whose, with) = (client.clone(), key.clone());
        self.note(What::Service(ServiceEvent::CutOff {
            client: whose,
            key: with,
        }));
        if is_early {
            let refused = Refused::CutOff { client, key };
            self.judge.clients_are_refused(now, refused);
        }
    }

    /// Whoever reads the secret anew is let in.
    fn judge_return(&mut self, at: usize, why: Away) {
        let (now, ledger) = (self.now(), self.judge.ledger());
        let key = ledger.key_labelled(&StagingLabel::current());
        let record = key.and_then(|key| ledger.key(key));
        let is_blamed = record.is_some_and(|record| is_functions_doing(record, ledger, now));
        let is_blamed = is_blamed && ledger.accepts_api_keys();
        let client = self.subscribers[at].name.clone();
        let (whose, reason) = (client.clone(), why.clone());
        self.note(What::Service(ServiceEvent::CannotComeBack {
            client: whose,
            why: reason,
        }));
        if is_blamed {
            let refused = Refused::KeptOut { client, why };
            self.judge.clients_are_refused(now, refused);
        }
    }
}

fn upgrade_of(shown: &Value) -> HeaderMap {
    let coded = URL_SAFE_NO_PAD.encode(shown.to_string());
    let protocols = HeaderValue::try_from(format!("graphql-ws, header-{coded}"));
    let mut headers = HeaderMap::new();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(
        SEC_WEBSOCKET_PROTOCOL,
        protocols.expect("base64 is visible ASCII"),
    );
    headers
}
