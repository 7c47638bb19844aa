//! What a line of a scenario says.

use std::collections::BTreeMap;

use keywheel_emulator::fault::{Address, Rule, Span};
use keywheel_emulator::ids::Step;
use serde::{Deserialize, Serialize};

use super::refs::{Bound, Check, KeyRef, Payload, Point, Shift, VersionRef};
use super::words::{KeyState, Mark, OracleId, ReplicaState, RotateOutcome, SecretForm, Twice};

/// One line: an event, an expectation or a rule for the rest of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Statement {
    /// An environment variable of the rotation function, from here on.
    Setting {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// A fault rule is armed.
    Fault(Rule),
    /// The next delivery of a step happens twice.
    Double {
        /// Which step.
        step: Step,
        /// Both at once or one after the other.
        how: Twice,
    },
    /// The invocations that run at once next make their calls in this order.
    Turns {
        /// One letter for each call: `a` for the first invocation, `b` for the second, `c` for a
        /// third.
        order: String,
    },
    /// The next delivery of a step does not happen, though the service believes it did.
    Skip {
        /// Which step.
        step: Step,
    },
    /// The next delivery of a step runs at once with an invocation for another step.
    Overlap {
        /// Which step.
        step: Step,
        /// The other step, of the same token.
        with: Step,
    },
    /// The next rotation does not run alone; letters of turns are for whole rotations then.
    Beside(Companion),
    /// RotateSecret with RotateImmediately=false: only testSecret runs, on a copy.
    TestRotation {
        /// How it has to end.
        #[serde(default)]
        expect: InvokeOutcome,
    },
    /// The function is called with an event that Secrets Manager would not send.
    Send(SentEvent),
    /// RotateSecret, then the service runs until it has settled.
    Rotate {
        /// The secret, or `all` of them at once.
        #[serde(default = "only_secret")]
        secret: String,
        /// A word for the version that the rotation makes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
        /// How it has to end.
        #[serde(default)]
        expect: RotateOutcome,
    },
    /// The function is called directly for one step.
    Invoke {
        /// Which step.
        step: Step,
        /// With whose token.
        #[serde(default = "pending_token")]
        token: VersionRef,
        /// How it has to end.
        #[serde(default)]
        expect: InvokeOutcome,
    },
    /// A user begins to listen: it subscribes to the first API over a websocket, with the key of
    /// AWSCURRENT, and comes back whenever the websocket ends.
    Subscribe {
        /// How the scenario calls it.
        name: String,
    },
    /// The clock moves on, and everything due happens.
    Advance(Span),
    /// A person does something.
    Admin(AdminAction),
    /// A person does something just before a point of what follows.
    At {
        /// When.
        point: Point,
        /// What.
        action: AdminAction,
    },
    /// Something has to hold here.
    Expect(Expectation),
    /// An oracle is turned off for this scenario.
    Without {
        /// Which.
        oracle: OracleId,
        /// Why.
        because: String,
    },
    /// What has to hold at the end.
    Finally(Vec<Check>),
}

/// The name of the first secret of a world.
pub(super) const SECRET: &str = "s";

/// All secrets of a world.
pub(super) const ALL_SECRETS: &str = "all";

/// Who runs at once with a rotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Companion {
    /// A second delivery of all its steps, one after the other until one fails.
    Delivery,
    /// A person who does something once.
    Admin(AdminAction),
}

/// An event as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SentEvent {
    /// The member Step.
    pub step: String,
    /// How SecretId is written.
    #[serde(default)]
    pub secret: SecretForm,
    /// Whose token ClientRequestToken is.
    #[serde(default = "pending_token")]
    pub token: VersionRef,
    /// Members that are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omit: Vec<String>,
    /// Members that are added, or replaced.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub add: BTreeMap<String, String>,
    /// How it has to end.
    #[serde(default)]
    pub expect: InvokeOutcome,
}

impl Statement {
    /// `rotate`, with how it has to end.
    pub fn rotation(expect: RotateOutcome) -> Self {
        Self::Rotate {
            secret: only_secret(),
            token: None,
            expect,
        }
    }
}

fn only_secret() -> String {
    SECRET.to_owned()
}

const fn pending_token() -> VersionRef {
    VersionRef::Pending
}

/// How a direct invocation has to end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InvokeOutcome {
    /// It succeeds.
    #[default]
    Ok,
    /// It fails.
    Failed,
    /// It fails with this error type.
    Error(String),
}

