//! The engine: the emulated world behind one entry, told the time, never waiting.
//!
//! In reading order: this file (the contract) · [`dispatch`] from a request to its operation ·
//! [`seam`] where faults strike · `late` effects that land after their call was given up · `past`
//! for reads that are stale · `authentication` whether a signature is right · `authorization`
//! whether policies allow a call, and [`access_report`] what is kept of that · `rotation` the service
//! that invokes functions · [`realtime`] websockets · [`journal`] what the emulator saw ·
//! [`snapshot`] what judges and the console may see · [`saved`] what a restart keeps.
//!
//! The shell calls [`Engine::call`] for each request, runs what [`Engine::poll_invocation`] hands
//! out, reports the end through [`Engine::invocation_finished`], and wakes the engine when
//! [`Engine::poll_timeout`] says.

pub mod access_report;
mod authentication;
mod authorization;
mod dispatch;
pub mod journal;
mod late;
mod past;
pub mod realtime;
mod rotation;
pub mod saved;
mod seam;
pub mod snapshot;

use bytes::Bytes;
use http::{HeaderValue, Response, header};

use crate::entropy::Entropy;
use crate::fault::FaultPlan;
use crate::ids::{FunctionArn, Scope};
use crate::realtime::Sockets;
use crate::state::iam::session::{NewSession, Session};
use crate::state::lambda::deployment::Deployment;
use crate::state::{Settings, World};
use crate::time::Timestamp;
use crate::wire::aws_query;
use crate::wire::error_code::RequestError;
use crate::wire::request::{Ending, Outcome, Request};
use crate::wire::service::{Asked, Service};

use access_report::AccessReport;
use journal::Journal;
use late::LateEffects;
use past::Past;
use seam::Exposure;

pub use dispatch::Read;
pub use late::Landed;

/// How long the keys of a function's environment hold: longer than any environment is kept.
const SESSION_SECONDS: u32 = 12 * 3600;

/// What an engine begins with.
#[derive(Clone, Debug, Default)]
pub struct EngineOptions {
    /// The seed of all ids and orders.
    pub seed: u64,
    /// Settings of the emulated services.
    pub settings: Settings,
    /// The account and Region of requests without a signature.
    pub default_scope: Scope,
    /// Is a search that takes its time handed out, as [`Ending::Search`], so that whoever keeps
    /// others from the engine need not do it? Its result goes to [`Engine::answer_search`].
    pub hands_searches_out: bool,
}

/// The emulated world, its random source, its faults and its journal.
#[derive(Debug)]
pub struct Engine {
    options: EngineOptions,
    world: World,
    entropy: Entropy,
    /// Request ids have a stream of their own, so that one more read does not change a key.
    request_ids: Entropy,
    faults: FaultPlan,
    journal: Journal,
    realtime: Sockets,
    access_report: AccessReport,
    late: LateEffects,
    past: Past,
    last_scope: Scope,
    date: DateHeader,
    calls: u64,
    commits: u64,
}

impl Engine {
    /// An empty world.
    pub fn new(options: EngineOptions) -> Self {
        let world = World::new(options.settings.clone());
        Self {
            world,
            entropy: Entropy::from_seed(options.seed),
            request_ids: Entropy::from_seed(!options.seed),
            faults: FaultPlan::default(),
            journal: Journal::default(),
            realtime: Sockets::default(),
            access_report: AccessReport::default(),
            late: LateEffects::default(),
            past: Past::default(),
            last_scope: options.default_scope.clone(),
            date: DateHeader::default(),
            calls: 0,
            commits: 0,
            options,
        }
    }

    /// Forgets everything: the world is as it was at the start, with the same seed and settings.
    /// What it was until now is returned: to drop 100,000 secrets takes time, for which whoever
    /// holds a lock must not keep it.
    #[must_use]
    pub fn reset(&mut self) -> Self {
        let realtime = Sockets::none_after(self.realtime.made());
        let former = std::mem::replace(self, Self::new(self.options.clone()));
        self.world.start_like(&former.world);
        self.realtime = realtime;
        former
    }

    /// Answers one request. Faults strike before or after its effect. Effects that were to land
    /// by now have landed before it.
    pub fn call(&mut self, request: &Request<'_>, now: Timestamp) -> Outcome {
        self.call_read(request, Read::default(), now)
    }

