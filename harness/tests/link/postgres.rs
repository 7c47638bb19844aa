//! A real PostgreSQL behind a link: the whole table of faults, in both query protocols.

use std::sync::Arc;
use std::time::Duration;

use keywheel::link::{Link, Server};
use keywheel::target::postgres::Postgres;
use keywheel::target::{Accepts, Account, Target};
use keywheel_clients::{Test, tests};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_postgres::{Client, Config, NoTls};

use crate::seam::Recorder;

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Postgres] async a_fresh_account_accepts_its_first_value_and_no_other,
        [Postgres] async every_fault_has_or_has_not_its_effect,
        [Postgres] async an_error_in_a_transaction_takes_it_along_and_the_connection_stays,
        [Postgres] async a_connection_can_be_refused_and_its_fault_has_the_servers_code,
        [Postgres] async every_run_finds_the_target_as_new,
        [Postgres] async the_server_has_no_door_but_its_socket,
    ]
}

/// A role of its own behind a link.
struct Bench {
    account: Box<dyn Account>,
    link: Link,
    seam: Arc<Recorder>,
    first: String,
    // Given back before the servers end.
    _target: Postgres,
}

impl Bench {
    async fn open() -> Self {
        let target = Postgres::private().unwrap();
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

    /// A client as the secret's value leads to it.
    async fn client(&self, value: &str) -> Result<Client, tokio_postgres::Error> {
        let value: Value = serde_json::from_str(value).unwrap();
        let text = |name: &str| value[name].as_str().unwrap().to_owned();
        let mut config = Config::new();
        config.host(text("host")).port(self.link.address().port());
        config
            .user(text("username"))
            .password(text("password"))
            .dbname(text("dbname"));
        let (client, connection) = config.connect(NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    fn with_password(&self, password: &str) -> String {
        let mut value: Value = serde_json::from_str(&self.first).unwrap();
        value["password"] = password.into();
        value.to_string()
    }
}

fn code(error: &tokio_postgres::Error) -> &str {
    error.code().map_or("none", |code| code.code())
}

async fn a_fresh_account_accepts_its_first_value_and_no_other() {
    let mut bench = Bench::open().await;
    let first = bench.first.clone();
    assert_eq!(bench.account.accepts(&first), Accepts::Yes);
    let no = |accepts: Accepts, why: &str| match accepts {
        Accepts::No(text) => assert!(text.contains(why), "{text}"),
        other => panic!("{other:?}"),
    };
    let wrong = bench.with_password("wrong");
    no(bench.account.accepts(&wrong), "authentication failed");
    no(bench.account.accepts("no json"), "not JSON");
    no(
        bench
            .account
            .accepts(&first.replace("127.0.0.1", "db.example")),
        "another host",
    );
    no(
        bench
            .account
            .accepts(&first.replace("\"app\"", "\"nobody\"")),
        "authentication failed",
    );
    let others = bench.account.others().unwrap();
    assert_eq!(
        others
            .iter()
            .map(|(name, _)| name.as_str())
            .collect::<Vec<_>>(),
        ["billing"]
    );
}

async fn every_fault_has_or_has_not_its_effect() {
    let mut bench = Bench::open().await;
    // The fault, whether the password is changed, the SQLSTATE that the client hears, and how the
    // call ended.
    let lost = "(the target had answered ALTER ROLE)";
    let table = [
        ("reset", false, "none", "connection closed".to_owned()),
        ("hang", false, "silence", "no answer".to_owned()),
        (
            "kill-before",
            false,
            "silence",
            "the function dies here".to_owned(),
        ),
        ("error-500", false, "XX000", "XX000".to_owned()),
        ("access-denied", false, "42501", "42501".to_owned()),
        ("conflict", false, "40001", "40001".to_owned()),
        ("delay=1ms", true, "", "ALTER ROLE".to_owned()),
        ("late=1ms", true, "silence", format!("no answer {lost}")),
        (
            "answer-lost",
            true,
            "none",
            format!("connection closed {lost}"),
        ),
        ("answer-hang", true, "silence", format!("no answer {lost}")),
        (
            "kill-after",
            true,
            "silence",
            format!("the function dies here {lost}"),
        ),
        (
            "answer-500",
            true,
            "57P01",
            format!("connection closed {lost}"),
        ),
    ];
    let mut current = bench.first.clone();
    for (number, (verdict, is_changed, heard, end)) in table.into_iter().enumerate() {
        let client = bench.client(&current).await.unwrap();
        bench.seam.ends(1).await;
        bench.seam.calls();
        bench.seam.strike("postgres.ALTER", verdict);
        let password = format!("p{number}'s");
        let statement = format!("ALTER ROLE app PASSWORD '{}'", password.replace('\'', "''"));
        let asked = client.batch_execute(&statement);
        let told = match tokio::time::timeout(Duration::from_millis(100), asked).await {
            Err(_) => "silence".to_owned(),
            Ok(Ok(())) => String::new(),
            Ok(Err(error)) => code(&error).to_owned(),
        };
        assert_eq!((verdict, told.as_str()), (verdict, heard));
        assert_eq!(bench.seam.ends(1).await, [end], "{verdict}");
        let shown = "postgres.ALTER ALTER ROLE app PASSWORD '…'";
        assert_eq!(bench.seam.calls(), [shown], "{verdict}");
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
}

async fn an_error_in_a_transaction_takes_it_along_and_the_connection_stays() {
    let mut bench = Bench::open().await;
    let client = bench.client(&bench.first).await.unwrap();
    // The extended protocol: the statement is prepared, then executed.
    bench.seam.strike("postgres.SELECT", "error-504");
    let error = client
        .query("SELECT id FROM orders WHERE id = $1", &[&1])
        .await
        .unwrap_err();
    assert_eq!(code(&error), "57014");
    let rows = client
        .query("SELECT id FROM orders WHERE id = $1", &[&1])
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    client
        .batch_execute("BEGIN; ALTER ROLE app PASSWORD 'x'")
        .await
        .unwrap();
    bench.seam.strike("postgres.SELECT", "error-500");
    assert!(client.query("SELECT 1", &[]).await.is_err());
    let after = client.batch_execute("SELECT 1").await.unwrap_err();
    assert_eq!(code(&after), "25P02");
    client.batch_execute("COMMIT").await.unwrap();
    let first = bench.first.clone();
    assert_eq!(bench.account.accepts(&first), Accepts::Yes);
}

async fn a_connection_can_be_refused_and_its_fault_has_the_servers_code() {
    let bench = Bench::open().await;
    for (verdict, heard) in [
        ("throttled", "53300"),
        ("unreachable", "none"),
        ("unauthorized", "28P01"),
    ] {
        bench.seam.strike("postgres.Connect", verdict);
        let error = bench.client(&bench.first).await.unwrap_err();
        assert_eq!((verdict, code(&error)), (verdict, heard));
    }
    assert!(bench.client(&bench.first).await.is_ok());
    let wrong = bench
        .client(&bench.with_password("wrong"))
        .await
        .unwrap_err();
    assert_eq!(code(&wrong), "28P01");
    let expected = ["53300", "connection closed", "28P01", "OK", "28P01"];
    assert_eq!(bench.seam.ends(5).await, expected);
}

async fn every_run_finds_the_target_as_new() {
    let mut bench = Bench::open().await;
    for _ in 0..20 {
        let first = bench.first.clone();
        assert_eq!(bench.account.accepts(&first), Accepts::Yes);
        let client = bench.client(&first).await.unwrap();
        // It is given back with another password, and with a session in a transaction.
        let spoilt = "ALTER ROLE app PASSWORD 'x'; CREATE TEMP TABLE t (); BEGIN; TABLE orders";
        client.batch_execute(spoilt).await.unwrap();
        let Bench {
            account,
            seam,
            _target: target,
            ..
        } = bench;
        drop(account);
        let mut account = target.fresh().unwrap();
        let way = account.way();
        let link = Link::open(way.protocol, way.server, seam.clone())
            .await
            .unwrap();
        let first = account.first_value(link.address());
        bench = Bench {
            account,
            link,
            seam,
            first,
            _target: target,
        };
    }
}

async fn the_server_has_no_door_but_its_socket() {
    let bench = Bench::open().await;
    let Server::Unix(path) = bench.account.way().server else {
        panic!("a private server listens at a socket");
    };
    assert!(path.exists());
    let folder = path.parent().unwrap().to_owned();
    assert!(TcpStream::connect("127.0.0.1:5432").await.is_err() || folder.exists());
    drop(bench);
    assert!(!folder.exists(), "the folder goes with the server");
}
