//! The rotation service behind the engine: the shell runs what it hands out and reports the end.

use crate::ids::{InvocationNumber, SecretArn, VersionId};
use crate::state::Target;
use crate::state::lambda::error::LambdaError;
use crate::state::rotations::{Invocation, ServiceEvent, StepResult};
use crate::time::Timestamp;

use super::Engine;
use super::journal::What;

impl Engine {
    /// The rotation step to run now, if there is one. The shell runs it, however long it takes,
    /// and tells the end to [`Engine::invocation_finished`].
    pub fn poll_invocation(&mut self, now: Timestamp) -> Option<Invocation> {
        let invocation = self.world.poll_invocation(now);
        self.write_events();
        invocation
    }

    /// What runs for a rotation step.
    ///
    /// # Errors
    /// As [`World::target`](crate::state::World::target).
    pub fn target(&mut self, invocation: &Invocation) -> Result<Target, LambdaError> {
        self.world.target(invocation, &mut self.entropy)
    }

    /// Tells how an invocation ended. The service then goes on, ends the rotation, or waits.
    pub fn invocation_finished(
        &mut self,
        number: InvocationNumber,
        result: StepResult,
        now: Timestamp,
    ) {
        self.remember(now);
        self.world.invocation_finished(number, result, now);
        self.world.bring_copies_up_to_date(now);
        self.commits += 1;
        self.write_events();
    }

    /// When the engine must be woken, and why.
    pub fn poll_timeout(&self) -> Option<(Timestamp, &'static str)> {
        let sockets = self.realtime.next_due(&self.world);
        let late = self.late_due().map(|due| (due, "an effect lands late"));
        let others = sockets.into_iter().chain(late);
        self.world.next_due().into_iter().chain(others).min()
    }

    /// Wakes the engine: everything that is due by `now` happens.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.land_late_effects(now);
        if self.world.next_due().is_some_and(|(due, _)| due <= now) {
            self.remember(now);
        }
        self.world.handle_due(&mut self.entropy, now);
        self.world.bring_copies_up_to_date(now);
        self.realtime.enforce(&self.world, now);
        self.write_events();
    }

    /// Is this rotation in progress, or waiting for another attempt?
    pub fn is_rotating(&self, secret: &SecretArn, token: &VersionId) -> bool {
        self.world.rotations.is_running(secret, token)
    }

    /// Moves the service's events into the journal.
    pub(super) fn write_events(&mut self) {
        for event in self.world.rotations.take_events() {
            let ServiceEvent {
                at, secret, what, ..
            } = event;
            let (name, message) = (what.name(), what.message());
            let secret = secret.to_string();
            self.journal.write(
                at,
                What::Event {
                    name,
                    secret,
                    message,
                },
            );
        }
    }
}
