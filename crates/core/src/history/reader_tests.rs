//! Folders as their tools read them: keys, order, sums. Sums were made by the real tools.

#![allow(clippy::unwrap_used)]

use super::folder::{self, File, Folder, Migration, Transaction, Tree, Wish};
use super::matching::{ancestors, elsewhere, matched, titled};
use super::record::State;
use super::tool::READERS;
use super::verdict::Recorded;

fn tree(files: &[(&str, &str)]) -> Tree {
    let mut files: Vec<File> =
        files.iter().map(|(path, text)| File { path: (*path).to_owned(), bytes: text.as_bytes().to_vec() }).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Tree { files, ..Tree::default() }
}

fn read(files: &[(&str, &str)], tool: Option<&str>) -> Folder {
    let wish = Wish { servers: vec!["postgresql"], ..Wish::default() };
    let mut folder = folder::read(READERS, &tree(files), tool, &[], &wish).unwrap();
    titled(&mut folder);
    folder
}

fn keys(folder: &Folder) -> Vec<&str> {
    folder.migrations.iter().map(|migration| migration.key.as_str()).collect()
}

fn text(migration: &Migration) -> String {
    migration.up.iter().map(|part| part.text.trim()).collect::<Vec<_>>().join("|")
}

const FIXTURE: &str = "--liquibase formatted sql\n--changeset ann:1 context:prod labels:v1 comment:first\ncreate table orders(id bigint primary key, note text);\n--rollback drop table orders;\n--changeset bob:add-total\nalter table orders add total numeric(9,2);\n--rollback alter table orders drop column total;\n";

#[test]
fn formatted_sql_has_the_sums_that_liquibase_recorded() {
    let folder = read(&[("changelog.sql", FIXTURE)], None);
    assert_eq!((folder.tool, keys(&folder)), ("Liquibase", vec!["changelog.sql::1::ann", "changelog.sql::add-total::bob"]));
    let sums: Vec<&str> = folder.migrations.iter().map(|migration| migration.checksum.as_deref().unwrap()).collect();
    assert_eq!(sums, ["9:c0572ebceba230e3659d5f99a3925600", "9:ab1bb57c523874f4806fa82ffadc95b2"]);
    let [first, second] = folder.migrations.as_slice() else { panic!("{folder:?}") };
    assert_eq!(first.condition.as_deref(), Some("it runs only on a condition: context prod, labels v1"));
    assert_eq!((second.up[0].begins, second.down.as_ref().unwrap()[0].text.trim()), ((6, 1), "alter table orders drop column total;"));
    assert_eq!(first.is_summed("7:anything"), None, "a sum of a kind that is not worked out is no edit");
    assert_eq!(first.is_summed("9:c0572ebceba230e3659d5f99a3925600"), Some(true));
    assert_eq!((folder.odd.len(), first.unreadable.as_deref()), (0, None));
}

