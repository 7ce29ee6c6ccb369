//! What a capture really sends, by the server's own log: all of it stands on the list of `evenkeel queries`, and what stands
//! there was sent, or says when it would be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::kind::{Dimension, Engine};
use evenkeel_core::port::{Environment, Query, Request, Watch};
use evenkeel_core::reference::Pattern;
use evenkeel_mysql::capture::queries;
use evenkeel_mysql::capture::scope::Scope;
use evenkeel_mysql::connect::{Target, ThisMachine};
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_mysql::flavor::Flavor;
use evenkeel_mysql::scratch::{Options, Scratch, find_servers, pick};
use evenkeel_testkit::mysql::flavors;

fn golden(path: &str) -> String {
    std::fs::read_to_string(format!("{}/../../tests/golden/mysql/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// What the kinds lack: histories, characters that no list shows, a heartbeat.
const MORE: &str = "
    create table flyway_schema_history (installed_rank int primary key, version varchar(50), description varchar(200) not null,
        type varchar(20) not null, script varchar(1000) not null, checksum int, installed_by varchar(100) not null,
        installed_on timestamp not null default current_timestamp, execution_time int not null, success bool not null);
    create table beyond (a varchar(9) character set utf8mb4 default '😀', b enum('😀', 'x') character set utf8mb4);
    create table heartbeat (ts varchar(26) not null, server_id int unsigned not null primary key);
    create trigger with_literal before update on child for each row begin set new.parent_id = length('a'); end;
    create event with_literal on schedule every 1 year disable do begin delete from child where id < length('a'); end;
    create view with_literal as select 'a' as a;
    create procedure with_literal() begin select 'a'; end;
    create user the_capture;
    grant all on *.* to the_capture;
    set global log_output = 'TABLE', global general_log = on;";

/// The statements that sessions of ours sent. A packet of several is logged whole on one vendor and in its parts on both.
fn received(scratch: &Scratch) -> Vec<String> {
    let log =
        "select convert(argument using utf8mb4) from mysql.general_log where command_type = 'Query' and user_host like '%the_capture%'";
    let session = scratch.session("shop").unwrap();
    let rows = session.query_text(log).unwrap();
    session.exec("set global general_log = off; truncate mysql.general_log; set global general_log = on").unwrap();
    rows.into_iter().map(|row| row.into_iter().next().flatten().unwrap()).collect()
}

/// Several statements may go in a packet.
fn is_listed(listed: &[Query<'_>], sent: &str) -> bool {
    let is_one = |text: &str| {
        let text = text.trim().trim_end_matches(';');
        text.is_empty() || listed.iter().any(|query| query.is(text) || query.text.split(';').any(|part| part.trim() == text))
    };
    is_one(sent) || sent.split(";\n").all(is_one)
}

#[test]
fn a_capture_sends_what_is_listed_and_nothing_else() {
    let servers = find_servers();
    for (engine, series) in flavors() {
        println!("on {} {series}", engine.name());
        let scratch =
            Scratch::start_with(pick(&servers, Some(engine), Some(series)).unwrap(), &Options::default().database("shop")).unwrap();
        let session = scratch.session("shop").unwrap();
        session.exec(&golden("kinds/both.sql")).unwrap();
        session.exec(&golden(if engine == Engine::MariaDb { "kinds/mariadb.sql" } else { "kinds/mysql.sql" })).unwrap();
        session.exec(MORE).unwrap();
        if engine == Engine::MySql {
            session.exec("create library beyond language javascript as $$ export function f() { return '😀?' } $$").unwrap();
        }
        let version = session.query_text("select version()").unwrap()[0][0].clone().unwrap();
        let flavor = Flavor::parse(&version).unwrap();
        let url = scratch.url("shop").replacen("root@", "the_capture@", 1);
        assert!(url.contains("the_capture"), "{url}");
        let environment = MysqlEnvironment::new(Target::parse(&url, &ThisMachine).unwrap()).with_heartbeat(Some("shop.heartbeat"));
        let scope = Scope::of("shop");
        let mut sent_of = Vec::new();
        received(&scratch);
        for dimensions in [Dimension::ALL.to_vec()].into_iter().chain(Dimension::ALL.map(|dimension| vec![dimension])) {
            let mut request = Request::new("it");
            request.dimensions.clone_from(&dimensions);
            // Content is read of what is named.
            request.reference = vec![Pattern { table: "*".to_owned(), columns: Vec::new(), key: Vec::new() }];
            environment.capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
            let sent = received(&scratch);
            let listed = queries(&flavor, &scope, &dimensions);
            assert!(sent.len() > 10, "the log holds {} statements of ours", sent.len());
            let unlisted: Vec<&String> = sent.iter().filter(|text| !is_listed(&listed, text)).collect();
            assert!(unlisted.is_empty(), "of {dimensions:?}: sent, and not listed: {unlisted:#?}");
            let unsent: Vec<&str> =
                listed.iter().filter(|query| query.only.is_none() && !was_sent(&sent, query)).map(|query| query.name).collect();
            assert!(unsent.is_empty(), "of {dimensions:?}: listed, and not sent: {unsent:?}");
            sent_of.extend(sent);
        }
        let all = queries(&flavor, &scope, &Dimension::ALL);
        let never: Vec<&str> = all.iter().filter(|query| !was_sent(&sent_of, query)).map(|query| query.name).collect();
        // What it would take: a warning, a cluster, a source to follow.
        let expected: &[&str] = if flavor.is_mariadb() {
            &["warnings", "why a view has no columns", "members of a cluster", "heartbeat"]
        } else {
            &["warnings", "why a view has no columns", "heartbeat"]
        };
        assert_eq!(never, expected, "listed, and not sent although there is what it is sent for");
        scratch.stop().unwrap();
    }
}

fn was_sent(sent: &[String], query: &Query<'_>) -> bool {
    let parts: Vec<&str> = query.text.split(';').collect();
    let is_in = |wanted: &str| sent.iter().any(|text| text.trim().trim_end_matches(';') == wanted.trim());
    sent.iter().flat_map(|text| text.split(";\n").chain([&**text])).any(|text| query.is(text))
        || parts.len() > 1 && parts.into_iter().all(is_in)
}
