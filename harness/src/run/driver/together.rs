//! Rotations that run at once: of several secrets, and one with a second delivery of all its steps
//! or with a person.

use std::collections::BTreeMap;
use std::time::Duration;

use keywheel_emulator::ids::{InvocationNumber, SecretArn, Step};
use keywheel_emulator::time::{HOUR_MS, Timestamp};
use tokio::task::JoinSet;

use crate::call::Life;
use crate::event::Event;
use crate::run::gate::{Actors, conduct};
use crate::run::world::World;
use crate::scenario::{AdminAction, Companion};

use super::invocation::{Running, finish};
use super::{Delivered, Driver};

/// Whose invocation it was that has ended.
enum Who {
    /// The service's.
    Service(InvocationNumber),
    /// A second delivery's.
    Delivery(usize),
}

/// Something that ran beside others and has ended.
enum Ended {
    Invocation {
        who: Who,
        secret: SecretArn,
        life: Life,
        delivered: Delivered,
    },
    Person,
}

/// All steps of a rotation, delivered a second time: as the service sends them, but when it likes.
struct SecondDelivery {
    letter: u8,
    /// What the service sent first; none as long as it has sent nothing.
    like: Option<Event>,
    left: std::array::IntoIter<Step, 4>,
}

/// Those that run at once.
struct Company {
    running: JoinSet<Ended>,
    /// The letter of each secret whose rotation has not ended.
    rotations: BTreeMap<SecretArn, u8>,
    deliveries: Vec<SecondDelivery>,
}

