//! What a server logs at its finest level holds no secret that went through it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use keywheel_clients::{Test, tests};

use crate::process::{BUILTIN_ARN, Serve};
use crate::rust_sdk::{advance, clients, current_key, set_up};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] async nothing_secret_is_logged_at_the_finest_level,
    ]
}

const PASSWORD: &str = "correct-horse-battery-staple";

async fn nothing_secret_is_logged_at_the_finest_level() {
    let mut serve = Serve::start_logging(&[], Some("trace"));
    let clients = clients(&serve.url);
    let api = set_up(&clients).await;
    let made = clients.secrets.create_secret().name("database");
    made.secret_string(PASSWORD).send().await.unwrap();
    let read = clients.secrets.get_secret_value().secret_id("database");
    assert_eq!(read.send().await.unwrap().secret_string(), Some(PASSWORD));
    let rotate = clients.secrets.rotate_secret().secret_id("shop/key");
    let rotate = rotate.rotation_lambda_arn(BUILTIN_ARN);
    rotate.send().await.unwrap();
    advance(&serve, "0s").await;
    let rotated = current_key(&clients).await;
    assert_ne!(rotated, api.key);
    let log = serve.end();
    assert!(log.contains("the engine is due"), "it is the finest level");
    for secret in [PASSWORD, &api.key[4..], &rotated[4..]] {
        let coded = STANDARD_NO_PAD.encode(secret);
        for form in [secret, &coded[..coded.len() - 4]] {
            assert!(!log.contains(form), "{form} is logged");
        }
    }
}
