//! Who may invoke a function, and that rotation asks.

use keywheel_clients::{Test, tests};
use serde_json::{Value, json};

use crate::client::Client;

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] a_permission_is_given_shown_and_taken,
        [] bad_permissions_are_refused,
        [] rotation_needs_a_permission,
        [] a_qualified_arn_has_a_policy_of_its_own,
        [] what_narrows_a_permission_is_kept_as_its_condition,
    ]
}

const DENIED: &str = "Secrets Manager cannot invoke the specified Lambda function. Ensure that the \
                      function policy grants access to the principal secretsmanager.amazonaws.com.";

fn permission(sid: &str) -> Value {
    json!({
        "StatementId": sid,
        "Action": "lambda:InvokeFunction",
        "Principal": "secretsmanager.amazonaws.com",
    })
}

fn a_permission_is_given_shown_and_taken() {
    let mut client = Client::new();
    client.create("f");
    let none = client.call("GET", "/f/policy", &Value::Null);
    let missing = (
        404,
        "ResourceNotFoundException",
        "The resource you requested does not exist.",
    );
    assert_eq!(none.error(), missing);
    // AddPermission
    let mut input = permission("s");
    input["SourceAccount"] = json!("000000000000");
    input["SourceArn"] = json!("arn:aws:secretsmanager:us-east-1:000000000000:secret:*");
    let added = client.call("POST", "/f/policy", &input);
    assert_eq!(added.status, 201);
    let statement: Value = serde_json::from_str(added.ok()["Statement"].as_str().unwrap()).unwrap();
    let expected = json!({
        "Sid": "s",
        "Effect": "Allow",
        "Principal": { "Service": "secretsmanager.amazonaws.com" },
        "Action": "lambda:InvokeFunction",
        "Resource": "arn:aws:lambda:us-east-1:000000000000:function:f",
        "Condition": {
            "StringEquals": { "AWS:SourceAccount": "000000000000" },
            "ArnLike": {
                "AWS:SourceArn": "arn:aws:secretsmanager:us-east-1:000000000000:secret:*"
            },
        },
    });
    assert_eq!(statement, expected);
    // GetPolicy
    let policy = client.call("GET", "/f/policy", &Value::Null).ok();
    let policy: Value = serde_json::from_str(policy["Policy"].as_str().unwrap()).unwrap();
    let expected = json!({ "Version": "2012-10-17", "Id": "default", "Statement": [statement] });
    assert_eq!(policy, expected);
    // RemovePermission
    let other = client.call("DELETE", "/f/policy/other", &Value::Null);
    let text = "Statement other is not found in resource policy.";
    assert_eq!(other.error(), (404, "ResourceNotFoundException", text));
    assert_eq!(
        client.call("DELETE", "/f/policy/s", &Value::Null).status,
        204
    );
    let again = client.call("DELETE", "/f/policy/s", &Value::Null);
    assert_eq!(
        again.error().2,
        "No policy is associated with the given resource."
    );
}

fn what_narrows_a_permission_is_kept_as_its_condition() {
    let mut client = Client::new();
    client.create("f");
    let mut input = permission("url");
    input["Principal"] = json!("*");
    for (member, value) in [
        ("FunctionUrlAuthType", json!("NONE")),
        ("EventSourceToken", json!("amzn1.ask.skill")),
        ("InvokedViaFunctionUrl", json!(true)),
        ("PrincipalOrgID", json!("o-1234567890")),
    ] {
        input[member] = value;
    }
    let added = client.call("POST", "/f/policy", &input).ok();
    let statement: Value = serde_json::from_str(added["Statement"].as_str().unwrap()).unwrap();
    let expected = json!({
        "StringEquals": {
            "lambda:FunctionUrlAuthType": "NONE",
            "lambda:EventSourceToken": "amzn1.ask.skill",
            "aws:PrincipalOrgID": "o-1234567890",
        },
        "Bool": { "lambda:InvokedViaFunctionUrl": "true" },
    });
    assert_eq!(statement["Condition"], expected);
    // It grants Secrets Manager nothing.
    let secret = json!({ "Name": "s", "SecretString": "x", "ClientRequestToken": "t".repeat(32) });
    client.secrets("CreateSecret", &secret).ok();
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let token = "u".repeat(32);
    let rotation =
        json!({ "SecretId": "s", "RotationLambdaARN": arn, "ClientRequestToken": token });
    assert_eq!(
        client.secrets("RotateSecret", &rotation).json["Message"],
        DENIED
    );
    let mut stale = permission("other");
    stale["RevisionId"] = json!("old");
    let refused = client.call("POST", "/f/policy", &stale);
    assert!(
        refused.error().2.contains("Call the GetPolicy API"),
        "{refused:?}"
    );
}

