//! MySQL and MariaDB keep the laws of the engine port.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use evenkeel_mysql::connect::{Target, ThisMachine};
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_mysql::scratch::{Options, Scratch, find_servers, pick};
use evenkeel_testkit::conformance::{CONTENT, PASSWORD, Subject, conforms};
use evenkeel_testkit::mysql::flavors;

fn environment(scratch: &Scratch, user: &str, database: &str) -> MysqlEnvironment {
    let url = scratch.url(database).replace("//root@", &format!("//{user}:{PASSWORD}@"));
    MysqlEnvironment::new(Target::parse(&url, &ThisMachine).unwrap())
}

#[test]
fn the_laws_of_the_port_hold() {
    let servers = find_servers();
    for (engine, number) in flavors() {
        let server = pick(&servers, Some(engine), Some(number)).unwrap();
        println!("on {}", server.series());
        let scratch = Scratch::start_with(server, &Options::default().setting("event_scheduler", "OFF").database("app")).unwrap();
        let session = scratch.session("app").unwrap();
        session.exec(&format!("CREATE USER nobody@localhost IDENTIFIED BY '{PASSWORD}'")).unwrap();
        session.exec(&format!("CREATE USER admin@localhost IDENTIFIED BY '{PASSWORD}'")).unwrap();
        session.exec("GRANT ALL ON *.* TO admin@localhost WITH GRANT OPTION").unwrap();
        session.exec(CONTENT).unwrap();
        session.exec("CREATE DATABASE other; USE other").and_then(|()| session.exec(CONTENT)).unwrap();
        session.exec("USE app; ANALYZE TABLE parent, t").unwrap();
        let nowhere = scratch.url("app").replace("socket=", "socket=/nowhere").replace("//root@", &format!("//admin:{PASSWORD}@"));
        let holder = || {
            let holder = scratch.session("app").unwrap();
            holder.exec("LOCK TABLES t WRITE").unwrap();
            Box::new(holder) as Box<dyn std::any::Any>
        };
        conforms(&Subject {
            whole: &environment(&scratch, "admin", "app"),
            again: &environment(&scratch, "admin", "other"),
            nobody: &environment(&scratch, "nobody", "app"),
            nobody_name: "nobody@localhost",
            nowhere: &MysqlEnvironment::new(Target::parse(&nowhere, &ThisMachine).unwrap()),
            run: &|sql| session.exec(sql).unwrap(),
            hold: &holder,
            is_held: &|| scratch.session("app").unwrap().exec("SET SESSION lock_wait_timeout = 1; SELECT * FROM t").is_err(),
        });
        scratch.stop().unwrap();
    }
}
