//! Runs a test of this binary again, in a process whose emulator has a defect: the test must fail.

use std::process::{Command, Stdio};

use keywheel_emulator::defect::{Defect, VARIABLE};

/// Shows for each defect that the test named for it notices.
pub(crate) fn each_is_noticed(tests: &[(Defect, &str)]) {
    for (defect, test) in tests {
        let named = Defect::ALL.iter().find(|(known, _)| known == defect);
        let (_, name) = named.expect("every defect is in the list");
        assert!(passes(test, ""), "{test} does not pass without a defect");
        assert!(!passes(test, name), "{test} does not notice {name}");
    }
}

fn passes(test: &str, defect: &str) -> bool {
    let own = std::env::current_exe().expect("a running test has a file");
    let mut again = Command::new(own);
    again.args(["--exact", test]).env(VARIABLE, defect);
    let status = again.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status
        .expect("the file of a running test can be run")
        .success()
}
