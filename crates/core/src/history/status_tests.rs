//! What tools print where they are asked what they would still run, and what is made of it. The texts are those of the tools themselves
//! (sqlx 0.9, Diesel 2.3, Liquibase 4.28, Knex 3.3, Sequelize's CLI 6.6, TypeORM 1.1, Alembic 1.20, Django, dbmate, node-pg-migrate,
//! Rails 6.1, Laravel 8); those of Flyway, goose, golang-migrate, Prisma and later Laravel are as their manuals and code have them.

use super::status::{SILENT, Said, Told};
use super::{READERS, ROWS, STATUSES};

fn told_by(tool: &str, words: &str, code: i32, out: &str, err: &str) -> Option<Told> {
    let Some(status) = STATUSES.iter().find(|status| status.tool == tool) else { panic!("{tool}") };
    let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
    (status.read)(&Said { words: &words, code: Some(code), out, err })
}

fn told(tool: &str, out: &str) -> Option<Told> {
    told_by(tool, "", 0, out, "")
}

fn nothing() -> Option<Told> {
    Some(Told::pending([] as [&str; 0]))
}

fn these(names: &[&str]) -> Option<Told> {
    Some(Told::pending(names.iter().copied()))
}

#[test]
fn every_tool_whose_rows_are_written_can_be_asked_or_says_why_not() {
    // Two that record alike are told apart by their folders.
    let folders = READERS.iter().filter(|reader| ROWS.iter().any(|rows| rows.tool == reader.tool || reader.records.contains(&rows.tool)));
    for tool in folders.map(|reader| reader.tool) {
        let is_asked = STATUSES.iter().any(|status| status.tool == tool);
        let is_silent = SILENT.iter().any(|(silent, _)| *silent == tool);
        assert!(is_asked != is_silent, "{tool}");
    }
    for status in STATUSES {
        assert!(READERS.iter().any(|reader| reader.tool == status.tool), "{}: nobody asks it", status.tool);
        assert!(!status.example.is_empty(), "{}", status.tool);
    }
}

#[test]
fn what_nobody_understands_is_never_nothing() {
    for status in STATUSES {
        let words: Vec<String> = status.example.split(' ').map(str::to_owned).collect();
        for (code, out) in [(Some(0), "No news.\n"), (Some(1), "No news.\n"), (None, ""), (Some(2), "")] {
            let said = Said { words: &words, code, out, err: "" };
            assert_eq!((status.read)(&said), None, "{}: {code:?} {out:?}", status.tool);
        }
    }
}

#[test]
fn those_that_print_a_line_for_each() {
    assert_eq!(told("dbmate", "[X] 1_one.sql\n[ ] 2_two.sql\n\nApplied: 1\nPending: 1\n"), these(&["2_two.sql"]));
    assert_eq!(told("dbmate", "[X] 1_one.sql\n\nApplied: 1\nPending: 0\n"), nothing());
    assert_eq!(told("sqlx", "20260101000000/installed one\n20260102000000/pending two\n"), these(&["20260102000000"]));
    assert_eq!(told("sqlx", "20260101000000/installed one\n"), nothing());
    let edited =
        "20260101000000/installed (different checksum) one\napplied migration had checksum 75a4\nlocal migration has checksum 5fde\n";
    let wrong = ("20260101000000".to_owned(), "20260101000000/installed (different checksum) one".to_owned());
    assert_eq!(told("sqlx", edited), Some(Told::Pending { names: Vec::new(), wrong: vec![wrong] }));
    assert_eq!(told("sqlx", "20260101000000/elsewhere one\n"), None);
    assert_eq!(
        told("Diesel", "Migrations:\n  [X] 00000000000000_diesel_initial_setup\n  [ ] 2026-01-02-000000_two\n"),
        these(&["2026-01-02-000000_two"])
    );
    assert_eq!(told("Diesel", "Migrations:\n  [X] 00000000000000_diesel_initial_setup\n"), nothing());
    assert_eq!(told("TypeORM", "[X] 1 One1767225600000\n[ ] Two1767225600001\n"), these(&["Two1767225600001"]));
    assert_eq!(told("TypeORM", "[X] 1 One1767225600000\n"), nothing());
    let head = "\nSequelize CLI [Node: 20.20.2, CLI: 6.6.5, ORM: 6.37.8]\n\nUsing environment \"development\".\n";
    let tool = "Sequelize or umzug";
    assert_eq!(told(tool, &format!("{head}up 20260101000000-one.js\ndown 20260102000000-two.js\n")), these(&["20260102000000-two.js"]));
    assert_eq!(told(tool, &format!("{head}up 20260101000000-one.js\n")), nothing());
    let head =
        "2026/01/01 00:00:00     Applied At                  Migration\n2026/01/01 00:00:00     =======================================\n";
    let one = "2026/01/01 00:00:00     Sun Jan  4 11:25:03 2026 -- 00001_one.sql\n";
    let two = "2026/01/01 00:00:00     Pending                  -- 00002_two.sql\n";
    assert_eq!(told_by("goose", "", 0, "", &format!("{head}{one}{two}")), these(&["00002_two.sql"]));
    assert_eq!(told_by("goose", "", 0, "", &format!("{head}{one}")), nothing());
    assert_eq!(told_by("goose", "", 1, "", &format!("{head}{one}")), None);
}

