//! The variants of a request.

use keywheel_emulator::wire::service::Service;
use serde_json::{Map, Value, json};

use crate::judge::Expected;
use crate::model::{Model, is_required, members, name};

/// A request, and what is to become of it.
pub(crate) struct Variant {
    pub(crate) request: Map<String, Value>,
    pub(crate) expected: Expected,
    /// Where it differs from one with nothing wrong, as it is told; empty if nowhere.
    pub(crate) path: String,
    /// What is special about it.
    pub(crate) about: String,
}

/// Where in a request a member stands, as it is told, and how it is reached.
#[derive(Clone)]
struct Place {
    told: String,
    steps: Vec<Step>,
}

#[derive(Clone)]
enum Step {
    Member(String),
    First,
}

impl Place {
    fn member(&self, member: &Value) -> Self {
        let name = name(member);
        let (first, rest) = name.split_at(1);
        let small = format!("{}{rest}", first.to_ascii_lowercase());
        let told = match self.told.as_str() {
            "" => small,
            told => format!("{told}.{small}"),
        };
        self.with(told, Step::Member(name.to_owned()))
    }

    fn first(&self) -> Self {
        self.with(format!("{}.1.member", self.told), Step::First)
    }

    fn with(&self, told: String, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { told, steps }
    }

    /// The request with this value in this place, or without any.
    fn put(&self, request: &Map<String, Value>, value: Option<Value>) -> Map<String, Value> {
        let mut whole = Value::Object(request.clone());
        let (last, way) = self.steps.split_last().unwrap();
        let mut at = &mut whole;
        for step in way {
            at = match step {
                Step::Member(name) => &mut at[name.as_str()],
                Step::First => &mut at[0],
            };
        }
        match (last, value) {
            (Step::Member(name), Some(value)) => at[name.as_str()] = value,
            (Step::Member(name), None) => {
                at.as_object_mut().unwrap().remove(name);
            }
            (Step::First, value) => at[0] = value.unwrap_or(Value::Null),
        }
        match whole {
            Value::Object(whole) => whole,
            _ => unreachable!("a request stays an object"),
        }
    }
}

/// All variants of the input of an operation.
pub(crate) fn all(model: &Model) -> Vec<Variant> {
    let full: Map<String, Value> = valid_members(&model.members);
    let least = || model.members.iter().filter(|it| is_required(it)).cloned();
    let least = valid_members(&least().collect::<Vec<_>>());
    let mut all = vec![
        taken(full.clone(), "everything"),
        taken(least.clone(), "the least"),
    ];
    let optional: Vec<&Value> = model.members.iter().filter(|it| !is_required(it)).collect();
    for (at, one) in optional.iter().enumerate() {
        let mut without = full.clone();
        without.remove(name(one));
        all.push(taken(without, &format!("without {}", name(one))));
        for other in &optional[at..] {
            let mut with = least.clone();
            with.insert(name(one).to_owned(), valid(one));
            with.insert(name(other).to_owned(), valid(other));
            all.push(taken(with, &format!("{} and {}", name(one), name(other))));
        }
    }
    let top = Place {
        told: String::new(),
        steps: Vec::new(),
    };
    for member in &model.members {
        let place = top.member(member);
        let mut base = least.clone();
        base.insert(name(member).to_owned(), valid(member));
        all.extend(of_member(model.service, member, &place, &base));
        all.extend(of_member(model.service, member, &place, &full));
    }
    all
}

/// The least request, and one member.
pub(crate) fn with(model: &Model, member: &Value) -> Map<String, Value> {
    let least = model.members.iter().filter(|it| is_required(it)).cloned();
    let mut request = valid_members(&least.collect::<Vec<_>>());
    request.insert(name(member).to_owned(), valid(member));
    request
}

fn taken(request: Map<String, Value>, about: &str) -> Variant {
    Variant {
        request,
        expected: Expected::Taken,
        path: String::new(),
        about: about.to_owned(),
    }
}

