//! No modelled client is ever refused [I1, I2, I3].

use keywheel_emulator::ids::ApiKeyId;

use crate::history::{Away, Names};
use crate::oracle::clients::ClientKind;
use crate::scenario::OracleId;

use super::{Complaint, Kind, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::ClientsServed,
    demand: "no modelled client (Python cache, agent, reader of AWSPREVIOUS, refresher) is ever refused",
    when: When::Asked,
};

/// A client that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// One with a cache is refused with a key.
    Cached {
        /// Which.
        client: ClientKind,
        /// The key.
        key: ApiKeyId,
    },
    /// One that listens is cut off too early.
    CutOff {
        /// Which, as the scenario calls it.
        client: String,
        /// The key that it listened with.
        key: ApiKeyId,
    },
    /// One that listens is not let in again.
    KeptOut {
        /// Which, as the scenario calls it.
        client: String,
        /// Why.
        why: Away,
    },
}

impl Complaint for Refused {
    fn kind(&self) -> Kind {
        match self {
            Self::Cached { client, .. } => Kind::about("refused", client.as_str()),
            Self::CutOff { .. } => Kind::new("cut-off"),
            Self::KeptOut { .. } => Kind::new("kept-out"),
        }
    }

    fn describe(&self, names: &Names) -> String {
        match self {
            Self::Cached { client, key } => {
                format!(
                    "{} is refused with {}",
                    client.as_str(),
                    names.key(key.expose())
                )
            }
            Self::CutOff { client, key } => {
                format!(
                    "{client} listens with {} and is cut off",
                    names.key(key.expose())
                )
            }
            Self::KeptOut { client, why } => format!("{client} cannot come back: {why}"),
        }
    }
}