#[test]
fn the_sums_of_version_8_are_those_that_liquibase_takes_for_its_own() {
    // Liquibase 4.28.0 found these in its table, took them for right, and wrote the sums of version 9 that stand beside them.
    let log = "--liquibase formatted sql\n--property name:tbl value:prop_t\n\n--changeset ann:1 context:prod labels:v1\n--comment first\n-- an own comment\ncreate table orders(id bigint primary key, note text); -- trailing\n/* block\ncomment */\n--rollback drop table orders;\n\n--changeset bob:fn splitStatements:false\ncreate function f() returns int language plpgsql as $$\nbegin\n  -- inner comment\n  return 1; /* another */\nend $$;\n--rollback drop function f();\n\n--changeset bob:fn2\ncreate function f2() returns int language plpgsql as $$\nbegin\n  -- inner comment\n  return 1; /* another */\nend $$;\ncreate table ${tbl} (a text default '-- no comment');\n\n--changeset bob:raw stripComments:false endDelimiter:/\ncreate function f3() returns int language sql as 'select 1 -- x'\n/\ncreate table t3 (a int)\n/\n";
    let folder = read(&[("a.sql", log)], None);
    for (migration, eight, nine) in folder
        .migrations
        .iter()
        .zip([
            ("8:5dcc355ce0bc8e609dafa0871c7ce692", "9:f7c85484eb76dae9a114e2779a9fd988"),
            ("8:b1a5e77fd3db009a1744d6c4b25600a3", "9:7a4c4657b09e89e90791607332b0fd2e"),
            ("8:af627c65b0c2ce43c211c25fdcbd8a7b", "9:ed11add8b87a3c2a83207c1918ca2e44"),
            ("8:5cd9dd29709bd426220024a3b3560718", "9:cea99d25fff3b800500cb439d17f6cf7"),
        ])
        .map(|(migration, (eight, nine))| (migration, eight, nine))
    {
        assert_eq!((migration.is_summed(eight), migration.is_summed(nine)), (Some(true), Some(true)), "{migration:?}");
        assert_eq!(migration.is_summed(&eight.replace("8:", "8:0")), Some(false));
    }
    assert_eq!(folder.migrations.len(), 4);
}

#[test]
fn attributes_of_a_change_set_are_heard() {
    let log = "--liquibase formatted sql logicalFilePath:logical/x.sql\n--property name:t value:orders\n--changeset \"an author\":\"an id\" runOnChange:true endDelimiter:/ runInTransaction:false stripComments:false\n--validCheckSum: 9:abc\n--preconditions onFail:MARK_RAN\n--precondition-sql-check expectedResult:0 select 1\ncreate ${t} -- kept\n/\ncreate b\n/\n--ignoreLines:start\nnot read\n--ignoreLines:end\n--changeset x:mysql dbms:mysql\nno;\n--changeset x:not dbms:!postgresql\nno;\n--changeset x:off ignore:true\nno;\n--changeset x:y\ncreate function f() as $$ begin -- gone\n /* gone\n too */ end $$;\n--rollback not required\n";
    let folder = read(&[("a.sql", log)], None);
    assert_eq!(keys(&folder), ["logical/x.sql::an id::an author", "logical/x.sql::y::x"], "{:?}", folder.odd);
    let first = &folder.migrations[0];
    assert_eq!(text(first), "create orders -- kept|create b");
    assert_eq!((first.repeatable, first.transaction, first.up[1].begins.0), (true, Transaction::None, 9));
    assert_eq!((first.is_summed("9:abc"), first.is_summed("9:abd")), (Some(true), Some(false)));
    assert!(first.condition.as_deref().unwrap().contains("preconditions"));
    let last = &folder.migrations[1];
    assert_eq!(text(last), "create function f() as $$ begin \n  end $$;");
    assert_eq!(last.down.as_deref().map(<[_]>::len), Some(0));
    let broken = read(&[("a.sql", "--liquibase formatted sql\n--changeset nobody\nselect 1;\n")], None);
    assert!(broken.odd[0].1.contains("AUTHOR:ID"), "{:?}", broken.odd);
}

