//! Recordings of callers from another account.

use keywheel_clients::{Test, tests};
use serde_json::{Value, json};

use super::stage::Stage;

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] with_the_default_key_another_account_reaches_all_but_the_value,
        [] with_a_key_of_its_own_another_account_reaches_the_value_too,
        [] without_a_policy_or_by_name_another_account_reaches_nothing,
    ]
}

const OWNER: &str = "000000000000";
const CALLER: &str = "111111111111";
const REGION: &str = "us-east-1";
const POLICY: &str = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*"}]}"#;

/// Makes a secret that another account may use, and goes on from there; the secret's ARN.
fn share(stage: &mut Stage, members: Value) -> String {
    let mut request = json!({"Name": "s", "SecretString": "secret"});
    for (name, value) in members.as_object().expect("members") {
        request[name] = value.clone();
    }
    let created = stage.must("CreateSecret", request);
    let policy = json!({"SecretId": "s", "ResourcePolicy": POLICY});
    stage.must("PutResourcePolicy", policy);
    stage.caller = Some((CALLER, REGION));
    created["ARN"].as_str().expect("an ARN").to_owned()
}

fn as_owner(stage: &mut Stage, operation: &str, request: Value) -> Value {
    let caller = stage.caller.replace((OWNER, REGION));
    let answer = stage.must(operation, request);
    stage.caller = caller;
    answer
}

/// ls-assert/cross_account_default_key
fn with_the_default_key_another_account_reaches_all_but_the_value() {
    let mut stage = Stage::open();
    let arn = share(&mut stage, json!({}));
    let id = json!({"SecretId": arn});
    let put = json!({"SecretId": arn, "SecretString": "x"});
    for (operation, request) in [("GetSecretValue", id.clone()), ("PutSecretValue", put)] {
        let answer = stage.call(operation, request);
        assert_eq!(answer.error_code(), Some("InvalidRequestException"));
        let text = "You can't access a secret from a different AWS account if you encrypt the \
                    secret with the default KMS service key.";
        assert_eq!(answer.message(), Some(text), "{operation}");
    }
    stage.must("DescribeSecret", id.clone());
    let policy = json!({"SecretId": arn, "ResourcePolicy": POLICY});
    stage.must("PutResourcePolicy", policy);
    let got = stage.must("GetResourcePolicy", id.clone());
    assert_eq!(got["ResourcePolicy"], POLICY);
    let versions = stage.must("ListSecretVersionIds", id.clone());
    assert_eq!(versions["Versions"].as_array().map(Vec::len), Some(1));
    let tags = json!({"SecretId": arn, "Tags": [{"Key": "k", "Value": "v"}]});
    stage.must("TagResource", tags);
    stage.must("UntagResource", json!({"SecretId": arn, "TagKeys": ["k"]}));
    let described = as_owner(&mut stage, "DescribeSecret", id);
    assert_eq!(described["Tags"], json!([]));
    assert_eq!(
        stage.must("ListSecrets", json!({}))["SecretList"],
        json!([])
    );
    let delete = json!({"SecretId": arn, "ForceDeleteWithoutRecovery": true});
    stage.must("DeleteSecret", delete);
}

/// ls-assert/cross_account_own_key
fn with_a_key_of_its_own_another_account_reaches_the_value_too() {
    let mut stage = Stage::open();
    let arn = share(&mut stage, json!({"KmsKeyId": "key"}));
    let id = json!({"SecretId": arn});
    assert_eq!(
        stage.must("GetSecretValue", id.clone())["SecretString"],
        "secret"
    );
    stage.must(
        "PutSecretValue",
        json!({"SecretId": arn, "SecretString": "new"}),
    );
    let delete =
        json!({"SecretId": arn, "ForceDeleteWithoutRecovery": false, "RecoveryWindowInDays": 7});
    stage.must("DeleteSecret", delete);
    let described = as_owner(&mut stage, "DescribeSecret", id.clone());
    assert!(described["DeletedDate"].is_number());
    stage.must("RestoreSecret", id.clone());
    let described = as_owner(&mut stage, "DescribeSecret", id);
    assert_eq!(described["DeletedDate"], Value::Null);
}

fn without_a_policy_or_by_name_another_account_reaches_nothing() {
    let mut stage = Stage::open();
    let arn = share(&mut stage, json!({"KmsKeyId": "key"}));
    as_owner(&mut stage, "DeleteResourcePolicy", json!({"SecretId": "s"}));
    let answer = stage.call("GetSecretValue", json!({"SecretId": arn}));
    assert_eq!(answer.error_code(), Some("AccessDeniedException"));
    let by_name = stage.call("GetSecretValue", json!({"SecretId": "s"}));
    assert_eq!(by_name.error_code(), Some("ResourceNotFoundException"));
}
