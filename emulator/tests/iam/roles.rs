//! Roles and managed policies.

use keywheel_emulator::state::iam::settings::Enforcement;
use percent_encoding::percent_decode_str;

use crate::client::{ACCOUNT, Client, TRUST_ACCOUNT, allow};

fn client_with_role() -> Client {
    let mut client = Client::new(Enforcement::Off);
    let members = [
        ("RoleName", "rotator"),
        ("AssumeRolePolicyDocument", TRUST_ACCOUNT),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "core"),
    ];
    client.iam("CreateRole", &members).ok();
    client
}

const ROLE: (&str, &str) = ("RoleName", "rotator");

#[test]
fn a_role_is_given_back_with_its_trust_policy_encoded() {
    let mut client = client_with_role();
    let role = client.iam("GetRole", &[ROLE]).ok();
    assert_eq!(role.headers["content-type"], "text/xml");
    assert_eq!(
        role.element("Arn"),
        format!("arn:aws:iam::{ACCOUNT}:role/rotator")
    );
    assert_eq!(role.element("CreateDate"), "2026-11-22T10:30:00Z");
    assert_eq!(role.element("MaxSessionDuration"), "3600");
    assert_eq!(role.element("Key"), "team");
    let trust = role.element("AssumeRolePolicyDocument");
    assert!(!trust.contains('{'), "{trust}");
    assert_eq!(
        percent_decode_str(trust).decode_utf8().unwrap(),
        TRUST_ACCOUNT
    );
    assert_eq!(role.element("RequestId"), role.headers["x-amzn-requestid"]);
    let list = client.iam("ListRoles", &[("PathPrefix", "/")]).ok();
    assert_eq!(list.element("RoleName"), "rotator");
    let none = client.iam("ListRoles", &[("PathPrefix", "/other/")]).ok();
    assert!(!none.text.contains("RoleName"), "{}", none.text);
    let profiles = client.iam("ListInstanceProfilesForRole", &[ROLE]).ok();
    assert_eq!(profiles.element("IsTruncated"), "false");
}

#[test]
fn a_role_that_exists_or_does_not_is_told() {
    let mut client = client_with_role();
    let again = [
        ("RoleName", "ROTATOR"),
        ("AssumeRolePolicyDocument", TRUST_ACCOUNT),
    ];
    let answer = client.iam("CreateRole", &again);
    let text = "Role with name ROTATOR already exists.";
    assert_eq!(answer.error(), (409, "EntityAlreadyExists", text));
    let answer = client.iam("GetRole", &[("RoleName", "other")]);
    let text = "The role with name other cannot be found.";
    assert_eq!(answer.error(), (404, "NoSuchEntity", text));
    assert_eq!(answer.element("Type"), "Sender");
}

#[test]
fn inline_policies_are_put_listed_and_deleted() {
    let mut client = client_with_role();
    let policy = allow("secretsmanager:*");
    let put = [ROLE, ("PolicyName", "p"), ("PolicyDocument", &*policy)];
    let answer = client.iam("PutRolePolicy", &put).ok();
    assert!(
        !answer.text.contains("PutRolePolicyResult"),
        "{}",
        answer.text
    );
    let got = client
        .iam("GetRolePolicy", &[ROLE, ("PolicyName", "p")])
        .ok();
    let document = percent_decode_str(got.element("PolicyDocument"))
        .decode_utf8()
        .unwrap();
    assert_eq!(document, policy);
    let list = client.iam("ListRolePolicies", &[ROLE]).ok();
    assert_eq!(list.element("member"), "p");
    let refused = client.iam("DeleteRole", &[ROLE]);
    let text = "Cannot delete entity, must delete policies first.";
    assert_eq!(refused.error(), (409, "DeleteConflict", text));
    client
        .iam("DeleteRolePolicy", &[ROLE, ("PolicyName", "p")])
        .ok();
    let gone = client.iam("GetRolePolicy", &[ROLE, ("PolicyName", "p")]);
    assert_eq!(
        gone.error().2,
        "The role policy with name p cannot be found."
    );
    client.iam("DeleteRole", &[ROLE]).ok();
}

