//! What a whole simulated rotation costs, and the floor: the same SDK calls, answered from memory.
//!
//! `whole` is a run with everything in it: runtime, world, clients, the builtin rotator's four
//! steps, fault seam, history and oracles. `floor` makes the same calls with the same SDK clients
//! and gets the recorded answers back at once. The two take turns, and the figure to look at is
//! their ratio, which is printed last.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may stop at the first surprise, and print its figure"
)]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use http::HeaderMap;
use keywheel::history::{Exchange, Seen};
use keywheel::record::{Run, Verdict};
use keywheel::run::run;
use keywheel::scenario::{Scenario, parse};
use keywheel::subject::Surroundings;
use keywheel::subject::builtin::Builtin;
use keywheel::subject::sdk::{Retries, clients};
use serde_json::Value;

const ONE_ROTATION: &str = "keywheel scenario 1
without recovers because only the rotation itself is measured
without no-orphan because only the rotation itself is measured
rotate
";

/// A call of the run and its answer.
struct Canned {
    operation: &'static str,
    input: Value,
    api: String,
    key: String,
    answer: Answer,
}

/// What the run was answered: status, headers and body.
type Answer = (u16, HeaderMap, Bytes);

/// Answers each request with the answer that the run got.
#[derive(Clone, Debug)]
struct FromMemory(Arc<Mutex<VecDeque<Answer>>>);

impl HttpConnector for FromMemory {
    fn call(&self, _request: HttpRequest) -> HttpConnectorFuture {
        let (status, headers, body) = self.0.lock().unwrap().pop_front().unwrap();
        let mut answer = http::Response::new(SdkBody::from(body));
        *answer.status_mut() = status.try_into().unwrap();
        *answer.headers_mut() = headers;
        HttpConnectorFuture::ready(Ok(HttpResponse::try_from(answer).unwrap()))
    }
}

impl HttpClient for FromMemory {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

fn canned(exchange: &Exchange) -> Canned {
    let Seen::Answer {
        status,
        headers,
        body,
    } = &exchange.outcome
    else {
        panic!("no answer")
    };
    // /v1/apis/API/apikeys/KEY
    let mut path = exchange.uri.path().split('/').skip(3).step_by(2);
    let mut named = || path.next().unwrap_or("none").to_owned();
    Canned {
        operation: exchange.operation,
        input: serde_json::from_slice(&exchange.body).unwrap_or_default(),
        api: named(),
        key: named(),
        answer: (*status, headers.clone(), body.clone()),
    }
}

fn measured_run(scenario: &Scenario) -> Run {
    let run = run(scenario, &Builtin);
    assert_eq!(run.verdict(), Verdict::Passed);
    run
}

type Clients = (aws_sdk_secretsmanager::Client, aws_sdk_appsync::Client);

/// Makes the calls. The probe, which no AWS model knows, is counted as one more read.
async fn replay((secrets, api_keys): &Clients, calls: &[Canned]) {
    for call in calls {
        let text = |name: &str| call.input[name].as_str().map(str::to_owned);
        let secret = text("SecretId").unwrap_or_else(|| "s".to_owned());
        let _ = match call.operation {
            "GetSecretValue" => {
                let call = secrets.get_secret_value().secret_id(secret);
                let call = call.set_version_id(text("VersionId"));
                let call = call.set_version_stage(text("VersionStage"));
                call.send().await.is_ok()
            }
            "PutSecretValue" => {
                let call = secrets.put_secret_value().secret_id(secret);
                let call = call.set_secret_string(text("SecretString"));
                let call = call.set_client_request_token(text("ClientRequestToken"));
                call.version_stages("AWSPENDING").send().await.is_ok()
            }
            "UpdateSecretVersionStage" => {
                let call = secrets.update_secret_version_stage().secret_id(secret);
                let call = call.set_version_stage(text("VersionStage"));
                let call = call.set_move_to_version_id(text("MoveToVersionId"));
                let call = call.set_remove_from_version_id(text("RemoveFromVersionId"));
                call.send().await.is_ok()
            }
            "ListApiKeys" => {
                let call = api_keys.list_api_keys().api_id(&call.api);
                call.max_results(25).send().await.is_ok()
            }
            "CreateApiKey" => {
                let (expires, described) = (call.input["expires"].as_i64(), text("description"));
                let call = api_keys.create_api_key().api_id(&call.api);
                let call = call.set_expires(expires).set_description(described);
                call.send().await.is_ok()
            }
            "UpdateApiKey" => {
                let expires = call.input["expires"].as_i64();
                let call = api_keys.update_api_key().api_id(&call.api).id(&call.key);
                call.set_expires(expires).send().await.is_ok()
            }
            "GetGraphqlApi" => {
                let call = api_keys.get_graphql_api().api_id(&call.api);
                call.send().await.is_ok()
            }
            _ => {
                let call = secrets.describe_secret().secret_id(secret);
                call.send().await.is_ok()
            }
        };
    }
}

fn clients_of(memory: &FromMemory) -> Clients {
    let surroundings = Surroundings {
        http: SharedHttpClient::new(memory.clone()),
        connector: SharedHttpConnector::new(memory.clone()),
        wire: None,
        time: SharedTimeSource::new(SystemTimeSource::new()),
        sleep: SharedAsyncSleep::new(TokioSleep::new()),
        environment: Vec::new(),
        region: "us-east-1".to_owned(),
        retries: Retries::default(),
    };
    clients(&surroundings, keywheel_rotator::sdk::timeouts())
}

/// The same calls, answered from memory.
struct Floor {
    runtime: tokio::runtime::Runtime,
    memory: FromMemory,
    clients: Clients,
    calls: Vec<Canned>,
}

impl Floor {
    fn of(run: &Run) -> Self {
        let memory = FromMemory(Arc::default());
        Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .unwrap(),
            clients: clients_of(&memory),
            memory,
            calls: run.history.calls().map(canned).collect(),
        }
    }

