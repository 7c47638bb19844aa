//! Where faults strike: around the effect of a call, outside the service's own bookkeeping, so
//! that a lost answer loses the answer and nothing else.

mod effect;
mod reply;
mod struck;

use std::borrow::Cow;

use bytes::Bytes;
use http::Response;

use crate::fault::{CallPoint, Span, Verdict};
use crate::graphql::{self, address::host_label};
use crate::realtime;
use crate::time::Timestamp;
use crate::wire::error_code::denial::Denial;
use crate::wire::error_code::{Failure, RequestError, WireError};
use crate::wire::request::{Ending, Outcome, Request, UNKNOWN};
use crate::wire::service::{self, Asked, Protocol, Service};

use super::Engine;
use super::authorization::Calling;
use super::dispatch::{self, Read, Routed};
use super::journal::What;

pub(super) use reply::{Answer, Made};

use reply::success;
use struck::{Struck, shown_at, struck_after, struck_before};

/// The call as faults and the journal know it.
#[derive(Clone, Copy)]
pub(super) struct Call {
    pub(super) service: Service,
    pub(super) operation: &'static str,
    pub(super) protocol: Protocol,
}

/// Whether faults strike a request. One that is exempt does not count at any rule either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exposure {
    /// A request as any client makes it.
    Exposed,
    /// A request of a test's set-up, or one that has been struck before.
    Exempt,
}

