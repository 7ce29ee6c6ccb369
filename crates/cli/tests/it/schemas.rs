//! `compare ENV --schemas PATTERN --like SCHEMA`: many schemas of one database beside one of them.

use crate::privilege::{all_kinds, load};
use crate::run::{Place, Ran};
use evenkeel_postgres::scratch::{Options, Scratch, find_servers, pick};
use evenkeel_testkit::{TestDb, database, majors, mysql, newest};
use serde_json::Value;

/// What a tenant has, piece by piece: as it is everywhere, and as it is in the one tenant where it is wrong. `{s}` is the tenant's
/// schema, as SQL. Each piece stands on `BASE` alone.
const PIECES: &[(&str, &str, &str)] = &[
    ("column", "CREATE TABLE {s}.c (id int, note text)", "CREATE TABLE {s}.c (id int, note varchar)"),
    ("missing", "CREATE INDEX base_name ON {s}.base (name)", "SELECT 1"),
    ("extra", "SELECT 1", "CREATE TABLE {s}.more (id int)"),
    ("type", "CREATE TABLE {s}.ty (m {s}.mood[])", "CREATE TABLE {s}.ty (m tenant_template.mood[])"),
    ("enum", "CREATE TYPE {s}.e AS ENUM ('a', 'b')", "CREATE TYPE {s}.e AS ENUM ('a', 'c')"),
    ("default", "CREATE TABLE {s}.d (m {s}.mood DEFAULT 'glad'::{s}.mood)", "CREATE TABLE {s}.d (m {s}.mood DEFAULT 'sad'::{s}.mood)"),
    (
        "sequence of another",
        "CREATE TABLE {s}.sq (id int DEFAULT nextval('{s}.base_id_seq'))",
        "CREATE TABLE {s}.sq (id int DEFAULT nextval('tenant_template.base_id_seq'))",
    ),
    (
        "foreign key",
        "CREATE TABLE {s}.fk (base int CONSTRAINT fk_base REFERENCES {s}.base)",
        "CREATE TABLE {s}.fk (base int CONSTRAINT fk_base REFERENCES tenant_template.base)",
    ),
    (
        "check",
        "CREATE TABLE {s}.ck (x int CONSTRAINT ck CHECK ({s}.ok(x)))",
        "CREATE TABLE {s}.ck (x int CONSTRAINT ck CHECK (tenant_template.ok(x)))",
    ),
    (
        "index",
        "CREATE INDEX base_ok ON {s}.base ({s}.ok(id)) WHERE {s}.ok(id)",
        "CREATE INDEX base_ok ON {s}.base ({s}.ok(id)) WHERE NOT {s}.ok(id)",
    ),
    (
        "view",
        "CREATE VIEW {s}.v AS SELECT b.id, {s}.ok(b.id) FROM {s}.base b",
        "CREATE VIEW {s}.v AS SELECT b.id, {s}.ok(b.id) FROM tenant_template.base b",
    ),
    (
        "view of many",
        "CREATE VIEW {s}.w AS SELECT a.id FROM {s}.base a JOIN {s}.base b USING (id) WHERE a.mood = 'sad'::{s}.mood AND a.id BETWEEN 1 AND 5",
        "CREATE VIEW {s}.w AS SELECT a.id FROM {s}.base a JOIN {s}.base b USING (id) WHERE a.mood = 'sad'::{s}.mood AND a.id BETWEEN 1 AND 6",
    ),
    (
        "materialized view",
        "CREATE MATERIALIZED VIEW {s}.mv AS SELECT id FROM {s}.base",
        "CREATE MATERIALIZED VIEW {s}.mv AS SELECT id FROM public.base",
    ),
    (
        "function",
        "CREATE FUNCTION {s}.f(a {s}.mood) RETURNS SETOF {s}.base LANGUAGE sql AS 'SELECT * FROM {s}.base WHERE mood = a'",
        "CREATE FUNCTION {s}.f(a {s}.mood) RETURNS SETOF {s}.base LANGUAGE sql AS 'SELECT * FROM {s}.base WHERE mood <> a'",
    ),
    (
        "code",
        "CREATE FUNCTION {s}.g() RETURNS int LANGUAGE plpgsql AS $$ DECLARE r {s}.base%ROWTYPE; BEGIN SELECT * INTO r FROM {s}.base; RETURN r.id; END $$",
        "CREATE FUNCTION {s}.g() RETURNS int LANGUAGE plpgsql AS $$ DECLARE r {s}.base%ROWTYPE; BEGIN SELECT * INTO r FROM public.base; RETURN r.id; END $$",
    ),
    (
        "search path",
        "CREATE FUNCTION {s}.p() RETURNS int LANGUAGE sql SET search_path = {s}, public AS 'SELECT 1'",
        "CREATE FUNCTION {s}.p() RETURNS int LANGUAGE sql SET search_path = tenant_template, public AS 'SELECT 1'",
    ),
    (
        "signature",
        "CREATE FUNCTION {s}.sg(a {s}.mood) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION {s}.sg(a tenant_template.mood) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ),
    (
        "trigger",
        "CREATE TRIGGER t BEFORE INSERT ON {s}.base FOR EACH ROW WHEN ({s}.ok(NEW.id)) EXECUTE FUNCTION {s}.touch()",
        "CREATE TRIGGER t BEFORE INSERT ON {s}.base FOR EACH ROW WHEN ({s}.ok(NEW.id)) EXECUTE FUNCTION tenant_template.touch()",
    ),
    ("policy", "CREATE POLICY p ON {s}.base USING ({s}.ok(id))", "CREATE POLICY p ON {s}.base USING (public.ok(id))"),
    ("grant", "GRANT SELECT ON {s}.base TO pg_monitor", "GRANT SELECT, INSERT ON {s}.base TO pg_monitor"),
    ("usage", "GRANT USAGE ON SCHEMA {s} TO pg_monitor", "SELECT 1"),
    (
        "partition",
        "CREATE TABLE {s}.pt (id int, m {s}.mood) PARTITION BY LIST (m); CREATE TABLE {s}.pt1 PARTITION OF {s}.pt FOR VALUES IN ('sad')",
        "CREATE TABLE {s}.pt (id int, m {s}.mood) PARTITION BY LIST (m); CREATE TABLE {s}.pt1 PARTITION OF {s}.pt FOR VALUES IN ('glad')",
    ),
    ("inheritance", "CREATE TABLE {s}.inh () INHERITS ({s}.base)", "CREATE TABLE {s}.inh () INHERITS (tenant_template.base)"),
    ("domain", "CREATE DOMAIN {s}.dom AS int CHECK ({s}.ok(VALUE))", "CREATE DOMAIN {s}.dom AS int CHECK (public.ok(VALUE))"),
    ("composite", "CREATE TYPE {s}.comp AS (m {s}.mood, n int)", "CREATE TYPE {s}.comp AS (m tenant_template.mood, n int)"),
    ("statistics", "CREATE STATISTICS {s}.st ON id, name FROM {s}.base", "CREATE STATISTICS {s}.st (ndistinct) ON id, name FROM {s}.base"),
    (
        "rule",
        "CREATE RULE r AS ON DELETE TO {s}.base DO ALSO INSERT INTO {s}.log VALUES (OLD.id)",
        "CREATE RULE r AS ON DELETE TO {s}.base DO ALSO INSERT INTO tenant_template.log VALUES (OLD.id)",
    ),
    (
        "aggregate",
        "CREATE AGGREGATE {s}.total(int) (SFUNC = {s}.plus, STYPE = int, INITCOND = '0')",
        "CREATE AGGREGATE {s}.total(int) (SFUNC = public.plus, STYPE = int, INITCOND = '0')",
    ),
    (
        "operator",
        "CREATE OPERATOR {s}.## (FUNCTION = {s}.plus, LEFTARG = int, RIGHTARG = int); CREATE VIEW {s}.ov AS SELECT 1 OPERATOR({s}.##) 2 AS x",
        "CREATE OPERATOR {s}.## (FUNCTION = {s}.plus, LEFTARG = int, RIGHTARG = int); CREATE VIEW {s}.ov AS SELECT 1 OPERATOR(public.##) 2 AS x",
    ),
    (
        "search configuration",
        "CREATE TEXT SEARCH CONFIGURATION {s}.ts (COPY = pg_catalog.english); CREATE VIEW {s}.tv AS SELECT to_tsvector('{s}.ts'::regconfig, 'x') AS x",
        "CREATE TEXT SEARCH CONFIGURATION {s}.ts (COPY = pg_catalog.english); CREATE VIEW {s}.tv AS SELECT to_tsvector('public.ts'::regconfig, 'x') AS x",
    ),
    (
        "history",
        "CREATE TABLE {s}.schema_migrations (version varchar PRIMARY KEY); INSERT INTO {s}.schema_migrations VALUES ('20260101'), ('20260102')",
        "CREATE TABLE {s}.schema_migrations (version varchar PRIMARY KEY); INSERT INTO {s}.schema_migrations VALUES ('20260101')",
    ),
    ("comment", "COMMENT ON TABLE {s}.base IS 'mine'", "COMMENT ON TABLE {s}.base IS 'tenant_template.base'"),
    // The last, for it is about what comes after it.
    (
        "default privilege",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {s} GRANT SELECT ON TABLES TO pg_monitor",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {s} GRANT UPDATE ON TABLES TO pg_monitor",
    ),
];

const BASE: &str = "CREATE SCHEMA {s};
    CREATE TYPE {s}.mood AS ENUM ('sad', 'glad');
    CREATE TABLE {s}.base (id serial PRIMARY KEY, mood {s}.mood, name text NOT NULL);
    CREATE TABLE {s}.log (id bigint GENERATED ALWAYS AS IDENTITY, tenant text DEFAULT 'tenant');
    CREATE FUNCTION {s}.ok(int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';
    CREATE FUNCTION {s}.plus(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
    CREATE FUNCTION {s}.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';";

/// What is named by the wrong ones and belongs to no tenant.
const SHARED: &str =
    "CREATE TABLE public.base (id int); CREATE FUNCTION public.ok(int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true';
    CREATE FUNCTION public.plus(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 0';
    CREATE OPERATOR public.## (FUNCTION = public.plus, LEFTARG = int, RIGHTARG = int);
    CREATE TEXT SEARCH CONFIGURATION public.ts (COPY = pg_catalog.english);";

/// Makes a tenant of these pieces, the one at `wrong` as it must not be.
fn tenant(db: &TestDb, schema: &str, pieces: &[usize], wrong: Option<usize>) {
    let schema = format!("\"{}\"", schema.replace('"', "\"\""));
    let mut script = BASE.to_owned();
    for at in pieces {
        let (_, right, broken) = PIECES[*at];
        script.push_str(if wrong == Some(*at) { broken } else { right });
        script.push_str(";\n");
    }
    db.exec(&script.replace("{s}", &schema));
}

fn compare(place: &Place, db: &TestDb, more: &[&str]) -> Ran {
    place.run(&[&["compare", &db.url()][..], more].concat())
}

/// Name, how like the reference, and the line of each schema.
fn lines(report: &Value) -> Vec<(String, String, String)> {
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    let schemas = report[0]["schemas"]["schemas"].as_array().unwrap();
    schemas.iter().map(|one| (text(one, "name"), text(one, "likeness"), text(one, "line"))).collect()
}

/// A generator that needs nothing but a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    /// Some of the pieces, each with the same chance, in some order.
    fn pieces(&mut self) -> Vec<usize> {
        let mut pieces: Vec<usize> = (0..PIECES.len()).filter(|_| self.roll(3) > 0).collect();
        for at in (1..pieces.len()).rev() {
            pieces.swap(at, self.roll(at + 1));
        }
        pieces
    }
}

#[test]
fn tenants_of_one_script_are_equal_and_each_wrong_piece_is_seen_where_it_is() {
    for major in [majors()[0], newest()] {
        let (db, place) = (database(major), Place::new());
        db.exec(SHARED);
        let all: Vec<usize> = (0..PIECES.len()).collect();
        tenant(&db, "tenant_template", &all, None);
        // Names that must be quoted, one that is a word of SQL, and one that begins like the reference's.
        let right = ["Tenant-1", "tenant-2", "order", "tenant_template2", "a.b", "x$y", "Größe", "say \"hi\"", "base"];
        right.iter().for_each(|name| tenant(&db, name, &all, None));
        let equal = compare(&place, &db, &["--schemas", "*", "--like", "tenant_template", "--format", "json"]);
        let found = lines(&equal.json());
        for (name, likeness, line) in found.iter().filter(|(name, ..)| name != "public") {
            assert_eq!(likeness, "equal", "{name} on PostgreSQL {major}: {line}");
        }
        assert_eq!(found.len(), right.len() + 1);
        for at in 0..PIECES.len() {
            tenant(&db, &format!("wrong_{at}"), &all, Some(at));
        }
        let ran =
            compare(&place, &db, &["--schemas", "wrong_*", "--schemas", "order", "--like", "tenant_template", "--format", "json"]).exits(1);
        let found = lines(&ran.json());
        assert_eq!(found.len(), PIECES.len() + 1);
        assert_eq!(found[0], ("order".to_owned(), "equal".to_owned(), "equal".to_owned()));
        for (at, (name, likeness, line)) in found.iter().skip(1).enumerate() {
            let piece = PIECES[at].0;
            assert_eq!(*name, format!("wrong_{at}"), "in natural order");
            assert_ne!(likeness, "equal", "{piece} on PostgreSQL {major}");
            // What hangs on it may differ with it.
            let number: usize = line.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0);
            assert!((1..=3).contains(&number), "{piece} on PostgreSQL {major}: {line}");
        }
    }
}

/// The text with another word in its place, where it stands alone.
fn with_word(text: &str, word: &str, other: &str) -> String {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let (mut written, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(word) {
        let (before, after) = (rest.get(..at).unwrap(), rest.get(at + word.len()..).unwrap());
        let alone = !is_part(before.chars().next_back().or(written.chars().next_back())) && !is_part(after.chars().next());
        written.push_str(before);
        written.push_str(if alone { other } else { word });
        rest = after;
    }
    written + rest
}

#[test]
fn every_kind_of_a_schema_is_the_same_under_another_name() {
    let servers = find_servers();
    for major in [majors()[0], newest()] {
        let binaries = pick(&servers, Some(major)).unwrap();
        let scratch = Scratch::start_with(binaries, &Options::default().setting("wal_level", "logical").database("app")).unwrap();
        load(binaries, &scratch.conninfo("app"));
        // Again, for another schema: what belongs to none is there already, and is not made again.
        let again =
            with_word(&std::fs::read_to_string(all_kinds()).unwrap(), "app", "tenant").replace("ON_ERROR_STOP on", "ON_ERROR_STOP off");
        let place = Place::new();
        place.write("again.sql", again);
        let own = binaries.bin_dir.join("psql");
        let psql = if own.exists() { own.to_str().unwrap().to_owned() } else { "psql".to_owned() };
        let made = place.shell(&format!("{psql} -X -q -d '{}' -f again.sql 2>&1", scratch.conninfo("app")), &[]);
        assert!(made.stdout.contains("already exists"), "{}", made.stdout);
        let arguments = ["compare", &scratch.url("app"), "--schemas", "tenant", "--like", "app", "--fail-on", "inform", "--format", "json"];
        let report = place.run(&arguments).json();
        let counts = report[1]["dimensions"][0]["counts"].as_array().unwrap();
        assert!(counts.len() > 25, "{counts:?}");
        // Publications are of no schema, and were not made again.
        let differences = report[1]["differences"].as_array().unwrap();
        let others: Vec<String> = differences
            .iter()
            .filter(|one| one["kind"] != "publication-table")
            .map(|one| format!("{} {} {}: {} / {}", one["id"], one["object"]["display"], one["attribute"], one["expected"], one["found"]))
            .collect();
        assert_eq!(others, Vec::<String>::new(), "PostgreSQL {major}");
    }
}

#[test]
fn generated_tenants_are_equal_and_one_change_shows_in_one_of_them() {
    let seed = std::env::var("EVENKEEL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_128);
    let (mut dice, place) = (Dice(seed), Place::new());
    for round in 0..4 {
        let db = database(newest());
        db.exec(SHARED);
        let pieces = dice.pieces();
        tenant(&db, "tenant_template", &pieces, None);
        let (wrong, odd) = (pieces[dice.roll(pieces.len())], dice.roll(12));
        for number in 0..12 {
            tenant(&db, &format!("t{number}"), &pieces, (number == odd).then_some(wrong));
        }
        let ran =
            compare(&place, &db, &["--schemas", "t*", "--like", "tenant_template", "--format", "json", "--fail-on", "inform"]).exits(1);
        let differing: Vec<String> =
            lines(&ran.json()).into_iter().filter(|(_, likeness, _)| likeness != "equal").map(|(name, ..)| name).collect();
        assert_eq!(differing, [format!("t{odd}")], "seed {seed}, round {round}, piece {}", PIECES[wrong].0);
    }
}

#[test]
fn a_reference_to_the_template_is_none_to_oneself() {
    let (db, place) = (database(newest()), Place::new());
    for schema in ["tenant_template", "tenant_1", "tenant_2", "tenant_10"] {
        tenant(&db, schema, &[], None);
        let read = if schema == "tenant_2" { "tenant_template" } else { schema };
        db.exec(&format!("CREATE VIEW {schema}.v AS SELECT id FROM {read}.base"));
    }
    let ran = compare(&place, &db, &["--schemas", "tenant_*", "--like", "tenant_template"]).exits(1);
    let shown: Vec<&str> = ran.stdout.lines().take(3).collect();
    assert_eq!(shown, ["= tenant_1   equal", "≠ tenant_2   1 difference (block): changed view v", "= tenant_10  equal"], "{}", ran.stdout);
    assert!(ran.stdout.contains("3 schemas beside tenant_template: 2 equal, 1 differs\ncompared schema, privileges, history of each schema, tenant_template itself is"), "{}", ran.stdout);
    // One schema is told in full, and both names are told apart.
    let ran = compare(&place, &db, &["--schemas", "tenant_2", "--like", "tenant_template"]).exits(1);
    ran.says("view tenant_template.v").says("FROM tenant_template.base").says("\"(schema)\".base");
}

#[test]
fn a_fix_names_the_tenant_and_mends_it() {
    let (db, place) = (database(newest()), Place::new());
    for schema in ["tenant_template", "Tenant-1"] {
        tenant(&db, schema, &[], None);
    }
    db.exec(
        "ALTER TABLE \"Tenant-1\".base ALTER name SET DEFAULT 'x';
         GRANT USAGE ON SCHEMA \"Tenant-1\" TO pg_monitor; ALTER TABLE tenant_template.log OWNER TO pg_monitor",
    );
    let arguments = ["--schemas", "Tenant-*", "--like", "tenant_template", "--fail-on", "inform", "--format", "json"];
    let report = compare(&place, &db, &arguments).exits(1).json();
    let fixes: Vec<&str> = report[1]["differences"].as_array().unwrap().iter().filter_map(|one| one["fix"].as_str()).collect();
    assert!(fixes.len() >= 3, "{fixes:?}");
    for fix in &fixes {
        assert!(fix.contains("\"Tenant-1\"") && !fix.contains("(schema)"), "{fix}");
        db.exec(fix);
    }
    compare(&place, &db, &arguments).exits(0);
}

#[test]
fn a_fault_is_mended_in_the_schema_that_has_it() {
    let (db, place) = (database(newest()), Place::new());
    let fault = |schema: &str| db.exec(&format!("ALTER TABLE {schema}.base ADD CONSTRAINT later CHECK (id > 0) NOT VALID"));
    for schema in ["tenant_template", "tenant_1", "tenant_2"] {
        tenant(&db, schema, &[], None);
    }
    let fix = |schema: &str| format!("ALTER TABLE {schema}.base VALIDATE CONSTRAINT later;");
    let report = || compare(&place, &db, &["--schemas", "tenant_*", "--like", "tenant_template", "--format", "json"]).json();
    ["tenant_template", "tenant_1"].into_iter().for_each(fault);
    db.exec("ALTER TABLE tenant_2.base ADD CONSTRAINT later CHECK (id > 0)");
    let both = report();
    assert_eq!(both[1]["shared"][0]["fix"], format!("{}\n{}", fix("tenant_template"), fix("tenant_1")));
    let own = both[2]["differences"].as_array().unwrap().iter().find(|one| one["attribute"] == "validated").unwrap();
    assert_eq!(own["fix"], fix("tenant_template"), "{own}");
    db.exec(both[1]["shared"][0]["fix"].as_str().unwrap());
    assert_eq!(lines(&report()).iter().filter(|(_, likeness, _)| likeness == "equal").count(), 2);
}

#[test]
fn what_is_not_there_is_never_equal() {
    let (db, place) = (database(newest()), Place::new());
    tenant(&db, "tenant_template", &[], None);
    db.exec("CREATE SCHEMA empty_template; CREATE SCHEMA empty_1");
    let nothing = compare(&place, &db, &["--schemas", "tenat_*", "--like", "tenant_template"]).exits(78);
    assert!(nothing.stdout.is_empty(), "{nothing:?}");
    nothing.says("matches tenat_*").says("empty_1").says("flag --schemas");
    compare(&place, &db, &["--schemas", "tenant_*", "--like", "tenant_template"])
        .exits(78)
        .says("only tenant_template, which is the reference");
    compare(&place, &db, &["--schemas", "*", "--like", "tenant"]).exits(78).says("has no schema tenant").says("flag --like");
    compare(&place, &db, &["--schemas", "pg_*", "--like", "tenant_template"]).exits(78);
    compare(&place, &db, &["--schemas", "information_schema", "--like", "tenant_template"]).exits(78);
    compare(&place, &db, &["--schemas", "tenant_[", "--like", "tenant_template"]).exits(78).says("tenant_[");
    // Nothing is like nothing.
    let empty = compare(&place, &db, &["--schemas", "empty_*", "--like", "empty_template"]).exits(2);
    empty.says("? empty_1").says("has nothing that another could be like").hides("= empty_1");
    compare(&place, &db, &["--schemas", "empty_1", "--like", "tenant_template"]).exits(1);
    let own = ["--schemas", "tenant_*", "--like", "tenant_template"];
    compare(&place, &db, &[&own[..], &["--dimension", "topology"]].concat()).exits(64).says("nothing of topology belongs to a schema");
}

#[test]
fn flags_that_belong_together_are_asked_for() {
    let place = Place::new();
    for wrong in [
        &["compare", "a", "--schemas", "t*"][..],
        &["compare", "a", "--like", "t"],
        &["compare", "a", "b", "--schemas", "t*", "--like", "t"],
        &["compare", "a", "b", "--like", "t"],
        &["compare", "a", "--schemas", "", "--like", "t"],
        &["compare", "a", "--schemas", "t*", "--like", "t", "--same"],
        &["compare", "--schemas", "t*", "--like", "t"],
    ] {
        let ran = place.run(wrong).exits(64);
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{ran:?}");
    }
}

#[test]
fn a_role_without_usage_is_told_the_same_and_a_manifest_too() {
    let (db, place) = (database(newest()), Place::new());
    for (schema, wrong) in [("tenant_template", None), ("tenant_1", None), ("tenant_2", Some(0))] {
        tenant(&db, schema, &[0], wrong);
    }
    let role = format!("weak_{}", db.name);
    db.exec(&format!("CREATE ROLE {role} LOGIN"));
    let flags = ["--schemas", "tenant_*", "--like", "tenant_template", "--dimension", "schema", "--format", "json"];
    let strong = lines(&compare(&place, &db, &flags).exits(1).json());
    let weak = place.run(&[&["compare", &db.url().replace("postgres@", &format!("{role}@"))][..], &flags].concat()).exits(1);
    assert_eq!(lines(&weak.json()), strong, "catalogs are for everybody");
    place.run(&["capture", &db.url(), "--out", "m.jsonl"]).exits(0);
    assert_eq!(lines(&place.run(&[&["compare", "m.jsonl"][..], &flags].concat()).exits(1).json()), strong);
    // What tools recorded cannot be read without SELECT: that is no agreement.
    db.exec("CREATE TABLE tenant_template.schema_migrations (version varchar PRIMARY KEY); CREATE TABLE tenant_1.schema_migrations (version varchar PRIMARY KEY)");
    let flags = ["--schemas", "tenant_1", "--like", "tenant_template", "--format", "json"];
    let ran = place.run(&[&["compare", &db.url().replace("postgres@", &format!("{role}@"))][..], &flags].concat()).exits(2);
    assert_eq!(lines(&ran.json())[0].1, "could-not-tell");
    compare(&place, &db, &flags).exits(0);
    db.exec(&format!("DROP ROLE {role}"));
}

#[test]
fn where_a_schema_is_a_database_it_is_refused() {
    let db = mysql::database(mysql::newest_mariadb());
    db.exec("CREATE TABLE t (id int PRIMARY KEY)");
    let ran = Place::new().run(&["compare", &db.url(), "--schemas", "*", "--like", "t"]).exits(78);
    ran.says("where a schema is a database of its own").says("compare two databases: evenkeel compare mysql://");
}

#[test]
fn every_format_tells_them_all() {
    let (db, place) = (database(newest()), Place::new());
    tenant(&db, "tenant_template", &[0, 1], None);
    for number in 1..=20 {
        tenant(&db, &format!("tenant_{number}"), &[0, 1], (number == 7).then_some(1));
    }
    let flags = ["--schemas", "tenant_*", "--like", "tenant_template"];
    let ran = compare(&place, &db, &flags).exits(1);
    assert!(ran.stdout.starts_with("= 19 schemas  equal: tenant_1, tenant_2, tenant_3, 16 more\n≠ tenant_7    1 difference (block): missing index base_name\n\n20 schemas beside tenant_template: 19 equal, 1 differs"), "{}", ran.stdout);
    let files = ["json=r.json", "html=r.html", "markdown=r.md", "junit=r.xml", "sarif=r.sarif"].map(|file| format!("--format={file}"));
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let ran = compare(&place, &db, &[&flags[..], &files].concat()).exits(1);
    assert!(ran.stdout.is_empty(), "{ran:?}");
    ran.says("20 schemas beside tenant_template");
    for file in ["r.html", "r.md", "r.xml", "r.sarif"] {
        let text = place.read(file);
        assert!(text.contains("tenant_7") && text.contains("base_name"), "{file}: {text}");
    }
    let junit = place.read("r.xml");
    assert!(junit.contains("tenant_20: schema") && junit.matches("<failure").count() == 1, "{junit}");
    let report: Value = serde_json::from_str(&place.read("r.json")).unwrap();
    assert_eq!(report.as_array().unwrap().len(), 21);
    assert_eq!(report[0]["schemas"]["dimensions"], serde_json::json!(["schema", "privileges", "history"]));
    // The command of each is that of its schema alone, and a report is made anew without a server.
    assert!(report[7]["command"].as_str().unwrap().contains("--schemas tenant_7 --like tenant_template"), "{}", report[7]["command"]);
    assert_eq!(
        place.run(&["render", "r.json"]).exits(1).stdout.lines().next(),
        Some("= 19 schemas  equal: tenant_1, tenant_2, tenant_3, 16 more")
    );
}

#[test]
fn an_exception_holds_for_every_schema_by_the_name_of_the_reference() {
    let (db, place) = (database(newest()), Place::new());
    tenant(&db, "tenant_template", &[1], None);
    tenant(&db, "tenant_1", &[1], Some(1));
    place.write(
        "evenkeel.toml",
        "[[policy.ignore]]\nobject = \"index:tenant_template.base_name\"\nreason = \"built at night\"\nowner = \"ops\"\nuntil = 2099-01-01\n",
    );
    let ran = compare(&place, &db, &["--schemas", "tenant_1", "--like", "tenant_template"]).exits(0);
    ran.says("≈ tenant_1").says("1 excused").hides("= tenant_1");
}

/// What a copy of the template looks like that still names the template: the same text in both. Whatever it is, it is not equal.
const COPIED: &[&str] = &[
    "CREATE TABLE {s}.x (id bigint DEFAULT nextval('tenant_template.base_id_seq'::text))",
    "CREATE VIEW {s}.x AS SELECT nextval('tenant_template.base_id_seq'::text) AS a, to_regclass('tenant_template.base') AS b",
    "CREATE POLICY x ON {s}.base USING (has_table_privilege('tenant_template.base', 'select'))",
    "CREATE TRIGGER x BEFORE INSERT ON {s}.base FOR EACH ROW EXECUTE FUNCTION {s}.touch('tenant_template.base')",
    "CREATE FUNCTION {s}.x() RETURNS bigint LANGUAGE sql AS $f$ SELECT nextval(E'tenant_template.base_id_seq'::regclass) $f$",
    "CREATE FUNCTION {s}.x() RETURNS bigint LANGUAGE sql AS $f$ SELECT nextval(U&'tenant_template.base_id_seq'::regclass) $f$",
    "CREATE FUNCTION {s}.x() RETURNS bigint LANGUAGE plpgsql AS $f$ BEGIN RETURN nextval($$tenant_template.base_id_seq$$::regclass); END $f$",
    "CREATE FUNCTION {s}.x() RETURNS bigint LANGUAGE sql AS $f$ SELECT nextval(('tenant_template.base_id_seq')::regclass) $f$",
    "CREATE FUNCTION {s}.x() RETURNS bigint LANGUAGE sql AS $f$ SELECT nextval('tenant_template.base_id_seq'::\"regclass\") $f$",
    "CREATE FUNCTION {s}.x() RETURNS bigint LANGUAGE sql AS $f$ SELECT count(*) FROM U&\"tenant_template\".base $f$",
    "CREATE FUNCTION {s}.x() RETURNS void LANGUAGE plpgsql AS $f$ BEGIN SET SCHEMA 'tenant_template'; END $f$",
    "CREATE FUNCTION {s}.x() RETURNS void LANGUAGE plpgsql AS $f$ BEGIN EXECUTE 'DELETE FROM tenant_template.base'; END $f$",
    "CREATE FUNCTION {s}.x() RETURNS void LANGUAGE plpgsql AS $f$ BEGIN PERFORM set_config('search_path', 'tenant_template', true); END $f$",
    "CREATE FUNCTION {s}.x() RETURNS void LANGUAGE plpgsql AS $f$ DECLARE tenant_template int; BEGIN DELETE FROM {s}.base q USING tenant_template.base b; END $f$",
    "CREATE FUNCTION {s}.x() RETURNS void LANGUAGE plpgsql AS $f$ DECLARE tenant_template int; BEGIN TRUNCATE {s}.base, tenant_template.base; END $f$",
];

#[test]
fn a_copy_that_names_the_template_still_is_not_equal() {
    let place = Place::new();
    for piece in COPIED {
        let db = database(newest());
        for schema in ["tenant_template", "tenant_1"] {
            tenant(&db, schema, &[], None);
            db.exec(&piece.replace("{s}", schema));
        }
        let ran = place.run(&["compare", &db.url(), "--schemas", "tenant_*", "--like", "tenant_template"]);
        assert!(matches!(ran.code, Some(1 | 2)), "{piece}: {}", ran.stdout);
        assert!(!ran.stdout.contains("= tenant_1"), "{piece}: {}", ran.stdout);
    }
    // What names the template in a comment, or another schema in a literal, is as equal as it was.
    let db = database(newest());
    for schema in ["tenant_template", "tenant_1"] {
        tenant(&db, schema, &[], None);
        db.exec(&format!("COMMENT ON TABLE {schema}.base IS 'as in tenant_template.base'; CREATE VIEW {schema}.y AS SELECT 'tenant_templates' AS a, 'other.t' AS b"));
    }
    place.run(&["compare", &db.url(), "--schemas", "tenant_*", "--like", "tenant_template"]).exits(0);
}
