//! A plain and right rotator, step by step, so that a bad one has to change one step only.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use aws_sdk_appsync::types::ApiKey;

use keywheel_emulator::ids::Step;

use crate::subject::{Event, Function, StepFuture, Surroundings};

use super::tools::{Answer, HOUR, Tools, refuse};

pub(super) type Doing<'a> = Pin<Box<dyn Future<Output = Answer<()>> + Send + 'a>>;

/// A rotator made of four steps.
pub(super) trait Flow: Send + Sync + Sized + 'static {
    fn create<'a>(&'a self, tools: &'a Tools, event: &'a Event) -> Doing<'a> {
        Box::pin(create(tools, event))
    }

    fn set<'a>(&'a self, tools: &'a Tools, event: &'a Event) -> Doing<'a> {
        Box::pin(set(tools, event))
    }

    fn test<'a>(&'a self, tools: &'a Tools, event: &'a Event) -> Doing<'a> {
        Box::pin(test(tools, event))
    }

    fn finish<'a>(&'a self, tools: &'a Tools, event: &'a Event) -> Doing<'a> {
        Box::pin(finish(tools, event))
    }
}

/// A started rotator of this kind.
struct Started<F> {
    flow: F,
    tools: Tools,
}

/// Starts a rotator of this kind.
pub(super) fn start<F: Flow>(flow: F, surroundings: Surroundings) -> Arc<dyn Function> {
    Arc::new(Started {
        flow,
        tools: Tools::new(surroundings),
    })
}

impl<F: Flow> Function for Started<F> {
    fn invoke(&self, event: Event, _deadline: SystemTime) -> StepFuture<'_> {
        Box::pin(async move {
            let (flow, tools, event) = (&self.flow, &self.tools, &event);
            match event.known_step() {
                Some(Step::CreateSecret) => flow.create(tools, event).await,
                Some(Step::SetSecret) => flow.set(tools, event).await,
                Some(Step::TestSecret) => flow.test(tools, event).await,
                Some(Step::FinishSecret) => flow.finish(tools, event).await,
                None => refuse("InvalidStep", "Invalid step parameter"),
            }
        })
    }
}

/// Declares a bad rotator as a subject.
macro_rules! subject {
    ($name:ident, $text:literal) => {
        impl $crate::subject::Subject for $name {
            fn name(&self) -> &'static str {
                $text
            }

            fn start(
                &self,
                surroundings: $crate::subject::Surroundings,
            ) -> Result<
                std::sync::Arc<dyn $crate::subject::Function>,
                $crate::subject::FunctionFailure,
            > {
                Ok($crate::mutants::flow::start($name, surroundings))
            }
        }
    };
}
pub(super) use subject;

/// The version that a label is on.
pub(super) async fn holder(tools: &Tools, event: &Event, label: &str) -> Answer<Option<String>> {
    let labels = tools.labels(event).await?;
    let has = |labels: &Vec<String>| labels.iter().any(|known| known == label);
    Ok(labels
        .into_iter()
        .find(|(_, labels)| has(labels))
        .map(|(version, _)| version))
}

/// The marker of a rotation, in a key's description.
pub(super) fn marker(event: &Event) -> String {
    format!("plain|{}", event.token)
}

pub(super) fn is_ours(key: &ApiKey) -> bool {
    key.description()
        .is_some_and(|text| text.starts_with("plain|"))
}

/// The pending value, if the token is pending and has one.
pub(super) async fn pending(tools: &Tools, event: &Event) -> Answer<Option<String>> {
    tools
        .value(event, Some(event.token.as_str()), "AWSPENDING")
        .await
}

async fn is_current(tools: &Tools, event: &Event) -> Answer<bool> {
    let current = holder(tools, event, "AWSCURRENT").await?;
    Ok(current.as_deref() == Some(event.token.as_str()))
}

/// The key in a value of either shape.
pub(super) fn key_in(value: &str) -> Option<String> {
    let at = value.find("da2-")?;
    value.get(at..at + 30).map(str::to_owned)
}

async fn create(tools: &Tools, event: &Event) -> Answer<()> {
    let marker = marker(event);
    let made = tools.keys().await?;
    let made = made
        .into_iter()
        .filter(|key| key.description() == Some(marker.as_str()));
    let adopted = made.filter_map(|key| key.id).min();
    create_with(tools, event, adopted).await
}

/// createSecret with a key that is there already, or a new one.
pub(super) async fn create_with(
    tools: &Tools,
    event: &Event,
    adopted: Option<String>,
) -> Answer<()> {
    if is_current(tools, event).await? || pending(tools, event).await?.is_some() {
        return Ok(());
    }
    let current = tools
        .value(event, None, "AWSCURRENT")
        .await?
        .unwrap_or_default();
    let key = match adopted {
        Some(key) => key,
        None => {
            tools
                .create_key(Some(marker(event)), 90 * 24 * HOUR)
                .await?
        }
    };
    let old = key_in(&current).unwrap_or_else(|| "CHANGE_ME".to_owned());
    let value = current.replace(&old, &key);
    tools
        .put(
            event,
            Some(event.token.as_str()),
            &value,
            Some("AWSPENDING"),
        )
        .await
}

async fn set(tools: &Tools, event: &Event) -> Answer<()> {
    if is_current(tools, event).await? {
        return Ok(());
    }
    let value = pending(tools, event).await?.unwrap_or_default();
    let Some(key) = key_in(&value) else {
        return refuse("NoPendingKey", "nothing is pending");
    };
    let is_listed = tools
        .keys()
        .await?
        .iter()
        .any(|known| known.id() == Some(key.as_str()));
    if is_listed {
        Ok(())
    } else {
        refuse("PendingKeyGone", "the pending key is gone")
    }
}

async fn test(tools: &Tools, event: &Event) -> Answer<()> {
    if is_current(tools, event).await? {
        return Ok(());
    }
    let value = pending(tools, event).await?.unwrap_or_default();
    let Some(key) = key_in(&value) else {
        return refuse("NoPendingKey", "nothing is pending");
    };
    for _ in 0..10 {
        if tools.probe(&key).await? {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    }
    refuse("ProbeRejected", "the pending key is not accepted")
}

async fn finish(tools: &Tools, event: &Event) -> Answer<()> {
    promote(tools, event).await?;
    retire(tools, event).await
}

/// Moves AWSCURRENT to the token, if its key works and the token is pending.
pub(super) async fn promote(tools: &Tools, event: &Event) -> Answer<()> {
    let current = holder(tools, event, "AWSCURRENT").await?;
    if current.as_deref() == Some(event.token.as_str()) {
        return Ok(());
    }
    let value = pending(tools, event).await?.unwrap_or_default();
    let key = key_in(&value).unwrap_or_default();
    if !tools.probe(&key).await? {
        return refuse("ProbeRejected", "the pending key is not accepted");
    }
    tools
        .promote(event, current.as_deref().unwrap_or_default())
        .await
}

/// Lets keys of ours expire that no labelled version names and that are older than an hour.
async fn retire(tools: &Tools, event: &Event) -> Answer<()> {
    let mut named = Vec::new();
    for (version, labels) in tools.labels(event).await? {
        let label = labels.first().map_or("AWSCURRENT", String::as_str);
        let value = tools.value(event, Some(&version), label).await?;
        named.extend(value.as_deref().and_then(key_in));
    }
    for key in tools.keys().await? {
        let is_named = named.iter().any(|known| Some(known.as_str()) == key.id());
        if is_ours(&key) && !is_named {
            tools.retire_key(&key).await?;
        }
    }
    Ok(())
}
