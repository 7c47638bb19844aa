//! How a call is checked and run, without the types of its operation.

use crate::state::World;
use crate::state::error::ApiError;
use crate::state::logs::error::LogsError;
use crate::wire::aws_query;
use crate::wire::constraints;
use crate::wire::error_code::{Failure, RequestError};
use crate::wire::payload::{self, Payload};
use crate::wire::service::Service;
use crate::wire::validate::{Constrained, Violations};

use super::operation::{Context, Operation, Reply};

/// Runs an operation of Secrets Manager, whose constraints stand in a table.
pub(super) fn run_by_table<O: Operation>(
    world: &mut World,
    cx: &mut Context<'_>,
    payload: &Payload<'_>,
) -> Result<Reply, Failure> {
    check_by_table::<O>(Service::SecretsManager, payload)?;
    let input = payload::typed(payload.members()?)?;
    Ok(O::reply(O::apply(world, cx, input)?))
}

/// Holds the input of an operation against the table of its service.
pub(super) fn check_by_table<O: Operation>(
    service: Service,
    payload: &Payload<'_>,
) -> Result<(), Failure> {
    let members = payload.members()?;
    let constraints = constraints::of(service);
    let violations = constraints
        .map(|it| it.check(O::NAME, members))
        .transpose()?;
    match violations.filter(|it| !it.is_empty()) {
        Some(violations) => Err(RequestError::Invalid(violations).into()),
        None => Ok(()),
    }
}

/// Runs an operation whose input knows its constraints.
pub(super) fn run<O: Operation>(
    world: &mut World,
    cx: &mut Context<'_>,
    payload: &Payload<'_>,
) -> Result<Reply, Failure>
where
    O::Input: Constrained,
{
    Ok(O::reply(apply::<O>(world, cx, payload)?))
}

pub(super) fn run_of_logs<O: Operation>(
    world: &mut World,
    cx: &mut Context<'_>,
    payload: &Payload<'_>,
) -> Result<Reply, Failure>
where
    O::Input: Constrained,
{
    run::<O>(world, cx, payload).map_err(in_words_of_logs)
}

pub(super) fn check_of_logs<O: Operation>(payload: &Payload<'_>) -> Result<(), Failure>
where
    O::Input: Constrained,
{
    check::<O>(payload).map_err(in_words_of_logs)
}

/// CloudWatch Logs calls a constraint that is not met an invalid parameter [R].
fn in_words_of_logs(failure: Failure) -> Failure {
    match failure {
        Failure::Request(RequestError::Invalid(violations)) => {
            ApiError::Logs(LogsError::Invalid(violations.to_string())).into()
        }
        other => other,
    }
}

/// Runs an operation whose answer is XML.
pub(super) fn run_query<O: Operation>(
    service: Service,
    world: &mut World,
    cx: &mut Context<'_>,
    payload: &Payload<'_>,
) -> Result<Reply, Failure> {
    check_by_table::<O>(service, payload)?;
    let output = O::apply(world, cx, payload::typed(payload.members()?)?)?;
    Ok(Reply::Answer {
        status: O::STATUS,
        body: aws_query::answer(service, O::NAME, &output).into_bytes(),
    })
}

fn apply<O: Operation>(
    world: &mut World,
    cx: &mut Context<'_>,
    payload: &Payload<'_>,
) -> Result<O::Output, Failure>
where
    O::Input: Constrained,
{
    let input = match payload.take() {
        Some(input) => input,
        None => input::<O>(payload)?,
    };
    Ok(O::apply(world, cx, input)?)
}

/// Checks the input, and keeps it for the call.
pub(super) fn check<O: Operation>(payload: &Payload<'_>) -> Result<(), Failure>
where
    O::Input: Constrained,
{
    payload.keep(input::<O>(payload)?);
    Ok(())
}

fn input<O: Operation>(payload: &Payload<'_>) -> Result<O::Input, Failure>
where
    O::Input: Constrained,
{
    let input: O::Input = payload.decode()?;
    let mut violations = Violations::default();
    input.check(&mut violations);
    if !violations.is_empty() {
        return Err(RequestError::Invalid(violations).into());
    }
    Ok(input)
}
