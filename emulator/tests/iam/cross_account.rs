//! Callers of one account who name a secret or a function of another by its ARN: both their own
//! policies and that of what they name must let them [D].

use keywheel_emulator::state::iam::settings::Enforcement;
use serde_json::{Value, json};

use crate::client::{ACCOUNT, Answer, Client, TRUST_ACCOUNT, allow};
use crate::functions::{client_with_role, lambda, new_function};

/// The account of the callers.
const OTHER: &str = "444455556666";
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:f";

/// Makes a secret with a key of its own and a policy that lets `principal` read it; its ARN.
fn share_secret(client: &mut Client, principal: &str) -> String {
    client.as_account(|client| {
        let token = "0123456789abcdef0123456789abcdef";
        let body = json!({ "Name": "s", "SecretString": "v", "KmsKeyId": "key",
            "ClientRequestToken": token });
        let made = client.secrets("CreateSecret", &body).ok().json();
        let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
            "Principal": { "AWS": principal }, "Action": "secretsmanager:GetSecretValue",
            "Resource": "*" }] });
        let body = json!({ "SecretId": "s", "ResourcePolicy": policy.to_string() });
        client.secrets("PutResourcePolicy", &body).ok();
        made["ARN"].as_str().unwrap().to_owned()
    })
}

/// A user of the other account, whose key signs from now on.
fn become_other_user(client: &mut Client, policy: Option<&str>) -> String {
    client.key = OTHER.to_owned();
    client.iam("CreateUser", &[("UserName", "bob")]).ok();
    if let Some(policy) = policy {
        set_policy(client, policy);
    }
    let key = client.iam("CreateAccessKey", &[("UserName", "bob")]).ok();
    client.key = key.element("AccessKeyId").to_owned();
    format!("arn:aws:iam::{OTHER}:user/bob")
}

fn set_policy(client: &mut Client, policy: &str) {
    let key = std::mem::replace(&mut client.key, OTHER.to_owned());
    let members = [
        ("UserName", "bob"),
        ("PolicyName", "p"),
        ("PolicyDocument", policy),
    ];
    client.iam("PutUserPolicy", &members).ok();
    client.key = key;
}

fn get(client: &mut Client, id: &str) -> Answer {
    client.secrets("GetSecretValue", &json!({ "SecretId": id }))
}

fn denial(who: &str, action: &str, resource: &str, kind: &str) -> String {
    format!(
        "User: {who} is not authorized to perform: {action} on resource: {resource} because no \
         {kind} policy allows the {action} action"
    )
}

#[test]
fn a_secret_is_read_if_both_policies_allow_it() {
    let mut client = Client::new(Enforcement::Enforce);
    let arn = share_secret(&mut client, OTHER);
    let bob = become_other_user(&mut client, None);
    let text = |kind| denial(&bob, "secretsmanager:GetSecretValue", &arn, kind);
    let refused = get(&mut client, &arn);
    assert_eq!(
        (refused.status, &refused.json()["Message"]),
        (400, &json!(text("identity-based")))
    );
    set_policy(&mut client, &allow("secretsmanager:GetSecretValue"));
    assert_eq!(get(&mut client, &arn).ok().json()["SecretString"], "v");
    // By its name it would be one of the caller's own account.
    let by_name = get(&mut client, "s").json();
    assert_eq!(by_name["__type"], "ResourceNotFoundException");
    // Another action is not in the secret's policy.
    set_policy(&mut client, &allow("secretsmanager:*"));
    let refused = client.secrets("DescribeSecret", &json!({ "SecretId": arn }));
    let text = denial(
        &bob,
        "secretsmanager:DescribeSecret",
        &arn,
        "resource-based",
    );
    assert_eq!(refused.json()["Message"], text);
}

