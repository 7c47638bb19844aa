//! Functions, versions and aliases.

use keywheel_clients::{Test, tests};
use keywheel_emulator::engine::EngineOptions;
use keywheel_emulator::ids::FunctionArn;
use keywheel_emulator::state::lambda::started::Started;
use keywheel_emulator::wire::request::Ending;
use serde_json::{Value, json};

use crate::archive::zip_file;
use crate::client::{Client, new_function, signed};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] a_function_is_made_shown_changed_and_deleted,
        [] names_are_taken_once,
        [] lists_come_in_pages,
        [] versions_and_aliases_stand_still,
        [] a_stale_revision_changes_nothing,
        [] bad_input_is_told_in_lambdas_words,
        [] what_is_not_emulated_is_told,
        [] a_call_without_a_signature_is_refused,
        [] functions_can_be_turned_off,
        [] an_invocation_is_handed_out_with_its_event,
        [] a_function_that_is_published_at_once_is_told_of_without_its_version,
        [] arns_are_told_as_they_were_asked_for_and_lists_tell_no_state,
        [] the_text_of_an_error_has_the_name_that_the_model_gives_it,
        [] names_and_qualifiers_are_refused_as_recorded,
        [] what_lambda_takes_no_more_is_refused_in_its_words,
        [] members_that_are_only_kept_are_shown,
        [] publishing_gives_latest_another_revision_and_wants_the_right_code,
        [] functions_have_tags,
        [] no_function_has_a_code_signing_configuration,
    ]
}

fn a_function_is_made_shown_changed_and_deleted() {
    let mut client = Client::new();
    // CreateFunction
    let created = client.call("POST", "", &new_function("f"));
    assert_eq!(created.status, 201);
    let created = created.ok();
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    assert_eq!(created["FunctionArn"], arn);
    assert_eq!(created["State"], "Pending");
    assert_eq!(created["StateReasonCode"], "Creating");
    assert_eq!(created["LastModified"], "2026-11-22T10:30:00.000+0000");
    assert_eq!(
        (&created["Timeout"], &created["MemorySize"]),
        (&json!(3), &json!(128))
    );
    assert!(created.get("Environment").is_none() && created.get("LastUpdateStatus").is_none());
    // GetFunction, GetFunctionConfiguration
    let shown = client.call("GET", "/f", &Value::Null).ok();
    assert_eq!(shown["Code"], json!({ "RepositoryType": "S3" }));
    let configuration = client.call("GET", "/f/configuration", &Value::Null).ok();
    assert_eq!(shown["Configuration"], configuration);
    assert_eq!(configuration["State"], "Active");
    assert_eq!(configuration["LastUpdateStatus"], "Successful");
    assert_ne!(configuration["RevisionId"], created["RevisionId"]);
    assert_eq!(configuration["LoggingConfig"]["LogGroup"], "/aws/lambda/f");
    let runtime = &configuration["RuntimeVersionConfig"]["RuntimeVersionArn"];
    let of_runtime = "arn:aws:lambda:us-east-1::runtime:";
    assert!(runtime.as_str().unwrap().starts_with(of_runtime));
    // UpdateFunctionConfiguration
    let change = json!({ "Timeout": 10, "Environment": { "Variables": { "A": "a" } } });
    let changed = client.call("PUT", "/f/configuration", &change).ok();
    assert_eq!(changed["LastUpdateStatus"], "InProgress");
    assert_eq!(changed["Timeout"], 10);
    assert_eq!(changed["Environment"], json!({ "Variables": { "A": "a" } }));
    assert_eq!(
        changed["Handler"], "index.handler",
        "what is not given stays"
    );
    // UpdateFunctionCode
    let code = json!({ "ZipFile": zip_file(&[("index.py", b"other")]) });
    let changed = client.call("PUT", "/f/code", &code).ok();
    assert_ne!(changed["CodeSha256"], created["CodeSha256"]);
    let dry = json!({ "ZipFile": zip_file(&[("index.py", b"third")]), "DryRun": true });
    let same = client.call("PUT", "/f/code", &dry).ok();
    assert_eq!(same["CodeSha256"], changed["CodeSha256"]);
    // DeleteFunction
    assert_eq!(client.call("DELETE", "/f", &Value::Null).status, 204);
    let gone = client.call("GET", "/f", &Value::Null);
    let text = format!("Function not found: {arn}");
    assert_eq!(
        gone.error(),
        (404, "ResourceNotFoundException", text.as_str())
    );
    assert_eq!(gone.json["Type"], "User");
}

