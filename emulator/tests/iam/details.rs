//! What Terraform and inventories ask: everything at once, and groups that there are none of.

use keywheel_emulator::state::iam::settings::Enforcement;

use crate::client::{Client, TRUST_ACCOUNT, allow};

fn client_with_all() -> Client {
    let mut client = Client::new(Enforcement::Off);
    let text = allow("s3:*");
    let policy = [("PolicyName", "p"), ("PolicyDocument", &*text)];
    client.iam("CreatePolicy", &policy).ok();
    let role = [
        ("RoleName", "r"),
        ("AssumeRolePolicyDocument", TRUST_ACCOUNT),
    ];
    client.iam("CreateRole", &role).ok();
    let named = ("RoleName", "r");
    let inline = [named, ("PolicyName", "i"), ("PolicyDocument", &*text)];
    client.iam("PutRolePolicy", &inline).ok();
    let aws = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    client
        .iam("AttachRolePolicy", &[named, ("PolicyArn", aws)])
        .ok();
    client.iam("CreateUser", &[("UserName", "ann")]).ok();
    client
}

/// GetAccountAuthorizationDetails.
#[test]
fn users_roles_and_policies_are_told_at_once_or_by_their_kinds() {
    let mut client = client_with_all();
    let marks = [
        "<UserName>ann<",
        "<RoleName>r<",
        "policy/p<",
        "<Document>%7B",
    ];
    let marks = [marks.as_slice(), &["AWSLambdaBasicExecutionRole</Arn>"]].concat();
    for (kind, has) in [
        (None, [true, true, true, true, true]),
        (Some("User"), [true, false, false, false, false]),
        (Some("Role"), [false, true, false, false, false]),
        (
            Some("LocalManagedPolicy"),
            [false, false, true, true, false],
        ),
        (Some("AWSManagedPolicy"), [false, false, false, true, true]),
        (Some("Group"), [false; 5]),
    ] {
        let members = kind.map(|kind| ("Filter.member.1", kind));
        let members: Vec<_> = members.into_iter().collect();
        let answer = client.iam("GetAccountAuthorizationDetails", &members).ok();
        let found: Vec<bool> = marks
            .iter()
            .map(|mark| answer.text.contains(mark))
            .collect();
        assert_eq!(found, has, "{kind:?} {}", answer.text);
        assert!(
            answer.text.contains("<GroupDetailList/>"),
            "{}",
            answer.text
        );
    }
    let role = client
        .iam(
            "GetAccountAuthorizationDetails",
            &[("Filter.member.1", "Role")],
        )
        .ok();
    assert_eq!(role.element("PolicyName"), "i");
    assert!(role.text.contains("<RoleLastUsed/>") && role.text.contains("<InstanceProfileList/>"));
    let wrong = client.iam(
        "GetAccountAuthorizationDetails",
        &[("Filter.member.1", "Key")],
    );
    assert_eq!(wrong.error().1, "ValidationError");
}

#[test]
fn details_come_in_pages() {
    let mut client = client_with_all();
    let mut members = vec![("MaxItems".to_owned(), "1".to_owned())];
    let mut pages = 0;
    loop {
        let asked: Vec<(&str, &str)> = members.iter().map(|(k, v)| (&**k, &**v)).collect();
        let answer = client.iam("GetAccountAuthorizationDetails", &asked).ok();
        pages += 1;
        if answer.element("IsTruncated") == "false" {
            break;
        }
        members.truncate(1);
        members.push(("Marker".to_owned(), answer.element("Marker").to_owned()));
    }
    assert_eq!(pages, 4, "a user, a role, a policy and one of AWS's");
}

#[test]
fn nobody_is_in_a_group() {
    let mut client = client_with_all();
    let answer = client.iam("ListGroupsForUser", &[("UserName", "ann")]).ok();
    assert!(answer.text.contains("<Groups/>"), "{}", answer.text);
    let missing = client.iam("ListGroupsForUser", &[("UserName", "bob")]);
    assert_eq!(missing.error().1, "NoSuchEntity");
}
