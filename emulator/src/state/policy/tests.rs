//! The documented evaluation rules, one test a rule. Documents are written as data: JSON is the
//! wire's.

use super::condition::{Condition, Operator};
use super::pattern::Pattern;
use super::*;
use crate::ids::AccountId;

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";
const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf";
const ANN: &str = "AIDAANN";
const GET: &str = "secretsmanager:GetSecretValue";

fn statement(effect: Effect, action: &str, resource: &str) -> Statement {
    Statement {
        sid: None,
        effect,
        principals: None,
        actions: Selection::Only(vec![pattern(action)]),
        resources: Some(Selection::Only(vec![pattern(resource)])),
        conditions: vec![],
    }
}

fn pattern(text: &str) -> Pattern {
    Pattern::new(text, Version::V2012)
}

fn document(statements: Vec<Statement>) -> Document {
    Document {
        version: Version::V2012,
        statements,
    }
}

fn allow(action: &str, resource: &str) -> Document {
    document(vec![statement(Effect::Allow, action, resource)])
}

fn deny(action: &str) -> Document {
    document(vec![statement(Effect::Deny, action, "*")])
}

/// A policy of a resource.
fn of_resource(effect: Effect, principal: &str) -> Document {
    let principal = match principal.ends_with("amazonaws.com") {
        true => PrincipalPattern::Service(principal.to_owned()),
        false => PrincipalPattern::aws(principal),
    };
    document(vec![Statement {
        principals: Some(Selection::Only(vec![principal])),
        ..statement(effect, "*", "*")
    }])
}

fn user(account: &str) -> Principal {
    Principal::User {
        account: AccountId::new(account),
        arn: format!("arn:aws:iam::{account}:user/ann"),
        id: ANN.to_owned(),
    }
}

fn session(account: &str) -> Principal {
    Principal::Session {
        account: AccountId::new(account),
        role: format!("arn:aws:iam::{account}:role/r"),
        arn: format!("arn:aws:sts::{account}:assumed-role/r/s"),
        role_id: "AROAR".to_owned(),
    }
}

fn root(account: &str) -> Principal {
    Principal::Root {
        account: AccountId::new(account),
        partition: "aws",
    }
}

#[derive(Default)]
struct Case {
    identity: Vec<Document>,
    session: Option<Document>,
    resource: Option<Document>,
    rule: ResourceRule,
    context: Context,
}

impl Case {
    fn decide(&self, principal: &Principal) -> Decision {
        let request = Request {
            principal,
            action: GET,
            resource: SECRET,
            context: &self.context,
        };
        let policies = Policies {
            identity: self.identity.iter().collect(),
            session: self.session.as_ref(),
            resource: self.resource.as_ref(),
            owner: &AccountId::new(OWN),
            rule: self.rule,
        };
        decide(&request, &policies)
    }
}

fn missing(missing: Source) -> Decision {
    Decision::ImplicitDeny { missing }
}

fn denied(source: Source) -> Decision {
    Decision::ExplicitDeny { source, sid: None }
}

#[test]
fn everything_is_denied_by_default_but_for_the_account_itself() {
    let nothing = Case::default();
    assert_eq!(nothing.decide(&user(OWN)), missing(Source::Identity));
    assert_eq!(nothing.decide(&session(OWN)), missing(Source::Identity));
    assert_eq!(
        nothing.decide(&Principal::Anonymous),
        missing(Source::Resource)
    );
    assert_eq!(nothing.decide(&root(OWN)), Decision::Allowed);
    assert_eq!(nothing.decide(&root(OTHER)), missing(Source::Resource));
}

#[test]
fn a_policy_of_the_caller_allows_what_it_names() {
    for (action, resource, is_allowed) in [
        ("secretsmanager:Get*", "*", true),
        (GET, SECRET, true),
        (GET, "arn:aws:secretsmanager:*:*:secret:s-??????", true),
        (GET, "arn:aws:secretsmanager:*:*:secret:s-?????", false),
        ("secretsmanager:PutSecretValue", "*", false),
        (
            GET,
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:t-*",
            false,
        ),
    ] {
        let case = Case {
            identity: vec![allow(action, resource)],
            ..Case::default()
        };
        assert_eq!(
            case.decide(&user(OWN)).is_allowed(),
            is_allowed,
            "{action} {resource}"
        );
    }
}

