//! Who is let in, by the head of a request alone.

use http::Request;

use super::*;

const LABEL: &str = "abcdefghijklmnopqrstuvwx27";

/// The head of a request: the target, then headers as `name: value`.
fn head(target: &str, headers: &[&str]) -> Parts {
    let (method, uri) = target.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(uri);
    for header in headers {
        let (name, value) = header.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    request.body(()).unwrap().into_parts().0
}

fn guard() -> Guard {
    Guard::new(([127, 0, 0, 1], 4566).into())
}

fn admit(target: &str, headers: &[&str]) -> Result<Entrance, Refusal> {
    guard().admit(&head(target, headers))
}

fn is_in(guard: &Guard, host: &str) -> bool {
    guard
        .admit(&head("GET /", &[&format!("host: {host}")]))
        .is_ok()
}

#[test]
fn the_loopback_and_localhost_are_the_servers_names() {
    for host in [
        "localhost",
        "LOCALHOST:4566",
        "localhost:1",
        "api.eu-west-1.localhost:4566",
        "127.0.0.1:4566",
        "127.8.9.1",
        "[::1]:4566",
        "[::ffff:127.0.0.1]:4566",
    ] {
        assert!(is_in(&guard(), host), "{host}");
    }
}

#[test]
fn names_that_could_lead_anywhere_are_refused() {
    for host in [
        "rebound.example:4566",
        "localhost.example",
        "127.0.0.1.example",
        "notlocalhost",
        "localhost@rebound.example",
        "rebound.example@localhost",
        "10.0.0.1",
        "0.0.0.0:4566",
        "[::]:4566",
        "[2001:db8::1]",
        "2130706433",
        "127.1",
        "x",
        "a b",
        "",
        "localhost, rebound.example",
        "xn--lcalhost-54a",
    ] {
        assert!(!is_in(&guard(), host), "{host:?}");
    }
}

#[test]
fn every_name_in_a_request_must_be_the_servers() {
    let twice = ["host: localhost", "host: rebound.example"];
    assert!(admit("GET /", &twice).is_err());
    let whole = admit("GET http://rebound.example/", &["host: localhost"]);
    assert!(whole.is_err());
    assert!(admit("GET http://localhost/", &["host: localhost"]).is_ok());
    // No browser leaves it out.
    assert!(admit("GET /", &[]).is_ok());
}

#[test]
fn a_server_that_listens_elsewhere_is_reached_there() {
    let one = Guard::new(([192, 168, 1, 5], 4566).into());
    assert!(is_in(&one, "192.168.1.5:4566") && is_in(&one, "localhost:4566"));
    assert!(!is_in(&one, "192.168.1.6:4566") && !is_in(&one, "rebound.example"));
    let all = Guard::new(([0, 0, 0, 0], 4566).into());
    assert!(is_in(&all, "192.168.1.6:4566") && is_in(&all, "[2001:db8::1]"));
    assert!(
        !is_in(&all, "rebound.example"),
        "a name is still not an address"
    );
}

#[test]
fn hosts_can_be_allowed() {
    let allow = |text: &str| guard().allow_hosts([text.parse::<AllowedHost>().unwrap()]);
    let one = allow("Keywheel.test");
    assert!(is_in(&one, "keywheel.test:4566") && is_in(&one, "localhost"));
    assert!(!is_in(&one, "a.keywheel.test") && !is_in(&one, "akeywheel.test"));
    let below = allow("*.keywheel.test");
    assert!(is_in(&below, "a.b.keywheel.test:80"));
    assert!(!is_in(&below, "keywheel.test") && !is_in(&below, ".keywheel.test"));
    assert!(!is_in(&below, "a.keywheel.test.example"));
    assert!(is_in(&allow("10.0.0.7"), "10.0.0.7:80"));
    assert!(is_in(&allow("[2001:db8::1]"), "[2001:DB8::1]:80"));
    for bad in [
        "",
        "*",
        "*.",
        "a:80",
        "http://a",
        "a/b",
        "*.10.0.0.7",
        "a@b",
        "*.*.a",
    ] {
        assert!(bad.parse::<AllowedHost>().is_err(), "{bad}");
    }
}

#[test]
fn pages_of_other_origins_are_refused_whatever_they_send() {
    for origin in [
        "https://evil.example",
        "http://localhost:3000",
        "http://127.0.0.1:4566",
        "https://localhost:4566",
        "null",
        "",
        "chrome-extension://abc",
        "http://localhost:4566.evil.example",
        "http://localhost:4566/",
    ] {
        for target in ["POST /", "GET /v1/apis", "OPTIONS /", "DELETE /v1/apis/x"] {
            let sent = ["host: localhost:4566", &format!("origin: {origin}")];
            let refused = admit(target, &sent).unwrap_err();
            assert!(
                matches!(refused, Refusal::Origin { .. }),
                "{target} {origin}"
            );
        }
    }
    let twice = [
        "host: localhost",
        "origin: http://localhost",
        "origin: http://evil.example",
    ];
    assert!(admit("POST /", &twice).is_err());
}

#[test]
fn pages_of_the_servers_own_are_let_in() {
    for host in ["localhost:4566", "127.0.0.1:4566", "[::1]:4566"] {
        let sent = [
            &*format!("host: {host}"),
            &*format!("origin: http://{host}"),
            "sec-fetch-site: same-origin",
        ];
        assert!(admit("POST /_keywheel/reset", &sent).is_ok(), "{host}");
    }
}

#[test]
fn what_other_pages_make_a_browser_fetch_is_refused() {
    let sent = |site: &str| {
        let site = format!("sec-fetch-site: {site}");
        admit("GET /?Action=ListUsers", &["host: localhost:4566", &site])
    };
    for site in [
        "cross-site",
        "same-site",
        "",
        "Same-Origin",
        "something-new",
    ] {
        assert_eq!(sent(site), Err(Refusal::Site), "{site}");
    }
    for site in ["none", "same-origin"] {
        assert!(sent(site).is_ok(), "{site}");
    }
    let twice = ["sec-fetch-site: none", "sec-fetch-site: cross-site"];
    assert!(admit("GET /", &twice).is_err());
}

#[test]
fn programs_are_let_in_as_they_are() {
    let curl = [
        "host: 127.0.0.1:4566",
        "user-agent: curl/8.5.0",
        "accept: */*",
        "content-type: application/x-www-form-urlencoded",
    ];
    let entrance = admit("POST /_keywheel/clock", &curl).unwrap();
    assert!(!entrance.is_browser);
    // The `fetch` of Node.js says how it fetches, and nothing of a page.
    let node = [
        "host: localhost:4566",
        "sec-fetch-mode: cors",
        "user-agent: node",
    ];
    assert!(!admit("POST /", &node).unwrap().is_browser);
}

#[test]
fn origins_can_be_allowed_and_are_told_so() {
    let guard = guard().allow_origins(["http://localhost:3000/".parse::<Origin>().unwrap()]);
    let sent = [
        "host: localhost:4566",
        "origin: http://localhost:3000",
        "sec-fetch-site: same-site",
        "access-control-request-method: POST",
        "access-control-request-headers: x-amz-target",
    ];
    let entrance = guard.admit(&head("OPTIONS /", &sent)).unwrap();
    let mut answer = entrance.preflight().unwrap();
    entrance.finish(&mut answer);
    assert_eq!(answer.status(), 204);
    for (name, value) in [
        ("access-control-allow-origin", "http://localhost:3000"),
        ("access-control-allow-methods", "POST"),
        ("access-control-allow-headers", "x-amz-target"),
        ("vary", "origin"),
    ] {
        assert_eq!(answer.headers()[name], value);
    }
    let plain = guard.admit(&head("POST /", &sent)).unwrap();
    assert!(plain.preflight().is_none());
    let other = ["host: localhost:4566", "origin: http://localhost:3001"];
    assert!(guard.admit(&head("POST /", &other)).is_err());
    // Without its name the page is one of many.
    let unnamed = ["host: localhost:4566", "sec-fetch-site: same-site"];
    assert!(guard.admit(&head("GET /", &unnamed)).is_err());
    for bad in [
        "*",
        "null",
        "localhost:3000",
        "http://a/b",
        "http://*.a",
        "http://u@a",
    ] {
        assert!(bad.parse::<Origin>().is_err(), "{bad}");
    }
}

#[test]
fn data_planes_are_open_to_pages_as_on_aws_but_not_under_any_name() {
    let foreign = [
        "host: localhost:4566",
        "origin: https://app.example",
        "sec-fetch-site: cross-site",
    ];
    let graphql = format!("/graphql/{LABEL}");
    let events = format!("/{LABEL}/event");
    let sockets = format!("/{LABEL}/event/realtime");
    for path in [&graphql, &events, &sockets] {
        for method in ["OPTIONS", "POST", "GET"] {
            let entrance = admit(&format!("{method} {path}"), &foreign).unwrap();
            let own = entrance.preflight();
            assert!(own.is_none(), "the data plane has its own");
        }
        let rebound = ["host: rebound.example"];
        assert!(admit(&format!("POST {path}"), &rebound).is_err());
        let functions = Guard::of_functions(([127, 0, 0, 1], 9001).into());
        assert!(
            functions
                .admit(&head(&format!("POST {path}"), &foreign))
                .is_err()
        );
    }
    // At AWS's own names an API is found by its host.
    let of_aws = format!("host: {LABEL}.appsync-api.eu-west-1.amazonaws.com");
    assert!(admit("POST /graphql", &[&of_aws]).is_ok());
    assert!(admit("POST /", &[&of_aws]).is_err());
    let not_of_aws = format!("host: {LABEL}.amazonaws.com.evil.example");
    assert!(admit("POST /graphql", &[&not_of_aws]).is_err());
    // A path that only looks like one.
    for path in ["/graphql", "/graphql/a/b", "/event", "/_keywheel/event"] {
        assert!(admit(&format!("POST {path}"), &foreign).is_err(), "{path}");
    }
}

/// An answer to a request with these headers, of this content type.
fn finished(headers: &[&str], content_type: Option<&'static str>) -> HeaderMap {
    let entrance = admit("GET /", headers).unwrap();
    let mut response = Response::new(Bytes::from_static(b"<script>"));
    if let Some(shown) = content_type {
        let shown = HeaderValue::from_static(shown);
        response.headers_mut().insert(header::CONTENT_TYPE, shown);
    }
    entrance.finish(&mut response);
    response.into_parts().0.headers
}

#[test]
fn no_answer_is_a_page_for_a_browser() {
    let browsers = [
        ["user-agent: Mozilla/5.0 (X11; Linux x86_64)"],
        ["sec-fetch-site: none"],
        ["sec-fetch-dest: document"],
    ];
    for browser in browsers {
        for shown in [
            None,
            Some("text/html"),
            Some("TEXT/HTML;charset=utf-8"),
            Some("application/xhtml+xml"),
            Some("image/svg+xml"),
            Some("text/xml"),
            Some("*/*"),
        ] {
            let headers = finished(&browser, shown);
            assert_eq!(headers["content-type"], "text/plain;charset=utf-8");
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert!(headers.contains_key("content-security-policy"));
        }
        let headers = finished(&browser, Some("application/json"));
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers["x-frame-options"], "DENY");
    }
}

