//! What a link without faults costs a statement: the same question of a private PostgreSQL, straight
//! and over a link. Their difference must stay below 0.2 ms.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on should stop"
)]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use keywheel::link::call::{Call, End};
use keywheel::link::seam::{Met, Trouble};
use keywheel::link::{Link, Seam, Server};
use keywheel::target::Target;
use keywheel::target::postgres::Postgres;
use keywheel_emulator::invoke::BoxFuture;
use serde_json::Value;
use tokio_postgres::{Client, Config, NoTls};

/// A seam at which nothing happens.
struct Open;

impl Seam for Open {
    fn meet<'a>(&'a self, _: SocketAddr, _: &'a Call) -> BoxFuture<'a, Met> {
        let met = Met {
            number: 0,
            verdict: None,
        };
        Box::pin(std::future::ready(met))
    }

    fn ended(&self, _: u64, _: End) {}

    fn trouble(&self, trouble: Trouble) {
        panic!("{trouble}");
    }
}

async fn client(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn statements(c: &mut Criterion) {
    let Ok(target) = Postgres::private() else {
        return;
    };
    let mut account = target.fresh().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let way = account.way();
    let Server::Unix(socket) = &way.server else {
        return;
    };
    let folder = socket.parent().unwrap_or(Path::new("/")).to_owned();
    let opened = Link::open(way.protocol, way.server.clone(), Arc::new(Open));
    let link = runtime.block_on(opened).unwrap();
    let value: Value = serde_json::from_str(&account.first_value(link.address())).unwrap();
    let mut straight = Config::new();
    straight
        .user("app")
        .dbname("shop")
        .password(value["password"].as_str().unwrap());
    let mut over_link = straight.clone();
    straight.host_path(folder);
    over_link.host("127.0.0.1").port(link.address().port());
    for (name, config) in [("straight", straight), ("over a link", over_link)] {
        let client = runtime.block_on(client(&config));
        c.bench_function(&format!("statement {name}"), |b| {
            b.iter(|| runtime.block_on(client.simple_query("SELECT 1")).unwrap());
        });
    }
}

criterion_group!(benches, statements);
criterion_main!(benches);