#[test]
fn not_action_and_not_resource_mean_all_but_what_they_list() {
    let all_but = |actions: &str, resources: &str| Case {
        identity: vec![document(vec![Statement {
            actions: Selection::AllBut(vec![pattern(actions)]),
            resources: Some(Selection::AllBut(vec![pattern(resources)])),
            ..statement(Effect::Allow, "*", "*")
        }])],
        ..Case::default()
    };
    let ann = user(OWN);
    assert!(all_but("iam:*", "arn:aws:s3:::*").decide(&ann).is_allowed());
    assert!(
        !all_but("secretsmanager:*", "arn:aws:s3:::*")
            .decide(&ann)
            .is_allowed()
    );
    assert!(
        !all_but("iam:*", "arn:aws:secretsmanager:*")
            .decide(&ann)
            .is_allowed()
    );
}

#[test]
fn an_explicit_deny_wins_wherever_it_stands() {
    let mut case = Case {
        identity: vec![allow("*", "*"), deny("secretsmanager:*")],
        ..Case::default()
    };
    assert_eq!(case.decide(&user(OWN)), denied(Source::Identity));
    case.identity.pop();
    case.resource = Some(of_resource(Effect::Deny, "*"));
    assert_eq!(case.decide(&user(OWN)), denied(Source::Resource));
    assert_eq!(case.decide(&root(OWN)), denied(Source::Resource));
    case.resource = Some(of_resource(Effect::Deny, OWN));
    assert_eq!(
        case.decide(&session(OWN)),
        denied(Source::Resource),
        "by its account"
    );
    case.resource = Some(of_resource(Effect::Deny, OTHER));
    assert_eq!(
        case.decide(&user(OWN)),
        Decision::Allowed,
        "it means someone else"
    );
    case.session = Some(deny("*"));
    assert_eq!(case.decide(&session(OWN)), denied(Source::Session));
}

#[test]
fn a_denial_names_its_statement() {
    let mut document = deny("*");
    document.statements[0].sid = Some("NeverThis".to_owned());
    let case = Case {
        identity: vec![document],
        ..Case::default()
    };
    let Decision::ExplicitDeny { sid, .. } = case.decide(&user(OWN)) else {
        panic!()
    };
    assert_eq!(sid.as_deref(), Some("NeverThis"));
}

#[test]
fn within_an_account_either_policy_is_enough() {
    let named = |principal: &str| Case {
        resource: Some(of_resource(Effect::Allow, principal)),
        ..Case::default()
    };
    let ann = "arn:aws:iam::111122223333:user/ann";
    assert_eq!(named(ann).decide(&user(OWN)), Decision::Allowed);
    assert_eq!(named("*").decide(&user(OWN)), Decision::Allowed);
    let role = "arn:aws:iam::111122223333:role/r";
    assert_eq!(named(role).decide(&session(OWN)), Decision::Allowed);
    assert_eq!(named(role).decide(&user(OWN)), missing(Source::Identity));
    // The account passes the permission on: its own policies decide.
    let root = "arn:aws:iam::111122223333:root";
    assert_eq!(named(root).decide(&user(OWN)), missing(Source::Identity));
    assert_eq!(named(OWN).decide(&user(OWN)), missing(Source::Identity));
}

#[test]
fn who_was_meant_is_meant_and_nobody_who_takes_the_name() {
    for (id, is_meant) in [(ANN, true), ("AIDAOTHER", false)] {
        for effect in [Effect::Allow, Effect::Deny] {
            let ann = "arn:aws:iam::111122223333:user/ann";
            let mut policy = of_resource(effect, ann);
            policy.bind(&|arn| (arn == ann).then(|| id.to_owned()));
            let decided = Case {
                resource: Some(policy),
                ..Case::default()
            }
            .decide(&user(OWN));
            let is_denied = decided == denied(Source::Resource);
            assert_eq!(decided.is_allowed(), is_meant && effect == Effect::Allow);
            assert_eq!(is_denied, is_meant && effect == Effect::Deny);
        }
    }
}

