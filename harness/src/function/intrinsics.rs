//! CloudFormation's functions, as far as they can be worked out without a stack.

use serde_json::{Map, Value, json};

use keywheel_emulator::ids::{DEFAULT_ACCOUNT, DEFAULT_REGION};

/// What cannot be known here, as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unresolved(pub(super) String);

/// How deep conditions may refer to each other.
const DEPTH_MAX: usize = 32;

type Resolved = Result<Value, Unresolved>;

/// A template's own names.
pub(super) struct Intrinsics<'a> {
    template: &'a Value,
}

impl<'a> Intrinsics<'a> {
    pub(super) fn of(template: &'a Value) -> Self {
        Self { template }
    }

    /// The value with every function in it worked out.
    pub(super) fn resolve(&self, value: &Value) -> Resolved {
        self.value(value, 0)
    }

    fn value(&self, value: &Value, depth: usize) -> Resolved {
        if depth > DEPTH_MAX {
            return Err(Unresolved("a definition that refers to itself".to_owned()));
        }
        match value {
            Value::Array(items) => items
                .iter()
                .map(|item| self.value(item, depth + 1))
                .collect(),
            Value::Object(members) => match only(members) {
                Some((name, argument)) if is_function(name) => self.call(name, argument, depth + 1),
                _ => self.object(members, depth + 1),
            },
            plain => Ok(plain.clone()),
        }
    }

    fn object(&self, members: &Map<String, Value>, depth: usize) -> Resolved {
        let resolved = members
            .iter()
            .map(|(name, value)| Ok((name.clone(), self.value(value, depth)?)));
        resolved
            .collect::<Result<Map<_, _>, _>>()
            .map(Value::Object)
    }

    fn call(&self, name: &str, argument: &Value, depth: usize) -> Resolved {
        let unknown = || Unresolved(written(name, argument));
        let argument = match name {
            // Their arguments are names and templates, not values.
            "Ref" | "Fn::Sub" | "Fn::If" | "Fn::GetAtt" | "Condition" => argument.clone(),
            _ => self.value(argument, depth)?,
        };
        match name {
            "Ref" => self.reference(argument.as_str().ok_or_else(unknown)?),
            "Fn::Sub" => self.substitute(&argument, depth),
            "Fn::If" => self.choose(&argument, depth),
            "Fn::Join" => joined(&argument).ok_or_else(unknown),
            "Fn::Select" => selected(&argument).ok_or_else(unknown),
            "Fn::Split" => split(&argument).ok_or_else(unknown),
            "Fn::FindInMap" => self.mapped(&argument).ok_or_else(unknown),
            "Fn::Equals" => pair(&argument)
                .map(|(a, b)| json!(a == b))
                .ok_or_else(unknown),
            "Fn::Not" => Ok(json!(!is_true(&argument[0]))),
            "Fn::And" => Ok(json!(items(&argument).iter().all(is_true))),
            "Fn::Or" => Ok(json!(items(&argument).iter().any(is_true))),
            "Condition" => self.condition(argument.as_str().ok_or_else(unknown)?, depth),
            _ => Err(unknown()),
        }
    }

    /// A parameter's default, or what AWS says of the stack itself.
    fn reference(&self, name: &str) -> Resolved {
        let pseudo = match name {
            "AWS::Region" => Some(DEFAULT_REGION),
            "AWS::AccountId" => Some(DEFAULT_ACCOUNT),
            "AWS::Partition" => Some("aws"),
            "AWS::URLSuffix" => Some("amazonaws.com"),
            "AWS::StackName" => Some("keywheel"),
            _ => None,
        };
        if let Some(text) = pseudo {
            return Ok(json!(text));
        }
        if name == "AWS::NoValue" {
            return Ok(Value::Null);
        }
        let parameter = self.template["Parameters"].get(name);
        match parameter.map(|parameter| &parameter["Default"]) {
            Some(Value::Null) => Err(Unresolved(format!(
                "the parameter {name}, without a default"
            ))),
            Some(default) => Ok(default.clone()),
            None => Err(Unresolved(format!("!Ref {name}"))),
        }
    }