#[test]
fn those_that_say_so_in_a_sentence() {
    assert_eq!(told("node-pg-migrate", "No migrations to run!\nMigrations complete!\n"), nothing());
    assert_eq!(
        told("node-pg-migrate", "> Migrating files:\n> - 1767225600001_two\n### MIGRATION 1767225600001_two (UP) ###\n"),
        these(&["1767225600001_two"])
    );
    let found = "Found 1 Completed Migration file/files.\n20260101000000_one.js\n";
    assert_eq!(told("Knex", &format!("{found}No Pending Migration files Found.\n\n")), nothing());
    assert_eq!(
        told("Knex", &format!("{found}Found 1 Pending Migration file/files.\n20260102000000_two.js\n\n")),
        these(&["20260102000000_two.js"])
    );
    let gone =
        "Error: The migration directory is corrupt, the following files are missing: a.js, b.js\n    at validate (Migrator.js:733:11)\n";
    let wrong = ["a.js", "b.js"].map(|name| (name.to_owned(), format!("{name} is gone"))).to_vec();
    assert_eq!(told_by("Knex", "", 1, "", gone), Some(Told::Pending { names: Vec::new(), wrong }));
    assert_eq!(told("Liquibase", "postgres@jdbc:postgresql://127.0.0.1:15433/liquibase is up to date\n"), nothing());
    assert_eq!(
        told("Liquibase", "1 changeset has not been applied to postgres@jdbc:postgresql://127.0.0.1:1/l\n     two.sql::2::ann\n"),
        these(&["two.sql::2::ann"])
    );
    let edited = "     1 changesets check sum\n          two.sql::2::ann was: 9:5a but is now: 9:46\n";
    let wrong = vec![("two.sql::2::ann".to_owned(), "two.sql::2::ann was: 9:5a but is now: 9:46".to_owned())];
    assert_eq!(told_by("Liquibase", "", 1, "", &edited.repeat(2)), Some(Told::Pending { names: Vec::new(), wrong }));
    assert_eq!(told_by("Prisma", "", 0, "2 migrations found in prisma/migrations\n\nDatabase schema is up to date!\n", ""), nothing());
    let pending = "Following migration have not yet been applied:\n20260102000000_two\n\nTo apply migrations in development run prisma migrate dev.\n";
    assert_eq!(told_by("Prisma", "", 1, pending, ""), these(&["20260102000000_two"]));
    let failed = "Following migration have failed:\n20260102000000_two\n\nDuring development if the failed migration(s) …\n";
    let wrong = vec![("20260102000000_two".to_owned(), "20260102000000_two has failed".to_owned())];
    assert_eq!(told_by("Prisma", "", 1, failed, ""), Some(Told::Pending { names: Vec::new(), wrong }));
}

#[test]
fn alembic_is_believed_only_where_it_looked_at_every_head() {
    assert_eq!(told_by("Alembic", "alembic current --check-heads", 0, "b1 (head)\n", ""), nothing());
    let behind = "FAILED: Database is not on all head revisions\n";
    assert_eq!(told_by("Alembic", "alembic current --check-heads", 255, behind, ""), Some(Told::Something));
    // One of two heads prints alike.
    assert_eq!(told_by("Alembic", "alembic current", 0, "b1 (head)\n", ""), None);
}

#[test]
fn django_has_three_ways_to_say_so() {
    let plan = "python manage.py migrate --plan";
    assert_eq!(told_by("Django", plan, 0, "Planned operations:\n  No planned migration operations.\n", ""), nothing());
    let planned = "Planned operations:\nshop.0002_two\n    Raw SQL operation -> create table b(x int)\n";
    assert_eq!(told_by("Django", plan, 0, planned, ""), these(&["shop.0002_two"]));
    let list = "[X]  shop.0001_initial\n[ ]  shop.0002_two\n";
    assert_eq!(told_by("Django", "manage.py showmigrations --plan", 0, list, ""), these(&["shop.0002_two"]));
    assert_eq!(told_by("Django", "manage.py showmigrations", 0, "shop\n [X] 0001_initial\n", ""), None);
    let check = "manage.py migrate --check";
    assert_eq!(told_by("Django", check, 0, "", ""), nothing());
    assert_eq!(told_by("Django", check, 1, "", ""), Some(Told::Something));
    assert_eq!(told_by("Django", check, 1, "", "Traceback (most recent call last):\n"), None);
}

