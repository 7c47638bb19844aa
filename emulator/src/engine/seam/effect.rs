//! The effect of a call of an operation: who signed it, whether it may be, and what it does.

use crate::engine::Engine;
use crate::engine::authorization::Calling;
use crate::engine::dispatch::Routed;
use crate::ids::{Region, Scope};
use crate::ops::unread::refuse_unread;
use crate::ops::{Context, Kind, Reply};
use crate::state::World;
use crate::state::iam::credentials::LastUse;
use crate::state::iam::signer::Signer;
use crate::state::policy::Principal;
use crate::time::Timestamp;
use crate::wire::error_code::Failure;
use crate::wire::request::Request;
use crate::wire::scope::{credential, scope_of};
use crate::wire::service::Service;
use crate::wire::signature::BadSignature;

use super::reply::{Answer, answer};

impl Engine {
    /// The effect on the world, or what a read sees of a past one.
    pub(super) fn effect(
        &mut self,
        request: &Request<'_>,
        routed: &Routed<'_>,
        past: Option<World>,
        now: Timestamp,
    ) -> Answer {
        let row = routed.row;
        let known = self.world.partitions().len();
        let result = self.carried_out(request, routed, past, now);
        if self.world.partitions().len() != known {
            self.world.forget_if_empty(&self.last_scope);
        }
        answer(result, row.service.protocol())
    }

    fn carried_out(
        &mut self,
        request: &Request<'_>,
        routed: &Routed<'_>,
        past: Option<World>,
        now: Timestamp,
    ) -> Result<Reply, Failure> {
        let row = routed.row;
        let signer = self.signer_of(request).map_err(Failure::Unauthentic)?;
        self.authenticate(request, row.service, &signer, now)
            .map_err(Failure::Unauthentic)?;
        let scope = self.last_scope.clone();
        self.note_use(&signer, row.service, &scope, now);
        let calling = Calling {
            signer: &signer,
            scope: &scope,
            caller: request.caller,
            now,
        };
        self.authorize(routed, &calling)?;
        refuse_unread(row, request, || routed.payload.members().ok().cloned())?;
        let mut past = past.filter(|_| row.kind == Kind::Read);
        if row.kind == Kind::Write {
            self.remember(now);
        }
        let mut cx = Context {
            now,
            entropy: &mut self.entropy,
            scope: &self.last_scope,
            authority: request.authority(),
            signer: &signer,
            headers: request.headers,
            body: request.body,
            judged: Vec::new(),
        };
        let world = past.as_mut().unwrap_or(&mut self.world);
        let result = (row.run)(world, &mut cx, &routed.payload);
        let judged = cx.judged;
        self.note_parts(judged, &calling);
        if result.is_ok() && row.kind == Kind::Write {
            self.commits += 1;
            self.world.bring_copies_up_to_date(now);
            self.realtime.enforce(&self.world, now);
        }
        result
    }

    /// Notes what an access key of a user was used for.
    fn note_use(&mut self, signer: &Signer, service: Service, scope: &Scope, now: Timestamp) {
        if let (Principal::User { .. }, Some(key)) = (&signer.principal, &signer.access_key_id) {
            let used = LastUse {
                at: now,
                service: service.as_str(),
                region: scope.region.clone(),
            };
            self.world.credentials.note_use(key, used);
        }
    }

    /// Who signed a request, and from now on the partition that it takes place in.
    pub(super) fn signer_of(&mut self, request: &Request<'_>) -> Result<Signer, BadSignature> {
        let credential = credential(request);
        let default = &self.options.default_scope;
        let region = credential.as_ref().map(|it| &*it.region);
        check_region(region, default)?;
        let key = credential.as_ref().map(|it| &*it.access_key);
        let signer = Signer::of(key, &self.world.credentials, default);
        let credential = credential.as_ref();
        self.last_scope = scope_of(credential, &signer.account, &self.last_scope, default);
        Ok(signer)
    }
}

/// A Region that is none makes no partition of the world. The server's own is its user's choice.
fn check_region(region: Option<&str>, default: &Scope) -> Result<(), BadSignature> {
    match region {
        Some(region) if region != default.region.as_str() && !Region::is_one(region) => {
            let region = region.chars().take(SHOWN_MAX).collect();
            Err(BadSignature::NoRegion { region })
        }
        _ => Ok(()),
    }
}

/// How many letters of a Region that is none are shown.
const SHOWN_MAX: usize = 64;
