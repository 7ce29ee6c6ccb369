//! What keeps a rehearsal away from a place: production, whatever may be, runs that did not end, marks, sizes.

use crate::rehearse::gate;
use crate::rehearse_place::{Staged, transactions, why};
use evenkeel_postgres::scratch::{Options, Scratch};
use evenkeel_testkit::newest;

const ADDS: &str = "alter table orders add a int;";

#[test]
fn production_and_whatever_may_be_is_refused_whatever_is_said() {
    let staged = Staged::new(newest(), ADDS);
    let refused = |toml: String, on: &str, word: &str| {
        staged.place.write("evenkeel.toml", toml);
        let ran = staged.place.run(&["rehearse", "release.sql", "--for", "production", "--on", on, "--only", "run"]);
        ran.exits(64).says(word).hides("in place on");
        // Nothing was even meant to run.
        assert!(staged.place.run(&["runs", "--format", "json"]).json()["runs"].as_array().unwrap().is_empty());
    };
    let usual = staged.toml("");
    refused(usual.clone(), "production", "tier = \"production\"");
    refused(usual.clone(), "nowhere", "is not the name of an environment");
    refused(usual.clone(), &staged.server.url("staging"), "is not the name of an environment");
    refused(usual.replace("tier = \"staging\"\n", ""), "staging", "no tier");
    // The same database under another name, and by another way.
    refused(usual.replace(&staged.server.url("staging"), &staged.server.url("production")), "staging", "it is the database of production");
    let gone = "[environments.other]\nurl = \"postgres://127.0.0.1:1/nothing\"\ntier = \"production\"\n";
    refused(format!("{usual}{gone}"), "staging", "other is of tier production and could not be looked at");
    let nothing = "[environments.other]\ntier = \"production\"\nmanifest = \"other.jsonl\"\n";
    staged.place.write("evenkeel.toml", format!("{usual}{nothing}"));
    let ran = staged.place.run(&["rehearse", "release.sql", "--for", "production", "--on", "staging", "--only", "run"]);
    assert!(matches!(ran.code, Some(64 | 78)), "{ran:?}");
}

#[test]
fn a_mark_and_a_run_that_did_not_end_keep_it_away() {
    let staged = Staged::new(newest(), ADDS);
    staged.place.run(&["history", "staging", "--halt", "somebody looks"]).exits(0);
    staged.run(&[]).exits(64).says("somebody looks").says("--resume");
    staged.place.run(&["history", "staging", "--resume", "--over", "100ms", "--idle"]).exits(0);
    // Somebody else holds evenkeel's own lock: another store, another machine.
    let other = staged.server.session("staging").unwrap();
    let key = i64::from_be_bytes(*b"evenkeel");
    other.exec(&format!("select pg_advisory_lock({key})")).unwrap();
    staged.run(&["--lock-timeout", "200ms"]).exits(2).says("the advisory lock of evenkeel");
    let run = &staged.runs()[0];
    assert_eq!(run["ended"]["how"], "stopped", "{run}");
    other.exec("select pg_advisory_unlock_all()").unwrap();
    assert_eq!(transactions(&staged.run(&[]).json())[0]["outcome"], "ran");
}

#[test]
fn a_place_that_is_unlike_the_target_or_runs_code_by_itself_sees_nothing_run() {
    let staged = Staged::new(newest(), ADDS);
    staged.server.session("staging").unwrap().exec("create table more (id int)").unwrap();
    let told = staged.run(&[]).exits(2).json();
    let one = &transactions(&told)[0];
    assert!(
        one["outcome"] == "scratch" && why(one).contains("another schema than the target") && why(one).contains("public.more"),
        "{told}"
    );
    assert!(gate(&told, "in-place")["holds"].is_null(), "{told}");
    let staged = Staged::new(newest(), ADDS);
    staged.exec("create function told() returns event_trigger language plpgsql as 'begin end'; create event trigger telling on ddl_command_end execute function told()");
    let told = staged.run(&[]).exits(2).json();
    assert!(why(&transactions(&told)[0]).contains("event trigger telling"), "{told}");
}

#[test]
fn what_may_write_more_than_is_allowed_runs_on_scratch_with_the_numbers() {
    let staged = Staged::new(newest(), "update orders set total = 0;");
    staged.place.write("evenkeel.toml", staged.toml("[gates]\nin_place_bytes = \"10kB\"\n"));
    let told = staged.run(&[]).exits(2).json();
    let one = &transactions(&told)[0];
    assert!(
        one["outcome"] == "scratch" && why(one).contains("may write 10 kB (in_place_bytes,") && why(one).contains("evenkeel.toml:"),
        "{told}"
    );
    staged.place.write("evenkeel.toml", staged.toml("[gates]\nin_place_bytes = 100000000\n"));
    assert_eq!(transactions(&staged.run(&[]).json())[0]["outcome"], "ran");
    staged.place.write("evenkeel.toml", staged.toml("[gates]\nin_place_bytes = \"much\"\n"));
    staged.run(&[]).exits(78).says("cannot read in_place_bytes under [gates]");
}

#[test]
fn what_writes_more_than_was_predicted_is_ended() {
    // On scratch no row is there to be multiplied.
    let sql = "begin;\ncreate table crossed as select a.id, repeat('x', 500) as filler from orders a, orders b, orders c, generate_series(1, 1000) n;\ncommit;";
    let staged = Staged::new(newest(), sql);
    staged.place.write("evenkeel.toml", staged.toml("[gates]\nin_place_bytes = \"20MB\"\n"));
    let before = staged.digests();
    let told = staged.run(&[]).exits(2).json();
    let one = &transactions(&told)[0];
    assert!(one["outcome"] == "bound" && why(one).contains("more than 20 MB to its log"), "{told}");
    assert_eq!((gate(&told, "no-trace")["holds"].as_bool(), staged.digests()), (Some(true), before), "{told}");
}

#[test]
fn a_standby_is_no_place() {
    let primary =
        Scratch::start(&Options::major(newest()).database("production").database("staging").setting("wal_level", "replica")).unwrap();
    let standby = primary.replica(&evenkeel_postgres::scratch::ReplicaOptions::named("stand")).unwrap();
    let staged = Staged::new(newest(), ADDS);
    let toml = staged.toml("").replace(&staged.server.url("staging"), &standby.url("staging"));
    staged.place.write("evenkeel.toml", toml);
    staged.run(&[]).exits(64).says("a standby");
}

#[test]
fn servers_that_commit_each_definition_are_refused_with_the_reason() {
    let db = evenkeel_testkit::mysql::database(evenkeel_testkit::mysql::newest_mysql());
    let staged = Staged::new(newest(), ADDS);
    staged.place.write("evenkeel.toml", staged.toml(&format!("[environments.shop]\nurl = \"{}\"\ntier = \"staging\"\n", db.url())));
    let ran = staged.place.run(&["rehearse", "release.sql", "--for", "shop", "--on", "shop", "--only", "run"]);
    ran.exits(64).says("no rollback undoes it").says("--on scratch");
}