#[test]
fn change_logs_include_each_other_and_a_circle_is_said() {
    let yaml = "databaseChangeLog:\n- property: {name: t, value: orders}\n- include: {file: db/changelog/one.xml}\n- includeAll: {path: sub/, relativeToChangelogFile: true}\n";
    let xml = "<databaseChangeLog><changeSet id='1' author='a'><sql>create table ${t} (a int)</sql><rollback>drop table ${t}</rollback></changeSet>\n<changeSet id='2' author='a'><createTable tableName='x'/></changeSet><changeSet id='3' author='a'><tagDatabase tag='v1'/></changeSet>\n<changeSet id='4' author='a'><sqlFile path='big.sql' relativeToChangelogFile='true'/></changeSet></databaseChangeLog>";
    let files = [
        ("master.yaml", yaml),
        ("one.xml", xml),
        ("big.sql", "select 1;\nselect 2;\n"),
        ("sub/b.sql", "create table raw (a int);"),
        (
            "sub/a.json",
            "{\"databaseChangeLog\": [{\"changeSet\": {\"id\": 5, \"author\": \"a\", \"changes\": [{\"sql\": {\"sql\": \"select 5\"}}]}}]}",
        ),
        ("left.sql", "--liquibase formatted sql\n--changeset a:9\nselect 9;\n"),
    ];
    let folder = read(&files, None);
    let expected = [
        "db/changelog/one.xml::1::a",
        "db/changelog/one.xml::2::a",
        "db/changelog/one.xml::3::a",
        "db/changelog/one.xml::4::a",
        "sub/a.json::5::a",
        "sub/b.sql::raw::includeAll",
    ];
    assert_eq!(keys(&folder), expected, "{:?}", folder.odd);
    assert_eq!(text(&folder.migrations[0]), "create table orders (a int)");
    assert!(folder.migrations[1].unreadable.as_deref().unwrap().contains("createTable is not SQL"), "never applied without a look");
    assert_eq!((folder.migrations[2].unreadable.as_deref(), folder.migrations[2].up.len()), (None, 0));
    assert_eq!(folder.migrations[1].checksum, None, "a sum that is not worked out is none");
    assert_eq!(folder.migrations[3].files, ["one.xml", "big.sql"]);
    assert_eq!(folder.odd, [("left.sql".to_owned(), "no change log includes it: Liquibase will not run it".to_owned())]);
    let circle = [
        ("a.yaml", "databaseChangeLog:\n- include: {file: b.yaml}\n- include: {file: gone.yaml}\n"),
        ("b.yaml", "databaseChangeLog:\n- include: {file: c.yaml}\n"),
        ("c.yaml", "databaseChangeLog:\n- include: {file: b.yaml}\n"),
    ];
    let folder = read(&circle, None);
    assert!(folder.odd.iter().any(|(_, why)| why.contains("it includes itself: a.yaml -> b.yaml -> c.yaml -> b.yaml")), "{:?}", folder.odd);
    assert!(folder.odd.iter().any(|(_, why)| why.contains("gone.yaml")), "{:?}", folder.odd);
    // All of them in a circle: no file begins, and that is said of each.
    let round = read(&[("a.yaml", circle[2].1.replace("b.yaml", "a.yaml").as_str())], Some("liquibase"));
    assert!(!round.odd.is_empty() && round.migrations.is_empty(), "{round:?}");
    let broken = read(&[("a.xml", "<databaseChangeLog><changeSet>"), ("b.sql", FIXTURE)], None);
    assert!(broken.odd.iter().any(|(file, _)| file == "a.xml"), "{:?}", broken.odd);
}

#[test]
fn a_path_told_from_elsewhere_and_a_number_with_zeros_are_the_same_key() {
    let record = |key: &str| Recorded::of(key, State::Applied);
    let folder = read(&[("changelog.sql", FIXTURE)], None);
    let mut records = vec![record("classpath:db/changelog/changelog.sql::1::ann"), record("other.sql::1::ann")];
    matched(&folder, &mut records);
    assert_eq!(records.iter().map(|record| record.key.as_str()).collect::<Vec<_>>(), ["changelog.sql::1::ann", "other.sql::1::ann"]);
    let flyway = read(&[("V01__a.sql", "select 1"), ("V1.10__b.sql", "select 1")], Some("flyway"));
    let mut records = vec![record("1"), record("1.9"), record("1.10.0")];
    matched(&flyway, &mut records);
    assert_eq!(records.iter().map(|record| record.key.as_str()).collect::<Vec<_>>(), ["01", "1.9", "1.10"]);
}

