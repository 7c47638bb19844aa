//! What a copy of a secret takes from its primary.

use crate::ids::SecretArn;

use super::super::replication::Copies;
use super::Secret;

impl Secret {
    /// A replica of this secret: the same values, labels, tags, rules and policy [D] under an ARN
    /// and a key of its own. What was read of it before stays noted.
    pub(in crate::state) fn copied(
        &self,
        arn: SecretArn,
        kms_key_id: Option<String>,
        copies: Copies,
        old: Option<&Self>,
    ) -> Self {
        let mut copy = self.clone();
        copy.arn = arn;
        copy.stale = None;
        copy.deletion = None;
        copy.copies = Some(Box::new(copies));
        copy.last_accessed_day = old.and_then(|old| old.last_accessed_day);
        for (id, version) in &mut copy.versions {
            let read = old.and_then(|old| old.versions.get(id)?.last_accessed_day);
            version.last_accessed_day = read;
            version.kms_key_id.clone_from(&kms_key_id);
        }
        copy.kms_key_id = kms_key_id;
        copy
    }

    /// Fills a copy in another account, which has its own name, tags, policy and key [D].
    pub(in crate::state) fn take_values_of(&mut self, primary: &Self) {
        self.versions.clone_from(&primary.versions);
        for version in self.versions.values_mut() {
            version.kms_key_id.clone_from(&self.kms_key_id);
        }
        self.labels.clone_from(&primary.labels);
    }
}
