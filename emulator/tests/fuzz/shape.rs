//! Values of the shapes in the models' tables, at their bounds, beyond them, or as other shapes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::draw::Draw;

/// Names and ids that answers have told.
#[derive(Default)]
pub(crate) struct Known(Vec<String>);

/// How many are kept.
const KNOWN_MAX: usize = 64;

/// Texts that mean something to some operation.
const WORDS: [&str; 30] = [
    "s0",
    "s1",
    "AWSCURRENT",
    "AWSPENDING",
    "AWSPREVIOUS",
    "rate(4 hours)",
    "cron(0 */4 * * ? *)",
    "cron(0 8/9223372036854775807 ? * L *)",
    "2h",
    "eu-west-1",
    "aws/secretsmanager",
    "role",
    "user",
    "function",
    "index.handler",
    "python3.12",
    "provided.al2023",
    "/path/",
    "arn:aws:iam::000000000000:role/role",
    "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "arn:aws:lambda:us-east-1:000000000000:function:function",
    "/aws/lambda/function",
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","NotAction":"a:*","Resource":"*","Condition":{"StringLike":{"aws:username":"${aws:username, 'x'}"}}}]}"#,
    "type Query { a(b: [Int!]): Query }",
    "API_KEY",
    "AWS_IAM",
    "GRAPHQL",
    "1795600000",
];

impl Known {
    /// Learns every text of an answer that may be a name.
    pub(crate) fn learn(&mut self, draw: &mut Draw, value: &Value) {
        match value {
            Value::String(text) if (1..300).contains(&text.len()) => {
                if self.0.len() < KNOWN_MAX {
                    self.0.push(text.clone());
                } else {
                    let at = draw.below(KNOWN_MAX);
                    self.0[at].clone_from(text);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(draw, item)),
            Value::Object(members) => members.values().for_each(|it| self.learn(draw, it)),
            _ => {}
        }
    }

    /// A text that may mean something.
    pub(crate) fn text(&self, draw: &mut Draw) -> String {
        match draw.below(10) {
            0 => draw.hostile(),
            1..=4 if !self.0.is_empty() => draw.pick(&self.0).clone(),
            5 if !self.0.is_empty() => {
                let text = draw.pick(&self.0).clone();
                draw.damaged(&text)
            }
            _ => (*draw.pick(&WORDS)).to_owned(),
        }
    }

    /// A value of a shape, or now and then something else.
    pub(crate) fn value(&self, draw: &mut Draw, shape: &Value) -> Value {
        if draw.one_in(40) {
            return self.other(draw);
        }
        match shape["type"].as_str().unwrap_or_default() {
            "boolean" => draw.one_in(2).into(),
            "integer" | "long" | "timestamp" => number(draw, shape),
            "list" => {
                let items = 0..length(draw, shape).min(60);
                items.map(|_| self.value(draw, &shape["item"])).collect()
            }
            "map" => {
                let mut members = Map::new();
                for _ in 0..length(draw, shape).min(60) {
                    let key = self.letters(draw, &shape["key"]);
                    members.insert(key, self.value(draw, &shape["value"]));
                }
                Value::Object(members)
            }
            "structure" => self.structure(draw, &shape["members"]),
            "blob" => STANDARD.encode(self.letters(draw, shape)).into(),
            _ => self.letters(draw, shape).into(),
        }
    }

    /// An object of members, most of those that are required among them.
    pub(crate) fn structure(&self, draw: &mut Draw, members: &Value) -> Value {
        let mut object = Map::new();
        for member in members.as_array().into_iter().flatten() {
            let is_required = member["required"].as_bool().unwrap_or(false);
            if if is_required {
                !draw.one_in(30)
            } else {
                draw.one_in(6)
            } {
                let name = member["name"].as_str().unwrap_or_default();
                let value = match name {
                    "SecretId" | "Name" if !draw.one_in(3) => WORDS[draw.below(2)].into(),
                    _ => self.value(draw, member),
                };
                object.insert(name.to_owned(), value);
            }
        }
        Value::Object(object)
    }

    fn letters(&self, draw: &mut Draw, shape: &Value) -> String {
        if let Some(words) = shape["enum"].as_array().filter(|_| !draw.one_in(20)) {
            return draw.pick(words).as_str().unwrap_or_default().to_owned();
        }
        if draw.one_in(4) {
            let length = length(draw, shape);
            return draw.text(length);
        }
        self.text(draw)
    }

    fn other(&self, draw: &mut Draw) -> Value {
        match draw.below(7) {
            0 => Value::Null,
            1 => json!([]),
            2 => json!({}),
            3 => json!(draw.number()),
            4 => json!(-1.5e300),
            5 => json!([[[[{ "a": [null] }]]]]),
            _ => self.text(draw).into(),
        }
    }
}

/// A length at a bound or beside it.
fn length(draw: &mut Draw, shape: &Value) -> usize {
    let bound = |name: &str| usize::try_from(shape[name].as_u64()?).ok();
    let (min, max) = (bound("min").unwrap_or(0), bound("max").unwrap_or(20));
    match draw.below(12) {
        0 => min.saturating_sub(1),
        1 => max.min(1 << 17),
        2 => max.min(1 << 17) + 1,
        3 => min,
        _ => min + draw.below((max - min.min(max)).min(40) + 1),
    }
}

fn number(draw: &mut Draw, shape: &Value) -> Value {
    let bound = |name: &str| shape[name].as_i64();
    let (min, max) = (bound("min").unwrap_or(0), bound("max").unwrap_or(100));
    let choices = [
        min,
        max,
        min.saturating_sub(1),
        max.saturating_add(1),
        min.midpoint(max),
        0,
        -1,
        i64::MIN,
        i64::MAX,
        1_795_600_000,
    ];
    (*draw.pick(&choices)).into()
}
