//! The real AWS SDK clients, over whatever connector they are given.
//!
//! Each world has its own retry partition and token bucket: the SDK's default quota is a static of
//! the process, so that the hundredth run would behave differently from the first. And nothing that
//! the SDK finds in the process's environment gets into a request.

use aws_credential_types::Credentials;
use aws_sdk_appsync::Client as AppSync;
use aws_sdk_secretsmanager::Client as SecretsManager;
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::scenario::count;
use crate::scenario::{RetryMode, WorldSpec};
use crate::subject::Surroundings;

/// Where the SDK believes the emulator to be. The connector never looks at it.
pub const ENDPOINT: &str = "http://keywheel.test";

/// How the SDK clients of a world retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    attempts: u32,
    mode: RetryMode,
    tokens: Option<u32>,
}

impl Default for Retries {
    /// As the builtin rotator has it on Lambda.
    fn default() -> Self {
        Self::of(&WorldSpec::default())
    }
}

impl Retries {
    /// Those of a world.
    pub(crate) fn of(spec: &WorldSpec) -> Self {
        Self {
            attempts: spec.retry_attempts,
            mode: spec.retry_mode,
            tokens: spec.retry_tokens,
        }
    }

    /// As the SDK takes them.
    pub fn config(self) -> RetryConfig {
        let config = match self.mode {
            RetryMode::Standard => RetryConfig::standard(),
            RetryMode::Adaptive => RetryConfig::adaptive(),
        };
        config.with_max_attempts(self.attempts)
    }

    /// As every SDK reads them from the environment; what is as usual is not said.
    pub(crate) fn variables(self) -> Vec<(String, String)> {
        let usual = Self::default();
        let attempts = (self.attempts != usual.attempts)
            .then(|| ("AWS_MAX_ATTEMPTS".to_owned(), self.attempts.to_string()));
        let mode =
            (self.mode != usual.mode).then(|| ("AWS_RETRY_MODE".to_owned(), self.mode.to_string()));
        attempts.into_iter().chain(mode).collect()
    }

    /// A partition of its own: a bucket and a rate limiter that nobody shares.
    fn partition(self) -> RetryPartition {
        let bucket = self.tokens.map(count);
        let bucket = bucket.map_or_else(TokenBucket::unlimited, TokenBucket::new);
        RetryPartition::custom("keywheel")
            .token_bucket(bucket)
            .build()
    }
}

/// Both clients of a rotation function.
pub fn clients(surroundings: &Surroundings, timeouts: TimeoutConfig) -> (SecretsManager, AppSync) {
    let config =
        SdkConfig::builder()
            .behavior_version(keywheel_rotator::sdk::behavior_version())
            .region(Region::new(surroundings.region.clone()))
            .endpoint_url(ENDPOINT)
            .credentials_provider(
                aws_credential_types::provider::SharedCredentialsProvider::new(
                    Credentials::from_keys("KEYWHEELFUNCTIONROLE", "not-a-secret", None),
                ),
            )
            .http_client(surroundings.http.clone())
            .time_source(surroundings.time.clone())
            .sleep_impl(surroundings.sleep.clone())
            .retry_config(surroundings.retries.config())
            .timeout_config(timeouts)
            .build();
    let secrets = aws_sdk_secretsmanager::config::Builder::from(&config)
        .interceptor(Scrub)
        .retry_partition(surroundings.retries.partition())
        .build();
    let api_keys = aws_sdk_appsync::config::Builder::from(&config)
        .interceptor(Scrub)
        .retry_partition(surroundings.retries.partition())
        .build();
    (
        SecretsManager::from_conf(secrets),
        AppSync::from_conf(api_keys),
    )
}

/// Takes out of requests what the SDK puts into them by itself where it finds that it runs on AWS:
/// the execution environment and the trace. It does so before they are signed.
#[derive(Debug)]
struct Scrub;

const AGENTS: [&str; 2] = ["user-agent", "x-amz-user-agent"];

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Scrub {
    fn name(&self) -> &'static str {
        "Scrub"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.request_mut().headers_mut();
        headers.remove("x-amzn-trace-id");
        for name in AGENTS {
            let Some(agent) = headers.get(name) else {
                continue;
            };
            let words = agent
                .split(' ')
                .filter(|word| !word.starts_with("exec-env/"));
            let scrubbed = words.collect::<Vec<_>>().join(" ");
            headers.insert(name, scrubbed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_that_says_nothing_has_the_builtin_rotators_retries() {
        let usual = Retries::default();
        assert_eq!(usual.config(), keywheel_rotator::sdk::retries());
        assert_eq!(usual.variables(), []);
    }

    #[test]
    fn a_process_is_told_what_is_not_usual() {
        let spec = WorldSpec {
            retry_attempts: 7,
            retry_mode: RetryMode::Adaptive,
            ..WorldSpec::default()
        };
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let told = [("AWS_MAX_ATTEMPTS", "7"), ("AWS_RETRY_MODE", "adaptive")].map(own);
        assert_eq!(Retries::of(&spec).variables(), told);
    }
}
