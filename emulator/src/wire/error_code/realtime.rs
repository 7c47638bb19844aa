//! The errors of Event APIs and of websockets, GraphQL's among them.

use crate::state::appsync::channel::NotAChannel;

use super::WireError;
use super::data_plane::DataPlaneError;

/// Why a publish, a subscription or another frame is refused. Where nothing else is said, code and
/// text are not known [?].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RealtimeError {
    /// The credential, the body or the document: as over HTTP.
    DataPlane(DataPlaneError),
    /// The body of a publish is not what is taken.
    BodyUnreadable,
    /// A member that must be there is not, or is of another type.
    MemberMissing(&'static str),
    /// The text is no channel.
    ChannelInvalid,
    /// The API has no namespace of this name.
    NamespaceUnknown(String),
    /// No event, or more than a request may have [DOCS].
    EventCount {
        /// How many a request may have.
        limit: usize,
    },
    /// An event is no JSON text [DOCS].
    EventUnreadable,
    /// An event is too long [DOCS].
    EventTooLong {
        /// Bytes allowed.
        limit: usize,
    },
    /// The id of an operation is not 1 to 128 letters, digits, `_`, `+` and `-` [DOCS-mem].
    IdInvalid,
    /// The socket has an operation of this id [REC: the code].
    IdTaken(String),
    /// The socket has no operation of this id [DOCS-mem: the code].
    IdUnknown(String),
    /// The socket has as many subscriptions as it may have [DOCS: the number].
    TooManySubscriptions {
        /// How many a socket may have.
        limit: usize,
    },
    /// A frame of a type that is none [REC for GraphQL; INF for Event APIs].
    OperationUnknown,
    /// The subprotocol is not offered [REC].
    ProtocolUnknown,
    /// No subprotocol was asked for [DOCS-mem].
    ProtocolMissing,
    /// The credential is not where it belongs, or is not base64 of JSON [DOCS-mem].
    HandshakeUnreadable,
    /// Neither POST nor OPTIONS: publishing is all that there is to do [DOCS].
    MethodUnknown,
    /// A plain request to the address of a websocket [?].
    UpgradeMissing,
    /// A document that holds no subscription.
    NotASubscription,
    /// A document that is not valid, or not open to the credential.
    DocumentInvalid,
    /// No credential where GraphQL's clients have it [DOCS-mem].
    CredentialNowhere,
}

impl From<DataPlaneError> for RealtimeError {
    fn from(error: DataPlaneError) -> Self {
        Self::DataPlane(error)
    }
}

impl From<NotAChannel> for RealtimeError {
    fn from(_: NotAChannel) -> Self {
        Self::ChannelInvalid
    }
}

impl RealtimeError {
    /// The error with its code, status and text.
    pub fn wire_error(&self) -> WireError {
        let bad_request = |text: String| WireError::new("BadRequestException", 400, text);
        match self {
            Self::DataPlane(error) => error.wire_error(),
            Self::BodyUnreadable => bad_request("The request body is not a JSON object.".into()),
            Self::MemberMissing(member) => {
                bad_request(format!("{member} is missing or of the wrong type."))
            }
            Self::ChannelInvalid => bad_request("Invalid Channel Format".into()),
            Self::NamespaceUnknown(name) => {
                bad_request(format!("Channel namespace {name} not found."))
            }
            Self::EventCount { limit } => {
                bad_request(format!("A request takes one to {limit} events."))
            }
            Self::EventUnreadable => bad_request("The event is not a JSON text.".into()),
            Self::EventTooLong { limit } => {
                bad_request(format!("The event is longer than {limit} bytes."))
            }
            Self::IdInvalid => bad_request(
                "An id has 1 to 128 letters, digits, underscores, pluses and hyphens.".into(),
            ),
            Self::MethodUnknown => WireError::new(
                "MethodNotAllowedException",
                405,
                "Use POST to publish events.",
            ),
            Self::UpgradeMissing => {
                bad_request("This is the address of a websocket: ask for an upgrade.".into())
            }
            Self::IdTaken(_)
            | Self::IdUnknown(_)
            | Self::TooManySubscriptions { .. }
            | Self::OperationUnknown
            | Self::ProtocolUnknown
            | Self::ProtocolMissing
            | Self::HandshakeUnreadable
            | Self::CredentialNowhere
            | Self::DocumentInvalid
            | Self::NotASubscription => self.socket_error(),
        }
    }

    /// The errors that only sockets know.
    fn socket_error(&self) -> WireError {
        match self {
            Self::IdTaken(id) => WireError::new(
                "DuplicatedOperationError",
                400,
                format!("Duplicated operation id {id}"),
            ),
            Self::IdUnknown(id) => WireError::new(
                "UnknownOperationError",
                400,
                format!("Unknown operation id {id}"),
            ),
            Self::TooManySubscriptions { limit } => WireError::new(
                "MaxSubscriptionsReachedError",
                400,
                format!("Max number of {limit} subscriptions reached"),
            ),
            Self::ProtocolUnknown => WireError::new(
                "SubProtocolNotSupportedError",
                400,
                "SubProtocolNotSupportedError",
            ),
            Self::ProtocolMissing => WireError::new("NoProtocolError", 400, "NoProtocolError"),
            Self::HandshakeUnreadable => WireError::new(
                "BadRequestException",
                400,
                "The credential belongs, as base64 of a JSON object, behind `header-` in a \
                 subprotocol or into the query parameter `header`.",
            ),
            Self::CredentialNowhere => WireError::new(
                "BadRequestException",
                400,
                "Both, the \"header\", and the \"payload\" query string parameters are missing",
            ),
            Self::DocumentInvalid => {
                WireError::new("ValidationError", 400, "The document is not valid.")
            }
            Self::NotASubscription => WireError::new(
                "UnsupportedOperation",
                400,
                "Only subscriptions are supported through the realtime channel",
            ),
            // A frame of an unknown type is recorded; what is left is none of a socket's own.
            _ => WireError::new(
                "UnsupportedOperation",
                400,
                "unknown not supported through the realtime channel",
            ),
        }
    }
}