#[test]
fn programs_see_answers_as_aws_sends_them() {
    let curl = ["user-agent: curl/8.5.0"];
    assert_eq!(finished(&curl, None), HeaderMap::new());
    let page = finished(&curl, Some("text/html"));
    assert_eq!(
        (page.len(), &page["content-type"]),
        (1, &"text/html".parse().unwrap())
    );
}

#[test]
fn a_refusal_says_the_way_out_in_the_form_of_the_service() {
    let refused = |headers: &[&str]| {
        let head = head("POST /", headers);
        let refusal = guard().admit(&head).unwrap_err();
        let response = refusal.response(&head);
        assert_eq!(response.status(), 403);
        String::from_utf8(response.body().to_vec()).unwrap()
    };
    let json = refused(&[
        "host: keywheel:4566",
        "x-amz-target: secretsmanager.ListSecrets",
    ]);
    assert!(json.starts_with(r#"{"__type":"HostNotAllowed","Message":"\"keywheel:4566\" is no"#));
    assert!(json.contains("--allowed-host"));
    let form = "content-type: application/x-www-form-urlencoded";
    let xml = refused(&["host: localhost", "origin: http://<a>", form]);
    assert!(xml.contains("OriginNotAllowed") && xml.contains("&lt;a&gt;") && !xml.contains("<a>"));
}
