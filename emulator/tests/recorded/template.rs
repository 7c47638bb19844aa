//! Comparing an answer with a recorded one, in which ids, dates and names are placeholders.

use std::collections::BTreeMap;

use keywheel_clients::{Test, tests};
use serde_json::{Map, Value};

/// The tests of this file.
pub(crate) fn tests() -> Vec<Test> {
    checks::tests()
}

/// What each placeholder stands for; one that is not yet bound is bound by the first match.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bindings(BTreeMap<String, String>);

/// How much of an answer a recording tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Every member.
    Whole,
    /// Only what somebody asserted.
    Part,
}

impl Bindings {
    pub(crate) fn bind(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// Binds the placeholder that a client chooses a token for, unless it is bound.
    pub(crate) fn bind_token(&mut self, request: &Value) {
        let template = request["ClientRequestToken"].as_str();
        let name = template.and_then(|text| text.strip_prefix('{')?.strip_suffix('}'));
        if let Some(name) = name.filter(|name| !self.0.contains_key(*name)) {
            self.bind(name, format!("chosen-{name:0>29}"));
        }
    }

    /// Binds the next of `V1`, `V2`, … (or `ARN1`, …) unless the value is bound already.
    pub(crate) fn bind_next(&mut self, kind: &str, value: &str) {
        let is_of_kind = |name: &str| {
            let number = name.strip_prefix(kind);
            number.is_some_and(|it| it.parse::<u32>().is_ok())
        };
        if self
            .0
            .iter()
            .any(|(name, bound)| is_of_kind(name) && bound == value)
        {
            return;
        }
        let number = (1..).find(|number| !self.0.contains_key(&format!("{kind}{number}")));
        self.bind(&format!("{kind}{}", number.unwrap_or(1)), value);
    }

    /// Puts values in for the placeholders of a request.
    pub(crate) fn fill(&self, template: &Value) -> Value {
        match template {
            Value::String(text) => Value::String(self.fill_text(text)),
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect(),
            Value::Object(members) => {
                let filled = members
                    .iter()
                    .map(|(key, value)| (key.clone(), self.fill(value)));
                Value::Object(filled.collect())
            }
            other => other.clone(),
        }
    }

    pub(crate) fn fill_text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if let Some(arn) = self.0.get("ARN1") {
            let partial = &arn[..arn.len() - "-123456".len()];
            text = text.replace("{ARN1 without -SUFFIX}", partial);
        }
        for (name, value) in &self.0 {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }

    /// Compares an answer with its recording.
    pub(crate) fn matches(
        &mut self,
        recorded: &Map<String, Value>,
        answer: &Value,
        extent: Extent,
    ) -> Result<(), String> {
        if extent == Extent::Whole {
            return self.unify("", &Value::Object(recorded.clone()), answer);
        }
        for (path, value) in recorded {
            let found = at_path(answer, path);
            let is_absent = value
                .as_str()
                .is_some_and(|text| text.starts_with("ABSENT"));
            match found {
                None if is_absent => {}
                Some(found) if !is_absent => self.unify(path, value, &found)?,
                found => return Err(format!("{path}: recorded {value}, got {found:?}")),
            }
        }
        Ok(())
    }

    fn unify(&mut self, at: &str, recorded: &Value, got: &Value) -> Result<(), String> {
        let differs = || Err(format!("{at}: recorded {recorded}, got {got}"));
        match (recorded, got) {
            (Value::String(text), Value::Number(_)) if text == "{TIMESTAMP}" => Ok(()),
            (Value::String(text), Value::Number(number)) if text.starts_with('{') => self
                .unify_text(text, &number.to_string())
                .map_or_else(differs, Ok),
            (Value::String(text), Value::String(got)) => {
                self.unify_text(text, got).map_or_else(differs, Ok)
            }
            (Value::Array(wanted), Value::Array(got)) if is_set(at) => {
                self.unify_set(wanted, got).map_or_else(differs, Ok)
            }
            (Value::Array(wanted), Value::Array(got)) if wanted.len() == got.len() => {
                let pairs = wanted.iter().zip(got);
                pairs
                    .into_iter()
                    .try_for_each(|(wanted, got)| self.unify(at, wanted, got))
            }
            (Value::Object(wanted), Value::Object(got)) if at.ends_with("ToStages") => {
                let (wanted, got) = (pairs(wanted), pairs(got));
                self.unify_set(&wanted, &got).map_or_else(differs, Ok)
            }
            (Value::Object(wanted), Value::Object(got)) => {
                if !wanted.keys().eq(got.keys()) {
                    let keys = |map: &Map<String, Value>| map.keys().cloned().collect::<Vec<_>>();
                    return Err(format!(
                        "{at}: recorded {:?}, got {:?}",
                        keys(wanted),
                        keys(got)
                    ));
                }
                wanted
                    .iter()
                    .try_for_each(|(key, value)| self.unify(key, value, &got[key]))
            }
            (recorded, got) if recorded == got => Ok(()),
            _ => differs(),
        }
    }

    /// Finds an order of `got` in which each item matches its recording.
    fn unify_set(&mut self, wanted: &[Value], got: &[Value]) -> Option<()> {
        let Some((first, rest)) = wanted.split_first() else {
            return got.is_empty().then_some(());
        };
        for (index, candidate) in got.iter().enumerate() {
            let mut bindings = self.clone();
            let others = [&got[..index], &got[index + 1..]].concat();
            let is_match = bindings.unify("VersionStages", first, candidate).is_ok();
            if is_match && bindings.unify_set(rest, &others).is_some() {
                *self = bindings;
                return Some(());
            }
        }
        None
    }

    /// Matches a text piece by piece; a placeholder takes everything up to the next literal.
    pub(crate) fn unify_text(&mut self, template: &str, got: &str) -> Option<()> {
        let Some((literal, rest)) = template.split_once('{') else {
            return (template == got).then_some(());
        };
        let got = got.strip_prefix(literal)?;
        let (name, rest) = rest.split_once('}')?;
        if let Some(value) = self.0.get(name) {
            let value = value.clone();
            return self.unify_text(rest, got.strip_prefix(value.as_str())?);
        }
        let end = match rest.split('{').next() {
            None | Some("") => got.len(),
            Some(literal) => got.find(literal)?,
        };
        self.bind(name, &got[..end]);
        self.unify_text(rest, &got[end..])
    }
}

/// The order of these lists on the wire is not known: the recordings sorted them.
fn is_set(at: &str) -> bool {
    at == "Versions" || at.ends_with("VersionStages")
}

fn pairs(map: &Map<String, Value>) -> Vec<Value> {
    map.iter()
        .map(|(key, value)| Value::from(vec![Value::from(key.clone()), value.clone()]))
        .collect()
}

/// The value at `A`, `A[0].B` or `A[].B`.
fn at_path(answer: &Value, path: &str) -> Option<Value> {
    if let Some((list, member)) = path.split_once("[].") {
        let items = answer[list].as_array()?;
        return Some(items.iter().map(|item| item[member].clone()).collect());
    }
    if let Some((list, member)) = path.split_once("[0].") {
        return answer[list].get(0)?.get(member).cloned();
    }
    answer.get(path).cloned()
}

/// Rules of the templates themselves.
mod checks {
    use super::*;
    use serde_json::json;

