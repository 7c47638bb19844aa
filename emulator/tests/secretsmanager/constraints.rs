//! Every constraint of the model, on both sides, for every member of every operation.
//!
//! The table is read here by itself: a bound that the code forgets is found.

use keywheel_emulator::state::Settings;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::stage::Stage;

const TABLE: &str = include_str!("../../constraints/secretsmanager.json");

/// A member and a value that is just inside or just outside one of its constraints.
struct Case {
    operation: String,
    request: Value,
    /// The member's path in AWS's wording.
    path: String,
    /// What AWS says of a value outside.
    told: String,
    is_outside: bool,
}

fn operations() -> Vec<(String, Vec<Value>)> {
    let table: Value = serde_json::from_str(TABLE).expect("the table parses");
    let operations = table["operations"].as_object().expect("operations").clone();
    let members = |members: Value| members.as_array().expect("members").clone();
    operations
        .into_iter()
        .map(|(name, of)| (name, members(of)))
        .collect()
}

/// A value that keeps every constraint of its shape.
fn valid(shape: &Value) -> Value {
    match shape["type"].as_str().expect("a type") {
        "string" => match (shape["enum"].as_array(), shape["pattern"].as_str()) {
            (Some(words), _) => words[0].clone(),
            (None, Some("[0-9]+h")) => json!("3h"),
            (None, Some(pattern)) if pattern.contains(r"\d+$") => json!("eu-west-1"),
            _ => json!("a".repeat(smallest(shape).max(1))),
        },
        "blob" => json!("YQ=="),
        "integer" => shape.get("min").cloned().unwrap_or(json!(7)),
        "boolean" => json!(false),
        "list" => json!([valid(&shape["item"])]),
        _ => {
            let members = shape["members"].as_array().expect("members").iter();
            let members = members.map(|member| (name_of(member), valid(member)));
            Value::Object(members.collect())
        }
    }
}

/// A text of so many characters that keeps its pattern where it can.
fn text(shape: &Value, length: usize) -> String {
    match shape["pattern"].as_str() {
        Some("[0-9]+h") if length > 0 => format!("{}h", "1".repeat(length - 1)),
        Some(pattern) if pattern.contains(r"\d+$") && length > 2 => {
            format!("{}-1", "a".repeat(length - 2))
        }
        _ => "a".repeat(length),
    }
}

/// A value, what is told of one outside the constraint, and whether it is outside.
type Probe = (Value, String, bool);

/// Values at every edge of a shape.
fn probes(shape: &Value) -> Vec<Probe> {
    let mut probes = bound_probes(shape);
    if let Some(words) = shape["enum"].as_array() {
        let names: Vec<_> = words.iter().filter_map(Value::as_str).collect();
        let told = format!("Member must satisfy enum value set: [{}]", names.join(", "));
        probes.extend(words.iter().map(|word| (word.clone(), told.clone(), false)));
        probes.push((json!("no-such-word"), told, true));
    }
    if let Some(pattern) = shape["pattern"].as_str() {
        let told = format!("Member must satisfy regular expression pattern: {pattern}");
        probes.push((valid(shape), told.clone(), false));
        probes.push((json!("ü".repeat(smallest(shape).max(2))), told, true));
    }
    probes
}

fn smallest(shape: &Value) -> usize {
    let min = shape["min"].as_u64().unwrap_or(1);
    usize::try_from(min).expect("a small number")
}

fn bound_probes(shape: &Value) -> Vec<Probe> {
    let kind = shape["type"].as_str().expect("a type");
    let of_size = |size: i64| -> Option<Value> {
        let length = || usize::try_from(size).ok();
        Some(match kind {
            "integer" => json!(size),
            "string" if shape["enum"].is_array() => return None,
            "string" => json!(text(shape, length()?)),
            "blob" => json!(data_encoding::BASE64.encode(&vec![7; length()?])),
            _ => Value::Array(vec![valid(&shape["item"]); length()?]),
        })
    };
    let what = if kind == "integer" { "value" } else { "length" };
    let mut probes = Vec::new();
    for (name, step, relation) in [("min", -1, "greater"), ("max", 1, "less")] {
        let Some(limit) = shape[name].as_i64() else {
            continue;
        };
        let told = format!("Member must have {what} {relation} than or equal to {limit}");
        probes.extend(of_size(limit).map(|value| (value, told.clone(), false)));
        probes.extend(of_size(limit + step).map(|value| (value, told, true)));
    }
    probes
}

fn wrong_type(shape: &Value) -> Value {
    match shape["type"].as_str().expect("a type") {
        "string" | "blob" | "structure" => json!(1),
        _ => json!("x"),
    }
}

