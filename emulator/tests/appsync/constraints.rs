//! Every constraint of the service model, held on both sides: the table is derived from the model
//! by `constraints/derive.py`, and the requests are made from the table.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keywheel_emulator::ops::{self, Binding, QueryMember, Row};
use keywheel_emulator::wire::service::Service;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::client::{Answer, Client, keys_of, text};

const TABLE: &str = include_str!("../../constraints/appsync.json");

/// What the patterns of the model take, at any length, and what they do not.
const PATTERNS: &[(&str, char, &[&str])] = &[
    (r"[\S]+", 'a', &["a b", "\t"]),
    (r"[A-Za-z0-9_\-\ ]+", 'a', &["a!", "ü"]),
    (
        r"([A-Za-z0-9](?:[A-Za-z0-9\-]{0,48}[A-Za-z0-9])?)",
        'a',
        &["-a", "a_b", "a-"],
    ),
    (r"^(?!aws:)[ a-zA-Z+-=._:/]+$", 'a', &["aws:a", "a@", "ü"]),
    (r"^[\s\w+-=\.:/@]*$", 'a', &["ü", "a;|"]),
    (
        r"^arn:aws:appsync:[A-Za-z0-9_/.-]{0,63}:\d{12}:apis/[0-9A-Za-z_-]{26}$",
        'a',
        &["arn:aws:sns:eu-west-1:000000000000:apis/abcdefghijklmnopqrstuvwxyz"],
    ),
];

/// The world that every request meets.
struct Fixture {
    client: Client,
    api: Value,
    key: String,
    event_api: String,
}

impl Fixture {
    fn new() -> Self {
        let mut client = Client::new();
        let api = client.create_api(&json!({ "tags": { "k": "v" } }));
        let id = text(&api["apiId"]);
        let schema = json!({ "definition": STANDARD.encode("type Query { a: Int }") });
        let path = format!("/v1/apis/{id}/schemacreation");
        client.call("POST", &path, &schema).ok();
        let key = client.call("POST", &keys_of(&id), &json!({})).ok();
        let modes = json!([{ "authType": "API_KEY" }]);
        let config = json!({
            "authProviders": modes, "connectionAuthModes": modes,
            "defaultPublishAuthModes": modes, "defaultSubscribeAuthModes": modes,
        });
        let body = json!({ "name": "events", "eventConfig": config });
        let event_api = client.call("POST", "/v2/apis", &body).ok();
        let event_api = text(&event_api["api"]["apiId"]);
        let path = format!("/v2/apis/{event_api}/channelNamespaces");
        client.call("POST", &path, &json!({ "name": "ns" })).ok();
        Self {
            client,
            api,
            key: text(&key["apiKey"]["id"]),
            event_api,
        }
    }

    /// A valid input of an operation.
    fn input(&self, row: &Row, members: &[Value]) -> Map<String, Value> {
        let is_event = row.is_at("/v2/");
        let member = |member: &Value| {
            let name = member["name"].as_str().unwrap();
            let value = match name {
                "apiId" if is_event => json!(self.event_api),
                "apiId" => self.api["apiId"].clone(),
                "id" => json!(self.key),
                "resourceArn" => self.api["arn"].clone(),
                "name" if row.is_at("{name}") => json!("ns"),
                // A token is the emulator's own, and an expiry has bounds that move.
                "nextToken" | "expires" => return None,
                "definition" => json!(STANDARD.encode("type Query { a: Int }")),
                "additionalAuthenticationProviders" => {
                    let mut providers = valid(member);
                    providers[0]["authenticationType"] = json!("AWS_IAM");
                    providers
                }
                _ => valid(member),
            };
            Some((name.to_owned(), value))
        };
        members.iter().filter_map(member).collect()
    }

    fn send(mut self, row: &Row, mut input: Map<String, Value>) -> Answer {
        let Binding::Rest {
            method,
            path,
            query,
            ..
        } = row.binding
        else {
            panic!("AppSync is bound to paths")
        };
        let encode = |value: &Value| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string()
        };
        let fill = |segment: &str| match segment.strip_prefix('{') {
            Some(name) => encode(&input.remove(name.trim_end_matches('}')).unwrap()),
            None => segment.to_owned(),
        };
        let path: Vec<String> = path.split('/').map(fill).collect();
        let mut pairs = Vec::new();
        for member in query {
            let (QueryMember::Text(name)
            | QueryMember::Integer(name)
            | QueryMember::Boolean(name)
            | QueryMember::List(name)) = *member;
            match input.remove(name) {
                Some(Value::Array(items)) => {
                    pairs.extend(items.iter().map(|item| format!("{name}={}", encode(item))));
                }
                Some(value) => pairs.push(format!("{name}={}", encode(&value))),
                None => {}
            }
        }
        let uri = format!("{}?{}", path.join("/"), pairs.join("&"));
        self.client.call(method, &uri, &Value::Object(input))
    }
}