/// Files and sums are of a sample that Atlas tests itself with: nobody else can make its sums.
#[test]
fn the_sums_of_atlas_are_compared_with_its_file() {
    let first = "-- add new schema named \"atlantis\"\nCREATE DATABASE `atlantis`;\n-- create \"tbl\" table\nCREATE TABLE `atlantis`.`tbl` (`col` int NOT NULL) CHARSET utf8mb4 COLLATE utf8mb4_general_ci;\n";
    let second = "ALTER TABLE `atlantis`.`tbl` ADD `col_2` TEXT;\n";
    let sums = "h1:EGX5/CEEerpLWqYQNHB1veTXon8t05wEGJiX2fOtFXg=\n20220318104614_initial.sql h1:EoDHPlX7fTGn5qiCdR5xhwFh+DrOi3cQ7Y49BsIy97k=\n20220420213403_second.sql h1:cAioQjDgJkOIiMAyEwqaurPs0EHpTeu0CnWlJzNj5SE=\n";
    let files = |first, second, sums| [("20220318104614_initial.sql", first), ("20220420213403_second.sql", second), ("atlas.sum", sums)];
    let folder = read(&files(first, second, sums), None);
    assert_eq!((folder.tool, keys(&folder), folder.odd.len()), ("Atlas", vec!["20220318104614", "20220420213403"], 0), "{:?}", folder.odd);
    assert_eq!(folder.migrations[1].checksum.as_deref(), Some("cAioQjDgJkOIiMAyEwqaurPs0EHpTeu0CnWlJzNj5SE="));
    let edited = read(&files(first, "ALTER TABLE x ADD y TEXT;\n", sums), None);
    assert!(edited.odd[0].0 == "20220420213403_second.sql" && edited.odd[0].1.contains("sum"), "{:?}", edited.odd);
    let cut = read(&files(first, second, sums.rsplit_once("20220420213403").unwrap().0), None);
    assert!(cut.odd.iter().any(|(_, why)| why.contains("does not name it")), "{:?}", cut.odd);
    assert!(cut.odd.iter().any(|(_, why)| why.contains("its first line")), "{:?}", cut.odd);
    let mut more = files(first, second, sums).to_vec();
    more.insert(0, ("20210101000000_before.sql", "select 1;"));
    assert!(read(&more, None).odd[0].1.contains("does not name it"));
}

#[test]
fn names_of_classes_are_keys() {
    let class = "<?php\nnamespace App\\Migrations;\nfinal class Version20260101000000 extends AbstractMigration {}\n";
    let folder = read(&[("Version20260101000000.php", class), ("Other.php", "")], None);
    assert_eq!((folder.tool, keys(&folder)), ("Doctrine", vec!["App\\Migrations\\Version20260101000000"]));
    let folder = read(&[("20260101000000_create_orders.php", "<?php class CreateOrders extends AbstractMigration {}")], None);
    assert_eq!((folder.tool, keys(&folder)), ("Phinx", vec!["20260101000000"]));
    assert_eq!(folder.migrations[0].title.as_deref(), Some("CreateOrders"));
    assert!(folder.migrations[0].unreadable.is_some());
}

#[test]
fn dependencies_order_what_names_do_not() {
    let django = [
        ("shop/migrations/0001_initial.py", "class Migration:\n    dependencies = [\n        ('auth', '0001_initial'),\n    ]\n"),
        ("shop/migrations/0002_more.py", "class Migration:\n    dependencies = [('shop', '0001_initial'), ('billing', '__first__')]\n"),
        ("billing/migrations/0001_initial.py", "class Migration:\n    initial = True\n    dependencies = [(\"shop\", \"0001_initial\")]\n"),
    ];
    let folder = read(&django, None);
    assert_eq!(keys(&folder), ["shop.0001_initial", "billing.0001_initial", "shop.0002_more"], "{:?}", folder.odd);
    assert_eq!(folder.migrations[2].after, ["shop.0001_initial", "billing.0001_initial"]);
    let records = [Recorded::of("auth.0001_initial", State::Applied), Recorded::of("shop.0009_gone", State::Applied)];
    assert_eq!(elsewhere(&folder, &records).len(), 1, "only the other app's");
    let yoyo = [
        ("a_last.sql", "-- an order\n-- depends: z_first m_middle\nselect 1;"),
        ("z_first.sql", "-- transactional: false\nselect 1;"),
        ("m_middle.py", "from yoyo import step\n__depends__ = {\"z_first\"}\n"),
        ("a_last.rollback.sql", ""),
    ];
    let folder = read(&yoyo, None);
    assert_eq!((folder.tool, keys(&folder)), ("yoyo", vec!["z_first", "m_middle", "a_last"]), "{:?}", folder.odd);
    assert_eq!(folder.migrations[0].transaction, Transaction::None);
    assert_eq!(ancestors(&folder, "a_last"), ["z_first", "m_middle"]);
    let circle = read(&[("a.sql", "-- depends: b\n"), ("b.sql", "-- depends: a\n"), ("b.rollback.sql", "")], Some("yoyo"));
    assert_eq!((circle.migrations.len(), circle.odd.len()), (0, 2), "{circle:?}");
}

