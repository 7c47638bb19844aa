//! Users and their keys.

use keywheel_emulator::state::iam::settings::Enforcement;
use percent_encoding::percent_decode_str;

use crate::client::{ACCOUNT, Client, allow};

const ANN: (&str, &str) = ("UserName", "ann");

fn client_with_user() -> Client {
    let mut client = Client::new(Enforcement::Off);
    client.iam("CreateUser", &[ANN, ("Path", "/team/")]).ok();
    client
}

#[test]
fn a_user_is_made_read_and_deleted() {
    let mut client = client_with_user();
    let user = client.iam("GetUser", &[ANN]).ok();
    assert_eq!(
        user.element("Arn"),
        format!("arn:aws:iam::{ACCOUNT}:user/team/ann")
    );
    assert!(user.element("UserId").starts_with("AIDA"));
    let again = client.iam("CreateUser", &[ANN]);
    let text = "User with name ann already exists.";
    assert_eq!(again.error(), (409, "EntityAlreadyExists", text));
    client.iam("DeleteUser", &[ANN]).ok();
    let gone = client.iam("GetUser", &[ANN]);
    let text = "The user with name ann cannot be found.";
    assert_eq!(gone.error(), (404, "NoSuchEntity", text));
}

#[test]
fn policies_of_a_user_are_put_attached_and_taken_away() {
    let mut client = client_with_user();
    let text = allow("appsync:*");
    let policy = ("PolicyName", "p");
    client
        .iam("PutUserPolicy", &[ANN, policy, ("PolicyDocument", &text)])
        .ok();
    let got = client.iam("GetUserPolicy", &[ANN, policy]).ok();
    assert_eq!(
        percent_decode_str(got.element("PolicyDocument"))
            .decode_utf8()
            .unwrap(),
        text
    );
    assert_eq!(
        client
            .iam("ListUserPolicies", &[ANN])
            .ok()
            .element("member"),
        "p"
    );
    let admin = ("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess");
    client.iam("AttachUserPolicy", &[ANN, admin]).ok();
    let list = client.iam("ListAttachedUserPolicies", &[ANN]).ok();
    assert_eq!(list.element("PolicyName"), "AdministratorAccess");
    let refused = client.iam("DeleteUser", &[ANN]);
    assert_eq!(refused.error().1, "DeleteConflict");
    client.iam("DetachUserPolicy", &[ANN, admin]).ok();
    client.iam("DeleteUserPolicy", &[ANN, policy]).ok();
    let gone = client.iam("DeleteUserPolicy", &[ANN, policy]);
    assert_eq!(
        gone.error().2,
        "The user policy with name p cannot be found."
    );
    client.iam("DeleteUser", &[ANN]).ok();
}

#[test]
fn a_key_tells_its_secret_once_and_acts_for_its_user() {
    let mut client = client_with_user();
    let key = client.iam("CreateAccessKey", &[ANN]).ok();
    let (id, secret) = (key.element("AccessKeyId"), key.element("SecretAccessKey"));
    assert_eq!((id.len(), secret.len()), (20, 40));
    let list = client.iam("ListAccessKeys", &[ANN]).ok();
    assert_eq!(
        (list.element("AccessKeyId"), list.element("Status")),
        (id, "Active")
    );
    assert!(!list.text.contains(secret));
    client.key = id.to_owned();
    let identity = client.query("sts", "GetCallerIdentity", &[]).ok();
    assert_eq!(
        identity.element("Arn"),
        format!("arn:aws:iam::{ACCOUNT}:user/team/ann")
    );
    assert_eq!(client.iam("GetUser", &[]).ok().element("UserName"), "ann");
    assert!(
        client.iam("ListAccessKeys", &[]).ok().text.contains(id),
        "its own"
    );
}

#[test]
fn a_user_has_two_keys_at_most_and_is_not_deleted_with_one() {
    let mut client = client_with_user();
    let first = client.iam("CreateAccessKey", &[ANN]).ok();
    client.iam("CreateAccessKey", &[ANN]).ok();
    let third = client.iam("CreateAccessKey", &[ANN]);
    let text = "Cannot exceed quota for AccessKeysPerUser: 2";
    assert_eq!(third.error(), (409, "LimitExceeded", text));
    let refused = client.iam("DeleteUser", &[ANN]);
    let text = "Cannot delete entity, must delete access keys first.";
    assert_eq!(refused.error(), (409, "DeleteConflict", text));
    let id = ("AccessKeyId", first.element("AccessKeyId"));
    client.iam("DeleteAccessKey", &[ANN, id]).ok();
    let twice = client.iam("DeleteAccessKey", &[ANN, id]);
    assert_eq!(twice.error().1, "NoSuchEntity");
}

#[test]
fn the_account_is_no_user() {
    let mut client = client_with_user();
    let answer = client.iam("CreateAccessKey", &[]);
    let text = "Must specify userName when calling with non-User credentials";
    assert_eq!(answer.error(), (400, "ValidationError", text));
    let identity = client.query("sts", "GetCallerIdentity", &[]).ok();
    assert_eq!(
        identity.element("Arn"),
        format!("arn:aws:iam::{ACCOUNT}:root")
    );
    assert_eq!(identity.element("UserId"), ACCOUNT);
}