/// Where a row is bound.
trait Bound {
    fn is_at(&self, part: &str) -> bool;
    fn is_in_path(&self, member: &str) -> bool;
    fn is_in_query(&self, member: &str) -> bool;
}

impl Bound for Row {
    fn is_at(&self, part: &str) -> bool {
        matches!(self.binding, Binding::Rest { path, .. } if path.contains(part))
    }

    fn is_in_path(&self, member: &str) -> bool {
        self.is_at(&format!("{{{member}}}"))
    }

    fn is_in_query(&self, member: &str) -> bool {
        let Binding::Rest { query, .. } = self.binding else {
            return false;
        };
        query.iter().any(|known| {
            let (QueryMember::Text(name)
            | QueryMember::Integer(name)
            | QueryMember::Boolean(name)
            | QueryMember::List(name)) = *known;
            name == member
        })
    }
}

/// The smallest value that a shape takes.
fn valid(shape: &Value) -> Value {
    match shape["type"].as_str().unwrap() {
        "string" => match &shape["enum"] {
            Value::Array(words) => words[0].clone(),
            _ => json!("a".repeat(least(shape).max(1))),
        },
        "integer" => json!(least(shape).max(1)),
        "boolean" => json!(true),
        "list" => json!([valid(&shape["item"])]),
        "map" => json!({ "k": "v" }),
        "structure" => {
            let members = shape["members"].as_array().unwrap();
            let member = |member: &Value| (text(&member["name"]), valid(member));
            Value::Object(members.iter().map(member).collect())
        }
        other => panic!("no value of type {other} is known"),
    }
}

fn least(shape: &Value) -> usize {
    usize::try_from(shape["min"].as_u64().unwrap_or(0)).unwrap()
}

/// One change of a valid input, and whether the model takes it.
struct Case {
    pointer: String,
    /// None takes the member away.
    value: Option<Value>,
    is_allowed: bool,
}

/// Every change that a constraint of a shape decides about.
fn cases(shape: &Value, pointer: &str) -> Vec<Case> {
    let case = |value: Value, is_allowed| Case {
        pointer: pointer.to_owned(),
        value: Some(value),
        is_allowed,
    };
    let mut cases = Vec::new();
    let of_length = |length: usize| -> Value {
        let pattern = shape["pattern"].as_str();
        let fill = pattern.map_or('a', |pattern| known(pattern).1);
        match shape["type"].as_str() {
            Some("integer") => json!(length),
            Some("list") => json!(vec![valid(&shape["item"]); length]),
            Some("map") => {
                let entries = (0..length).map(|n| (format!("k{n}"), json!("v")));
                Value::Object(entries.collect())
            }
            _ => json!(fill.to_string().repeat(length)),
        }
    };
    let bound = |name: &str| {
        shape[name]
            .as_u64()
            .map(|bound| usize::try_from(bound).unwrap())
    };
    let is_arn = shape["pattern"]
        .as_str()
        .is_some_and(|pattern| pattern.contains("arn:"));
    if let Some(min) = bound("min") {
        cases.extend((!is_arn).then(|| case(of_length(min), true)));
        let below = match shape["type"].as_str() {
            Some("integer") => json!(i64::try_from(min).unwrap() - 1),
            _ if min == 0 => Value::Null,
            _ => of_length(min - 1),
        };
        cases.extend((!below.is_null()).then(|| case(below, false)));
    }
    if let Some(max) = bound("max") {
        cases.extend((!is_arn).then(|| case(of_length(max), true)));
        cases.push(case(of_length(max + 1), false));
    }
    if let Some(pattern) = shape["pattern"].as_str() {
        let bad = known(pattern).2.iter();
        cases.extend(bad.map(|bad| case(json!(bad), false)));
    }
    if let Some(words) = shape["enum"].as_array() {
        cases.extend(words.iter().map(|word| case(word.clone(), true)));
        cases.push(case(json!("NO_SUCH_WORD"), false));
        cases.push(case(
            json!(words[0].as_str().unwrap().to_lowercase()),
            false,
        ));
    }
    cases.push(case(of_another_type(shape), false));
    cases.extend(inner_cases(shape, pointer));
    cases
}

fn inner_cases(shape: &Value, pointer: &str) -> Vec<Case> {
    match shape["type"].as_str().unwrap() {
        "list" => cases(&shape["item"], &format!("{pointer}/0")),
        "map" => {
            let whole = |key: Value, value: Value, is_allowed| Case {
                pointer: pointer.to_owned(),
                value: Some(json!({ (text(&key)): value })),
                is_allowed,
            };
            let texts = |of: &Value| {
                let all = cases(of, "").into_iter();
                let texts = all.filter_map(|case| Some((case.value?, case.is_allowed)));
                texts
                    .filter(|(value, _)| value.is_string())
                    .collect::<Vec<_>>()
            };
            let keys = texts(&shape["key"]).into_iter();
            let keys = keys.map(|(key, is_allowed)| whole(key, json!("v"), is_allowed));
            let values = texts(&shape["value"]).into_iter();
            keys.chain(values.map(|(value, is_allowed)| whole(json!("k"), value, is_allowed)))
                .collect()
        }
        "structure" => members_cases(shape["members"].as_array().unwrap(), pointer),
        _ => Vec::new(),
    }
}

