//! What policies do to calls, and in what words.

use keywheel_emulator::fault::{Rule, Verdict};
use keywheel_emulator::state::iam::settings::Enforcement;
use serde_json::json;

use crate::client::{ACCOUNT, Client, allow};

fn enforced() -> Client {
    Client::new(Enforcement::Enforce)
}

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Makes a secret as the account; gives its ARN.
fn secret(client: &mut Client, name: &str) -> String {
    let body = json!({ "Name": name, "SecretString": "v", "ClientRequestToken": TOKEN });
    let made = client.as_account(|client| client.secrets("CreateSecret", &body).ok());
    made.json()["ARN"].as_str().unwrap().to_owned()
}

fn policy(action: &str, resource: &str) -> String {
    allow(action).replace(r#""Resource":"*""#, &format!(r#""Resource":"{resource}""#))
}

#[test]
fn the_account_itself_may_do_everything() {
    let mut client = enforced();
    client.key = "test".to_owned();
    client.secrets("ListSecrets", &json!({})).ok();
    client.appsync("GET", "/v1/apis", "").ok();
    client.iam("ListRoles", &[]).ok();
}

#[test]
fn secrets_manager_refuses_with_400_and_names_the_secret_as_the_caller_did() {
    let mut client = enforced();
    let arn = secret(&mut client, "app/db");
    let ann = client.become_user("ann", None);
    for id in ["app/db", &*arn, "not/there"] {
        let answer = client.secrets("GetSecretValue", &json!({ "SecretId": id }));
        let expected = json!({
            "__type": "AccessDeniedException",
            "Message": format!(
                "User: {ann} is not authorized to perform: secretsmanager:GetSecretValue on \
                 resource: {id} because no identity-based policy allows the \
                 secretsmanager:GetSecretValue action"
            ),
        });
        assert_eq!((answer.status, answer.json()), (400, expected));
    }
    let list = client.secrets("ListSecrets", &json!({})).json();
    let text = format!(
        "User: {ann} is not authorized to perform: secretsmanager:ListSecrets because no \
         identity-based policy allows the secretsmanager:ListSecrets action"
    );
    assert_eq!(list["Message"], text);
}

#[test]
fn a_secrets_full_arn_is_what_policies_are_held_against() {
    let mut client = enforced();
    let arn = secret(&mut client, "app/db");
    client.become_user("ann", None);
    let get = json!({ "SecretId": "app/db" });
    let named = arn.rsplit_once('-').unwrap().0.to_owned();
    for (resource, is_allowed) in [
        (arn.clone(), true),
        (format!("{named}-??????"), true),
        (format!("{named}-*"), true),
        (named, false),
        (
            "app/db*".replace("app", "arn:aws:secretsmanager:*:*:secret:app"),
            true,
        ),
        (arn.replace("eu-west-1", "us-east-1"), false),
    ] {
        client.set_user_policy("ann", &policy("secretsmanager:GetSecretValue", &resource));
        let answer = client.secrets("GetSecretValue", &get);
        assert_eq!(
            answer.status == 200,
            is_allowed,
            "{resource}: {}",
            answer.text
        );
    }
    client.set_user_policy(
        "ann",
        &policy(
            "secretsmanager:CreateSecret",
            "arn:aws:secretsmanager:*:*:secret:new-*",
        ),
    );
    let new = |name: &str| json!({ "Name": name, "ClientRequestToken": TOKEN });
    client.secrets("CreateSecret", &new("new-one")).ok();
    assert_eq!(client.secrets("CreateSecret", &new("old-one")).status, 400);
}

#[test]
fn the_resource_policy_of_a_secret_allows_and_denies() {
    let mut client = enforced();
    secret(&mut client, "s");
    let ann = client.become_user("ann", None);
    let statement = |effect: &str, principal: &str| {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": effect, "Principal": { "AWS": principal },
            "Action": "secretsmanager:GetSecretValue", "Resource": "*" }] });
        json!({ "SecretId": "s", "ResourcePolicy": policy.to_string() })
    };
    let get = json!({ "SecretId": "s" });
    client.as_account(|it| {
        it.secrets("PutResourcePolicy", &statement("Allow", &ann))
            .ok()
    });
    client.secrets("GetSecretValue", &get).ok();
    client.set_user_policy("ann", &allow("secretsmanager:*"));
    client.as_account(|it| {
        it.secrets("PutResourcePolicy", &statement("Deny", &ann))
            .ok()
    });
    let denied = client.secrets("GetSecretValue", &get).json();
    let end = "on resource: s with an explicit deny in a resource-based policy";
    assert!(
        denied["Message"].as_str().unwrap().ends_with(end),
        "{denied}"
    );
}