#[test]
fn across_accounts_both_policies_are_needed() {
    let mut case = Case {
        resource: Some(of_resource(Effect::Allow, OTHER)),
        ..Case::default()
    };
    assert_eq!(case.decide(&user(OTHER)), missing(Source::Identity));
    case.identity = vec![allow("*", "*")];
    assert_eq!(case.decide(&user(OTHER)), Decision::Allowed);
    case.resource = None;
    assert_eq!(case.decide(&user(OTHER)), missing(Source::Resource));
    case.resource = Some(of_resource(Effect::Allow, "*"));
    case.identity.clear();
    assert_eq!(case.decide(&session(OTHER)), missing(Source::Identity));
}

#[test]
fn a_trust_policy_must_allow_whatever_the_caller_may() {
    let mut case = Case {
        identity: vec![allow("*", "*")],
        rule: ResourceRule::MustAllow,
        ..Case::default()
    };
    assert_eq!(case.decide(&user(OWN)), missing(Source::Resource));
    assert_eq!(case.decide(&root(OWN)), missing(Source::Resource));
    case.resource = Some(of_resource(Effect::Allow, OWN));
    assert_eq!(case.decide(&user(OWN)), Decision::Allowed);
    case.identity.clear();
    assert_eq!(case.decide(&user(OWN)), missing(Source::Identity));
    case.resource = Some(of_resource(
        Effect::Allow,
        "arn:aws:iam::111122223333:user/ann",
    ));
    assert_eq!(case.decide(&user(OWN)), Decision::Allowed, "named itself");
}

#[test]
fn a_session_policy_limits_what_the_role_may() {
    let mut case = Case {
        identity: vec![allow("*", "*")],
        session: Some(allow("appsync:*", "*")),
        ..Case::default()
    };
    assert_eq!(case.decide(&session(OWN)), missing(Source::Session));
    case.resource = Some(of_resource(
        Effect::Allow,
        "arn:aws:iam::111122223333:role/r",
    ));
    assert_eq!(
        case.decide(&session(OWN)),
        missing(Source::Session),
        "the role is limited"
    );
    let as_session = "arn:aws:sts::111122223333:assumed-role/r/s";
    case.resource = Some(of_resource(Effect::Allow, as_session));
    assert_eq!(
        case.decide(&session(OWN)),
        Decision::Allowed,
        "the session is not"
    );
    case.resource = None;
    case.session = Some(allow("secretsmanager:*", "*"));
    assert_eq!(case.decide(&session(OWN)), Decision::Allowed);
    case.identity.clear();
    assert_eq!(
        case.decide(&session(OWN)),
        missing(Source::Identity),
        "it gives nothing"
    );
}

#[test]
fn a_service_needs_the_policy_of_the_resource() {
    let service = Principal::Service("secretsmanager.amazonaws.com".to_owned());
    let mut case = Case {
        resource: Some(of_resource(Effect::Allow, "secretsmanager.amazonaws.com")),
        ..Case::default()
    };
    assert_eq!(case.decide(&service), Decision::Allowed);
    case.resource = Some(of_resource(Effect::Allow, "lambda.amazonaws.com"));
    assert_eq!(case.decide(&service), missing(Source::Resource));
}

#[test]
fn not_principal_means_all_but_those_listed() {
    let mut document = of_resource(Effect::Deny, "*");
    let ann = PrincipalPattern::aws("arn:aws:iam::111122223333:user/ann");
    document.statements[0].principals = Some(Selection::AllBut(vec![ann]));
    let case = Case {
        identity: vec![allow("*", "*")],
        resource: Some(document),
        ..Case::default()
    };
    assert_eq!(case.decide(&user(OWN)), Decision::Allowed);
    assert_eq!(case.decide(&session(OWN)), denied(Source::Resource));
}

fn holds(operator: &str, values: &[&str], found: Option<&[&str]>) -> bool {
    let condition = Condition {
        operator: Operator::parse(operator).unwrap(),
        key: "My:Key".to_owned(),
        values: values.iter().map(|text| pattern(text)).collect(),
    };
    let mut context = Context::default();
    context.set("aws:username", Some("ann"));
    if let Some(found) = found {
        context.set_all("my:key", found.iter().map(|it| (*it).to_owned()).collect());
    }
    condition.holds(&context)
}

