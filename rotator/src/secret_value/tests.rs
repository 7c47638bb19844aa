//! Values that are read and rewritten, and those that are refused.

use super::*;
use proptest::prelude::*;

const OLD: &str = "da2-aaaaaaaaaaaaaaaaaaaaaaaaaa";
const NEW: &str = "da2-bbbbbbbbbbbbbbbbbbbbbbbbbb";

fn rotate(text: &str, field: Option<&str>) -> Result<String, Malformed> {
    let value = SecretValue::parse(text, field)?;
    Ok(value.with_key(&Key::parse(NEW).unwrap())?.to_string())
}

fn refused(text: &str, field: Option<&str>) -> Malformed {
    SecretValue::parse(text, field)
        .err()
        .unwrap_or_else(|| panic!("{text} was accepted"))
}

#[test]
fn members_order_and_number_text_stay() {
    let text = format!(
        r#"{{"zone":"z","APIKEY":"{OLD}","n":1.10,"big":9223372036854775808,"e":1E400,"ü":"é☃",
            "deep":{{"b":null,"a":[1,{{"c":-0}}]}},"none":null}}"#
    );
    let expected: Value = serde_json::from_str(&text.replace(OLD, NEW)).unwrap();
    assert_eq!(rotate(&text, None).unwrap(), expected.to_string());
    for kept in ["1.10", "9223372036854775808", "\"ü\":\"é☃\"", "-0"] {
        assert!(expected.to_string().contains(kept), "{kept}");
    }
}

#[test]
fn a_bare_key_is_trimmed_and_keeps_only_its_newline() {
    assert_eq!(rotate(OLD, None).unwrap(), NEW);
    assert_eq!(
        rotate(&format!("\u{feff} {OLD}\t\r\n"), None).unwrap(),
        format!("{NEW}\n")
    );
    assert_eq!(rotate("CHANGE_ME", None).unwrap(), NEW);
    assert!(
        SecretValue::parse("CHANGE_ME", None)
            .unwrap()
            .key()
            .is_none()
    );
}

#[test]
fn the_field_is_configured_default_or_the_only_key() {
    let two = format!(r#"{{"a":"{OLD}","APIKEY":"x"}}"#);
    assert_eq!(
        rotate(&two, None).unwrap(),
        format!(r#"{{"a":"{OLD}","APIKEY":"{NEW}"}}"#)
    );
    assert_eq!(
        rotate(&two, Some("a")).unwrap(),
        format!(r#"{{"a":"{NEW}","APIKEY":"x"}}"#)
    );
    let only = format!(r#"{{"url":"u","k/1":"{OLD}"}}"#);
    assert_eq!(rotate(&only, None).unwrap(), only.replace(OLD, NEW));
    let nested = format!(r#"{{"app":{{"key":"{OLD}"}}}}"#);
    assert_eq!(
        rotate(&nested, Some("/app/key")).unwrap(),
        nested.replace(OLD, NEW)
    );
}

#[test]
fn malformed_values_are_told_apart() {
    let member = |name: &str| name.to_owned();
    assert_eq!(refused(" \n", None), Malformed::Empty);
    assert_eq!(refused("{broken", None), Malformed::NotJson);
    assert_eq!(refused("not a key", None), Malformed::NotJson);
    assert_eq!(refused("CHANGE_ME", Some("APIKEY")), Malformed::NotJson);
    for scalar in ["[1]", "12", "true", "null", "\"x\""] {
        assert_eq!(refused(scalar, None), Malformed::NotObject, "{scalar}");
    }
    assert_eq!(
        refused(r#"{"a":{"b":1,"b":2}}"#, None),
        Malformed::DuplicateMember(member("b"))
    );
    assert_eq!(
        refused(r#"{"a":"1"}"#, None),
        Malformed::FieldMissing(member("APIKEY"))
    );
    assert_eq!(
        refused(r#"{"a":"1"}"#, Some("b")),
        Malformed::FieldMissing(member("b"))
    );
    let whole_answer = format!(r#"{{"APIKEY":{{"apiKey":{{"id":"{OLD}"}}}}}}"#);
    assert_eq!(
        refused(&whole_answer, None),
        Malformed::FieldNotString(member("APIKEY"))
    );
    let two = format!(r#"{{"a":"{OLD}","b":"{NEW}"}}"#);
    assert_eq!(
        refused(&two, None),
        Malformed::FieldAmbiguous(vec![member("a"), member("b")])
    );
}

#[test]
fn the_size_is_judged_with_the_new_key() {
    let filler = "x".repeat(LARGEST - r#"{"APIKEY":"","f":""}"#.len() - 30);
    assert_eq!(
        rotate(&format!(r#"{{"APIKEY":"","f":"{filler}"}}"#), None)
            .unwrap()
            .len(),
        LARGEST
    );
    let error = rotate(&format!(r#"{{"APIKEY":"","f":"{filler}y"}}"#), None).unwrap_err();
    assert_eq!(error, Malformed::TooLarge(LARGEST + 1));
}

#[test]
fn a_secret_that_never_had_a_value_starts_as_an_object() {
    let key = Key::parse(NEW).unwrap();
    let text = SecretValue::initial(None).with_key(&key).unwrap();
    assert_eq!(*text, format!(r#"{{"APIKEY":"{NEW}"}}"#));
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "-?[1-9][0-9]{0,30}(\\.[0-9]{1,9})?".prop_map(|n| serde_json::from_str(&n).unwrap()),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((".{0,6}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn everything_but_the_field_survives(
        before in prop::collection::vec(("b.{0,6}", json()), 0..4),
        after in prop::collection::vec(("c.{0,6}", json()), 0..4),
    ) {
        let field = ("APIKEY".to_owned(), Value::from(OLD));
        let members = before.into_iter().chain([field]).chain(after);
        let text = Value::Object(members.collect()).to_string();
        let rotated = rotate(&text, None).unwrap();
        prop_assert_eq!(rotate(&rotated, None).unwrap(), rotated.clone());
        prop_assert_eq!(rotated, text.replacen(OLD, NEW, 1));
    }

    #[test]
    fn parsing_never_panics(text in ".{0,60}") {
        let _ = SecretValue::parse(&text, None).map(|value| value.key().is_some());
    }
}