impl Engine {
    pub(super) fn serve<'r>(
        &mut self,
        request: &Request<'r>,
        read: Read<'r>,
        exposure: Exposure,
        now: Timestamp,
    ) -> Outcome {
        if let Some(address) = realtime::address::address(request) {
            return self.serve_realtime(request, exposure, address, now);
        }
        if let Some(label) = host_label(request) {
            return self.serve_graphql(request, exposure, label, now);
        }
        let asked = service::asked(request);
        match read.routed(&asked, request) {
            Ok(routed) => self.serve_operation(request, exposure, routed, now),
            Err(error) => Outcome::reply(self.refuse(&asked, &error, now)),
        }
    }

    /// The answer to a request that cannot be served, in the form of its protocol.
    pub fn refuse(
        &mut self,
        asked: &Asked,
        error: &RequestError,
        now: Timestamp,
    ) -> Response<Bytes> {
        let protocol = asked.protocol();
        let error = WireError::of(&Failure::Request(error.clone()), protocol);
        let response = self.finish(error.response(protocol), now);
        let service = match asked {
            Asked::Target { service, .. } | Asked::Path(service) => service.as_str(),
            Asked::Other { .. } => UNKNOWN,
        };
        self.journal.write(
            now,
            What::Call {
                service,
                operation: Cow::Borrowed(UNKNOWN),
                invocation: None,
                step: None,
                status: Some(response.status().as_u16()),
                error: Some(error.code),
                fault: None,
            },
        );
        response
    }

    fn serve_operation(
        &mut self,
        request: &Request<'_>,
        exposure: Exposure,
        routed: Routed<'_>,
        now: Timestamp,
    ) -> Outcome {
        let row = routed.row;
        let protocol = row.service.protocol();
        let call = Call {
            service: row.service,
            operation: row.name,
            protocol,
        };
        self.through_the_seam(request, exposure, call, now, |engine, age| {
            let past = age.and_then(|age| engine.world_before(now, age));
            engine.effect(request, &routed, past, now)
        })
    }

    /// The data plane is no operation of the table: it has one kind of call and no typed input.
    fn serve_graphql(
        &mut self,
        request: &Request<'_>,
        exposure: Exposure,
        label: &str,
        now: Timestamp,
    ) -> Outcome {
        let call = Call {
            service: Service::GraphQl,
            operation: graphql::OPERATION,
            protocol: Protocol::GraphQl,
        };
        self.through_the_seam(request, exposure, call, now, |engine, age| {
            let mut past = age.and_then(|age| engine.world_before(now, age));
            let world = past.as_mut().unwrap_or(&mut engine.world);
            let (appsync, settings) = world.appsync_of_host(label);
            let api = appsync
                .as_ref()
                .and_then(|appsync| appsync.api_of_host(label));
            let (answer, happened) = graphql::respond(api, request, now, settings);
            if let Some(api) = api {
                engine.realtime.tell(&api.host, &happened);
            }
            if let (Some(appsync), Some(key)) = (appsync, request.header("x-api-key")) {
                appsync.note_use(label, key, answer.response.status() != 401, now);
            }
            let graphql::Answer { response, error } = answer;
            let made = Made::Response(response);
            Answer { made, error }
        })
    }

    /// Lets a call take effect, unless a fault strikes before; then lets the answer pass, unless a
    /// fault strikes after. The effect is told how old the state is that a read is to see.
    pub(super) fn through_the_seam(
        &mut self,
        request: &Request<'_>,
        exposure: Exposure,
        call: Call,
        now: Timestamp,
        mut effect: impl FnMut(&mut Self, Option<Span>) -> Answer,
    ) -> Outcome {
        let verdict = match exposure {
            Exposure::Exposed => self.verdict(request, call, now),
            Exposure::Exempt => None,
        };
        let before = verdict.filter(|verdict| !verdict.is_after_effect());
        if let Some(Verdict::Late(by)) = before {
            self.put_off(request, call.operation, by, now);
        }
        let struck = match before {
            Some(Verdict::AccessDenied) => Some(self.play_denial(request, call, now)),
            other => other.and_then(|verdict| struck_before(verdict, call)),
        };
        let (mut outcome, error) = match struck {
            Some(struck) => (self.ending(struck, now), None),
            None => {
                let age = match verdict {
                    Some(Verdict::Stale(age)) => Some(age),
                    _ => None,
                };
                let answer = effect(self, age);
                if verdict == Some(Verdict::Duplicate) {
                    effect(self, None);
                }
                let error = answer.error;
                let outcome = match self.found(answer.made) {
                    Made::Search(search, _) => Outcome::ending(Ending::Search(search)),
                    Made::Response(response) => {
                        struck_after(verdict, self.finish(response, shown_at(verdict, now)), call)
                    }
                    Made::Run(run) => Outcome::ending(Ending::Run(run)),
                };
                (outcome, error)
            }
        };
        outcome.operation = call.operation;
        outcome.fault = verdict;
        self.note(request, call, now, &outcome, error);
        outcome
    }

    /// Ends a call whose function has run: the fault that was armed for its answer strikes now.
    pub fn answer_run(
        &mut self,
        fault: Option<Verdict>,
        response: Response<Bytes>,
        now: Timestamp,
    ) -> Outcome {
        let call = Call {
            service: Service::Lambda,
            operation: "Invoke",
            protocol: Service::Lambda.protocol(),
        };
        struck_after(fault, self.finish(response, now), call)
    }

    /// Ends a call whose search was handed out.
    pub fn answer_search(&mut self, outcome: &Outcome, body: Vec<u8>, now: Timestamp) -> Outcome {
        let call = Call {
            service: Service::SecretsManager,
            operation: outcome.operation,
            protocol: Protocol::AwsJson,
        };
        let response = success(200, body, call.protocol);
        let response = self.finish(response, shown_at(outcome.fault, now));
        struck_after(outcome.fault, response, call)
    }

    /// Searches, unless that is for others to do.
    fn found(&self, made: Made) -> Made {
        match made {
            Made::Search(search, protocol) if !self.options.hands_searches_out => {
                Made::Response(success(200, search.body(), protocol))
            }
            other => other,
        }
    }

    fn verdict(&mut self, request: &Request<'_>, call: Call, now: Timestamp) -> Option<Verdict> {
        let point = CallPoint {
            operation: call.operation,
            service: call.service.as_str(),
            caller: request.caller,
            at: now,
            path: request.uri.path(),
            body: request.body,
        };
        self.faults.decide(&point).map(|fired| fired.verdict)
    }

    fn ending(&mut self, struck: Struck, now: Timestamp) -> Outcome {
        match struck {
            Struck::Answer(response) => Outcome::reply(self.finish(response, now)),
            Struck::Ending(ending) => Outcome::ending(ending),
        }
    }

    /// What a call is answered whose caller lacks the permission.
    fn play_denial(&mut self, request: &Request<'_>, call: Call, now: Timestamp) -> Struck {
        let signer = self.signer_of(request);
        let routed = dispatch::route(&service::asked(request), request);
        let denial = match (routed, signer) {
            (Ok(routed), Ok(signer)) if call.protocol != Protocol::GraphQl => {
                let calling = Calling {
                    signer: &signer,
                    scope: &self.last_scope,
                    caller: request.caller,
                    now,
                };
                self.played_denial(&routed, &calling)
            }
            _ => Denial::of_operation(call.service, call.operation),
        };
        Struck::Answer(denial.wire_error().response(call.protocol))
    }

    fn note(
        &mut self,
        request: &Request<'_>,
        call: Call,
        now: Timestamp,
        outcome: &Outcome,
        error: Option<Cow<'static, str>>,
    ) {
        let status = match &outcome.ending {
            Ending::Reply(response) => Some(response.status().as_u16()),
            Ending::Run(run) => Some(run.status()),
            Ending::Search(_) => Some(200),
            _ => None,
        };
        self.journal.write(
            now,
            What::Call {
                service: call.service.as_str(),
                operation: Cow::Borrowed(call.operation),
                invocation: request.caller.map(|caller| caller.invocation),
                step: request.caller.map(|caller| caller.step),
                status,
                error,
                fault: outcome.fault.map(|verdict| verdict.to_string()),
            },
        );
    }
}

/// The operation that a request asks for, as fault addresses name it.
pub(super) fn operation_of(request: &Request<'_>) -> &'static str {
    if let Some(address) = realtime::address::address(request) {
        return address.door.operation();
    }
    if host_label(request).is_some() {
        return graphql::OPERATION;
    }
    let asked = service::asked(request);
    dispatch::route(&asked, request).map_or(UNKNOWN, |routed| routed.row.name)
}