#[test]
fn each_operator_compares_in_its_way() {
    for (operator, value, found, is_true) in [
        ("StringEquals", "a", "a", true),
        ("StringEquals", "a*", "ab", false),
        ("StringEquals", "${aws:username}", "ann", true),
        ("StringNotEquals", "a", "b", true),
        ("StringEqualsIgnoreCase", "A", "a", true),
        ("StringNotEqualsIgnoreCase", "A", "a", false),
        ("StringLike", "a*", "ab", true),
        ("StringNotLike", "a*", "ab", false),
        ("NumericEquals", "10", "10.0", true),
        ("NumericNotEquals", "10", "9", true),
        ("NumericLessThan", "10", "9", true),
        ("NumericLessThan", "10", "10", false),
        ("NumericLessThanEquals", "10", "10", true),
        ("NumericGreaterThan", "10", "11", true),
        ("NumericGreaterThanEquals", "10", "x", false),
        (
            "DateLessThan",
            "2026-11-22T10:00:00Z",
            "2026-11-22T09:59:59Z",
            true,
        ),
        (
            "DateGreaterThan",
            "2026-11-22",
            "2026-11-22T09:59:59Z",
            true,
        ),
        ("DateEquals", "0", "1970-01-01T00:00Z", true),
        ("DateNotEquals", "0", "1970-01-01", false),
        ("Bool", "true", "True", true),
        ("Bool", "true", "false", false),
        ("IpAddress", "203.0.113.0/24", "203.0.113.7", true),
        ("IpAddress", "203.0.113.7", "203.0.113.7", true),
        ("IpAddress", "2001:db8::/32", "2001:db8::1", true),
        ("IpAddress", "203.0.113.0/24", "198.51.100.1", false),
        ("NotIpAddress", "203.0.113.0/24", "198.51.100.1", true),
        (
            "ArnLike",
            "arn:aws:lambda:*:1:function:f*",
            "arn:aws:lambda:eu:1:function:f1",
            true,
        ),
        (
            "ArnEquals",
            "arn:aws:lambda:*:1:function:f*",
            "arn:aws:lambda:eu:1:function:f1",
            true,
        ),
        ("ArnNotLike", "arn:*:1:f", "arn:aws:lambda:eu:1:f", true),
        ("BinaryEquals", "QUI=", "QUI=", true),
    ] {
        assert_eq!(
            holds(operator, &[value], Some(&[found])),
            is_true,
            "{operator} {value} {found}"
        );
    }
}

#[test]
fn several_values_are_alternatives_and_under_a_negation_all_are_excluded() {
    assert!(holds("StringEquals", &["a", "b"], Some(&["b"])));
    assert!(!holds("StringNotEquals", &["a", "b"], Some(&["b"])));
    assert!(holds("StringNotEquals", &["a", "b"], Some(&["c"])));
}

#[test]
fn a_key_that_is_absent_fails_unless_the_operator_says_otherwise() {
    assert!(!holds("StringEquals", &["a"], None));
    assert!(holds("StringEqualsIfExists", &["a"], None));
    assert!(!holds("StringEqualsIfExists", &["a"], Some(&["b"])));
    assert!(holds("StringNotEquals", &["a"], None));
    assert!(!holds("Bool", &["false"], None));
    assert!(holds("Null", &["true"], None));
    assert!(!holds("Null", &["false"], None));
    assert!(holds("Null", &["false"], Some(&["a"])));
}

#[test]
fn sets_are_judged_by_any_or_by_all_of_their_values() {
    let stages: &[&str] = &["AWSCURRENT", "other"];
    assert!(holds(
        "ForAnyValue:StringEquals",
        &["AWSCURRENT"],
        Some(stages)
    ));
    assert!(!holds(
        "ForAllValues:StringEquals",
        &["AWSCURRENT"],
        Some(stages)
    ));
    assert!(holds(
        "ForAllValues:StringLike",
        &["AWS*", "o*"],
        Some(stages)
    ));
    assert!(holds("ForAllValues:StringEquals", &["a"], None));
    assert!(!holds("ForAnyValue:StringEquals", &["a"], None));
    assert!(holds(
        "ForAnyValue:StringNotEquals",
        &["AWSCURRENT"],
        Some(stages)
    ));
    assert!(!holds(
        "ForAllValues:StringNotEquals",
        &["AWSCURRENT"],
        Some(stages)
    ));
}

