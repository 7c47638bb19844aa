//! Which API a request is for, and what it wants there.

use crate::graphql::address::host_label;
pub(crate) use crate::graphql::address::is_label;
use crate::wire::request::Request;

/// What there is to knock at. The names of the last three are those of IAM's actions [DOCS], and of
/// these calls in fault addresses and the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// `POST …/event`: publishes to a channel of an Event API [DOCS].
    Publish,
    /// `…/event/realtime`: the websocket of an Event API [DOCS].
    Events,
    /// The websocket of a GraphQL API [DOCS].
    GraphQl,
}

/// The operations behind the doors, as fault addresses name them.
pub const OPERATIONS: [&str; 3] = ["EventPublish", "EventConnect", "GraphQLConnect"];

impl Door {
    /// The name of the call in fault addresses and the journal.
    pub const fn operation(self) -> &'static str {
        match self {
            Self::Publish => OPERATIONS[0],
            Self::Events => OPERATIONS[1],
            Self::GraphQl => OPERATIONS[2],
        }
    }
}

/// A door and the API that it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// The door.
    pub door: Door,
    /// The host label of the API.
    pub label: &'a str,
}

/// Does the client ask for a websocket?
pub fn is_upgrade(request: &Request<'_>) -> bool {
    let upgrade = request.header(http::header::UPGRADE);
    upgrade.is_some_and(|protocol| protocol.eq_ignore_ascii_case("websocket"))
}

/// Where a request is addressed to, if it is to one of the doors.
///
/// `/LABEL/event` and `/graphql/LABEL/realtime` are the forms that the control plane gives out. At
/// hosts that begin with a label the paths are those of AWS: `/event`, `/event/realtime`, `/graphql`
/// with an upgrade, and `/graphql/realtime` as at custom domains [DOCS].
pub fn address<'a>(request: &Request<'a>) -> Option<Address<'a>> {
    let path = request.uri.path();
    let at = |door, label| Some(Address { door, label });
    let of_host = || {
        let first = request.authority().split(['.', ':']).next();
        first.filter(|label| is_label(label))
    };
    match path {
        "/event" => return at(Door::Publish, of_host()?),
        "/event/realtime" => return at(Door::Events, of_host()?),
        "/graphql/realtime" => return at(Door::GraphQl, of_host()?),
        _ => {}
    }
    let graphql = path.strip_prefix("/graphql/");
    if let Some(label) = graphql.and_then(|rest| rest.strip_suffix("/realtime")) {
        return is_label(label).then_some(Address {
            door: Door::GraphQl,
            label,
        });
    }
    if let Some(label) = host_label(request) {
        return is_upgrade(request).then_some(Address {
            door: Door::GraphQl,
            label,
        });
    }
    let (label, rest) = path.strip_prefix('/')?.split_once('/')?;
    match rest {
        "event" if is_label(label) => at(Door::Publish, label),
        "event/realtime" if is_label(label) => at(Door::Events, label),
        _ => None,
    }
}

/// Is a request for the data plane of an API, over HTTP or by a websocket? Whatever else it says, it
/// is answered there.
pub(crate) fn is_data_plane(request: &Request<'_>) -> bool {
    address(request).is_some() || host_label(request).is_some()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, Method, Uri};

    use super::*;

    const LABEL: &str = "abcdefghijklmnopqrstuvwx27";

    fn door_at(host: &str, path: &str, is_upgrade: bool) -> Option<Door> {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_str(host).unwrap());
        if is_upgrade {
            headers.insert("upgrade", HeaderValue::from_static("WebSocket"));
        }
        let uri: Uri = path.parse().unwrap();
        let request = Request {
            method: &Method::GET,
            uri: &uri,
            headers: &headers,
            body: b"",
            caller: None,
        };
        let address = address(&request)?;
        assert_eq!(address.label, LABEL);
        Some(address.door)
    }

    #[test]
    fn doors_are_found_by_path_and_by_host() {
        let host = format!("{LABEL}.appsync-api.eu-west-1.amazonaws.com");
        let realtime = format!("{LABEL}.appsync-realtime-api.eu-west-1.amazonaws.com");
        let own = "127.0.0.1:4566";
        let path = |rest: &str| format!("/{LABEL}/{rest}");
        assert_eq!(door_at(own, &path("event"), false), Some(Door::Publish));
        assert_eq!(door_at(&host, "/event", false), Some(Door::Publish));
        assert_eq!(
            door_at(own, &path("event/realtime"), true),
            Some(Door::Events)
        );
        assert_eq!(
            door_at(&realtime, "/event/realtime", true),
            Some(Door::Events)
        );
        let graphql = format!("/graphql/{LABEL}");
        assert_eq!(
            door_at(own, &format!("{graphql}/realtime"), true),
            Some(Door::GraphQl)
        );
        assert_eq!(door_at(own, &graphql, true), Some(Door::GraphQl));
        assert_eq!(
            door_at(&realtime, "/graphql?header=x", true),
            Some(Door::GraphQl)
        );
        assert_eq!(
            door_at(&host, "/graphql/realtime", true),
            Some(Door::GraphQl)
        );
    }

    #[test]
    fn other_paths_lead_elsewhere() {
        let own = "127.0.0.1:4566";
        for path in [
            "/event",
            "/short/event",
            "/v2/apis",
            "/",
            "/graphql/x/realtime",
        ] {
            assert_eq!(door_at(own, path, true), None, "{path}");
        }
        let graphql = format!("/graphql/{LABEL}");
        assert_eq!(door_at(own, &graphql, false), None, "a plain question");
        assert_eq!(door_at(own, &format!("/{LABEL}/events"), true), None);
    }
}
