//! Whether a request is signed by who it says it is.

use crate::state::iam::credentials::Holder;
use crate::state::iam::settings::{Authentication, ROOT_SECRET};
use crate::state::iam::signer::Signer;
use crate::time::Timestamp;
use crate::wire::request::Request;
use crate::wire::service::Service;
use crate::wire::signature::{BadSignature, Signature};

use super::Engine;

impl Engine {
    /// Checks the signature of a request, where signatures are verified.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn authenticate(
        &self,
        request: &Request<'_>,
        service: Service,
        signer: &Signer,
        now: Timestamp,
    ) -> Result<(), BadSignature> {
        let access = &self.world.settings.access;
        if access.auth == Authentication::Off {
            // Who somebody is can be asked before policies count, and nobody is not the account.
            let key = signer.access_key_id.as_deref().unwrap_or_default();
            let is_nobody = service == Service::Sts && self.world.credentials.is_dead(key);
            return if is_nobody {
                Err(BadSignature::UnknownKey)
            } else {
                Ok(())
            };
        }
        let signature = Signature::read(request)?;
        let secret = self.secret_of(signer, &signature, now)?;
        let skew_ms = access.max_clock_skew_ms;
        signature.verify(request, service.as_str(), secret, skew_ms, now)
    }

    /// The secret that the signer must have signed with.
    fn secret_of(
        &self,
        signer: &Signer,
        signature: &Signature<'_>,
        now: Timestamp,
    ) -> Result<&str, BadSignature> {
        let key = signer.access_key_id.as_deref().unwrap_or_default();
        let credentials = &self.world.credentials;
        match credentials.holder(key) {
            Some(Holder::User(key)) => Ok(key.secret.expose()),
            Some(Holder::Session(session)) => {
                if signature.token() != Some(session.session_token.expose()) {
                    return Err(BadSignature::UnknownKey);
                }
                if session.expires <= now {
                    return Err(BadSignature::ExpiredToken);
                }
                Ok(session.secret_access_key.expose())
            }
            None if credentials.is_dead(key) || is_of_iam(key) => Err(BadSignature::UnknownKey),
            None if signature.is_in_query() => Err(BadSignature::Public),
            None => Ok(ROOT_SECRET),
        }
    }
}

/// Does an access key id look as if IAM had made it? Then it does not stand for an account.
fn is_of_iam(key: &str) -> bool {
    key.len() == 20 && (key.starts_with("AKIA") || key.starts_with("ASIA"))
}
