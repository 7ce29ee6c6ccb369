//! What a target or a dump brings along runs in throwaway servers as nobody who may more than it: not when rows are made, copied, loaded,
//! counted or compared, nor when the server keeps house. Neighbours: `rehearse_rows`, `rehearse_data`, `rehearse_dump`, whose rows they are.

use crate::rehearse::{TABLES, gate, rehearsed, texts};
use crate::rehearse_dump::dumped;
use crate::rehearse_place::Staged;
use crate::run::Place;
use evenkeel_testkit::{database, majors};
use serde_json::Value;

/// Refuses to run as a superuser, but where `my.calm` says that it is the test's own: in a constraint, two indexes, a default, a generated
/// column, statistics, a trigger that always fires, a policy, and with the rights of who owns it.
const HOSTILE: &str = "create function who(v text) returns text language plpgsql immutable as $$ begin
        if coalesce(current_setting('my.calm', true), '') = '' and exists (select from pg_roles where rolsuper and rolname in (current_user, session_user))
            then raise exception 'this ran as %', (select string_agg(rolname, ' ') from pg_roles where rolsuper);
        end if; return v; end $$;
    create function owned(v text) returns text language plpgsql immutable security definer as $$ begin
        if coalesce(current_setting('my.calm', true), '') = '' and exists (select from pg_roles where rolsuper and rolname = current_user)
            then raise exception 'this ran as its owner';
        end if; return v; end $$;
    create table hostile (id int primary key, note text check (who(note) = note), other text default who('x') check (owned(other) = other),
        person int references people, made text generated always as (who(note)) stored);
    create index on hostile (who(note));
    create function fires() returns trigger language plpgsql as $$ begin new.other := owned(who(new.other)); return new; end $$;
    create trigger fires before insert or update on hostile for each row execute function fires();
    alter table hostile enable always trigger fires;
    alter table hostile enable row level security; create policy p on hostile using (who(note) is not null)";
/// What no dump may bring along: a function of the server's own with the rights of who made it.
const INTERNAL: &str =
    "create function asks(text, boolean, boolean, text) returns xml language internal security definer as 'query_to_xml';
    create function asked(v text) returns boolean language plpgsql immutable as $$ begin
        return coalesce(current_setting('my.calm', true), '') <> ''
            or asks('select rolname from pg_roles where rolsuper and rolname = current_user', false, false, '')::text not like '%rolname%';
        end $$;
    alter table hostile add check (asked(other))";
/// It is evaluated whenever somebody plans a query on the table, and when it is made.
const FOLDED: &str =
    "set my.calm = 'yes'; create index on hostile (id, coalesce(note, who('y'))) where who('z') is not null; reset my.calm";
const ROWS: &str =
    "set my.calm = 'yes'; insert into hostile (id, note, person) select g, 'n' || g, g from generate_series(1, 20) g; reset my.calm";
const UP: &str = "alter table hostile add more int default 5;\nupdate hostile set note = note || 'x' where who(note) is not null;\n";
const DOWN: &str = "alter table hostile drop more;\n";

fn ends() -> Vec<u32> {
    let all = majors();
    [all.first().copied(), all.last().copied()].into_iter().flatten().collect()
}

/// It ran, on so many rows, and nothing of it as a superuser.
fn is_well(told: &Value, rows: &str, major: u32) {
    let all = told.to_string();
    assert!(!all.contains("this ran as"), "{major}: {all}");
    assert!(told["migrations"][0]["stopped"].is_null(), "{major}: {all}");
    let floor = texts(&told["floor"]).join("\n");
    assert!(floor.contains(rows) && !floor.contains("public.hostile has no rows"), "{major}: {floor}");
}

#[test]
fn code_of_a_target_does_not_run_as_the_superuser_where_rows_are_made_or_compared() {
    for major in ends() {
        let db = database(major);
        db.exec(TABLES);
        db.exec(HOSTILE);
        db.exec(INTERNAL);
        let place = Place::new();
        place.write("m/0001_next.up.sql", UP);
        place.write("m/0001_next.down.sql", DOWN);
        let url = db.url();
        let told = place.run(&[
            "rehearse",
            "m/0001_next.up.sql",
            "--for",
            &url,
            "--migrations",
            "m",
            "--rows",
            "50",
            "--long-transaction",
            "1s",
            "--only",
            "run,effect,undo,rerun,load",
            "--format",
            "json",
        ]);
        let told = told.json();
        is_well(&told, "50 in each of 3 tables", major);
        // They were compared.
        assert_eq!(gate(&told, "data-loss")["found"], "1: public.hostile.note: other values than before", "{major}: {told}");
    }
}

#[test]
fn nor_where_they_are_copied_or_come_in_a_dump() {
    for major in ends() {
        let staged = Staged::new(major, UP);
        staged.exec(HOSTILE);
        staged.exec(INTERNAL);
        let staging = staged.server.session("staging").unwrap();
        staging.exec(ROWS).unwrap();
        let told =
            staged.place.run(&["rehearse", "release.sql", "--for", "production", "--data", "staging", "--only", "run", "--format", "json"]);
        is_well(&told.json(), "rows are copies of those of staging", major);
        let db = database(major);
        db.exec(TABLES);
        db.exec(HOSTILE);
        db.exec(FOLDED);
        db.exec(ROWS);
        let place = Place::new();
        place.write("release.sql", UP);
        place.write("dump.sql", dumped(&db, &[]));
        let told = rehearsed(&place, &db, &["--dump", "dump.sql", "--only", "run,effect"], 2);
        is_well(&told, "rows are the dump's, 60 in 3 of 3 tables", major);
    }
}
