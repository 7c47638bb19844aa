//! The protocol, message by message, without a server.

use proptest::prelude::*;

use super::*;

fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    messages::message_of(tag, &[body]).to_vec()
}

fn startup() -> Vec<u8> {
    let body = b"\0\x03\0\0user\0app\0database\0shop\0\0";
    let length = u32::try_from(body.len() + 4).unwrap();
    [&length.to_be_bytes(), &body[..]].concat()
}

fn ready() -> Vec<u8> {
    message(b'Z', b"I")
}

/// Everything that is to be done now, with what goes to either end put together.
fn done(link: &mut Postgres) -> (Vec<u8>, Vec<u8>, Vec<Action>) {
    let (mut to_server, mut to_client, mut others) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(action) = link.poll().unwrap() {
        match action {
            Action::ToServer(bytes) => to_server.extend_from_slice(&bytes),
            Action::ToClient(bytes) => to_client.extend_from_slice(&bytes),
            other => others.push(other),
        }
    }
    (to_server, to_client, others)
}

fn calls(actions: &[Action]) -> Vec<String> {
    let called = actions.iter().filter_map(|action| match action {
        Action::Call(call) => Some(format!("{call} {}", call.text)),
        _ => None,
    });
    called.collect()
}

fn answers(actions: &[Action]) -> Vec<String> {
    let answered = actions.iter().filter_map(|action| match action {
        Action::Answered(answer) => Some(answer.to_string()),
        _ => None,
    });
    answered.collect()
}

/// A link on which somebody has logged in.
fn logged_in() -> Postgres {
    let mut link = Postgres::new();
    link.client_said(&startup());
    assert_eq!(
        calls(&done(&mut link).2),
        ["postgres.Connect user=app database=shop"]
    );
    link.decide(Conduct::Pass);
    assert_eq!(done(&mut link).0, startup());
    let welcome = [message(b'R', &[0; 4]), ready()].concat();
    link.server_said(&welcome);
    let (_, to_client, others) = done(&mut link);
    assert_eq!(
        (to_client, answers(&others)),
        (welcome, vec!["OK".to_owned()])
    );
    link
}

#[test]
fn encryption_is_declined_and_the_server_does_not_hear_of_it() {
    let mut link = Postgres::new();
    link.client_said(&[0, 0, 0, 8, 4, 210, 22, 47]);
    assert_eq!(done(&mut link), (vec![], b"N".to_vec(), vec![]));
    link.client_said(&startup());
    assert_eq!(done(&mut link).2.len(), 1);
}

#[test]
fn a_refused_login_is_told_without_the_server() {
    let mut link = Postgres::new();
    link.client_said(&startup());
    done(&mut link);
    link.decide(Conduct::Refuse(Failure::Throttled));
    let (to_server, to_client, others) = done(&mut link);
    assert!(to_server.is_empty() && to_client.windows(6).any(|text| text == b"C53300"));
    assert_eq!(answers(&others), ["53300"]);
    assert_eq!(others.last(), Some(&Action::Close));
}

#[test]
fn a_failed_login_is_an_answer() {
    let mut link = Postgres::new();
    link.client_said(&startup());
    done(&mut link);
    link.decide(Conduct::Pass);
    link.server_said(&messages::fatal("28P01", Failure::Unauthorized));
    assert_eq!(answers(&done(&mut link).2), ["28P01"]);
}

#[test]
fn a_statement_stands_before_its_effect_and_is_shown_without_its_password() {
    let mut link = logged_in();
    let query = message(b'Q', b"ALTER ROLE app PASSWORD 'hunter2'\0");
    link.client_said(&query);
    let (to_server, _, others) = done(&mut link);
    assert!(to_server.is_empty());
    assert_eq!(
        calls(&others),
        ["postgres.ALTER ALTER ROLE app PASSWORD '…'"]
    );
    link.decide(Conduct::Pass);
    assert_eq!(done(&mut link).0, query);
    link.server_said(&[message(b'C', b"ALTER ROLE\0"), ready()].concat());
    assert_eq!(answers(&done(&mut link).2), ["ALTER ROLE"]);
}