fn bad_permissions_are_refused() {
    let mut client = Client::new();
    client.create("f");
    client.call("POST", "/f/policy", &permission("s")).ok();
    let again = client.call("POST", "/f/policy", &permission("s"));
    assert_eq!(again.error().1, "ResourceConflictException");
    assert!(
        again
            .error()
            .2
            .starts_with("The statement id (s) provided already exists.")
    );
    for (member, value, code) in [
        ("Principal", "nobody", "InvalidParameterValueException"),
        ("Principal", "", "ValidationException"),
        (
            "Action",
            "secretsmanager:GetSecretValue",
            "ValidationException",
        ),
        ("SourceAccount", "12", "ValidationException"),
        ("SourceArn", "secret", "ValidationException"),
        ("StatementId", "a b", "ValidationException"),
    ] {
        let mut input = permission("t");
        input[member] = json!(value);
        let refused = client.call("POST", "/f/policy", &input);
        assert_eq!(
            (refused.status, refused.code.as_str()),
            (400, code),
            "{member} {value}"
        );
    }
    assert_eq!(
        client.call("POST", "/g/policy", &permission("s")).status,
        404
    );
}

/// Asks for a rotation, and tells the code and the message if it is refused.
fn rotate(client: &mut Client, function: &str) -> Option<(String, String)> {
    let input = json!({
        "SecretId": "s",
        "ClientRequestToken": "t".repeat(32),
        "RotationLambdaARN": function,
        "RotationRules": { "AutomaticallyAfterDays": 3 },
    });
    let answer = client.secrets("RotateSecret", &input);
    let text = |name: &str| answer.json[name].as_str().unwrap_or_default().to_owned();
    (answer.status != 200).then(|| (text("__type"), text("Message")))
}

fn with_secret() -> Client {
    let mut client = Client::new();
    let secret = json!({ "Name": "s", "SecretString": "x", "ClientRequestToken": "v".repeat(32) });
    client.secrets("CreateSecret", &secret).ok();
    client.create("f");
    client
}

fn denied() -> Option<(String, String)> {
    Some(("AccessDeniedException".to_owned(), DENIED.to_owned()))
}

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

fn rotation_needs_a_permission() {
    let mut client = with_secret();
    assert_eq!(rotate(&mut client, FUNCTION), denied());
    let secret = client
        .secrets("DescribeSecret", &json!({ "SecretId": "s" }))
        .ok();
    assert!(secret.get("RotationEnabled").is_none() && secret.get("RotationRules").is_none());
    let mut other = permission("other");
    other["SourceAccount"] = json!("111122223333");
    client.call("POST", "/f/policy", &other).ok();
    assert_eq!(rotate(&mut client, FUNCTION), denied());
    client.call("POST", "/f/policy", &permission("s")).ok();
    assert_eq!(rotate(&mut client, FUNCTION), None);
    let missing = FUNCTION.replace(":f", ":g");
    assert_eq!(rotate(&mut with_secret(), &missing), denied());
}

fn a_qualified_arn_has_a_policy_of_its_own() {
    let mut client = with_secret();
    client.call("POST", "/f/versions", &json!({})).ok();
    let live = json!({ "Name": "live", "FunctionVersion": "1" });
    client.call("POST", "/f/aliases", &live).ok();
    client.call("POST", "/f/policy", &permission("s")).ok();
    let qualified = format!("{FUNCTION}:live");
    assert_eq!(rotate(&mut client, &qualified), denied());
    client
        .call("POST", "/f/policy?Qualifier=live", &permission("s"))
        .ok();
    assert_eq!(rotate(&mut client, &qualified), None);
    let unknown = client.call("POST", "/f/policy?Qualifier=x", &permission("s"));
    assert_eq!(unknown.status, 404);
}
