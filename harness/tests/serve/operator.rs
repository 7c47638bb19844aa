//! `rotate`, `doctor`, `revive` and `sweep-keys` against the server, as an operator runs them.

use std::process::Output;

use keywheel_clients::{Test, tests};
use serde_json::Value;

use crate::process::{Serve, keywheel};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] an_operator_rotates_examines_sweeps_and_revives,
        [] people_read_lines,
        [] what_is_missing_is_told,
    ]
}

/// A server with an API, and a secret that has a key of it.
struct Shop {
    serve: Serve,
    runtime: tokio::runtime::Runtime,
    config: aws_types::SdkConfig,
    api: String,
}

const SECRET: &str = "shop/key";

impl Shop {
    fn open() -> Self {
        let serve = Serve::start(&["--seed", "7"]);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let config = aws_types::SdkConfig::builder()
            .behavior_version(keywheel_rotator::sdk::behavior_version())
            .region(aws_types::region::Region::new("us-east-1"))
            .endpoint_url(&serve.url)
            .credentials_provider(
                aws_credential_types::provider::SharedCredentialsProvider::new(
                    aws_credential_types::Credentials::from_keys("test", "test", None),
                ),
            )
            .build();
        let mut shop = Self {
            serve,
            runtime,
            config,
            api: String::new(),
        };
        shop.stock();
        shop
    }

    fn stock(&mut self) {
        let keys = aws_sdk_appsync::Client::new(&self.config);
        let secrets = aws_sdk_secretsmanager::Client::new(&self.config);
        self.api = self.runtime.block_on(async {
            let mode = aws_sdk_appsync::types::AuthenticationType::ApiKey;
            let api = keys
                .create_graphql_api()
                .name("shop")
                .authentication_type(mode);
            let api = api
                .send()
                .await
                .unwrap()
                .graphql_api
                .unwrap()
                .api_id
                .unwrap();
            let key = keys.create_api_key().api_id(&api).send().await.unwrap();
            let key = key.api_key.unwrap().id.unwrap();
            let value = format!(r#"{{"apiId":"{api}","APIKEY":"{key}"}}"#);
            let secret = secrets.create_secret().name(SECRET).secret_string(value);
            secret.send().await.unwrap();
            api
        });
    }

    fn run(&self, arguments: &[&str]) -> Output {
        keywheel(arguments)
            .args(["--secret-id", SECRET, "--endpoint-url", &self.serve.url])
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .output()
            .unwrap()
    }

    /// The JSON that a command prints, and how it ended.
    fn ask(&self, arguments: &[&str]) -> (Option<i32>, Value) {
        let output = self.run(&[arguments, &["--json"]].concat());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        for shown in [&text, &errors] {
            assert!(!shown.contains("da2-"), "{shown}");
        }
        let value = serde_json::from_str(&text);
        let value = value.unwrap_or_else(|error| panic!("{error}: {text}\n{errors}"));
        (output.status.code(), value)
    }

    fn details(&self, check: &str) -> String {
        let (_, examined) = self.ask(&["doctor"]);
        let findings = examined["findings"].as_array().unwrap().iter();
        let details = findings
            .filter(|finding| finding["check"] == check)
            .map(|finding| finding["detail"].as_str().unwrap());
        details.collect::<Vec<_>>().join("\n")
    }
}

fn an_operator_rotates_examines_sweeps_and_revives() {
    let shop = Shop::open();
    let (code, rotated) = shop.ask(&["rotate"]);
    assert_eq!(
        (code, &rotated["outcome"]),
        (Some(0), &"success".into()),
        "{rotated}"
    );
    assert_eq!(rotated["resumed"], false);

    let (code, examined) = shop.ask(&["doctor", "--check-writes"]);
    assert_eq!(code, Some(0), "{examined}");
    let permissions = examined["findings"].as_array().unwrap().iter();
    let permissions = permissions.filter(|finding| finding["check"] == "permission");
    assert_eq!(permissions.clone().count(), 5);
    assert!(
        permissions
            .clone()
            .all(|finding| finding["health"] == "good"),
        "{examined}"
    );
    assert!(
        shop.details("headroom")
            .starts_with("2 of 50 keys: 1 of this secret")
    );
    assert!(
        shop.details("data plane")
            .ends_with("accepts the current key")
    );

    let (code, swept) = shop.ask(&["sweep-keys", "--dry-run"]);
    assert_eq!(code, Some(0));
    assert_eq!(
        (&swept["foreign"], &swept["dry_run"]),
        (&1.into(), &true.into())
    );
    assert_eq!(swept["keys"][0]["action"], "keep");
    assert_eq!(swept["api"], shop.api.as_str());

    let (code, revived) = shop.ask(&["revive", "--of", "AWSCURRENT", "--days", "200"]);
    assert_eq!(code, Some(0), "{revived}");
    assert!(revived["expires"].as_i64() > revived["was"].as_i64());
    // The first key is nobody's that the rotator knows.
    let (code, refused) = shop.ask(&["revive"]);
    assert_eq!((code, &refused["outcome"]), (Some(1), &"ForeignKey".into()));
    assert_eq!(refused["runbook"], "rotator/README.md#foreignkey");
}

fn people_read_lines() {
    let shop = Shop::open();
    let output = shop.run(&["rotate"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    let expected = ["createSecret", "setSecret", "testSecret", "finishSecret"];
    for (line, step) in text.lines().zip(expected) {
        assert!(line.starts_with(step), "{text}");
    }
    assert!(text.trim_end().ends_with("is current"), "{text}");
    let output = shop.run(&["doctor"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("good  headroom"), "{text}");
    let output = shop.run(&["sweep-keys"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("1 keys of this secret, 1 that it never touches"),
        "{text}"
    );
}

fn what_is_missing_is_told() {
    let shop = Shop::open();
    let without = |variable: &str| {
        let mut command = keywheel(&["doctor", "--secret-id", SECRET]);
        command
            .args(["--endpoint-url", &shop.serve.url])
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
        for (name, value) in [
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ] {
            if name != variable {
                command.env(name, value);
            }
        }
        command
    };
    for (mut command, expected) in [
        (without("AWS_REGION"), "no Region"),
        (without("AWS_ACCESS_KEY_ID"), "no credentials"),
    ] {
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(expected), "{errors}");
    }
    let mut command = without("");
    let output = command.env("RETIRE", "maybe").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let (code, gone) = shop.ask(&["rotate", "--api-id", "another"]);
    assert_eq!(
        (code, &gone["outcome"]),
        (Some(1), &"ConfigConflict".into())
    );
    assert_eq!(gone["step"], "createSecret");
}
