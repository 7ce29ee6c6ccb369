//! Names of schemas in texts, and what only looks like one.

#![allow(clippy::unwrap_used)]
use super::{may_mean, renamed};

fn own(text: &str) -> String {
    renamed(text, "tenant_1", "(schema)").unwrap_or_else(|| "same".to_owned())
}

#[test]
fn names_of_things_in_it_are_renamed() {
    for (text, expected) in [
        ("SELECT t.id FROM tenant_1.t", "SELECT t.id FROM \"(schema)\".t"),
        ("nextval('tenant_1.s'::regclass)", "nextval('\"(schema)\".s'::regclass)"),
        ("nextval('tenant_1.\"it''s\"'::regclass)", "nextval('\"(schema)\".\"it''s\"'::regclass)"),
        ("CAST('tenant_1.s' AS pg_catalog.regclass)", "CAST('\"(schema)\".s' AS pg_catalog.regclass)"),
        ("'tenant_1'::regnamespace", "'\"(schema)\"'::regnamespace"),
        ("TENANT_1.f(1) + tenant_2.f(2)", "\"(schema)\".f(1) + tenant_2.f(2)"),
        ("\"tenant_1\".t", "\"(schema)\".t"),
        ("'new'::tenant_1.mood", "'new'::\"(schema)\".mood"),
        ("search_path=tenant_1, public", "search_path=\"(schema)\", public"),
        ("SET search_path = tenant_1", "SET search_path = \"(schema)\""),
        ("BEGIN PERFORM 1; SET search_path TO 'tenant_1'; END", "BEGIN PERFORM 1; SET search_path TO '(schema)'; END"),
        ("BEGIN SET LOCAL search_path TO 'tenant_1', x; END", "BEGIN SET LOCAL search_path TO '(schema)', x; END"),
        ("GRANT USAGE ON SCHEMA tenant_1 TO x", "GRANT USAGE ON SCHEMA \"(schema)\" TO x"),
        ("a OPERATOR(tenant_1.+) b", "a OPERATOR(\"(schema)\".+) b"),
        ("tenant_1.t.c%TYPE", "\"(schema)\".t.c%TYPE"),
    ] {
        assert_eq!(own(text), expected);
    }
}

#[test]
fn what_is_no_schema_stays() {
    for text in [
        "'tenant_1.x'",
        "SELECT x FROM cfg WHERE search_path = 'tenant_1'",
        "BEGIN UPDATE cfg SET search_path = 'tenant_1'; END",
        "(search_path = 'tenant_1'::text)",
        "SELECT 'tenant_1.t' || E'tenant_1.t'",
        "SELECT tenant_1 FROM x",
        "SELECT x.tenant_1 FROM x",
        "SELECT public.tenant_1.id FROM public.tenant_1",
        "-- tenant_1.t",
        "$$ tenant_1.t $$",
        "tenant_11.t",
        "a_tenant_1.t",
        "\"Tenant_1\".t",
        "SELECT tenant_1.id FROM public.tenant_1",
        "SELECT tenant_1.id, tenant_1.name FROM x tenant_1 WHERE tenant_1.id > 1",
        "format('%I', 'tenant_1')",
    ] {
        assert_eq!(own(text), "same", "{text}");
    }
}

#[test]
fn beside_an_alias_of_the_name_only_what_cannot_be_a_column_counts() {
    for (text, expected) in [
        (
            "SELECT tenant_1.id, tenant_1.f(tenant_1.id) FROM tenant_1.t tenant_1 JOIN tenant_1.u ON tenant_1.id = u.id",
            "SELECT tenant_1.id, \"(schema)\".f(tenant_1.id) FROM \"(schema)\".t tenant_1 JOIN \"(schema)\".u ON tenant_1.id = u.id",
        ),
        (
            "SELECT EXTRACT(year FROM tenant_1.d), (SELECT max(x) FROM tenant_1.x) FROM a, tenant_1.b tenant_1 WHERE a.x IS DISTINCT FROM tenant_1.x",
            "SELECT EXTRACT(year FROM tenant_1.d), (SELECT max(x) FROM \"(schema)\".x) FROM a, \"(schema)\".b tenant_1 WHERE a.x IS DISTINCT FROM tenant_1.x",
        ),
        ("tenant_1.tenant_1", "\"(schema)\".tenant_1"),
        ("tenant_1 tenant_1.mood, b tenant_1.mood", "tenant_1 \"(schema)\".mood, b \"(schema)\".mood"),
        (
            "SELECT a.id FROM (tenant_1.tenant_1 a JOIN (tenant_1.tenant_1 b JOIN c USING (id)) USING (id))",
            "SELECT a.id FROM (\"(schema)\".tenant_1 a JOIN (\"(schema)\".tenant_1 b JOIN c USING (id)) USING (id))",
        ),
        (
            "SELECT tenant_1.id FROM (SELECT tenant_1.id FROM tenant_1.x tenant_1) tenant_1, tenant_1.y",
            "SELECT tenant_1.id FROM (SELECT tenant_1.id FROM \"(schema)\".x tenant_1) tenant_1, \"(schema)\".y",
        ),
    ] {
        assert_eq!(own(text), expected);
    }
}

#[test]
fn any_name_works_and_comes_back() {
    for name in ["tenant_1", "Tenant-1", "order", "it\"s", "a.b", "Größe", "1st", "x'y"] {
        let written = crate::ident::quoted(name);
        let literal = format!("{written}.s").replace('\'', "''");
        let text = format!("SELECT nextval('{literal}'::regclass) FROM {written}.t, t WHERE {written}.f(1)");
        let marked = renamed(&text, name, "(schema)").unwrap();
        assert_eq!(marked, "SELECT nextval('\"(schema)\".s'::regclass) FROM \"(schema)\".t, t WHERE \"(schema)\".f(1)", "{name}");
        assert_eq!(renamed(&marked, "(schema)", name).unwrap(), text, "{name}");
    }
}

#[test]
fn a_name_in_a_literal_or_before_a_dot_may_mean_the_schema() {
    for text in [
        "nextval('tenant_1.s'::text)",
        "EXECUTE 'DELETE FROM tenant_1.t'",
        "nextval(E'Tenant_1.s'::regclass)",
        "$$tenant_1.s$$::regclass",
        "FROM U&\"tenant_1\".t",
        "SET SCHEMA 'tenant_1'",
        "USING tenant_1.base b",
        "'{tenant_1.base}'::regclass[]",
        "f(int, tenant_1.mood)",
        "it is 'not closed tenant_1",
    ] {
        assert!(may_mean(text, "tenant_1"), "{text}");
    }
    for text in ["'tenant_10.s'", "'my_tenant_1'", "tenant_1 + 1", "-- tenant_1.t", "\"tenant_1\"", "x.tenant_1", "'tenant'", ""] {
        assert!(!may_mean(text, "tenant_1"), "{text}");
    }
}

#[test]
fn a_name_with_a_quote_is_found_in_a_literal() {
    let found = renamed("nextval('\"it''s\".s'::regclass)", "it's", "(schema)");
    assert_eq!(found.as_deref(), Some("nextval('\"(schema)\".s'::regclass)"));
}
