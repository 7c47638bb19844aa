//! The protocol, packet by packet, without a server.

use proptest::prelude::*;

use super::*;

fn packet(sequence: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
    [&length[..3], &[sequence], payload].concat()
}

/// A greeting that offers everything.
fn greeting() -> Vec<u8> {
    let rest = [
        &[0; 12][..],
        &[0],
        &[0xff; 2],
        &[45],
        &[2, 0],
        &[0xff; 2],
        &[21],
        &[0xff; 10],
    ];
    packet(
        0,
        &[b"\x0a11.8-MariaDB\0", &rest.concat()[..], &[1; 13]].concat(),
    )
}

fn login() -> Vec<u8> {
    packet(
        1,
        &[&[0x85, 0xa6, 0, 0][..], &[0; 28], b"app\0\x01x"].concat(),
    )
}

const OK: [u8; 7] = [0, 0, 0, 2, 0, 0, 0];

fn done(link: &mut Mysql) -> (Vec<u8>, Vec<u8>, Vec<Action>) {
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

fn called(actions: &[Action]) -> String {
    match actions {
        [Action::Call(call)] => format!("{call} {}", call.text),
        other => panic!("{other:?}"),
    }
}

fn answered(answer: &str) -> Vec<Action> {
    vec![Action::Answered(match answer {
        "OK" => Answer::Done("OK".to_owned()),
        code => Answer::Refused(code.to_owned()),
    })]
}

fn logged_in() -> Mysql {
    let mut link = Mysql::new();
    link.server_said(&greeting());
    done(&mut link);
    link.client_said(&login());
    assert_eq!(called(&done(&mut link).2), "mysql.Connect user=app");
    link.decide(Conduct::Pass);
    assert_eq!(done(&mut link).0, login());
    link.server_said(&packet(2, b"\xfemysql_native_password\0salt\0"));
    done(&mut link);
    link.client_said(&packet(3, b"proof"));
    assert_eq!(done(&mut link).0, packet(3, b"proof"));
    link.server_said(&packet(4, &OK));
    assert_eq!(done(&mut link).2, answered("OK"));
    link
}

#[test]
fn a_link_offers_no_encryption() {
    let mut link = Mysql::new();
    link.server_said(&greeting());
    let (_, shown, _) = done(&mut link);
    assert_eq!(shown.len(), greeting().len());
    let lower = 4 + b"\x0a11.8-MariaDB\0".len() + 13;
    let capabilities = |at: usize| u16::from_le_bytes([shown[at], shown[at + 1]]);
    assert_eq!(capabilities(lower) & 0x0800, 0);
    assert_eq!(capabilities(lower + 5) & 0x0100, 0);
    assert_eq!(capabilities(lower) & 0x8000, 0x8000);
    assert_eq!(shown[lower + 14..lower + 18], [0; 4]);
}

#[test]
fn a_statement_stands_before_its_effect() {
    let mut link = logged_in();
    let query = packet(0, b"\x03ALTER USER app IDENTIFIED BY 'hunter2'");
    link.client_said(&query);
    let (to_server, _, others) = done(&mut link);
    assert!(to_server.is_empty());
    assert_eq!(
        called(&others),
        "mysql.ALTER ALTER USER app IDENTIFIED BY '…'"
    );
    link.decide(Conduct::Withhold);
    assert_eq!(done(&mut link).0, query);
    link.server_said(&packet(1, &OK));
    assert_eq!(done(&mut link), (vec![], vec![], answered("OK")));
}

#[test]
fn an_error_is_answered_in_the_servers_place() {
    let mut link = logged_in();
    link.client_said(&packet(0, b"\x03SET PASSWORD = 'x'"));
    done(&mut link);
    link.decide(Conduct::Refuse(Failure::Conflict));
    let (to_server, to_client, others) = done(&mut link);
    assert!(to_server.is_empty());
    assert_eq!(to_client[3..13], *b"\x01\xff\xbd\x04#40001");
    assert_eq!(others, answered("1213"));
}

#[test]
fn an_execution_has_the_name_of_what_was_prepared() {
    let mut link = logged_in();
    link.client_said(&packet(0, b"\x16UPDATE users SET p = ?"));
    done(&mut link);
    let prepared = packet(1, &[0, 9, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    let end = packet(3, &[0xfe, 0, 0, 2, 0]);
    link.server_said(&[prepared, packet(2, b"\x03def"), end].concat());
    assert_eq!(done(&mut link).2, []);
    link.client_said(&packet(0, b"\x17\x09\0\0\0\0\x01\0\0\0"));
    assert_eq!(
        called(&done(&mut link).2),
        "mysql.UPDATE UPDATE users SET p = ?"
    );
}

#[test]
fn other_protocols_are_told_with_their_first_bytes() {
    let mut link = Mysql::new();
    link.client_said(b"GET / HTTP/1.1\r\n");
    assert!(link.poll().unwrap_err().to_string().contains("(HTTP)"));
    let mut link = Mysql::new();
    link.server_said(b"SSH-2.0-OpenSSH_9\r\n_");
    link.server_said(&[0; 0x2d_4853]);
    assert!(link.poll().unwrap_err().to_string().contains("(SSH)"));
}

#[test]
fn a_statement_of_a_hundred_megabytes_passes() {
    let mut link = logged_in();
    let (long, last) = (vec![b'x'; 0xff_ffff], packet(1, b"xxx"));
    let mut passed = 0;
    let mut say = |link: &mut Mysql, bytes: &[u8]| {
        for chunk in bytes.chunks(16 * 1024) {
            link.client_said(chunk);
            while let Some(action) = link.poll().unwrap() {
                match action {
                    Action::Call(_) => link.decide(Conduct::Pass),
                    Action::ToServer(bytes) => passed += bytes.len(),
                    other => panic!("{other:?}"),
                }
            }
        }
    };
    for sequence in 0..6 {
        let mut one = packet(sequence, &long);
        one[4] = if sequence == 0 { 0x03 } else { b'x' };
        say(&mut link, &one);
    }
    say(&mut link, &last);
    assert_eq!(passed, 6 * (long.len() + 4) + last.len());
    assert_eq!(link.awaited.len(), 1);
}

proptest! {
    #[test]
    fn no_bytes_panic(
        client in proptest::collection::vec(any::<u8>(), 0..300),
        server in proptest::collection::vec(any::<u8>(), 0..300),
        is_in: bool,
    ) {
        let mut link = if is_in { logged_in() } else { Mysql::new() };
        link.client_said(&client);
        link.server_said(&server);
        while let Ok(Some(action)) = link.poll() {
            if matches!(action, Action::Call(_)) {
                link.decide(Conduct::Pass);
            }
        }
    }
}
