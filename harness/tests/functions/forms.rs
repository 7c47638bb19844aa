//! Functions as people have them: a file, a folder, an archive, a template, by the command line.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use keywheel::function::{Interpreters, Spec};
use keywheel::record::timeline;
use keywheel::run::run;
use keywheel::subject::Subject;
use keywheel::subject::process::Process;
use keywheel_clients::{Client, MODULES, Test, tests};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::{LIMIT, scenario, top};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Boto3] every_form_of_a_function_in_python_rotates,
        [Boto3 JavaScriptSdk] every_form_of_a_function_in_javascript_rotates,
        [Python] code_that_was_loaded_once_is_new_in_each_environment,
        [Python] code_that_prints_without_end_is_ended_for_that,
        [Python] what_cannot_be_found_is_told_with_what_there_is,
        [Boto3 Node] a_function_that_cannot_start_ends_the_campaign_with_what_to_try,
    ]
}

/// `keywheel`, with a function's interpreters.
fn keywheel(words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keywheel"));
    command
        .args(words)
        .current_dir(top())
        .env("NODE_PATH", MODULES);
    command.output().unwrap()
}

fn told(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(out),
        String::from_utf8_lossy(err)
    )
}

/// Runs a rotation of a function, and fails unless it passes.
fn passes(function: &str) {
    let python = Client::Boto3.program();
    let python = python.to_str().unwrap();
    let rotates = "password/rotates";
    let output = keywheel(&["replay", rotates, function, "--python", python]);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(0), "{function}: {told}");
    assert!(told.contains("GetRandomPassword"), "{told}");
}

/// A folder with both functions in it.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["password.py", "password.cjs", "template_like.py"] {
        let from = top().join("scenarios/functions").join(name);
        fs::copy(from, folder.path().join(name)).unwrap();
    }
    folder
}

fn at(folder: &Path, part: &str) -> String {
    format!("{}{part}", folder.display())
}

fn archive_of(file: &Path) -> PathBuf {
    let path = file.with_extension("zip");
    let mut writer = ZipWriter::new(fs::File::create(&path).unwrap());
    let name = file.file_name().unwrap().to_str().unwrap();
    writer
        .start_file(name, SimpleFileOptions::default())
        .unwrap();
    writer.write_all(&fs::read(file).unwrap()).unwrap();
    writer.finish().unwrap();
    path
}

fn every_form_of_a_function_in_python_rotates() {
    let folder = folder();
    let template = folder.path().join("template.yaml");
    let text = "Resources:\n  Rotator:\n    Type: AWS::Serverless::Function\n    Properties: \
                { CodeUri: ., Handler: password.handler, Runtime: python3.12, Timeout: 25 }\n";
    fs::write(template, text).unwrap();
    let archive = archive_of(&folder.path().join("password.py"));
    for function in [
        at(folder.path(), "/password.py:handler"),
        at(folder.path(), "/password.py"),
        at(folder.path(), "/template_like.py:lambda_handler"),
        at(folder.path(), "#password.handler"),
        at(&archive, "#password.handler"),
        at(folder.path(), "/template.yaml#Rotator"),
        at(folder.path(), "/template.yaml"),
    ] {
        passes(&function);
    }
}

fn every_form_of_a_function_in_javascript_rotates() {
    let folder = folder();
    // As an ES module, which does not look into NODE_PATH by itself.
    let source = fs::read_to_string(folder.path().join("password.cjs")).unwrap();
    let (code, _) = source.split_once("if (require.main").unwrap();
    let module = code
        .replace("require('@aws-sdk/client-secrets-manager')", "sdk")
        .replace("module.exports =", "export");
    let import = "import sdk from '@aws-sdk/client-secrets-manager';\n";
    fs::write(
        folder.path().join("rotator.mjs"),
        format!("{import}{module}"),
    )
    .unwrap();
    for part in [
        "/password.cjs:handler",
        "#password.handler",
        "/rotator.mjs:handler",
    ] {
        passes(&at(folder.path(), part));
    }
}

/// A function of Python that has been found, and loaded once.
fn loaded(source: &str) -> (TempDir, Process) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("f.py"), source).unwrap();
    let spec = Spec::Folder {
        path: folder.path().to_owned(),
        handler: "f.handler".to_owned(),
    };
    let found = spec.find(&Interpreters::default()).unwrap().unwrap();
    let subject = Process::of_code("f", found, LIMIT);
    subject.check().unwrap();
    (folder, subject)
}

fn code_that_was_loaded_once_is_new_in_each_environment() {
    let source = "import os, sys\ncount = 0\ndef handler(event, context):\n    global count\n    \
                  count += 1\n    print('call', count, 'of', os.getpid(), flush=True)\n    \
                  if event['Step'] == 'setSecret':\n        sys.exit(7)\n";
    let (_folder, subject) = loaded(source);
    for _ in 0..2 {
        let mut scenario = scenario("password/rotates");
        scenario.world.retries = 1;
        let run = run(&scenario, &subject);
        let printed = run.printed.join("\n");
        assert!(printed.contains("call 1 of"), "{printed}");
        assert!(!printed.contains("call 3 of"), "{printed}");
        let told = timeline::of(&run);
        assert!(told.contains("exit status 7"), "{told}");
    }
}

fn code_that_prints_without_end_is_ended_for_that() {
    let source = "def handler(event, context):\n    while True:\n        print('x' * 1000)\n";
    let (_folder, subject) = loaded(source);
    let mut scenario = scenario("password/rotates");
    scenario.world.retries = 0;
    let run = run(&scenario, &subject);
    let told = timeline::objections(&run).join("\n");
    assert!(told.contains("printed more than 16 MiB"), "{told}");
}

fn what_cannot_be_found_is_told_with_what_there_is() {
    let folder = folder();
    let file = |part: &str| at(folder.path(), part);
    for (function, named) in [
        (file("/password.py:handlr"), "it has handler, create"),
        (
            file("#passwort.handler"),
            "the modules here are password or template_like",
        ),
        (file("/rotator.py:handler"), "No such file"),
        (file("/rotator.zip#x.y"), "No such file"),
    ] {
        let output = keywheel(&["test", &function]);
        let told = told(&output);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(named), "{told}");
    }
}

fn a_function_that_cannot_start_ends_the_campaign_with_what_to_try() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("broken.py", "def handler(event, context)\n");
    write(
        "fails.py",
        "import os\nos.environ['NOT_THERE']\ndef handler(event, context): pass\n",
    );
    write("command.py", "def lambda_handler(event, context): pass\n");
    write(
        "lacks.mjs",
        "import 'no-such-package';\nexport const handler = () => {};\n",
    );
    let command = format!(
        "process:python3 {}",
        folder.path().join("command.py").display()
    );
    for (function, said) in [
        (at(folder.path(), "/broken.py:handler"), "SyntaxError"),
        (
            at(folder.path(), "/fails.py:handler"),
            "say --env NOT_THERE=VALUE",
        ),
        (
            at(folder.path(), "/lacks.mjs:handler"),
            "npm install no-such-package",
        ),
        (command, "command.py:lambda_handler?"),
        ("process:no-such-program".to_owned(), "did not start"),
        ("http://127.0.0.1:9/".to_owned(), "start it first"),
    ] {
        for mode in ["test", "sweep", "fuzz"] {
            let output = keywheel(&[mode, &function]);
            let told = told(&output);
            assert_eq!(output.status.code(), Some(2), "{function}: {told}");
            assert!(told.contains(said), "{function}: {told}");
        }
    }
}
