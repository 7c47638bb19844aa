//! The ways into an API beside keys, and which fields each of them opens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keywheel_emulator::state::appsync::AppSyncSettings;
use serde_json::{Value, json};

use super::client::{Answer, Client, PROBE, signed};
use super::schemas::with_schema;

const POOL: &str = "AMAZON_COGNITO_USER_POOLS";
const MISSING: &str = "Valid authorization header not provided.";
const POOL_ISSUER: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc";

const SCHEMA: &str = r#"
    type Query {
        plain: String
        key: String @aws_api_key
        iam: String @aws_iam
        oidc: String @aws_oidc
        pool: String @aws_cognito_user_pools
        staff: String @aws_cognito_user_pools(cognito_groups: ["staff"])
        lambda: String @aws_lambda
        closed: Closed @aws_api_key
        open: Open @aws_api_key
        must: String! @aws_iam
    }
    type Closed { a: String }
    type Open @aws_api_key { a: String b: String @aws_iam }
"#;

/// A token that nobody signed.
fn token(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2ln", part(&json!({ "alg": "RS256" })), part(claims))
}

/// An API with every mode, of which this is the default.
fn every_mode(default: &str) -> Value {
    let pool = json!({ "userPoolId": "eu-west-1_abc", "awsRegion": "eu-west-1" });
    let mut default_pool = pool.clone();
    default_pool["defaultAction"] = json!("ALLOW");
    let oidc = json!({ "issuer": "https://issuer.example", "clientId": "^app-", "iatTTL": 60_000 });
    let uri = "arn:aws:lambda:eu-west-1:111122223333:function:f";
    let lambda = json!({ "authorizerUri": uri, "identityValidationExpression": "^custom-" });
    let all = [
        json!({ "authenticationType": "API_KEY" }),
        json!({ "authenticationType": "AWS_IAM" }),
        json!({ "authenticationType": "OPENID_CONNECT", "openIDConnectConfig": oidc }),
        json!({ "authenticationType": POOL, "userPoolConfig": pool }),
        json!({ "authenticationType": "AWS_LAMBDA", "lambdaAuthorizerConfig": lambda }),
    ];
    let (own, others): (Vec<Value>, Vec<Value>) = all
        .into_iter()
        .partition(|provider| provider["authenticationType"] == default);
    let mut attributes = own[0].clone();
    if default == POOL {
        attributes["userPoolConfig"] = default_pool;
    }
    attributes["additionalAuthenticationProviders"] = Value::Array(others);
    attributes
}

fn api(default: &str) -> (Client, String, String) {
    let attributes = every_mode(default);
    let (client, _, path, key) = with_schema(AppSyncSettings::default(), &attributes, SCHEMA);
    (client, path, key)
}

fn ask(client: &mut Client, path: &str, header: (&str, &str), query: &str) -> Answer {
    let body = json!({ "query": query }).to_string();
    client.answer("POST", path, &[header], body.as_bytes())
}

#[track_caller]
fn assert_refused(answer: &Answer, message: &str) {
    let error = &answer.json["errors"][0];
    assert_eq!(
        (answer.status, &error["message"]),
        (401, &json!(message)),
        "{}",
        answer.text
    );
}

#[test]
fn every_mode_opens_its_fields_and_as_default_the_unmarked_ones() {
    let now = 1_795_343_400;
    let oidc = token(&json!({ "iss": "https://issuer.example", "aud": "app-1", "iat": now }));
    let pool = token(&json!({ "iss": POOL_ISSUER, "exp": now + 1 }));
    let staff = token(&json!({ "iss": POOL_ISSUER, "cognito:groups": ["staff"] }));
    let iam = signed("AKIDEXAMPLE", "eu-west-1");
    for default in ["API_KEY", "AWS_IAM", "OPENID_CONNECT", POOL, "AWS_LAMBDA"] {
        let (mut client, path, key) = api(default);
        for (mode, header, open) in [
            ("API_KEY", ("x-api-key", key.as_str()), vec!["key"]),
            ("AWS_IAM", ("authorization", iam.as_str()), vec!["iam"]),
            (
                "OPENID_CONNECT",
                ("authorization", oidc.as_str()),
                vec!["oidc"],
            ),
            (POOL, ("authorization", pool.as_str()), vec!["pool"]),
            (
                POOL,
                ("authorization", staff.as_str()),
                vec!["pool", "staff"],
            ),
            ("AWS_LAMBDA", ("authorization", "custom-x"), vec!["lambda"]),
        ] {
            let query = "{ plain key iam oidc pool staff lambda }";
            let answer = ask(&mut client, &path, header, query);
            assert_eq!(answer.status, 200, "{default} {mode}: {}", answer.text);
            let data = answer.json["data"].as_object().unwrap();
            let answered = data.iter().filter(|(_, value)| !value.is_null());
            let mut answered: Vec<&str> = answered.map(|(name, _)| name.as_str()).collect();
            let mut wanted = open;
            if mode == default {
                wanted.push("plain");
            }
            answered.sort_unstable();
            wanted.sort_unstable();
            assert_eq!(answered, wanted, "{default} {mode}");
        }
    }
}

