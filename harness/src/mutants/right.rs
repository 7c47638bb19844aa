//! The right rotator, step by step: plain, and as far as it goes without a mistake. Wherever it
//! decides something it asks its [`Flow`], which in a bad rotator decides one thing wrongly.

pub(super) mod create;
pub(super) mod finish;
pub(super) mod retire;
pub(super) mod set;
pub(super) mod test;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_sdk_appsync::types::ApiKey;
use keywheel_emulator::ids::Step;
use serde_json::Value;

use crate::subject::{Event, Function, FunctionFailure, StepFuture, Subject, Surroundings};

use super::flow::Flow;
use super::marker::Marker;
use super::tools::{Answer, Described, Tools, refuse};

/// A rotator by the decisions that it makes.
pub(super) struct Rotator {
    pub(super) name: &'static str,
    pub(super) flow: &'static dyn Flow,
}

impl Subject for Rotator {
    fn name(&self) -> &'static str {
        self.name
    }

    fn start(&self, surroundings: Surroundings) -> Result<Arc<dyn Function>, FunctionFailure> {
        Ok(Arc::new(Started {
            flow: self.flow,
            tools: Tools::new(surroundings),
            log: Mutex::default(),
        }))
    }
}

/// A started rotator and its log.
struct Started {
    flow: &'static dyn Flow,
    tools: Tools,
    log: Mutex<String>,
}

impl Function for Started {
    fn invoke(&self, event: Event, deadline: SystemTime) -> StepFuture<'_> {
        Box::pin(async move {
            self.print(&self.flow.log_event(&event));
            let result = self.run(&event, deadline).await;
            if let Err(refusal) = &result {
                self.print(&self.flow.log_failure(refusal));
            }
            self.flow.outcome(result).map_err(FunctionFailure::from)
        })
    }

    fn output(&self) -> String {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Started {
    fn print(&self, line: &str) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(log, "{line}").expect("writing to a text cannot fail");
    }

    async fn run(&self, event: &Event, deadline: SystemTime) -> Answer<()> {
        let Some(step) = event.known_step() else {
            return refuse("InvalidStep", "Invalid step parameter");
        };
        let run = Run {
            flow: self.flow,
            tools: &self.tools,
            event,
            deadline,
            secret: self.tools.describe(event).await?,
        };
        if run.secret.is_labelled(event.token.as_str(), "AWSCURRENT") {
            return match step {
                Step::FinishSecret => self.flow.at_current(&run).await,
                _ => Ok(()),
            };
        }
        let labels = run.secret.labels.get(event.token.as_str());
        if !self
            .flow
            .may_act(labels.map(Vec::as_slice).unwrap_or_default())
        {
            return refuse("NotPending", "the version is not set as AWSPENDING");
        }
        match step {
            Step::CreateSecret => self.flow.create(&run).await,
            Step::SetSecret => self.flow.set(&run).await,
            Step::TestSecret => self.flow.test(&run).await,
            Step::FinishSecret => self.flow.finish(&run).await,
        }
    }
}

/// The run of one step.
pub(super) struct Run<'a> {
    pub(super) flow: &'static dyn Flow,
    pub(super) tools: &'a Tools,
    pub(super) event: &'a Event,
    /// On the rotator's own clock.
    pub(super) deadline: SystemTime,
    /// The secret as it was when the step began.
    pub(super) secret: Described,
}

impl Run<'_> {
    pub(super) fn token(&self) -> &str {
        self.event.token.as_str()
    }

    /// The marker that a key made now would have.
    pub(super) fn marker(&self) -> Marker {
        Marker {
            owner: self.flow.owner(self.event),
            version: self.token().to_owned(),
            made: self.tools.now(),
        }
    }

    /// The current value; empty if there is none.
    pub(super) async fn current(&self) -> Answer<String> {
        let value = self.tools.value(self.event, None).await?;
        Ok(value.unwrap_or_default())
    }

    /// The pending value, if the token has one.
    pub(super) async fn pending(&self) -> Answer<Option<String>> {
        self.tools.value(self.event, Some(self.token())).await
    }

    /// The pending value, which createSecret has stored; a read may lag behind the write.
    pub(super) async fn known_pending(&self) -> Answer<String> {
        for _ in 0..10 {
            if let Some(value) = self.pending().await? {
                return Ok(value);
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        refuse("NoPendingValue", "the pending version has no value")
    }

    /// The API of a value's key.
    pub(super) fn api(&self, value: &str) -> Answer<String> {
        let parsed = serde_json::from_str(value).unwrap_or(Value::Null);
        let pinned = self.tools.pinned_api.as_deref();
        match self.flow.api(pinned, parsed["apiId"].as_str()) {
            Some(api) => Ok(api.to_owned()),
            None => refuse("ApiMismatch", "it is not certain which API is meant"),
        }
    }

    /// All keys of an API, page by page.
    pub(super) async fn keys(&self, api: &str) -> Answer<Vec<ApiKey>> {
        let (mut keys, mut next) = self.tools.page_of_keys(api, None).await?;
        while let Some(from) = self.flow.next_page(next) {
            let (more, after) = self.tools.page_of_keys(api, Some(from)).await?;
            keys.extend(more);
            next = after;
        }
        Ok(keys)
    }

    /// The keys that labelled versions name, by their labels as they are now.
    pub(super) async fn protected(&self) -> Answer<Vec<String>> {
        let mut named = Vec::new();
        for (version, labels) in self.tools.describe(self.event).await?.labels {
            if labels.iter().any(|label| self.flow.is_protecting(label)) {
                let value = self.tools.value(self.event, Some(&version)).await?;
                named.extend(value.as_deref().and_then(key_in));
            }
        }
        Ok(named)
    }
}

/// The key in a value of either shape.
pub(super) fn key_in(value: &str) -> Option<String> {
    let at = value.find("da2-")?;
    value.get(at..at + 30).map(str::to_owned)
}

/// The key of that id.
pub(super) fn listed<'k>(keys: &'k [ApiKey], id: &str) -> Option<&'k ApiKey> {
    keys.iter().find(|key| key.id() == Some(id))
}

pub(super) fn marker_of(key: &ApiKey) -> Option<Marker> {
    Marker::parse(key.description())
}
