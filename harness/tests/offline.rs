//! No byte leaves the loopback: the commands run in a network of their own that has nothing else, and
//! the kernel counts what they would have sent elsewhere.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::Path;
use std::process::{Command, Output};

/// What runs in that network, before the counters are told.
const SCRIPT: &str = r#"
    ip link set lo up
    "$KEYWHEEL" serve --port 0 > "$FOLDER/serve" &
    until grep -q listening "$FOLDER/serve"; do sleep 0.1; done
    url=$(grep -o 'http://[^ ]*' "$FOLDER/serve" | head -n 1)
    for path in health journal snapshot settings iam/report; do
        curl --silent --show-error --fail --noproxy '*' "$url/_keywheel/$path" > /dev/null
    done
    curl --silent --show-error --fail --noproxy '*' "$url/" -H 'x-amz-target: secretsmanager.ListSecrets' -d '{}'
    "$KEYWHEEL" test scenarios/happy
    kill %1
    wait
    echo COUNTERS
    cat /proc/net/dev /proc/net/snmp /proc/net/snmp6
"#;

/// Runs a script in a network without any device but the loopback; none where this user may not
/// have one.
fn run(script: &str) -> Option<Output> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--net", "bash", "-euc"]);
    let own = |command: &mut Command, script: &str| command.arg(script).output();
    let may = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "true"])
        .status();
    if !may.is_ok_and(|status| status.success()) {
        return None;
    }
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    command
        .current_dir(top)
        .env("KEYWHEEL", env!("CARGO_BIN_EXE_keywheel"))
        .env("FOLDER", folder.path());
    Some(own(&mut command, script).unwrap())
}

/// The counter of a name in a table of names above numbers, or of names beside them.
fn counter(text: &str, name: &str) -> Option<u64> {
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let [first, number] = words[..] {
            if first == name {
                return number.parse().ok();
            }
        } else if let Some(at) = words.iter().position(|word| *word == name) {
            return lines.next()?.split_whitespace().nth(at)?.parse().ok();
        }
    }
    None
}

#[test]
fn no_byte_leaves_the_loopback() {
    let Some(output) = run(SCRIPT) else {
        eprintln!("this user may not have a network of its own (unshare --user --net)");
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
    let (told, counters) = text.split_once("COUNTERS").unwrap();
    assert!(told.contains("passed, 0 failed"), "{told}");
    let devices = counters.lines().filter(|line| line.contains(": "));
    let devices: Vec<&str> = devices
        .filter(|line| line.trim_start().starts_with("lo:"))
        .collect();
    assert_eq!(devices.len(), 1, "{counters}");
    for name in ["OutNoRoutes", "Ip6OutNoRoutes"] {
        assert_eq!(counter(counters, name), Some(0), "{name}: {counters}");
    }
}

/// The counters tell: a call to somewhere else is seen.
#[test]
fn an_attempt_to_leave_is_counted() {
    let script = "ip link set lo up; curl --silent --noproxy '*' http://192.0.2.1/ || true; \
                  echo COUNTERS; cat /proc/net/snmp";
    let Some(output) = run(script) else { return };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(counter(&text, "OutNoRoutes") > Some(0), "{text}");
}
