//! Who is told what came of a release, and that nothing they do changes it. Neighbour: `adapters`' own tests, which have every way a
//! webhook can fail.

use crate::deploy::{deploy, given};
use crate::lock::EMAIL;
use crate::run::Place;
use evenkeel_adapters::signature;
use evenkeel_testkit::{TestDb, database, newest};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Its header of a signature, and its body.
pub type News = (Option<String>, Vec<u8>);

/// A server that takes what it is told, or hangs; where it is, and what it was told.
pub fn listening(hangs: bool) -> (String, Arc<Mutex<Vec<News>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}/services/swordfish", listener.local_addr().unwrap().port());
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&told);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if hangs {
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_secs(120));
                    drop(stream);
                });
                continue;
            }
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut signed, mut length) = (None, 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                match line.trim_end().split_once(": ") {
                    Some((name, value)) if name.eq_ignore_ascii_case("x-evenkeel-signature") => signed = Some(value.to_owned()),
                    Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap(),
                    Some(_) => {}
                    None if line.trim_end().is_empty() => break,
                    None => {}
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            seen.lock().unwrap().push((signed, body));
            stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").unwrap();
        }
    });
    (url, told)
}

const SECRET: (&str, &str) = ("HOOK_SECRET", "between us");

/// With a migration that is pending, and these lines.
fn telling(db: &TestDb, lines: &str) -> Place {
    let place = given(db, &[EMAIL], "staging");
    let toml = place.read("evenkeel.toml");
    place.write("evenkeel.toml", format!("{toml}{lines}"));
    place
}

fn json(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap()
}

#[test]
fn each_step_of_a_release_is_told_signed_to_who_wants_to_know() {
    let db = database(newest());
    let ((url, told), (slack, texts)) = (listening(false), listening(false));
    let place = telling(
        &db,
        "[[notify]]\nurl_env = \"HOOK_URL\"\nsecret_env = \"HOOK_SECRET\"\n[[notify]]\nurl = \"${SLACK_URL}\"\nformat = \"slack\"\non = [\"failure\"]\n",
    );
    let variables = [("HOOK_URL", url.as_str()), SECRET, ("SLACK_URL", slack.as_str())];
    let run = |arguments: &[&str], code: i32| place.run_with(arguments, &variables).exits(code).hides("not told").hides("swordfish");
    run(&["rehearse", "--for", "shop"], 0);
    run(&["deploy", "shop", "--plan"], 0);
    run(&["deploy", "shop"], 0);
    run(&["verify", "shop"], 0);
    run(&["lock", "shop", "--reason", "release 41"], 0);
    run(&["rollback", "shop"], 1);
    run(&["unlock", "shop"], 0);
    run(&["rollback", "shop"], 0);
    // What was typed wrong is nobody else's news.
    run(&["deploy", "nowhere"], 64);
    let told = told.lock().unwrap().clone();
    let events: Vec<(String, String)> = told
        .iter()
        .map(|(signed, body)| {
            assert_eq!(*signed, signature(SECRET.1.as_bytes(), body), "each is signed under the secret");
            let told = json(body);
            assert_eq!((&told["environment"], &told["tool"]), (&"shop".into(), &"evenkeel".into()), "{told}");
            (told["event"].as_str().unwrap().to_owned(), told["outcome"].as_str().unwrap().to_owned())
        })
        .collect();
    let known = ["rehearse", "deploy", "verify", "lock", "rollback", "unlock", "rollback"].map(str::to_owned);
    let outcomes = ["success", "success", "success", "success", "failure", "success", "success"].map(str::to_owned);
    assert_eq!(events, known.into_iter().zip(outcomes).collect::<Vec<_>>());
    let deployed = json(&told[1].1);
    assert!(deployed["run"] == 1 && deployed["verdict"]["line"].as_str().unwrap().contains("as rehearsed"), "{deployed}");
    let texts = texts.lock().unwrap();
    assert_eq!(texts.len(), 1, "one thing failed");
    assert!(json(&texts[0].1)["text"].as_str().unwrap().contains("parity-lock") && texts[0].0.is_none());
}

#[test]
fn whoever_cannot_be_told_changes_nothing() {
    let db = database(newest());
    let (hangs, _) = listening(true);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let refuses = format!("http://127.0.0.1:{port}/services/swordfish");
    let place = telling(&db, "[[notify]]\nurl = \"${HANGS}\"\n[[notify]]\nurl = \"${REFUSES}\"\n");
    let variables = [("HANGS", hangs.as_str()), ("REFUSES", refuses.as_str())];
    let told = place.run_with(&["deploy", "shop", "--unrehearsed", "--format", "json"], &variables).exits(0);
    assert_eq!(told.json()["outcome"], "ran");
    told.says("not told: http://127.0.0.1").says("tried 3 times").says("no answer within 5 s").says("refused").hides("swordfish");
    assert_eq!(db.value("select count(*)::text from schema_migrations"), Some("2".to_owned()));
}

#[test]
fn what_cannot_be_told_as_it_is_written_stops_it_before_anything_is_done() {
    let db = database(newest());
    let lines = "[[notify]]\nurl_env = \"HOOK_URL\"\nsecret_env = \"HOOK_SECRET\"\n";
    let place = telling(&db, lines);
    let url = ("HOOK_URL", "https://hooks.example/services/swordfish");
    for (variables, missing) in [
        (&[url][..], "HOOK_SECRET"),
        (&[url, ("HOOK_SECRET", "")], "HOOK_SECRET"),
        (&[url, ("HOOK_SECRET", "  ")], "HOOK_SECRET"),
        (&[SECRET], "HOOK_URL"),
        (&[SECRET, ("HOOK_URL", "")], "HOOK_URL"),
        (&[SECRET, ("HOOK_URL", "swordfish")], "http or https"),
    ] {
        for verb in [&["deploy", "shop", "--unrehearsed"][..], &["lock", "shop"], &["verify", "shop"], &["rehearse", "--for", "shop"]] {
            place.run_with(verb, variables).exits(78).says(missing).says("evenkeel.toml").hides("swordfish");
        }
        // Who tells nobody needs no secret.
        place.run_with(&["status"], variables).exits(0);
    }
    assert_eq!(db.value("select count(*)::text from schema_migrations"), Some("1".to_owned()));
    let toml = place.read("evenkeel.toml").replace(lines, "");
    for wrong in [
        "",
        "url = \"https://h/x\"\nurl_env = \"X\"",
        "url = \"https://h/x\"\non = [\"always\"]",
        "url = \"https://h/x\"\nformat = \"xml\"",
    ] {
        place.write("evenkeel.toml", format!("{toml}[[notify]]\n{wrong}\n"));
        place.run(&["status"]).exits(78);
    }
    assert!(deploy(&place, &["--unrehearsed"]).code == Some(78));
}
