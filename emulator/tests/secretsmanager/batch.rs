//! BatchGetSecretValue, ListResourcePolicies and ValidateResourcePolicy, of which nothing is
//! recorded but the check of names.

use keywheel_emulator::state::Settings;
use serde_json::{Value, json};

use crate::refused;
use crate::stage::Stage;

fn stage(secrets: usize) -> Stage {
    let mut stage = Stage::new(Settings::default());
    for number in 0..secrets {
        let name = format!("batch/{number:02}");
        stage.must(
            "CreateSecret",
            json!({"Name": name, "SecretString": format!("value {number}")}),
        );
    }
    stage
}

fn values(answer: &Value) -> Vec<&str> {
    let values = answer["SecretValues"].as_array().expect("values");
    values
        .iter()
        .filter_map(|value| value["SecretString"].as_str())
        .collect()
}

#[test]
fn a_batch_gives_current_values_in_the_order_asked_for_and_fails_by_the_secret() {
    let mut stage = stage(3);
    stage.must("DeleteSecret", json!({"SecretId": "batch/01"}));
    let ids = json!(["batch/02", "nobody", "batch/01", "batch/00"]);
    let answer = stage.must("BatchGetSecretValue", json!({"SecretIdList": ids}));
    assert_eq!(values(&answer), ["value 2", "value 0"]);
    assert_eq!(
        answer["SecretValues"][0]["VersionStages"],
        json!(["AWSCURRENT"])
    );
    let members: Vec<_> = answer["SecretValues"][0]
        .as_object()
        .expect("members")
        .keys()
        .collect();
    assert_eq!(members.len(), 6);
    let errors = answer["Errors"].as_array().expect("errors");
    assert_eq!(
        errors[0],
        json!({
            "ErrorCode": "ResourceNotFoundException",
            "Message": "Secrets Manager can't find the specified secret.",
            "SecretId": "nobody",
        })
    );
    assert_eq!(errors[1]["ErrorCode"], "InvalidRequestException");
    assert_eq!(errors.len(), 2);
    let read = stage.must("DescribeSecret", json!({"SecretId": "batch/00"}));
    assert!(read["LastAccessedDate"].is_number(), "a batch reads");
}

#[test]
fn a_batch_without_errors_has_no_errors_member() {
    let mut stage = stage(1);
    let answer = stage.must("BatchGetSecretValue", json!({"SecretIdList": ["batch/00"]}));
    assert!(answer.get("Errors").is_none() && answer.get("NextToken").is_none());
}

#[test]
fn a_batch_takes_ids_or_filters_and_pages_filters_only() {
    let mut stage = stage(1);
    let filters = json!([{"Key": "name", "Values": ["batch/"]}]);
    for (request, told) in [
        (
            json!({}),
            "Either 'SecretIdList' or 'Filters' must be provided, but not both.",
        ),
        (
            json!({"SecretIdList": ["s"], "Filters": filters}),
            "but not both",
        ),
        (
            json!({"SecretIdList": ["s"], "MaxResults": 5}),
            "'Filters' must also be specified",
        ),
    ] {
        refused(
            &stage.call("BatchGetSecretValue", request),
            "InvalidParameterException",
            told,
        );
    }
    let many: Vec<_> = (0..21).map(|number| number.to_string()).collect();
    let answer = stage.call("BatchGetSecretValue", json!({"SecretIdList": many}));
    refused(
        &answer,
        "ValidationException",
        "'secretIdList' failed to satisfy constraint: Member must have length less than or equal to 20",
    );
}

#[test]
fn a_batch_by_filters_comes_in_pages_whose_tokens_belong_to_their_filters() {
    let mut stage = stage(25);
    let filters = json!([{"Key": "name", "Values": ["batch/"]}]);
    let first = stage.must("BatchGetSecretValue", json!({"Filters": filters}));
    assert_eq!(values(&first).len(), 20);
    let rest = json!({"Filters": filters, "NextToken": first["NextToken"]});
    let rest = stage.must("BatchGetSecretValue", rest);
    assert_eq!(
        values(&rest),
        ["value 20", "value 21", "value 22", "value 23", "value 24"]
    );
    assert_eq!(rest["NextToken"], Value::Null);
    let others = json!([{"Key": "name", "Values": ["batch/0"]}]);
    let forged = json!({"Filters": others, "NextToken": first["NextToken"]});
    refused(
        &stage.call("BatchGetSecretValue", forged),
        "InvalidNextTokenException",
        "",
    );
}

#[test]
fn policies_are_listed_by_name() {
    let mut stage = stage(1);
    let id = json!({"SecretId": "batch/00"});
    let none = stage.must("ListResourcePolicies", id.clone());
    assert_eq!(none, json!({"ResourcePolicies": []}));
    let text = r#"{"Statement":{"Effect":"Deny","Action":"*","Principal":"*"}}"#;
    let policy = json!({"SecretId": "batch/00", "ResourcePolicy": text});
    stage.must("PutResourcePolicy", policy);
    let listed = stage.must("ListResourcePolicies", id);
    assert_eq!(
        listed,
        json!({"ResourcePolicies": [{"PolicyName": "default"}]})
    );
    let forged = json!({"SecretId": "batch/00", "NextToken": "x"});
    refused(
        &stage.call("ListResourcePolicies", forged),
        "InvalidNextTokenException",
        "",
    );
}

#[test]
fn a_policy_is_validated_with_and_without_a_secret() {
    let mut stage = stage(1);
    let statement = |principal: &str| {
        format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Principal":{principal}}}}}"#)
    };
    let fine = stage.must(
        "ValidateResourcePolicy",
        json!({"ResourcePolicy": statement(r#"{"AWS":"arn:aws:iam::111111111111:root"}"#)}),
    );
    assert_eq!(
        fine,
        json!({"PolicyValidationPassed": true, "ValidationErrors": []})
    );
    let public = json!({"SecretId": "batch/00", "ResourcePolicy": statement("\"*\"")});
    let public = stage.must("ValidateResourcePolicy", public);
    assert_eq!(public["PolicyValidationPassed"], false);
    assert!(public["ValidationErrors"][0]["CheckName"].is_string());
    let broken = stage.call("ValidateResourcePolicy", json!({"ResourcePolicy": "{"}));
    refused(&broken, "MalformedPolicyDocumentException", "");
    let unknown = json!({"SecretId": "nobody", "ResourcePolicy": "{}"});
    refused(
        &stage.call("ValidateResourcePolicy", unknown),
        "ResourceNotFoundException",
        "",
    );
}
