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

/// A database, and a project whose schema was dumped from it with these versions; the first of them has no file any more.
fn made(versions: &str) -> (Place, TestDb) {
    let (place, db) = (Place::new(), database(newest()));
    db.exec(MADE);
    let mut text = String::from_utf8(dumped(&db, &["--schema-only", "--no-privileges", "--no-owner"])).unwrap();
    text.push_str(&format!("SET search_path TO \"$user\", public;\n\nINSERT INTO \"schema_migrations\" (version) VALUES\n{versions};\n"));
    place.write("db/structure.sql", text);
    for name in ["20260102000000_mails.rb", "20260103000000_trigger.rb"] {
        place.write(&format!("db/migrate/{name}"), "class A < ActiveRecord::Migration[7.1]\nend\n");
    }
    place.write("Gemfile", "gem 'rails'\n");
    (place, db)
}

const ALL: &str = "('20260103000000'),\n('20260102000000'),\n('20260101000000')";

fn asked(place: &Place, db: &TestDb, code: i32) -> Value {
    place.run(&["history", &db.url(), "--migrations", "db/migrate", "--format", "json"]).exits(code).json()
}

#[test]
fn what_the_dump_holds_is_what_its_migrations_make_together() {
    let (place, db) = made(ALL);
    let told = asked(&place, &db, 0);
    assert_eq!((told["tool"]["name"].as_str(), words(&told)), (Some("Rails"), vec!["applied".to_owned(); 3]), "{told}");
    assert!(told["notes"].to_string().contains("../structure.sql was run in place of the 3"), "{told}");
    // What is there beside it no migration explains.
    db.exec("create table stray (a int)");
    assert_eq!(asked(&place, &db, 1)["unexplained"][0]["object"], "public.stray");
    db.exec("drop table stray");
    // What of it is not there is missed, and of none of them it is said that it is applied.
    for (undo, redo) in [
        ("drop index accounts_mail", "create unique index accounts_mail on accounts (mail)"),
        ("drop trigger t on accounts", "create trigger t before insert on accounts for each row execute function upper_mail()"),
    ] {
        db.exec(undo);
        let told = asked(&place, &db, 1);
        assert_eq!(words(&told), ["not-checkable", "not-checkable", "partly-present"], "{undo}: {told}");
        assert!(told["migrations"][2]["why"].as_str().unwrap().contains("which of them nothing tells"), "{told}");
        db.exec(redo);
    }
    assert_eq!(words(&asked(&place, &db, 0)), ["applied"; 3]);
    // A newer one that is recorded and that the dump does not hold is not known.
    place.write("db/migrate/20260104000000_more.rb", "class More < ActiveRecord::Migration[7.1]\nend\n");
    assert_eq!(words(&asked(&place, &db, 0)), ["applied", "applied", "applied", "pending"]);
    db.exec("insert into schema_migrations values ('20260104000000')");
    let told = asked(&place, &db, 2);
    assert_eq!(words(&told), ["applied", "applied", "applied", "not-checkable"], "{told}");
}

#[test]
fn a_dump_that_holds_what_is_not_recorded_is_not_used() {
    const FIRST: &str = "db/migrate/20260101000000_first.rb";
    let (place, db) = made(ALL);
    place.write(FIRST, "class First\nend\n");
    db.exec("delete from schema_migrations where version = '20260103000000'; drop trigger t on accounts; drop function upper_mail");
    let told = asked(&place, &db, 2);
    assert_eq!(words(&told)[0], "not-checkable", "{told}");
    assert!(told["notes"].to_string().contains("it holds 20260103000000 too, which is not recorded as applied"), "{told}");
    // One that lists nothing tells nothing.
    let (place, db) = made("('x')");
    place.write(FIRST, "class First\nend\n");
    let told = asked(&place, &db, 2);
    assert!(told["notes"].to_string().contains("lists none of the files"), "{told}");
    // One that does not run is no proof of anything.
    let (place, db) = made(ALL);
    let text = place.read("db/structure.sql").replace("CREATE VIEW", "CREATE TABLE public.broken (a nosuch);\nCREATE VIEW");
    place.write("db/structure.sql", text);
    let told = asked(&place, &db, 2);
    assert!(words(&told).iter().all(|word| word == "not-checkable"), "{told}");
    assert!(told["gaps"].to_string().contains("nosuch"), "{told}");
}
