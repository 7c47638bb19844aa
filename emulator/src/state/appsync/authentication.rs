//! The ways in which a GraphQL API lets clients in: one default mode and additional ones.

use serde::{Deserialize, Serialize};

use super::error::AppSyncError;

/// How many authentication providers an API may have [DOCS].
pub const PROVIDERS_MAX: usize = 50;

/// A way of proving who one is [MODEL].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuthenticationType {
    /// A key in `x-api-key`.
    ApiKey,
    /// A request signed with AWS credentials.
    AwsIam,
    /// A token of a Cognito user pool.
    AmazonCognitoUserPools,
    /// A token of an OpenID Connect issuer.
    OpenidConnect,
    /// Whatever a Lambda function makes of the token.
    AwsLambda,
}

impl AuthenticationType {
    /// The name on the wire [MODEL].
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "API_KEY",
            Self::AwsIam => "AWS_IAM",
            Self::AmazonCognitoUserPools => "AMAZON_COGNITO_USER_POOLS",
            Self::OpenidConnect => "OPENID_CONNECT",
            Self::AwsLambda => "AWS_LAMBDA",
        }
    }

    /// Whether an API may have this type only once [DOCS-mem].
    const fn is_single(self) -> bool {
        matches!(self, Self::ApiKey | Self::AwsIam | Self::AwsLambda)
    }
}

/// A Cognito user pool that lets clients in [MODEL].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserPoolConfig {
    /// The pool's id.
    pub user_pool_id: String,
    /// The Region of the pool.
    pub aws_region: String,
    /// What happens to a request that no rule of the schema mentions; only of the default mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_action: Option<DefaultAction>,
    /// A pattern for the client ids that are let in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id_client_regex: Option<String>,
}

/// What happens to a request that no rule of the schema mentions [MODEL].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DefaultAction {
    /// It is served.
    Allow,
    /// It is refused.
    Deny,
}

/// An OpenID Connect issuer that lets clients in [MODEL].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenIdConnectConfig {
    /// The issuer's URL.
    pub issuer: String,
    /// A pattern for the client ids that are let in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// How long a token is good after it was issued, in milliseconds.
    #[serde(rename = "iatTTL", skip_serializing_if = "Option::is_none")]
    pub iat_ttl: Option<i64>,
    /// How long a token is good after its holder proved who he is, in milliseconds.
    #[serde(rename = "authTTL", skip_serializing_if = "Option::is_none")]
    pub auth_ttl: Option<i64>,
}

/// A Lambda function that lets clients in [MODEL].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LambdaAuthorizerConfig {
    /// How long its answer is kept, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorizer_result_ttl_in_seconds: Option<i64>,
    /// The function's ARN.
    pub authorizer_uri: String,
    /// A pattern that tokens must match before the function is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_validation_expression: Option<String>,
}

/// An authentication type with the settings that it needs [MODEL].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationProvider {
    /// The type.
    pub authentication_type: AuthenticationType,
    /// Of user pools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_pool_config: Option<UserPoolConfig>,
    /// Of OpenID Connect.
    #[serde(
        rename = "openIDConnectConfig",
        skip_serializing_if = "Option::is_none"
    )]
    pub open_id_connect_config: Option<OpenIdConnectConfig>,
    /// Of Lambda authorizers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_authorizer_config: Option<LambdaAuthorizerConfig>,
}

impl AuthenticationProvider {
    /// A provider that needs no settings: a key or a signature.
    pub const fn plain(authentication_type: AuthenticationType) -> Self {
        Self {
            authentication_type,
            user_pool_config: None,
            open_id_connect_config: None,
            lambda_authorizer_config: None,
        }
    }

    /// Whether the settings that the type needs are there.
    fn is_complete(&self) -> bool {
        match self.authentication_type {
            AuthenticationType::ApiKey | AuthenticationType::AwsIam => true,
            AuthenticationType::AmazonCognitoUserPools => self.user_pool_config.is_some(),
            AuthenticationType::OpenidConnect => self.open_id_connect_config.is_some(),
            AuthenticationType::AwsLambda => self.lambda_authorizer_config.is_some(),
        }
    }

    /// Whether an API cannot have both: the same single type, pool or issuer.
    fn repeats(&self, other: &Self) -> bool {
        if self.authentication_type != other.authentication_type {
            return false;
        }
        let pool = |provider: &Self| {
            provider
                .user_pool_config
                .as_ref()
                .map(|pool| pool.user_pool_id.clone())
        };
        let issuer = |provider: &Self| {
            let config = provider.open_id_connect_config.as_ref();
            config.map(|config| (config.issuer.clone(), config.client_id.clone()))
        };
        self.authentication_type.is_single()
            || (pool(self) == pool(other) && issuer(self) == issuer(other))
    }
}

