//! A rotator whose marker does not say of which secret a key is.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;
use crate::subject::Event;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "any-secrets-marker",
        flow: &AnySecretsMarker,
    },
    bug: "writes a marker that does not name its secret",
    caught_by: Objector::Oracle(OracleId::OwnSecretOnly),
    scenario: "concurrent/x5-two-secrets",
};

struct AnySecretsMarker;

impl Flow for AnySecretsMarker {
    fn owner(&self, _event: &Event) -> String {
        "any".to_owned()
    }
}
