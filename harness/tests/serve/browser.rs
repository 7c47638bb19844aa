//! What web pages in a real browser do to a server that the developer has running: nothing.
//!
//! The page in `browser/attack.html` tries what a page can: `fetch`, forms, a script that is stored
//! and then opened in the server's own origin, and websockets. It is opened as a page of the open
//! internet, as a page of another port of the same machine, and under a name that leads to the
//! server itself (DNS rebinding). Browsers that keep public pages away from local servers are told
//! not to: the server must not need them.

mod attacker;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use keywheel_clients::{Client, Test, tests};
use serde_json::{Value, json};

use crate::process::Serve;
use crate::rust_sdk::post;

use attacker::Attacker;

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Chromium] async no_page_does_or_reads_anything,
        [Chromium] async no_page_does_or_reads_anything_where_signatures_are_verified,
        [Chromium] async no_page_does_or_reads_anything_where_no_functions_are_taken,
        [Chromium] async no_page_does_or_reads_anything_where_both_hold,
        [Chromium] what_anybody_stored_is_no_page_of_the_servers,
    ]
}

/// The value that no page may see.
const PRECIOUS: &str = "the-value-that-no-page-may-see";

/// How long a browser may take: a machine that is building something is slow.
const PATIENCE: Duration = Duration::from_secs(120);

async fn no_page_does_or_reads_anything() {
    attack(&[]).await;
}

async fn no_page_does_or_reads_anything_where_signatures_are_verified() {
    attack(&["--auth", "verify", "--iam", "enforce"]).await;
}

async fn no_page_does_or_reads_anything_where_no_functions_are_taken() {
    attack(&["--no-functions"]).await;
}

async fn no_page_does_or_reads_anything_where_both_hold() {
    attack(&["--no-functions", "--auth", "verify", "--iam", "enforce"]).await;
}

async fn attack(settings: &[&str]) {
    let serve = Serve::start(&[&["--seed", "7", "--freeze"], settings].concat());
    let target = Target::prepare(&serve, settings.contains(&"verify")).await;
    let before = state(&serve);
    for space in ["public", "local", "loopback"] {
        let attacker = Attacker::start(&serve.url, &target.key, &target.label);
        let browser = Browser::open(&attacker.url(), &format!("{}={space}", attacker.address()));
        let reports = attacker.reports(Attacker::PAGES, PATIENCE);
        drop(browser);
        check(&reports, settings);
        assert!(!attacker.has_run_code(), "{settings:?}");
    }
    assert_eq!(state(&serve), before, "{settings:?}");
}

/// The pages have tried, and read nothing.
fn check(reports: &[Value], settings: &[&str]) {
    let tried: usize = reports.iter().map(|report| attempts(report).len()).sum();
    assert!(
        tried >= 40,
        "the pages have tried what they can: {reports:#?}"
    );
    for attempt in reports.iter().flat_map(attempts) {
        let read = attempt["read"].as_str().unwrap_or_default();
        let name = &attempt["name"];
        for secret in [PRECIOUS, "HEARD", "RAN", "\"seed\"", "apiId", "operation"] {
            assert!(!read.contains(secret), "{name} of {settings:?} read {read}");
        }
    }
}

/// A stored script is opened as the user would open any address.
fn what_anybody_stored_is_no_page_of_the_servers() {
    let serve = Serve::start(&["--seed", "7"]);
    let script = "<script>document.body.append('RA' + 'N')</script>";
    let name = json!({ "name": script, "authenticationType": "API_KEY" });
    call(&serve, "POST", "/v1/apis", &name);
    let rule = json!({ "at": "ListGraphqlApis", "kind": "answer-as-text", "times": 9 });
    call(&serve, "POST", "/_keywheel/faults", &rule);
    let dom = Browser::dump(&format!("{}/v1/apis", serve.url));
    assert!(dom.contains("&lt;script&gt;"), "it is shown as text: {dom}");
    assert!(!dom.contains("RAN") && !dom.contains("<script>"), "{dom}");
}

/// What the pages are after: a secret, an API with a key that they know, a fault that makes pages.
struct Target {
    key: String,
    label: String,
}