#[test]
fn managed_policies_are_made_attached_and_detached() {
    let mut client = client_with_role();
    let text = allow("appsync:*");
    let new = [
        ("PolicyName", "keys"),
        ("PolicyDocument", &*text),
        ("Path", "/team/"),
    ];
    let made = client.iam("CreatePolicy", &new).ok();
    let arn = made.element("Arn").to_owned();
    assert_eq!(arn, format!("arn:aws:iam::{ACCOUNT}:policy/team/keys"));
    let policy = ("PolicyArn", &*arn);
    client.iam("AttachRolePolicy", &[ROLE, policy]).ok();
    let list = client.iam("ListAttachedRolePolicies", &[ROLE]).ok();
    assert_eq!(
        (list.element("PolicyName"), list.element("PolicyArn")),
        ("keys", &*arn)
    );
    let got = client.iam("GetPolicy", &[policy]).ok();
    assert_eq!(
        (
            got.element("AttachmentCount"),
            got.element("DefaultVersionId")
        ),
        ("1", "v1")
    );
    let version = client
        .iam("GetPolicyVersion", &[policy, ("VersionId", "v1")])
        .ok();
    assert_eq!(
        percent_decode_str(version.element("Document"))
            .decode_utf8()
            .unwrap(),
        text
    );
    let missing = client.iam("GetPolicyVersion", &[policy, ("VersionId", "v2")]);
    assert_eq!(missing.error().1, "NoSuchEntity");
    let versions = client.iam("ListPolicyVersions", &[policy]).ok();
    assert_eq!(versions.element("IsDefaultVersion"), "true");
    let again = client.iam("CreatePolicy", &new);
    let text = "A policy called keys already exists. Duplicate names are not allowed.";
    assert_eq!(again.error(), (409, "EntityAlreadyExists", text));
    let refused = client.iam("DeletePolicy", &[policy]);
    assert_eq!(
        refused.error().2,
        "Cannot delete a policy attached to entities."
    );
    let refused = client.iam("DeleteRole", &[ROLE]);
    assert_eq!(
        refused.error().2,
        "Cannot delete entity, must detach all policies first."
    );
    client.iam("DetachRolePolicy", &[ROLE, policy]).ok();
    let twice = client.iam("DetachRolePolicy", &[ROLE, policy]);
    assert_eq!(
        twice.error(),
        (
            404,
            "NoSuchEntity",
            &*format!("Policy {arn} was not found.")
        )
    );
    client.iam("DeletePolicy", &[policy]).ok();
}

#[test]
fn of_aws_own_policies_those_known_are_attached_and_others_are_not_emulated() {
    let mut client = client_with_role();
    let vpc = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole";
    client
        .iam("AttachRolePolicy", &[ROLE, ("PolicyArn", vpc)])
        .ok();
    let policy = client.iam("GetPolicy", &[("PolicyArn", vpc)]).ok();
    assert_eq!(policy.element("DefaultVersionId"), "v3");
    assert_eq!(policy.element("AttachmentCount"), "1");
    let version = [("PolicyArn", vpc), ("VersionId", "v3")];
    let version = client.iam("GetPolicyVersion", &version).ok();
    assert!(
        version
            .element("Document")
            .contains("CreateNetworkInterface")
    );
    let other = "arn:aws:iam::aws:policy/SecurityAudit";
    for operation in ["AttachRolePolicy", "GetPolicy"] {
        let answer = client.iam(operation, &[ROLE, ("PolicyArn", other)]);
        let text = format!("The AWS managed policy {other} is not emulated.");
        assert_eq!(answer.error(), (501, "NotImplemented", &*text));
    }
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    let refused = client.iam("DeletePolicy", &[("PolicyArn", admin)]);
    assert_eq!(refused.error().1, "NoSuchEntity");
}

