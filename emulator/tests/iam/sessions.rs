//! AssumeRole.

use keywheel_emulator::state::iam::settings::Enforcement;

use crate::client::{ACCOUNT, Answer, Client, TRUST_ACCOUNT, allow};

const ROLE: &str = "arn:aws:iam::111122223333:role/r";

fn client_with_role(enforcement: Enforcement, trust: &str) -> Client {
    let mut client = Client::new(enforcement);
    let members = [("RoleName", "r"), ("AssumeRolePolicyDocument", trust)];
    client.iam("CreateRole", &members).ok();
    client
}

fn assume(client: &mut Client, more: &[(&str, &str)]) -> Answer {
    let members = [&[("RoleArn", ROLE), ("RoleSessionName", "s1")], more].concat();
    client.query("sts", "AssumeRole", &members)
}

#[test]
fn a_session_acts_for_the_role_until_it_ends() {
    let mut client = client_with_role(Enforcement::Off, TRUST_ACCOUNT);
    let session = assume(&mut client, &[("DurationSeconds", "900")]).ok();
    assert_eq!(session.element("Expiration"), "2026-11-22T10:45:00Z");
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/r/s1");
    assert_eq!(session.element("Arn"), arn);
    assert!(session.element("AssumedRoleId").ends_with(":s1"));
    assert!(session.element("SessionToken").len() > 100);
    client.key = session.element("AccessKeyId").to_owned();
    let identity = client.query("sts", "GetCallerIdentity", &[]).ok();
    assert_eq!(
        (identity.element("Arn"), identity.element("Account")),
        (&*arn, ACCOUNT)
    );
}

#[test]
fn the_trust_policy_decides_even_where_policies_are_not_enforced() {
    let trust = TRUST_ACCOUNT.replace(
        r#"{"AWS":"111122223333"}"#,
        r#"{"Service":"lambda.amazonaws.com"}"#,
    );
    for enforcement in [Enforcement::Off, Enforcement::Audit, Enforcement::Enforce] {
        let mut client = client_with_role(enforcement, &trust);
        let text = format!(
            "User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: sts:AssumeRole on \
             resource: {ROLE}"
        );
        let answer = assume(&mut client, &[]);
        assert_eq!(
            answer.error(),
            (403, "AccessDenied", &*text),
            "{enforcement:?}"
        );
    }
}

#[test]
fn a_role_that_is_not_there_is_denied_like_one_that_does_not_trust() {
    let mut client = Client::new(Enforcement::Off);
    let answer = assume(&mut client, &[]);
    assert_eq!(
        (answer.status, answer.element("Code")),
        (403, "AccessDenied")
    );
}

#[test]
fn an_external_id_must_be_the_one_that_the_trust_policy_asks_for() {
    let condition = r#","Condition":{"StringEquals":{"sts:ExternalId":"x1"}}}]}"#;
    let trust = TRUST_ACCOUNT.replace("}]}", condition);
    let mut client = client_with_role(Enforcement::Enforce, &trust);
    assert_eq!(assume(&mut client, &[]).status, 403);
    assert_eq!(assume(&mut client, &[("ExternalId", "x2")]).status, 403);
    assume(&mut client, &[("ExternalId", "x1")]).ok();
}

#[test]
fn a_session_lasts_no_longer_than_the_role_allows() {
    let mut client = client_with_role(Enforcement::Off, TRUST_ACCOUNT);
    let long = assume(&mut client, &[("DurationSeconds", "7200")]);
    let text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    assert_eq!(long.error(), (400, "ValidationError", text));
    let short = assume(&mut client, &[("DurationSeconds", "60")]);
    assert_eq!(short.error().1, "ValidationError");
}

#[test]
fn under_enforcement_the_caller_needs_a_policy_unless_the_role_names_it() {
    let mut client = client_with_role(Enforcement::Enforce, TRUST_ACCOUNT);
    let ann = client.become_user("ann", None);
    assert_eq!(assume(&mut client, &[]).error().1, "AccessDenied");
    client.set_user_policy("ann", &allow("sts:AssumeRole"));
    assume(&mut client, &[]).ok();
    let nothing = allow("s3:GetObject");
    client.set_user_policy("ann", &nothing);
    let trust = TRUST_ACCOUNT.replace(ACCOUNT, &ann);
    let members = [("RoleName", "r"), ("PolicyDocument", &*trust)];
    client.as_account(|client| client.iam("UpdateAssumeRolePolicy", &members).ok());
    assume(&mut client, &[]).ok();
}

