//! The guides, played: their commands on real servers, in the order they stand in; and the JSON schema of `evenkeel.toml`
//! beside what is read. Does not live here: the shell parts of the gate in CI (`gate`).

use crate::run::Place;
use evenkeel_postgres::scratch::{Options, ReplicaOptions, Scratch};
use evenkeel_testkit::newest;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What the guides call a small shop; production has a hot fix.
const SHOP: &str = "
    CREATE SCHEMA app;
    CREATE TABLE app.customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, mail text UNIQUE);
    CREATE TABLE app.orders (id bigint PRIMARY KEY, customer bigint REFERENCES app.customers, total numeric(12,2) DEFAULT 0 CHECK (total >= 0));
    CREATE INDEX orders_customer ON app.orders (customer) WHERE total > 0;
    CREATE TABLE public.schema_migrations (version varchar(128) PRIMARY KEY);
    INSERT INTO public.schema_migrations VALUES ('20260901120000'), ('20261001120000');
    INSERT INTO app.customers (name, mail) SELECT 'c' || i, 'c' || i || '@example.org' FROM generate_series(1, 200) i;
    INSERT INTO app.orders SELECT i, 1 + i % 200, i FROM generate_series(1, 1000) i;
";
const HOT_FIX: &str = "ALTER TABLE app.orders ADD COLUMN hot_fix text; ALTER TABLE app.customers ALTER COLUMN mail SET NOT NULL;";

/// The program's folder before all others: guides and scripts call it by name.
pub fn search_path() -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_evenkeel"));
    format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap())
}

pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

pub fn content(path: &str) -> String {
    std::fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A server with `staging` and `production`, and nobody else at work on it.
pub fn server() -> Scratch {
    let options = Options::major(newest()).setting("autovacuum", "off").database("staging").database("production");
    let scratch = Scratch::start(&options).unwrap();
    for (database, more) in [("staging", ""), ("production", HOT_FIX)] {
        let session = scratch.session(database).unwrap();
        session.exec(&format!("{SHOP}{more}")).unwrap();
        session.exec("ANALYZE").unwrap();
    }
    scratch
}

/// The fenced blocks of a Markdown file: what the fence says, and the text.
pub fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(kind)) => open = Some((kind.trim().to_owned(), String::new())),
            (Some(_), Some("")) => blocks.extend(open.take()),
            (Some((_, body)), _) => body.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs what a guide says, in one folder: `sh` is run, `text` is what that said (`…` stands for anything), `toml` is written.
fn play(guide: &str, variables: &[(&str, &str)]) {
    let place = Place::new();
    let path = search_path();
    let variables: Vec<(&str, &str)> = variables.iter().copied().chain([("PATH", path.as_str())]).collect();
    let mut said = None;
    for (kind, body) in blocks(&content(guide)) {
        match kind.as_str() {
            "sh" => {
                place.write("block.sh", &body);
                said = Some(place.shell("sh -eu block.sh 2>&1", &variables).exits(0).stdout);
            }
            "text" => {
                let said = collapsed(&said.take().unwrap_or_else(|| panic!("{guide}: nothing was run that says\n{body}")));
                let (expected, mut rest) = (collapsed(&body), said.as_str());
                assert!(expected.split('…').any(|piece| piece.trim().len() >= 8), "{guide}: says nothing:\n{body}");
                for piece in expected.split('…').map(str::trim) {
                    let at = rest.find(piece).unwrap_or_else(|| panic!("{guide}: {piece:?} is not in its place in\n{said}"));
                    rest = &rest[at + piece.len()..];
                }
            }
            "toml" => {
                let title = body.lines().next().unwrap().strip_prefix("# ").expect("a file's name");
                let before = title.strip_suffix(" (added)").map(|name| (name, place.read(name)));
                let (name, before) = before.unwrap_or((title, String::new()));
                place.write(name, format!("{before}{body}"));
            }
            "sh,no-run" | "yaml" | "crontab" | "sql" => {}
            other => panic!("{guide}: a block of kind {other:?}"),
        }
    }
    assert!(place.path("block.sh").exists(), "{guide}: nothing was run");
}

