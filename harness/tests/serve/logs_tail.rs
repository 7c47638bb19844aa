//! The AWS CLI follows a function's log, as people do while a rotation runs.
//!
//! `aws logs tail` came with version 2 of the CLI, which is not on PyPI: it is the system's own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use keywheel_clients::{Client, Test, tests};

use crate::process::{BUILTIN_ARN, Serve, client};
use crate::rust_sdk::{advance, clients, set_up};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [AwsCli2] async the_aws_cli_follows_the_log_of_a_rotation,
    ]
}

/// The CLI asks every five seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// `aws logs tail … --follow`, and its lines as they come. Dropping it ends it.
struct Tail {
    child: Child,
    lines: Receiver<String>,
}

impl Tail {
    fn start(serve: &Serve) -> Self {
        let group = "/aws/lambda/keywheel-rotator";
        let follow = ["logs", "tail", group, "--follow", "--since", "1h"];
        // Older releases do not know AWS_ENDPOINT_URL.
        let mut child = client(serve, &Client::AwsCli2.program(), &follow)
            .args(["--endpoint-url", &serve.url])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            output
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        Self { child, lines }
    }

    /// The lines up to the one that ends the step of that number.
    fn until_steps(&self, steps: usize) -> Vec<String> {
        let (mut seen, mut ended) = (Vec::new(), 0);
        while ended < steps {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|error| panic!("{error}: {seen:?}"));
            ended += usize::from(line.contains("REPORT RequestId"));
            seen.push(line);
        }
        seen
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        // It may have gone by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn the_aws_cli_follows_the_log_of_a_rotation() {
    let serve = Serve::start(&[]);
    let clients = clients(&serve.url);
    set_up(&clients).await;
    let rotate = async || {
        let rotate = clients.secrets.rotate_secret().secret_id("shop/key");
        rotate
            .rotation_lambda_arn(BUILTIN_ARN)
            .send()
            .await
            .unwrap();
        advance(&serve, "0s").await;
    };
    rotate().await;
    let tail = Tail::start(&serve);
    let first = tail.until_steps(4);
    rotate().await;
    let second = tail.until_steps(4);
    let starts = |lines: &[String]| {
        let starts = lines.iter().filter(|line| line.contains("START RequestId"));
        starts.cloned().collect::<Vec<_>>()
    };
    assert_eq!(starts(&first).len(), 4, "{first:?}");
    assert_eq!(starts(&second).len(), 4, "each line once: {second:?}");
    assert!(
        second.iter().all(|line| !first.contains(line)),
        "{second:?}"
    );
}
