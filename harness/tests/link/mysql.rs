//! A real MariaDB behind a link, with its own client program.

use std::process::Output;
use std::sync::Arc;

use keywheel::link::Link;
use keywheel::target::mysql::Mysql;
use keywheel::target::{Accepts, Account, Target};
use keywheel_clients::{Test, tests};
use serde_json::Value;
use tokio::process::Command;

use crate::seam::Recorder;

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [MariaDb] async a_statement_passes_and_is_told_without_values,
        [MariaDb] async faults_have_or_have_not_their_effect,
    ]
}

/// A user of its own behind a link.
struct Bench {
    account: Box<dyn Account>,
    link: Link,
    seam: Arc<Recorder>,
    first: String,
    // Given back before the servers end.
    _target: Mysql,
}

impl Bench {
    async fn open() -> Self {
        let target = Mysql::private().unwrap();
        let mut account = target.fresh().unwrap();
        let (way, seam) = (account.way(), Recorder::new());
        let link = Link::open(way.protocol, way.server, seam.clone())
            .await
            .unwrap();
        let first = account.first_value(link.address());
        Self {
            account,
            link,
            seam,
            first,
            _target: target,
        }
    }

    fn with_password(&self, password: &str) -> String {
        let mut value: Value = serde_json::from_str(&self.first).unwrap();
        value["password"] = password.into();
        value.to_string()
    }

    /// What the client program says to a statement.
    async fn run(&self, value: &str, statement: &str) -> Output {
        let value: Value = serde_json::from_str(value).unwrap();
        let text = |name: &str| value[name].as_str().unwrap().to_owned();
        let mut command = Command::new("mariadb");
        command.args([
            "--no-defaults",
            "--protocol=tcp",
            "--batch",
            "--skip-reconnect",
        ]);
        command.args(["--host=127.0.0.1", "--skip-column-names"]);
        command.arg(format!("--port={}", self.link.address().port()));
        command
            .arg(format!("--user={}", text("username")))
            .arg(text("dbname"));
        command
            .env("MYSQL_PWD", text("password"))
            .arg("--execute")
            .arg(statement);
        command.output().await.unwrap()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

async fn a_statement_passes_and_is_told_without_values() {
    let mut bench = Bench::open().await;
    let first = bench.first.clone();
    assert_eq!(bench.account.accepts(&first), Accepts::Yes);
    let output = bench
        .run(&first, "SELECT id, 'x' FROM orders; SELECT 2")
        .await;
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "1\tx\n2\n",
        "{}",
        said(&output)
    );
    let calls = bench.seam.calls();
    assert_eq!(
        calls.first().map(String::as_str),
        Some("mysql.Connect user=app")
    );
    let select = "mysql.SELECT SELECT id, '…' FROM orders".to_owned();
    assert!(calls.contains(&select), "{calls:?}");
    let wrong = bench.with_password("wrong");
    assert!(matches!(bench.account.accepts(&wrong), Accepts::No(_)));
    assert!(said(&bench.run(&wrong, "SELECT 1").await).contains("1045"));
    let others = bench.account.others().unwrap();
    assert_eq!(
        others
            .iter()
            .map(|(name, _)| name.as_str())
            .collect::<Vec<_>>(),
        ["billing"]
    );
}

async fn faults_have_or_have_not_their_effect() {
    let mut bench = Bench::open().await;
    let table = [
        ("conflict", false, "1213"),
        ("access-denied", false, "1227"),
        ("reset", false, "2013"),
        ("answer-lost", true, "2013"),
        ("delay=1ms", true, ""),
    ];
    let mut current = bench.first.clone();
    for (number, (verdict, is_changed, heard)) in table.into_iter().enumerate() {
        bench.seam.strike("mysql.PASSWORD", verdict);
        let password = format!("p{number}'s \\ new");
        let quoted = password.replace('\\', "\\\\").replace('\'', "''");
        let change = format!("SET PASSWORD = PASSWORD('{quoted}')");
        let told = said(&bench.run(&current, &change).await);
        assert!(
            told.contains(heard) && told.is_empty() == heard.is_empty(),
            "{verdict}: {told}"
        );
        let value = bench.with_password(&password);
        let accepts = bench.account.accepts(&value) == Accepts::Yes;
        assert_eq!((verdict, accepts), (verdict, is_changed));
        assert_eq!(
            bench.account.accepts(&current) == Accepts::Yes,
            !is_changed,
            "{verdict}"
        );
        if is_changed {
            current = value;
        }
    }
    bench.seam.strike("mysql.Connect", "throttled");
    assert!(said(&bench.run(&current, "SELECT 1").await).contains("1040"));
    drop(bench.account);
    let mut again = bench._target.fresh().unwrap();
    let first = again.first_value(bench.link.address());
    assert_eq!(again.accepts(&first), Accepts::Yes);
}
