//! What functions and logs need: their resources, the role that is passed on, and who else a
//! function lets invoke it.

use keywheel_emulator::state::iam::settings::Enforcement;
use serde_json::{Value, json};

use crate::client::{ACCOUNT, Answer, Client, TRUST_ACCOUNT, allow};

/// The smallest archive that holds a file.
const ZIP: &str = "UEsDBBQAAAAAAAAAIQAk1HDOBAAAAAQAAAABAAAAZnBhc3NQSwECFAMUAAAAAAAAACEAJNRwzgQAAAAEAAAAAQAAAAAAAAAAAAAAgAEAAAAAZlBLBQYAAAAAAQABAC8AAAAjAAAAAAA=";
pub(crate) const ROLE: &str = "arn:aws:iam::111122223333:role/rotator";
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:f";

pub(crate) fn lambda(client: &mut Client, method: &str, path: &str, body: &Value) -> Answer {
    let path = format!("/2015-03-31/functions{path}");
    let dry = [("x-amz-invocation-type", "DryRun")];
    client.send("lambda", method, &path, &dry, &body.to_string())
}

pub(crate) fn new_function(role: &str) -> Value {
    json!({ "FunctionName": "f", "Runtime": "provided.al2023", "Handler": "x", "Role": role,
        "Code": { "ZipFile": ZIP } })
}

/// A client whose account has a role that trusts Lambda.
pub(crate) fn client_with_role(enforcement: Enforcement) -> Client {
    let mut client = Client::new(enforcement);
    let trust = TRUST_ACCOUNT.replace(
        r#""AWS":"111122223333""#,
        r#""Service":"lambda.amazonaws.com""#,
    );
    let members = [
        ("RoleName", "rotator"),
        ("AssumeRolePolicyDocument", &*trust),
    ];
    client.iam("CreateRole", &members).ok();
    client
}

#[test]
fn a_role_is_given_to_a_function_only_by_who_may_pass_it_on() {
    let mut client = client_with_role(Enforcement::Enforce);
    let ann = client.become_user("ann", Some(&allow("lambda:*")));
    let denied = lambda(&mut client, "POST", "", &new_function(ROLE));
    let text = format!(
        "User: {ann} is not authorized to perform: iam:PassRole on resource: {ROLE} because no \
         identity-based policy allows the iam:PassRole action"
    );
    assert_eq!(
        (denied.status, &denied.json()["Message"]),
        (403, &json!(text))
    );
    let pass = |service: &str| {
        let policy = json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "lambda:*", "Resource": "*" },
            { "Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE,
              "Condition": { "StringEquals": { "iam:PassedToService": service } } } ] });
        policy.to_string()
    };
    client.set_user_policy("ann", &pass("ec2.amazonaws.com"));
    assert_eq!(
        lambda(&mut client, "POST", "", &new_function(ROLE)).status,
        403
    );
    client.set_user_policy("ann", &pass("lambda.amazonaws.com"));
    assert_eq!(
        lambda(&mut client, "POST", "", &new_function(ROLE)).status,
        201
    );
    let other = json!({ "Role": format!("{ROLE}2") });
    assert_eq!(
        lambda(&mut client, "PUT", "/f/configuration", &other).status,
        403
    );
    let same = json!({ "Timeout": 9 });
    assert_eq!(
        lambda(&mut client, "PUT", "/f/configuration", &same).status,
        200
    );
}

#[test]
fn a_role_that_lambda_cannot_assume_is_refused_where_policies_are_enforced() {
    let mut client = client_with_role(Enforcement::Enforce);
    let members = [
        ("RoleName", "people"),
        ("AssumeRolePolicyDocument", TRUST_ACCOUNT),
    ];
    client.iam("CreateRole", &members).ok();
    let text = "The role defined for the function cannot be assumed by Lambda.";
    for role in ["nobody", "people"] {
        let role = format!("arn:aws:iam::{ACCOUNT}:role/{role}");
        let refused = lambda(&mut client, "POST", "", &new_function(&role));
        assert_eq!(refused.status, 400);
        assert_eq!(
            refused.headers["x-amzn-errortype"],
            "InvalidParameterValueException"
        );
        assert_eq!(refused.json()["message"], text);
    }
    assert_eq!(
        lambda(&mut client, "POST", "", &new_function(ROLE)).status,
        201
    );
    let people = json!({ "Role": format!("arn:aws:iam::{ACCOUNT}:role/people") });
    let changed = lambda(&mut client, "PUT", "/f/configuration", &people);
    assert_eq!(
        (changed.status, &changed.json()["message"]),
        (400, &json!(text))
    );
}

