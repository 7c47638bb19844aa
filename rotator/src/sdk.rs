//! What every caller gives the SDK clients it builds for the rotator: pinned, in one place.

pub use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
pub use aws_smithy_types::retry::RetryConfig;
pub use aws_smithy_types::timeout::TimeoutConfig;
use std::borrow::Cow;
use std::time::Duration;

pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
pub(crate) const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(15);

/// Connecting takes 2 s at most, an attempt 5 s, a call with all its retries 15 s.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
}

/// Three attempts for reads and for writes that may be repeated; CreateApiKey turns them off.
pub fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(3)
}

/// The SDK defaults this crate was written and tested against.
pub fn behavior_version() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// An endpoint setting as a URL: a bare host name means `https`.
pub fn endpoint_url(setting: &str) -> String {
    let url = setting.trim();
    let url = if url.contains("://") {
        Cow::Borrowed(url)
    } else {
        Cow::Owned(format!("https://{url}"))
    };
    url.into_owned()
}
