//! The rules of IAM, without the wire.

use super::credentials::{Credentials, Holder};
use super::role::DEFAULT_SESSION_SECONDS;
use super::session::NewSession;
use super::signer::Signer;
use super::tags::Tags;
use super::*;
use crate::ids::Scope;
use crate::state::policy::{Effect, PolicyText, Selection, Statement, Version, pattern::Pattern};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn account() -> AccountId {
    AccountId::new("111122223333")
}

fn text(action: &str) -> PolicyText {
    let pattern = |text: &str| Pattern::new(text, Version::V2012);
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        principals: None,
        actions: Selection::Only(vec![pattern(action)]),
        resources: Some(Selection::Only(vec![pattern("*")])),
        conditions: vec![],
    };
    let document = Document {
        version: Version::V2012,
        statements: vec![statement],
    };
    let text = format!("policy of {action}");
    PolicyText { text, document }
}

fn iam_with_role(name: &str, entropy: &mut Entropy) -> Iam {
    let mut iam = Iam::default();
    let new = NewRole {
        name: name.to_owned(),
        trust: text("sts:AssumeRole"),
        description: None,
        max_session_seconds: DEFAULT_SESSION_SECONDS,
        tags: Tags::default(),
    };
    let account = account();
    let place = place(&account);
    iam.create_role(new, &place, entropy, NOW).unwrap();
    iam
}

fn policy(name: &str, iam: &mut Iam) -> ManagedPolicy {
    let new = NewPolicy {
        name: name.to_owned(),
        description: None,
        text: text("a:*"),
        tags: Tags::default(),
    };
    let account = account();
    let mut entropy = Entropy::from_seed(7);
    let policy = iam.create_policy(new, &place(&account), &mut entropy, NOW);
    policy.unwrap().clone()
}

fn place(account: &AccountId) -> Place<'_> {
    Place {
        partition: "aws",
        account,
        path: "/team/",
    }
}

#[test]
fn ids_and_arns_have_their_documented_forms() {
    let mut entropy = Entropy::from_seed(1);
    let iam = iam_with_role("r", &mut entropy);
    let role = &iam.role("r").unwrap().identity;
    assert_eq!(role.arn, "arn:aws:iam::111122223333:role/team/r");
    assert!(
        role.id.starts_with("AROA") && role.id.len() == 21,
        "{}",
        role.id
    );
    assert_eq!(iam.role_of_arn(&role.arn).unwrap().identity.id, role.id);
    let other = "arn:aws:iam::111122223333:role/r";
    assert!(iam.role_of_arn(other).is_none(), "another path");
}

#[test]
fn names_are_taken_in_whatever_case() {
    let mut entropy = Entropy::from_seed(1);
    let mut iam = iam_with_role("Rotator", &mut entropy);
    let account = account();
    iam.create_user("ann", &place(&account), &mut entropy, NOW)
        .unwrap();
    let again = iam.create_user("ANN", &place(&account), &mut entropy, NOW);
    assert!(matches!(again, Err(IamError::Exists { .. })));
    assert!(iam.role("rotator").is_err());
}

#[test]
fn a_role_with_policies_is_not_deleted() {
    let mut iam = iam_with_role("r", &mut Entropy::from_seed(1));
    let admin = policy("admin", &mut iam);
    let role = iam.role_mut("r").unwrap();
    role.identity.inline.insert("p".to_owned(), text("a:*"));
    role.identity.attach(&admin, "PoliciesPerRole").unwrap();
    assert_eq!(iam.delete_role("r"), Err(IamError::HasAttachedPolicies));
    let identity = &mut iam.role_mut("r").unwrap().identity;
    identity.detach(&admin.arn).unwrap();
    assert!(identity.detach(&admin.arn).is_err());
    assert_eq!(iam.delete_role("r"), Err(IamError::HasInlinePolicies));
    let identity = &mut iam.role_mut("r").unwrap().identity;
    identity.delete_inline(Kind::RolePolicy, "p").unwrap();
    iam.delete_role("r").unwrap();
    assert!(iam.delete_role("r").is_err());
}

