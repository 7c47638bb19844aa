//! The environment of a Lambda function, for a function that runs as a local process.

use std::net::SocketAddr;

use crate::ids::{FunctionArn, Scope};
use crate::state::iam::settings::ROOT_SECRET;

/// The variables that a function is started with, on top of the emulator's own environment
/// without its `AWS_…`: no real credential and no real profile reaches a function.
///
/// `runtime` is where the process finds both the Runtime API and the emulated services.
pub fn variables(
    function: &FunctionArn,
    scope: &Scope,
    runtime: SocketAddr,
) -> Vec<(&'static str, String)> {
    let name = function.as_str().rsplit(':').next().unwrap_or_default();
    let region = scope.region.to_string();
    let text = str::to_owned;
    vec![
        ("AWS_LAMBDA_RUNTIME_API", runtime.to_string()),
        ("AWS_LAMBDA_FUNCTION_NAME", text(name)),
        ("AWS_LAMBDA_FUNCTION_VERSION", text("$LATEST")),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", text("128")),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", text("on-demand")),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", text("keywheel")),
        ("_HANDLER", text("bootstrap")),
        ("AWS_REGION", region.clone()),
        ("AWS_DEFAULT_REGION", region),
        // The emulator takes an access key id of twelve digits for the account.
        ("AWS_ACCESS_KEY_ID", scope.account.to_string()),
        ("AWS_SECRET_ACCESS_KEY", text(ROOT_SECRET)),
        ("AWS_SESSION_TOKEN", text("keywheel")),
        ("AWS_ENDPOINT_URL", format!("http://{runtime}")),
        // Files of the user could name other endpoints and profiles.
        ("AWS_CONFIG_FILE", text("/dev/null")),
        ("AWS_SHARED_CREDENTIALS_FILE", text("/dev/null")),
        ("AWS_EC2_METADATA_DISABLED", text("true")),
        ("NO_PROXY", text("127.0.0.1,localhost")),
        ("no_proxy", text("127.0.0.1,localhost")),
    ]
}

/// Is this a variable that a function does not inherit?
pub(super) fn is_withheld(name: &str) -> bool {
    name.starts_with("AWS_") || name == "_HANDLER" || name == "_X_AMZN_TRACE_ID"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_sees_its_account_and_its_emulator() {
        let function = FunctionArn::new("arn:aws:lambda:eu-west-1:111122223333:function:rotator");
        let scope = Scope {
            account: crate::ids::AccountId::new("111122223333"),
            region: crate::ids::Region::new("eu-west-1"),
        };
        let runtime = SocketAddr::from(([127, 0, 0, 1], 9001));
        let variables = variables(&function, &scope, runtime);
        let value = |name| {
            variables
                .iter()
                .find(|(n, _)| *n == name)
                .unwrap()
                .1
                .as_str()
        };
        assert_eq!(value("AWS_LAMBDA_RUNTIME_API"), "127.0.0.1:9001");
        assert_eq!(value("AWS_ENDPOINT_URL"), "http://127.0.0.1:9001");
        assert_eq!(value("AWS_LAMBDA_FUNCTION_NAME"), "rotator");
        assert_eq!(value("AWS_ACCESS_KEY_ID"), "111122223333");
        assert_eq!(value("AWS_REGION"), "eu-west-1");
    }
}