#[test]
fn the_first_comparison() {
    let server = server();
    let (staging, production) = (server.url("staging"), server.url("production"));
    play("docs/guide/first-comparison.md", &[("STAGING_DATABASE_URL", &staging), ("PRODUCTION_DATABASE_URL", &production)]);
}

#[test]
fn a_gate_in_ci() {
    let server = server();
    let (staging, production) = (server.url("staging"), server.url("production"));
    play("docs/guide/ci-gate.md", &[("STAGING_DATABASE_URL", &staging), ("PRODUCTION_DATABASE_URL", &production)]);
}

#[test]
fn a_read_only_role() {
    let server = server();
    let admin = server.url("production");
    let reader = admin.replace("postgres@", "evenkeel@");
    play("docs/guide/read-only-role.md", &[("ADMIN_DATABASE_URL", &admin), ("EVENKEEL_DATABASE_URL", &reader)]);
}

#[test]
fn replicas_and_poolers() {
    let server = server();
    let replica = server.replica(&ReplicaOptions::named("replica1")).unwrap();
    let (primary, replica) = (server.url("production"), replica.url("production"));
    play("docs/guide/replicas-and-poolers.md", &[("PRODUCTION_DATABASE_URL", &primary), ("PRODUCTION_REPLICA_URL", &replica)]);
}

#[test]
fn one_store_for_a_team() {
    let (production, store) = (evenkeel_testkit::database(newest()), evenkeel_testkit::database(newest()));
    let store = store.url();
    play("docs/guide/store.md", &[("PRODUCTION_DATABASE_URL", &production.url()), ("EVENKEEL_STORE_URL", &store)]);
}

#[test]
fn from_one_column_to_another() {
    let db = evenkeel_testkit::database(newest());
    play("docs/guide/backfill.md", &[("PRODUCTION_DATABASE_URL", &db.url())]);
}

#[test]
fn many_schemas() {
    let server = Scratch::start(&Options::major(newest()).database("tenants")).unwrap();
    let session = server.session("tenants").unwrap();
    for tenant in ["tenant_template", "tenant_1", "tenant_2", "tenant_10"] {
        let orders = "CREATE SCHEMA t; CREATE TABLE t.orders (id bigserial PRIMARY KEY, total numeric DEFAULT 0, placed date);
            CREATE INDEX orders_placed ON t.orders (placed); CREATE VIEW t.large AS SELECT id FROM t.orders WHERE total > 1000;";
        session.exec(&orders.replace(" t.", &format!(" {tenant}.")).replace(" t;", &format!(" {tenant};"))).unwrap();
    }
    session.exec("DROP INDEX tenant_2.orders_placed; ALTER TABLE tenant_2.orders ALTER total DROP DEFAULT").unwrap();
    play("docs/guide/tenants.md", &[("TENANTS_DATABASE_URL", &server.url("tenants"))]);
}

/// The names of a struct's fields, as its source has them.
fn fields<'a>(source: &'a str, name: &str) -> BTreeSet<&'a str> {
    let (_, rest) = source.split_once(&format!("struct {name} {{\n")).unwrap_or_else(|| panic!("no struct {name}"));
    let (body, _) = rest.split_once("\n}").unwrap();
    let names = body
        .lines()
        .filter_map(|line| line.trim().split_once(": "))
        .map(|(name, _)| name.trim_start_matches("pub ").trim_start_matches("r#"));
    names.filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_')).collect()
}

