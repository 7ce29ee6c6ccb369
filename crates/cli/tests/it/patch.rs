//! `compare … --patch`: SQL that makes one database like another, as a user gets it.

use crate::run::Place;
use evenkeel_testkit::{TestDb, database, newest};

/// Two databases of the newest server.
fn two(reference: &str, candidate: &str) -> (TestDb, TestDb) {
    let pair = (database(newest()), database(newest()));
    pair.0.exec(reference);
    pair.1.exec(candidate);
    pair
}

const REFERENCE: &str = "create schema shop; create type shop.state as enum ('new', 'paid', 'sent');
    create table shop.users (id bigint generated always as identity primary key, email text not null unique);
    create table shop.orders (id bigserial primary key, user_id bigint not null references shop.users, state shop.state not null default 'new');
    create index orders_by_user on shop.orders (user_id);
    create view shop.per_user as select u.email, count(*) as orders from shop.users u join shop.orders o on o.user_id = u.id group by 1;
    create view shop.heavy as select * from shop.per_user where orders > 10; comment on view shop.heavy is 'who buys a lot'";
const CANDIDATE: &str = "create schema shop; create type shop.state as enum ('new', 'sent');
    create table shop.users (id bigint generated always as identity primary key, email varchar(40), legacy text);
    create table shop.orders (id bigserial primary key, user_id bigint);
    create view shop.per_user as select u.email, count(*) as orders from shop.users u join shop.orders o on o.user_id = u.id group by 1;
    create view shop.heavy as select * from shop.per_user where orders > 10; comment on view shop.heavy is 'who buys a lot'";

/// Runs a script as a person would.
fn psql(db: &TestDb, script: &std::path::Path) {
    let mut psql = std::process::Command::new("psql");
    psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &db.conninfo(), "-f"]).arg(script);
    let ran = psql.output().expect("psql starts");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn a_patch_run_by_psql_makes_both_equal() {
    let place = Place::new();
    let (reference, candidate) = two(REFERENCE, CANDIDATE);
    let urls = [reference.url(), candidate.url()];
    let arguments = ["compare", &urls[0], &urls[1], "--dimension", "schema", "--patch", "patch.sql"];
    let ran = place.run(&arguments).exits(1).says("tried on a throwaway PostgreSQL");
    assert!(ran.stdout.contains("differences"), "the report is still there: {}", ran.stdout);
    let held = std::fs::read_to_string(place.path("patch.sql")).unwrap();
    assert!(held.starts_with("-- proven on PostgreSQL"), "{held}");
    assert!(held.contains("-- ALTER TABLE shop.users DROP COLUMN legacy;"), "what loses data is commented out: {held}");
    assert!(held.contains("-- loses all values of shop.users.legacy"), "{held}");
    assert!(held.contains("CREATE INDEX CONCURRENTLY orders_by_user"), "{held}");
    // As it is, only what would lose data is left.
    psql(&candidate, &place.path("patch.sql"));
    let left = place.run(&["compare", &urls[0], &urls[1], "--dimension", "schema", "--format", "json"]).exits(1).json();
    let names: Vec<&str> =
        left["differences"].as_array().unwrap().iter().map(|difference| difference["object"]["display"].as_str().unwrap()).collect();
    assert_eq!(names, ["shop.users.legacy"]);
    // With it, nothing is.
    let all = ["compare", &urls[0], &urls[1], "--dimension", "schema", "--patch", "all.sql", "--allow-destructive", "--offline"];
    place.run(&all).exits(1).says("1 of them lose data");
    psql(&candidate, &place.path("all.sql"));
    place.run(&["compare", &urls[0], &urls[1], "--dimension", "schema"]).exits(0);
    place.run(&["compare", &urls[0], &urls[1], "--dimension", "schema", "--patch"]).exits(0).says("nothing to do");
}

#[test]
fn without_a_file_the_patch_takes_the_place_of_the_report() {
    let place = Place::new();
    let (reference, candidate) = two("create table t (a int, b text)", "create table t (a int)");
    let ran = place.run(&["compare", &reference.url(), &candidate.url(), "--dimension", "schema", "--patch"]).exits(1);
    assert!(ran.stdout.starts_with("-- proven on"), "{}", ran.stdout);
    assert!(ran.stdout.contains("ALTER TABLE public.t ADD COLUMN b text;"), "{}", ran.stdout);
    assert!(ran.stderr.contains('≠'), "the verdict is said beside it: {}", ran.stderr);
}

