//! Tables, and what is told of requests that break them.

use serde_json::json;

use super::*;

fn check(operation: &str, request: Value) -> Result<Violations, RequestError> {
    let Value::Object(request) = request else {
        panic!("an object")
    };
    SECRETS_MANAGER.check(operation, &request)
}

fn told(operation: &str, request: Value) -> String {
    check(operation, request).unwrap().to_string()
}

#[test]
fn the_table_holds_every_operation_of_the_model() {
    assert_eq!(SECRETS_MANAGER.table.operations().count(), 26);
    assert!(SECRETS_MANAGER.table.source.starts_with("botocore"));
}

#[test]
fn a_violation_inside_a_list_is_told_by_its_place() {
    let filters = json!([{"Key": "name", "Values": ["ok"]}, {"Key": "nam", "Values": ["ü"]}]);
    let told = told("ListSecrets", json!({ "Filters": filters }));
    assert!(
        told.starts_with("2 validation errors detected: Value 'nam' at 'filters.2.member.key'"),
        "{told}"
    );
    assert!(
        told.contains("enum value set: [description, name, "),
        "{told}"
    );
    assert!(
        told.contains("'filters.2.member.values.1.member'"),
        "{told}"
    );
}

#[test]
fn nulls_are_absent_and_what_is_needed_is_missed() {
    let told = told(
        "CreateSecret",
        json!({"Name": null, "Tags": [{"Value": "x"}], "Description": null}),
    );
    assert_eq!(
        told,
        "2 validation errors detected: Value null at 'name' failed to satisfy constraint: \
         Member must not be null; Value null at 'tags.1.member.key' failed to satisfy \
         constraint: Member must not be null"
    );
}

#[test]
fn a_wrong_type_is_told_before_any_violation() {
    for (request, at) in [
        (json!({"Name": 1}), "member Name"),
        (
            json!({"Name": "", "Tags": [{"Key": "k", "Value": true}]}),
            "member Tags[0].Value",
        ),
        (
            json!({"Name": "n", "SecretBinary": "%"}),
            "member SecretBinary",
        ),
        (json!({"Name": "n", "Tags": {}}), "member Tags"),
    ] {
        let Err(RequestError::BadJson { at: told }) = check("CreateSecret", request) else {
            panic!("{at}")
        };
        assert_eq!(told, at);
    }
}

#[test]
fn no_sensitive_value_is_repeated() {
    let told = told(
        "CreateSecret",
        json!({"Name": "n", "SecretString": "hunter2".repeat(10_000)}),
    );
    assert!(told.contains("***") && !told.contains("hunter2"));
}

fn told_by(service: Service, operation: &str, request: Value) -> String {
    let Value::Object(request) = request else {
        panic!("an object")
    };
    let constraints = of(service).unwrap();
    constraints.check(operation, &request).unwrap().to_string()
}

#[test]
fn iam_repeats_no_value_and_tells_texts_in_lists_at_the_list() {
    let tags =
        |key: &str, value: &str| json!({"RoleName": "r", "Tags": [{"Key": key, "Value": value}]});
    let told = |operation: &str, request: Value| told_by(Service::Iam, operation, request);
    let frame = |path: &str, rule: &str| {
        format!(
            "1 validation error detected: Value at '{path}' failed to satisfy constraint: \
             Member must {rule}"
        )
    };
    assert_eq!(
        told("TagRole", tags(&"k".repeat(129), "v")),
        frame("tags.1.member.key", "have length less than or equal to 128")
    );
    let pattern = r"satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+";
    assert_eq!(
        told("TagRole", tags("a&b", "v")),
        frame("tags.1.member.key", pattern)
    );
    let removed = json!({"RoleName": "r", "TagKeys": ["k".repeat(129)]});
    let all = format!(
        "satisfy constraint: [Member must have length less than or equal to 128, Member must have \
         length greater than or equal to 1, Member must {pattern}, Member must not be null]"
    );
    assert_eq!(told("UntagRole", removed), frame("tagKeys", &all));
    let many: Vec<Value> = (0..51)
        .map(|n| json!({"Key": n.to_string(), "Value": ""}))
        .collect();
    let many = json!({"RoleName": "r", "Tags": many});
    assert_eq!(
        told("TagRole", many),
        frame("tags", "have length less than or equal to 50")
    );
    let version = json!({"PolicyArn": "arn:aws:iam::aws:policy/p", "VersionId": "1"});
    let pattern = r"satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?";
    assert_eq!(
        told("GetPolicyVersion", version),
        frame("versionId", pattern)
    );
}

#[test]
fn sts_repeats_values_and_reads_numbers_from_texts() {
    let request = |name: &str, seconds: &str| {
        let arn = "arn:aws:iam::111122223333:role/r";
        json!({"RoleArn": arn, "RoleSessionName": name, "DurationSeconds": seconds})
    };
    let told = told_by(Service::Sts, "AssumeRole", request("a:b", "899"));
    assert_eq!(
        told,
        "2 validation errors detected: Value 'a:b' at 'roleSessionName' failed to satisfy \
         constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*; Value '899' at \
         'durationSeconds' failed to satisfy constraint: Member must have value greater than or \
         equal to 900"
    );
    let Value::Object(many) = request("ab", "many") else {
        panic!("an object")
    };
    assert!(STS.check("AssumeRole", &many).is_err());
    assert_eq!(
        told_by(Service::Sts, "AssumeRole", request("ab", "900"))
            .split(' ')
            .next(),
        Some("0")
    );
}

#[test]
fn names_and_paths_are_refused_in_words_of_iams_own() {
    let told = |operation, request: Value| {
        let request = request.as_object().unwrap();
        IAM.check(operation, request).unwrap().to_string()
    };
    let name = "The specified value for roleName is invalid. It must contain only alphanumeric \
                characters and/or the following: +=,.@_-";
    assert_eq!(told("GetRole", json!({ "RoleName": "a b" })), name);
    let path = told("CreateUser", json!({ "UserName": "u", "Path": "/a" }));
    assert!(
        path.starts_with("The specified value for path is invalid. It must begin"),
        "{path}"
    );
    let both = told("CreateUser", json!({ "UserName": "a b", "Path": "" }));
    assert!(
        both.starts_with("1 validation error detected: Value at 'path'"),
        "{both}"
    );
}