    fn replay(&self) {
        let answers = self.calls.iter().map(|call| call.answer.clone());
        self.memory.0.lock().unwrap().extend(answers);
        self.runtime.block_on(replay(&self.clients, &self.calls));
        self.memory.0.lock().unwrap().clear();
    }
}

/// How long `iterations` of `measured` take, each after one of the other, so that what else the
/// machine does, and what the caches hold, is the same for both.
fn in_turn(iterations: u64, mut measured: impl FnMut(), mut other: impl FnMut()) -> Duration {
    let mut total = Duration::ZERO;
    for _ in 0..iterations {
        other();
        let start = now();
        measured();
        total += start.elapsed();
    }
    total
}

#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures the machine's time"
)]
fn now() -> Instant {
    Instant::now()
}

/// How often the ratio is taken.
const PAIRS: usize = 1_001;

/// What a rotation costs by the floor, in pairs that are each measured in one breath: a machine
/// that slows down between two benchmarks makes the ratio of their times mean nothing. The median
/// of the pairs, and the ratio of the fastest of each, which is the one that others disturbed least.
fn ratios(whole: impl Fn(), floor: impl Fn()) -> (f64, f64) {
    let pair = || {
        let start = now();
        whole();
        let of_whole = start.elapsed();
        floor();
        (of_whole, start.elapsed() - of_whole)
    };
    let pairs: Vec<(Duration, Duration)> = (0..PAIRS).map(|_| pair()).collect();
    let ratio = |(whole, floor): (Duration, Duration)| whole.as_secs_f64() / floor.as_secs_f64();
    let mut each: Vec<f64> = pairs.iter().copied().map(ratio).collect();
    each.sort_by(f64::total_cmp);
    let fastest = |of: fn(&(Duration, Duration)) -> Duration| pairs.iter().map(of).min().unwrap();
    let fastest = (fastest(|pair| pair.0), fastest(|pair| pair.1));
    (each[PAIRS / 2], ratio(fastest))
}

fn rotation(criterion: &mut Criterion) {
    let scenario = parse("one-rotation", ONE_ROTATION, &Default::default()).unwrap();
    let floor = Floor::of(&measured_run(&scenario));
    let whole = || drop(run(&scenario, &Builtin));
    let mut group = criterion.benchmark_group(format!("rotation of {} calls", floor.calls.len()));
    group.bench_function("whole", |bencher| {
        bencher.iter_custom(|iterations| in_turn(iterations, whole, || floor.replay()));
    });
    group.bench_function("floor", |bencher| {
        bencher.iter_custom(|iterations| in_turn(iterations, || floor.replay(), whole));
    });
    group.finish();
    let (median, fastest) = ratios(whole, || floor.replay());
    println!(
        "whole by floor: {median:.2} (median of {PAIRS} pairs), {fastest:.2} (fastest of each)"
    );
}

criterion_group!(benches, rotation);
criterion_main!(benches);
