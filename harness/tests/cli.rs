//! The commands as a person runs them: exit codes, and errors that say where and what instead.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::io::{BufRead as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn command_of(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keywheel"));
    command.current_dir(top()).args(arguments);
    command
}

fn keywheel(arguments: &[&str]) -> Output {
    command_of(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn told(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(out),
        String::from_utf8_lossy(err)
    )
}

/// A scenario file with this text.
fn written(folder: &tempfile::TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("some.scenario");
    std::fs::write(&path, text).unwrap();
    path
}

/// What `keywheel test` makes of this scenario.
fn tested(text: &str, function: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let path = written(&folder, text);
    keywheel(&["test", path.to_str().unwrap(), "--function", function])
}

#[test]
fn what_holds_ends_with_0_and_a_line_for_each_scenario() {
    let output = keywheel(&["test", "scenarios/happy"]);
    let told = told(&output);
    assert_eq!(code(&output), 0, "{told}");
    assert!(told.contains("passed  happy/h1-first-rotation"), "{told}");
    assert!(told.contains(" passed, 0 failed in "), "{told}");
}

#[test]
fn a_violation_ends_with_1_a_timeline_and_the_command_that_shows_it_again() {
    let output = keywheel(&[
        "test",
        "scenarios/happy/h1-first-rotation.scenario",
        "--function",
        "mutant:article-b",
    ]);
    let told = told(&output);
    assert_eq!(code(&output), 1, "{told}");
    assert!(told.contains("holds k0, which setSecret deleted"), "{told}");
    let again = concat!(
        env!("CARGO_BIN_EXE_keywheel"),
        " replay scenarios/happy/h1-first-rotation.scenario --function mutant:article-b"
    );
    assert!(told.trim_end().ends_with(again), "{told}");
}

/// The command that the last line tells, in the words that a shell makes of it, without the
/// program.
fn told_again(output: &Output) -> Vec<String> {
    let text = told(output);
    let line = text.lines().last().unwrap();
    let command = line.strip_prefix("reproduce with: ").expect(line);
    let echo = format!("printf '%s\\n' {command}");
    let words = Command::new("sh").args(["-c", &echo]).output().unwrap();
    let words = String::from_utf8(words.stdout).unwrap();
    let mut words = words.lines().map(str::to_owned);
    assert_eq!(
        words.next().as_deref(),
        Some(env!("CARGO_BIN_EXE_keywheel"))
    );
    words.collect()
}

/// The command in a folder.
fn in_folder(folder: &Path, arguments: &[&str]) -> Output {
    command_of(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn in_an_empty_folder_the_scenarios_of_the_program_run() {
    let folder = tempfile::tempdir().unwrap();
    let listed = in_folder(folder.path(), &["list", "scenarios"]);
    let names = told(&listed);
    assert!(names.lines().count() > 200, "{names}");
    let tested = in_folder(folder.path(), &["test", "happy/"]);
    assert_eq!(code(&tested), 0, "{}", told(&tested));
    let bad = ["test", "h1-first", "--function", "mutant:article-b"];
    let tested = in_folder(folder.path(), &bad);
    assert_eq!(code(&tested), 1);
    let words = told_again(&tested);
    let named = ["replay", "happy/h1-first-rotation", "--function"];
    assert_eq!(words[..3], named);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(code(&in_folder(folder.path(), &words)), 1);
    // What the documents call it by, too.
    let path = "scenarios/happy/h1-first-rotation.scenario";
    assert_eq!(code(&in_folder(folder.path(), &["replay", path])), 0);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_folder_of_scenarios_goes_before_those_of_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("scenarios/mine/own.scenario");
    std::fs::create_dir_all(own.parent().unwrap()).unwrap();
    std::fs::write(&own, "keywheel scenario 1\nrotate\n").unwrap();
    let text = |arguments: &[&str]| told(&in_folder(folder.path(), arguments));
    assert_eq!(text(&["list", "scenarios"]).trim(), "mine/own");
    assert!(text(&["test"]).contains("1 passed"), "{}", text(&["test"]));
    let replayed = text(&["replay", "mine/own"]);
    assert!(replayed.contains("mine/own: passed"), "{replayed}");
    // A name that the folder does not have is one of the program.
    let replayed = text(&["replay", "happy/h1-first-rotation"]);
    assert!(
        replayed.contains("happy/h1-first-rotation: passed"),
        "{replayed}"
    );
}

#[test]
fn a_name_that_is_none_or_not_one_is_refused_with_what_it_may_have_meant() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (
            ["test", "happy/h1-first-rotatoin"],
            "did you mean happy/h1-first-rotation?",
        ),
        (
            ["test", "no such name at all"],
            "list scenarios` names those there are",
        ),
        (
            ["replay", "happy/h1"],
            "write happy/h1-first-rotation or happy/h10",
        ),
        (["test", "--accept"], "inside this program"),
    ] {
        let output = in_folder(folder.path(), &arguments);
        assert_eq!(code(&output), 2);
        assert!(told(&output).contains(expected), "{}", told(&output));
    }
}

#[test]
fn the_command_that_shows_it_again_does_so_wherever_the_file_is() {
    let folder = tempfile::tempdir().unwrap();
    let some = written(&folder, "keywheel scenario 1\nrotate\nexpect keys=9\n");
    let apart = folder.path().join("it's a file.scenario");
    let below = folder.path().join("scenarios/mine.scenario");
    std::fs::create_dir(below.parent().unwrap()).unwrap();
    for file in [&some, &apart, &below] {
        if !file.exists() {
            std::fs::copy(&some, file).unwrap();
        }
        let file = file.to_str().unwrap();
        for more in [&[][..], &["--seed", "7"]] {
            let output = keywheel(&[&["test", file], more].concat());
            assert_eq!(code(&output), 1, "{}", told(&output));
            let words = told_again(&output);
            assert_eq!(words[..2], ["replay", file]);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let again = keywheel(&words);
            let text = told(&again);
            assert_eq!(code(&again), 1, "{text}");
            let seed = more.last().unwrap_or(&"1");
            assert!(text.contains(&format!("(seed {seed})")), "{text}");
        }
    }
}

#[test]
fn a_golden_trace_is_of_its_own_seed_only() {
    let folder = tempfile::tempdir().unwrap();
    // How long the SDK waits before it tries again is drawn.
    let text = "keywheel scenario 1\nfault DescribeSecret#1 reset\nrotate\n-- trace.golden --\n";
    let file = written(&folder, text);
    let file = file.to_str().unwrap();
    assert_eq!(code(&keywheel(&["test", file, "--accept"])), 0);
    let own = std::fs::read_to_string(file).unwrap();
    for command in ["test", "replay"] {
        assert_eq!(code(&keywheel(&[command, file])), 0, "{command}");
        let other = keywheel(&[command, file, "--seed", "2"]);
        assert_eq!(code(&other), 0, "{command}: {}", told(&other));
    }
    std::fs::write(file, own.replace("scenario 1\n", "scenario 1\nseed 2\n")).unwrap();
    let output = keywheel(&["replay", file]);
    assert_eq!(code(&output), 1, "it is another: {}", told(&output));
}

#[test]
fn what_does_not_settle_ends_with_3() {
    let file = "scenarios/crash/c2-move-then-killed.scenario";
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file));
    // Without its expectations, so that liveness alone is judged.
    let text = text
        .unwrap()
        .replace("expect ", "# expect ")
        .replace("finally ", "# finally ");
    let output = tested(
        &text.replace("rotate\n", "rotate expect=failed\n"),
        "mutant:stumbles-at-current",
    );
    assert_eq!(code(&output), 3, "{}", told(&output));
}