#[test]
fn a_closed_field_is_an_error_with_status_200_and_its_path() {
    let (mut client, path, key) = api("AWS_IAM");
    let query = "{ closed { a } open { x: a b } }";
    let answer = ask(&mut client, &path, ("x-api-key", &key), query);
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json["data"],
        json!({ "closed": { "a": null }, "open": { "x": "a", "b": null } })
    );
    let errors = answer.json["errors"].as_array().unwrap();
    let told: Vec<_> = errors
        .iter()
        .map(|error| (error["path"].clone(), error["message"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            (
                json!(["closed", "a"]),
                "Not Authorized to access a on type Closed"
            ),
            (
                json!(["open", "b"]),
                "Not Authorized to access b on type Open"
            ),
        ]
    );
    assert!(
        errors
            .iter()
            .all(|error| error["errorType"] == "Unauthorized")
    );
    let answer = ask(&mut client, &path, ("x-api-key", &key), "{ key must }");
    assert_eq!(
        answer.json["data"],
        Value::Null,
        "null goes up to where it is allowed"
    );
}

#[test]
fn the_type_name_is_open_to_every_way_in() {
    let (mut client, path, key) = api("AWS_IAM");
    for header in [("x-api-key", key.as_str()), ("authorization", "custom-1")] {
        let answer = client.answer("POST", &path, &[header], PROBE.as_bytes());
        assert_eq!(answer.text, r#"{"data":{"__typename":"Query"}}"#);
    }
}

#[test]
fn a_user_pool_can_deny_what_no_mark_opens() {
    let pool = json!({
        "userPoolId": "eu-west-1_abc", "awsRegion": "eu-west-1", "defaultAction": "DENY",
    });
    let attributes = json!({ "authenticationType": POOL, "userPoolConfig": pool });
    let (mut client, _, path, _) = with_schema(AppSyncSettings::default(), &attributes, SCHEMA);
    let token = token(&json!({ "iss": POOL_ISSUER }));
    let answer = ask(
        &mut client,
        &path,
        ("authorization", &token),
        "{ plain pool }",
    );
    assert_eq!(
        answer.json["data"],
        json!({ "plain": null, "pool": "pool" })
    );
}

#[test]
fn credentials_of_a_wrong_form_are_refused() {
    let (mut client, path, _) = api("API_KEY");
    let good = signed("AKIDEXAMPLE", "eu-west-1");
    let now = 1_795_343_400;
    for (credential, message) in [
        (good.replace("appsync", "s3"), MISSING),
        (good.replace(", Signature=0", ""), MISSING),
        ("nonsense".to_owned(), "Unable to parse JWT token."),
        ("a.b.c".to_owned(), "Unable to parse JWT token."),
        (
            token(&json!({ "iss": "https://elsewhere.example" })),
            MISSING,
        ),
        (
            token(&json!({ "iss": "https://issuer.example", "aud": "other" })),
            MISSING,
        ),
        (
            token(&json!({ "iss": POOL_ISSUER, "exp": now })),
            "Token has expired.",
        ),
        (
            token(&json!({ "iss": "https://issuer.example", "aud": "app-1", "iat": now - 60 })),
            "Token has expired.",
        ),
    ] {
        let answer = ask(
            &mut client,
            &path,
            ("authorization", &credential),
            "{ plain }",
        );
        assert_refused(&answer, message);
    }
}

#[test]
fn credentials_of_a_mode_that_the_api_lacks_are_none() {
    let (mut client, _, path, key) = with_schema(AppSyncSettings::default(), &json!({}), SCHEMA);
    let jwt = token(&json!({ "iss": POOL_ISSUER }));
    let signature = signed("AKIDEXAMPLE", "eu-west-1");
    for credential in [jwt.as_str(), &signature, "custom-x"] {
        let answer = ask(
            &mut client,
            &path,
            ("authorization", credential),
            "{ plain }",
        );
        assert_refused(&answer, MISSING);
        // Such an API does not read the header at all: the key decides.
        let both = [("authorization", credential), ("x-api-key", key.as_str())];
        let answer = client.answer("POST", &path, &both, PROBE.as_bytes());
        assert_eq!(answer.status, 200);
    }
    let (mut client, path, key) = api("API_KEY");
    let both = [("x-api-key", key.as_str()), ("authorization", "custom-x")];
    let answer = client.answer("POST", &path, &both, PROBE.as_bytes());
    assert_refused(&answer, MISSING);
}