/// Where a value does not follow a schema: as much of JSON Schema as ours uses, but patterns; a word that is new fails.
fn faults(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let fault = |ok: bool, word: &str| if ok { Vec::new() } else { vec![format!("{at}: {word}")] };
    let Some(rules) = schema.as_object() else { return fault(schema == &Value::Bool(true), "not allowed") };
    let follows = |schema: &Value| faults(root, schema, value, at).is_empty();
    let has = |key: &Value| value.get(key.as_str().unwrap()).is_some();
    let entries = || value.as_object().into_iter().flatten();
    let below = |key: &str, schema: &Value, value: &Value| faults(root, schema, value, &format!("{at}/{key}"));
    let check = |(word, rule): (&String, &Value)| match word.as_str() {
        "$ref" => faults(root, root.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap(), value, at),
        "type" => {
            let is = match rule.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "integer" => value.is_i64() || value.is_u64(),
                "number" => value.is_number(),
                "boolean" => value.is_boolean(),
                other => panic!("{other}"),
            };
            fault(is, "type")
        }
        "enum" => fault(rule.as_array().unwrap().contains(value), "enum"),
        "const" => fault(rule == value, "const"),
        "minLength" => fault(value.as_str().is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap()), "minLength"),
        "minItems" => fault(value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap()), "minItems"),
        "minimum" => fault(value.as_i64().is_none_or(|number| number >= rule.as_i64().unwrap()), "minimum"),
        "maximum" => fault(value.as_i64().is_none_or(|number| number <= rule.as_i64().unwrap()), "maximum"),
        "required" => fault(rule.as_array().unwrap().iter().all(has), "required"),
        "anyOf" => fault(rule.as_array().unwrap().iter().any(follows), "anyOf"),
        "properties" => entries().filter_map(|(key, value)| Some(below(key, rule.get(key)?, value))).flatten().collect(),
        "additionalProperties" => {
            let known = |key: &str| rules.get("properties").is_some_and(|known| known.get(key).is_some());
            entries().filter(|(key, _)| !known(key)).flat_map(|(key, value)| below(key, rule, value)).collect()
        }
        "items" => value.as_array().into_iter().flatten().flat_map(|item| below("*", rule, item)).collect(),
        "dependentSchemas" => {
            let rule = rule.as_object().unwrap().iter().filter(|(key, _)| value.get(key.as_str()).is_some());
            rule.flat_map(|(_, schema)| faults(root, schema, value, at)).collect()
        }
        "if" if follows(rule) => faults(root, &rules["then"], value, at),
        "$schema" | "$defs" | "title" | "description" | "default" | "pattern" | "if" | "then" => Vec::new(),
        other => panic!("{other} is not known here"),
    };
    rules.iter().flat_map(check).collect()
}