#[test]
fn condition_keys_of_the_call_and_of_the_secret_count() {
    let mut client = enforced();
    let tagged = json!({ "Name": "s", "SecretString": "v", "ClientRequestToken": TOKEN,
        "Tags": [{ "Key": "team", "Value": "core" }] });
    client.secrets("CreateSecret", &tagged).ok();
    client.become_user("ann", None);
    let get = |stage: &str| json!({ "SecretId": "s", "VersionStage": stage });
    for (operator, key, value, is_allowed) in [
        (
            "StringEquals",
            "secretsmanager:ResourceTag/team",
            "core",
            true,
        ),
        ("StringEquals", "aws:ResourceTag/team", "edge", false),
        (
            "StringEquals",
            "secretsmanager:VersionStage",
            "AWSCURRENT",
            true,
        ),
        (
            "StringEquals",
            "secretsmanager:VersionStage",
            "AWSPENDING",
            false,
        ),
        ("StringEquals", "aws:RequestedRegion", "eu-west-1", true),
        ("StringLike", "aws:PrincipalArn", "*:user/a*", true),
        (
            "DateLessThan",
            "aws:CurrentTime",
            "2026-11-22T10:30:01Z",
            true,
        ),
        (
            "DateLessThan",
            "aws:CurrentTime",
            "2026-11-22T10:30:00Z",
            false,
        ),
        ("Bool", "aws:SecureTransport", "true", true),
    ] {
        let condition =
            format!(r#""Resource":"*","Condition":{{"{operator}":{{"{key}":"{value}"}}}}"#);
        let policy = allow("secretsmanager:*").replace(r#""Resource":"*""#, &condition);
        client.set_user_policy("ann", &policy);
        let answer = client.secrets("GetSecretValue", &get("AWSCURRENT"));
        assert_eq!(answer.status == 200, is_allowed, "{operator} {key} {value}");
    }
}

#[test]
fn appsync_refuses_with_403_and_the_paths_that_it_enforces() {
    let mut client = enforced();
    let body = r#"{"name":"a","authenticationType":"API_KEY"}"#;
    let api = client.appsync("POST", "/v1/apis", body).ok().json();
    let id = api["graphqlApi"]["apiId"].as_str().unwrap().to_owned();
    let keys = format!("/v1/apis/{id}/apikeys");
    let key = client.appsync("POST", &keys, "{}").ok().json();
    let key = key["apiKey"]["id"].as_str().unwrap().to_owned();
    let ann = client.become_user("ann", None);
    let prefix = format!("arn:aws:appsync:eu-west-1:{ACCOUNT}:");
    let one = format!("{keys}/{key}");
    let api_path = format!("/v1/apis/{id}");
    for (method, path, action, resource) in [
        ("POST", &*keys, "CreateApiKey", format!("{prefix}{keys}")),
        ("GET", &keys, "ListApiKeys", format!("{prefix}{keys}")),
        ("POST", &one, "UpdateApiKey", format!("{prefix}{keys}/*")),
        ("DELETE", &one, "DeleteApiKey", format!("{prefix}{keys}/*")),
        (
            "GET",
            &api_path,
            "GetGraphqlApi",
            format!("{prefix}apis/{id}"),
        ),
        (
            "GET",
            "/v1/apis",
            "ListGraphqlApis",
            format!("{prefix}/v1/apis"),
        ),
    ] {
        let answer = client.appsync(method, path, "");
        let text = format!(
            "User: {ann} is not authorized to perform: appsync:{action} on resource: {resource} \
             because no identity-based policy allows the appsync:{action} action"
        );
        assert_eq!(
            (answer.status, answer.json()),
            (403, json!({ "message": text }))
        );
        assert_eq!(answer.headers["x-amzn-errortype"], "AccessDeniedException");
        client.set_user_policy("ann", &policy(&format!("appsync:{action}"), &resource));
        assert_ne!(
            client.appsync(method, path, "{}").status,
            403,
            "{resource} allows it"
        );
        client.set_user_policy("ann", &allow("s3:*"));
    }
}

#[test]
fn an_explicit_deny_wins_and_is_told() {
    let mut client = enforced();
    let ann = client.become_user("ann", Some(&allow("*")));
    client.iam("ListRoles", &[]).ok();
    client.set_user_policy("ann", &allow("*").replace("Allow", "Deny"));
    let answer = client.iam("ListRoles", &[]);
    let text = format!(
        "User: {ann} is not authorized to perform: iam:ListRoles on resource: * with an explicit \
         deny in an identity-based policy"
    );
    assert_eq!(answer.error(), (403, "AccessDenied", &*text));
}

#[test]
fn anyone_may_ask_who_they_are() {
    let mut client = enforced();
    let ann = client.become_user("ann", Some(&allow("*").replace("Allow", "Deny")));
    let identity = client.query("sts", "GetCallerIdentity", &[]).ok();
    assert_eq!(identity.element("Arn"), ann);
}

#[test]
fn a_deleted_key_is_nobody() {
    let mut client = enforced();
    client.become_user("ann", Some(&allow("*")));
    client.secrets("ListSecrets", &json!({})).ok();
    let key = client.key.clone();
    let members = [("UserName", "ann"), ("AccessKeyId", &*key)];
    client.as_account(|client| client.iam("DeleteAccessKey", &members).ok());
    assert_eq!(client.secrets("ListSecrets", &json!({})).status, 400);
}

#[test]
fn rotating_needs_the_right_to_invoke_the_function() {
    let mut client = enforced();
    secret(&mut client, "s");
    client.become_user("ann", Some(&allow("secretsmanager:*")));
    let function = "arn:aws:lambda:eu-west-1:111122223333:function:f";
    let body = json!({ "SecretId": "s", "RotationLambdaARN": function, "ClientRequestToken": TOKEN,
        "RotationRules": { "AutomaticallyAfterDays": 30 } });
    let answer = client.secrets("RotateSecret", &body).json();
    let text = answer["Message"].as_str().unwrap();
    assert!(
        text.contains(&format!("lambda:InvokeFunction on resource: {function}")),
        "{text}"
    );
}

#[test]
fn a_batch_needs_the_right_to_read_each_secret() {
    let mut client = enforced();
    let one = secret(&mut client, "one");
    secret(&mut client, "two");
    client.become_user("ann", Some(&allow("secretsmanager:BatchGetSecretValue")));
    let batch = json!({ "SecretIdList": ["one", "two", "three"] });
    let refused = |client: &mut Client| {
        let answer = client.secrets("BatchGetSecretValue", &batch).ok().json();
        let errors = answer["Errors"].as_array().cloned().unwrap_or_default();
        let errors = errors.iter().map(|error| {
            let code = error["ErrorCode"].as_str().unwrap().to_owned();
            (error["SecretId"].as_str().unwrap().to_owned(), code)
        });
        let read = answer["SecretValues"].as_array().unwrap().len();
        (errors.collect::<Vec<_>>(), read)
    };
    let denied = |id: &str| (id.to_owned(), "AccessDeniedException".to_owned());
    let all = vec![denied("one"), denied("two"), denied("three")];
    assert_eq!(refused(&mut client), (all, 0));
    let only_one = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "secretsmanager:BatchGetSecretValue", "Resource": "*" },
        { "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": one } ] });
    client.set_user_policy("ann", &only_one.to_string());
    assert_eq!(
        refused(&mut client),
        (vec![denied("two"), denied("three")], 1)
    );
    let answer = client.secrets("BatchGetSecretValue", &batch).ok().json();
    let text = answer["Errors"][0]["Message"].as_str().unwrap();
    assert!(
        text.contains("secretsmanager:GetSecretValue on resource: two because no identity-based"),
        "{text}"
    );
    client.set_user_policy("ann", &only_one.to_string().replace(&one, "*"));
    let missing = ("three".to_owned(), "ResourceNotFoundException".to_owned());
    assert_eq!(refused(&mut client), (vec![missing], 2));
    client.set_user_policy("ann", &allow("secretsmanager:GetSecretValue"));
    let whole = client.secrets("BatchGetSecretValue", &batch);
    assert_eq!(whole.status, 400, "the call itself needs its own action");
}

