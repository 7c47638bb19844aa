//! Condition keys: those that a request has, those that it has not, and those that nobody can know.

use keywheel_emulator::ids::FunctionArn;
use keywheel_emulator::state::iam::settings::Enforcement;
use keywheel_emulator::state::lambda::started::Started;
use serde_json::json;

use crate::client::{ACCOUNT, Client, TRUST_ACCOUNT, allow};

const GET: &str = "secretsmanager:GetSecretValue";

fn under(action: &str, condition: &str) -> String {
    let condition = format!(r#""Resource":"*","Condition":{{{condition}}}"#);
    allow(action).replace(r#""Resource":"*""#, &condition)
}

fn client_with_secret(enforcement: Enforcement) -> Client {
    let mut client = Client::new(enforcement);
    let new = json!({"Name": "s", "SecretString": "v", "ClientRequestToken": "0".repeat(32)});
    client.secrets("CreateSecret", &new).ok();
    client
}

fn read(client: &mut Client) -> (u16, String) {
    let answer = client.secrets("GetSecretValue", &json!({"SecretId": "s"}));
    (answer.status, answer.text)
}

/// The condition in the role of every rotation function that AWS's templates deploy.
#[test]
fn a_rotation_role_is_held_to_the_secrets_of_its_function() {
    let mut client = client_with_secret(Enforcement::Enforce);
    let function = format!("arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f");
    let condition = format!(
        r#""StringEquals":{{"secretsmanager:resource/AllowRotationLambdaArn":"{function}"}}"#
    );
    client.become_user("ann", Some(&under(GET, &condition)));
    let (status, text) = read(&mut client);
    assert_eq!(status, 400, "nothing rotates it");
    assert!(
        text.contains("because no identity-based policy allows"),
        "{text}"
    );
    client.as_account(|client| {
        let world = client.engine.world();
        world.settings.access.iam = Enforcement::Off;
        world.start_with(FunctionArn::new(function.as_str()), Started::default());
        let rotate = json!({"SecretId": "s", "RotationLambdaARN": function, "ClientRequestToken": "1".repeat(32), "RotationRules": {"AutomaticallyAfterDays": 30}});
        client.secrets("RotateSecret", &rotate).ok();
        client.engine.world().settings.access.iam = Enforcement::Enforce;
    });
    let (status, text) = read(&mut client);
    assert_eq!(status, 200, "{text}");
}

#[test]
fn tags_of_callers_count_those_of_the_session_first() {
    let mut client = client_with_secret(Enforcement::Enforce);
    let trust = TRUST_ACCOUNT.replace("sts:AssumeRole", "sts:*");
    let role = [
        ("RoleName", "r"),
        ("AssumeRolePolicyDocument", &*trust),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "core"),
    ];
    client.iam("CreateRole", &role).ok();
    let condition = r#""StringEquals":{"aws:PrincipalTag/team":"core"}"#;
    let policy = under(GET, condition);
    let put = [
        ("RoleName", "r"),
        ("PolicyName", "p"),
        ("PolicyDocument", &*policy),
    ];
    client.iam("PutRolePolicy", &put).ok();
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/r");
    let other = [
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "edge"),
    ];
    for (tags, is_let_in) in [(&[][..], true), (&other, false)] {
        let members = [&[("RoleArn", &*arn), ("RoleSessionName", "s1")], tags].concat();
        let session = client.query("sts", "AssumeRole", &members).ok();
        client.key = session.element("AccessKeyId").to_owned();
        let (status, text) = read(&mut client);
        assert_eq!(status == 200, is_let_in, "{text}");
        client.key = ACCOUNT.to_owned();
    }
    client.become_user("ann", Some(&policy));
    assert_eq!(read(&mut client).0, 400);
    let tag = [
        ("UserName", "ann"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "core"),
    ];
    client.as_account(|client| client.iam("TagUser", &tag).ok());
    assert_eq!(read(&mut client).0, 200);
}

#[test]
fn a_verdict_that_hangs_on_an_unknown_key_is_undecided() {
    for (enforcement, expected) in [(Enforcement::Enforce, 400), (Enforcement::Audit, 200)] {
        let mut client = client_with_secret(enforcement);
        let condition = r#""StringEquals":{"aws:SourceVpce":"vpce-1"}"#;
        let ann = client.become_user("ann", Some(&under(GET, condition)));
        let (status, text) = read(&mut client);
        assert_eq!(status, expected, "{text}");
        if enforcement == Enforcement::Enforce {
            assert!(text.contains("AccessDeniedException"), "{text}");
            assert!(
                text.contains("cannot decide") && text.contains("aws:SourceVpce"),
                "{text}"
            );
            assert!(!text.contains("is not authorized"), "{text}");
        }
        let report = client.engine.access_report();
        let (_, observed) = report.callers().find(|(name, _)| *name == ann).unwrap();
        assert_eq!((observed.undecided, observed.refusals), (1, 0));
        assert!(
            observed
                .open
                .keys()
                .all(|text| text.contains("aws:SourceVpce"))
        );
        // What is allowed anyway is no question, nor what is denied anyway.
        for (policy, status) in [
            (
                format!(
                    "{},{}",
                    statement(&under(GET, condition)),
                    statement(&allow(GET))
                ),
                200,
            ),
            (
                format!(
                    "{},{}",
                    statement(&under(GET, condition)),
                    statement(&allow(GET)).replace("Allow", "Deny")
                ),
                expected,
            ),
        ] {
            let document = format!(r#"{{"Version":"2012-10-17","Statement":[{policy}]}}"#);
            client.set_user_policy("ann", &document);
            assert_eq!(read(&mut client).0, status, "{document}");
        }
        let report = client.engine.access_report();
        let (_, observed) = report.callers().find(|(name, _)| *name == ann).unwrap();
        assert_eq!((observed.undecided, observed.refusals), (1, 1));
    }
}

/// The one statement of a policy.
fn statement(policy: &str) -> String {
    let document: serde_json::Value = serde_json::from_str(policy).unwrap();
    document["Statement"][0].to_string()
}