#[test]
fn a_fault_that_never_fires_ends_with_4() {
    let text = "keywheel scenario 1\nfault createSecret/DeleteApiKey#1 reset\nrotate\n";
    let output = tested(text, "builtin");
    assert_eq!(code(&output), 4, "{}", told(&output));
    assert!(
        told(&output).contains("line 2: not triggered: fault createSecret/DeleteApiKey#1 reset")
    );
}

#[test]
fn an_invalid_scenario_ends_with_2_its_place_and_the_nearest_word() {
    for (text, place, hint) in [
        ("keywheel scenario 1\nrotat\n", ":2:1:", "\"rotate\""),
        (
            "keywheel scenario 1\nfault CreateApiKey answer-lots\n",
            ":2:20:",
            "\"answer-lost\"",
        ),
        (
            "keywheel scenario 1\nfault CreateApiKye reset\n",
            ":2:7:",
            "\"CreateApiKey\"",
        ),
        ("keywheel scenario 1\nadvance 5x\n", ":2:9:", ""),
        ("", ":1:1:", "keywheel scenario 1"),
    ] {
        let output = tested(text, "builtin");
        let told = told(&output);
        assert_eq!(code(&output), 2, "{told}");
        assert!(
            told.contains("some.scenario") && told.contains(place),
            "{text:?}: {told}"
        );
        assert!(told.contains(hint), "{text:?}: {told}");
    }
}