    pub(super) fn tests() -> Vec<Test> {
        tests![
            [] a_placeholder_stands_for_one_value,
            [] more_or_fewer_members_differ,
            [] labels_and_versions_are_sets,
        ]
    }

    fn matches(recorded: Value, answer: Value) -> Result<(), String> {
        let recorded = recorded.as_object().unwrap();
        Bindings::default().matches(recorded, &answer, Extent::Whole)
    }

    fn a_placeholder_stands_for_one_value() {
        assert!(
            matches(
                json!({"A": "{V1}", "B": "{V1}"}),
                json!({"A": "x", "B": "x"})
            )
            .is_ok()
        );
        assert!(
            matches(
                json!({"A": "{V1}", "B": "{V1}"}),
                json!({"A": "x", "B": "y"})
            )
            .is_err()
        );
    }

    fn more_or_fewer_members_differ() {
        assert!(matches(json!({"A": "1"}), json!({"A": "1", "B": null})).is_err());
        assert!(matches(json!({"A": "1", "B": "2"}), json!({"A": "1"})).is_err());
    }

    fn labels_and_versions_are_sets() {
        let recorded =
            json!({"M": "{V2}", "VersionIdsToStages": {"{V1}": ["A"], "{V2}": ["B", "C"]}});
        let answer = json!({"M": "x", "VersionIdsToStages": {"x": ["C", "B"], "y": ["A"]}});
        assert_eq!(matches(recorded.clone(), answer), Ok(()));
        let answer = json!({"M": "x", "VersionIdsToStages": {"x": ["A"], "y": ["B", "C"]}});
        assert!(matches(recorded, answer).is_err());
    }
}