fn members_cases(members: &[Value], pointer: &str) -> Vec<Case> {
    let of_member = |member: &Value| {
        let pointer = format!("{pointer}/{}", member["name"].as_str().unwrap());
        let mut all = cases(member, &pointer);
        all.extend((member["required"] == true).then(|| Case {
            pointer,
            value: None,
            is_allowed: false,
        }));
        all
    };
    members.iter().flat_map(of_member).collect()
}

fn of_another_type(shape: &Value) -> Value {
    match shape["type"].as_str().unwrap() {
        "string" | "blob" => json!(5),
        "integer" | "boolean" => json!("many"),
        "list" => json!({ "0": "a" }),
        _ => json!(["a"]),
    }
}

fn known(pattern: &str) -> &'static (&'static str, char, &'static [&'static str]) {
    let found = PATTERNS.iter().find(|known| known.0 == pattern);
    found.unwrap_or_else(|| panic!("PATTERNS lacks {pattern}"))
}

/// Changes an input; false where a request cannot carry the change.
fn change(input: &mut Value, case: &Case, row: &Row) -> bool {
    let names: Vec<&str> = case.pointer.split('/').skip(1).collect();
    let is_text_anyway = row.is_in_path(names[0]) || row.is_in_query(names[0]);
    if is_text_anyway {
        let is_text = case.value.as_ref().is_some_and(|value| {
            value.is_string() || value.is_array() || (value.is_i64() && row.is_in_query(names[0]))
        });
        let is_path_without = row.is_in_path(names[0]) && case.value.is_none();
        let is_empty_path = row.is_in_path(names[0]) && case.value == Some(json!(""));
        // Whatever stands in a path or a query is a text.
        let is_number = case.value == Some(json!(5)) || case.value == Some(json!({ "0": "a" }));
        // The library for URLs takes no longer ones, and answers for the service.
        let is_too_long = case.value.as_ref().and_then(Value::as_str);
        if is_too_long.is_some_and(|text| text.len() > 60_000) {
            return false;
        }
        if is_path_without || is_empty_path || is_number || (case.value.is_some() && !is_text) {
            return false;
        }
    }
    let (last, way) = names.split_last().unwrap();
    let mut at = input;
    for name in way {
        at = match at {
            Value::Array(items) => &mut items[name.parse::<usize>().unwrap()],
            other => &mut other[*name],
        };
    }
    match (at, &case.value) {
        (Value::Array(items), Some(value)) => items[last.parse::<usize>().unwrap()] = value.clone(),
        (at, Some(value)) => at[*last] = value.clone(),
        (at, None) => drop(at.as_object_mut().unwrap().remove(*last)),
    }
    true
}

/// Is the answer one to a request that the model does not allow?
fn is_violation(answer: &Answer) -> bool {
    let (status, code, message) = answer.error();
    let told =
        message.contains("validation error") || message.contains("is not what the operation");
    (status, code) == (400, "BadRequestException") && told
}

fn rows() -> impl Iterator<Item = &'static Row> {
    ops::rows().filter(|row| row.service == Service::AppSync)
}

fn members_of(table: &Value, row: &Row) -> Vec<Value> {
    let members = table["operations"][row.name].as_array();
    members
        .unwrap_or_else(|| panic!("the table lacks {}", row.name))
        .clone()
}

#[test]
fn the_valid_input_of_every_operation_is_taken() {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    for row in rows() {
        let fixture = Fixture::new();
        let input = fixture.input(row, &members_of(&table, row));
        let answer = fixture.send(row, input);
        assert_eq!(answer.status, 200, "{}: {}", row.name, answer.text);
    }
}

#[test]
fn every_constraint_of_the_model_is_held_on_both_sides() {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    let mut held = (0, 0);
    let mut wrong = Vec::new();
    for row in rows() {
        let members = members_of(&table, row);
        for case in members_cases(&members, "") {
            let fixture = Fixture::new();
            let mut input = Value::Object(fixture.input(row, &members));
            if !change(&mut input, &case, row) {
                continue;
            }
            let Value::Object(input) = input else {
                panic!("an input is an object")
            };
            let answer = fixture.send(row, input);
            let is_held = if case.is_allowed {
                held.0 += 1;
                !is_violation(&answer) && answer.status < 500
            } else {
                held.1 += 1;
                answer.status == 400
            };
            if !is_held {
                let value = case.value.map(|value| value.to_string());
                let value: Option<String> = value.map(|text| text.chars().take(60).collect());
                let (name, pointer) = (row.name, &case.pointer);
                let (allowed, status) = (case.is_allowed, answer.status);
                let told: String = answer.text.chars().take(160).collect();
                wrong.push(format!(
                    "{name}{pointer} {value:?} {allowed}: {status} {told}"
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {held:?}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(held.0 > 150 && held.1 > 300, "{held:?}");
}
