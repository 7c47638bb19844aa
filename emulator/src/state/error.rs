//! Every way in which an operation can refuse, as facts of the domain.

use super::appsync::error::AppSyncError;
use super::iam::error::IamError;
use super::lambda::error::LambdaError;
use super::logs::error::LogsError;
use super::secrets::error::SecretsError;

/// Why an operation refused. The codes of the wire are given elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// A rule of Secrets Manager.
    Secrets(SecretsError),
    /// A rule of AppSync.
    AppSync(AppSyncError),
    /// A rule of IAM or STS.
    Iam(IamError),
    /// A rule of Lambda.
    Lambda(LambdaError),
    /// A rule of CloudWatch Logs.
    Logs(LogsError),
}

impl From<SecretsError> for ApiError {
    fn from(error: SecretsError) -> Self {
        Self::Secrets(error)
    }
}

impl From<AppSyncError> for ApiError {
    fn from(error: AppSyncError) -> Self {
        Self::AppSync(error)
    }
}

impl From<IamError> for ApiError {
    fn from(error: IamError) -> Self {
        Self::Iam(error)
    }
}

impl From<LambdaError> for ApiError {
    fn from(error: LambdaError) -> Self {
        Self::Lambda(error)
    }
}

impl From<LogsError> for ApiError {
    fn from(error: LogsError) -> Self {
        Self::Logs(error)
    }
}