#[test]
fn a_wrong_path_or_name_ends_with_2_and_says_what_there_is() {
    for (arguments, hint) in [
        (["test", "no/such/file.scenario"], "no/such/file.scenario"),
        (["test", "rotator"], "no .scenario file"),
        (
            ["test", "--function=mutant:article-z"],
            "did you mean mutant:article-",
        ),
        (["list", "oracels"], "oracles"),
        (
            ["replay", "scenarios/none.scenario"],
            "scenarios/none.scenario",
        ),
    ] {
        let output = keywheel(&arguments);
        assert_eq!(code(&output), 2, "{}", told(&output));
        assert!(told(&output).contains(hint), "{}", told(&output));
    }
}

#[test]
fn a_file_that_is_too_long_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let line = "advance 1h # and so on, and so on, and so on, and so on, and so on, and on\n";
    let text = format!(
        "keywheel scenario 1\n{}",
        line.repeat(10 * (1 << 20) / line.len())
    );
    for name in ["long.scenario", "long.json"] {
        let path = folder.path().join(name);
        std::fs::write(&path, &text).unwrap();
        for command in ["test", "replay", "sweep", "scenario"] {
            let output = keywheel(&[command, path.to_str().unwrap()]);
            let told = told(&output);
            assert_eq!(code(&output), 2, "{told}");
            assert!(
                told.contains(name) && told.contains("longer than 1 MiB"),
                "{told}"
            );
            assert!(told.len() < 1000, "{} bytes are told", told.len());
        }
    }
}

#[test]
fn what_never_waits_is_ended_by_the_watchdog_with_1_and_its_name() {
    let stuck = ["--function", "stuck"];
    let scenario = "scenarios/happy/h1-first-rotation.scenario";
    for (command, name) in [
        (&["test", scenario][..], "happy/h1"),
        (&["fuzz", "--runs", "3"], ""),
    ] {
        let mut keywheel = command_of(&[command, &stuck].concat());
        let output = keywheel.env("KEYWHEEL_LONGEST_RUN", "2s").output().unwrap();
        let told = told(&output);
        assert_eq!(code(&output), 1, "{told}");
        let objection = "in-time: the function has worked for 2s of real time";
        assert!(told.contains(name) && told.contains(objection), "{told}");
    }
    let mut bad = command_of(&["list", "faults"]);
    let output = bad.env("KEYWHEEL_LONGEST_RUN", "soon").output().unwrap();
    assert_eq!(code(&output), 2);
    assert!(
        told(&output).contains("KEYWHEEL_LONGEST_RUN=soon"),
        "{}",
        told(&output)
    );
}

/// A search that takes many minutes, in a folder for its findings.
fn long_search(folder: &tempfile::TempDir, more: &[&str]) -> Command {
    let search = ["interleave", "--whole", "--faults", "--jobs", "1", "--out"];
    let out = [folder.path().to_str().unwrap()];
    command_of(&[&search[..], &out, more].concat())
}

const CUT_SHORT: &str = "stopped before its end: this is what was known by then";

#[test]
fn a_search_ends_with_0_when_the_time_that_it_was_given_is_up_and_nothing_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let output = long_search(&folder, &["--for", "1s"]).output().unwrap();
    let text = told(&output);
    assert_eq!(code(&output), 0, "{text}");
    assert!(text.contains(CUT_SHORT), "{text}");
    assert!(
        text.contains("for: 1s;") && text.contains(" 0 failed"),
        "{text}"
    );
}

