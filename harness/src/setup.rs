//! The world before the first statement: an API, foreign keys, a secret that holds the first key.

use http::Method;
use serde_json::{Value, json};

use keywheel_emulator::engine::EngineOptions;
use keywheel_emulator::fault::Span;
use keywheel_emulator::ids::{ApiId, ApiKeyId, FunctionArn, SecretArn, VersionId};
use keywheel_emulator::state::Settings;
use keywheel_emulator::time::{HOUR_MS, Timestamp};

use crate::oracle::Actor;
use crate::scenario::{KeyLife, Scenario, Shape, WorldSpec};
use crate::world::{AdminRefusal, Core};

/// The function that Secrets Manager is told to invoke.
pub(crate) const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:under-test";

/// The secret's name.
pub(crate) const SECRET: &str = "keywheel/mobile";

/// Where the calendar starts unless the scenario says otherwise: in the middle of an hour, so that
/// rounding to the hour is at work.
const DEFAULT_START: Timestamp = Timestamp::from_seconds(1_795_516_215);

/// How long before the start the world is made when its first key must have expired by then.
const LEAD_MS: i64 = 3 * 24 * HOUR_MS;

/// Life of a key beyond the shortest that AppSync allows, rounding included.
const SHORTEST_LIFE_MS: i64 = 25 * HOUR_MS;

/// When the calendar must begin, so that the world can be made before the scenario starts.
pub(crate) fn calendar_start(spec: &WorldSpec) -> Timestamp {
    let start = start_of(spec);
    if spec.current == KeyLife::Expired {
        start.plus_millis(-LEAD_MS)
    } else {
        start
    }
}

/// When the scenario starts.
pub(crate) fn start_of(spec: &WorldSpec) -> Timestamp {
    spec.start.unwrap_or(DEFAULT_START)
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
    EngineOptions {
        seed: scenario.seed,
        settings,
        ..EngineOptions::default()
    }
}

fn count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A span in signed milliseconds.
pub(crate) fn millis(span: Span) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Makes the world.
///
/// # Errors
/// The emulator's refusal, if the scenario's world cannot be.
pub(crate) fn make(core: &mut Core) -> Result<(), AdminRefusal> {
    let function = FunctionArn::new(FUNCTION);
    core.engine.world().functions.insert(function);
    core.place.api = create_api(core)?;
    for foreign in core.spec.keys.clone() {
        core.create_key(&foreign.name, millis(foreign.life))?;
    }
    for number in 1..=core.spec.foreign {
        core.create_key(&format!("foreign{number}"), 90 * 24 * HOUR_MS)?;
    }
    let first_key = first_key(core)?;
    create_secret(core, first_key.as_ref())?;
    core.judge_commit(Actor::World);
    Ok(())
}

fn create_api(core: &mut Core) -> Result<ApiId, AdminRefusal> {
    let body = json!({"name": "mobile", "authenticationType": "API_KEY"});
    let answer = core.ask_appsync("CreateGraphqlApi", &Method::POST, "/v1/apis", &body)?;
    Ok(ApiId::new(
        answer["graphqlApi"]["apiId"].as_str().unwrap_or_default(),
    ))
}

fn first_key(core: &mut Core) -> Result<Option<ApiKeyId>, AdminRefusal> {
    let life_ms = match core.spec.current {
        KeyLife::Lives(span) => millis(span),
        KeyLife::Expired => SHORTEST_LIFE_MS,
        KeyLife::None => return Ok(None),
    };
    core.create_key("k0", life_ms).map(Some)
}

fn create_secret(core: &mut Core, key: Option<&ApiKeyId>) -> Result<(), AdminRefusal> {
    let key = key.map_or("CHANGE_ME", ApiKeyId::expose);
    let value = match core.spec.shape {
        Shape::Plain => key.to_owned(),
        Shape::Json => format!(
            r#"{{"name":"mobile","APIKEY":"{key}","retries":3,"ratio":1.10,"nested":{{"b":1,"a":[null,"é"]}}}}"#
        ),
    };
    let token = core.entropy.uuid().to_string();
    let body = json!({"Name": SECRET, "SecretString": value, "ClientRequestToken": token});
    let answer = core.ask_secrets("CreateSecret", &body)?;
    core.names.name_version(&VersionId::new(token), "v0");
    core.place.secret = SecretArn::new(text(&answer, "ARN"));
    core.place.first_value = value;
    Ok(())
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
    /// Makes a key that is not the function's, with a description that is its name.
    pub(crate) fn create_key(
        &mut self,
        name: &str,
        life_ms: i64,
    ) -> Result<ApiKeyId, AdminRefusal> {
        let path = format!("/v1/apis/{}/apikeys", self.place.api);
        let expires = first_hour_after(self.now().plus_millis(life_ms), self.now());
        let body = json!({"description": name, "expires": expires.as_seconds()});
        let answer = self.ask_appsync("CreateApiKey", &Method::POST, &path, &body)?;
        let key = ApiKeyId::new(text(&answer["apiKey"], "id"));
        self.names.name_key(&key, name);
        Ok(key)
    }
}