#[test]
fn a_plan_has_tags_and_changes_that_were_made_anew() {
    let who = "2026-11-21T03:51:11Z Ann <a@example.org>";
    let plan = format!(
        "%syntax-version=1.0.0\n%project=shop\n\none {who} # first\ntwo [one] {who}\n@v1 {who} # a tag\n\none [one@v1] {who} # anew\nthree [two one !never other:x] {who}\n"
    );
    let files = [
        ("sqitch.plan", plan.as_str()),
        ("deploy/one@v1.sql", "select 'old';"),
        ("deploy/one.sql", "select 'new';"),
        ("revert/one.sql", "select 'back';"),
        ("deploy/two.sql", "select 2;\n\\ir ../common/x.sql\nselect 3;"),
        ("common/x.sql", "select 'x';"),
        ("deploy/three.sql", "\\i deploy/three.sql\n"),
    ];
    let folder = read(&files, None);
    assert_eq!(keys(&folder), ["shop:one", "shop:two", "shop:one #2", "shop:three"], "{:?}", folder.odd);
    let texts: Vec<String> = folder.migrations.iter().map(text).collect();
    assert_eq!(texts[..3], ["select 'old';", "select 2;|select 'x';|select 3;", "select 'new';"]);
    assert_eq!(folder.migrations[1].up[2].begins.0, 3);
    assert_eq!(folder.migrations[2].after, ["shop:one"]);
    assert_eq!(folder.migrations[3].after, ["shop:two", "shop:one #2"]);
    let why = folder.migrations[3].unreadable.as_deref().unwrap();
    assert!(why.contains("includes itself: deploy/three.sql -> deploy/three.sql"), "{why}");
}

#[test]
fn included_files_are_no_migrations_of_their_own() {
    let files = [
        ("1_a.sql", "create table a(x int);\n\\i db/shared/f.sql\n"),
        ("2_b.sql", "select $$\n\\i no.sql\n$$;"),
        ("3_c.sql", "\\ir ../../etc/passwd\n"),
        ("shared/f.sql", "create table f(x int);"),
    ];
    let folder = read(&files, Some("plain SQL"));
    assert_eq!(keys(&folder), ["1_a", "2_b", "3_c"], "{folder:?}");
    assert_eq!(folder.migrations[0].files, ["1_a.sql", "shared/f.sql"]);
    assert_eq!(folder.migrations[1].up.len(), 1, "within a text it is no command");
    assert!(folder.migrations[2].unreadable.as_deref().unwrap().contains("not in the folder"));
    let round = read(&[("a.sql", "\\i b.sql\n"), ("b.sql", "\\i a.sql\n")], Some("plain SQL"));
    assert!(round.migrations.iter().all(|one| one.unreadable.as_deref().is_some_and(|why| why.contains("includes itself"))), "{round:?}");
    assert_eq!(round.migrations.len(), 2);
}

