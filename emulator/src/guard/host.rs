//! The names by which a server may be reached.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use http::uri::Authority;

use crate::realtime::address::is_label;

/// Which addresses are the server's own, besides the loopback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listening {
    /// None.
    Loopback,
    /// This one.
    At(IpAddr),
    /// Every one of the machine. A page can lead a name to it, but not an address.
    Everywhere,
}

impl Listening {
    pub(super) fn at(address: IpAddr) -> Self {
        match address.to_canonical() {
            address if address.is_loopback() => Self::Loopback,
            address if address.is_unspecified() => Self::Everywhere,
            address => Self::At(address),
        }
    }

    /// Is it one of the server's own names? `host` may have a port, which may be another: ports
    /// are forwarded.
    pub(super) fn has(self, host: &str) -> bool {
        match Named::read(host) {
            Some(Named::Address(address)) => match self {
                _ if address.is_loopback() => true,
                Self::Loopback => false,
                Self::At(own) => address == own,
                Self::Everywhere => true,
            },
            Some(Named::Name(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        }
    }
}

/// A host without its port.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Named {
    Address(IpAddr),
    /// In lower case.
    Name(String),
}

impl Named {
    /// None if it is no host.
    fn read(text: &str) -> Option<Self> {
        let authority: Authority = text.parse().ok()?;
        if authority.as_str().contains('@') {
            return None;
        }
        let host = authority.host();
        let bracketed = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        if let Some(address) = bracketed {
            let address: Ipv6Addr = address.parse().ok()?;
            return Some(Self::Address(IpAddr::V6(address).to_canonical()));
        }
        let address = host.parse().map(Self::Address);
        Some(address.unwrap_or_else(|_| Self::Name(host.to_ascii_lowercase())))
    }
}

/// Is it the name of an API at AWS? Nobody can lead names below AWS's own elsewhere, but for whoever
/// rules the machine.
pub(super) fn is_of_aws(host: &str) -> bool {
    let Some(Named::Name(name)) = Named::read(host) else {
        return false;
    };
    let label = name.split('.').next().unwrap_or_default();
    is_label(label) && name.ends_with(".amazonaws.com")
}

/// A name by which a server may be reached besides its own: `keywheel.test`, or `*.keywheel.test`
/// for all names below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    named: Named,
    is_suffix: bool,
}

impl AllowedHost {
    pub(super) fn has(&self, host: &str) -> bool {
        let Some(named) = Named::read(host) else {
            return false;
        };
        match (&self.named, &named) {
            (Named::Name(own), Named::Name(name)) if self.is_suffix => name
                .strip_suffix(own)
                .is_some_and(|below| below.ends_with('.') && below.len() > 1),
            (own, named) => own == named,
        }
    }
}

/// The text is no name of a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no host: write a name such as keywheel.test or *.keywheel.test, without a port")]
pub struct BadHost(String);

impl FromStr for AllowedHost {
    type Err = BadHost;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (rest, is_suffix) = match text.strip_prefix("*.") {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let bad = || BadHost(text.to_owned());
        let is_plain = !rest.contains('*') && rest.parse::<Authority>().is_ok_and(|it| it == rest);
        let named = Named::read(rest).filter(|_| is_plain).ok_or_else(bad)?;
        let has_port = rest
            .parse::<Authority>()
            .is_ok_and(|it| it.port().is_some());
        if has_port || is_suffix && !matches!(named, Named::Name(_)) {
            return Err(bad());
        }
        Ok(Self { named, is_suffix })
    }
}

impl fmt::Display for AllowedHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = if self.is_suffix { "*." } else { "" };
        match &self.named {
            Named::Address(address) => write!(f, "{address}"),
            Named::Name(name) => write!(f, "{prefix}{name}"),
        }
    }
}