/// Two manifests are enough: no way to either database.
#[test]
fn two_manifests_are_enough() {
    let place = Place::new();
    let (reference, candidate) = two(REFERENCE, CANDIDATE);
    place.run(&["capture", &reference.url(), "--out", "reference.jsonl"]).exits(0);
    place.run(&["capture", &candidate.url(), "--out", "candidate.jsonl"]).exits(0);
    let arguments = ["compare", "reference.jsonl", "candidate.jsonl", "--dimension", "schema,privileges", "--patch", "patch.sql"];
    place.run(&arguments).exits(1).says("tried on a throwaway PostgreSQL");
}

/// What the policy excuses, and dimensions that nobody asked for, stay as they are.
#[test]
fn what_is_excused_or_out_of_scope_is_left_alone() {
    let place = Place::new();
    let (reference, candidate) = two(
        "create table missing (a int primary key); create table t (a int, b int, c int); grant select on t to public",
        "create table extra (a int primary key); create table t (a int)",
    );
    let ignored = ["public.missing", "public.extra", "public.t.c"]
        .map(|object| format!("[[policy.ignore]]\nobject = \"{object}*\"\nreason = \"known\"\nowner = \"me\"\nuntil = 2099-01-01\n"));
    let urls = format!("[environments.a]\nurl = \"{}\"\n[environments.b]\nurl = \"{}\"\n", reference.url(), candidate.url());
    place.write("evenkeel.toml", format!("{urls}{}", ignored.concat()));
    let ran = place.run(&["compare", "a", "b", "--dimension", "schema", "--patch", "--allow-destructive"]).exits(1);
    let statements: Vec<&str> =
        ran.stdout.lines().filter(|line| line.starts_with(|c: char| c.is_uppercase()) && !line.starts_with("SET")).collect();
    assert_eq!(statements, ["BEGIN;", "ALTER TABLE public.t ADD COLUMN b integer;", "COMMIT;"]);
}

#[test]
fn flags_that_mean_nothing_alone_are_refused() {
    let place = Place::new();
    for flag in ["--offline", "--allow-destructive"] {
        place.run(&["compare", "a.jsonl", "b.jsonl", flag]).exits(64).says("--patch");
    }
}

/// Names that would end a comment, a literal or a body.
#[test]
fn hostile_names_stay_names() {
    let place = Place::new();
    let name = "a\";\nDROP TABLE x; --\u{2028}$$";
    let quoted = format!("\"{}\"", name.replace('"', "\"\""));
    let sql = format!(
        "create schema {quoted}; create table {quoted}.{quoted} ({quoted} int default 1, b int); create index {quoted}_i on {quoted}.{quoted} ({quoted});
         create function {quoted}.{quoted}(int) returns int language sql as 'select 1 -- $$'; comment on table {quoted}.{quoted} is 'it''s; $$ --';
         create view {quoted}.v as select {quoted} from {quoted}.{quoted}"
    )
    .replace("\"_i on", "_i\" on");
    let (reference, candidate) = two(&sql, "select 1");
    let (a, b) = (reference.url(), candidate.url());
    place.run(&["compare", &a, &b, "--dimension", "schema", "--patch", "patch.sql"]).exits(1).says("tried on");
    psql(&candidate, &place.path("patch.sql"));
    place.run(&["compare", &a, &b, "--dimension", "schema"]).exits(0);
    // And the way back, where every one of these names stands in a comment too.
    place.run(&["compare", &b, &a, "--dimension", "schema"]).exits(0);
    let (empty, full) = two("select 1", &sql);
    place.run(&["compare", &empty.url(), &full.url(), "--dimension", "schema", "--patch", "back.sql"]).exits(1);
    psql(&full, &place.path("back.sql"));
    let ran = place.run(&["compare", &empty.url(), &full.url(), "--dimension", "schema"]).exits(1);
    assert!(ran.stdout.contains("table"), "the table that holds data is still there: {}", ran.stdout);
    place.run(&["compare", &empty.url(), &full.url(), "--dimension", "schema", "--patch", "back.sql", "--allow-destructive"]).exits(1);
    psql(&full, &place.path("back.sql"));
    place.run(&["compare", &empty.url(), &full.url(), "--dimension", "schema"]).exits(0);
}