#[test]
fn of_tools_that_read_files_alike_the_first_is_taken_and_the_others_are_said() {
    let pair: &[(&str, &str)] = &[("1_a.up.sql", "create table a (x int);"), ("1_a.down.sql", "drop table a;")];
    // golang-migrate before sqlx, whose transactions are others: a name decides.
    for (files, first, others) in [
        (pair, "golang-migrate", "sqlx"),
        (&[("20260101000000_a.sql", "create table a (x int);")], "sqlx", "Supabase"),
        (&[("V1__a.sql", "create table a (x int);")], "Flyway", "refinery"),
    ] {
        let folder = read(files, None);
        assert_eq!(folder.tool, first, "{}", folder.why);
        let is_said = folder.why.contains(&format!("{others} would read it alike")) || folder.why.contains("may be named so too");
        assert!(is_said && folder.why.contains(others), "{first}: {}", folder.why);
        // A name says it, and the files are the other's then.
        assert_eq!(read(files, Some(others)).tool, others);
        // So does the target's table, and then nobody else is in question.
        let wish = Wish { servers: vec!["postgresql"], ..Wish::default() };
        let told = folder::read(READERS, &tree(files), None, &[others.to_owned()], &wish).unwrap();
        assert_eq!(told.tool, others, "{}", told.why);
        assert!(told.why.contains("the target has its table") && !told.why.contains(first), "{}", told.why);
    }
}

/// As a public project has them: golang-migrate itself refuses such a folder.
#[test]
fn of_two_with_one_number_each_has_its_own_way_back() {
    let pair = |name: &str| [format!("1_{name}.up.sql"), format!("1_{name}.down.sql")];
    let ([up_a, down_a], [up_b, down_b]) = (pair("a"), pair("b"));
    let both = [(up_a.as_str(), "select 1;"), (down_a.as_str(), "select 2;"), (up_b.as_str(), "select 3;"), (down_b.as_str(), "select 4;")];
    let folder = read(&both, Some("golang-migrate"));
    let back = |at: usize| folder.migrations[at].down.as_ref().map(|parts| parts[0].text.clone());
    assert_eq!((back(0).as_deref(), back(1).as_deref()), (Some("select 2;"), Some("select 4;")));
    assert_eq!(folder.odd.len(), 1, "{:?}", folder.odd);
    // Where none has its name it is nobody's; where only one has the number, the names may be others.
    let folder = read(&[("1_a.up.sql", "select 1;"), ("1_b.up.sql", "select 3;"), ("1_c.down.sql", "select 4;")], Some("golang-migrate"));
    assert!(folder.migrations.iter().all(|migration| migration.down.is_none()));
    let folder = read(&[("1_a.up.sql", "select 1;"), ("1_c.down.sql", "select 4;")], Some("golang-migrate"));
    assert!(folder.migrations[0].down.is_some());
}

/// A folder at `/repo/NAME`, with what stands around it.
fn around(name: &str, files: &[(&str, &str)], around: &[(&str, &str)]) -> Folder {
    let around = around.iter().map(|(path, text)| File { path: (*path).to_owned(), bytes: text.as_bytes().to_vec() }).collect();
    let tree = Tree { around, shown: name.to_owned(), real: format!("/repo/{name}"), ..tree(files) };
    let wish = Wish { servers: vec!["postgresql"], ..Wish::default() };
    folder::read(READERS, &tree, None, &[], &wish).unwrap()
}

const SQL: &str = "create table t (a int);";

