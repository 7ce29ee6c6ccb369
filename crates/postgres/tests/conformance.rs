//! PostgreSQL keeps the laws of the engine port.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_postgres::scratch::{Options, Scratch, find_servers, pick};
use evenkeel_testkit::conformance::{CONTENT, PASSWORD, Subject, conforms};
use evenkeel_testkit::majors;

fn environment(scratch: &Scratch, user: &str, database: &str) -> PostgresEnvironment {
    let url = scratch.url(database).replace("//postgres@", &format!("//{user}:{PASSWORD}@"));
    PostgresEnvironment::new(Target::parse(&url, &ThisMachine).unwrap())
}

#[test]
fn the_laws_of_the_port_hold() {
    let servers = find_servers();
    for major in majors() {
        println!("on PostgreSQL {major}");
        let scratch =
            Scratch::start_with(pick(&servers, Some(major)).unwrap(), &Options::default().setting("autovacuum", "off").database("app"))
                .unwrap();
        let session = scratch.session("app").unwrap();
        session.exec(&format!("CREATE ROLE nobody LOGIN PASSWORD '{PASSWORD}'")).unwrap();
        session.exec("CREATE DATABASE other").unwrap();
        session.exec(CONTENT).and_then(|()| session.exec("ANALYZE parent, t")).unwrap();
        scratch.session("other").unwrap().exec(CONTENT).unwrap();
        let nowhere = format!("host=/nowhere dbname=app user=postgres password={PASSWORD}");
        let holder = || {
            let holder = scratch.session("app").unwrap();
            holder.exec("BEGIN").and_then(|()| holder.exec("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")).unwrap();
            Box::new(holder) as Box<dyn std::any::Any>
        };
        conforms(&Subject {
            whole: &environment(&scratch, "postgres", "app"),
            again: &environment(&scratch, "postgres", "other"),
            nobody: &environment(&scratch, "nobody", "app"),
            nobody_name: "nobody",
            nowhere: &PostgresEnvironment::new(Target::parse(&nowhere, &ThisMachine).unwrap()),
            run: &|sql| session.exec(sql).unwrap(),
            hold: &holder,
            is_held: &|| scratch.session("app").unwrap().exec("SET lock_timeout = '1s'; SELECT FROM t").is_err(),
        });
        scratch.stop().unwrap();
    }
}
