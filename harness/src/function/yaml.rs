//! Templates as JSON: a short form such as `!Ref x` becomes its long form, `{"Ref": "x"}`.

use std::path::Path;

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Number, Value, json};

use super::error::FunctionError;

/// Reads a template, in either of its languages.
pub(super) fn read(path: &Path) -> Result<Value, FunctionError> {
    let wrong = |text: String| FunctionError::of(path, text);
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(&text).map_err(|error| wrong(error.to_string()));
    }
    let documents = Yaml::load_from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let first = documents
        .first()
        .ok_or_else(|| wrong("it is empty".to_owned()))?;
    Ok(plain(first))
}

fn plain(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(scalar) => plain_scalar(scalar),
        Yaml::Representation(text, ..) => json!(text),
        Yaml::Sequence(items) => items.iter().map(plain).collect(),
        Yaml::Mapping(members) => {
            let members = members.iter();
            let named = members.map(|(name, value)| (name_of(name), plain(value)));
            Value::Object(named.collect::<Map<_, _>>())
        }
        Yaml::Tagged(tag, value) => long_form(&tag.suffix, plain(value)),
        Yaml::Alias(_) | Yaml::BadValue => Value::Null,
    }
}

/// What a short form stands for [D].
fn long_form(tag: &str, value: Value) -> Value {
    match tag {
        "Ref" | "Condition" => json!({ tag: value }),
        _ => json!({ format!("Fn::{tag}"): value }),
    }
}

fn plain_scalar(scalar: &Scalar<'_>) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(is) => json!(is),
        Scalar::Integer(number) => json!(number),
        Scalar::FloatingPoint(number) => {
            Number::from_f64(number.into_inner()).map_or(Value::Null, Value::Number)
        }
        Scalar::String(text) => json!(text),
    }
}

fn name_of(key: &Yaml<'_>) -> String {
    match plain(key) {
        Value::String(name) => name,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_become_long_ones() {
        let text = "a: !Ref X\nb: !Sub '${X}-1'\nc: !GetAtt A.B\nd: !Join ['', [x, !Ref Y]]\ne: !If\n  - C\n  - 1\n  - true\nf: !Equals [a, b]\n";
        let documents = Yaml::load_from_str(text).unwrap();
        let expected = json!({
            "a": {"Ref": "X"}, "b": {"Fn::Sub": "${X}-1"}, "c": {"Fn::GetAtt": "A.B"},
            "d": {"Fn::Join": ["", ["x", {"Ref": "Y"}]]}, "e": {"Fn::If": ["C", 1, true]},
            "f": {"Fn::Equals": ["a", "b"]},
        });
        assert_eq!(plain(&documents[0]), expected);
    }
}
