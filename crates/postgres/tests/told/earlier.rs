//! Manifests that an earlier evenkeel wrote: rights on identity sequences, settings as they were typed, extensions without members.

use super::{capture, compared, lines};
use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::{CANONICAL, Identity, Manifest, Object};
use evenkeel_core::port::Engine;
use evenkeel_postgres::engine::Postgres;
use evenkeel_postgres::knowledge::types::known_type;
use evenkeel_testkit::{TestDb, each_major};
use std::collections::BTreeSet;

const BOTH: &[Dimension] = &[Dimension::Schema, Dimension::Privileges];

/// The manifest as the first version of the canonical texts had it, brought forward.
fn brought_forward(now: &Manifest, change: impl Fn(Object) -> Object) -> Manifest {
    brought_forward_from(1, now, change)
}

fn brought_forward_from(version: u32, now: &Manifest, change: impl Fn(Object) -> Object) -> Manifest {
    let objects = now.objects().iter().cloned().map(change).collect();
    let mut earlier = Manifest::new(now.endpoint.clone(), now.dimensions.clone(), objects, now.gaps.clone()).written_as(version);
    Postgres.renew(&mut earlier);
    assert_eq!(earlier.canonical, CANONICAL);
    earlier
}

/// The second version called rights on the database by what else was captured, a table of an extension by its number, and knew an end
/// that never comes.
#[test]
fn names_of_the_second_version() {
    each_major(|db| {
        let role = format!("{}_app", db.name);
        db.exec(&format!("create role {role} valid until 'infinity'"));
        let sql = format!(
            "create extension pg_trgm; create table z (id int primary key); alter extension pg_trgm add table z;
             create table c (z int constraint c_z references z, d int); grant create on database {} to {role}",
            db.name
        );
        let now = on(db, &sql, BOTH);
        let changed = std::cell::Cell::new(0);
        let earlier = brought_forward_from(2, &now, |mut object| {
            let is_role = object.kind == Kind::Role && object.identity.part(0) == role;
            match object.kind {
                Kind::Grant if object.identity.part(0) == "database" => {
                    let mut named = Object::new(Kind::Grant, Identity::new(["server", "server", object.identity.part(2)]));
                    object.values().iter().for_each(|(at, value)| named.set_at(*at, value.clone()));
                    object = named;
                }
                Kind::Constraint if object.identity.part(2) == "c_z" => assert!(object.set("references", "relation 16402")),
                Kind::Role if is_role => assert!(object.set("valid_until", "infinity")),
                _ => return object,
            }
            changed.set(changed.get() + 1);
            object
        });
        assert!(changed.get() >= 3, "{} on {}", changed.get(), db.major());
        assert_eq!(told(&earlier, &now), ["? constraint public.c.c_z references"], "on {}", db.major());
        db.exec(&format!("drop owned by {role}; drop role {role}"));
    });
}

fn told(earlier: &Manifest, now: &Manifest) -> Vec<String> {
    lines(&compared(earlier, now)).into_iter().filter(|line| !line.starts_with("role ")).collect()
}

fn on(db: &TestDb, sql: &str, dimensions: &[Dimension]) -> Manifest {
    db.exec(sql);
    capture(&db.conninfo(), dimensions)
}

#[test]
fn the_types_of_settings_are_the_servers() {
    each_major(|db| {
        let settings = "select string_agg(name || ' ' || vartype || ' ' || coalesce(unit, ''), ';') from pg_settings
            where context in ('user', 'superuser') and vartype <> 'string' and name not like '%.%'";
        let (mut seen, settings) = (BTreeSet::new(), db.value(settings).unwrap());
        for line in settings.split(';') {
            let mut words = line.split(' ');
            let (name, vartype, unit) = (words.next().unwrap(), words.next().unwrap(), words.next().filter(|unit| !unit.is_empty()));
            // A switch before 15, and words that are more since.
            let vartype = if name == "wal_compression" { "enum" } else { vartype };
            assert_eq!(known_type(name), Some((vartype, unit)), "{name} on {}", db.major());
            seen.insert(name);
        }
        assert!(seen.len() > 100, "{seen:?}");
    });
}