/// Row-level security that comes before its policies would hide all rows from everybody meanwhile.
#[test]
fn rows_are_hidden_only_when_their_policies_are_there() {
    let place = Place::new();
    let table = "create table t (a int, owner text)";
    let policies = "alter table t enable row level security; create policy mine on t using (owner = current_user)";
    let (reference, candidate) = two(&format!("{table}; {policies}"), table);
    let arguments = ["compare", &reference.url(), &candidate.url(), "--dimension", "schema", "--patch"];
    let script = place.run(&arguments).exits(1).stdout;
    let at = |words: &str| script.find(words).unwrap_or_else(|| panic!("no {words}: {script}"));
    assert!(at("CREATE POLICY mine") < at("ENABLE ROW LEVEL SECURITY"), "{script}");
    // The other way, what is opened is said.
    let arguments = ["compare", &candidate.url(), &reference.url(), "--dimension", "schema", "--patch"];
    place.run(&arguments).exits(1).says("-- opens: all rows of public.t");
}

/// What the role of a capture may not see is neither dropped nor made.
#[test]
fn what_was_not_seen_is_not_touched() {
    let place = Place::new();
    let (reference, candidate) = two("create table t (a int)", "create table t (a int); create table extra (a int)");
    place.run(&["capture", &reference.url(), "--out", "reference.jsonl", "--dimension", "schema"]).exits(0);
    let arguments = ["compare", "reference.jsonl", &candidate.url(), "--dimension", "schema,privileges", "--patch", "--allow-destructive"];
    let script = place.run(&arguments).stdout;
    assert!(!script.contains("REVOKE") && !script.contains("OWNER TO"), "rights were not looked at: {script}");
    assert!(script.contains("DROP TABLE public.extra;"), "{script}");
    // And no more is claimed than was seen.
    assert!(
        script.starts_with("-- proven on") && script.lines().next().is_some_and(|line| line.ends_with(", but for what nothing is said of")),
        "{script}"
    );
    assert!(script.contains("-- nothing is said of privileges: it was not read, or not completely, on the reference"), "{script}");
}