#[test]
fn what_is_no_operator_is_refused() {
    for name in [
        "StringIs",
        "NullIfExists",
        "ForSomeValues:StringEquals",
        "Numeric",
        "Dateless",
    ] {
        assert_eq!(Operator::parse(name), None, "{name}");
    }
}

#[test]
fn all_conditions_of_a_statement_must_hold() {
    let condition = |key: &str| Condition {
        operator: Operator::parse("StringEquals").unwrap(),
        key: key.to_owned(),
        values: vec![pattern("x")],
    };
    let mut policy = allow("*", "*");
    policy.statements[0].conditions =
        vec![condition("aws:RequestedRegion"), condition("aws:username")];
    let mut case = Case {
        identity: vec![policy],
        ..Case::default()
    };
    case.context.set("aws:requestedregion", Some("x"));
    assert!(!case.decide(&user(OWN)).is_allowed());
    case.context.set("AWS:UserName", Some("x"));
    assert!(case.decide(&user(OWN)).is_allowed());
}

fn conditional(effect: Effect, operator: &str, key: &str) -> Statement {
    let condition = Condition {
        operator: Operator::parse(operator).unwrap(),
        key: key.to_owned(),
        values: vec![pattern("true")],
    };
    Statement {
        conditions: vec![condition],
        ..statement(effect, "*", "*")
    }
}

fn undecided(keys: &[&str]) -> Decision {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    Decision::Undecided { keys }
}

#[test]
fn what_is_unknown_leaves_undecided_only_what_hangs_on_it() {
    const OPEN: &str = "aws:PrincipalOrgID";
    let decide = |statements: Vec<Statement>| {
        let case = Case {
            identity: vec![document(statements)],
            ..Case::default()
        };
        case.decide(&user(OWN))
    };
    for operator in [
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIfExists",
        "Null",
    ] {
        let open = decide(vec![conditional(Effect::Allow, operator, OPEN)]);
        assert_eq!(open, undecided(&[OPEN]), "{operator}");
    }
    let plain = statement(Effect::Allow, "*", "*");
    let open_deny = conditional(Effect::Deny, "StringNotEquals", OPEN);
    let open_allow = conditional(Effect::Allow, "StringEquals", OPEN);
    assert_eq!(
        decide(vec![plain.clone(), open_deny.clone()]),
        undecided(&[OPEN])
    );
    assert_eq!(
        decide(vec![plain.clone(), open_allow.clone()]),
        Decision::Allowed
    );
    assert_eq!(decide(vec![open_deny]), missing(Source::Identity));
    let deny = statement(Effect::Deny, "*", "*");
    assert_eq!(decide(vec![deny, open_allow]), denied(Source::Identity));
    // One that is known to fail leaves nothing open.
    let mut both = conditional(Effect::Allow, "StringEquals", OPEN);
    both.conditions
        .extend(conditional(Effect::Allow, "Bool", "aws:username").conditions);
    assert_eq!(decide(vec![both]), missing(Source::Identity));
    let elsewhere = Statement {
        actions: Selection::Only(vec![pattern("s3:*")]),
        ..conditional(Effect::Allow, "StringEquals", OPEN)
    };
    assert_eq!(decide(vec![elsewhere]), missing(Source::Identity));
    let variable = statement(Effect::Allow, "*", "arn:aws:s3:::${aws:PrincipalOrgID}");
    assert_eq!(decide(vec![variable]), undecided(&[OPEN]));
}

#[test]
fn a_key_of_the_service_that_the_request_lacks_is_absent() {
    let case = Case {
        identity: vec![document(vec![conditional(
            Effect::Allow,
            "Bool",
            "secretsmanager:ForceDeleteWithoutRecovery",
        )])],
        ..Case::default()
    };
    assert_eq!(case.decide(&user(OWN)), missing(Source::Identity));
}

#[test]
fn a_value_that_is_hidden_is_unknown_though_its_key_is_known() {
    let key = "secretsmanager:KmsKeyArn";
    let mut case = Case {
        identity: vec![document(vec![conditional(
            Effect::Allow,
            "StringEquals",
            key,
        )])],
        ..Case::default()
    };
    assert_eq!(case.decide(&user(OWN)), missing(Source::Identity));
    case.context.hide(key);
    assert_eq!(case.decide(&user(OWN)), undecided(&[key]));
}