#[test]
fn settings_of_functions_are_written_in_one_spelling() {
    each_major(|db| {
        let sql = "create function f() returns int language sql set work_mem = '65536kB' set enable_seqscan = 'FALSE'
            set plan_cache_mode = 'FORCE_custom_plan' set statement_timeout = '5000' as 'select 1';
            create function g() returns int language sql set random_page_cost = '4.0' set search_path = a,b as 'select 1'";
        let now = on(db, sql, &[Dimension::Schema]);
        let typed: Vec<String> = db
            .value("select string_agg(array_to_string(proconfig, '|'), '|' order by proname) from pg_proc where proname in ('f', 'g')")
            .unwrap()
            .split('|')
            .map(str::to_owned)
            .collect();
        let earlier = brought_forward(&now, |mut object| {
            if object.kind == Kind::Function && object.get("configuration").is_some() {
                let own = typed.iter().filter(|entry| entry.starts_with("random") || entry.starts_with("search"));
                let mut own: Vec<Box<str>> = if object.identity.part(1) == "g()" {
                    own.map(|entry| entry.as_str().into()).collect()
                } else {
                    typed
                        .iter()
                        .filter(|entry| !entry.starts_with("random") && !entry.starts_with("search"))
                        .map(|entry| entry.as_str().into())
                        .collect()
                };
                own.sort_unstable();
                assert_ne!(object.get("configuration"), Some(&Value::List(own.clone().into())));
                object.set("configuration", Value::List(own.into()));
            }
            object
        });
        assert_eq!(told(&earlier, &now), Vec::<String>::new(), "on {}", db.major());
    });
}

#[test]
fn rights_on_identity_sequences_find_their_column() {
    each_major(|db| {
        let role = format!("{}_app", db.name);
        db.exec(&format!("create role {role}"));
        let long = "t".repeat(60);
        let sql = format!(
            "create table t (id int generated always as identity); create table {long} (id int generated always as identity);
             create table s (id serial); grant usage on all sequences in schema public to {role}"
        );
        let now = on(db, &sql, BOTH);
        let named = |object: Object| match object.identity.part(0) {
            "identity-sequence" if object.kind == Kind::Grant => {
                let table = object.identity.part(1).trim_start_matches("public.").trim_end_matches(".id");
                let sequence = format!("public.{}_id_seq", &table[..table.len().min(56)]);
                let mut named = Object::new(Kind::Grant, Identity::new(["sequence", &sequence, object.identity.part(2)]));
                object.values().iter().for_each(|(at, value)| named.set_at(*at, value.clone()));
                named
            }
            _ => object,
        };
        let earlier = brought_forward(&now, named);
        assert_eq!(told(&earlier, &now), Vec::<String>::new(), "on {}", db.major());
        let grants = |manifest: &Manifest| {
            manifest.of_kind(Kind::Grant).iter().filter(|grant| grant.identity.part(0) == "identity-sequence").count()
        };
        assert_eq!((grants(&earlier), grants(&now)), (2, 2), "on {}", db.major());
        // A sequence whose name does not say its column: not known, and nothing is missing or extra.
        let now = on(db, "alter table t rename to u", BOTH);
        let told_of = told(
            &brought_forward(&now, |object| match object.identity.part(1) {
                "public.u.id" if object.kind == Kind::Grant => {
                    Object::new(Kind::Grant, Identity::new(["sequence", "public.t_id_seq", object.identity.part(2)]))
                }
                _ => named(object),
            }),
            &now,
        );
        assert_eq!(told_of, ["? grant  "], "on {}", db.major());
        db.exec(&format!("drop owned by {role}; drop role {role}"));
    });
}

#[test]
fn members_that_are_not_listed_are_not_called_missing() {
    each_major(|db| {
        let unlisted = |mut object: Object| {
            if object.kind == Kind::Extension {
                object.set("members", Value::List([].into()));
            }
            object
        };
        let member = on(db, "create extension pg_trgm; create table z (a int); alter extension pg_trgm add table z", &[Dimension::Schema]);
        let earlier = brought_forward(&member, unlisted);
        assert_eq!(told(&earlier, &member), Vec::<String>::new(), "on {}", db.major());
        let free = on(db, "alter extension pg_trgm drop table z", &[Dimension::Schema]);
        let comparison = compared(&earlier, &free);
        let found: Vec<_> = comparison.differences.iter().collect();
        assert_eq!(found.len(), 1, "on {}: {found:#?}", db.major());
        assert!(found[0].remedy.is_none() && found[0].why.contains("It may belong to an extension there"), "{found:#?}");
        // Free there, and a member here: that is known.
        assert_eq!(
            told(&brought_forward(&free, unlisted), &member),
            ["table public.z extension: of no extension -> member of pg_trgm [ALTER EXTENSION pg_trgm DROP TABLE public.z;]"],
            "on {}",
            db.major()
        );
    });
}
