//! Signatures: AWS's published vectors, and what is told of each thing that can be wrong.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use keywheel_emulator::state::iam::settings::Enforcement;
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::Request;
use keywheel_emulator::wire::signature::{BadSignature, Signature};
use serde::Deserialize;

use crate::client::{Answer, Client};

/// Signed requests of AWS's SigV4 test suite, in the header and in the query form.
const VECTORS: &str = include_str!("sigv4.json");
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const SKEW_MS: i64 = 300_000;

#[derive(Deserialize)]
struct Vector {
    name: String,
    method: String,
    uri: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Vector {
    /// The parts of the request; none if HTTP does not carry its target as it is.
    fn parts(&self) -> Option<(Method, Uri, HeaderMap)> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        let method = Method::from_bytes(self.method.as_bytes()).unwrap();
        Some((method, self.uri.parse().ok()?, headers))
    }

    fn verify(&self, secret: &str, now: Timestamp) -> Option<Result<(), BadSignature>> {
        let (method, uri, headers) = self.parts()?;
        let request = Request {
            method: &method,
            uri: &uri,
            headers: &headers,
            body: self.body.as_bytes(),
            caller: None,
        };
        let signature = Signature::read(&request);
        Some(signature.and_then(|it| it.verify(&request, "service", secret, SKEW_MS, now)))
    }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(VECTORS).unwrap()
}

#[test]
fn awss_test_vectors_are_accepted() {
    let mut accepted = 0;
    for vector in vectors() {
        // Targets with a blank cannot arrive: HTTP/1.1 ends the target at it.
        let Some(result) = vector.verify(SECRET, at("2015-08-30T12:36:00Z")) else {
            assert!(vector.uri.contains(' '), "{} {}", vector.name, vector.uri);
            continue;
        };
        assert_eq!(result, Ok(()), "{} {}", vector.name, vector.uri);
        accepted += 1;
    }
    assert!(accepted > 50, "{accepted} of {}", vectors().len());
}

#[test]
fn the_host_may_stand_in_the_target() {
    let mut vectors = vectors();
    let vector = vectors
        .iter_mut()
        .find(|it| it.name == "get-vanilla")
        .unwrap();
    vector.headers.retain(|(name, _)| name != "Host");
    vector.uri = "http://example.amazonaws.com/".to_owned();
    let at = at("2015-08-30T12:36:00Z");
    assert_eq!(vector.verify(SECRET, at), Some(Ok(())));
    vector.uri = "http://example.com/".to_owned();
    assert_eq!(vector.verify(SECRET, at), Some(Err(BadSignature::Mismatch)));
}

#[test]
fn no_vector_is_accepted_with_another_secret_or_another_request() {
    for mut vector in vectors() {
        let with = |vector: &Vector, secret| vector.verify(secret, at("2015-08-30T12:36:00Z"));
        if let Some(result) = with(&vector, "another") {
            assert_eq!(result, Err(BadSignature::Mismatch), "{}", vector.name);
        }
        vector.body.push('x');
        if let Some(result) = with(&vector, SECRET) {
            assert_eq!(result, Err(BadSignature::Mismatch), "{}", vector.name);
        }
    }
}

#[test]
fn a_signature_is_good_for_five_minutes_and_a_url_for_as_long_as_it_says() {
    let vectors = vectors();
    let vanilla = |form: &str| {
        let mut found = vectors.iter().filter(|it| it.name == "get-vanilla");
        found
            .find(|it| it.uri.contains("Signature") == (form == "query"))
            .unwrap()
    };
    for (form, moment, is_accepted) in [
        ("header", "2015-08-30T12:41:00Z", true),
        ("header", "2015-08-30T12:41:01Z", false),
        ("header", "2015-08-30T12:31:00Z", true),
        ("header", "2015-08-30T12:30:59Z", false),
        ("query", "2015-08-30T13:36:00Z", true),
        ("query", "2015-08-30T13:36:01Z", false),
        ("query", "2015-08-30T12:30:59Z", false),
    ] {
        let result = vanilla(form).verify(SECRET, at(moment)).unwrap();
        assert_eq!(result.is_ok(), is_accepted, "{form} {moment} {result:?}");
    }
}

fn verifying() -> Client {
    let mut client = Client::new(Enforcement::Off);
    client.engine.world().settings.access.auth = "verify".parse().unwrap();
    client
}

fn sts(client: &mut Client, headers: &[(&str, &str)]) -> Answer {
    let path = "/?Action=GetCallerIdentity&Version=2011-06-15";
    client.send_as_is("GET", path, headers, "")
}

