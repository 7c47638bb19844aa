//! The world before the first statement: an API, foreign keys, a secret that holds the first key.

use http::Method;
use serde_json::{Value, json};

use keywheel_emulator::engine::EngineOptions;
use keywheel_emulator::ids::{ApiId, ApiKeyId, FunctionArn, SecretArn, VersionId};
use keywheel_emulator::state::Settings;
use keywheel_emulator::state::appsync::event_settings;
use keywheel_emulator::state::lambda::started::Started;
use keywheel_emulator::time::{HOUR_MS, Timestamp, machine_time};

use crate::clock::Pace;

use crate::event::FUNCTION;
use crate::history::AdminRefusal;
use crate::oracle::Actor;
use crate::run::world::{Core, Place};
use crate::scenario::{
    Auth, Config, Holds, KeyLife, LostKey, Payload, Scenario, Shape, WorldSpec, count, millis,
};

/// The secret's name.
pub(crate) const SECRET: &str = "keywheel/mobile";

/// Where the calendar starts in virtual time unless the scenario says otherwise: in the middle of
/// an hour, so that rounding to the hour is at work.
const DEFAULT_START: Timestamp = Timestamp::from_seconds(1_795_516_215);

/// How long before the start the world is made when its first key must have expired by then.
const LEAD_MS: i64 = 3 * 24 * HOUR_MS;

/// Life of a key beyond the shortest that AppSync allows, rounding included.
const SHORTEST_LIFE_MS: i64 = 25 * HOUR_MS;

/// When the calendar must begin, so that the world can be made before the scenario starts.
pub(crate) fn calendar_start(spec: &WorldSpec, start: Timestamp) -> Timestamp {
    if spec.current == KeyLife::Expired {
        start.plus_millis(-LEAD_MS)
    } else {
        start
    }
}

/// When the scenario starts. A function that runs elsewhere has the machine's clock.
pub(crate) fn start_of(spec: &WorldSpec, pace: Pace) -> Timestamp {
    let usual = match pace {
        Pace::Virtual => DEFAULT_START,
        Pace::Real => machine_time(),
    };
    spec.start.unwrap_or(usual)
}

/// The engine of a scenario.
pub(crate) fn engine_options(scenario: &Scenario) -> EngineOptions {
    let spec = &scenario.world;
    let mut settings = Settings::default();
    settings.rotation.retries = spec.retries;
    settings.rotation.retry_after_ms = millis(spec.retry_after);
    settings.appsync.keys_max = count(spec.limit);
    settings.appsync.page_items_max = count(spec.page);
    settings.appsync.activation_delay_ms = millis(spec.visibility);
    settings.appsync.revocation_delay_ms = millis(spec.revocation);
    settings.appsync.list_lag_ms = millis(spec.list_lag);
    settings.appsync.events.lost_key = match spec.lost_key {
        LostKey::Kept => event_settings::LostKey::Kept,
        LostKey::Closed => event_settings::LostKey::Closed,
    };
    settings.secrets.replication_delay_ms = millis(spec.replica_lag);
    EngineOptions {
        seed: scenario.seed,
        settings,
        ..EngineOptions::default()
    }
}

/// Makes the world.
///
/// # Errors
/// The emulator's refusal, if the scenario's world cannot be.
pub(crate) fn make(core: &mut Core) -> Result<(), AdminRefusal> {
    let function = FunctionArn::new(FUNCTION);
    core.service
        .engine
        .world()
        .start_with(function, Started::default());
    let apis = match core.spec.holds {
        Holds::Key => core.spec.apis,
        Holds::Password => 0,
    };
    for number in 1..=apis {
        let api = create_api(core, number)?;
        core.places.apis.push(api);
    }
    for foreign in core.spec.keys.clone() {
        let api = nth_api(core, foreign.api);
        core.create_key_of(&api, &foreign.name, &foreign.name, millis(foreign.life))?;
    }
    for number in 1..=core.spec.foreign {
        let (api, name) = (nth_api(core, 1), format!("foreign{number}"));
        core.create_key_of(&api, &name, &name, 90 * 24 * HOUR_MS)?;
    }
    core.places.first = make_secret(core, 1)?;
    for number in 2..=core.spec.secrets {
        let place = make_secret(core, number)?;
        core.places.others.push(place);
    }
    core.judge.watch(core.places.first.secret.clone());
    core.judge_commit(Actor::World);
    Ok(())
}