#[test]
fn an_eleventh_policy_is_not_attached() {
    let mut iam = iam_with_role("r", &mut Entropy::from_seed(1));
    let policies: Vec<_> = (0..11)
        .map(|it| policy(&format!("p{it}"), &mut iam))
        .collect();
    let identity = &mut iam.role_mut("r").unwrap().identity;
    for policy in &policies[..10] {
        identity.attach(policy, "PoliciesPerRole").unwrap();
    }
    identity.attach(&policies[3], "PoliciesPerRole").unwrap();
    assert!(identity.attach(&policies[10], "PoliciesPerRole").is_err());
}

#[test]
fn a_policy_in_use_is_not_deleted() {
    let mut iam = iam_with_role("r", &mut Entropy::from_seed(1));
    let policy = policy("p", &mut iam);
    let arn = policy.arn.clone();
    assert_eq!(arn, "arn:aws:iam::111122223333:policy/team/p");
    iam.role_mut("r")
        .unwrap()
        .identity
        .attach(&policy, "PoliciesPerRole")
        .unwrap();
    assert_eq!(iam.delete_policy(&arn), Err(IamError::PolicyAttached));
    iam.role_mut("r").unwrap().identity.detach(&arn).unwrap();
    iam.delete_policy(&arn).unwrap();
    assert!(iam.policy(&arn).is_err());
    assert!(iam.delete_policy(&arn).is_err());
}

#[test]
fn a_session_acts_for_its_role_and_a_deleted_key_for_nobody() {
    let mut entropy = Entropy::from_seed(1);
    let mut iam = iam_with_role("r", &mut entropy);
    let mut credentials = Credentials::default();
    let account = account();
    let new = NewSession {
        name: "function".to_owned(),
        seconds: 60,
        ..NewSession::default()
    };
    let role = iam.role("r").unwrap();
    let session = credentials.issue_session(role, &account, new, &mut entropy, NOW);
    assert_eq!(
        session.arn,
        "arn:aws:sts::111122223333:assumed-role/r/function"
    );
    assert_eq!(session.expires, NOW.plus_millis(60_000));
    let id = session.access_key_id.clone();
    assert!(id.starts_with("ASIA") && id.len() == 20, "{id}");
    let signer = Signer::of(Some(&id), &credentials, &Scope::default());
    assert_eq!(
        signer.principal.identity(),
        "arn:aws:iam::111122223333:role/team/r"
    );
    assert!(signer.user_id(&credentials).ends_with(":function"));
    assert!(
        !format!("{:?}", credentials.holder(&id)).contains(match credentials.holder(&id) {
            Some(Holder::Session(session)) => session.secret_access_key.expose(),
            _ => panic!(),
        })
    );

    iam.create_user("ann", &place(&account), &mut entropy, NOW)
        .unwrap();
    let user = iam.user("ann").unwrap();
    let key = credentials
        .create_key(user, &account, &mut entropy, NOW)
        .unwrap()
        .id
        .clone();
    credentials
        .create_key(user, &account, &mut entropy, NOW)
        .unwrap();
    assert!(
        credentials
            .create_key(user, &account, &mut entropy, NOW)
            .is_err(),
        "two at most"
    );
    credentials.delete_key(&account, "ann", &key).unwrap();
    let signer = Signer::of(Some(&key), &credentials, &Scope::default());
    assert_eq!(signer.principal, Principal::Anonymous);
}

#[test]
fn any_other_key_stands_for_an_account() {
    let of = |key: Option<&str>| Signer::of(key, &Credentials::default(), &Scope::default());
    assert_eq!(of(Some("111122223333")).account, account());
    assert_eq!(of(Some("test")).account, Scope::default().account);
    let root = of(None).principal;
    assert_eq!(root.to_string(), "arn:aws:iam::000000000000:root");
}
