//! Webhooks beside a real server: what it is told, and what becomes of one that hangs, refuses, fails or sends elsewhere.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use evenkeel_adapters::{Format, News, Outcome, Patience, Webhook, signature, tell};
use secrecy::SecretString;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What a server was asked.
#[derive(Debug, Clone)]
struct Asked {
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Asked {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// Answers each request in its turn with these; after the last, with that one again. An empty answer is none: it hangs.
fn server(answers: &'static [&'static str]) -> (String, Arc<Mutex<Vec<Asked>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}/services/T0/swordfish?token=swordfish", listener.local_addr().unwrap().port());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    std::thread::spawn(move || {
        for (at, stream) in listener.incoming().enumerate() {
            let seen = Arc::clone(&seen);
            let answer = answers[at.min(answers.len() - 1)];
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut lines = Vec::new();
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) == 0 {
                        return;
                    }
                    match line.trim_end() {
                        "" => break,
                        line => lines.push(line.to_owned()),
                    }
                }
                let split = |line: &String| line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
                let headers: Vec<(String, String)> = lines[1..].iter().filter_map(split).collect();
                let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                seen.lock().unwrap().push(Asked { line: lines[0].clone(), headers, body });
                if answer.is_empty() {
                    std::thread::sleep(Duration::from_secs(60));
                }
                stream.write_all(answer.as_bytes()).ok();
            });
        }
    });
    (url, asked)
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
const BROKEN: &str = "HTTP/1.1 500 Oops\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

const SECRET: &str = "between us";

fn hook(url: &str, format: Format) -> Webhook {
    let both = vec![Outcome::Success, Outcome::Failure];
    Webhook::new(SecretString::from(url), format, Some(SecretString::from(SECRET)), both).unwrap()
}

fn news(exit_code: u8) -> News {
    News {
        event: "deploy".to_owned(),
        environment: "shop".to_owned(),
        line: "shop: run 7: 2 migrations are in – as rehearsed".to_owned(),
        exit_code,
        run: Some(7),
        by: "ann".to_owned(),
        host: "db1".to_owned(),
        at: "2026-11-29T00:00:00Z".to_owned(),
        version: "0.1.0".to_owned(),
    }
}

fn patience() -> Patience {
    Patience {
        each: Duration::from_millis(400),
        pauses: vec![Duration::from_millis(20), Duration::from_millis(40)],
        grace: Duration::from_millis(100),
    }
}

fn never() -> bool {
    false
}

#[test]
fn what_is_told_is_signed_and_comes_as_it_was_written() {
    let (url, asked) = server(&[OK]);
    assert_eq!(tell(&[hook(&url, Format::Json), hook(&url, Format::Slack)], &news(0), &patience(), never), []);
    let mut asked = asked.lock().unwrap().clone();
    asked.sort_by_key(|one| one.body.len());
    let [json, slack] = asked.as_slice() else { panic!("{asked:?}") };
    let (json, slack) = if json.body.starts_with(b"{\"text\"") { (slack, json) } else { (json, slack) };
    assert!(json.line.starts_with("POST /services/T0/swordfish?token=swordfish "), "{json:?}");
    assert_eq!(json.header("content-type"), Some("application/json"));
    assert_eq!(json.header("x-evenkeel-event"), Some("deploy"));
    for one in [json, slack] {
        assert_eq!(one.header("x-evenkeel-signature"), signature(SECRET.as_bytes(), &one.body).as_deref(), "{one:?}");
        let other = [one.body.as_slice(), b" "].concat();
        assert_ne!(one.header("x-evenkeel-signature"), signature(SECRET.as_bytes(), &other).as_deref());
    }
    let told: serde_json::Value = serde_json::from_slice(&json.body).unwrap();
    assert_eq!((&told["event"], &told["outcome"], &told["environment"]), (&"deploy".into(), &"success".into(), &"shop".into()));
    assert_eq!((&told["verdict"]["exit_code"], &told["run"]), (&0.into(), &7.into()));
    let text: serde_json::Value = serde_json::from_slice(&slack.body).unwrap();
    assert!(text["text"].as_str().unwrap().contains("2 migrations are in"), "{text}");
}

#[test]
fn only_who_wants_to_know_is_told() {
    let (url, asked) = server(&[OK]);
    let failures = Webhook::new(SecretString::from(url), Format::Json, None, vec![Outcome::Failure]).unwrap();
    let both = std::slice::from_ref(&failures);
    assert_eq!((tell(both, &news(0), &patience(), never), asked.lock().unwrap().len()), (Vec::new(), 0));
    // What could not be told is no success.
    assert_eq!((tell(both, &news(2), &patience(), never), asked.lock().unwrap().len()), (Vec::new(), 1));
    assert_eq!(asked.lock().unwrap()[0].header("x-evenkeel-signature"), None);
}