#[test]
fn whoever_the_secrets_policy_does_not_name_is_refused_for_it() {
    let mut client = Client::new(Enforcement::Enforce);
    let arn = share_secret(&mut client, &format!("arn:aws:iam::{OTHER}:root"));
    let bob = become_other_user(&mut client, Some(&allow("secretsmanager:*")));
    get(&mut client, &arn).ok();
    share_with(&mut client, &format!("arn:aws:iam::{ACCOUNT}:root"));
    let action = "secretsmanager:GetSecretValue";
    for id in [arn.clone(), arn.replace(":s-", ":other-")] {
        let refused = get(&mut client, &id).json();
        assert_eq!(refused["__type"], "AccessDeniedException");
        assert_eq!(
            refused["Message"],
            denial(&bob, action, &id, "resource-based")
        );
    }
    let body = json!({ "SecretId": "s" });
    client.as_account(|client| client.secrets("DeleteResourcePolicy", &body).ok());
    let refused = get(&mut client, &arn).json();
    assert_eq!(
        refused["Message"],
        denial(&bob, action, &arn, "resource-based")
    );
}

fn share_with(client: &mut Client, principal: &str) {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
        "Principal": { "AWS": principal }, "Action": "secretsmanager:*", "Resource": "*" }] });
    let body = json!({ "SecretId": "s", "ResourcePolicy": policy.to_string() });
    client.as_account(|client| client.secrets("PutResourcePolicy", &body).ok());
}

#[test]
fn an_assumed_role_of_another_account_is_held_to_the_same() {
    let mut client = Client::new(Enforcement::Enforce);
    let role = format!("arn:aws:iam::{OTHER}:role/reader");
    // The secret's policy names a principal that must be there first, as on AWS.
    client.key = OTHER.to_owned();
    let trust = TRUST_ACCOUNT.replace(ACCOUNT, OTHER);
    let members = [
        ("RoleName", "reader"),
        ("AssumeRolePolicyDocument", &*trust),
    ];
    client.iam("CreateRole", &members).ok();
    let policy = allow("secretsmanager:GetSecretValue");
    let members = [
        ("RoleName", "reader"),
        ("PolicyName", "p"),
        ("PolicyDocument", &*policy),
    ];
    client.iam("PutRolePolicy", &members).ok();
    let arn = share_secret(&mut client, &role);
    let session = [("RoleArn", &*role), ("RoleSessionName", "s1")];
    let session = client.query("sts", "AssumeRole", &session).ok();
    client.key = session.element("AccessKeyId").to_owned();
    assert_eq!(get(&mut client, &arn).ok().json()["SecretString"], "v");
    client.key = OTHER.to_owned();
    let members = [
        ("RoleName", "readers"),
        ("AssumeRolePolicyDocument", &*trust),
    ];
    client.iam("CreateRole", &members).ok();
    client.key = session.element("AccessKeyId").to_owned();
    share_with(&mut client, &format!("{role}s"));
    assert_eq!(get(&mut client, &arn).status, 400);
}

#[test]
fn in_audit_the_call_is_made_and_reported() {
    let mut client = Client::new(Enforcement::Audit);
    let arn = share_secret(&mut client, ACCOUNT);
    let bob = become_other_user(&mut client, Some(&allow("secretsmanager:*")));
    get(&mut client, &arn).ok();
    let report = client.engine.access_report();
    let (_, observed) = report.callers().find(|(name, _)| *name == bob).unwrap();
    let text = denial(
        &bob,
        "secretsmanager:GetSecretValue",
        &arn,
        "resource-based",
    );
    assert_eq!(
        observed.refused.get(&text),
        Some(&1),
        "{:?}",
        observed.refused
    );
}

/// Makes a function, and lets `principal` do something with it.
fn share_function(client: &mut Client, action: &str, principal: &str, qualifier: &str) {
    let permission = json!({ "StatementId": format!("s{}", action.len()), "Action": action,
        "Principal": principal });
    let path = format!("/f/policy{qualifier}");
    client.as_account(|client| {
        assert_eq!(lambda(client, "POST", &path, &permission).status, 201);
    });
}

fn client_with_function(enforcement: Enforcement) -> Client {
    let mut client = client_with_role(enforcement);
    let role = format!("arn:aws:iam::{ACCOUNT}:role/rotator");
    let made = lambda(&mut client, "POST", "", &new_function(&role));
    assert_eq!(made.status, 201);
    client
}

fn invoke(client: &mut Client, name: &str) -> (u16, Value) {
    let answer = lambda(client, "POST", &format!("/{name}/invocations"), &json!({}));
    let message = serde_json::from_str(&answer.text).unwrap_or(Value::Null);
    (answer.status, message["Message"].clone())
}