#[test]
fn rails_and_laravel_print_tables() {
    let head = "\ndatabase: shop\n\n Status   Migration ID    Migration Name\n--------------------------------------------------\n";
    let (up, down) = ("   up     20260101000000  Create orders\n", "  down    20260102000000  Two\n");
    assert_eq!(told("Rails", &format!("{head}{up}{down}\n")), these(&["20260102000000"]));
    assert_eq!(told("Rails", &format!("{head}{up}\n")), nothing());
    let abort = "rails db:abort_if_pending_migrations";
    assert_eq!(told_by("Rails", abort, 0, "", ""), nothing());
    let pending = "You have 1 pending migration:\n  20260102000000 Two\n";
    assert_eq!(
        told_by("Rails", abort, 1, pending, "Run `rails db:migrate` to update your database then try again.\n"),
        these(&["20260102000000"])
    );
    assert_eq!(told_by("Rails", abort, 1, "", "no such file\n"), None);
    let frame = "+------+-----------------------+-------+\n";
    let table = |rows: &str| format!("{frame}| Ran? | Migration             | Batch |\n{frame}{rows}{frame}");
    let one = "| Yes  | 2026_01_01_000000_one | 1     |\n";
    assert_eq!(told("Laravel", &table(&format!("{one}| No   | 2026_01_02_000000_two |       |\n"))), these(&["2026_01_02_000000_two"]));
    assert_eq!(told("Laravel", &table(one)), nothing());
    let later = |state: &str| {
        format!(
            "\n  Migration name ........ Batch / Status  \n  2026_01_01_000000_one ...... [1] Ran  \n  2026_01_02_000000_two ...... {state}  \n"
        )
    };
    assert_eq!(told("Laravel", &later("Pending")), these(&["2026_01_02_000000_two"]));
    assert_eq!(told("Laravel", &later("[2] Ran")), nothing());
    assert_eq!(told("Laravel", &later("Lost")), None);
}

#[test]
fn golang_migrate_says_where_it_stands_and_no_more() {
    let at = |version: Option<&str>, is_dirty| Some(Told::At { version: version.map(str::to_owned), is_dirty });
    assert_eq!(told_by("golang-migrate", "", 0, "", "20260102\n"), at(Some("20260102"), false));
    assert_eq!(told_by("golang-migrate", "", 0, "", "2 (dirty)\n"), at(Some("2"), true));
    assert_eq!(told_by("golang-migrate", "", 1, "", "error: no migration\n"), at(None, false));
    assert_eq!(told_by("golang-migrate", "", 1, "", "error: failed to open database\n"), None);
}

#[test]
fn flyway_says_it_as_json() {
    let info = |state: &str| {
        format!(
            r#"{{"migrations":[{{"version":"1","state":"Success","filepath":"/m/V1__one.sql"}},{{"version":"","state":"{state}","filepath":"/m/R__view.sql"}}],"operation":"info"}}"#
        )
    };
    assert_eq!(told_by("Flyway", "flyway info", 0, &info("Pending"), ""), these(&["R__view.sql"]));
    assert_eq!(told_by("Flyway", "flyway info", 0, &info("Success"), ""), nothing());
    assert_eq!(told_by("Flyway", "flyway info", 0, &info("Elsewhere"), ""), None);
    let failed = Some(Told::Pending { names: Vec::new(), wrong: vec![("R__view.sql".to_owned(), "R__view.sql is Failed".to_owned())] });
    assert_eq!(told_by("Flyway", "flyway info", 0, &info("Failed"), ""), failed);
    assert_eq!(told_by("Flyway", "flyway validate", 0, r#"{"validationSuccessful":true,"invalidMigrations":[]}"#, ""), nothing());
    let mismatch = r#"{"validationSuccessful":false,"invalidMigrations":[{"version":"1","errorDetails":{"errorMessage":"Migration checksum mismatch for migration version 1"}}]}"#;
    let wrong = vec![("1".to_owned(), "Migration checksum mismatch for migration version 1".to_owned())];
    assert_eq!(told_by("Flyway", "flyway validate", 1, mismatch, ""), Some(Told::Pending { names: Vec::new(), wrong }));
}