#[test]
fn what_fails_is_tried_again_where_that_may_help_and_never_for_ever() {
    let (url, asked) = server(&[BROKEN, BROKEN, OK]);
    assert_eq!(tell(&[hook(&url, Format::Json)], &news(0), &patience(), never), []);
    let tries = asked.lock().unwrap().clone();
    assert_eq!(tries.len(), 3);
    // Who is told twice can tell.
    assert!(
        tries.iter().all(|one| one.header("x-evenkeel-delivery").is_some_and(|name| Some(name) == tries[0].header("x-evenkeel-delivery")))
    );
    for (answers, count, why) in [
        (&[BROKEN][..], 3, "HTTP 500"),
        (&[NOT_FOUND], 1, "HTTP 404"),
        (&["HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"], 1, "HTTP 302"),
        (&["HTTP/1.1 307 Moved\r\nlocation: /other\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"], 1, "HTTP 307"),
        (&["SSH-2.0-OpenSSH_9.2\r\n\r\n"], 1, "HTTP"),
        (&[""], 3, "no answer within"),
    ] {
        let (url, asked) = server(answers);
        let begun = Instant::now();
        let missed = tell(&[hook(&url, Format::Json)], &news(0), &patience(), never);
        assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
        assert!(missed.len() == 1 && missed[0].why.contains(why) && missed[0].tries == Some(count), "{missed:?}");
        assert!(!format!("{missed:?}").contains("swordfish"), "{missed:?}");
        let asked = asked.lock().unwrap();
        assert!(asked.len() == count && asked.iter().all(|one| !one.line.contains("/other")), "{asked:?}");
    }
    // Nobody is there.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let missed = tell(&[hook(&format!("http://127.0.0.1:{port}/swordfish"), Format::Json)], &news(0), &patience(), never);
    assert!(missed[0].tries == Some(3) && missed[0].why.contains("refused") && !missed[0].shown.contains("swordfish"), "{missed:?}");
}

#[test]
fn one_that_hangs_keeps_no_other_from_being_told_and_nobody_from_ending() {
    let (hangs, _) = server(&[""]);
    let (url, asked) = server(&[OK]);
    let hooks = [hook(&hangs, Format::Json), hook(&url, Format::Json)];
    let slow = Patience { each: Duration::from_secs(30), ..patience() };
    let begun = Instant::now();
    let missed = tell(&hooks, &news(1), &slow, || begun.elapsed() > Duration::from_millis(300));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(missed.len() == 1 && missed[0].tries.is_none() && missed[0].why.contains("the end was asked for"), "{missed:?}");
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[test]
fn nothing_goes_unsigned_that_was_to_be_signed() {
    let new = |secret: &str| {
        Webhook::new(SecretString::from("https://h/x"), Format::Json, Some(SecretString::from(secret)), Vec::new()).map(drop)
    };
    assert!(new("").is_err() && new("  ").is_err() && new("x").is_ok());
}

/// A server with a certificate of its own for that host, which answers everybody who trusts it; its port, and the certificate.
fn trusted() -> (u16, String) {
    let pair = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(pair.signing_key.serialize_der().into());
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![pair.cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let config = Arc::new(config);
        for stream in listener.incoming() {
            let mut stream = rustls::StreamOwned::new(rustls::ServerConnection::new(Arc::clone(&config)).unwrap(), stream.unwrap());
            // Whoever does not trust it goes away.
            if stream.read(&mut [0; 4096]).is_ok_and(|count| count > 0) {
                stream.write_all(OK.as_bytes()).ok();
                stream.conn.send_close_notify();
                stream.flush().ok();
            }
        }
    });
    (port, pair.cert.pem())
}

/// Which authorities the system trusts is a variable of a process: this test starts itself again, with others each time.
#[test]
fn over_tls_only_somebody_who_is_known_is_told() {
    const URL: &str = "TOLD_URL";
    if let Ok(url) = std::env::var(URL) {
        let missed = tell(&[hook(&url, Format::Json)], &news(0), &patience(), never);
        println!("missed: {missed:?}");
        return;
    }
    let (port, pem) = trusted();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, pem).unwrap();
    let told = |host: &str, roots: Option<&std::path::Path>| {
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", "over_tls_only_somebody_who_is_known_is_told", "--nocapture"]);
        again.env(URL, format!("https://{host}:{port}/x")).env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
        again.envs(roots.map(|roots| ("SSL_CERT_FILE", roots)));
        String::from_utf8(again.output().unwrap().stdout).unwrap()
    };
    let known = told("localhost", Some(&path));
    assert!(known.contains("missed: []"), "{known}");
    for said in [told("localhost", None), told("127.0.0.1", Some(&path))] {
        assert!(said.contains("missed: [Missed") && said.contains("TLS") | said.contains("trusted certificates"), "{said}");
    }
}
