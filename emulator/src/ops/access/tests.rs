//! What calls need, by operation.

use std::collections::BTreeSet;

use super::*;
use crate::ids::{Region, VersionId};
use crate::state::Settings;
use crate::state::secrets::NewSecret;
use crate::time::Timestamp;

fn scope() -> Scope {
    Scope {
        account: AccountId::new("111122223333"),
        region: Region::new("us-east-1"),
    }
}

fn needs(row: &Row, body: &str) -> Vec<Access> {
    let world = World::new(Settings::default());
    let payload = Payload::new(body.as_bytes(), Vec::new());
    needed(row, &payload, &world, &scope(), Conditions::Read)
}

fn row(service: Service, name: &str) -> &'static Row {
    let mut rows = crate::ops::rows();
    let row = rows.find(|row| row.service == service && row.name == name);
    row.unwrap_or_else(|| panic!("no operation {name}"))
}

/// A member of every name by which a call can say what it is about.
const BODY: &str = r#"{"SecretId":"s","Name":"n","FunctionName":"f","logGroupName":"g",
    "apiId":"a","name":"n","id":"i","resourceArn":"arn:aws:appsync:us-east-1:1:apis/a",
    "RoleName":"r","UserName":"u","PolicyArn":"arn:aws:iam::1:policy/p","PolicyName":"p",
    "RoleArn":"arn:aws:iam::1:role/r"}"#;

#[test]
fn every_operation_is_held_against_what_it_says_it_is_about() {
    for row in crate::ops::rows() {
        let all = needs(row, BODY);
        assert_eq!(
            all.is_empty(),
            row.name == "GetCallerIdentity",
            "{}",
            row.name
        );
        for access in all {
            let resource = &access.resource;
            assert!(resource.starts_with("arn:aws:"), "{}: {resource}", row.name);
        }
    }
}

const FUNCTION: &str = "arn:aws:lambda:us-east-1:111122223333:function:f";