/// All ways into an API: valid by construction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentication {
    default: AuthenticationProvider,
    additional: Vec<AuthenticationProvider>,
}

impl Authentication {
    /// Checks the combination.
    ///
    /// A key, IAM and a Lambda authorizer may appear once over both [DOCS-mem]; user pools and
    /// issuers may repeat if they differ [DOCS-mem]; a type without the settings that it needs is
    /// refused [INF].
    pub fn new(
        default: AuthenticationProvider,
        additional: Vec<AuthenticationProvider>,
    ) -> Result<Self, AppSyncError> {
        if additional.len() >= PROVIDERS_MAX {
            return Err(AppSyncError::TooManyProviders {
                limit: PROVIDERS_MAX,
            });
        }
        for provider in std::iter::once(&default).chain(&additional) {
            if !provider.is_complete() {
                let authentication_type = provider.authentication_type;
                return Err(AppSyncError::ProviderIncomplete {
                    authentication_type,
                });
            }
        }
        for (index, provider) in additional.iter().enumerate() {
            let mut earlier = std::iter::once(&default).chain(&additional[..index]);
            if earlier.any(|other| provider.repeats(other)) {
                return Err(AppSyncError::ProviderRepeated {
                    authentication_type: provider.authentication_type,
                    position: index + 1,
                });
            }
        }
        Ok(Self {
            default,
            additional,
        })
    }

    /// The mode that rules fields which the schema does not mark.
    pub const fn default_provider(&self) -> &AuthenticationProvider {
        &self.default
    }

    /// The other modes, in the order in which they were given.
    pub fn additional(&self) -> &[AuthenticationProvider] {
        &self.additional
    }

    /// Whether the API has this mode, as default or in addition.
    pub fn has(&self, wanted: AuthenticationType) -> bool {
        std::iter::once(&self.default)
            .chain(&self.additional)
            .any(|provider| provider.authentication_type == wanted)
    }
}

#[cfg(test)]
mod tests {
    use AuthenticationType::{ApiKey, AwsIam};

    use super::*;

    fn pool(id: &str) -> AuthenticationProvider {
        AuthenticationProvider {
            user_pool_config: Some(UserPoolConfig {
                user_pool_id: id.to_owned(),
                aws_region: "eu-west-1".to_owned(),
                default_action: None,
                app_id_client_regex: None,
            }),
            ..AuthenticationProvider::plain(AuthenticationType::AmazonCognitoUserPools)
        }
    }

    fn plain(types: &[AuthenticationType]) -> Result<Authentication, AppSyncError> {
        let mut providers = types.iter().copied().map(AuthenticationProvider::plain);
        Authentication::new(providers.next().unwrap(), providers.collect())
    }

    #[test]
    fn a_key_or_iam_appears_once() {
        assert!(plain(&[ApiKey, AwsIam]).unwrap().has(AwsIam));
        assert!(!plain(&[ApiKey]).unwrap().has(AwsIam));
        for (types, position) in [(vec![ApiKey, ApiKey], 1), (vec![AwsIam, ApiKey, ApiKey], 2)] {
            let refused = AppSyncError::ProviderRepeated {
                authentication_type: ApiKey,
                position,
            };
            assert_eq!(plain(&types), Err(refused));
        }
    }

    #[test]
    fn user_pools_repeat_only_if_they_differ() {
        assert!(Authentication::new(pool("a"), vec![pool("b"), pool("c")]).is_ok());
        assert!(Authentication::new(pool("a"), vec![pool("b"), pool("b")]).is_err());
        assert!(Authentication::new(pool("a"), vec![pool("a")]).is_err());
    }

    #[test]
    fn a_type_needs_its_settings() {
        let bare = AuthenticationType::OpenidConnect;
        let refused = AppSyncError::ProviderIncomplete {
            authentication_type: bare,
        };
        assert_eq!(plain(&[bare]), Err(refused.clone()));
        assert_eq!(plain(&[ApiKey, bare]), Err(refused));
    }

    #[test]
    fn fifty_providers_are_the_limit() {
        let pools = |n: usize| (1..n).map(|n| pool(&n.to_string())).collect();
        assert!(Authentication::new(pool("0"), pools(50)).is_ok());
        let refused = AppSyncError::TooManyProviders { limit: 50 };
        assert_eq!(Authentication::new(pool("0"), pools(51)), Err(refused));
    }
}