    fn substitute(&self, argument: &Value, depth: usize) -> Resolved {
        let (text, own) = match argument {
            Value::Array(both) => (both.first(), both.get(1)),
            text => (Some(text), None),
        };
        let text = text.and_then(Value::as_str).unwrap_or_default();
        let (mut filled, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once("${") {
            filled.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            match name.strip_prefix('!') {
                Some(literal) => filled.push_str(&format!("${{{literal}}}")),
                None => filled.push_str(&self.substituted(name.trim(), own, depth)?),
            }
            rest = after;
        }
        filled.push_str(rest);
        Ok(json!(filled))
    }

    fn substituted(
        &self,
        name: &str,
        own: Option<&Value>,
        depth: usize,
    ) -> Result<String, Unresolved> {
        let value = match own.and_then(|own| own.get(name)) {
            Some(value) => self.value(value, depth)?,
            None if name.contains('.') => return Err(Unresolved(format!("!GetAtt {name}"))),
            None => self.reference(name)?,
        };
        Ok(text_of(&value))
    }

    fn choose(&self, argument: &Value, depth: usize) -> Resolved {
        let name = argument[0].as_str().unwrap_or_default();
        let is_so = is_true(&self.condition(name, depth)?);
        self.value(&argument[if is_so { 1 } else { 2 }], depth)
    }

    fn condition(&self, name: &str, depth: usize) -> Resolved {
        match self.template["Conditions"].get(name) {
            Some(condition) => self.value(condition, depth),
            None => Err(Unresolved(format!("the condition {name}"))),
        }
    }

    fn mapped(&self, argument: &Value) -> Option<Value> {
        let [map, first, second] = items(argument) else {
            return None;
        };
        let map = self.template["Mappings"].get(map.as_str()?)?;
        map.get(first.as_str()?)?.get(text_of(second)).cloned()
    }
}

fn only(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut members = members.iter();
    let first = members.next().map(|(name, value)| (name.as_str(), value));
    first.filter(|_| members.next().is_none())
}

fn is_function(name: &str) -> bool {
    name == "Ref" || name == "Condition" || name.starts_with("Fn::")
}

/// As people write it.
fn written(name: &str, argument: &Value) -> String {
    let short = name.strip_prefix("Fn::").unwrap_or(name);
    format!("!{short} {}", text_of(argument))
}

pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Conditions are compared as texts.
fn pair(value: &Value) -> Option<(String, String)> {
    match items(value) {
        [one, other] => Some((text_of(one), text_of(other))),
        _ => None,
    }
}

fn is_true(value: &Value) -> bool {
    text_of(value) == "true"
}

fn joined(argument: &Value) -> Option<Value> {
    let parts: Vec<String> = argument[1].as_array()?.iter().map(text_of).collect();
    Some(json!(parts.join(argument[0].as_str()?)))
}

fn selected(argument: &Value) -> Option<Value> {
    let at: usize = text_of(&argument[0]).parse().ok()?;
    argument[1].get(at).cloned()
}

fn split(argument: &Value) -> Option<Value> {
    let (between, text) = (argument[0].as_str()?, argument[1].as_str()?);
    Some(text.split(between).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(value: &Value) -> Result<Value, String> {
        let template = json!({
            "Parameters": {"Stage": {"Default": "dev"}, "Vpc": {"Type": "String"}},
            "Mappings": {"Sizes": {"dev": {"Memory": 256}}},
            "Conditions": {
                "IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]},
                "IsNot": {"Fn::Not": [{"Condition": "IsDev"}]},
                "Loop": {"Fn::Or": [{"Condition": "Loop"}]},
            },
        });
        let resolved = Intrinsics::of(&template).resolve(value);
        resolved.map_err(|unresolved| unresolved.0)
    }

    #[test]
    fn what_a_template_says_itself_is_worked_out() {
        for (value, expected) in [
            (json!({"Ref": "Stage"}), json!("dev")),
            (
                json!({"Fn::Sub": "https://x.${AWS::Region}.${AWS::URLSuffix}/${!Stage}"}),
                json!("https://x.us-east-1.amazonaws.com/${Stage}"),
            ),
            (
                json!({"Fn::Sub": ["${a}-${Stage}", {"a": {"Ref": "Stage"}}]}),
                json!("dev-dev"),
            ),
            (
                json!({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Memory"]}),
                json!(256),
            ),
            (
                json!({"Fn::If": ["IsNot", 1, {"Ref": "AWS::NoValue"}]}),
                Value::Null,
            ),
            (
                json!({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}),
                json!("b"),
            ),
            (json!({"Fn::Join": ["-", ["a", 1]]}), json!("a-1")),
        ] {
            assert_eq!(resolve(&value), Ok(expected), "{value}");
        }
    }

    #[test]
    fn what_only_a_stack_knows_is_named() {
        for (value, named) in [
            (
                json!({"Fn::ImportValue": "shared-subnet"}),
                "!ImportValue shared-subnet",
            ),
            (json!({"Fn::Sub": "x-${Table.Arn}"}), "!GetAtt Table.Arn"),
            (json!([{"Ref": "Table"}]), "!Ref Table"),
            (
                json!({"Ref": "Vpc"}),
                "the parameter Vpc, without a default",
            ),
            (
                json!({"Fn::If": ["Loop", 1, 2]}),
                "a definition that refers to itself",
            ),
        ] {
            assert_eq!(resolve(&value), Err(named.to_owned()), "{value}");
        }
    }
}