/// Cases for a member and everything below it; `wrap` puts a value in its place in a request.
fn cases(
    operation: &str,
    shape: &Value,
    path: &str,
    wrap: &dyn Fn(Value) -> Value,
    out: &mut Vec<Case>,
) {
    for (value, told, is_outside) in probes(shape) {
        // An empty text has words of its own, or counts as none.
        let is_outside = is_outside && !(path == "secretString" && value == json!(""));
        let (operation, path) = (operation.to_owned(), path.to_owned());
        out.push(Case {
            operation,
            request: wrap(value),
            path,
            told,
            is_outside,
        });
    }
    if let Some(item) = shape.get("item") {
        let in_list = |value: Value| wrap(json!([value]));
        cases(operation, item, &format!("{path}.1.member"), &in_list, out);
    }
    for member in shape["members"].as_array().into_iter().flatten() {
        let name = member["name"].as_str().expect("a name");
        let in_structure = |value: Value| {
            let mut structure = valid(shape);
            structure[name] = value;
            wrap(structure)
        };
        cases(
            operation,
            member,
            &format!("{path}.{}", lower(name)),
            &in_structure,
            out,
        );
    }
}

fn name_of(member: &Value) -> String {
    member["name"].as_str().expect("a name").to_owned()
}

fn lower(name: &str) -> String {
    format!("{}{}", name[..1].to_lowercase(), &name[1..])
}

fn all_cases() -> Vec<Case> {
    let mut all = Vec::new();
    for (operation, members) in operations() {
        let required: Map<String, Value> = members
            .iter()
            .filter(|member| member["required"] == true)
            .map(|member| (name_of(member), valid(member)))
            .collect();
        for member in &members {
            let name = member["name"].as_str().expect("a name");
            let wrap = |value: Value| {
                let mut request = required.clone();
                request.insert(name.to_owned(), value);
                Value::Object(request)
            };
            cases(&operation, member, &lower(name), &wrap, &mut all);
        }
    }
    all
}

fn call(operation: &str, request: Value) -> Answer {
    Stage::new(Settings::default()).call(operation, request)
}

/// Is a member refused by its name, since the operation here does not read it?
fn is_not_read(answer: &Answer) -> bool {
    answer.status == 501 && answer.error_code() == Some("NotImplemented")
}

#[test]
fn every_bound_of_every_member_holds_on_both_sides() {
    let mut outside = 0;
    for case in all_cases() {
        let Case {
            operation,
            path,
            told,
            ..
        } = &case;
        let answer = call(operation, case.request.clone());
        if is_not_read(&answer) {
            continue;
        }
        let message = answer.message().unwrap_or_default();
        let told = format!("at '{path}' failed to satisfy constraint: {told}");
        assert!(answer.status < 500, "{operation} {path}: {}", answer.text);
        let is_told = message.contains(&told);
        assert_eq!(
            is_told, case.is_outside,
            "{operation} {path}: {message}\n{told}"
        );
        if case.is_outside {
            outside += 1;
            let code = answer.error_code();
            assert_eq!(code, Some("ValidationException"), "{operation} {path}");
        }
    }
    assert!(outside > 150, "only {outside} bounds");
}

#[test]
fn every_required_member_is_missed_and_every_type_is_checked() {
    for (operation, members) in operations() {
        let names = members.iter().filter(|member| member["required"] == true);
        let names: Vec<_> = names
            .map(|member| lower(member["name"].as_str().unwrap()))
            .collect();
        let answer = call(&operation, json!({}));
        if !names.is_empty() {
            let count = names.len();
            let errors = if count == 1 { "error" } else { "errors" };
            let message = answer.message().unwrap_or_default();
            assert!(
                message.starts_with(&format!("{count} validation {errors} detected: ")),
                "{operation}: {message}"
            );
            for name in names {
                let told = format!(
                    "Value null at '{name}' failed to satisfy constraint: Member must not be null"
                );
                assert!(message.contains(&told), "{operation}: {message}");
            }
        }
        for member in &members {
            let name = member["name"].as_str().expect("a name");
            let answer = call(&operation, json!({ name: wrong_type(member) }));
            if is_not_read(&answer) {
                continue;
            }
            assert_eq!(
                answer.error_code(),
                Some("SerializationException"),
                "{operation} {name}"
            );
            assert!(
                answer.message().unwrap_or_default().contains(name),
                "{operation} {name}: {}",
                answer.text
            );
        }
    }
}

#[test]
fn values_are_bounded_in_bytes() {
    let create = |text: String| call("CreateSecret", json!({"Name": "s", "SecretString": text}));
    assert_eq!(create("ä".repeat(32_768)).status, 200);
    assert_eq!(create("ä".repeat(32_769)).status, 400);
}