#[test]
fn without_enforcement_a_role_that_is_there_must_trust_lambda_and_any_other_will_do() {
    for (enforcement, expected) in [(Enforcement::Audit, 400), (Enforcement::Off, 201)] {
        let mut client = Client::new(enforcement);
        let members = [
            ("RoleName", "people"),
            ("AssumeRolePolicyDocument", TRUST_ACCOUNT),
        ];
        client.iam("CreateRole", &members).ok();
        let people = format!("arn:aws:iam::{ACCOUNT}:role/people");
        let made = lambda(&mut client, "POST", "", &new_function(&people));
        assert_eq!(made.status, expected, "{enforcement:?}");
        let mut unknown = new_function(ROLE);
        unknown["FunctionName"] = json!("g");
        assert_eq!(lambda(&mut client, "POST", "", &unknown).status, 201);
        let role = json!({ "Role": people });
        let changed = lambda(&mut client, "PUT", "/g/configuration", &role);
        assert_eq!(changed.status, if expected == 201 { 200 } else { 400 });
    }
}

#[test]
fn a_role_of_another_account_is_not_passed_on() {
    let mut client = client_with_role(Enforcement::Enforce);
    let theirs = ROLE.replace(ACCOUNT, "444455556666");
    let refused = lambda(&mut client, "POST", "", &new_function(&theirs));
    let text = "Cross-account pass role is not allowed.";
    assert_eq!(
        (refused.status, &refused.json()["Message"]),
        (403, &json!(text))
    );
    assert_eq!(refused.headers["x-amzn-errortype"], "AccessDeniedException");
}

#[test]
fn what_is_no_role_is_refused_whatever_is_enforced() {
    for enforcement in [Enforcement::Off, Enforcement::Audit, Enforcement::Enforce] {
        let mut client = Client::new(enforcement);
        let user = format!("arn:aws:iam::{ACCOUNT}:user/ann");
        let refused = lambda(&mut client, "POST", "", &new_function(&user));
        assert_eq!(refused.status, 400);
        assert!(refused.text.contains("'role'"), "{}", refused.text);
    }
}

#[test]
fn a_functions_policy_lets_others_invoke_it() {
    let mut client = client_with_role(Enforcement::Enforce);
    assert_eq!(
        lambda(&mut client, "POST", "", &new_function(ROLE)).status,
        201
    );
    let ann = client.become_user("ann", None);
    // An event that is no object does not hide which function is meant.
    for event in [json!({ "FunctionName": "other" }), json!([1])] {
        let denied = lambda(&mut client, "POST", "/f/invocations", &event);
        let text = format!(
            "User: {ann} is not authorized to perform: lambda:InvokeFunction on resource: \
             {FUNCTION} because no identity-based policy allows the lambda:InvokeFunction action"
        );
        assert_eq!(
            (denied.status, &denied.json()["Message"]),
            (403, &json!(text))
        );
    }
    let permission = json!({ "StatementId": "ann", "Action": "lambda:InvokeFunction",
        "Principal": ann });
    client.as_account(|client| {
        assert_eq!(lambda(client, "POST", "/f/policy", &permission).status, 201);
    });
    assert_eq!(
        lambda(&mut client, "POST", "/f/invocations", &json!({})).status,
        204
    );
    assert_eq!(lambda(&mut client, "GET", "/f", &json!({})).status, 403);
}

#[test]
fn functions_and_log_groups_are_named_by_their_arns() {
    let mut client = client_with_role(Enforcement::Enforce);
    client.become_user("ann", None);
    for (method, path, action, resource) in [
        ("GET", "/f", "GetFunction", FUNCTION),
        ("GET", "", "ListFunctions", "*"),
        ("DELETE", "/f", "DeleteFunction", FUNCTION),
        ("GET", "/f/policy", "GetPolicy", FUNCTION),
        ("POST", "/f/versions", "PublishVersion", FUNCTION),
    ] {
        let denied = lambda(&mut client, method, path, &json!({}));
        let message = denied.json()["Message"].as_str().unwrap().to_owned();
        let expected = format!("lambda:{action} on resource: {resource} because");
        assert!(
            denied.status == 403 && message.contains(&expected),
            "{message}"
        );
    }
    let group = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/f";
    for (operation, stream) in [
        ("DescribeLogStreams", ""),
        ("FilterLogEvents", ""),
        ("GetLogEvents", "s"),
    ] {
        let target = format!("Logs_20140328.{operation}");
        let headers = [
            ("x-amz-target", &*target),
            ("content-type", "application/x-amz-json-1.1"),
        ];
        let body = json!({ "logGroupName": "/aws/lambda/f", "logStreamName": "s" }).to_string();
        let denied = client.send("logs", "POST", "/", &headers, &body);
        let resource = format!("{group}:log-stream:{stream}");
        let expected = format!("logs:{operation} on resource: {resource} because");
        assert!(denied.text.contains(&expected), "{}", denied.text);
        let policy = allow(&format!("logs:{operation}"));
        let policy = policy.replace(r#":"*""#, &format!(r#":"{group}:*""#));
        client.set_user_policy("ann", &policy);
        let allowed = client.send("logs", "POST", "/", &headers, &body);
        assert!(!allowed.text.contains("not authorized"), "{}", allowed.text);
        client.set_user_policy("ann", &allow("sts:GetCallerIdentity"));
    }
}
