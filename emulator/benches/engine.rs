//! Calls a second that the engine answers on one thread, from request bytes to answer bytes.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark may stop at the first surprise"
)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use http::{HeaderMap, Method, Uri};
use keywheel_emulator::engine::{Engine, EngineOptions};
use keywheel_emulator::time::Timestamp;
use keywheel_emulator::wire::request::{Ending, Request};

const NOW: Timestamp = Timestamp::from_seconds(1_795_516_215);

struct Client {
    engine: Engine,
    headers: HeaderMap,
    uri: Uri,
}

impl Client {
    fn new() -> Self {
        let mut headers = HeaderMap::new();
        let credential = "AWS4-HMAC-SHA256 Credential=111122223333/20261122/eu-west-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0";
        headers.insert("authorization", credential.parse().unwrap());
        headers.insert(
            "content-type",
            "application/x-amz-json-1.1".parse().unwrap(),
        );
        Self {
            engine: Engine::new(EngineOptions::default()),
            headers,
            uri: Uri::from_static("/"),
        }
    }

    fn aim(&mut self, operation: &str) {
        let target = format!("secretsmanager.{operation}");
        self.headers.insert("x-amz-target", target.parse().unwrap());
    }

    fn send(&mut self, body: &str) -> usize {
        let request = Request {
            method: &Method::POST,
            uri: &self.uri,
            headers: &self.headers,
            body: body.as_bytes(),
            caller: None,
        };
        let Ending::Reply(response) = self.engine.call(&request, NOW).ending else {
            panic!()
        };
        assert_eq!(response.status(), 200);
        response.body().len()
    }

    fn create(&mut self, secrets: usize) {
        self.aim("CreateSecret");
        for number in 0..secrets {
            self.send(&format!(
                r#"{{"Name":"app/{number}","SecretString":"value {number}","ClientRequestToken":"00000000-0000-4000-8000-{number:012}"}}"#
            ));
        }
    }
}

fn reads(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("engine");
    group.throughput(Throughput::Elements(1));
    for operation in ["GetSecretValue", "DescribeSecret"] {
        for secrets in [10, 10_000] {
            let mut client = Client::new();
            client.create(secrets);
            client.aim(operation);
            let body = format!(r#"{{"SecretId":"app/{}"}}"#, secrets / 2);
            group.bench_function(format!("{operation}/{secrets} secrets"), |bencher| {
                bencher.iter(|| client.send(&body));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, reads);
criterion_main!(benches);