#[test]
fn a_session_policy_limits_the_session() {
    let mut client = client_with_role(Enforcement::Enforce, TRUST_ACCOUNT);
    let admin = allow("*");
    let put = [
        ("RoleName", "r"),
        ("PolicyName", "p"),
        ("PolicyDocument", &*admin),
    ];
    client.iam("PutRolePolicy", &put).ok();
    let limit = allow("iam:GetRole");
    let session = assume(&mut client, &[("Policy", &limit)]).ok();
    assert_eq!(session.element("PackedPolicySize"), "4");
    client.key = session.element("AccessKeyId").to_owned();
    client.iam("GetRole", &[("RoleName", "r")]).ok();
    let denied = client.iam("ListRoles", &[]);
    let (status, code, text) = denied.error();
    assert_eq!((status, code), (403, "AccessDenied"));
    assert!(
        text.ends_with("because no session policy allows the iam:ListRoles action"),
        "{text}"
    );
}

#[test]
fn what_is_no_arn_of_a_role_is_told_so() {
    let mut client = client_with_role(Enforcement::Off, TRUST_ACCOUNT);
    for arn in [
        "no-arn-of-anything-at-all",
        "arn::iam::111122223333:role/r",
        "arn:aws:::111122223333:role/r",
        "arn:aws:iam:111122223333:role/r",
        "arn:aws:iam::111122223333:",
    ] {
        let members = [("RoleArn", arn), ("RoleSessionName", "s1")];
        let answer = client.query("sts", "AssumeRole", &members);
        let text = format!("{arn} is invalid");
        assert_eq!(answer.error(), (400, "ValidationError", &*text));
    }
    let members = [("RoleArn", ROLE), ("RoleSessionName", "a:b")];
    let answer = client.query("sts", "AssumeRole", &members);
    let text = "1 validation error detected: Value 'a:b' at 'roleSessionName' failed to satisfy \
                constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*";
    assert_eq!(answer.error(), (400, "ValidationError", text));
}

#[test]
fn tags_of_a_session_are_checked_and_need_the_trust_of_the_role() {
    let mut client = client_with_role(Enforcement::Off, TRUST_ACCOUNT);
    let tag = [
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "core"),
    ];
    assert_eq!(assume(&mut client, &tag).error().1, "AccessDenied");
    let trust = TRUST_ACCOUNT.replace("sts:AssumeRole", "sts:*");
    let members = [("RoleName", "r"), ("PolicyDocument", &*trust)];
    client.iam("UpdateAssumeRolePolicy", &members).ok();
    assume(&mut client, &tag).ok();
    let twice = [("Tags.member.2.Key", "TEAM"), ("Tags.member.2.Value", "x")];
    let transitive = [("TransitiveTagKeys.member.1", "other")];
    for (more, text) in [
        (
            twice.as_slice(),
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        (
            transitive.as_slice(),
            "The specified transitive tag key must be included in the requested tags.",
        ),
    ] {
        let answer = assume(&mut client, &[&tag, more].concat());
        assert_eq!(answer.error(), (400, "InvalidParameterValue", text));
    }
    let transitive = [&tag[..], &[("TransitiveTagKeys.member.1", "TEAM")]].concat();
    let session = assume(&mut client, &transitive).ok();
    client.key = session.element("AccessKeyId").to_owned();
    let answer = assume(&mut client, &tag);
    let text = "One of the specified transitive tag keys can't be set because it conflicts with a \
                transitive tag key from the calling session.";
    assert_eq!(answer.error(), (400, "InvalidParameterValue", text));
}

#[test]
fn managed_policies_limit_a_session_too_and_what_is_not_emulated_is_told() {
    let mut client = client_with_role(Enforcement::Enforce, TRUST_ACCOUNT);
    let admin = allow("*");
    let put = [
        ("RoleName", "r"),
        ("PolicyName", "p"),
        ("PolicyDocument", &*admin),
    ];
    client.iam("PutRolePolicy", &put).ok();
    let arn = "arn:aws:iam::aws:policy/IAMReadOnlyAccess";
    let session = assume(&mut client, &[("PolicyArns.member.1.arn", arn)]).ok();
    client.key = session.element("AccessKeyId").to_owned();
    client.iam("ListRoles", &[]).ok();
    assert_eq!(client.iam("DeleteRole", &[("RoleName", "r")]).status, 403);
    client.key = ACCOUNT.to_owned();
    for (member, value) in [
        ("TokenCode", "123456"),
        ("SerialNumber", "arn:aws:iam::1:mfa/x"),
    ] {
        let answer = assume(&mut client, &[(member, value)]);
        let text = format!("The member {member} of AssumeRole is not emulated.");
        assert_eq!(answer.error(), (501, "NotImplemented", &*text));
    }
}