/// What a person does with the console or the CLI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum AdminAction {
    /// DeleteApiKey.
    DeleteKey {
        /// Which key.
        key: KeyRef,
    },
    /// UpdateApiKey with another expiry.
    ExpireKey {
        /// Which key.
        key: KeyRef,
        /// From now.
        after: Span,
    },
    /// PutSecretValue: a new AWSCURRENT.
    PutValue {
        /// The value.
        value: Payload,
    },
    /// PutSecretValue under AWSPENDING: as the value of the version that carries the label if that
    /// has none yet, as a new version otherwise.
    PutPending {
        /// The value.
        value: Payload,
    },
    /// UpdateSecretVersionStage to another version.
    MoveLabel {
        /// The staging label.
        label: String,
        /// Where to.
        to: VersionRef,
    },
    /// UpdateSecretVersionStage that takes a label away.
    RemoveLabel {
        /// The staging label.
        label: String,
    },
    /// CancelRotateSecret.
    CancelRotation,
    /// DeleteSecret with a recovery window.
    DeleteSecret,
    /// RestoreSecret.
    RestoreSecret,
    /// DeleteGraphqlApi.
    DeleteApi,
    /// Whether the API accepts API keys.
    ApiKeyMode {
        /// Switched on or off.
        on: bool,
    },
    /// PutSecretValue of a binary value: a new AWSCURRENT.
    PutBinary {
        /// Its bytes.
        text: String,
    },
    /// UpdateApiKey with another description.
    DescribeKey {
        /// Which key.
        key: KeyRef,
        /// The description.
        text: String,
    },
    /// CreateApiKey with the description that marks a key as the function's, for a version.
    ForgeKey {
        /// How the scenario calls it.
        name: String,
        /// The version.
        version: VersionRef,
    },
    /// TagResource of the secret.
    Tag {
        /// The tag.
        name: String,
        /// Its value.
        value: String,
    },
    /// TagResource so that the secret's tag names another API.
    Retarget {
        /// Which API, from 1.
        api: u32,
    },
    /// The function's role loses the permission for an operation.
    Deny {
        /// The operation.
        operation: String,
    },
    /// The function's role gets it back.
    Allow {
        /// The operation.
        operation: String,
    },
    /// RotateSecret with a new token while a rotation is unfinished; it has to be refused.
    RotateAgain,
    /// RotateSecret of the secret's replica; it has to be refused.
    RotateReplica,
    /// RemoveRegionsFromReplication of the replica's Region.
    RemoveReplica,
    /// The emulator is stopped and started again, with what it has saved.
    RestartEmulator,
    /// The clock of the machine that the function runs on goes wrong.
    FunctionClock {
        /// By how much.
        by: Shift,
    },
    /// The calendar jumps: for the services, the function and everybody.
    Jump {
        /// By how much.
        by: Shift,
    },
    /// CreateApiKey, several times.
    CreateKeys {
        /// How many foreign keys.
        count: u32,
    },
}

impl AdminAction {
    /// The word that it begins with in a scenario.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::DeleteKey { .. } => "delete-key",
            Self::ExpireKey { .. } => "expire-key",
            Self::PutValue { .. } => "put-value",
            Self::PutPending { .. } => "put-pending",
            Self::MoveLabel { .. } => "move-label",
            Self::RemoveLabel { .. } => "remove-label",
            Self::CancelRotation => "cancel-rotation",
            Self::DeleteSecret => "delete-secret",
            Self::RestoreSecret => "restore-secret",
            Self::DeleteApi => "delete-api",
            Self::ApiKeyMode { .. } => "api-key-mode",
            Self::CreateKeys { .. } => "create-keys",
            Self::PutBinary { .. } => "put-binary",
            Self::DescribeKey { .. } => "describe-key",
            Self::ForgeKey { .. } => "forge-key",
            Self::Tag { .. } => "tag",
            Self::Retarget { .. } => "retarget",
            Self::Deny { .. } => "deny",
            Self::Allow { .. } => "allow",
            Self::RotateAgain => "rotate-again",
            Self::RotateReplica => "rotate-replica",
            Self::RemoveReplica => "remove-replica",
            Self::RestartEmulator => "restart-emulator",
            Self::FunctionClock { .. } => "function-clock",
            Self::Jump { .. } => "jump",
        }
    }
}

/// What has to hold at a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Expectation {
    /// The secret's staging labels are exactly these.
    Labels(BTreeMap<String, VersionRef>),
    /// A key is in this state.
    Key {
        /// Which key.
        key: KeyRef,
        /// What it has to be like.
        state: KeyState,
    },
    /// Live keys that the function made.
    Keys(Bound),
    /// CreateApiKey calls of the function that took effect so far.
    Creates(Bound),
    /// Wire requests of the function so far.
    Calls {
        /// The operation, in one step or in all.
        of: Address,
        /// How many.
        count: Bound,
    },
    /// The current value is the first one but for the key.
    ValueUnchangedButKey,
    /// The current value is this one.
    Value(Payload),
    /// An oracle has objected by now. Its objections do not count against the run.
    Violation {
        /// Which.
        oracle: OracleId,
    },
    /// Service events so far.
    Event {
        /// Which.
        name: String,
        /// How many.
        count: Bound,
    },
    /// Secrets whose AWSCURRENT is a version that a rotation made.
    Rotated(Bound),
    /// How far the secret's replica is.
    Replica {
        /// As DescribeSecret says.
        state: ReplicaState,
    },
    /// A user hears of mutations, over a websocket that this key has opened.
    Subscriber {
        /// Which user.
        name: String,
        /// The key.
        key: KeyRef,
    },
    /// The run has come into a must-happen situation by now.
    #[serde(alias = "mark")]
    Coverage {
        /// Which.
        #[serde(alias = "name")]
        mark: Mark,
    },
}
