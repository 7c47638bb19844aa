//! Access keys as rotation functions treat them: a second one, the first made inactive, then deleted.

use keywheel_emulator::state::iam::settings::Enforcement;

use crate::client::{ACCOUNT, Answer, Client, allow};

const ANN: (&str, &str) = ("UserName", "ann");

fn client_with_key(enforcement: Enforcement) -> (Client, String) {
    let mut client = Client::new(enforcement);
    client.become_user("ann", Some(&allow("*")));
    let key = std::mem::replace(&mut client.key, ACCOUNT.to_owned());
    (client, key)
}

fn set(client: &mut Client, key: &str, status: &str) -> Answer {
    let members = [ANN, ("AccessKeyId", key), ("Status", status)];
    client.iam("UpdateAccessKey", &members)
}

fn identity(client: &mut Client, key: &str) -> Answer {
    client.key = key.to_owned();
    let answer = client.query("sts", "GetCallerIdentity", &[]);
    client.key = ACCOUNT.to_owned();
    answer
}

#[test]
fn an_inactive_key_is_listed_is_nobody_and_can_be_made_active_again() {
    let (mut client, key) = client_with_key(Enforcement::Off);
    identity(&mut client, &key).ok();
    for (status, is_somebody) in [("Inactive", false), ("Active", true), ("Inactive", false)] {
        set(&mut client, &key, status).ok();
        let list = client.iam("ListAccessKeys", &[ANN]).ok();
        assert_eq!(list.element("Status"), status);
        let answer = identity(&mut client, &key);
        assert_eq!(answer.status == 200, is_somebody, "{}", answer.text);
    }
    let refused = identity(&mut client, &key);
    let text = "The security token included in the request is invalid.";
    assert_eq!(refused.error(), (403, "InvalidClientTokenId", text));
    let second = client.iam("CreateAccessKey", &[ANN]).ok();
    assert_eq!(second.element("Status"), "Active");
    let third = client.iam("CreateAccessKey", &[ANN]);
    assert_eq!(third.error().1, "LimitExceeded", "an inactive one counts");
    let members = [ANN, ("AccessKeyId", &*key)];
    client.iam("DeleteAccessKey", &members).ok();
    assert_eq!(
        identity(&mut client, &key).status,
        403,
        "nor once it is deleted"
    );
}

#[test]
fn where_policies_are_enforced_an_inactive_key_may_do_nothing() {
    let (mut client, key) = client_with_key(Enforcement::Enforce);
    client.key.clone_from(&key);
    client.iam("GetUser", &[ANN]).ok();
    client.key = ACCOUNT.to_owned();
    set(&mut client, &key, "Inactive").ok();
    client.key = key;
    assert_eq!(client.iam("GetUser", &[ANN]).status, 403);
}

#[test]
fn a_key_that_is_not_the_users_has_no_status() {
    let (mut client, key) = client_with_key(Enforcement::Off);
    let missing = set(&mut client, "AKIAAAAAAAAAAAAAAAAA", "Inactive");
    let text = "The Access Key with id AKIAAAAAAAAAAAAAAAAA cannot be found.";
    assert_eq!(missing.error(), (404, "NoSuchEntity", text));
    client.iam("CreateUser", &[("UserName", "bob")]).ok();
    let members = [
        ("UserName", "bob"),
        ("AccessKeyId", &*key),
        ("Status", "Inactive"),
    ];
    assert_eq!(
        client.iam("UpdateAccessKey", &members).error().1,
        "NoSuchEntity"
    );
    for (status, code) in [("Asleep", "ValidationError"), ("Expired", "NotImplemented")] {
        assert_eq!(set(&mut client, &key, status).error().1, code);
    }
    let nobody = client.iam(
        "UpdateAccessKey",
        &[("AccessKeyId", &*key), ("Status", "Active")],
    );
    assert_eq!(
        nobody.error().1,
        "ValidationError",
        "the account is no user"
    );
}

#[test]
fn the_last_use_of_a_key_is_told_with_service_and_region() {
    let (mut client, key) = client_with_key(Enforcement::Off);
    let id = ("AccessKeyId", &*key);
    let unused = client.iam("GetAccessKeyLastUsed", &[id]).ok();
    assert!(!unused.text.contains("LastUsedDate"), "{}", unused.text);
    assert_eq!(
        (
            unused.element("UserName"),
            unused.element("Region"),
            unused.element("ServiceName")
        ),
        ("ann", "N/A", "N/A")
    );
    identity(&mut client, &key).ok();
    let used = client.iam("GetAccessKeyLastUsed", &[id]).ok();
    assert_eq!(
        (
            used.element("LastUsedDate"),
            used.element("Region"),
            used.element("ServiceName")
        ),
        ("2026-11-22T10:30:00Z", "eu-west-1", "sts")
    );
    let missing = client.iam(
        "GetAccessKeyLastUsed",
        &[("AccessKeyId", "AKIAAAAAAAAAAAAAAAAA")],
    );
    let text = format!(
        "User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform iam:GetAccessKeyLastUsed on \
         resource: access key AKIAAAAAAAAAAAAAAAAA"
    );
    assert_eq!(missing.error(), (403, "AccessDenied", &*text));
}
