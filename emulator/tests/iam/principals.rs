//! Policies of resources bind to who has a name, not to the name.

use keywheel_emulator::state::iam::settings::Enforcement;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::client::{ACCOUNT, Client, TRUST_ACCOUNT, allow};
use crate::functions::{ROLE, client_with_role, lambda, new_function};

const GET: &str = "secretsmanager:GetSecretValue";

/// A secret whose policy lets one principal read it.
fn share(client: &mut Client, principal: &str) {
    client
        .secrets(
            "CreateSecret",
            &json!({"Name": "s", "SecretString": "v", "ClientRequestToken": "0".repeat(32)}),
        )
        .ok();
    client.secrets("PutResourcePolicy", &policy(principal)).ok();
}

fn policy(principal: &str) -> Value {
    let statement =
        json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": GET, "Resource": "*"});
    let document = json!({"Version": "2012-10-17", "Statement": [statement]});
    json!({"SecretId": "s", "ResourcePolicy": document.to_string()})
}

fn shown(client: &mut Client) -> String {
    let answer = client
        .secrets("GetResourcePolicy", &json!({"SecretId": "s"}))
        .ok();
    answer.json()["ResourcePolicy"].as_str().unwrap().to_owned()
}

fn read(client: &mut Client) -> u16 {
    client
        .secrets("GetSecretValue", &json!({"SecretId": "s"}))
        .status
}

/// Deletes the user that calls, and makes one of its name.
fn replace_user(client: &mut Client) {
    let key = std::mem::replace(&mut client.key, ACCOUNT.to_owned());
    let named = ("UserName", "ann");
    client
        .iam("DeleteAccessKey", &[named, ("AccessKeyId", &*key)])
        .ok();
    client.iam("DeleteUser", &[named]).ok();
    client.become_user("ann", None);
}

#[test]
fn a_secret_that_was_shared_with_a_user_lets_nobody_in_who_takes_its_name() {
    let mut client = Client::new(Enforcement::Enforce);
    let ann = client.become_user("ann", None);
    let id = client.as_account(|client| {
        let user = client.iam("GetUser", &[("UserName", "ann")]).ok();
        user.element("UserId").to_owned()
    });
    client.as_account(|client| share(client, &ann));
    assert_eq!(read(&mut client), 200);
    let before = client.as_account(shown);
    assert!(before.contains(&ann), "{before}");
    replace_user(&mut client);
    assert_eq!(read(&mut client), 400);
    let after = client.as_account(shown);
    assert!(after.contains(&id) && !after.contains(&ann), "{after}");
    let again = policy(&ann);
    client.as_account(|client| client.secrets("PutResourcePolicy", &again).ok());
    assert_eq!(read(&mut client), 200, "who has the name now");
}

#[test]
fn a_role_that_trusted_another_trusts_nobody_who_takes_its_name() {
    let mut client = Client::new(Enforcement::Enforce);
    let ann = client.become_user("ann", None);
    let trust = TRUST_ACCOUNT.replace(ACCOUNT, &ann);
    let role = [("RoleName", "r"), ("AssumeRolePolicyDocument", &*trust)];
    client.as_account(|client| client.iam("CreateRole", &role).ok());
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/r");
    let members = [("RoleArn", &*arn), ("RoleSessionName", "s1")];
    client.query("sts", "AssumeRole", &members).ok();
    replace_user(&mut client);
    assert_eq!(client.query("sts", "AssumeRole", &members).status, 403);
    let role = client.as_account(|client| client.iam("GetRole", &[("RoleName", "r")]).ok());
    let trust = percent_decode_str(role.element("AssumeRolePolicyDocument")).decode_utf8();
    let trust: Value = serde_json::from_str(&trust.unwrap()).unwrap();
    let principal = trust["Statement"][0]["Principal"]["AWS"].as_str().unwrap();
    assert!(principal.starts_with("AIDA"), "{principal}");
}

#[test]
fn a_session_of_a_deleted_role_has_nothing_of_a_role_that_takes_its_name() {
    let mut client = Client::new(Enforcement::Enforce);
    let make = |client: &mut Client| {
        let role = [
            ("RoleName", "r"),
            ("AssumeRolePolicyDocument", TRUST_ACCOUNT),
        ];
        client.iam("CreateRole", &role).ok();
        let policy = allow("iam:ListRoles");
        let put = [
            ("RoleName", "r"),
            ("PolicyName", "p"),
            ("PolicyDocument", &*policy),
        ];
        client.iam("PutRolePolicy", &put).ok();
    };
    make(&mut client);
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/r");
    let members = [("RoleArn", &*arn), ("RoleSessionName", "s1")];
    let session = client.query("sts", "AssumeRole", &members).ok();
    client.key = session.element("AccessKeyId").to_owned();
    client.iam("ListRoles", &[]).ok();
    client.as_account(|client| {
        let named = ("RoleName", "r");
        client
            .iam("DeleteRolePolicy", &[named, ("PolicyName", "p")])
            .ok();
        client.iam("DeleteRole", &[named]).ok();
        make(client);
    });
    assert_eq!(client.iam("ListRoles", &[]).status, 403);
}