/// An API by the number that the scenario gives it; the secrets take turns on them. No API's id
/// where there is none.
fn nth_api(core: &Core, number: u32) -> ApiId {
    let at = count(number.saturating_sub(1)) % core.places.apis.len().max(1);
    core.places
        .apis
        .get(at)
        .cloned()
        .unwrap_or_else(|| ApiId::new(""))
}

fn create_api(core: &mut Core, number: u32) -> Result<ApiId, AdminRefusal> {
    let body = api_definition(&core.spec, number);
    let (operation, path, member) = if core.spec.is_event_api(number) {
        ("CreateApi", "/v2/apis", "api")
    } else {
        ("CreateGraphqlApi", "/v1/apis", "graphqlApi")
    };
    let answer = core
        .service
        .ask_appsync(operation, &Method::POST, path, &body)?;
    Ok(ApiId::new(text(&answer[member], "apiId")))
}

/// What the control plane is asked for an API.
pub(crate) fn api_definition(spec: &WorldSpec, number: u32) -> Value {
    let name = api_name(number);
    match spec.auth {
        _ if spec.is_event_api(number) => event_api(&name, "API_KEY"),
        Auth::Default => json!({"name": name, "authenticationType": "API_KEY"}),
        Auth::Additional => json!({
            "name": name,
            "authenticationType": "AWS_IAM",
            "additionalAuthenticationProviders": [{"authenticationType": "API_KEY"}],
        }),
    }
}

/// The same of an API that takes no keys.
pub(crate) fn keyless_api_definition(spec: &WorldSpec, number: u32) -> Value {
    let name = api_name(number);
    if spec.is_event_api(number) {
        event_api(&name, "AWS_IAM")
    } else {
        json!({"name": name, "authenticationType": "AWS_IAM"})
    }
}

fn api_name(number: u32) -> String {
    match number {
        1 => "mobile".to_owned(),
        number => format!("mobile{number}"),
    }
}

/// An Event API that knows one mode only.
fn event_api(name: &str, mode: &str) -> Value {
    let modes = json!([{"authType": mode}]);
    json!({
        "name": name,
        "eventConfig": {
            "authProviders": modes,
            "connectionAuthModes": modes,
            "defaultPublishAuthModes": modes,
            "defaultSubscribeAuthModes": modes,
        },
    })
}

fn make_secret(core: &mut Core, number: u32) -> Result<Place, AdminRefusal> {
    let api = nth_api(core, number);
    let prefix = match number {
        1 => String::new(),
        number => format!("s{number}-"),
    };
    let key = match core.spec.current {
        _ if core.spec.holds == Holds::Password => None,
        KeyLife::Lives(span) => Some(millis(span)),
        KeyLife::Expired => Some(SHORTEST_LIFE_MS),
        KeyLife::None | KeyLife::Unset => None,
    };
    let key = match key {
        Some(life_ms) => {
            let name = format!("{prefix}k0");
            Some(core.create_key_of(&api, &name, "k0", life_ms)?)
        }
        None => None,
    };
    let value = match core.spec.holds {
        Holds::Key => first_value(core, &api, key.as_ref()),
        Holds::Password => match &mut core.reach {
            Some(reach) => reach.first_value(),
            None => first_password(core),
        },
    };
    let token = core.entropy.uuid().to_string();
    let name = match number {
        1 => SECRET.to_owned(),
        number => format!("{SECRET}-{number}"),
    };
    let mut body = json!({"Name": name, "ClientRequestToken": token});
    if core.spec.current != KeyLife::Unset {
        body["SecretString"] = json!(value);
    }
    if core.spec.config == Config::Tags {
        body["Tags"] = json!([
            {"Key": API_ID_TAG, "Value": api.as_str()},
            {"Key": "smrot:field", "Value": TAGGED_FIELD},
        ]);
    }
    let answer = core.service.ask_secrets("CreateSecret", &body)?;
    core.replicate(&name)?;
    core.names
        .name_version(&VersionId::new(token), format!("{prefix}v0"));
    Ok(Place {
        name: match number {
            1 => "s".to_owned(),
            number => format!("s{number}"),
        },
        api,
        secret: SecretArn::new(text(&answer, "ARN")),
        token: None,
        first_value: value,
    })
}