#[cfg(unix)]
#[test]
fn a_search_that_is_told_to_end_ends_with_130_and_with_what_it_knows() {
    for signal in ["INT", "TERM"] {
        let folder = tempfile::tempdir().unwrap();
        let mut search = long_search(&folder, &[]);
        let mut child = search.stdout(std::process::Stdio::piped()).spawn().unwrap();
        let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        out.read_line(&mut text).unwrap();
        let kill = format!("kill -{signal} {}", child.id());
        let killed = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(killed.success());
        out.read_to_string(&mut text).unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(130), "{signal}: {status} {text}");
        assert!(text.contains(CUT_SHORT), "{signal}: {text}");
    }
}

#[test]
fn orders_of_calls_cannot_be_asked_of_a_function_behind_a_url() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let output = keywheel(&["interleave", "--function", &url]);
    let told = told(&output);
    assert_eq!(code(&output), 2, "{told}");
    assert!(
        told.contains("run the function with process:COMMAND"),
        "{told}"
    );
}

#[test]
fn everything_that_there_is_can_be_listed() {
    for (what, known) in [
        ("scenarios", "lost/l1-create"),
        ("faults", "answer-lost"),
        ("oracles", "foreign-untouched"),
        ("marks", "orphan-adopted"),
        ("operations", "UpdateSecretVersionStage"),
        ("mutants", "no-adoption"),
    ] {
        let output = keywheel(&["list", what]);
        assert_eq!(code(&output), 0);
        assert!(told(&output).contains(known), "{what}: {}", told(&output));
    }
}