    /// The same for a request that was read before.
    pub fn call_read<'r>(
        &mut self,
        request: &Request<'r>,
        read: Read<'r>,
        now: Timestamp,
    ) -> Outcome {
        self.land_late_effects(now);
        self.answer(request, read, Exposure::Exposed, now)
    }

    /// Answers a request of an invocation that was frozen before it. No fault strikes it again.
    pub fn call_thawed(&mut self, request: &Request<'_>, now: Timestamp) -> Outcome {
        self.land_late_effects(now);
        self.answer(request, Read::default(), Exposure::Exempt, now)
    }

    /// Answers one request, whatever else is due by now.
    fn answer<'r>(
        &mut self,
        request: &Request<'r>,
        read: Read<'r>,
        exposure: Exposure,
        now: Timestamp,
    ) -> Outcome {
        self.world.bring_copies_up_to_date(now);
        self.calls += 1;
        self.serve(request, read, exposure, now)
    }

    /// Answers a request of the control plane or of a test's set-up, which no fault strikes.
    pub fn call_exempt(&mut self, request: &Request<'_>, now: Timestamp) -> Response<Bytes> {
        match self.call_thawed(request, now).ending {
            Ending::Reply(response) => response,
            Ending::Search(search) => {
                let outcome = Outcome::ending(Ending::Silence);
                match self.answer_search(&outcome, search.body(), now).ending {
                    Ending::Reply(response) => response,
                    _ => unreachable!("no fault strikes it"),
                }
            }
            // Set-up has nobody who would run a function.
            Ending::Run(_) => self.refuse_run(now),
            Ending::Dropped
            | Ending::Unreachable
            | Ending::Silence
            | Ending::Killed
            | Ending::Panicked
            | Ending::Frozen(_) => {
                unreachable!(
                    "only faults end a request without an answer, and it is exempt from them"
                )
            }
        }
    }

    /// A session of a function's role, for an environment that starts; none if there is no such
    /// role. Starts depend on how fast functions are, and so must no id of the world's own.
    pub fn function_session(
        &mut self,
        deployment: &Deployment,
        now: Timestamp,
    ) -> Option<&Session> {
        // One letter is no name of a session [R].
        let name = match deployment.name.len() {
            1 => format!("{}@lambda_function", deployment.name),
            _ => deployment.name.clone(),
        };
        let new = NewSession {
            name,
            seconds: SESSION_SECONDS,
            function: Some(unqualified(&deployment.invoked_arn)),
            ..NewSession::default()
        };
        let role = &deployment.configuration.role;
        self.world
            .issue_session(role, new, &mut self.request_ids, now)
    }

    /// The answer to an Invoke where functions are not run.
    pub fn refuse_run(&mut self, now: Timestamp) -> Response<Bytes> {
        let asked = "Running a function without a server".to_owned();
        let error = RequestError::NotEmulated { asked };
        self.refuse(&Asked::Path(Service::Lambda), &error, now)
    }

    /// The operation that a request asks for, as fault addresses name it; `unknown` if none.
    pub fn operation_of(request: &Request<'_>) -> &'static str {
        seam::operation_of(request)
    }

    /// The faults that are armed.
    pub fn faults(&mut self) -> &mut FaultPlan {
        &mut self.faults
    }

    /// What the emulator saw.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What callers did, and what of it no policy allows.
    pub fn access_report(&self) -> &AccessReport {
        &self.access_report
    }

    /// The world, for set-up and for judges.
    pub fn world(&mut self) -> &mut World {
        &mut self.world
    }

    /// How many changes have been committed.
    pub fn commits(&self) -> u64 {
        self.commits
    }

    /// Puts the headers on that every answer carries.
    fn finish(&mut self, mut response: Response<Bytes>, now: Timestamp) -> Response<Bytes> {
        let id = self.request_id();
        let date = self.date.shown_at(now);
        if response.headers().get(header::CONTENT_TYPE) == Some(&XML) {
            let id = id.to_str().unwrap_or_default();
            response = response.map(|body| aws_query::with_request_id(&body, id).into());
        }
        let headers = response.headers_mut();
        // An invocation's answer has the invocation's own [D].
        headers.entry(REQUEST_ID).or_insert(id);
        headers.insert(header::DATE, date);
        response
    }

    fn request_id(&mut self) -> HeaderValue {
        let mut text = uuid::Uuid::encode_buffer();
        let text = self.request_ids.uuid().hyphenated().encode_lower(&mut text);
        HeaderValue::from_str(text).expect("a UUID is visible ASCII")
    }
}

/// The ARN of a function without the version or alias that it was invoked by.
fn unqualified(arn: &FunctionArn) -> String {
    let parts: Vec<&str> = arn.as_str().split(':').take(7).collect();
    parts.join(":")
}

const XML: HeaderValue = HeaderValue::from_static(aws_query::CONTENT_TYPE);

const REQUEST_ID: header::HeaderName = header::HeaderName::from_static("x-amzn-requestid");

/// The last moment that a `Date` can show: its year has four digits.
const LAST_DATE: Timestamp = Timestamp::from_seconds(253_402_300_799);

/// The `Date` header, written once a second.
#[derive(Debug, Default)]
struct DateHeader(Option<(i64, HeaderValue)>);

impl DateHeader {
    fn shown_at(&mut self, now: Timestamp) -> HeaderValue {
        let second = now.as_seconds();
        match &self.0 {
            Some((written, date)) if *written == second => date.clone(),
            _ => {
                let text = httpdate::fmt_http_date(now.min(LAST_DATE).to_system_time());
                let date = HeaderValue::try_from(text).expect("a date is visible ASCII");
                self.0 = Some((second, date.clone()));
                date
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_beyond_all_calendars_is_the_last_one() {
        let mut date = DateHeader::default();
        for (at, shown) in [
            (
                Timestamp::from_millis(i64::MAX),
                "Fri, 31 Dec 9999 23:59:59 GMT",
            ),
            (LAST_DATE, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (
                Timestamp::from_millis(i64::MIN),
                "Thu, 01 Jan 1970 00:00:00 GMT",
            ),
        ] {
            assert_eq!(date.shown_at(at), shown);
        }
    }
}