fn names_are_taken_once() {
    let mut client = Client::new();
    client.create("f");
    let again = client.call("POST", "", &new_function("f"));
    let expected = (
        409,
        "ResourceConflictException",
        "Function already exist: f",
    );
    assert_eq!(again.error(), expected);
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:registered";
    let world = client.engine.world();
    world.start_with(FunctionArn::new(arn), Started::default());
    let registered = client.call("POST", "", &new_function("registered"));
    assert_eq!(registered.status, 409);
}

fn lists_come_in_pages() {
    // ListFunctions
    let mut client = Client::new();
    for name in ["a", "b", "c"] {
        client.create(name);
    }
    let names = |page: &Value| -> Vec<String> {
        let functions = page["Functions"].as_array().unwrap().iter();
        functions
            .map(|f| f["FunctionName"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = client.call("GET", "?MaxItems=2", &Value::Null).ok();
    assert_eq!(names(&first), ["a", "b"]);
    let marker = first["NextMarker"].as_str().unwrap();
    let rest = client
        .call("GET", &format!("?Marker={marker}"), &Value::Null)
        .ok();
    assert_eq!(names(&rest), ["c"]);
    assert!(rest.get("NextMarker").is_none());
    let wrong = client.call("GET", "?MaxItems=0", &Value::Null);
    assert_eq!(wrong.error().1, "ValidationException");
}

fn versions_and_aliases_stand_still() {
    let mut client = Client::new();
    client.create("f");
    // PublishVersion
    let one = client.call("POST", "/f/versions", &json!({ "Description": "first" }));
    assert_eq!(one.status, 201);
    let one = one.ok();
    assert_eq!(
        (&one["Version"], &one["Description"]),
        (&json!("1"), &json!("first"))
    );
    assert!(
        one["FunctionArn"]
            .as_str()
            .unwrap()
            .ends_with(":function:f:1")
    );
    let same = client.call("POST", "/f/versions", &json!({})).ok();
    assert_eq!(same["Version"], "1");
    let code = json!({ "ZipFile": zip_file(&[("index.py", b"other")]) });
    client.call("PUT", "/f/code", &code).ok();
    assert_eq!(
        client.call("POST", "/f/versions", &json!({})).ok()["Version"],
        "2"
    );
    // CreateAlias, GetAlias
    let live = json!({ "Name": "live", "FunctionVersion": "1" });
    let alias = client.call("POST", "/f/aliases", &live);
    assert_eq!(alias.status, 201);
    let shown = client.call("GET", "/f/aliases/live", &Value::Null).ok();
    assert_eq!(shown, alias.ok());
    assert_eq!(
        client.call("POST", "/f/aliases", &live).error().1,
        "ResourceConflictException"
    );
    let missing = client.call("GET", "/f/aliases/other", &Value::Null);
    assert!(missing.error().2.starts_with("Cannot find alias arn: "));
    let of_nothing = json!({ "Name": "x", "FunctionVersion": "7" });
    assert_eq!(client.call("POST", "/f/aliases", &of_nothing).status, 404);
    for path in ["/f:live", "/f?Qualifier=live", "/f:1"] {
        let function = client.call("GET", path, &Value::Null).ok();
        assert_eq!(
            function["Configuration"]["CodeSha256"], one["CodeSha256"],
            "{path}"
        );
    }
    let two = client.call("GET", "/f:1?Qualifier=2", &Value::Null);
    assert_eq!(two.error().1, "InvalidParameterValueException");
    // ListVersionsByFunction
    let versions = client.call("GET", "/f/versions", &Value::Null).ok();
    let numbers: Vec<_> = versions["Versions"].as_array().unwrap().iter().collect();
    let numbers: Vec<_> = numbers
        .iter()
        .map(|v| v["Version"].as_str().unwrap())
        .collect();
    assert_eq!(numbers, ["$LATEST", "1", "2"]);
    // A version that is not there is gone already; one that an alias names stays.
    for _ in 0..2 {
        assert_eq!(client.call("DELETE", "/f:2", &Value::Null).status, 204);
    }
    let named = client.call("DELETE", "/f:1", &Value::Null);
    assert_eq!(named.error().1, "ResourceConflictException");
    assert!(named.error().2.contains("live"), "{named:?}");
    let latest = client.call("DELETE", "/f:$LATEST", &Value::Null);
    assert!(
        latest
            .error()
            .2
            .starts_with("$LATEST version cannot be deleted")
    );
}

fn a_stale_revision_changes_nothing() {
    let mut client = Client::new();
    let stale = client.create("f")["RevisionId"].clone();
    let change = json!({ "Timeout": 10, "RevisionId": stale });
    let refused = client.call("PUT", "/f/configuration", &change);
    assert_eq!(refused.error().1, "PreconditionFailedException");
    let latest = client.call("GET", "/f/configuration", &Value::Null).ok();
    assert_eq!(latest["Timeout"], 3);
    let change = json!({ "Timeout": 10, "RevisionId": latest["RevisionId"] });
    client.call("PUT", "/f/configuration", &change).ok();
}

/// What CreateFunction says to a function that is not quite right.
fn refusal(change: Value) -> (u16, String, String) {
    let mut input = new_function("f");
    let changes = change.as_object().unwrap().clone();
    input.as_object_mut().unwrap().extend(changes);
    let answer = Client::new().call("POST", "", &input);
    let (status, code, message) = answer.error();
    (status, code.to_owned(), message.to_owned())
}

fn bad_input_is_told_in_lambdas_words() {
    for (change, code, expected) in [
        (
            json!({ "FunctionName": "a b" }),
            "ValidationException",
            "at 'functionName'",
        ),
        (
            json!({ "FunctionName": null }),
            "ValidationException",
            "Value null at 'functionName'",
        ),
        (json!({ "Role": "me" }), "ValidationException", "at 'role'"),
        (
            json!({ "Timeout": 901 }),
            "ValidationException",
            "less than or equal to 900",
        ),
        (
            json!({ "MemorySize": 64 }),
            "ValidationException",
            "greater than or equal to 128",
        ),
        (
            json!({ "Timeout": "x" }),
            "SerializationException",
            "not what the operation takes",
        ),
        (
            json!({ "Code": {} }),
            "InvalidParameterValueException",
            "provide a source",
        ),
        (
            json!({ "Code": { "ZipFile": "" } }),
            "InvalidParameterValueException",
            "non-empty zip",
        ),
        (
            json!({ "Code": { "ZipFile": "AAAA" } }),
            "InvalidParameterValueException",
            "Could not unzip",
        ),
        (
            json!({ "Runtime": "perl" }),
            "InvalidParameterValueException",
            "Value perl at 'runtime'",
        ),
        (
            json!({ "Handler": null }),
            "InvalidParameterValueException",
            "Runtime and Handler",
        ),
        (
            json!({ "Environment": { "Variables": { "AWS_REGION": "x" } } }),
            "InvalidParameterValueException",
            "Reserved keys used in this request: AWS_REGION",
        ),
        (
            json!({ "Code": { "ZipFile": zip_file(&[("../evil", b"")]) } }),
            "InvalidParameterValueException",
            "../evil",
        ),
    ] {
        let told = refusal(change.clone());
        assert_eq!((told.0, told.1.as_str()), (400, code), "{change}: {told:?}");
        assert!(told.2.contains(expected), "{change}: {told:?}");
    }
}

fn what_is_not_emulated_is_told() {
    for change in [
        json!({ "Runtime": "java21" }),
        json!({ "Layers": ["arn:aws:lambda:us-east-1:000000000000:layer:x:1"] }),
        json!({ "PackageType": "Image" }),
        json!({ "Code": { "S3Bucket": "b", "S3Key": "k" } }),
        json!({ "Code": { "ImageUri": "x" } }),
    ] {
        let (status, code, message) = refusal(change.clone());
        assert_eq!((status, code.as_str()), (501, "NotImplemented"), "{change}");
        assert!(message.contains("is not emulated"), "{change}: {message}");
    }
    let kept = json!({
        "VpcConfig": { "SubnetIds": ["subnet-1"], "SecurityGroupIds": [] },
        "TracingConfig": { "Mode": "Active" },
        "Architectures": ["arm64"],
    });
    let mut input = new_function("f");
    input
        .as_object_mut()
        .unwrap()
        .extend(kept.as_object().unwrap().clone());
    let created = Client::new().call("POST", "", &input).ok();
    assert_eq!(created["VpcConfig"]["SubnetIds"], json!(["subnet-1"]));
    assert_eq!(created["Architectures"], json!(["arm64"]));
    let layers = Client::new().call("GET", "/f/url", &Value::Null);
    assert_eq!(
        (layers.status, layers.code.as_str()),
        (501, "NotImplemented")
    );
}

fn a_call_without_a_signature_is_refused() {
    let mut client = Client::new();
    let expected = (
        403,
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
    );
    // A form on a web page can be sent to any URL.
    let presigned = "?X-Amz-Credential=test/20261122/us-east-1/lambda/aws4_request";
    for query in ["", presigned] {
        let path = format!("/2015-03-31/functions{query}");
        let refused = client.unsigned("POST", &path, &new_function("f"));
        assert_eq!(refused.error(), expected, "{query}");
    }
    assert_eq!(client.call("GET", "/f", &Value::Null).status, 404);
}

fn functions_can_be_turned_off() {
    let mut options = EngineOptions::default();
    options.settings.lambda.may_create = false;
    let refused = Client::with(options).call("POST", "", &new_function("f"));
    assert_eq!(refused.error().1, "AccessDeniedException");
    assert!(refused.error().2.contains("--no-functions"));
}

fn an_invocation_is_handed_out_with_its_event() {
    // Invoke
    let mut client = Client::new();
    client.create("f");
    let path = "/2015-03-31/functions/f/invocations";
    let invoke = |client: &mut Client, kind, body: &[u8]| {
        let signature = signed("lambda");
        let headers = [
            ("authorization", signature.as_str()),
            ("x-amz-invocation-type", kind),
            ("x-amz-log-type", "Tail"),
        ];
        client.send("POST", path, &headers, body)
    };
    let Ending::Run(call) = invoke(&mut client, "RequestResponse", b"{\"a\":1}") else {
        panic!("nothing is to be run");
    };
    assert!(call.is_awaited && call.wants_log);
    assert_eq!(call.payload, b"{\"a\":1}");
    assert_eq!(call.deployment.version, "$LATEST");
    let Ending::Run(call) = invoke(&mut client, "Event", b"") else {
        panic!("nothing is to be run");
    };
    assert!(!call.is_awaited && !call.wants_log);
    assert_eq!(call.payload, b"{}");
    for (kind, body, status) in [
        ("DryRun", &b"{}"[..], 204),
        ("RequestResponse", b"{", 400),
        ("Sometimes", b"{}", 400),
    ] {
        let Ending::Reply(response) = invoke(&mut client, kind, body) else {
            panic!("{kind} is answered at once");
        };
        assert_eq!(response.status().as_u16(), status, "{kind}");
    }
}

fn a_function_that_is_published_at_once_is_told_of_without_its_version() {
    let mut client = Client::new();
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let mut input = new_function("f");
    input["Publish"] = json!(true);
    let created = client.call("POST", "", &input).ok();
    assert_eq!(
        (&created["FunctionArn"], &created["Version"]),
        (&json!(arn), &json!("1"))
    );
    let code = json!({ "ZipFile": zip_file(&[("index.py", b"other")]), "Publish": true });
    let updated = client.call("PUT", "/f/code", &code).ok();
    assert_eq!(updated["FunctionArn"], format!("{arn}:2"));
    assert_eq!(
        (&updated["Version"], &updated["State"]),
        (&json!("2"), &json!("Pending"))
    );
    assert!(updated.get("LastUpdateStatus").is_none());
    let version = client
        .call("GET", "/f/configuration?Qualifier=2", &Value::Null)
        .ok();
    assert_eq!(version["RevisionId"], updated["RevisionId"]);
    // The permission and the rotation that programs ask for next, by that ARN.
    let permission = json!({
        "StatementId": "s", "Action": "lambda:InvokeFunction",
        "Principal": "secretsmanager.amazonaws.com",
    });
    client.call("POST", "/f/policy", &permission).ok();
    let secret = json!({ "Name": "s", "SecretString": "x", "ClientRequestToken": "t".repeat(32) });
    client.secrets("CreateSecret", &secret).ok();
    let rotation = json!({
        "SecretId": "s", "RotationLambdaARN": created["FunctionArn"],
        "RotationRules": { "AutomaticallyAfterDays": 30 }, "ClientRequestToken": "u".repeat(32),
    });
    client.secrets("RotateSecret", &rotation).ok();
}

fn arns_are_told_as_they_were_asked_for_and_lists_tell_no_state() {
    let mut client = Client::new();
    client.create("f");
    client.call("POST", "/f/versions", &json!({})).ok();
    let live = json!({ "Name": "live", "FunctionVersion": "1" });
    client.call("POST", "/f/aliases", &live).ok();
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    for (path, expected) in [
        ("/f/configuration", arn.to_owned()),
        (
            "/f/configuration?Qualifier=$LATEST",
            format!("{arn}:$LATEST"),
        ),
        ("/f:live/configuration", format!("{arn}:live")),
        ("/f:1/configuration", format!("{arn}:1")),
    ] {
        let shown = client.call("GET", path, &Value::Null).ok();
        assert_eq!(shown["FunctionArn"], expected, "{path}");
    }
    let versions = client.call("GET", "/f/versions", &Value::Null).ok();
    let all = client
        .call("GET", "?FunctionVersion=ALL", &Value::Null)
        .ok();
    assert_eq!(versions["Versions"], all["Functions"]);
    let latest = &all["Functions"][0];
    assert_eq!(latest["FunctionArn"], format!("{arn}:$LATEST"));
    assert!(latest.get("State").is_none() && latest.get("LastUpdateStatus").is_none());
    let plain = client.call("GET", "", &Value::Null).ok();
    assert_eq!(plain["Functions"][0]["FunctionArn"], arn);
    let first = client
        .call("GET", "/f/versions?MaxItems=1", &Value::Null)
        .ok();
    let marker = first["NextMarker"].as_str().unwrap();
    let rest = client
        .call("GET", &format!("/f/versions?Marker={marker}"), &Value::Null)
        .ok();
    assert_eq!(rest["Versions"][0]["Version"], "1");
}

fn the_text_of_an_error_has_the_name_that_the_model_gives_it() {
    let mut client = Client::new();
    let missing = client.call("GET", "/f", &Value::Null).json;
    assert!(missing["Message"].is_string() && missing.get("message").is_none());
    assert_eq!(missing["Type"], "User");
    client.create("f");
    let taken = client.call("POST", "", &new_function("f")).json;
    assert!(taken["message"].is_string() && taken.get("Message").is_none());
    let invalid = client.call("GET", "/a%20b", &Value::Null).json;
    assert!(invalid["message"].is_string() && invalid.get("Type").is_none());
}

#[expect(
    clippy::too_many_lines,
    reason = "one row for each name that was recorded"
)]
fn names_and_qualifiers_are_refused_as_recorded() {
    let mut client = Client::new();
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:";
    let long = "a".repeat(65);
    let missing = "ResourceNotFoundException";
    let invalid = "InvalidParameterValueException";
    for (method, path, code, text) in [
        (
            "GET",
            format!("/{long}"),
            missing,
            format!("Function not found: {arn}{long}"),
        ),
        (
            "DELETE",
            format!("/{long}"),
            missing,
            format!("Function not found: {arn}{long}"),
        ),
        (
            "POST",
            format!("/{long}/invocations"),
            missing,
            format!("Function not found: {arn}{long}:$LATEST"),
        ),
        (
            "POST",
            "/f/invocations".to_owned(),
            missing,
            format!("Function not found: {arn}f:$LATEST"),
        ),
        (
            "GET",
            "/f?Qualifier=$latest".to_owned(),
            missing,
            format!("Function not found: {arn}f:$latest"),
        ),
        (
            "DELETE",
            "/f?Qualifier=$latest".to_owned(),
            missing,
            format!("Function not found: {arn}f"),
        ),
        (
            "DELETE",
            "/f:$LATEST".to_owned(),
            invalid,
            "$LATEST version cannot be deleted without deleting the function.".to_owned(),
        ),
        (
            "DELETE",
            "/f?Qualifier=live".to_owned(),
            invalid,
            "Deletion of aliases is not currently supported.".to_owned(),
        ),
        (
            "GET",
            "/f:1?Qualifier=2".to_owned(),
            invalid,
            "The derived qualifier from the function name does not match the specified qualifier."
                .to_owned(),
        ),
        (
            "GET",
            format!("/f?Qualifier={}", "a".repeat(129)),
            "ValidationException",
            format!(
                "1 validation error detected: Value '{}' at 'qualifier' failed to satisfy \
                 constraint: Member must have length less than or equal to 128",
                "a".repeat(129)
            ),
        ),
        (
            "GET",
            "/arn:aws:lambda:ap-southeast-1:000000000000:function:f".to_owned(),
            missing,
            "Functions from 'ap-southeast-1' are not reachable in this region ('us-east-1')"
                .to_owned(),
        ),
    ] {
        let refused = client.call(method, &path, &Value::Null);
        let (_, told, message) = refused.error();
        assert_eq!((told, message), (code, text.as_str()), "{method} {path}");
    }
    for name in [
        "f!",
        "a:b:c",
        "arn:aws:lambda:us-east-1::function:f",
        "f:$LATES",
    ] {
        let refused = client.call("GET", &format!("/{name}"), &Value::Null);
        assert_eq!(refused.error().1, "ValidationException", "{name}");
        assert!(refused.error().2.contains("((eusc-)?[a-z]{2}"), "{name}");
    }
    let told = refusal(json!({ "FunctionName": long }));
    assert_eq!(told.1, invalid);
    assert!(told.2.ends_with("less than or equal to 64"), "{told:?}");
    let elsewhere = "arn:aws:lambda:us-east-1:111122223333:function:f";
    let told = refusal(json!({ "FunctionName": elsewhere }));
    assert_eq!((told.0, told.1.as_str()), (403, "AccessDeniedException"));
}

fn what_lambda_takes_no_more_is_refused_in_its_words() {
    let told = refusal(json!({ "Runtime": "python3.7" }));
    let text = "The runtime parameter of python3.7 is no longer supported for creating or \
                updating AWS Lambda functions. We recommend you use a supported runtime while \
                creating or updating functions.";
    assert_eq!(
        (told.1.as_str(), told.2.as_str()),
        ("InvalidParameterValueException", text)
    );
    let told = refusal(json!({ "Runtime": "x" }));
    assert!(
        told.2
            .contains("[nodejs20.x, python3.14, provided.al2023, "),
        "{told:?}"
    );
    let told = refusal(json!({ "Architectures": ["x86_64", "arm64"] }));
    let text = "Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member \
                must have length less than or equal to 1";
    assert!(told.2.ends_with(text), "{told:?}");
    let told = refusal(json!({ "Environment": { "Variables": { "A": "x".repeat(4096) } } }));
    assert!(
        told.2
            .contains("exceeded the 4KB limit. String measured: {\"A\":\"xx"),
        "{told:?}"
    );
}

fn members_that_are_only_kept_are_shown() {
    let mut client = Client::new();
    let kept = json!({
        "DeadLetterConfig": { "TargetArn": "arn:aws:sqs:us-east-1:000000000000:q" },
        "KMSKeyArn": "arn:aws:kms:us-east-1:000000000000:key/k",
        "SnapStart": { "ApplyOn": "PublishedVersions" },
        "VpcConfig": { "SubnetIds": [], "SecurityGroupIds": [], "Ipv6AllowedForDualStack": true },
        "LoggingConfig": { "LogFormat": "JSON", "LogGroup": "cool", "SystemLogLevel": "WARN" },
    });
    let mut input = new_function("f");
    let members = kept.as_object().unwrap().clone();
    input.as_object_mut().unwrap().extend(members);
    let created = client.call("POST", "", &input).ok();
    assert_eq!(created["DeadLetterConfig"], kept["DeadLetterConfig"]);
    assert_eq!(created["KMSKeyArn"], kept["KMSKeyArn"]);
    let snap_start = json!({ "ApplyOn": "PublishedVersions", "OptimizationStatus": "Off" });
    assert_eq!(created["SnapStart"], snap_start);
    assert_eq!(created["VpcConfig"]["Ipv6AllowedForDualStack"], true);
    let logging = json!({
        "LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN",
        "LogGroup": "cool",
    });
    assert_eq!(created["LoggingConfig"], logging);
    let text = json!({ "LoggingConfig": { "LogFormat": "Text" } });
    let changed = client.call("PUT", "/f/configuration", &text).ok();
    assert_eq!(
        changed["LoggingConfig"],
        json!({ "LogFormat": "Text", "LogGroup": "cool" })
    );
    // An empty one takes it away.
    let none = json!({ "DeadLetterConfig": { "TargetArn": "" }, "KMSKeyArn": "" });
    let changed = client.call("PUT", "/f/configuration", &none).ok();
    assert!(changed.get("DeadLetterConfig").is_none() && changed.get("KMSKeyArn").is_none());
}

fn publishing_gives_latest_another_revision_and_wants_the_right_code() {
    let mut client = Client::new();
    client.create("f");
    let before = client.call("GET", "/f/configuration", &Value::Null).ok();
    let wrong = client.call("POST", "/f/versions", &json!({ "CodeSha256": "no" }));
    let text = format!(
        "CodeSHA256 (no) is different from current CodeSHA256 in $LATEST ({}). Please try again \
         with the CodeSHA256 in $LATEST.",
        before["CodeSha256"].as_str().unwrap()
    );
    assert_eq!(wrong.error().2, text);
    client.call("POST", "/f/versions", &json!({})).ok();
    let after = client.call("GET", "/f/configuration", &Value::Null).ok();
    assert_ne!(before["RevisionId"], after["RevisionId"]);
    client.call("POST", "/f/versions", &json!({})).ok();
    let same = client.call("GET", "/f/configuration", &Value::Null).ok();
    assert_eq!(same["RevisionId"], after["RevisionId"]);
}

fn functions_have_tags() {
    let mut client = Client::new();
    client.create("f");
    let arn = "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af";
    let path = format!("/2017-03-31/tags/{arn}");
    // TagResource, UntagResource, ListTags
    let tags = json!({ "Tags": { "a": "1", "b": "2" } });
    assert_eq!(client.at("POST", &path, &tags).status, 204);
    let untagged = client.at("DELETE", &format!("{path}?tagKeys=a"), &Value::Null);
    assert_eq!(untagged.status, 204);
    let listed = client.at("GET", &path, &Value::Null).ok();
    assert_eq!(listed, json!({ "Tags": { "b": "2" } }));
    let shown = client.call("GET", "/f", &Value::Null).ok();
    assert_eq!(shown["Tags"], json!({ "b": "2" }));
    let many: Value = (0..51).map(|n| (n.to_string(), Value::from("x"))).collect();
    let refused = client.at("POST", &path, &json!({ "Tags": many }));
    assert_eq!(refused.error().1, "InvalidParameterValueException");
}

fn no_function_has_a_code_signing_configuration() {
    let mut client = Client::new();
    client.create("f");
    // GetFunctionCodeSigningConfig
    let path = "/2020-06-30/functions/f/code-signing-config";
    let shown = client.at("GET", path, &Value::Null).ok();
    assert_eq!(shown, json!({ "FunctionName": "f" }));
    let path = "/2020-06-30/functions/g/code-signing-config";
    assert_eq!(client.at("GET", path, &Value::Null).status, 404);
}
