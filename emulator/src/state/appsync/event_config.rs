//! How an Event API lets clients in: to connect, to publish and to subscribe.

use serde::{Deserialize, Serialize};

use super::authentication::{Authentication, AuthenticationProvider, AuthenticationType};
use super::error::AppSyncError;

/// What a client wants of an Event API. The words are those of IAM's actions [DOCS].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventAction {
    /// To open a websocket.
    Connect,
    /// To send events to a channel.
    Publish,
    /// To receive the events of a channel.
    Subscribe,
}

/// What is written to CloudWatch Logs [MODEL]; kept and returned, not acted on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventLogConfig {
    /// `NONE`, `ERROR`, `ALL`, `INFO` or `DEBUG`.
    pub log_level: String,
    /// The role that may write.
    pub cloud_watch_logs_role_arn: String,
}

/// The lists of modes of an Event API, as they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModeLists {
    /// For connecting.
    pub connection: Vec<AuthenticationType>,
    /// For publishing, unless a namespace says otherwise.
    pub publish: Vec<AuthenticationType>,
    /// For subscribing, unless a namespace says otherwise.
    pub subscribe: Vec<AuthenticationType>,
}

/// The ways into an Event API: valid by construction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventConfig {
    authentication: Authentication,
    modes: ModeLists,
    log: Option<EventLogConfig>,
}

impl EventConfig {
    /// Checks the combination: the rules of a GraphQL API's providers, and every mode needs one of
    /// them [INF]. A list without a mode would let nobody in and is refused [INF].
    pub fn new(
        providers: Vec<AuthenticationProvider>,
        modes: ModeLists,
        log: Option<EventLogConfig>,
    ) -> Result<Self, AppSyncError> {
        let mut providers = providers.into_iter();
        let first = providers.next().ok_or(AppSyncError::ProvidersMissing)?;
        let config = Self {
            authentication: Authentication::new(first, providers.collect())?,
            modes,
            log,
        };
        let ModeLists {
            connection,
            publish,
            subscribe,
        } = &config.modes;
        config.check_modes("connectionAuthModes", connection)?;
        config.check_modes("defaultPublishAuthModes", publish)?;
        config.check_modes("defaultSubscribeAuthModes", subscribe)?;
        Ok(config)
    }

    /// Refuses a list that names no mode, or one for which the API has no provider.
    pub(super) fn check_modes(
        &self,
        member: &'static str,
        modes: &[AuthenticationType],
    ) -> Result<(), AppSyncError> {
        if modes.is_empty() {
            return Err(AppSyncError::ModesMissing { member });
        }
        let without = modes.iter().find(|mode| !self.authentication.has(**mode));
        without.map_or(Ok(()), |&authentication_type| {
            Err(AppSyncError::ModeWithoutProvider {
                authentication_type,
                member,
            })
        })
    }

    /// All providers.
    pub const fn authentication(&self) -> &Authentication {
        &self.authentication
    }

    /// The lists of modes.
    pub const fn modes(&self) -> &ModeLists {
        &self.modes
    }

    /// Logging.
    pub const fn log(&self) -> Option<&EventLogConfig> {
        self.log.as_ref()
    }

    /// The modes in which an action is allowed, where no namespace says otherwise.
    pub fn modes_for(&self, action: EventAction) -> &[AuthenticationType] {
        match action {
            EventAction::Connect => &self.modes.connection,
            EventAction::Publish => &self.modes.publish,
            EventAction::Subscribe => &self.modes.subscribe,
        }
    }
}

#[cfg(test)]
mod tests {
    use AuthenticationType::{ApiKey, AwsIam, OpenidConnect};

    use super::*;

    fn config(
        providers: &[AuthenticationType],
        modes: [&[AuthenticationType]; 3],
    ) -> Result<EventConfig, AppSyncError> {
        let providers = providers.iter().copied().map(AuthenticationProvider::plain);
        let [connection, publish, subscribe] = modes.map(<[_]>::to_vec);
        let modes = ModeLists {
            connection,
            publish,
            subscribe,
        };
        EventConfig::new(providers.collect(), modes, None)
    }

    #[test]
    fn each_mode_needs_its_provider() {
        let modes: [&[_]; 3] = [&[ApiKey], &[AwsIam], &[ApiKey, AwsIam]];
        let made = config(&[ApiKey, AwsIam], modes).unwrap();
        assert_eq!(made.modes_for(EventAction::Publish), [AwsIam]);
        let refused = AppSyncError::ModeWithoutProvider {
            authentication_type: AwsIam,
            member: "defaultPublishAuthModes",
        };
        assert_eq!(config(&[ApiKey], modes), Err(refused));
    }

    #[test]
    fn nobody_can_be_shut_out_by_an_empty_list() {
        let member = "connectionAuthModes";
        let refused = Err(AppSyncError::ModesMissing { member });
        assert_eq!(config(&[ApiKey], [&[], &[ApiKey], &[ApiKey]]), refused);
        assert_eq!(
            config(&[], [&[ApiKey]; 3]),
            Err(AppSyncError::ProvidersMissing)
        );
    }

    #[test]
    fn the_rules_of_providers_are_those_of_graphql_apis() {
        let twice = config(&[ApiKey, ApiKey], [&[ApiKey]; 3]);
        assert!(matches!(twice, Err(AppSyncError::ProviderRepeated { .. })));
        let bare = config(&[OpenidConnect], [&[OpenidConnect]; 3]);
        assert!(matches!(bare, Err(AppSyncError::ProviderIncomplete { .. })));
    }
}
