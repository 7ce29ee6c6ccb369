//! What Rails dumps of its schema: what migrations make together, where nobody renders them. Neighbour: `history`.

use crate::history::words;
use crate::rehearse_dump::dumped;
use crate::run::Place;
use evenkeel_testkit::{TestDb, database, newest};
use serde_json::Value;

const MADE: &str = "create table schema_migrations (version varchar not null primary key);
    create table ar_internal_metadata (key varchar not null primary key, value varchar, created_at timestamp not null, updated_at timestamp not null);
    create table accounts (id bigint primary key, mail text not null); create unique index accounts_mail on accounts (mail);
    create function upper_mail() returns trigger language plpgsql as $$ begin new.mail = upper(new.mail); return new; end $$;
    create trigger t before insert on accounts for each row execute function upper_mail();
    create view mails as select mail from accounts;
    insert into schema_migrations values ('20260101000000'), ('20260102000000'), ('20260103000000')";

/// A database, and a project whose schema was dumped from it with these versions.
fn made(versions: &str) -> (Place, TestDb) {
    let (place, db) = (Place::new(), database(newest()));
    db.exec(MADE);
    let mut text = String::from_utf8(dumped(&db, &["--schema-only", "--no-privileges", "--no-owner"])).unwrap();
    text.push_str(&format!("SET search_path TO \"$user\", public;\n\nINSERT INTO \"schema_migrations\" (version) VALUES\n{versions};\n"));
    place.write("db/structure.sql", text);
    place.write("evenkeel.toml", format!("[environments.p]\nurl = \"{}\"\n", db.url()));
    for name in ["20260101000000_first.rb", "20260102000000_mails.rb", "20260103000000_trigger.rb"] {
        place.write(&format!("db/migrate/{name}"), "class A < ActiveRecord::Migration[7.1]\nend\n");
    }
    place.write("Gemfile", "gem 'rails'\n");
    (place, db)
}

const ALL: &str = "('20260103000000'),\n('20260102000000'),\n('20260101000000')";

fn asked(place: &Place, code: i32) -> Value {
    place.run(&["history", "p", "--migrations", "db/migrate", "--format", "json"]).exits(code).json()
}

/// Somebody commits what is there now.
fn accept(place: &Place, db: &TestDb) {
    place.write("evenkeel.toml", format!("[environments.p]\nurl = \"{}\"\nmanifest = \"p.jsonl\"\n", db.url()));
    place.run(&["capture", "--all"]).exits(0);
}

#[test]
fn what_the_dump_holds_is_what_its_migrations_make_together() {
    let (place, db) = made(ALL);
    // What one of them does nobody has read: it may be rows.
    let told = asked(&place, 2);
    assert_eq!((told["tool"]["name"].as_str(), words(&told)), (Some("Rails"), vec!["not-checkable".to_owned(); 3]), "{told}");
    assert!(told["notes"].to_string().contains("../structure.sql was run in place of the 3"), "{told}");
    assert!(told["migrations"][0]["why"].as_str().unwrap().contains("all of ../structure.sql"), "{told}");
    // A person accepts that; what is there is judged all the same.
    accept(&place, &db);
    assert_eq!(words(&asked(&place, 0)), ["not-checkable"; 3]);
    // What is there beside it no migration explains.
    db.exec("create table stray (a int)");
    assert_eq!(asked(&place, 1)["unexplained"][0]["object"], "public.stray");
    db.exec("drop table stray");
    // What of it is not there is missed, and of none of them it is said that it is applied.
    for (undo, redo) in [
        ("drop index accounts_mail", "create unique index accounts_mail on accounts (mail)"),
        ("drop trigger t on accounts", "create trigger t before insert on accounts for each row execute function upper_mail()"),
    ] {
        db.exec(undo);
        let told = asked(&place, 1);
        assert_eq!(words(&told), ["not-checkable", "not-checkable", "partly-present"], "{undo}: {told}");
        assert!(told["migrations"][2]["why"].as_str().unwrap().contains("which of them nothing tells"), "{told}");
        db.exec(redo);
    }
    assert_eq!(words(&asked(&place, 0)), ["not-checkable"; 3]);
    // A newer one that is recorded and that the dump does not hold is not known.
    place.write("db/migrate/20260104000000_more.rb", "class More < ActiveRecord::Migration[7.1]\nend\n");
    assert_eq!(words(&asked(&place, 0)), ["not-checkable", "not-checkable", "not-checkable", "pending"]);
    db.exec("insert into schema_migrations values ('20260104000000')");
    let told = asked(&place, 2);
    assert_eq!(words(&told), ["not-checkable"; 4], "{told}");
}

#[test]
fn a_dump_that_holds_what_is_not_recorded_is_not_used() {
    let (place, db) = made(ALL);
    db.exec("delete from schema_migrations where version = '20260103000000'; drop trigger t on accounts; drop function upper_mail");
    let told = asked(&place, 2);
    assert_eq!(words(&told)[0], "not-checkable", "{told}");
    assert!(told["notes"].to_string().contains("it holds 20260103000000 too, which is not recorded as applied"), "{told}");
    // One that lists nothing tells nothing.
    let (place, _db) = made("('x')");
    let told = asked(&place, 2);
    assert!(told["notes"].to_string().contains("lists none of the files"), "{told}");
    // What a comment or a body says is no list.
    let (place, db) = made("('20260102000000'), ('20260101000000')");
    let text = place.read("db/structure.sql");
    let body = "CREATE FUNCTION public.f() RETURNS void LANGUAGE plpgsql AS $$ begin\nINSERT INTO schema_migrations (version) VALUES ('20260103000000');\nend $$;\n";
    place.write("db/structure.sql", format!("-- INSERT INTO schema_migrations VALUES ('20260103000000');\n{text}{body}"));
    db.exec(body);
    let told = asked(&place, 2);
    assert!(told["notes"].to_string().contains("in place of the 2"), "{told}");
    // One that was recorded, whose file is gone, is what it was: nobody takes it for applied.
    std::fs::remove_file(place.path("db/migrate/20260103000000_trigger.rb")).unwrap();
    let told = asked(&place, 1);
    assert!(words(&told).iter().any(|word| word == "unknown-version" || word == "file-missing"), "{told}");
    // Text that nobody can read is said.
    let (place, _db) = made(ALL);
    let bytes = [place.read("db/structure.sql").as_bytes(), b"-- \xe9\n"].concat();
    place.write("db/structure.sql", bytes);
    assert!(asked(&place, 2)["gaps"].to_string().contains("../structure.sql: byte"));
    // One that does not run is no proof of anything.
    let (place, _db) = made(ALL);
    let text = place.read("db/structure.sql").replace("CREATE VIEW", "CREATE TABLE public.broken (a nosuch);\nCREATE VIEW");
    place.write("db/structure.sql", text);
    let told = asked(&place, 2);
    assert!(words(&told).iter().all(|word| word == "not-checkable"), "{told}");
    assert!(told["gaps"].to_string().contains("nosuch"), "{told}");
}
