//! A way back after the new version has written rows: what fails on them alone, and what is lost of them.

use crate::rehearse::{TABLES, gate, texts};
use crate::rehearse_why::two_by_day;
use crate::run::Place;
use evenkeel_testkit::{Share, TestDb};
use serde_json::Value;

/// The second migration's way there and back; what is told of it, and its gate.
fn undo(place: &Place, db: &TestDb, (up, down): (&str, &str), more: &[&str]) -> (Value, Value) {
    place.write("d/0001_base.up.sql", "select 1;");
    place.write("d/0002_next.up.sql", up);
    place.write("d/0002_next.down.sql", down);
    let url = db.url();
    let run = ["rehearse", "d/0002_next.up.sql", "--for", &url, "--migrations", "d", "--only", "run,undo", "--format", "json"];
    let told = place.run(&[&run[..], more].concat()).json();
    (told["migrations"][0]["undo"].clone(), gate(&told, "data-loss").clone())
}

const MOOD_BACK: &str = "alter type mood rename to old; create type mood as enum ('sad', 'glad'); \
     alter table felt alter mood type mood using mood::text::mood; drop type old;";

#[test]
fn a_way_back_meets_rows_that_only_the_new_version_could_write() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    two_by_day(|db, _| {
        db.exec(TABLES);
        db.exec(
            "create type mood as enum ('sad', 'glad'); create table felt (id int primary key, mood mood not null, person int references people);
             create table large (id bigint generated always as identity primary key, c int check (c > 1000000), n int);
             create table wide (id int primary key, n int);
             create table parted (k date not null) partition by range (k)",
        );
        let place = Place::new();
        let more: &[&str] = &["--rows", "30"];
        // What it says, beginning with which object; nothing where nothing is lost.
        let cases = vec![
            ("alter table orders add x int;", "alter table orders drop x;", None),
            ("create table fresh (id int primary key, p int not null references people);", "drop table fresh;", None),
            (
                "alter table orders alter note type text;",
                "alter table orders alter note type varchar(20);",
                Some("the way back does not run where"),
            ),
            (
                "alter table orders alter note type text;",
                "alter table orders alter note type varchar(20) using left(note, 20);",
                Some("public.orders.note: other"),
            ),
            ("alter table wide alter n type bigint;", "alter table wide alter n type int;", Some("the way back does not run where")),
            ("alter type mood add value 'meh';", MOOD_BACK, Some("the way back does not run where")),
            (
                "alter table people alter name drop not null;",
                "alter table people alter name set not null;",
                Some("the way back does not run where"),
            ),
            (
                "alter table people alter name drop not null;",
                "delete from orders; delete from felt; delete from people where name is null; alter table people alter name set not null;",
                Some("public."),
            ),
            // A column that was not there may be NULL, and the one that it came from may not.
            (
                "alter table people add copy text; update people set copy = name; alter table people drop name;",
                "alter table people add name text; update people set name = copy; alter table people alter name set not null; alter table people drop copy;",
                Some("the way back does not run where"),
            ),
            // In another form, and back in the first.
            (
                "alter table orders alter total type numeric(11, 0) using total * 100;",
                "alter table orders alter total type numeric(9, 2) using total / 100;",
                None,
            ),
            (
                "alter table orders rename to bought; alter table bought rename total to sum;",
                "alter table bought rename sum to total; alter table bought rename to orders;",
                None,
            ),
            (
                "alter table orders rename to bought;",
                "delete from bought where id > 30; alter table bought rename to orders;",
                Some("public.bought: 36 rows with those that the new version has written, 30 after it"),
            ),
        ];
        for (up, down, lost) in Share::of(3).take(cases) {
            let (undo, gate) = undo(&place, db, (up, down), more);
            let all = texts(&undo["data_lost"]);
            let is_told = lost.map_or(all.is_empty(), |lost| all.iter().any(|one| one.starts_with(lost)));
            assert!(is_told, "{up} {down}: {undo}");
            assert_eq!(
                (undo["exact"].as_bool(), gate["holds"].as_bool()),
                (Some(true), Some(lost.is_none())),
                "{up} {down}: {undo} {gate}"
            );
            assert!(undo["written"].as_array().unwrap().iter().any(|one| one["rows"].as_u64() >= Some(3)), "{undo}");
        }
        // Nobody can say what becomes of rows that could not be made; where only the catalog is worked on, no row is met.
        let (told, loss) = undo(&place, db, ("alter table large alter c set default 5;", "alter table large alter c drop default;"), more);
        assert_eq!((told["unwritten"].as_array().map(Vec::len), loss["holds"].as_bool()), (Some(0), Some(true)), "{told} {loss}");
        let (told, loss) = undo(&place, db, ("alter table parted add n int;", "update parted set k = k; alter table parted drop n;"), &[]);
        assert_eq!(loss["holds"], Value::Null, "{told} {loss}");
        assert!(texts(&told["unwritten"])[0].starts_with("public.parted: no partition of relation"), "{told}");
        let url = db.url();
        let shown = place.run(&["rehearse", "d/0002_next.up.sql", "--for", &url, "--migrations", "d", "--only", "run,undo"]).stdout;
        assert!(shown.contains("what the new version writes could not be made up: public.parted:"), "{shown}");
    });
}