#[test]
fn where_policies_are_enforced_a_principal_that_is_not_there_is_refused() {
    for (enforcement, is_taken) in [
        (Enforcement::Off, true),
        (Enforcement::Audit, true),
        (Enforcement::Enforce, false),
    ] {
        let mut client = Client::new(enforcement);
        client.iam("CreateUser", &[("UserName", "ann")]).ok();
        share(&mut client, ACCOUNT);
        let bob = format!("arn:aws:iam::{ACCOUNT}:user/bob");
        let answer = client.secrets("PutResourcePolicy", &policy(&bob));
        assert_eq!(answer.status == 200, is_taken, "{}", answer.text);
        let trust = TRUST_ACCOUNT.replace(ACCOUNT, &bob);
        let role = [("RoleName", "r"), ("AssumeRolePolicyDocument", &*trust)];
        let role = client.iam("CreateRole", &role);
        assert_eq!(role.status == 200, is_taken, "{}", role.text);
        if !is_taken {
            let text = "This resource policy contains an unsupported principal.";
            assert_eq!(answer.json()["Message"], text);
            let text = format!("Invalid principal in policy: \"AWS\":\"{bob}\"");
            let code = "MalformedPolicyDocument";
            assert_eq!((role.status, role.element("Code")), (400, code));
            assert_eq!(role.element("Message"), text);
        }
    }
}

/// The grammar is looked at when a policy is put: one that does not parse never counts as none.
#[test]
fn a_secrets_policy_is_checked_when_it_is_put() {
    let mut client = Client::new(Enforcement::Off);
    share(&mut client, ACCOUNT);
    let good = policy(ACCOUNT)["ResourcePolicy"]
        .as_str()
        .unwrap()
        .to_owned();
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let mut without = Vec::new();
    for member in ["Principal", "Action", "Effect"] {
        let mut document = parse(&good);
        document["Statement"][0]
            .as_object_mut()
            .unwrap()
            .remove(member);
        without.push(document.to_string());
    }
    let syntax = "This policy has invalid syntax.";
    let principal = "This resource policy contains an unsupported principal.";
    let others = [
        ("{}".to_owned(), syntax),
        ("[".to_owned(), syntax),
        (good.replace("2012-10-17", "2019-10-19"), syntax),
        (good.replace("Allow", "Permit"), syntax),
        (good.replace(ACCOUNT, "someone"), principal),
        (good.replace(ACCOUNT, "AROAEXAMPLEEXAMPLEEXA"), principal),
    ];
    let without = without.into_iter().map(|text| (text, syntax));
    for (text, expected) in others.into_iter().chain(without) {
        let body = json!({"SecretId": "s", "ResourcePolicy": text});
        let answer = client.secrets("PutResourcePolicy", &body);
        let code = "MalformedPolicyDocumentException";
        assert_eq!(
            (answer.status, &answer.json()["__type"]),
            (400, &json!(code)),
            "{text}"
        );
        assert_eq!(answer.json()["Message"], expected, "{text}");
    }
    assert_eq!(shown(&mut client), good);
}

#[test]
fn a_function_that_a_user_may_invoke_lets_nobody_in_who_takes_its_name() {
    let mut client = client_with_role(Enforcement::Enforce);
    let made = lambda(&mut client, "POST", "", &new_function(ROLE));
    assert_eq!(made.status, 201, "{}", made.text);
    let ann = client.become_user("ann", None);
    let permission = |principal: &str| {
        let action = "lambda:InvokeFunction";
        json!({"StatementId": "ann", "Action": action, "Principal": principal})
    };
    client.as_account(|client| {
        let made = lambda(client, "POST", "/f/policy", &permission(&ann));
        assert_eq!(made.status, 201, "{}", made.text);
        let nobody = permission(&ann.replace("ann", "nobody"));
        let refused = lambda(client, "POST", "/f/policy", &nobody);
        assert_eq!(refused.status, 400, "{}", refused.text);
    });
    let invoke = |client: &mut Client| lambda(client, "POST", "/f/invocations", &json!({})).status;
    assert_eq!(invoke(&mut client), 204);
    replace_user(&mut client);
    assert_eq!(invoke(&mut client), 403);
    let shown = client.as_account(|client| lambda(client, "GET", "/f/policy", &json!({})).text);
    assert!(shown.contains("AIDA") && !shown.contains(&ann), "{shown}");
}
