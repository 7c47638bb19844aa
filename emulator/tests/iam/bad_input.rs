//! What is not a call is told, and never breaks anything.

use keywheel_emulator::state::iam::settings::Enforcement;

use crate::client::{Client, TRUST_ACCOUNT, allow};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[test]
fn a_form_without_a_known_action_is_told() {
    let mut client = Client::new(Enforcement::Off);
    let none = client.send("iam", "POST", "/", &[FORM], "Version=2010-05-08");
    assert_eq!((none.status, none.element("Code")), (400, "MissingAction"));
    let other = client.iam("CreateGroup", &[("GroupName", "g")]);
    assert_eq!(
        (other.status, other.element("Code")),
        (501, "NotImplemented")
    );
    assert!(
        other.text.contains("CreateGroup of iam is not emulated"),
        "{}",
        other.text
    );
    let empty = client.send("sts", "POST", "/", &[FORM], "");
    assert_eq!(empty.element("Code"), "MissingAction");
}

#[test]
fn a_query_without_a_body_is_a_call_too() {
    let mut client = Client::new(Enforcement::Off);
    let path = "/?Action=GetCallerIdentity&Version=2011-06-15";
    let answer = client.send("sts", "GET", path, &[], "").ok();
    assert!(answer.element("Arn").ends_with(":root"));
}

#[test]
fn members_that_are_missing_or_not_what_they_must_be_are_told() {
    let mut client = Client::new(Enforcement::Off);
    let long = "x".repeat(65);
    let trust = ("AssumeRolePolicyDocument", TRUST_ACCOUNT);
    for (members, code, expected) in [
        (vec![], "ValidationError", "2 validation errors detected"),
        (
            vec![("RoleName", &*long), trust],
            "ValidationError",
            "'roleName'",
        ),
        (
            vec![("RoleName", "a b"), trust],
            "ValidationError",
            "roleName is invalid",
        ),
        (
            vec![("RoleName", "a"), ("Path", "x"), trust],
            "ValidationError",
            "path is invalid",
        ),
        (
            vec![("RoleName", "a"), ("MaxSessionDuration", "1"), trust],
            "ValidationError",
            "3600",
        ),
        (
            vec![("RoleName", "a"), ("MaxSessionDuration", "many"), trust],
            "MalformedInput",
            "MaxSessionDuration",
        ),
        (
            vec![("RoleName", "a"), ("Tags", "x"), trust],
            "MalformedInput",
            "Tags",
        ),
        (
            vec![
                ("RoleName", "a"),
                ("PermissionsBoundary", "arn:aws:iam::aws:policy/p"),
                trust,
            ],
            "NotImplemented",
            "PermissionsBoundary",
        ),
        (
            vec![("RoleName.member.1", "a"), trust],
            "MalformedInput",
            "RoleName",
        ),
    ] {
        let answer = client.iam("CreateRole", &members);
        let (_, found, text) = answer.error();
        assert_eq!(found, code, "{members:?} {text}");
        assert!(text.contains(expected), "{members:?} {text}");
    }
}

#[test]
fn broken_policies_are_refused_in_iams_words() {
    let mut client = Client::new(Enforcement::Off);
    let with_principal =
        TRUST_ACCOUNT.replace("sts:AssumeRole\"", "sts:AssumeRole\",\"Resource\":\"*\"");
    for (document, text) in [
        ("{", "This policy contains invalid Json"),
        ("{}", "Syntax errors in policy."),
        (
            &*with_principal,
            "Policy document should not specify a principal.",
        ),
    ] {
        let members = [("PolicyName", "p"), ("PolicyDocument", document)];
        let answer = client.iam("CreatePolicy", &members);
        assert_eq!(answer.error(), (400, "MalformedPolicyDocument", text));
    }
    let trust = allow("sts:AssumeRole");
    let members = [("RoleName", "r"), ("AssumeRolePolicyDocument", &*trust)];
    let answer = client.iam("CreateRole", &members);
    assert_eq!(answer.error().1, "MalformedPolicyDocument");
    let deep = "[".repeat(200_000);
    let members = [("PolicyName", "p"), ("PolicyDocument", &*deep)];
    assert_eq!(client.iam("CreatePolicy", &members).status, 400);
    let deep = format!("Action=GetRole&{}=x", ["a"; 50_000].join("."));
    assert_eq!(client.send("iam", "POST", "/", &[FORM], &deep).status, 400);
}