/// What has no statement is not called done.
#[test]
fn refused_alone_is_no_nothing_to_do() {
    let place = Place::new();
    let table = "create table t (a int) partition by list (a)";
    let (reference, candidate) = two(table, "create table t (a int)");
    let ran = place.run(&["compare", &reference.url(), &candidate.url(), "--dimension", "schema", "--patch"]).exits(1);
    assert!(ran.stdout.contains("-- refused: table public.t: partition_by") && ran.stdout.contains("-- no statement"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("nothing to do") && !ran.stderr.contains("nothing to do"), "{ran:?}");
}

/// A view that has to be made anew keeps its owner and rights, also where nobody asked about rights.
#[test]
fn what_is_made_anew_keeps_its_rights() {
    let place = Place::new();
    let view = "create view v as select a from t; comment on view v is 'x'";
    let (reference, candidate) = two(&format!("create table t (a text); {view}"), &format!("create table t (a varchar(5)); {view}"));
    let role = format!("{}_role", candidate.name);
    candidate.exec(&format!(
        "create role {role}; grant create on schema public to {role}; alter view v owner to {role}; grant select on v to public"
    ));
    let arguments = ["compare", &reference.url(), &candidate.url(), "--dimension", "schema", "--patch", "patch.sql"];
    place.run(&arguments).exits(1).says("tried on");
    psql(&candidate, &place.path("patch.sql"));
    let rights = "select pg_get_userbyid(relowner) || ' ' || relacl::text from pg_class where relname = 'v'";
    let left = candidate.value(rights).unwrap_or_default();
    assert!(left.starts_with(&role) && left.contains("=r/"), "{left}");
    place.run(&["compare", &reference.url(), &candidate.url(), "--dimension", "schema"]).exits(0);
    // A manifest that does not tell them: then it is said that they are lost, and held back.
    candidate.exec("drop view v; alter table t alter a type varchar(5); create view v as select a from t; comment on view v is 'x'");
    place.run(&["capture", &candidate.url(), "--out", "candidate.jsonl", "--dimension", "schema"]).exits(0);
    let arguments = ["compare", &reference.url(), "candidate.jsonl", "--dimension", "schema", "--patch"];
    let script = place.run(&arguments).stdout;
    assert!(script.contains("-- loses the owner and the rights of public.v, which were not looked at\n-- DROP VIEW"), "{script}");
    candidate.exec(&format!("drop owned by {role}; drop role {role}"));
}

/// Every report of the run has the patch, and the file is the same.
#[test]
fn reports_have_the_patch() {
    let place = Place::new();
    let (reference, candidate) = two(REFERENCE, CANDIDATE);
    let urls = [reference.url(), candidate.url()];
    let flags = ["--dimension", "schema", "--patch", "patch.sql", "--format", "html=report.html", "--format", "json=report.json"];
    place.run(&[&["compare", &urls[0], &urls[1]], &flags[..]].concat()).exits(1);
    let read = |name: &str| std::fs::read_to_string(place.path(name)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&read("report.json")).unwrap();
    assert_eq!(json["patch"]["script"].as_str(), Some(read("patch.sql").as_str()));
    assert_eq!((&json["patch"]["proof"]["state"], &json["patch"]["file"]), (&"proven".into(), &"patch.sql".into()));
    let lost = json["patch"]["statements"].as_array().unwrap().iter().find(|statement| statement["destructive"] == true).unwrap();
    assert_eq!((&lost["object"], &lost["commented_out"]), (&"shop.users.legacy".into(), &true.into()));
    let page = read("report.html");
    assert!(page.contains("<h2>Patch</h2>") && page.contains("Proven on PostgreSQL") && page.contains("in the patch</span>"), "{page}");
    // A page can be made of the JSON later.
    place.run(&["render", "report.json", "--format", "markdown", "--out", "report.md"]).exits(1);
    assert!(read("report.md").contains("### Patch") && read("report.md").contains("CREATE INDEX CONCURRENTLY orders_by_user"));
}

/// MySQL and MariaDB, by their own client.
#[test]
fn a_patch_of_mysql_and_mariadb() {
    use evenkeel_testkit::mysql::{self, newest_mariadb, newest_mysql};
    let place = Place::new();
    for flavor in [newest_mariadb(), newest_mysql()] {
        let (reference, candidate) = (mysql::database(flavor), mysql::database(flavor));
        reference.exec("create table users (id bigint auto_increment primary key, email varchar(120) not null, at timestamp not null default current_timestamp on update current_timestamp, key by_email (email)) comment 'who buys'");
        reference.exec("create view v as select id, email from users");
        candidate.exec("create table users (id bigint auto_increment primary key, email varchar(80), legacy int)");
        let urls = [reference.url(), candidate.url()];
        let arguments = ["compare", &urls[0], &urls[1], "--dimension", "schema", "--patch", "patch.sql", "--allow-destructive"];
        place.run(&arguments).exits(1).says("tried on a throwaway");
        let script = std::fs::read_to_string(place.path("patch.sql")).unwrap();
        assert!(script.starts_with("-- proven on M"), "{script}");
        let statements = script.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n");
        for statement in statements.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
            candidate.exec(statement);
        }
        place.run(&["compare", &urls[0], &urls[1], "--dimension", "schema"]).exits(0);
    }
}

/// Rights alone: what they are on is known all the same.
#[test]
fn rights_alone_are_mended() {
    let place = Place::new();
    let (reference, candidate) = two("create table t (a int); grant select on t to public", "create table t (a int, b int)");
    let arguments = ["compare", &reference.url(), &candidate.url(), "--dimension", "privileges", "--patch", "patch.sql"];
    place.run(&arguments).says("tried on");
    let script = std::fs::read_to_string(place.path("patch.sql")).unwrap();
    assert!(script.contains("GRANT SELECT ON TABLE public.t TO PUBLIC;") && !script.contains("DROP COLUMN"), "{script}");
    psql(&candidate, &place.path("patch.sql"));
    place.run(&["compare", &reference.url(), &candidate.url(), "--dimension", "privileges", "--fail-on", "inform"]).exits(0);
}