/// What is no ARN at all, in the words of 2023; in 2026 they were recorded as "ARN x is not valid."
#[test]
fn what_is_no_arn_of_a_policy_is_told_before_it_is_looked_for() {
    let mut client = client_with_role();
    let text = "Invalid ARN:  Could not be parsed!";
    for operation in ["AttachRolePolicy", "DetachRolePolicy"] {
        let name = ("PolicyArn", "apolicynamebutnoarnatall");
        let answer = client.iam(operation, &[ROLE, name]);
        assert_eq!(
            answer.error(),
            (400, "ValidationError", text),
            "{operation}"
        );
    }
    let missing = format!("arn:aws:iam::{ACCOUNT}:policy/missing");
    let answer = client.iam("AttachRolePolicy", &[ROLE, ("PolicyArn", &*missing)]);
    let text = format!("Policy {missing} does not exist or is not attachable.");
    assert_eq!(answer.error(), (404, "NoSuchEntity", &*text));
}

#[test]
fn each_answer_tells_of_a_role_what_aws_tells() {
    let mut client = Client::new(Enforcement::Off);
    let new = [
        ("RoleName", "r"),
        ("AssumeRolePolicyDocument", TRUST_ACCOUNT),
        ("Description", "for tests"),
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", ""),
    ];
    let made = client.iam("CreateRole", &new).ok();
    let got = client.iam("GetRole", &[("RoleName", "r")]).ok();
    let listed = client.iam("ListRoles", &[]).ok();
    for (answer, has) in [
        (made, [false, false, false, true]),
        (got, [true, true, true, true]),
        (listed, [true, true, false, false]),
    ] {
        let members = [
            "<Description>",
            "<MaxSessionDuration>",
            "<RoleLastUsed",
            "<Tags>",
        ];
        let found = members.map(|member| answer.text.contains(member));
        assert_eq!(found, has, "{}", answer.text);
    }
}

#[test]
fn each_answer_tells_of_a_policy_what_aws_tells() {
    let mut client = Client::new(Enforcement::Off);
    let text = allow("s3:*");
    let new = [
        ("PolicyName", "p"),
        ("PolicyDocument", &*text),
        ("Description", "for tests"),
    ];
    let made = client.iam("CreatePolicy", &new).ok();
    assert_eq!(made.element("PermissionsBoundaryUsageCount"), "0");
    assert!(!made.text.contains("<Description>") && !made.text.contains("<Tags"));
    let arn = ("PolicyArn", made.element("Arn"));
    let got = client.iam("GetPolicy", &[arn]).ok();
    assert_eq!(got.element("Description"), "for tests");
    assert!(got.text.contains("<Tags"), "{}", got.text);
    let tagged = [
        ("PolicyName", "q"),
        ("PolicyDocument", &*text),
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", "v"),
    ];
    let made = client.iam("CreatePolicy", &tagged).ok();
    assert_eq!(made.element("Key"), "k");
}

#[test]
fn roles_are_listed_in_pages() {
    let mut client = Client::new(Enforcement::Off);
    for name in ["c", "a", "b"] {
        let new = [
            ("RoleName", name),
            ("AssumeRolePolicyDocument", TRUST_ACCOUNT),
        ];
        client.iam("CreateRole", &new).ok();
    }
    let first = client.iam("ListRoles", &[("MaxItems", "2")]).ok();
    assert_eq!(first.element("IsTruncated"), "true");
    let marker = ("Marker", first.element("Marker"));
    let rest = client.iam("ListRoles", &[("MaxItems", "2"), marker]).ok();
    assert_eq!(
        (rest.element("RoleName"), rest.element("IsTruncated")),
        ("c", "false")
    );
    let none = client.iam("ListRoles", &[("MaxItems", "0")]);
    assert_eq!(none.error().1, "ValidationError");
    let forged = client.iam("ListRoles", &[("Marker", "*")]);
    assert_eq!(forged.error().1, "ValidationError");
}