fn json(client: &mut Client, headers: &[(&str, &str)]) -> Answer {
    let target = ("x-amz-target", "secretsmanager.ListSecrets");
    client.send_as_is("POST", "/", &[headers, &[target]].concat(), "{}")
}

const DATE: (&str, &str) = ("x-amz-date", "20261122T103000Z");

fn authorization(scope: &str) -> String {
    format!("AWS4-HMAC-SHA256 Credential={scope}/aws4_request, SignedHeaders=host, Signature=0")
}

#[test]
fn each_protocol_has_its_codes_for_what_is_wrong() {
    let mut client = verifying();
    let sts_scope = authorization("test/20261122/us-east-1/sts");
    let missing = sts(&mut client, &[]);
    let text = "Missing Authentication Token";
    assert_eq!(missing.error(), (403, "MissingAuthenticationToken", text));
    let incomplete = sts(
        &mut client,
        &[DATE, ("authorization", "AWS4-HMAC-SHA256 Signature=0")],
    );
    let text = "Authorization header requires 'Credential' parameter.";
    assert_eq!(incomplete.error(), (400, "IncompleteSignature", text));
    let no_date = sts(&mut client, &[("authorization", &sts_scope)]);
    assert_eq!(no_date.error().1, "IncompleteSignature");
    let wrong = sts(&mut client, &[DATE, ("authorization", &sts_scope)]);
    assert_eq!(
        (wrong.status, wrong.error().1),
        (403, "SignatureDoesNotMatch")
    );
    assert!(
        wrong
            .error()
            .2
            .starts_with("The request signature we calculated does not match")
    );
    let unknown = authorization("AKIAIOSFODNN7EXAMPLE/20261122/us-east-1/sts");
    let unknown = sts(&mut client, &[DATE, ("authorization", &unknown)]);
    let text = "The security token included in the request is invalid.";
    assert_eq!(unknown.error(), (403, "InvalidClientTokenId", text));
    let late = ("x-amz-date", "20261122T102459Z");
    let late = sts(&mut client, &[late, ("authorization", &sts_scope)]);
    let text = "Signature expired: 20261122T102459Z is now earlier than 20261122T102500Z \
                (20261122T103000Z - 5 min.)";
    assert_eq!(late.error(), (403, "SignatureDoesNotMatch", text));
    let early = ("x-amz-date", "20261122T103501Z");
    let early = sts(&mut client, &[early, ("authorization", &sts_scope)]);
    let text = "Signature not yet current: 20261122T103501Z is still later than 20261122T103500Z \
                (20261122T103000Z + 5 min.)";
    assert_eq!(early.error().2, text);

    let json_scope = authorization("test/20261122/us-east-1/secretsmanager");
    let unknown = authorization("ASIAIOSFODNN7EXAMPLE/20261122/us-east-1/secretsmanager");
    for (headers, code) in [
        (vec![], "MissingAuthenticationTokenException"),
        (
            vec![("authorization", "Basic x")],
            "IncompleteSignatureException",
        ),
        (
            vec![DATE, ("authorization", &*json_scope)],
            "InvalidSignatureException",
        ),
        (
            vec![DATE, ("authorization", &*unknown)],
            "UnrecognizedClientException",
        ),
    ] {
        let answer = json(&mut client, &headers);
        assert_eq!(
            (answer.status, answer.json()["__type"].as_str()),
            (400, Some(code))
        );
    }
    let day = authorization("test/20261121/us-east-1/secretsmanager");
    let day = json(&mut client, &[DATE, ("authorization", &day)]).json();
    let text = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date \
                from HTTP: '20261121' != '20261122', from '20261122T103000Z'.";
    assert_eq!(day["Message"], text);
    let service = authorization("test/20261122/us-east-1/sts");
    let service = json(&mut client, &[DATE, ("authorization", &service)]).json();
    let text = "Credential should be scoped to correct service: 'secretsmanager'.";
    assert_eq!(service["Message"], text);
}

