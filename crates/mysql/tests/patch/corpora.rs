//! Real schema files, none of which is kept here: each is made on a server, built again from its manifest alone, and each consecutive pair
//! of versions is made like the other, forward and back.
//!
//! `EVENKEEL_CORPORA=/folder cargo nextest run -p evenkeel-mysql --test patch --run-ignored only corpora` goes through
//! `/folder/mysql/NAME/*.sql`, the versions in the order of their names. `EVENKEEL_CORPUS=NAME` runs one of them.

use crate::place::Place;
use crate::tried::{Outcome, capture, tried};
use evenkeel_core::kind::Engine;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::Form;
use evenkeel_core::port::Scratch as _;
use evenkeel_mysql::grammar::MysqlGrammar;
use evenkeel_mysql::scratch::series;
use evenkeel_testkit::corpora::{Ended, Tally, corpora, histories_are_whole, judged};
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

const NOTHING: Form = Form { offline: true, throwaway: true };

fn ended(outcome: &Outcome) -> Ended {
    if !outcome.wrong.is_empty() {
        Ended::Wrong(format!("\n  {}\n  after:\n    {}", outcome.wrong.join("\n  "), outcome.sql.join("\n    ")))
    } else if outcome.refused.is_empty() {
        Ended::Equal
    } else {
        Ended::Refused(outcome.refused.iter().map(|one| format!("{} {}: {}", one.kind.name(), one.object, one.reason)).collect())
    }
}

/// Runs a file by the vendor's client, which goes on where a statement fails; how many did.
fn load(place: &Place, name: &str, file: &Path) -> usize {
    place.scratch.session("").unwrap().exec(&format!("create database `{name}`")).unwrap();
    let client = place.scratch.client(name);
    let mut words = client.split_whitespace();
    let mut command = Command::new(words.next().unwrap());
    let ran = command.args(words).arg("--force").stdin(File::open(file).unwrap()).stdout(Stdio::null()).output().unwrap();
    String::from_utf8_lossy(&ran.stderr).lines().filter(|line| line.starts_with("ERROR")).count()
}

fn on(engine: Engine, number: u16) {
    let (mut built, mut forward, mut back) = (Tally::default(), Tally::default(), Tally::default());
    for (name, versions) in corpora("mysql") {
        let place = Place::start(engine, number);
        let url = |name: &str| place.scratch.url(name);
        let mut manifests: Vec<Manifest> = Vec::new();
        for (at, file) in versions.iter().enumerate() {
            let version = format!("v{at}");
            let failed = load(&place, &version, file);
            let manifest = capture(&url(&version));
            println!("  {name} {}: {} objects, {failed} statements failed", file.display(), manifest.objects().len());
            let empty = format!("e{at}");
            place.scratch.session("").unwrap().exec(&format!("create database {empty}")).unwrap();
            built.count(
                &format!("{name} {at} from nothing"),
                ended(&tried(&place.scratch, &empty, &capture(&url(&empty)), &manifest, NOTHING)),
            );
            place.scratch.session("").unwrap().exec(&format!("drop database {empty}")).unwrap();
            manifests.push(manifest);
        }
        for (at, pair) in manifests.windows(2).enumerate() {
            let [one, other] = pair else { continue };
            let database = format!("v{at}");
            forward.count(&format!("{name} {at} forward"), ended(&tried(&place.scratch, &database, one, other, Form::default())));
            let seen = capture(&url(&database));
            back.count(&format!("{name} {at} back"), ended(&tried(&place.scratch, &database, &seen, one, Form::default())));
        }
    }
    judged(&series(engine, number), &built, &forward, &back);
}

#[test]
#[ignore = "needs files that are not kept here: EVENKEEL_CORPORA"]
fn corpora_on_mariadb_10_11() {
    on(Engine::MariaDb, 1011);
}

#[test]
#[ignore = "needs files that are not kept here: EVENKEEL_CORPORA"]
fn corpora_on_mariadb_11_8() {
    on(Engine::MariaDb, 1108);
}

#[test]
#[ignore = "needs files that are not kept here: EVENKEEL_CORPORA"]
fn corpora_on_mysql_9_7() {
    on(Engine::MySql, 907);
}

#[test]
#[ignore = "needs files that are not kept here: EVENKEEL_HISTORIES, laid out by script/histories"]
fn histories_lose_no_byte() {
    histories_are_whole("mysql", &MysqlGrammar);
}