#[test]
fn the_schema_for_editors_says_what_is_read() {
    let schema: Value = serde_json::from_str(&content("docs/reference/evenkeel.schema.json")).unwrap();
    let source = content("crates/cli/src/settings/raw.rs");
    let structs = [
        ("File", ""),
        ("RawProject", "/$defs/project"),
        ("RawMigrationsTable", "/$defs/migrations"),
        ("RawReferenceTable", "/$defs/reference-table"),
        ("RawEnvironment", "/$defs/environment"),
        ("RawPolicy", "/$defs/policy"),
        ("RawWaiver", "/$defs/exception"),
        ("RawScratch", "/$defs/scratch"),
        ("RawStore", "/$defs/store"),
        ("RawGates", "/$defs/gates"),
        ("RawDeploy", "/$defs/deploy"),
        ("RawDrill", "/$defs/drill"),
        ("RawLock", "/$defs/lock"),
        ("RawNotify", "/$defs/notify"),
        ("RawVerify", "/$defs/verify"),
        ("RawVerifyQuery", "/$defs/verify-query"),
        ("RawBreakers", "/$defs/breakers"),
        ("RawBreakerQuery", "/$defs/breaker-query"),
        ("RawRollout", "/$defs/rollout"),
        ("RawHaproxy", "/$defs/haproxy"),
        ("RawPgbouncer", "/$defs/rollout-pgbouncer"),
        ("RawRollback", "/$defs/rollback"),
        ("RawPaused", "/$defs/rollback-pgbouncer"),
        ("RawCommand", "/$defs/rollout-command"),
        ("RawFlag", "/$defs/rollout-webhook"),
        ("RawBackfill", "/$defs/backfill"),
        ("RawDual", "/$defs/dual"),
    ];
    assert_eq!(source.matches("#[serde(deny_unknown_fields)]").count(), structs.len(), "a struct that is not in this list");
    for (name, place) in structs {
        let object = schema.pointer(place).unwrap();
        let known: BTreeSet<&str> = object["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields(&source, name), known, "{name}");
        assert_eq!(object["additionalProperties"], false, "{name}");
    }
    let wrong = |text: &str| faults(&schema, &schema, &toml::from_str(text).unwrap(), "");
    for document in [
        "docs/reference/configuration.md",
        "docs/guide/first-comparison.md",
        "docs/guide/ci-gate.md",
        "docs/guide/rollout.md",
        "docs/guide/backfill.md",
        "README.md",
    ] {
        let examples: Vec<_> = blocks(&content(document)).into_iter().filter(|(kind, _)| kind == "toml").collect();
        assert!(!examples.is_empty());
        for (_, example) in examples {
            assert_eq!(wrong(&example), Vec::<String>::new(), "{document}");
        }
    }
    // Both take the same, and refuse the same.
    let place = Place::new();
    let agree = |text: &str, is_right: bool| {
        assert_eq!(wrong(text).is_empty(), is_right, "{text}: {:?}", wrong(text));
        place.write("evenkeel.toml", text);
        place.run(&["digest", "nobody"]).exits(if is_right { 64 } else { 78 });
    };
    let each = |place: &str, text: &dyn Fn(&str) -> String| {
        let values = schema.pointer(place).and_then(Value::as_array).unwrap();
        values.iter().for_each(|value| agree(&text(value.as_str().unwrap()), true));
        agree(&text("sometimes"), false);
    };
    let environment = |line: &str| format!("[environments.a]\nurl = \"postgres://h/d\"\n{line}\n");
    let exception = |line: &str| format!("[[policy.ignore]]\nobject = \"a\"\nreason = \"r\"\nowner = \"o\"\n{line}\n");
    each("/$defs/environment/properties/tier/enum", &|value| environment(&format!("tier = \"{value}\"")));
    each("/$defs/environment/properties/read_from/enum", &|value| environment(&format!("replicas = [\"x\"]\nread_from = \"{value}\"")));
    each("/$defs/policy/properties/column_order/enum", &|value| format!("[policy]\ncolumn_order = \"{value}\"\n"));
    each("/$defs/severity/enum", &|value| format!("[policy]\nfail_on = \"{value}\"\n"));
    each("/$defs/severity/enum", &|value| format!("[policy]\nshared_faults = \"{value}\"\n"));
    each("/$defs/dimension/enum", &|value| exception(&format!("until = \"2099-01-01\"\ndimension = \"{value}\"")));
    for line in [
        "roles = { app = \"app_prod\" }",
        "history = false",
        "history = \"ops.applied\"",
        "migration_role = \"m\"",
        "reference = [\"app.*\"]",
    ] {
        agree(&environment(line), true);
    }
    for line in [
        "host = \"h\"",
        "port = 5432",
        "read_from = \"replica\"",
        "ulr = \"x\"",
        "history = true",
        "replicas = [\"\"]",
        "reference = [\"\"]",
    ] {
        agree(&environment(line), false);
    }
    for url in ["sqlite:/a/b", "postgres://u@h/d", "${NOBODY_SETS_IT}"] {
        agree(&format!("[store]\nurl = \"{url}\"\n"), true);
    }
    for text in ["[environments.a]\nurl = \"\"\n", "[environments.a]\nhost = \"h\"\nport = 70000\n", "x = 1\n", &exception("")] {
        agree(text, false);
    }
}