impl Driver<'_> {
    /// Lets the service run until the rotations of all secrets have ended, those that are ready at
    /// once with each other, and whoever is to run beside them.
    pub(crate) async fn settle_all(&mut self) {
        let companions = self.orders.take_companions();
        let is_ordered = self.world.lock().gate.is_ordered() || !companions.is_empty();
        let mut company = self.company(companions, is_ordered);
        if is_ordered {
            let (world, pace) = (self.world.clone(), self.subject.pace());
            let together = async {
                self.run_together(&mut company).await;
                self.world.lock().gate.close();
            };
            tokio::join!(together, conduct(world, pace));
        } else {
            self.run_together(&mut company).await;
        }
        self.world.lock().traffic.set_racing(0);
    }

    /// The letters are for the secrets in their order, then for the companions in theirs.
    fn company(&mut self, companions: Vec<Companion>, is_ordered: bool) -> Company {
        let mut core = self.world.lock();
        let rotating: Vec<SecretArn> = core
            .places
            .all()
            .filter(|place| {
                let token = place.token.as_ref();
                token.is_some_and(|token| core.service.engine.is_rotating(&place.secret, token))
            })
            .map(|place| place.secret.clone())
            .collect();
        if is_ordered {
            let actors = rotating.len() + companions.len();
            core.gate
                .open(Actors::Rotations, actors, self.subject.pace());
        }
        let mut letters = b'a'..=u8::MAX;
        let mut company = Company {
            running: JoinSet::new(),
            rotations: rotating.into_iter().zip(letters.by_ref()).collect(),
            deliveries: Vec::new(),
        };
        for (companion, letter) in companions.into_iter().zip(letters) {
            match companion {
                Companion::Delivery => company.deliveries.push(SecondDelivery {
                    letter,
                    like: None,
                    left: Step::ALL.into_iter(),
                }),
                Companion::Admin(action) => {
                    company
                        .running
                        .spawn(person(self.world.clone(), letter, action));
                }
            }
        }
        company
    }

    async fn run_together(&mut self, company: &mut Company) {
        loop {
            self.begin_what_is_ready(company);
            self.world.lock().traffic.set_racing(company.running.len());
            let due = self.world.lock().service.engine.poll_timeout();
            match (company.running.is_empty(), due) {
                (true, _) if self.is_any_rotating() => self.wait_for_retry().await,
                (true, _) => break,
                (false, due) => {
                    let wait = self.until(due.map(|(due, _)| due));
                    match tokio::time::timeout(wait, company.running.join_next()).await {
                        Ok(Some(Ok(ended))) => self.take_end(ended, company),
                        Ok(_) => {}
                        Err(_) => self.wake_engine(),
                    }
                }
            }
            self.let_ended_rotations_leave(company);
        }
    }

    fn begin_what_is_ready(&mut self, company: &mut Company) {
        while let Some(invocation) = self.poll() {
            let (number, secret) = (invocation.number, invocation.secret.clone());
            self.world
                .lock()
                .places
                .set_token(&secret, invocation.token.clone());
            let Some(event) = self.prepare(&invocation) else {
                self.finished(number, Ok(()));
                continue;
            };
            let letter = company.rotations.get(&secret).copied();
            self.begin_deliveries(&event, company);
            let begun = self.begin(&event);
            self.spawn(begun, Who::Service(number), letter, company);
        }
    }

    /// What the service sends first is sent a second time; what follows comes by itself.
    fn begin_deliveries(&mut self, event: &Event, company: &mut Company) {
        for at in 0..company.deliveries.len() {
            let delivery = &mut company.deliveries[at];
            // Those of another secret have their own.
            if delivery.like.is_none() && event.secret == self.world.lock().places.first.secret {
                delivery.like = Some(event.clone());
                self.world.lock().judge.allow_another_create(&event.token);
                self.deliver_next(at, company);
            }
        }
    }

    fn deliver_next(&mut self, at: usize, company: &mut Company) {
        let delivery = &mut company.deliveries[at];
        let (letter, next) = (delivery.letter, delivery.left.next());
        let event = delivery.like.clone().zip(next).map(|(like, step)| Event {
            step: step.to_string(),
            ..like
        });
        match event {
            Some(event) => {
                let begun = self.begin(&event);
                self.spawn(begun, Who::Delivery(at), Some(letter), company);
            }
            None => self.world.lock().gate.leave(),
        }
    }

    fn spawn(&mut self, begun: Running, who: Who, letter: Option<u8>, company: &mut Company) {
        let (secret, life) = (begun.event.secret.clone(), begun.scope.life.clone());
        if let Some(letter) = letter {
            let number = InvocationNumber(begun.number);
            self.world.lock().gate.join(number, letter);
        }
        company.running.spawn(async move {
            let delivered = finish(begun).await;
            Ended::Invocation {
                who,
                secret,
                life,
                delivered,
            }
        });
    }

    fn take_end(&mut self, ended: Ended, company: &mut Company) {
        let Ended::Invocation {
            who,
            secret,
            life,
            delivered,
        } = ended
        else {
            self.world.lock().gate.leave();
            return;
        };
        self.clear_up(&secret, &life, &delivered);
        match (who, delivered) {
            (Who::Service(number), delivered) => self.finished(number, delivered),
            (Who::Delivery(at), Ok(())) => self.deliver_next(at, company),
            (Who::Delivery(_), Err(_)) => self.world.lock().gate.leave(),
        }
    }

    fn let_ended_rotations_leave(&mut self, company: &mut Company) {
        let mut core = self.world.lock();
        let is_rotating = |secret: &SecretArn| {
            let place = core.places.all().find(|place| place.secret == *secret);
            let token = place.and_then(|place| place.token.as_ref());
            token.is_some_and(|token| core.service.engine.is_rotating(secret, token))
        };
        let before = company.rotations.len();
        company.rotations.retain(|secret, _| is_rotating(secret));
        for _ in company.rotations.len()..before {
            core.gate.leave();
        }
    }

    fn until(&self, due: Option<Timestamp>) -> Duration {
        let now = self.world.lock().now();
        let left = due.map_or(HOUR_MS, |due| due.millis_since(now));
        Duration::from_millis(u64::try_from(left).unwrap_or(0).max(1))
    }

    fn is_any_rotating(&self) -> bool {
        let core = self.world.lock();
        core.places.all().any(|place| {
            let token = place.token.as_ref();
            token.is_some_and(|token| core.service.engine.is_rotating(&place.secret, token))
        })
    }
}

/// A person who does something when it is their turn.
async fn person(world: World, letter: u8, action: AdminAction) -> Ended {
    let turn = world.lock().gate.park_actor(letter);
    if let Some(turn) = turn {
        // The gate is dropped with the world only, and then nobody waits any more.
        let _ = turn.await;
    }
    world.lock().act(&action);
    Ended::Person
}
