//! The end of every run: faults stop, and everything has to come right by itself.

use keywheel_emulator::fault::Span;

use crate::event::Event;
use crate::history::{RotationFailure, What};
use crate::run::driver::Delivered;
use crate::scenario::{AdminAction, Located, OracleId, Statement, VersionRef};

use super::Bench;

impl Bench<'_> {
    /// Faults stop; the rotation must complete, by itself or by a new one; then nothing may be
    /// left over.
    pub(super) async fn epilogue(&mut self) {
        self.check_finally();
        self.stop_faults();
        if self.is_off(OracleId::Recovers) && self.is_off(OracleId::NoOrphan) {
            return;
        }
        // Longer than the rotator's age guard, so that every key left behind can be collected.
        self.advance(Span::seconds(2 * 3600)).await;
        let settled = self.recover_cleanly().await;
        let mut core = self.world.lock();
        let now = core.now();
        match settled {
            Ok(()) => core.judge.look_for_orphans(now),
            Err(failure) => core.judge.did_not_recover(now, failure),
        }
        core.note_violations();
    }

    fn is_off(&self, oracle: OracleId) -> bool {
        let is_this = |s: &Located<Statement>| matches!(&s.value, Statement::Without { oracle: known, .. } if *known == oracle);
        self.scenario.statements.iter().any(is_this)
    }

    /// A new rotation succeeds; if the old one is in its way, the service runs that one again, and
    /// only if it can never succeed does a person take its label off.
    async fn recover_cleanly(&mut self) -> Result<(), RotationFailure> {
        let rotated = self.rotate_once(Some("clean")).await;
        if rotated != Err(RotationFailure::Unfinished) {
            return rotated;
        }
        if self.run_pending_again().await.is_err() {
            let label = "AWSPENDING".to_owned();
            let mut core = self.world.lock();
            core.note(What::Admin(AdminAction::RemoveLabel { label }));
            // If it cannot be taken off, the rotation that follows is refused and tells so.
            let _ = core.remove_label("AWSPENDING");
        }
        self.rotate_once(Some("clean-after-retry")).await
    }

    async fn run_pending_again(&mut self) -> Delivered {
        for step in keywheel_emulator::ids::Step::ALL {
            let event = {
                let mut core = self.world.lock();
                let Ok(token) = core.resolve_version(&VersionRef::Pending) else {
                    return Ok(());
                };
                core.places.first.token = Some(token.clone());
                Event::of(step.as_str(), core.places.first.secret.clone(), token)
            };
            self.driver.invoke(event).await?;
        }
        Ok(())
    }
}
