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

use crate::subject::Surroundings;

/// Where the SDK believes the emulator to be. The connector never looks at it.
pub const ENDPOINT: &str = "http://keywheel.test";

/// How a function wants its clients.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Retries.
    pub retries: RetryConfig,
    /// Timeouts.
    pub timeouts: TimeoutConfig,
}

/// Both clients of a rotation function.
pub fn clients(surroundings: &Surroundings, options: &ClientOptions) -> (SecretsManager, AppSync) {
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
            .retry_config(options.retries.clone())
            .timeout_config(options.timeouts.clone())
            .build();
    let secrets = aws_sdk_secretsmanager::config::Builder::from(&config)
        .interceptor(Scrub)
        .retry_partition(own_partition(surroundings.retry_tokens))
        .build();
    let api_keys = aws_sdk_appsync::config::Builder::from(&config)
        .interceptor(Scrub)
        .retry_partition(own_partition(surroundings.retry_tokens))
        .build();
    (
        SecretsManager::from_conf(secrets),
        AppSync::from_conf(api_keys),
    )
}

fn own_partition(tokens: usize) -> RetryPartition {
    RetryPartition::custom("keywheel")
        .token_bucket(TokenBucket::new(tokens))
        .build()
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