/// The same is not tried again, whatever else is in the folder.
#[test]
fn what_was_proven_is_taken_as_proven_where_all_is_the_same() {
    let place = Place::new();
    let (reference, candidate) = two("create table t (a int, b text)", "create table t (a int)");
    for (db, file) in [(&reference, "a.jsonl"), (&candidate, "b.jsonl")] {
        place.run(&["capture", &db.url(), "--dimension", "schema", "--out", file]).exits(0);
    }
    let arguments = ["compare", "a.jsonl", "b.jsonl", "--dimension", "schema", "--patch"];
    let first = |more: &[(&str, &str)]| {
        let ran = place.run_with(&arguments, more).exits(1);
        ran.stdout.lines().next().unwrap_or_default().to_owned()
    };
    let is_before = |line: &str| line.contains("(tried before, at 2");
    let new = first(&[]);
    assert!(new.starts_with("-- proven on PostgreSQL") && !is_before(&new), "{new}");
    let again = first(&[]);
    assert!(is_before(&again), "{again}");
    assert!(!is_before(&first(&[("EVENKEEL_PROOFS", "off")])));
    let folder = place.path(".cache/evenkeel/proofs");
    let kept: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    // Another form is another patch, and so is another schema.
    let ran = place.run(&["compare", "a.jsonl", "b.jsonl", "--dimension", "schema", "--patch", "--offline"]).exits(1);
    assert!(!is_before(&ran.stdout), "{}", ran.stdout);
    candidate.exec("create table u (a int)");
    place.run(&["capture", &candidate.url(), "--dimension", "schema", "--out", "b.jsonl"]).exits(0);
    reference.exec("create table u (a int)");
    place.run(&["capture", &reference.url(), "--dimension", "schema", "--out", "a.jsonl"]).exits(0);
    let other = first(&[]);
    assert!(!is_before(&other), "{other}");
    assert!(is_before(&first(&[])));
    // What is broken, or others may write to, is as if it were not there.
    for path in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        std::fs::write(path, "evenkeel proof 1\nyesterday\n").unwrap();
    }
    assert!(!is_before(&first(&[])) && is_before(&first(&[])));
    std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    assert!(!is_before(&first(&[])));
    std::fs::remove_dir_all(place.path(".cache")).unwrap();
    std::fs::write(place.path(".cache"), "no folder").unwrap();
    assert!(!is_before(&first(&[])), "and that is no error");
}

/// A table that goes with its rows, and one that is made with the same columns.
#[test]
fn a_table_under_another_name_is_asked_about() {
    let place = Place::new();
    let (reference, candidate) = two("create table invoices (id bigint, day date)", "create table bills (id bigint, day date)");
    let arguments = ["compare", &reference.url(), &candidate.url(), "--dimension", "schema", "--patch"];
    let script = place.run(&arguments).exits(1).stdout;
    let proposed =
        script.lines().find_map(|line| line.strip_prefix("-- perhaps a rename: then run this first, and write the patch again: "));
    assert_eq!(proposed, Some("ALTER TABLE public.bills RENAME TO invoices;"), "{script}");
    candidate.exec(proposed.unwrap());
    place.run(&arguments).exits(0).says("nothing to do");
    // One that goes to a schema that has to be made before.
    reference.exec("create schema archive; alter table invoices set schema archive");
    let script = place.run(&arguments).exits(1).stdout;
    let words = "-- perhaps a rename: then run this first, after schema archive is made, and write the patch again: ";
    let proposed = script.lines().find_map(|line| line.strip_prefix(words));
    assert_eq!(proposed, Some("ALTER TABLE public.invoices SET SCHEMA archive;"), "{script}");
    candidate.exec(&format!("create schema archive; {}", proposed.unwrap()));
    place.run(&arguments).exits(0).says("nothing to do");
}

/// What would be made under a name that something else has there is no statement by itself.
#[test]
fn a_fix_whose_name_is_taken_says_who_has_it() {
    let place = Place::new();
    let (reference, candidate) = two(
        "create view m as select 1 as x; create procedure p() language sql as 'select 1'",
        "create materialized view m as select 1 as x; create function p() returns int language sql as 'select 1'",
    );
    let told = place.run(&["compare", &reference.url(), &candidate.url(), "--dimension", "schema", "--format", "json"]).exits(1).json();
    let all = told["differences"].as_array().unwrap();
    for (id, words) in
        [("EK-view-missing", "materialized-view public.m has its name"), ("EK-procedure-missing", "function public.p() has its name")]
    {
        let fix = all.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("{id}: {told}"));
        assert!(fix.to_string().contains(words) && !fix.to_string().contains("CREATE "), "{fix}");
    }
}