#[test]
fn a_function_is_invoked_if_both_policies_allow_it() {
    let mut client = client_with_function(Enforcement::Enforce);
    let bob = become_other_user(&mut client, Some(&allow("lambda:*")));
    let action = "lambda:InvokeFunction";
    let refused = denial(&bob, action, FUNCTION, "resource-based");
    assert_eq!(invoke(&mut client, FUNCTION), (403, json!(refused)));
    share_function(&mut client, action, OTHER, "");
    assert_eq!(invoke(&mut client, FUNCTION).0, 204);
    assert_eq!(invoke(&mut client, &format!("{ACCOUNT}:function:f")).0, 204);
    let shown = lambda(&mut client, "GET", &format!("/{FUNCTION}"), &json!({}));
    let text = denial(&bob, "lambda:GetFunction", FUNCTION, "resource-based");
    assert_eq!(
        (shown.status, &shown.json()["Message"]),
        (403, &json!(text))
    );
    share_function(&mut client, "lambda:GetFunction", &bob, "");
    let shown = lambda(&mut client, "GET", &format!("/{FUNCTION}"), &json!({})).ok();
    assert_eq!(shown.json()["Configuration"]["FunctionArn"], FUNCTION);
    set_policy(&mut client, &allow("s3:*"));
    let refused = denial(&bob, action, FUNCTION, "identity-based");
    assert_eq!(invoke(&mut client, FUNCTION), (403, json!(refused)));
}

#[test]
fn an_alias_lets_in_by_its_own_policy_only() {
    let mut client = client_with_function(Enforcement::Enforce);
    client.as_account(|client| {
        lambda(client, "POST", "/f/versions", &json!({}));
        let alias = json!({ "Name": "live", "FunctionVersion": "1" });
        assert_eq!(lambda(client, "POST", "/f/aliases", &alias).status, 201);
    });
    become_other_user(&mut client, Some(&allow("lambda:*")));
    share_function(
        &mut client,
        "lambda:InvokeFunction",
        OTHER,
        "?Qualifier=live",
    );
    assert_eq!(invoke(&mut client, FUNCTION).0, 403);
    assert_eq!(invoke(&mut client, &format!("{FUNCTION}:live")).0, 204);
    let beside = lambda(
        &mut client,
        "POST",
        &format!("/{FUNCTION}/invocations?Qualifier=live"),
        &json!({}),
    );
    assert_eq!(beside.status, 204);
}

#[test]
fn without_enforcement_a_function_that_lets_nobody_in_stays_closed() {
    for enforcement in [Enforcement::Off, Enforcement::Audit] {
        let mut client = client_with_function(enforcement);
        client.key = OTHER.to_owned();
        let root = format!("arn:aws:iam::{OTHER}:root");
        let refused = denial(&root, "lambda:InvokeFunction", FUNCTION, "resource-based");
        assert_eq!(invoke(&mut client, FUNCTION), (403, json!(refused)));
        share_function(&mut client, "lambda:InvokeFunction", OTHER, "");
        assert_eq!(invoke(&mut client, FUNCTION).0, 204, "{enforcement:?}");
        // Permissions are the owner's to give.
        let permission = json!({ "StatementId": "a", "Action": "lambda:*", "Principal": "*" });
        let path = format!("/{FUNCTION}/policy");
        assert_eq!(lambda(&mut client, "POST", &path, &permission).status, 404);
    }
}

#[test]
fn a_batch_reaches_into_other_accounts_too() {
    let mut client = Client::new(Enforcement::Enforce);
    let arn = share_secret(&mut client, OTHER);
    become_other_user(&mut client, Some(&allow("secretsmanager:*")));
    let missing = arn.replace(":s-", ":t-");
    let body = json!({ "SecretIdList": [arn, missing] });
    let batch = client.secrets("BatchGetSecretValue", &body).ok().json();
    assert_eq!(batch["SecretValues"][0]["ARN"], arn);
    assert_eq!(batch["Errors"][0]["ErrorCode"], "AccessDeniedException");
}