/// Operations of Lambda, with the members that say what they are about, and what they need: the
/// action and the resource, which is what a least policy names as well.
const LAMBDA: [(&str, &str, &str, &str); 22] = [
    (
        "CreateFunction",
        r#"{"FunctionName":"f"}"#,
        "CreateFunction",
        "",
    ),
    ("ListFunctions", "{}", "ListFunctions", "*"),
    (
        "GetFunction",
        r#"{"FunctionName":"f","Qualifier":"1"}"#,
        "GetFunction",
        ":1",
    ),
    (
        "DeleteFunction",
        r#"{"FunctionName":"f"}"#,
        "DeleteFunction",
        "",
    ),
    (
        "GetFunctionConfiguration",
        r#"{"FunctionName":"111122223333:function:f"}"#,
        "GetFunctionConfiguration",
        "",
    ),
    (
        "UpdateFunctionConfiguration",
        r#"{"FunctionName":"function:f"}"#,
        "UpdateFunctionConfiguration",
        "",
    ),
    (
        "UpdateFunctionCode",
        r#"{"FunctionName":"f"}"#,
        "UpdateFunctionCode",
        "",
    ),
    (
        "Invoke",
        r#"{"FunctionName":"f:live"}"#,
        "InvokeFunction",
        ":live",
    ),
    (
        "AddPermission",
        r#"{"FunctionName":"f"}"#,
        "AddPermission",
        "",
    ),
    ("GetPolicy", r#"{"FunctionName":"f"}"#, "GetPolicy", ""),
    (
        "RemovePermission",
        r#"{"FunctionName":"f"}"#,
        "RemovePermission",
        "",
    ),
    (
        "PublishVersion",
        r#"{"FunctionName":"f"}"#,
        "PublishVersion",
        "",
    ),
    (
        "ListVersionsByFunction",
        r#"{"FunctionName":"arn:aws:lambda:us-east-1:111122223333:function:f"}"#,
        "ListVersionsByFunction",
        "",
    ),
    (
        "CreateAlias",
        r#"{"FunctionName":"f","Name":"live"}"#,
        "CreateAlias",
        "",
    ),
    (
        "GetAlias",
        r#"{"FunctionName":"f","Name":"live"}"#,
        "GetAlias",
        "",
    ),
    ("ListAliases", r#"{"FunctionName":"f"}"#, "ListAliases", ""),
    (
        "UpdateAlias",
        r#"{"FunctionName":"f","Name":"live"}"#,
        "UpdateAlias",
        "",
    ),
    (
        "DeleteAlias",
        r#"{"FunctionName":"f","Name":"live"}"#,
        "DeleteAlias",
        "",
    ),
    (
        "GetFunctionCodeSigningConfig",
        r#"{"FunctionName":"f"}"#,
        "GetFunctionCodeSigningConfig",
        "",
    ),
    (
        "ListTags",
        r#"{"Resource":"arn:aws:lambda:us-east-1:111122223333:function:f"}"#,
        "ListTags",
        "",
    ),
    (
        "TagResource",
        r#"{"Resource":"arn:aws:lambda:us-east-1:111122223333:function:f"}"#,
        "TagResource",
        "",
    ),
    (
        "UntagResource",
        r#"{"Resource":"arn:aws:lambda:us-east-1:111122223333:function:f"}"#,
        "UntagResource",
        "",
    ),
];

#[test]
fn lambdas_operations_need_their_function() {
    for (name, body, action, qualifier) in LAMBDA {
        let all = needs(row(Service::Lambda, name), body);
        let [access] = &all[..] else {
            panic!("{name}: {all:?}")
        };
        let resource = match qualifier {
            "*" => "*".to_owned(),
            qualifier => format!("{FUNCTION}{qualifier}"),
        };
        assert_eq!(access.action, format!("lambda:{action}"));
        assert_eq!(
            (&access.resource, &access.least, access.shown.as_ref()),
            (&resource, &resource, Some(&resource)),
            "{name}"
        );
        assert_eq!(access.owner.as_str(), "111122223333", "{name}");
    }
}

#[test]
fn a_role_that_is_passed_on_is_needed_besides() {
    let role = "arn:aws:iam::111122223333:role/r";
    let body = format!(r#"{{"FunctionName":"f","Role":"{role}"}}"#);
    for name in ["CreateFunction", "UpdateFunctionConfiguration"] {
        let all = needs(row(Service::Lambda, name), &body);
        let passed = &all[1];
        assert_eq!(
            (passed.action.as_str(), &*passed.least),
            ("iam:PassRole", role)
        );
    }
    let all = needs(row(Service::Lambda, "Invoke"), &body);
    assert_eq!(all.len(), 1, "an event is no role");
}

#[test]
fn a_function_of_another_account_is_its_owners() {
    let arn = "arn:aws:lambda:us-east-1:444455556666:function:f";
    for name in [arn, "444455556666:function:f"] {
        let body = format!(r#"{{"FunctionName":"{name}"}}"#);
        let all = needs(row(Service::Lambda, "Invoke"), &body);
        assert_eq!(
            (all[0].owner.as_str(), &*all[0].least),
            ("444455556666", arn)
        );
    }
    // No other Region's function is reached, whoever owns it.
    let there = "arn:aws:lambda:eu-west-1:444455556666:function:f";
    let all = needs(
        row(Service::Lambda, "Invoke"),
        &format!(r#"{{"FunctionName":"{there}"}}"#),
    );
    assert_eq!(
        (all[0].owner.as_str(), &*all[0].least),
        ("111122223333", there)
    );
}

/// Operations of CloudWatch Logs: members, what the resource is after the account, and what a
/// least policy names.
const LOGS: [(&str, &str, &str, &str); 15] = [
    (
        "DescribeLogGroups",
        r#"{"logGroupNamePrefix":"/aws"}"#,
        "log-group::log-stream:",
        "log-group:*",
    ),
    (
        "DescribeLogStreams",
        r#"{"logGroupName":"/aws/lambda/f"}"#,
        "log-group:/aws/lambda/f:log-stream:",
        "log-group:/aws/lambda/f:*",
    ),
    (
        "FilterLogEvents",
        r#"{"logGroupName":"/aws/lambda/f"}"#,
        "log-group:/aws/lambda/f:log-stream:",
        "log-group:/aws/lambda/f:*",
    ),
    (
        "FilterLogEvents",
        r#"{"logGroupIdentifier":"arn:aws:logs:us-east-1:111122223333:log-group:g:*"}"#,
        "log-group:g:log-stream:",
        "log-group:g:*",
    ),
    (
        "GetLogEvents",
        r#"{"logGroupName":"g","logStreamName":"2026/11/30/[1]a"}"#,
        "log-group:g:log-stream:2026/11/30/[1]a",
        "log-group:g:*",
    ),
    (
        "CreateLogGroup",
        r#"{"logGroupName":"g"}"#,
        "log-group:g:log-stream:",
        "log-group:g:*",
    ),
    (
        "DeleteLogGroup",
        r#"{"logGroupName":"g"}"#,
        "log-group:g:log-stream:",
        "log-group:g:*",
    ),
    (
        "PutRetentionPolicy",
        r#"{"logGroupName":"g"}"#,
        "log-group:g:log-stream:",
        "log-group:g:*",
    ),
    (
        "DeleteRetentionPolicy",
        r#"{"logGroupName":"g"}"#,
        "log-group:g:log-stream:",
        "log-group:g:*",
    ),
    (
        "CreateLogStream",
        r#"{"logGroupName":"g","logStreamName":"s"}"#,
        "log-group:g:log-stream:s",
        "log-group:g:*",
    ),
    (
        "DeleteLogStream",
        r#"{"logGroupName":"g","logStreamName":"s"}"#,
        "log-group:g:log-stream:s",
        "log-group:g:*",
    ),
    (
        "PutLogEvents",
        r#"{"logGroupName":"g","logStreamName":"s"}"#,
        "log-group:g:log-stream:s",
        "log-group:g:*",
    ),
    (
        "TagResource",
        r#"{"resourceArn":"arn:aws:logs:us-east-1:111122223333:log-group:g"}"#,
        "log-group:g:log-stream:",
        "log-group:g:*",
    ),
    (
        "UntagResource",
        r#"{"resourceArn":"arn:aws:logs:us-east-1:111122223333:log-group:g"}"#,
        "log-group:g:log-stream:",
        "log-group:g:*",
    ),
    (
        "ListTagsForResource",
        r#"{"resourceArn":"arn:aws:logs:us-east-1:111122223333:log-group:g"}"#,
        "log-group:g:log-stream:",
        "log-group:g:*",
    ),
];

#[test]
fn operations_on_logs_need_the_streams_of_their_group() {
    let prefix = "arn:aws:logs:us-east-1:111122223333:";
    for (name, body, resource, least) in LOGS {
        let all = needs(row(Service::Logs, name), body);
        let [access] = &all[..] else {
            panic!("{name}: {all:?}")
        };
        assert_eq!(access.action, format!("logs:{name}"));
        assert_eq!(access.resource, format!("{prefix}{resource}"), "{name}");
        assert_eq!(access.least, format!("{prefix}{least}"), "{name}");
        assert_eq!(access.shown.as_ref(), Some(&access.resource), "{name}");
    }
}

#[test]
fn no_operation_of_lambda_and_logs_is_left_out() {
    let told: BTreeSet<&str> = LAMBDA.iter().chain(&LOGS).map(|(name, ..)| *name).collect();
    let rows = crate::ops::rows();
    let rows = rows.filter(|row| matches!(row.service, Service::Lambda | Service::Logs));
    assert_eq!(told, rows.map(|row| row.name).collect());
}

#[test]
fn a_batch_by_filters_needs_the_list_too() {
    let batch = row(Service::SecretsManager, "BatchGetSecretValue");
    let actions = |body: &str| -> Vec<String> {
        let all = needs(batch, body);
        all.into_iter().map(|access| access.action).collect()
    };
    let call = "secretsmanager:BatchGetSecretValue";
    assert_eq!(actions(r#"{"SecretIdList":["a"]}"#), [call]);
    let filters = r#"{"Filters":[{"Key":"name","Values":["a"]}]}"#;
    assert_eq!(actions(filters), [call, "secretsmanager:ListSecrets"]);
}

/// What the engine need not write down twice is what it would write down.
#[test]
fn a_call_on_one_secret_without_a_policy_needs_its_action_on_that_secret_alone() {
    let mut world = World::new(Settings::default());
    let new = NewSecret {
        name: "s".to_owned(),
        token: VersionId::new("00000000-0000-4000-8000-000000000000"),
        value: None,
        description: None,
        kms_key_id: None,
        tags: Vec::new(),
    };
    let scope = scope();
    let settings = world.settings.secrets;
    let secrets = &mut world.partition(&scope).secrets;
    let made = secrets.create(new, &scope, "AbCdE1", settings, Timestamp::EPOCH);
    let arn = made.unwrap().arn.clone();
    let mut found = 0;
    for row in crate::ops::rows() {
        for id in ["s", arn.as_str()] {
            let body = format!(r#"{{"SecretId":"{id}","Name":"n","Filters":[]}}"#);
            let payload = Payload::new(body.as_bytes(), Vec::new());
            let Some(secret) = sole_secret(row, &payload, &world, &scope) else {
                continue;
            };
            found += 1;
            let all = needed(row, &payload, &world, &scope, Conditions::Unread);
            let [access] = &all[..] else {
                panic!("{}: {all:?}", row.name)
            };
            assert_eq!(access.action, format!("secretsmanager:{}", row.name));
            assert_eq!((&access.least, &secret.arn), (&access.resource, &arn));
            assert_eq!(access.least, arn.as_str());
            assert!(access.policy.is_none() && access.rule == ResourceRule::Adds);
            assert_eq!(access.owner, scope.account);
        }
    }
    assert_eq!(found, 2 * 24, "all but the two that may need more");
    let (payload, other) = (
        Payload::new(br#"{"SecretId":"s"}"#, Vec::new()),
        Scope::default(),
    );
    let row = row(Service::SecretsManager, "GetSecretValue");
    assert!(sole_secret(row, &payload, &world, &other).is_none());
    let foreign = format!(r#"{{"SecretId":"{arn}"}}"#);
    let payload = Payload::new(foreign.as_bytes(), Vec::new());
    assert!(sole_secret(row, &payload, &world, &other).is_none());
}

mod condition_keys {
    //! Every key that AWS's table gives to an action is set, if a request has it.

    use std::collections::BTreeMap;

    use super::*;
    use crate::entropy::Entropy;
    use crate::ids::FunctionArn;
    use crate::state::appsync::authentication::AuthenticationType;
    use crate::state::appsync::samples;
    use crate::state::iam::names::Place;
    use crate::state::iam::role::NewRole;
    use crate::state::iam::tags::{Keys, Tags};
    use crate::state::policy::keys;
    use crate::state::secrets::rotation::{RotationKind, RotationOrigin, RotationStart};
    use crate::state::secrets::version::RotationToken;
    use crate::wire::policy_document::{Form, parse};

    /// Keys that no request here has: there are no permission boundaries, no templates of roles, no
    /// streams that call functions, no URLs of functions, and nobody knows in which network a subnet
    /// is. Log groups have no tags.
    const ABSENT: [&str; 6] = [
        "iam:PermissionsBoundary",
        "iam:RoleTemplateARN",
        "lambda:EventSourceToken",
        "lambda:InvokedViaFunctionUrl",
        "lambda:VpcIds",
        "logs:aws:ResourceTag/*",
    ];

    /// Every member that a key is made from.
    fn request() -> Value {
        let arn =
            |service: &str, rest: &str| format!("arn:aws:{service}:us-east-1:111122223333:{rest}");
        serde_json::json!({
            "SecretId": "s", "Name": "s", "Description": "d", "Type": "partner",
            "KmsKeyId": arn("kms", "key/k"), "VersionId": "v", "VersionStage": "AWSCURRENT",
            "RecoveryWindowInDays": 7, "ForceDeleteWithoutRecovery": true,
            "ForceOverwriteReplicaSecret": true, "BlockPublicPolicy": true,
            "RotationLambdaARN": arn("lambda", "function:f"), "RotateImmediately": true,
            "ExternalSecretRotationRoleArn": "arn:aws:iam::111122223333:role/r",
            "RotationRules": {}, "AddReplicaRegions": [{"Region": "eu-west-1"}],
            "Tags": [{"Key": "k", "Value": "v"}], "TagKeys": ["k"], "tags": {"k": "v"},
            "FunctionName": "f", "Role": "arn:aws:iam::111122223333:role/r",
            "Principal": "*", "FunctionUrlAuthType": "NONE", "CodeSigningConfigArn": "c",
            "Layers": ["l"], "VpcConfig": {"SubnetIds": ["s"], "SecurityGroupIds": ["g"]},
            "RoleName": "r", "UserName": "ann", "PolicyArn": "arn:aws:iam::111122223333:policy/p",
            "RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "n",
            "ExternalId": "x", "SourceIdentity": "i", "TransitiveTagKeys": ["k"],
            "logGroupName": "g", "tagKeys": ["k"],
        })
    }

    /// A world in which everything has a tag.
    fn world(scope: &Scope) -> (World, String) {
        let mut world = World::new(Settings::default());
        let mut entropy = Entropy::from_seed(1);
        let tags = || BTreeMap::from([("k".to_owned(), "v".to_owned())]);
        add_secret(&mut world, scope);
        let function = "arn:aws:lambda:us-east-1:111122223333:function:f";
        world.start_with(FunctionArn::new(function), Default::default());
        let partition = world.partition(scope);
        let reference = crate::state::lambda::reference::Reference::parse("f", None).unwrap();
        partition.lambda.get_mut(&reference, scope).unwrap().tags = tags();
        let definition = samples::event_api("a", &[AuthenticationType::ApiKey]);
        let (events, settings) = (&mut partition.appsync.events, &Default::default());
        let now = Timestamp::EPOCH;
        let api = events.create(definition, tags(), now, &mut entropy, settings);
        let api = api.unwrap().id.to_string();
        add_identities(&mut world, scope, &mut entropy);
        (world, api)
    }

    fn add_secret(world: &mut World, scope: &Scope) {
        let new = NewSecret {
            name: "s".to_owned(),
            token: VersionId::new("00000000-0000-4000-8000-000000000000"),
            value: None,
            description: None,
            kms_key_id: None,
            tags: vec![("k".to_owned(), "v".to_owned())],
        };
        let settings = world.settings.secrets;
        let secrets = &mut world.partition(scope).secrets;
        secrets
            .create(new, scope, "AbCdE1", settings, Timestamp::EPOCH)
            .unwrap();
        let mut secret = secrets.find_mut("s", scope).unwrap();
        secret.external_mut().partner = Some("partner".to_owned());
        let function = FunctionArn::new("arn:aws:lambda:us-east-1:111122223333:function:f");
        let start = RotationStart {
            token: VersionId::new("00000000-0000-4000-8000-000000000001"),
            rotation_token: RotationToken::new("t"),
            function,
            rules: None,
            kind: RotationKind::Full,
            origin: RotationOrigin::Call,
        };
        secret.begin_rotation(start, Timestamp::EPOCH).unwrap();
    }

    fn add_identities(world: &mut World, scope: &Scope, entropy: &mut Entropy) {
        let list = || vec![("k".to_owned(), "v".to_owned())];
        let tags = || Tags::new(list(), Keys::AnyCase).unwrap();
        let text = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"#;
        let document = parse(text, Form::Trust).unwrap();
        let trust = crate::state::policy::PolicyText {
            text: text.to_owned(),
            document,
        };
        let place = Place {
            partition: "aws",
            account: &scope.account,
            path: "/",
        };
        let iam = world.iam.of(&scope.account);
        let new = NewRole {
            name: "r".to_owned(),
            trust: trust.clone(),
            description: None,
            max_session_seconds: 3600,
            tags: tags(),
        };
        iam.create_role(new, &place, entropy, Timestamp::EPOCH)
            .unwrap();
        iam.create_user("ann", &place, entropy, Timestamp::EPOCH)
            .unwrap();
        iam.user_mut("ann").unwrap().identity.tags = tags();
        let new = crate::state::iam::managed_policy::NewPolicy {
            name: "p".to_owned(),
            description: None,
            text: trust,
            tags: tags(),
        };
        iam.create_policy(new, &place, entropy, Timestamp::EPOCH)
            .unwrap();
    }

    /// The members of an operation that name one thing: an operation on a policy names no role.
    fn members_of(row: &Row, api: &str) -> Value {
        let mut request = request();
        let members = request.as_object_mut().unwrap();
        if row.name.ends_with("Policy") && row.name.starts_with(['T', 'U']) {
            members.remove("RoleName");
            members.remove("UserName");
        }
        if row.service == Service::Sts {
            // A form: everything is text.
            members.insert("DurationSeconds".to_owned(), "900".into());
        }
        if row.service == Service::AppSync {
            members.insert("apiId".to_owned(), api.into());
        }
        request
    }

    fn is_set(access: &Access, key: &str) -> bool {
        let key = key.replace('*', "k");
        access.context.values(&key).is_some() || access.context.is_hidden(&key)
    }

    #[test]
    fn every_condition_key_of_every_action_is_set() {
        let scope = scope();
        let (world, api) = world(&scope);
        let mut missing = BTreeSet::new();
        let mut checked = 0;
        for row in crate::ops::rows() {
            let body = members_of(row, &api).to_string();
            let payload = Payload::new(body.as_bytes(), Vec::new());
            for access in needed(row, &payload, &world, &scope, Conditions::Read) {
                let table = keys::rows().find(|(action, _)| *action == access.action);
                for key in table.into_iter().flat_map(|(_, keys)| keys) {
                    checked += 1;
                    let of_service = format!("{}:{key}", row.service.as_str());
                    let is_absent = ABSENT.contains(&key) || ABSENT.contains(&&*of_service);
                    if !is_absent && !is_set(&access, key) {
                        missing.insert(format!("{} {key}", access.action));
                    }
                }
            }
        }
        assert!(checked > 300, "{checked}");
        assert!(missing.is_empty(), "{missing:#?}");
    }
}