#[test]
fn a_batch_by_filters_needs_the_right_to_list_and_to_read_each_secret() {
    let mut client = enforced();
    let one = secret(&mut client, "one");
    secret(&mut client, "two");
    let both = r#"["secretsmanager:BatchGetSecretValue","secretsmanager:ListSecrets"]"#;
    client.become_user("ann", Some(&allow("secretsmanager:BatchGetSecretValue")));
    let batch = json!({ "Filters": [{ "Key": "name", "Values": ["one", "two"] }] });
    let refused = client.secrets("BatchGetSecretValue", &batch).json();
    let text = refused["Message"].as_str().unwrap();
    assert!(
        text.contains("perform: secretsmanager:ListSecrets"),
        "{text}"
    );
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":{both},"Resource":"*"}},
        {{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"{one}"}}]}}"#
    );
    client.set_user_policy("ann", &policy);
    let answer = client.secrets("BatchGetSecretValue", &batch).ok().json();
    assert_eq!(answer["SecretValues"].as_array().unwrap().len(), 1);
    assert_eq!(answer["Errors"][0]["ErrorCode"], "AccessDeniedException");
}

#[test]
fn in_audit_a_batch_is_answered_and_each_secret_reported() {
    let mut client = Client::new(Enforcement::Audit);
    secret(&mut client, "one");
    let ann = client.become_user("ann", Some(&allow("secretsmanager:BatchGetSecretValue")));
    let batch = json!({ "SecretIdList": ["one", "two"] });
    let answer = client.secrets("BatchGetSecretValue", &batch).ok().json();
    assert_eq!(
        answer["Errors"][0]["ErrorCode"],
        "ResourceNotFoundException"
    );
    let report = client.engine.access_report();
    let (_, observed) = report.callers().find(|(name, _)| *name == ann).unwrap();
    assert_eq!((observed.checks, observed.refusals), (3, 2));
}

#[test]
fn an_access_denied_fault_speaks_as_a_refusal_does() {
    let mut client = enforced();
    let arn = secret(&mut client, "s");
    let rule = Rule::once("GetSecretValue".parse().unwrap(), Verdict::AccessDenied);
    client.engine.faults().arm(rule);
    let answer = client.secrets("GetSecretValue", &json!({ "SecretId": arn }));
    let text = format!(
        "User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: \
         secretsmanager:GetSecretValue on resource: {arn} because no identity-based policy allows \
         the secretsmanager:GetSecretValue action"
    );
    assert_eq!(answer.json()["Message"], text);
}
