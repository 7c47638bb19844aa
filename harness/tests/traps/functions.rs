//! Functions that walk into a trap.

use std::collections::{BTreeMap, HashMap};
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use aws_smithy_types::timeout::TimeoutConfig;
use keywheel::run::watchdog;
use keywheel::subject::builtin::Builtin;
use keywheel::subject::sdk::clients;
use keywheel::subject::{Event, Function, FunctionFailure, StepFuture, Subject, Surroundings};

/// What a function does at each step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Habit {
    /// It asks for eight secrets in the order of a hash map.
    HashOrder,
    /// It asks for them in their own order.
    OwnOrder,
    /// It asks once, with the SDK's own retries.
    AsksOnce,
    /// It never answers, and nothing wakes it.
    Hangs,
    /// It works on and on, until real time takes notice.
    Computes,
}

impl Subject for Habit {
    fn name(&self) -> &'static str {
        "a function of the traps"
    }

    fn start(&self, surroundings: Surroundings) -> Result<Arc<dyn Function>, FunctionFailure> {
        let (secrets, _) = clients(&surroundings, TimeoutConfig::disabled());
        Ok(Arc::new(Started {
            habit: *self,
            secrets,
        }))
    }
}

struct Started {
    habit: Habit,
    secrets: aws_sdk_secretsmanager::Client,
}

impl Started {
    async fn ask(&self, secret: &str) {
        let call = self.secrets.describe_secret().secret_id(secret);
        // A refusal is as good as an answer here.
        let _ = call.send().await;
    }
}

impl Function for Started {
    fn invoke(&self, event: Event, _deadline: SystemTime) -> StepFuture<'_> {
        let names = (0..8).map(|number| (format!("s{number}"), ()));
        Box::pin(async move {
            match self.habit {
                Habit::HashOrder => {
                    let names: HashMap<String, ()> = names.collect();
                    #[expect(clippy::iter_over_hash_type, reason = "this is the trap")]
                    for name in names.keys() {
                        self.ask(name).await;
                    }
                }
                Habit::OwnOrder => {
                    let names: BTreeMap<String, ()> = names.collect();
                    for name in names.keys() {
                        self.ask(name).await;
                    }
                }
                Habit::AsksOnce => self.ask(event.secret.as_str()).await,
                Habit::Hangs => pending().await,
                Habit::Computes => while watchdog::overdue(0.001).is_none() {},
            }
            Ok(())
        })
    }
}

/// The builtin rotator, with its cold starts counted.
#[derive(Debug, Default)]
pub(crate) struct Counted(pub(crate) AtomicUsize);

impl Subject for Counted {
    fn name(&self) -> &'static str {
        "builtin, counted"
    }

    fn start(&self, surroundings: Surroundings) -> Result<Arc<dyn Function>, FunctionFailure> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Builtin.start(surroundings)
    }
}
