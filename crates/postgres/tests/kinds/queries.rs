//! What a capture really sends, by the server's own log: all of it stands on the list of `evenkeel queries`, and what stands
//! there was sent, or says when it would be.

use super::{golden, tools};
use evenkeel_core::kind::Dimension;
use evenkeel_core::port::{Environment, Query, Request, Watch};
use evenkeel_postgres::capture::queries;
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_postgres::scratch::{Options, Scratch, find_servers, pick};
use evenkeel_testkit::{majors, newest};

/// The statements that sessions of ours sent, each whole: a line that begins with a tab goes on with the one before.
fn received(log: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut is_ours = false;
    for line in log.lines() {
        if let Some(more) = line.strip_prefix('\t') {
            if let Some(last) = found.last_mut().filter(|_| is_ours) {
                last.push('\n');
                last.push_str(more);
            }
            continue;
        }
        let message = line.strip_prefix("the_capture|LOG:  ");
        let statement = message.and_then(|message| {
            message.strip_prefix("statement: ").or_else(|| message.split_once("execute <unnamed>: ").map(|(_, rest)| rest))
        });
        is_ours = statement.is_some();
        found.extend(statement.map(str::to_owned));
    }
    found
}

/// The server writes several of these as one statement where they go many a packet.
fn is_listed(listed: &[Query<'_>], sent: &str) -> bool {
    let is_one = |text: &str| listed.iter().any(|query| query.is(text));
    is_one(sent) || sent.split("\nunion all\n").all(is_one)
}

const MORE: &str = "
    create table flyway_schema_history (installed_rank int primary key, version varchar(50), description varchar(200) not null,
        type varchar(20) not null, script varchar(1000) not null, checksum int, installed_by varchar(100) not null,
        installed_on timestamp not null default now(), execution_time int not null, success boolean not null);
    create role the_other;";

#[test]
fn a_capture_sends_what_is_listed_and_nothing_else() {
    let servers = find_servers();
    for major in majors() {
        println!("on PostgreSQL {major}");
        let options = Options::default()
            .setting("log_statement", "all")
            .setting("log_line_prefix", "%a|")
            .setting("wal_level", "logical")
            .database("app");
        let scratch = Scratch::start_with(pick(&servers, Some(major)).unwrap(), &options).unwrap();
        tools::psql(&scratch.conninfo("app"), &golden().join("all_kinds.sql"));
        scratch.session("app").unwrap().exec(MORE).unwrap();
        if major == newest() {
            scratch.session("app").unwrap().exec("grant set on parameter work_mem to the_other").unwrap();
        }
        let conninfo = format!("{} application_name=the_capture", scratch.conninfo("app"));
        let environment = PostgresEnvironment::new(Target::parse(&conninfo, &ThisMachine).unwrap());
        let mut sent_of = Vec::new();
        let mut seen = 0;
        for dimensions in [Dimension::ALL.to_vec()].into_iter().chain(Dimension::ALL.map(|dimension| vec![dimension])) {
            let mut request = Request::new("it");
            request.dimensions.clone_from(&dimensions);
            environment.capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
            let all = received(&std::fs::read_to_string(scratch.log_path()).unwrap());
            let sent = all[seen..].to_vec();
            seen = all.len();
            let listed = queries(u16::try_from(major).unwrap(), &dimensions);
            assert!(sent.len() > 10, "the log holds {} statements of ours", sent.len());
            let unlisted: Vec<&String> = sent.iter().filter(|text| !is_listed(&listed, text)).collect();
            assert!(unlisted.is_empty(), "on {major}, of {dimensions:?}: sent, and not listed: {unlisted:#?}");
            let unsent: Vec<&str> = listed
                .iter()
                .filter(|query| query.only.is_none() && !sent.iter().any(|text| query.is(text)))
                .map(|query| query.name)
                .collect();
            assert!(unsent.is_empty(), "on {major}, of {dimensions:?}: listed, and not sent: {unsent:?}");
            sent_of.extend(sent);
        }
        if major == newest() {
            let listed = queries(u16::try_from(major).unwrap(), &Dimension::ALL);
            let was_sent = |query: &Query<'_>| {
                sent_of.iter().flat_map(|text: &String| text.split("\nunion all\n").chain([&**text])).any(|text| query.is(text))
            };
            let never: Vec<&str> = listed.iter().filter(|query| !was_sent(query)).map(|query| query.name).collect();
            // What it would take: a catalog that is taken from PUBLIC, another encoding, reference data, another session that holds a lock, and one
            // that changes something meanwhile.
            let unmet = [
                "greeting without functions",
                "opening of bytes",
                "reference.sql",
                "locked.sql",
                "fingerprint.sql",
                "refused.sql",
                "explained",
                "reference rows",
            ];
            assert_eq!(never, unmet, "listed, and not sent although there is what it is sent for");
        }
        scratch.stop().unwrap();
    }
}