fn of_member(
    service: Service,
    member: &Value,
    place: &Place,
    base: &Map<String, Value>,
) -> Vec<Variant> {
    let mut all = Vec::new();
    if is_required(member) {
        all.push(Variant {
            request: place.put(base, None),
            expected: Expected::violation(&place.told, "not be null"),
            path: place.told.clone(),
            about: format!("without {}", place.told),
        });
    }
    all.extend(of_shape(service, member, place, base));
    all
}

/// What can be wrong with a value, and what is inside and outside its constraints.
fn of_shape(
    service: Service,
    shape: &Value,
    place: &Place,
    base: &Map<String, Value>,
) -> Vec<Variant> {
    let mut all = Vec::new();
    let mut add = |value: Value, expected: Expected| {
        let mut shown = value.to_string();
        shown.truncate(
            shown
                .char_indices()
                .nth(40)
                .map_or(shown.len(), |(at, _)| at),
        );
        all.push(Variant {
            request: place.put(base, Some(value)),
            expected,
            path: place.told.clone(),
            about: format!("{} is {shown}", place.told),
        });
    };
    for (value, is_right) in others(service, shape) {
        add(
            value,
            if is_right {
                Expected::Taken
            } else {
                Expected::WrongType
            },
        );
    }
    for (value, rule) in sides(shape) {
        let expected = rule.map(|rule| Expected::violation(&place.told, &rule));
        add(value, expected.unwrap_or(Expected::Taken));
    }
    for word in shape["enum"].as_array().into_iter().flatten() {
        add(word.clone(), Expected::Taken);
    }
    if shape["type"] == "structure" {
        for member in members(shape) {
            let place = place.member(member);
            let base = place.put(base, Some(valid(member)));
            all.extend(of_member(service, member, &place, &base));
        }
    }
    if shape["type"] == "list" {
        all.extend(of_shape(service, &shape["item"], &place.first(), base));
    }
    all
}

/// Values of every type but the member's own. In a form everything is text.
fn others(service: Service, shape: &Value) -> Vec<(Value, bool)> {
    let is_form = matches!(service, Service::Iam | Service::Sts);
    let kind = shape["type"].as_str().unwrap();
    let wrong: &[Value] = match (kind, is_form) {
        ("string" | "blob", false) => &[json!(1), json!(true), json!(["a"]), json!({"a": 1})],
        ("integer" | "double", false) => &[json!("a"), json!(true), json!([1]), json!({"a": 1})],
        ("boolean", false) => &[json!("a"), json!(1), json!([true]), json!({"a": 1})],
        ("list", false) => &[json!("a"), json!(1), json!(true), json!({"a": 1})],
        ("structure" | "map", false) => &[json!("a"), json!(1), json!(true), json!(["a"])],
        ("string", true) => &[json!(["a"]), json!({"x": "a"})],
        ("integer", true) => &[json!("a"), json!("1.5"), json!(["1"])],
        ("list", true) => &[json!("a"), json!({"x": "a"})],
        ("structure", true) => &[json!("a")],
        _ => &[],
    };
    wrong.iter().map(|value| (value.clone(), false)).collect()
}

/// Values just inside and just outside each bound, and the rule that the latter break.
fn sides(shape: &Value) -> Vec<(Value, Option<String>)> {
    let kind = shape["type"].as_str().unwrap();
    let (min, max) = (shape["min"].as_i64(), shape["max"].as_i64());
    let mut sides = Vec::new();
    let mut push = |number: i64, rule: Option<String>| {
        sides.extend(sized(shape, number).map(|value| (value, rule)));
    };
    let of = if kind == "integer" { "value" } else { "length" };
    let rule =
        |relation: &str, bound: i64| Some(format!("have {of} {relation} than or equal to {bound}"));
    if let Some(min) = min {
        push(min, None);
        push(min - 1, rule("greater", min));
    }
    if let Some(max) = max {
        push(max, None);
        push(max + 1, rule("less", max));
    }
    if let Some(words) = shape["enum"].as_array() {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        let rule = format!("satisfy enum value set: [{}]", words.join(", "));
        sides.push((json!("never-a-word"), Some(rule)));
    }
    if let (Some(pattern), "string") = (shape["pattern"].as_str(), kind) {
        let least = usize::try_from(min.unwrap_or(1).max(1)).unwrap();
        let bad = broken(pattern, least);
        let rule = format!("satisfy regular expression pattern: {pattern}");
        sides.extend(bad.map(|bad| (json!(bad), Some(rule))));
    }
    sides
}

