//! Every list in pages: whole, in one order, with tokens that are bound to their request.

use serde_json::{Value, json};

use crate::stage::Stage;

/// Lists with more than a page, and where their items stand.
fn lists() -> Vec<(&'static str, Value, &'static str)> {
    let by_name = json!([{"Key": "name", "Values": ["s"]}]);
    let by_text = json!([{"Key": "all", "Values": ["s"]}]);
    let versions =
        |id: &str, deprecated: bool| json!({"SecretId": id, "IncludeDeprecated": deprecated});
    vec![
        ("ListSecrets", json!({}), "SecretList"),
        ("ListSecrets", json!({"SortOrder": "desc"}), "SecretList"),
        ("ListSecrets", json!({"SortBy": "name"}), "SecretList"),
        ("ListSecrets", json!({"Filters": by_name}), "SecretList"),
        (
            "ListSecrets",
            json!({"IncludePlannedDeletion": true}),
            "SecretList",
        ),
        ("ListSecretVersionIds", versions("s/1", true), "Versions"),
        ("ListSecretVersionIds", versions("s/2", true), "Versions"),
        ("ListSecretVersionIds", versions("s/1", false), "Versions"),
        (
            "BatchGetSecretValue",
            json!({"Filters": by_name}),
            "SecretValues",
        ),
        (
            "BatchGetSecretValue",
            json!({"Filters": by_text}),
            "SecretValues",
        ),
    ]
}

/// Seven secrets, two of which have five versions.
fn stage() -> Stage {
    let mut stage = Stage::new(Default::default());
    for number in 0..7 {
        let new = json!({"Name": format!("s/{number}"), "SecretString": "0"});
        stage.must("CreateSecret", new);
    }
    for id in ["s/1", "s/2"] {
        for value in 1..5 {
            let put = json!({"SecretId": id, "SecretString": value.to_string()});
            stage.must("PutSecretValue", put);
        }
    }
    stage
}

fn with(request: &Value, member: &str, value: Value) -> Value {
    let mut request = request.clone();
    request[member] = value;
    request
}

fn all(
    stage: &mut Stage,
    operation: &str,
    request: &Value,
    items: &str,
    size: usize,
) -> Vec<Value> {
    let (mut seen, mut token) = (Vec::new(), Value::Null);
    loop {
        let page = with(
            &with(request, "MaxResults", json!(size)),
            "NextToken",
            token,
        );
        let answer = stage.must(operation, page);
        let list = answer[items].as_array().expect("a list");
        assert!(list.len() <= size);
        // A read in between changes what a listing tells, not its order.
        let identity = |item: &Value| json!([item["ARN"], item["VersionId"]]);
        seen.extend(list.iter().map(identity));
        token = answer["NextToken"].clone();
        if token.is_null() {
            return seen;
        }
    }
}

#[test]
fn every_list_is_whole_and_in_one_order_whatever_the_size_of_its_pages() {
    let mut stage = stage();
    for (operation, request, items) in lists() {
        let whole = all(&mut stage, operation, &request, items, 20);
        assert!(whole.len() >= 2, "{operation} {request}");
        for size in 1..5 {
            let paged = all(&mut stage, operation, &request, items, size);
            assert_eq!(paged, whole, "{operation} {request} by {size}");
        }
    }
}

#[test]
fn every_token_belongs_to_its_request_and_to_no_other() {
    let mut stage = stage();
    for (index, (operation, request, _)) in lists().into_iter().enumerate() {
        let first = stage.must(operation, with(&request, "MaxResults", json!(1)));
        let token = &first["NextToken"];
        assert!(token.is_string(), "{operation} {request}");
        for (other_index, (other, other_request, _)) in lists().into_iter().enumerate() {
            let answer = stage.call(other, with(&other_request, "NextToken", token.clone()));
            let refused = (index != other_index).then_some("InvalidNextTokenException");
            assert_eq!(
                answer.error_code(),
                refused,
                "{operation} {request}, {other} {other_request}"
            );
        }
    }
    let policies = json!({"SecretId": "s/1", "NextToken": "forged"});
    let answer = stage.call("ListResourcePolicies", policies);
    assert_eq!(answer.error_code(), Some("InvalidNextTokenException"));
}
