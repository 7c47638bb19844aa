//! The environment of a Lambda function, for a function that runs as a local process.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use crate::ids::Scope;
use crate::state::iam::settings::ROOT_SECRET;
use crate::state::lambda::configuration::LogFormat;

/// The keys that a function signs its calls with.
#[derive(Clone, PartialEq, Eq)]
pub struct FunctionCredentials {
    /// The access key id.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// The session's token.
    pub session_token: String,
}

/// Without the secrets.
impl std::fmt::Debug for FunctionCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FunctionCredentials({})", self.access_key_id)
    }
}

impl FunctionCredentials {
    /// Keys that name an account and nobody in it.
    pub fn of_account(scope: &Scope) -> Self {
        Self {
            // The emulator takes an access key id of twelve digits for the account.
            access_key_id: scope.account.to_string(),
            secret_access_key: ROOT_SECRET.to_owned(),
            session_token: "keywheel".to_owned(),
        }
    }
}

/// What a process is told of the function that it runs.
pub(super) struct Surroundings<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) memory_mb: u32,
    pub(super) handler: &'a str,
    pub(super) log_group: &'a str,
    pub(super) log_stream: &'a str,
    pub(super) scope: &'a Scope,
    /// Where the process finds both the Runtime API and the emulated services.
    pub(super) runtime: SocketAddr,
    pub(super) credentials: &'a FunctionCredentials,
}

/// The variables that every function is started with [D].
pub(super) fn variables(around: &Surroundings<'_>) -> BTreeMap<&'static str, String> {
    let region = around.scope.region.to_string();
    let (runtime, keys) = (around.runtime, around.credentials);
    let text = str::to_owned;
    BTreeMap::from([
        ("AWS_LAMBDA_RUNTIME_API", runtime.to_string()),
        ("AWS_LAMBDA_FUNCTION_NAME", text(around.name)),
        ("AWS_LAMBDA_FUNCTION_VERSION", text(around.version)),
        (
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            around.memory_mb.to_string(),
        ),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", text("on-demand")),
        ("AWS_LAMBDA_LOG_GROUP_NAME", text(around.log_group)),
        ("AWS_LAMBDA_LOG_STREAM_NAME", text(around.log_stream)),
        ("_HANDLER", text(around.handler)),
        ("AWS_REGION", region.clone()),
        ("AWS_DEFAULT_REGION", region),
        ("AWS_ACCESS_KEY_ID", keys.access_key_id.clone()),
        ("AWS_SECRET_ACCESS_KEY", keys.secret_access_key.clone()),
        ("AWS_SESSION_TOKEN", keys.session_token.clone()),
        (ENDPOINT, format!("http://{runtime}")),
        // Files of the user could name other endpoints and profiles.
        ("AWS_CONFIG_FILE", text("/dev/null")),
        ("AWS_SHARED_CREDENTIALS_FILE", text("/dev/null")),
        ("AWS_EC2_METADATA_DISABLED", text("true")),
        ("NO_PROXY", text("127.0.0.1,localhost")),
        ("no_proxy", text("127.0.0.1,localhost")),
    ])
}

/// Where SDKs find all services.
pub(super) const ENDPOINT: &str = "AWS_ENDPOINT_URL";

/// What a function is told of the form in which it is to log [D].
pub(super) fn log_variables(format: &LogFormat) -> Vec<(&'static str, String)> {
    match format {
        LogFormat::Text => Vec::new(),
        LogFormat::Json { application, .. } => vec![
            ("AWS_LAMBDA_LOG_FORMAT", "JSON".to_owned()),
            ("AWS_LAMBDA_LOG_LEVEL", application.clone()),
        ],
    }
}

/// What a created function has besides: no other variable of the emulator's user reaches it.
pub(super) fn own_variables(task_root: &Path, temporary: &Path) -> BTreeMap<&'static str, String> {
    let mut variables = BTreeMap::from([
        ("LAMBDA_TASK_ROOT", task_root.display().to_string()),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime".to_owned()),
        ("LANG", "en_US.UTF-8".to_owned()),
        ("TZ", ":UTC".to_owned()),
        ("TMPDIR", temporary.display().to_string()),
        ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
        ("PWD", task_root.display().to_string()),
        ("SHLVL", "0".to_owned()),
        // Nobody listens there; traces are sent and forgotten [R].
        ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR".to_owned()),
        ("AWS_XRAY_DAEMON_ADDRESS", "169.254.100.1:2000".to_owned()),
        ("_AWS_XRAY_DAEMON_ADDRESS", "169.254.100.1".to_owned()),
        ("_AWS_XRAY_DAEMON_PORT", "2000".to_owned()),
    ]);
    // Where interpreters and their packages are found, the AWS SDKs among them.
    for name in ["PATH", "NODE_PATH", "PYTHONPATH", "LD_LIBRARY_PATH"] {
        if let Ok(value) = std::env::var(name) {
            variables.insert(name, value);
        }
    }
    variables
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
        let scope = Scope {
            account: crate::ids::AccountId::new("111122223333"),
            region: crate::ids::Region::new("eu-west-1"),
        };
        let variables = variables(&Surroundings {
            name: "rotator",
            version: "$LATEST",
            memory_mb: 128,
            handler: "index.handler",
            log_group: "/aws/lambda/rotator",
            log_stream: "s",
            scope: &scope,
            runtime: SocketAddr::from(([127, 0, 0, 1], 9001)),
            credentials: &FunctionCredentials::of_account(&scope),
        });
        assert_eq!(variables["AWS_LAMBDA_RUNTIME_API"], "127.0.0.1:9001");
        assert_eq!(variables["AWS_ENDPOINT_URL"], "http://127.0.0.1:9001");
        assert_eq!(variables["AWS_LAMBDA_FUNCTION_NAME"], "rotator");
        assert_eq!(variables["AWS_ACCESS_KEY_ID"], "111122223333");
        assert_eq!(variables["AWS_REGION"], "eu-west-1");
        assert_eq!(variables["_HANDLER"], "index.handler");
    }
}
