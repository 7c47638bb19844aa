//! The deployed binary over TLS: the whole rotation of an Event API's key, with every call of the
//! function `https` and every probe `wss`, trusting one certificate that this test made.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_appsync::types::{AuthMode, AuthProvider, AuthenticationType, EventConfig};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_types::SdkConfig;
use aws_types::region::Region;
use futures_util::{SinkExt, StreamExt};
use http::HeaderValue;
use keywheel_emulator::http::Server;
use keywheel_emulator::invoke::LambdaProcess;
use keywheel_rotator::sdk;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:rotator";
const SECRET: &str = "shop/key";

/// A certificate for `localhost`: what a server shows, and the file with it for who is to trust it.
fn certificate(folder: &Path) -> (TlsAcceptor, PathBuf) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let file = folder.join("certificate.pem");
    std::fs::write(&file, made.cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), file)
}

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// Takes TLS off what comes in and hands it on.
async fn unwrap_tls(listener: TcpListener, acceptor: TlsAcceptor, to: SocketAddr) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            let mut stream = acceptor.accept(stream).await.unwrap();
            let mut plain = TcpStream::connect(to).await.unwrap();
            // Either side may hang up at any time.
            let _ = copy_bidirectional(&mut stream, &mut plain).await;
        });
    }
}

/// Acknowledges every connection that shows a credential as a subscriber of an Event API does.
async fn acknowledge(listener: TcpListener, acceptor: TlsAcceptor, asked: Arc<AtomicU32>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let stream = acceptor.accept(stream).await.unwrap();
        let mut socket = accept_hdr_async(stream, choose_protocol).await.unwrap();
        let message = socket.next().await.unwrap().unwrap();
        assert_eq!(message.to_text().unwrap(), r#"{"type":"connection_init"}"#);
        let ack = r#"{"type":"connection_ack","connectionTimeoutMs":300000}"#;
        socket.send(Message::text(ack)).await.unwrap();
        asked.fetch_add(1, Ordering::SeqCst);
    }
}

fn choose_protocol(
    request: &Request,
    mut response: Response,
) -> Result<Response, tokio_tungstenite::tungstenite::handshake::server::ErrorResponse> {
    let offered = &request.headers()["sec-websocket-protocol"];
    assert!(
        offered
            .as_bytes()
            .starts_with(b"aws-appsync-event-ws, header-"),
        "{offered:?}"
    );
    let chosen = HeaderValue::from_static("aws-appsync-event-ws");
    response
        .headers_mut()
        .insert("sec-websocket-protocol", chosen);
    Ok(response)
}

fn config(url: &str) -> SdkConfig {
    let credentials = Credentials::from_keys("test", "test", None);
    SdkConfig::builder()
        .behavior_version(sdk::behavior_version())
        .region(Region::new("us-east-1"))
        .endpoint_url(url)
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

async fn create_secret(config: &SdkConfig) {
    let keys = aws_sdk_appsync::Client::new(config);
    let mode = || {
        AuthMode::builder()
            .auth_type(AuthenticationType::ApiKey)
            .build()
            .unwrap()
    };
    let provider = AuthProvider::builder().auth_type(AuthenticationType::ApiKey);
    let events = EventConfig::builder()
        .auth_providers(provider.build().unwrap())
        .connection_auth_modes(mode())
        .default_publish_auth_modes(mode())
        .default_subscribe_auth_modes(mode())
        .build()
        .unwrap();
    let api = keys.create_api().name("shop").event_config(events).send();
    let api = api.await.unwrap().api.unwrap().api_id.unwrap();
    let value = format!(r#"{{"apiId":"{api}","APIKEY":"CHANGE_ME"}}"#);
    let secrets = aws_sdk_secretsmanager::Client::new(config);
    let secret = secrets.create_secret().name(SECRET).secret_string(value);
    secret.send().await.unwrap();
}

/// Waits until the rotation is over, and gives the labels of the version that it made.
async fn rotate(config: &SdkConfig) -> Vec<String> {
    let secrets = aws_sdk_secretsmanager::Client::new(config);
    let rotate = secrets.rotate_secret().secret_id(SECRET);
    let rotated = rotate.rotation_lambda_arn(FUNCTION).send().await.unwrap();
    let version = rotated.version_id().unwrap();
    let mut labels = Vec::new();
    for _ in 0..300 {
        let described = secrets
            .describe_secret()
            .secret_id(SECRET)
            .send()
            .await
            .unwrap();
        labels = described.version_ids_to_stages().unwrap()[version].clone();
        if labels == ["AWSCURRENT"] {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    labels
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_binary_rotates_an_event_apis_key_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let (acceptor, trusted) = certificate(folder.path());
    let (aws, aws_port) = listen().await;
    let (realtime, realtime_port) = listen().await;
    let command = format!(
        "SSL_CERT_FILE='{}' SECRETS_MANAGER_ENDPOINT=https://localhost:{aws_port} \
         APPSYNC_ENDPOINT=https://localhost:{aws_port} \
         APPSYNC_REALTIME_ENDPOINT=wss://localhost:{realtime_port}/event/realtime exec '{}'",
        trusted.display(),
        env!("CARGO_BIN_EXE_bootstrap"),
    );
    let function = Arc::new(LambdaProcess::new("rotator", &command));
    let server = Server::builder().seed(7).function("rotator", function);
    let server = server.bind(("127.0.0.1", 0)).await.unwrap();
    let asked = Arc::new(AtomicU32::new(0));
    tokio::spawn(unwrap_tls(aws, acceptor.clone(), server.local_addr()));
    tokio::spawn(acknowledge(realtime, acceptor, asked.clone()));

    let config = config(&server.url());
    create_secret(&config).await;
    assert_eq!(rotate(&config).await, ["AWSCURRENT"]);
    // Twice in testSecret, once more in finishSecret.
    assert_eq!(asked.load(Ordering::SeqCst), 3);
    server.shutdown().await;
}
