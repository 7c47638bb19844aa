//! A link on which nothing is known but that somebody connects.

use keywheel::link::{Link, Protocol, Server};
use keywheel_clients::{Test, tests};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::seam::Recorder;

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] async bytes_pass_and_connections_are_struck,
        [] async a_server_that_is_not_there_is_told,
    ]
}

/// A server that says back what it hears, in a runtime's background.
async fn echo() -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                tokio::io::copy(&mut from, &mut to).await
            });
        }
    });
    Server::Tcp("127.0.0.1".to_owned(), port)
}

async fn said_back(link: &Link) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(link.address()).await?;
    stream.write_all(b"hello").await?;
    let mut heard = [0; 5];
    stream.read_exact(&mut heard).await?;
    Ok(String::from_utf8_lossy(&heard).into_owned())
}

async fn bytes_pass_and_connections_are_struck() {
    let seam = Recorder::new();
    let link = Link::open(Protocol::Tcp, echo().await, seam.clone())
        .await
        .unwrap();
    assert_eq!(said_back(&link).await.unwrap(), "hello");
    assert_eq!(seam.ends(1).await, ["connected"]);
    for verdict in ["reset", "unreachable"] {
        seam.strike("tcp.Connect", verdict);
        assert!(said_back(&link).await.is_err(), "{verdict}");
        assert_eq!(seam.ends(1).await, ["connection closed"]);
    }
    seam.strike("tcp.Connect", "answer-lost");
    assert_eq!(said_back(&link).await.unwrap(), "hello");
    assert_eq!(
        seam.troubles().await,
        ["answer-lost cannot happen to tcp.Connect; it passed"]
    );
}

async fn a_server_that_is_not_there_is_told() {
    let gone = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let seam = Recorder::new();
    let server = Server::Tcp("127.0.0.1".to_owned(), gone.port());
    let link = Link::open(Protocol::Tcp, server, seam.clone())
        .await
        .unwrap();
    assert!(said_back(&link).await.is_err());
    assert!(seam.troubles().await[0].contains("cannot be reached"));
}