#[test]
fn a_mutant_is_caught_on_the_command_line_too() {
    let output = keywheel(&["mutants", "--only", "no-adoption"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert!(told(&output).contains("1 caught"), "{}", told(&output));
}

#[test]
fn a_golden_trace_is_compared_and_accepted_anew() {
    let folder = tempfile::tempdir().unwrap();
    let text = "keywheel scenario 1\nrotate\n-- trace.golden --\nsomething else\n";
    let path = written(&folder, text);
    let path = path.to_str().unwrap();
    let differs = keywheel(&["test", path]);
    assert_eq!(code(&differs), 1);
    let objection = "trace.golden: line 1: expected \"something else\"";
    assert!(told(&differs).contains(objection), "{}", told(&differs));
    assert_eq!(code(&keywheel(&["test", path, "--accept"])), 0);
    let file = std::fs::read_to_string(path).unwrap();
    assert!(file.contains("CreateApiKey k1"), "{file}");
    let same = keywheel(&["test", path]);
    assert_eq!(code(&same), 0, "{}", told(&same));
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written_is_no_success() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = command_of(&["list", "faults"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(code(&output), 74, "{}", told(&output));
    assert!(told(&output).contains("cannot write to the standard output"));
    let mut gone = command_of(&["test", "scenarios/happy"]);
    let mut gone = gone.stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(gone.stdout.take());
    assert_eq!(gone.wait().unwrap().code(), Some(74));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.scenario");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let pipe = pipe.to_str().unwrap();
    for arguments in [
        ["test", pipe],
        ["replay", pipe],
        ["merge", pipe],
        ["test", "/dev/zero"],
        ["merge", "/dev/zero"],
    ] {
        let output = keywheel(&arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(told(&output).contains("it is no file"), "{}", told(&output));
    }
    for option in ["--settings", "--faults"] {
        let output = keywheel(&["serve", "--port", "0", option, pipe]);
        assert!(told(&output).contains("it is no file"), "{}", told(&output));
    }
}

#[test]
fn a_folder_for_findings_that_cannot_be_is_told_before_the_search() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(&folder, "");
    let out = file.join("findings");
    let output = keywheel(&["sweep", "--out", out.to_str().unwrap()]);
    assert_eq!(code(&output), 2, "{}", told(&output));
    assert!(output.stdout.is_empty(), "nothing was searched");
    assert!(
        told(&output).contains("--out: cannot write to"),
        "{}",
        told(&output)
    );
}

/// A function that starts another process and never asks for its event.
#[cfg(target_os = "linux")]
#[test]
fn a_command_that_is_told_to_end_leaves_no_process_and_no_folder() {
    for (signal, expected) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let folder = tempfile::tempdir().unwrap();
        let pids = folder.path().join("pids");
        let function = format!(
            "process:setsid sleep 300 & echo $$ $! > '{0}.new'; mv '{0}.new' '{0}'; sleep 300",
            pids.display()
        );
        let scenario = "scenarios/password/rotates.scenario";
        let mut command = command_of(&["test", scenario, "--function", &function]);
        let mut running = command.env("TMPDIR", folder.path()).spawn().unwrap();
        let text = read_when_there(&pids);
        let kill = format!("kill -{signal} {}", running.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(running.wait().unwrap().code(), Some(expected), "{signal}");
        for pid in text.split_whitespace() {
            let is_alive = Path::new("/proc").join(pid).join("exe").exists();
            assert!(!is_alive, "{signal}: {pid} of {text:?} goes on");
        }
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "{signal}: {left:?}");
    }
}

#[cfg(target_os = "linux")]
fn read_when_there(path: &Path) -> String {
    for _ in 0..600 {
        if let Ok(text) = std::fs::read_to_string(path) {
            return text;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("the function did not start");
}

#[test]
fn quiet_prints_what_fails_and_list_runs_nothing() {
    let quiet = keywheel(&["test", "-q", "scenarios/happy"]);
    assert_eq!(told(&quiet).trim().lines().count(), 1, "{}", told(&quiet));
    let listed = keywheel(&["test", "--list", "happy/"]);
    assert_eq!(code(&listed), 0);
    let text = told(&listed);
    assert!(
        text.lines().all(|line| line.starts_with("happy/")),
        "{text}"
    );
    assert!(text.lines().count() > 5, "{text}");
    let verbose = keywheel(&["test", "-v", "happy/h1-first"]);
    assert!(
        told(&verbose).contains("#1 createSecret"),
        "{}",
        told(&verbose)
    );
}

#[test]
fn a_target_that_was_not_asked_for_is_none_that_a_function_is_tried_at() {
    let folder = tempfile::tempdir().unwrap();
    // Somebody listens there, and closes what is opened.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let function = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.incoming().for_each(drop));
    let listed = |more: &[&str]| {
        let words = [&["test", "--list", function.as_str()], more].concat();
        told(&in_folder(folder.path(), &words))
    };
    let has = |text: &str, start: &str| text.lines().any(|line| line.starts_with(start));
    let usual = listed(&[]);
    assert!(has(&usual, "password/"), "{usual}");
    for suite in ["postgres/", "mysql/", "issuer/"] {
        assert!(!has(&usual, suite), "{usual}");
    }
    // The issuer is in the program; the servers may not be on this machine.
    let asked = listed(&["--target", "issuer"]);
    assert!(
        has(&asked, "password/") && has(&asked, "issuer/"),
        "{asked}"
    );
    assert!(!has(&asked, "postgres/"), "{asked}");
    let named = listed(&["issuer/"]);
    assert!(
        has(&named, "issuer/") && !has(&named, "password/"),
        "{named}"
    );
}

#[test]
fn a_scenario_that_gets_no_target_is_skipped_with_the_reason() {
    let builtin = keywheel(&["test", "postgres/first", "issuer/first"]);
    let text = told(&builtin);
    assert_eq!(code(&builtin), 0, "{text}");
    assert!(text.contains("0 passed, 0 failed, 2 skipped"), "{text}");
    assert!(text.contains("postgres/first and 1 more"), "{text}");
    assert!(
        text.contains("holds=password, and builtin rotates a key"),
        "{text}"
    );
}

#[test]
fn fail_fast_ends_at_the_first_that_fails_and_says_what_was_left() {
    let bad = ["test", "scenarios/happy", "--function", "mutant:article-b"];
    let output = keywheel(&[&bad[..], &["--fail-fast", "--jobs", "1"]].concat());
    let text = told(&output);
    assert_eq!(code(&output), 1, "{text}");
    assert!(text.contains("1 failed"), "{text}");
    assert!(text.contains("ended early: "), "{text}");
}

#[test]
fn no_jobs_are_refused() {
    for command in ["test", "sweep", "mutants", "fuzz"] {
        let output = keywheel(&[command, "--jobs", "0"]);
        assert_eq!(code(&output), 2, "{command}");
        assert!(told(&output).contains("--jobs"), "{}", told(&output));
    }
}

#[test]
fn a_report_that_cannot_be_written_is_told_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("file");
    std::fs::write(&taken, "").unwrap();
    let report = format!("json={}", taken.join("report.json").display());
    for command in [
        &["test", "scenarios/happy"][..],
        &["fuzz", "--runs", "5"],
        &["mutants", "--only", "article-b"],
    ] {
        let output = in_folder(top(), &[command, &["--report", &report]].concat());
        assert_eq!(code(&output), 2, "{}", told(&output));
        assert!(
            told(&output).starts_with("keywheel: --report"),
            "{}",
            told(&output)
        );
    }
}

#[test]
fn what_was_found_before_does_not_lie_beside_what_is_found_now() {
    let folder = tempfile::tempdir().unwrap();
    let fuzz = [
        "fuzz",
        "--runs",
        "3",
        "--function",
        "mutant:article-b",
        "--out",
        "found",
    ];
    assert_eq!(code(&in_folder(folder.path(), &fuzz)), 1);
    let campaign = std::fs::read_dir(folder.path().join("found")).unwrap();
    let campaign = campaign.map(|entry| entry.unwrap().path()).next().unwrap();
    let stale = campaign.join("99-stale");
    std::fs::create_dir(&stale).unwrap();
    std::fs::write(stale.join("minimal.scenario"), "").unwrap();
    let own = campaign.join("notes");
    std::fs::create_dir(&own).unwrap();
    assert_eq!(code(&in_folder(folder.path(), &fuzz)), 1);
    assert!(!stale.exists() && own.exists());
}

#[test]
fn a_shell_is_told_the_variables_and_old_clients_are_told_of() {
    let output = keywheel(&["env", "--port", "7", "--shell", "fish"]);
    let text = told(&output);
    assert!(
        text.contains("set -gx AWS_ENDPOINT_URL 'http://127.0.0.1:7'"),
        "{text}"
    );
    assert!(
        text.contains("# AWS_ENDPOINT_URL is read from version 2.13"),
        "{text}"
    );
    let bash = told(&keywheel(&["env", "--shell", "bash"]));
    let read = "eval \"$0\"; printf %s \"$AWS_ENDPOINT_URL\"";
    let shell = Command::new("sh")
        .args(["-c", read, &bash])
        .output()
        .unwrap();
    assert_eq!(told(&shell), "http://127.0.0.1:4566");
}

#[test]
fn a_server_that_is_not_there_is_not_well() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let output = keywheel(&["health", "--port", &port]);
    assert_eq!(code(&output), 1);
    assert!(
        told(&output).contains("no server is well"),
        "{}",
        told(&output)
    );
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    for shell in ["bash", "fish", "zsh", "powershell", "elvish"] {
        let text = told(&keywheel(&["completions", shell]));
        assert!(
            text.contains("interleave") && text.contains("fail-fast"),
            "{shell}"
        );
    }
    assert!(told(&keywheel(&["man"])).contains(".TH keywheel"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    assert_eq!(code(&keywheel(&["man", "--out", path])), 0);
    assert!(folder.path().join("keywheel-sweep.1").is_file());
}

/// The variables that the sources of a folder name.
fn variables_in(folder: &Path, found: &mut std::collections::BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            variables_in(&path, found);
        } else {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let named = text.split("\"KEYWHEEL_").skip(1);
            let end = |rest: &str| {
                rest.find('"')
                    .map(|end| format!("KEYWHEEL_{}", &rest[..end]))
            };
            found.extend(named.filter_map(end));
        }
    }
}

#[test]
fn every_variable_is_in_the_help() {
    // Between our own processes, and in tests.
    const OURS: [&str; 6] = [
        "KEYWHEEL_",
        "KEYWHEEL_DEFECT",
        "KEYWHEEL_HANDLER_FILE",
        "KEYWHEEL_PREPARES",
        "KEYWHEEL_SANDBOX",
        "KEYWHEEL_VARIABLES",
    ];
    let help = told(&keywheel(&["--help"]));
    let mut found = std::collections::BTreeSet::new();
    for folder in ["harness/src", "emulator/src", "rotator/src"] {
        variables_in(&top().join(folder), &mut found);
    }
    found.retain(|name| !OURS.contains(&name.as_str()));
    assert!(found.len() > 6, "{found:?}");
    for name in found {
        assert!(help.contains(&name), "{name} is not in --help");
    }
}