#[test]
fn a_withheld_answer_is_known_here_and_not_at_the_client() {
    let mut link = logged_in();
    link.client_said(&message(b'Q', b"ALTER ROLE app PASSWORD 'x'\0"));
    done(&mut link);
    link.decide(Conduct::Withhold);
    done(&mut link);
    link.server_said(&message(b'C', b"ALTER ROLE\0"));
    assert_eq!(done(&mut link), (vec![], vec![], vec![]));
    link.server_said(&ready());
    let (_, to_client, others) = done(&mut link);
    assert!(to_client.is_empty());
    assert_eq!(answers(&others), ["ALTER ROLE"]);
}

#[test]
fn a_statement_that_is_to_fail_is_replaced_by_one_that_does() {
    let mut link = logged_in();
    link.client_said(&message(b'Q', b"ALTER ROLE app PASSWORD 'x'\0"));
    done(&mut link);
    link.decide(Conduct::Refuse(Failure::Conflict));
    let sent = String::from_utf8_lossy(&done(&mut link).0).into_owned();
    assert!(
        sent.contains("ERRCODE = '40001'") && !sent.contains("ALTER"),
        "{sent}"
    );
    link.server_said(&[message(b'E', b"SERROR\0C40001\0\0"), ready()].concat());
    assert_eq!(answers(&done(&mut link).2), ["40001"]);
}

/// Parse, Bind, Describe, Execute, Sync.
fn extended(text: &str) -> Vec<u8> {
    let parse = message(b'P', format!("s1\0{text}\0\0\0").as_bytes());
    let bind = message(b'B', b"\0s1\0\0\0\0\x01\0\0\0\x02pw\0\0");
    let describe = message(b'D', b"P\0");
    let execute = message(b'E', b"\0\0\0\0\0");
    [parse, bind, describe, execute, messages::sync().to_vec()].concat()
}

#[test]
fn an_execution_has_the_name_of_what_was_prepared() {
    let mut link = logged_in();
    let sent = extended("ALTER ROLE app PASSWORD $1");
    link.client_said(&sent);
    let (before, _, others) = done(&mut link);
    assert_eq!(
        calls(&others),
        ["postgres.ALTER ALTER ROLE app PASSWORD $1"]
    );
    link.decide(Conduct::Pass);
    let (after, _, _) = done(&mut link);
    assert_eq!([before, after].concat(), sent);
    let answer = [
        message(b'1', b""),
        message(b'2', b""),
        message(b'n', b""),
        message(b'C', b"ALTER ROLE\0"),
        ready(),
    ];
    link.server_said(&answer.concat());
    let (_, to_client, others) = done(&mut link);
    assert_eq!(
        (to_client, answers(&others)),
        (answer.concat(), vec!["ALTER ROLE".to_owned()])
    );
}

#[test]
fn a_failed_execution_takes_the_rest_of_its_batch_with_it() {
    let mut link = logged_in();
    link.client_said(&extended("SELECT 1"));
    done(&mut link);
    link.decide(Conduct::Refuse(Failure::Denied));
    let (sent, _, others) = done(&mut link);
    assert!(others.is_empty() && sent.ends_with(&messages::sync()));
    // The server answers what the link has sent in place of the execution, too.
    let own = [message(b'1', b""), message(b'2', b"")];
    let failed = message(b'E', b"SERROR\0C42501\0\0");
    let (one, two) = (message(b'1', b""), message(b'2', b""));
    link.server_said(
        &[
            one.clone(),
            two.clone(),
            own.concat(),
            failed.clone(),
            ready(),
        ]
        .concat(),
    );
    let (_, to_client, others) = done(&mut link);
    assert_eq!(to_client, [one, two, failed, ready()].concat());
    assert_eq!(answers(&others), ["42501"]);
    link.client_said(&message(b'Q', b"ROLLBACK\0"));
    assert_eq!(calls(&done(&mut link).2), ["postgres.ROLLBACK ROLLBACK"]);
}