#[test]
fn policies_are_as_long_as_they_may_be_and_blanks_do_not_count() {
    let mut client = Client::new(Enforcement::Off);
    let policy = |length: usize| {
        let frame = allow("s3:").len();
        allow(&format!("s3:{}", "x".repeat(length - frame)))
    };
    let put = |client: &mut Client, name: &str, text: &str| {
        client.iam(
            "CreatePolicy",
            &[("PolicyName", name), ("PolicyDocument", text)],
        )
    };
    put(&mut client, "most", &policy(6_144)).ok();
    let blanks = policy(6_144).replace(',', &format!(",{}", " ".repeat(1_000)));
    put(&mut client, "blanks", &blanks).ok();
    let more = put(&mut client, "more", &policy(6_145));
    let text = "Cannot exceed quota for PolicySize: 6144";
    assert_eq!(more.error(), (409, "LimitExceeded", text));
}

#[test]
fn a_trust_policy_is_replaced() {
    let mut client = client_with_role();
    let trust = TRUST_ACCOUNT.replace(ACCOUNT, "444455556666");
    client
        .iam(
            "UpdateAssumeRolePolicy",
            &[ROLE, ("PolicyDocument", &trust)],
        )
        .ok();
    let role = client.iam("GetRole", &[ROLE]).ok();
    assert!(
        role.element("AssumeRolePolicyDocument")
            .contains("444455556666")
    );
}

#[test]
fn a_role_is_described_anew() {
    let mut client = client_with_role();
    let members = [ROLE, ("Description", "new"), ("MaxSessionDuration", "7200")];
    let updated = client.iam("UpdateRole", &members).ok();
    // Clients look for a result, though it is empty.
    assert!(
        updated.text.contains("<UpdateRoleResult"),
        "{}",
        updated.text
    );
    let role = client.iam("GetRole", &[ROLE]).ok();
    assert_eq!(role.element("Description"), "new");
    assert_eq!(role.element("MaxSessionDuration"), "7200");
    let described = [ROLE, ("Description", "newer")];
    let role = client.iam("UpdateRoleDescription", &described).ok();
    assert_eq!(role.element("Description"), "newer");
    client.iam("UpdateRole", &[ROLE]).ok();
    let role = client.iam("GetRole", &[ROLE]).ok();
    assert_eq!(role.element("Description"), "newer");
    assert_eq!(role.element("MaxSessionDuration"), "3600");
}

#[test]
fn a_managed_policy_has_five_versions_of_which_one_counts() {
    let mut client = client_with_role();
    let text = allow("appsync:*");
    let made = [("PolicyName", "p"), ("PolicyDocument", &*text)];
    let arn = client
        .iam("CreatePolicy", &made)
        .ok()
        .element("Arn")
        .to_owned();
    let arn = ("PolicyArn", &*arn);
    let other = allow("lambda:*");
    let version = [arn, ("PolicyDocument", &*other), ("SetAsDefault", "true")];
    let answer = client.iam("CreatePolicyVersion", &version).ok();
    assert_eq!(answer.element("VersionId"), "v2");
    assert_eq!(answer.element("IsDefaultVersion"), "true");
    let shown = client.iam("GetPolicy", &[arn]).ok();
    assert_eq!(shown.element("DefaultVersionId"), "v2");
    let first = client
        .iam("GetPolicyVersion", &[arn, ("VersionId", "v1")])
        .ok();
    assert!(
        first.element("Document").contains("appsync"),
        "{}",
        first.text
    );
    for _ in 3..=5 {
        client.iam("CreatePolicyVersion", &version[..2]).ok();
    }
    let more = client.iam("CreatePolicyVersion", &version[..2]);
    assert_eq!(more.error().1, "LimitExceeded");
    let counting = client.iam("DeletePolicyVersion", &[arn, ("VersionId", "v2")]);
    assert_eq!(counting.error().1, "DeleteConflict");
    client
        .iam("SetDefaultPolicyVersion", &[arn, ("VersionId", "v1")])
        .ok();
    let whole = client.iam("DeletePolicy", &[arn]);
    assert_eq!(whole.error().1, "DeleteConflict");
    for name in ["v2", "v3", "v4", "v5"] {
        client
            .iam("DeletePolicyVersion", &[arn, ("VersionId", name)])
            .ok();
    }
    let gone = client.iam("DeletePolicyVersion", &[arn, ("VersionId", "v9")]);
    assert_eq!(gone.error().1, "NoSuchEntity");
    client.iam("DeletePolicy", &[arn]).ok();
}
