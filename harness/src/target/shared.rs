//! The targets of this process: each is had once, when the first world needs it, and its servers serve
//! one run after the other.

use std::sync::{LazyLock, Mutex, PoisonError};

use crate::clock::Pace;
use crate::scenario::TargetKind;

use super::issuer::Issuer;
use super::mysql::Mysql;
use super::postgres::Postgres;
use super::{Target, Unavailable};

static ISSUER: LazyLock<Had> = LazyLock::new(Had::default);
static MYSQL: LazyLock<Had> = LazyLock::new(Had::default);
static POSTGRES: LazyLock<Had> = LazyLock::new(Had::default);

/// A target, or why there is none; none of both until somebody has asked.
type Had = Mutex<Option<Result<&'static dyn Target, Unavailable>>>;

/// The target of a kind. The servers of private ones end with the process, however it ends.
///
/// # Errors
/// It cannot be had on this machine.
pub fn shared(kind: TargetKind) -> Result<&'static dyn Target, Unavailable> {
    match kind {
        TargetKind::Issuer => had(&ISSUER, || Ok(Box::new(Issuer::default()))),
        TargetKind::Mysql => had(&MYSQL, || Ok(Box::new(Mysql::private()?))),
        TargetKind::Postgres => had(&POSTGRES, || Ok(Box::new(Postgres::private()?))),
    }
}

/// Why a function that lives in this time cannot have the target, if it cannot.
pub fn missing(kind: TargetKind, pace: Pace) -> Option<Unavailable> {
    match pace {
        Pace::Virtual => Some(Unavailable::in_process()),
        Pace::Real => shared(kind).err(),
    }
}

fn had(
    place: &Had,
    make: impl FnOnce() -> Result<Box<dyn Target>, Unavailable>,
) -> Result<&'static dyn Target, Unavailable> {
    let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
    let had = place.get_or_insert_with(|| make().map(|target| &*Box::leak(target)));
    had.clone()
}