/// The tag that names a secret's API.
pub(crate) const API_ID_TAG: &str = "smrot:api-id";

/// The member that holds the key if a tag says so.
const TAGGED_FIELD: &str = "mobileKey";

/// The first value of a secret that holds a password.
fn first_password(core: &mut Core) -> String {
    let password = format!("initial-{}", core.entropy.uuid().simple());
    match (&core.spec.value, core.spec.shape) {
        (Some(value), _) => given_value(core, value),
        (None, Shape::Plain) => password,
        (None, Shape::Json) => {
            let value = format!(
                r#"{{"engine":"postgres","host":"db.example","username":"app","password":"{password}","port":5432}}"#
            );
            padded(value, count(core.spec.size))
        }
    }
}

/// The value that the scenario's world gives.
fn given_value(core: &Core, value: &Payload) -> String {
    let text = match value {
        Payload::Section(name) => core.people.sections.get(name).cloned().unwrap_or_default(),
        Payload::Text(text) => text.clone(),
        Payload::Copy => String::new(),
    };
    core.filled(&text)
}

fn first_value(core: &Core, api: &ApiId, key: Option<&ApiKeyId>) -> String {
    let key = key.map_or("CHANGE_ME", ApiKeyId::expose);
    let spec = &core.spec;
    if let Some(value) = &spec.value {
        return given_value(core, value);
    }
    if spec.shape == Shape::Plain {
        return key.to_owned();
    }
    let field = match spec.config {
        Config::Tags => TAGGED_FIELD,
        Config::Env | Config::Member => "APIKEY",
    };
    let api = match spec.config {
        Config::Member => format!(r#","apiId":"{api}""#),
        Config::Env | Config::Tags => String::new(),
    };
    let value = format!(
        r#"{{"name":"mobile","{field}":"{key}"{api},"retries":3,"ratio":1.10,"nested":{{"b":1,"a":[null,"é"]}}}}"#
    );
    padded(value, count(spec.size))
}

/// A JSON object padded to so many bytes.
fn padded(mut value: String, size: usize) -> String {
    let frame = r#","padding":"""#.len();
    if let Some(missing) = size.checked_sub(value.len() + frame) {
        value.pop();
        value += &format!(r#","padding":"{}"}}"#, "x".repeat(missing));
    }
    value
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The stored expiry is rounded down to the hour; asking for the next full hour keeps the promised
/// life, unless that is more than the year that AppSync allows.
pub(crate) fn first_hour_after(expires: Timestamp, now: Timestamp) -> Timestamp {
    let rounded_up = expires.plus_millis(HOUR_MS - 1).floor_hour();
    if rounded_up > now.plus_days(365) {
        expires.floor_hour()
    } else {
        rounded_up
    }
}

impl Core {
    /// Makes a key on the first secret's API that is not the function's, with a description that is
    /// its name.
    pub(crate) fn create_key(
        &mut self,
        name: &str,
        life_ms: i64,
    ) -> Result<ApiKeyId, AdminRefusal> {
        let api = self.places.first.api.clone();
        self.create_key_of(&api, name, name, life_ms)
    }

    /// Makes a key that is not the function's.
    pub(crate) fn create_key_of(
        &mut self,
        api: &ApiId,
        name: &str,
        description: &str,
        life_ms: i64,
    ) -> Result<ApiKeyId, AdminRefusal> {
        let path = format!("/v1/apis/{api}/apikeys");
        let expires = first_hour_after(self.now().plus_millis(life_ms), self.now());
        let body = json!({"description": description, "expires": expires.as_seconds()});
        let answer = self
            .service
            .ask_appsync("CreateApiKey", &Method::POST, &path, &body)?;
        let key = ApiKeyId::new(text(&answer["apiKey"], "id"));
        self.names.name_key(&key, name);
        Ok(key)
    }

    /// A text with `<name>` replaced by the key of that name, and `<api2>` by the id of an API.
    pub(crate) fn filled(&self, text: &str) -> String {
        let mut filled = self.names.filled(text);
        for (at, api) in self.places.apis.iter().enumerate() {
            filled = filled.replace(&format!("<api{}>", at + 1), api.as_str());
        }
        filled
    }
}