#[test]
fn a_query_signature_must_be_whole() {
    let mut client = verifying();
    let whole = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20261122%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20261122T103000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=00";
    for part in [
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-SignedHeaders",
    ] {
        let without: Vec<&str> = whole
            .split('&')
            .filter(|it| !it.starts_with(part))
            .collect();
        let query = format!(
            "/?Action=GetCallerIdentity&Version=2011-06-15&{}",
            without.join("&")
        );
        let answer = client.send_as_is("GET", &query, &[], "");
        assert_eq!(answer.error().1, "IncompleteSignature", "{part}");
    }
    for expires in ["0", "604801", "soon"] {
        let query = whole.replace("Expires=60", &format!("Expires={expires}"));
        let query = format!("/?Action=GetCallerIdentity&Version=2011-06-15&{query}");
        let answer = client.send_as_is("GET", &query, &[], "");
        assert_eq!(answer.error().1, "IncompleteSignature", "{expires}");
    }
    let query = format!("/?Action=GetCallerIdentity&Version=2011-06-15&{whole}");
    let answer = client.send_as_is("GET", &query, &[], "");
    assert_eq!(answer.error().1, "SignatureDoesNotMatch");
}

/// The secret `test` is known to every web page, and so is what it signs.
#[test]
fn a_url_that_anybody_can_sign_is_not_signed() {
    let mut client = verifying();
    let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20261122%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20261122T103000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=00";
    let query = format!("/?Action=GetCallerIdentity&Version=2011-06-15&{query}");
    let refused = client.send_as_is("GET", &query, &[], "");
    let (status, code, message) = refused.error();
    assert_eq!((status, code), (403, "SignatureDoesNotMatch"));
    assert!(message.contains("secret that everybody knows"), "{message}");
}

#[test]
fn a_link_changes_nothing() {
    let mut client = Client::new(Enforcement::Off);
    let signed = "X-Amz-Credential=test%2F20261122%2Fus-east-1%2Fiam%2Faws4_request";
    let action = |name: &str| format!("/?Action={name}&Version=2010-05-08&UserName=ann");
    for link in [
        action("CreateUser"),
        format!("{}&{signed}", action("CreateUser")),
    ] {
        let refused = client.send_as_is("GET", &link, &[], "");
        let text = "Missing Authentication Token";
        assert_eq!(refused.error(), (403, "MissingAuthenticationToken", text));
    }
    let unknown = client.send_as_is("GET", &action("GetUser"), &[], "");
    assert_eq!(unknown.error().1, "NoSuchEntity", "reading is no harm");
    let made = client.send("iam", "GET", &action("CreateUser"), &[], "");
    assert_eq!(made.status, 200, "whoever signs in the header has decided");
}

#[test]
fn an_inactive_key_is_not_accepted() {
    let mut client = Client::new(Enforcement::Off);
    client.become_user("ann", None);
    let key = std::mem::replace(&mut client.key, crate::client::ACCOUNT.to_owned());
    let scope = format!("{key}/20261122/us-east-1/sts");
    let headers = [DATE, ("authorization", &*authorization(&scope))];
    client.engine.world().settings.access.auth = "verify".parse().unwrap();
    let active = sts(&mut client, &headers);
    assert_eq!(active.error().1, "SignatureDoesNotMatch", "it is looked at");
    client.engine.world().settings.access.auth = "off".parse().unwrap();
    let members = [
        ("UserName", "ann"),
        ("AccessKeyId", &*key),
        ("Status", "Inactive"),
    ];
    client.iam("UpdateAccessKey", &members).ok();
    client.engine.world().settings.access.auth = "verify".parse().unwrap();
    assert_eq!(sts(&mut client, &headers).error().1, "InvalidClientTokenId");
}

#[test]
fn a_session_needs_its_token_and_ends() {
    let mut client = Client::new(Enforcement::Off);
    let trust = crate::client::TRUST_ACCOUNT;
    let role = [("RoleName", "r"), ("AssumeRolePolicyDocument", trust)];
    client.iam("CreateRole", &role).ok();
    let role = "arn:aws:iam::111122223333:role/r";
    let members = [("RoleArn", role), ("RoleSessionName", "s1")];
    let session = client.query("sts", "AssumeRole", &members).ok();
    client.engine.world().settings.access.auth = "verify".parse().unwrap();
    let scope = format!("{}/20261122/us-east-1/sts", session.element("AccessKeyId"));
    let signed = authorization(&scope);
    let token = session.element("SessionToken").to_owned();
    let without = sts(&mut client, &[DATE, ("authorization", &signed)]);
    assert_eq!(without.error().1, "InvalidClientTokenId");
    let headers = [
        DATE,
        ("authorization", &*signed),
        ("x-amz-security-token", &*token),
    ];
    assert_eq!(
        sts(&mut client, &headers).error().1,
        "SignatureDoesNotMatch"
    );
    client.now = client.now.plus_millis(3_600_000);
    let ended = sts(&mut client, &headers);
    let text = "The security token included in the request is expired";
    assert_eq!(ended.error(), (403, "ExpiredToken", text));
}