impl Target {
    async fn prepare(serve: &Serve, is_verified: bool) -> Self {
        // The developer's own set-up came before the checks were turned on.
        let access = |auth: &str, iam: &str| json!({ "access": { "auth": auth, "iam": iam } });
        call(serve, "PUT", "/_keywheel/settings", &access("off", "off"));
        let target = "x-amz-target: secretsmanager.CreateSecret\r\n";
        let secret = json!({
            "Name": "precious", "SecretString": PRECIOUS,
            "ClientRequestToken": "00000000-0000-4000-8000-000000000000",
        });
        let (status, made) = post(&format!("{}/", serve.url), target, &secret.to_string()).await;
        assert_eq!(status, 200, "{made}");
        let modes = json!([{ "authType": "API_KEY" }]);
        let config = json!({
            "authProviders": modes, "connectionAuthModes": modes,
            "defaultPublishAuthModes": modes, "defaultSubscribeAuthModes": modes,
        });
        let api = call(
            serve,
            "POST",
            "/v2/apis",
            &json!({ "name": "e", "eventConfig": config }),
        );
        let id = api["api"]["apiId"].as_str().unwrap();
        let key = call(serve, "POST", &format!("/v1/apis/{id}/apikeys"), &json!({}));
        let domain = api["api"]["dns"]["HTTP"].as_str().unwrap();
        if is_verified {
            call(
                serve,
                "PUT",
                "/_keywheel/settings",
                &access("verify", "enforce"),
            );
        }
        Self {
            key: key["apiKey"]["id"].as_str().unwrap().to_owned(),
            label: domain.rsplit('/').next().unwrap().to_owned(),
        }
    }
}

/// Everything that a page could have changed.
fn state(serve: &Serve) -> Vec<Value> {
    let read = |path: &str| body_of(&serve.get(path));
    ["snapshot", "clock", "faults", "settings", "journal"]
        .map(|it| read(&format!("/_keywheel/{it}")))
        .to_vec()
}

fn body_of(answer: &str) -> Value {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

/// A call that must succeed.
fn call(serve: &Serve, method: &str, path: &str, body: &Value) -> Value {
    let answer = serve.send(method, path, &body.to_string());
    assert!(answer.starts_with("HTTP/1.1 20"), "{path}: {answer}");
    body_of(&answer)
}

fn attempts(report: &Value) -> Vec<Value> {
    report.as_array().cloned().unwrap_or_default()
}

/// A browser without a window, in a folder of its own. Dropping it ends it.
struct Browser {
    process: std::process::Child,
    _folder: tempfile::TempDir,
}

impl Browser {
    /// `space` says which addresses the browser takes for public, local or the machine's own.
    fn open(url: &str, space: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let process = chromium(folder.path())
            .arg(format!("--ip-address-space-overrides={space}"))
            .arg(url)
            .spawn()
            .unwrap();
        Self {
            process,
            _folder: folder,
        }
    }

    /// What a page looks like once it has loaded.
    fn dump(url: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let mut command = chromium(folder.path());
        command.args(["--dump-dom", "--virtual-time-budget=3000", url]);
        let output = command.stdout(Stdio::piped()).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Names that look like others' lead to this machine, and nothing of the browser's own keeps pages
/// from calling local servers.
const ARGUMENTS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-popup-blocking",
    "--no-first-run",
    "--no-proxy-server",
    "--host-resolver-rules=MAP *.example 127.0.0.1",
    "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets,\
     PrivateNetworkAccessSendPreflights,BlockInsecurePrivateNetworkRequests",
];

fn chromium(folder: &Path) -> Command {
    let mut command = Command::new(Client::Chromium.program());
    command
        .args(ARGUMENTS)
        .arg(format!("--user-data-dir={}", folder.display()))
        .env("HOME", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// An archive with a bootstrap that leaves a file behind, in base64.
fn archive(marker: &Path) -> String {
    use base64::Engine as _;

    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
    writer.start_file("bootstrap", options).unwrap();
    let script = format!("#!/bin/sh\necho ran > '{}'\n", marker.display());
    writer.write_all(script.as_bytes()).unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