#[test]
fn flyway_reads_the_locations_that_its_configuration_names() {
    let files = [("all/V1__a.sql", SQL), ("pg/V2__b.sql", SQL), ("test/V3__c.sql", SQL)];
    let conf = |locations: &str| format!("# flyway.locations=nowhere\nflyway.locations = {locations}\n");
    let read = |locations: &str| around("db", &files, &[("/repo/flyway.conf", &conf(locations))]);
    let both = read("filesystem:db/all,filesystem:./db/pg");
    assert_eq!((both.tool, keys(&both), both.odd.len()), ("Flyway", vec!["1", "2"], 0), "{:?}", both.odd);
    assert_eq!(keys(&read("filesystem:db")), ["1", "2", "3"]);
    assert_eq!(keys(&read("classpath:pg")), ["2"]);
    // What it reads and is not here nobody knows.
    for (locations, said) in [
        ("filesystem:db/all,filesystem:more", "filesystem:more"),
        ("filesystem:db/all,classpath:db/migration", "classpath:db/migration"),
        ("filesystem:db/*", "is a pattern"),
        ("s3:bucket/sql", "none of this machine's"),
        ("filesystem:.", "of which"),
        ("filesystem:other", "filesystem:other"),
    ] {
        let folder = read(locations);
        assert!(folder.odd.iter().any(|(file, why)| file == "/repo/flyway.conf" && why.contains(said)), "{locations}: {:?}", folder.odd);
    }
    let table = "[flyway]\nlocations = [\"filesystem:db/all\"]\nsqlMigrationSeparator = \"-\"\ninitSql = \"set x\"\ntarget = \"latest\"\n[flyway.placeholders]\nname = \"t2\"\n";
    let files = [("all/V1__a.sql", "create table ${name} (a int);"), ("V9__x.sql", SQL)];
    let told = around("db", &files, &[("/repo/flyway.toml", table)]);
    assert_eq!((keys(&told), text(&told.migrations[0])), (vec!["1"], "create table t2 (a int);".to_owned()));
    for said in ["sqlMigrationSeparator", "initSql"] {
        assert!(told.odd.iter().any(|(_, why)| why.contains(said)), "{said}: {:?}", told.odd);
    }
    assert_eq!(told.odd.len(), 2, "{:?}", told.odd);
    assert!(around("db", &files, &[("/repo/flyway.toml", "[flyway")]).odd.iter().any(|(_, why)| why.contains("no TOML")));
    let raw = [("V1__a.sql", "create table ${name} (a int);")];
    let raw = around("db", &raw, &[("/repo/flyway.conf", "flyway.placeholderReplacement=false\n")]);
    assert_eq!((text(&raw.migrations[0]).as_str(), raw.migrations[0].unreadable.as_deref()), ("create table ${name} (a int);", None));
}

#[test]
fn what_flyway_runs_beside_sql_files_is_named() {
    let files = [
        ("V1__a.sql", SQL),
        ("V2__b.java", "class V2__b {}"),
        ("Helper.java", "class Helper {}"),
        ("R__c.java", "class R__c {}"),
        ("afterMigrate.sql", "grant all on t to x;"),
        ("beforeEachMigrate__note.sql", "select 1;"),
        ("afterClean.sql", "select 1;"),
        ("afterMigrateError.sql", "select 1;"),
        ("afterMigrateOperationFinish.sql", "select 1;"),
        ("beforeValidate.sql", "select 1;"),
        ("thought.sql", "select 1;"),
        ("V3__d.kt", "class V3__d"),
        ("V4__e.sh", "psql"),
        ("V4__e.sh.conf", "x=y"),
        ("V2__b.class", "compiled"),
        ("V5__notes.txt", "no"),
    ];
    let folder = read(&files, None);
    assert_eq!((folder.tool, keys(&folder)), ("Flyway", vec!["1", "2", "3", "4", "repeatable c"]));
    assert_eq!(folder.migrations[1].unreadable.as_deref(), Some("it is written in Java"));
    let odd: Vec<&str> = folder.odd.iter().map(|(file, _)| file.as_str()).collect();
    assert_eq!(
        odd,
        ["afterMigrate.sql", "afterMigrateOperationFinish.sql", "beforeEachMigrate__note.sql", "beforeValidate.sql", "thought.sql"]
    );
    assert!(folder.odd[0].1.contains("at each afterMigrate") && folder.odd[4].1.contains("none of Flyway's"), "{:?}", folder.odd);
}
