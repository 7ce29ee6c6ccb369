//! Tables from each storage engine to each other one, with what was said for the first.

use crate::place::Place;
use crate::tried::{capture, tried};
use evenkeel_core::patch::Form;
use evenkeel_mysql::scratch::series;
use evenkeel_testkit::mysql::flavors;

const ENGINES: &[&str] = &["InnoDB", "MyISAM", "MEMORY", "CSV", "ARCHIVE", "BLACKHOLE", "Aria"];

/// What a table may say beside its engine.
const SAID: &[&str] = &["", "row_format = dynamic", "row_format = fixed", "transactional = 1"];

#[test]
fn a_table_goes_from_each_engine_to_each() {
    for (vendor, number) in flavors() {
        let place = Place::start(vendor, number);
        let session = place.scratch.session("").unwrap();
        let known = session.query_text("select engine from information_schema.engines where support in ('YES', 'DEFAULT')").unwrap();
        let known: Vec<String> = known.into_iter().flatten().flatten().collect();
        let here: Vec<&&str> = ENGINES.iter().filter(|engine| known.iter().any(|one| one.eq_ignore_ascii_case(engine))).collect();
        session.exec("create database wanted; create database was").unwrap();
        let mut pairs = 0;
        for from in &here {
            for to in here.iter().filter(|to| to != &from) {
                for said in SAID {
                    let name = format!("t{pairs}_{from}_{to}");
                    // What an engine does not take as an option is no case.
                    let made = format!("create table was.{name} (a int not null, b int not null) engine = {from} {said}");
                    if session.exec(&format!("set innodb_strict_mode = on; {made}")).is_ok() {
                        session.exec(&format!("create table wanted.{name} (a int not null, b int not null) engine = {to}")).unwrap();
                        pairs += 1;
                    }
                }
            }
        }
        drop(session);
        let [was, wanted] = ["was", "wanted"].map(|name| capture(&place.scratch.url(name)));
        let outcome = tried(&place.scratch, "was", &was, &wanted, Form::default());
        println!("{}: {pairs} pairs of {} engines, {} refused", series(vendor, number), here.len(), outcome.refused.len());
        assert!(pairs >= 30, "{}: {pairs} pairs of {here:?}", series(vendor, number));
        assert_eq!(outcome.refused, [], "{}", series(vendor, number));
        assert!(outcome.wrong.is_empty(), "{}: {:#?}", series(vendor, number), outcome.wrong);
    }
}