#[test]
fn an_answer_withheld_from_a_client_that_flushes_is_committed_all_the_same() {
    let mut link = logged_in();
    link.client_said(&extended("SELECT 1")[..extended("SELECT 1").len() - 5]);
    done(&mut link);
    link.decide(Conduct::Withhold);
    link.client_said(&message(b'H', b""));
    assert!(done(&mut link).0.ends_with(&messages::sync()));
    link.server_said(&[message(b'C', b"SELECT 1\0"), ready()].concat());
    assert_eq!(answers(&done(&mut link).2), ["SELECT 1"]);
}

#[test]
fn a_statement_of_a_hundred_megabytes_passes_and_can_be_refused() {
    for conduct in [Conduct::Pass, Conduct::Refuse(Failure::Internal)] {
        let mut link = logged_in();
        let length = 100_000_000_usize;
        let header = u32::try_from(length + 4).unwrap().to_be_bytes();
        link.client_said(&[b"Q", &header[..]].concat());
        let mut passed = 0;
        for chunk in vec![b'x'; length].chunks(16 * 1024) {
            link.client_said(chunk);
            while let Some(action) = link.poll().unwrap() {
                match action {
                    Action::Call(_) => link.decide(conduct),
                    Action::ToServer(bytes) => passed += bytes.len(),
                    other => panic!("{other:?}"),
                }
            }
            assert!(link.client.unread().len() < 2 * crate::link::frames::HEAD_MAX);
        }
        match conduct {
            Conduct::Pass => assert_eq!(passed, length + 5),
            _ => assert!(passed < 500, "{passed}"),
        }
    }
}

#[test]
fn another_protocol_is_told_with_its_first_bytes() {
    let mut link = Postgres::new();
    link.client_said(b"GET / HTTP/1.1\r\n\r\n");
    let told = link.poll().unwrap_err().to_string();
    assert!(
        told.ends_with("b\"GET / HTTP/1.1\\r\\n\\r\\n\" (HTTP)"),
        "{told}"
    );
    let mut link = logged_in();
    link.client_said(b"\x01secret");
    assert!(link.poll().unwrap_err().to_string().ends_with("b\"\\x01\""));
}

proptest! {
    #[test]
    fn no_bytes_panic(
        client in proptest::collection::vec(any::<u8>(), 0..300),
        server in proptest::collection::vec(any::<u8>(), 0..300),
        is_in: bool,
    ) {
        let mut link = if is_in { logged_in() } else { Postgres::new() };
        link.client_said(&client);
        link.server_said(&server);
        while let Ok(Some(action)) = link.poll() {
            if matches!(action, Action::Call(_)) {
                link.decide(Conduct::Pass);
            }
        }
    }

    #[test]
    fn an_unfaulted_link_changes_nothing_however_its_bytes_come(cut in 1_usize..64) {
        let mut link = logged_in();
        let sent = [extended("SELECT $1"), message(b'Q', b"SELECT 'a'\0"), extended("SELECT 2")];
        let answer = [message(b'1', b""), message(b'2', b""), message(b'C', b"SELECT 1\0"), ready()];
        let answer = [answer.concat(), ready(), answer.concat()].concat();
        let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
        let mut carry = |link: &mut Postgres| {
            while let Some(action) = link.poll().unwrap() {
                match action {
                    Action::ToServer(bytes) => to_server.extend_from_slice(&bytes),
                    Action::ToClient(bytes) => to_client.extend_from_slice(&bytes),
                    Action::Call(_) => link.decide(Conduct::Pass),
                    _ => {}
                }
            }
        };
        for chunk in sent.concat().chunks(cut) {
            link.client_said(chunk);
            carry(&mut link);
        }
        for chunk in answer.chunks(cut) {
            link.server_said(chunk);
            carry(&mut link);
        }
        prop_assert_eq!(to_server, sent.concat());
        prop_assert_eq!(to_client, answer);
    }
}