/// A value of a size; none if there is none such, or if it would be too large to send.
fn sized(shape: &Value, size: i64) -> Option<Value> {
    const MOST: i64 = 140_000;
    if shape["type"] == "integer" {
        return Some(json!(size));
    }
    let count = usize::try_from(size).ok().filter(|_| size <= MOST)?;
    match shape["type"].as_str()? {
        "string" => text(shape, count).map(Value::from),
        "list" => (size <= 200).then(|| vec![valid(&shape["item"]); count].into()),
        _ => None,
    }
}

/// A text of a length that keeps its pattern and is no word of an enum; none if none is known.
fn text(shape: &Value, length: usize) -> Option<String> {
    if shape["enum"].is_array() {
        return None;
    }
    let Some(pattern) = shape["pattern"].as_str() else {
        return Some("a".repeat(length));
    };
    let whole = regex::Regex::new(&format!("^(?:{pattern})$")).ok()?;
    let samples = [
        "a".repeat(length),
        "1".repeat(length),
        format!("/{}/", "a".repeat(length.saturating_sub(2))),
        format!("/{}", "a".repeat(length.saturating_sub(1))),
        format!("{}h", "1".repeat(length.saturating_sub(1))),
        format!("{}-1", "a".repeat(length.saturating_sub(2))),
        format!("v{}", "1".repeat(length.saturating_sub(1))),
    ];
    let mut samples = samples.into_iter();
    samples.find(|it| it.chars().count() == length && whole.is_match(it))
}

/// A text of a length that breaks a pattern; none if none is known.
fn broken(pattern: &str, length: usize) -> Option<String> {
    let whole = regex::Regex::new(&format!("^(?:{pattern})$")).ok()?;
    ["\u{7}", "é", "&", " ", "a"]
        .into_iter()
        .map(|letter| letter.repeat(length))
        .find(|it| !whole.is_match(it))
}

/// A value that keeps every constraint of its shape.
pub(crate) fn valid(shape: &Value) -> Value {
    let least = usize::try_from(shape["min"].as_i64().unwrap_or(0).max(1)).unwrap_or(1);
    match shape["type"].as_str().unwrap() {
        "string" => match shape["enum"].as_array() {
            Some(words) => words[0].clone(),
            None => {
                let lengths = [least, least + 1, least + 2, least + 3, 24, 32];
                let found = lengths.into_iter().find_map(|length| text(shape, length));
                json!(found.unwrap_or_else(|| special(shape)))
            }
        },
        "blob" => json!("YQ=="),
        "integer" => json!(shape["min"].as_i64().unwrap_or(7).max(1)),
        "double" => json!(1.5),
        "boolean" => json!(false),
        "list" => vec![valid(&shape["item"]); least].into(),
        "map" => json!({ "a": valid(&shape["value"]) }),
        _ => Value::Object(valid_members(members(shape))),
    }
}

/// A text for a pattern that is too special to be found.
fn special(shape: &Value) -> String {
    match shape["pattern"].as_str().unwrap_or_default() {
        it if it.contains("appsync") => {
            "arn:aws:appsync:us-east-1:000000000000:apis/aaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned()
        }
        it if it.contains("iam") => "arn:aws:iam::000000000000:role/r".to_owned(),
        it if it.contains("kms") => "arn:aws:kms:us-east-1:000000000000:key/k".to_owned(),
        _ => "a".to_owned(),
    }
}

fn valid_members(members: &[Value]) -> Map<String, Value> {
    let pairs = members.iter();
    pairs.map(|it| (name(it).to_owned(), valid(it))).collect()
}
