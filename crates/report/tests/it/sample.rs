//! Sample documents: each built the way the command line does it, from two manifests through `core::compare`. The numbers
//! behind the charts are put in by hand.

use crate::patched;
use evenkeel_core::compare::{Case, Change, Comparison, Difference, Remedies, Scope, Side, Which, compare};
use evenkeel_core::digest::Tree;
use evenkeel_core::finding::{Finding, Origin, Place, Remedy, Thing, id};
use evenkeel_core::gate::{Tier, judge};
use evenkeel_core::kind::{Dimension, Engine, Kind, Severity, Value};
use evenkeel_core::manifest::{Endpoint, Gap, Identity, Manifest, NodeRole, Object, Reason};
use evenkeel_core::policy::{self, Draft, Waiver};
use evenkeel_report::{ColumnData, Document, Input, Strip, TableData, Unread, Volume};
use std::time::Duration;

/// A name and what builds the document.
type Sample = (&'static str, fn() -> Document);

/// Every sample.
pub const SAMPLES: &[Sample] = &[
    ("equal", equal),
    ("differs", differs),
    ("could-not-tell", could_not_tell),
    ("to-know", to_know),
    ("hostile", hostile),
    ("empty", empty),
    ("huge", huge),
    ("vendors", vendors),
    ("unread", unread),
    ("patched", patched::patched),
    ("patch-wrong", patched::wrong),
    ("patch-untried", patched::untried),
    ("patch-hostile", patched::hostile),
    ("patch-huge", patched::huge),
];

const CAPTURED: [Dimension; 3] = [Dimension::Schema, Dimension::Configuration, Dimension::Data];

struct Statements;

impl Remedies for Statements {
    fn fix(&self, case: &Case<'_>) -> Option<Remedy> {
        let name = case.reference.or(case.candidate)?.display();
        let sql = match (case.kind, case.change, case.attribute) {
            (Kind::Index, Change::Unsound, _) => Some(format!("DROP INDEX CONCURRENTLY {name};  -- then build it again")),
            (Kind::Index, Change::Missing, _) => Some(format!("CREATE INDEX CONCURRENTLY ON app.orders (user_id);  -- as {name}")),
            (Kind::Column, Change::Missing, _) => {
                Some("ALTER TABLE app.orders ADD COLUMN refunded_at timestamp with time zone;".to_owned())
            }
            (Kind::Setting, Change::Changed, Some("effective")) => {
                Some(format!("ALTER ROLE migrator SET {name} = '{}';", case.reference?.text("effective")?))
            }
            (Kind::Function, Change::Changed, Some("body")) => {
                Some(format!("CREATE OR REPLACE FUNCTION {name} … -- body as in the reference\n{}", case.reference?.text("body")?))
            }
            _ => None,
        };
        sql.map(Remedy::Statements)
    }
}

pub fn endpoint(version: &str, major: u16, node: &str) -> Endpoint {
    Endpoint {
        engine: Engine::PostgreSql,
        server_version: version.to_owned(),
        server_major: major,
        database: "shop".to_owned(),
        role: "evenkeel_reader".to_owned(),
        node: node.to_owned(),
        node_role: NodeRole::Primary,
        captured_at: "2026-11-21T07:00:00Z".to_owned(),
        roles: std::collections::BTreeMap::new(),
        whose: evenkeel_core::manifest::Whose::File,
    }
}

pub fn object<'a>(kind: Kind, identity: &[&str], values: impl IntoIterator<Item = (&'a str, Value)>) -> Object {
    let mut object = Object::new(kind, Identity::new(identity.iter().copied()));
    for (name, value) in values {
        object.set(name, value);
    }
    object
}

fn text(text: &str) -> Value {
    Value::text(text)
}

const TOTAL: &str = "
begin
  return (select coalesce(sum(price * quantity), 0)
            from app.order_lines
           where order_id = total.order_id
             and not cancelled);
end
";

/// The reference: a small shop.
pub fn shop() -> Vec<Object> {
    let mut objects = vec![object(Kind::Schema, &["app"], []), object(Kind::Extension, &["pg_trgm"], [("schema", text("public"))])];
    for table in ["customers", "orders", "order_lines", "payments"] {
        objects.push(object(Kind::Table, &["app", table], []));
        let columns = [("id", "bigint", true), ("created_at", "timestamp with time zone", true), ("note", "text", false)];
        for (position, (column, kind, not_null)) in (1..).zip(columns) {
            let values = [("position", Value::Integer(position)), ("type", text(kind)), ("not_null", Value::Flag(not_null))];
            objects.push(object(Kind::Column, &["app", table, column], values));
        }
        let key = [("type", text("primary key")), ("columns", Value::list(["id"]))];
        objects.push(object(Kind::Constraint, &["app", table, &format!("{table}_pkey")], key));
        let values = [("table", Value::list(["app", table])), ("keys", Value::list(["created_at"]))];
        objects.push(object(Kind::Index, &["app", &format!("{table}_created_idx")], values));
    }
    let values = [("position", Value::Integer(4)), ("type", text("timestamp with time zone"))];
    objects.push(object(Kind::Column, &["app", "orders", "refunded_at"], values));
    let values = [("position", Value::Integer(5)), ("type", text("numeric(12,2)")), ("default", text("0"))];
    objects.push(object(Kind::Column, &["app", "orders", "discount"], values));
    let values = [("table", Value::list(["app", "orders"])), ("keys", Value::list(["user_id"]))];
    objects.push(object(Kind::Index, &["app", "orders_user_idx"], values));
    let values = [("language", text("plpgsql")), ("returns", text("numeric")), ("body", text(TOTAL))];
    objects.push(object(Kind::Function, &["app", "total(order_id bigint)"], values));
    objects.push(object(Kind::Server, &["server"], [("version_major", text("15")), ("version", text("15.8")), ("encoding", text("UTF8"))]));
    let settings = [
        ("lock_timeout", "must match", "0", "5s"),
        ("statement_timeout", "should match", "0", "0"),
        ("max_connections", "expected to differ", "100", "100"),
        ("shared_buffers", "expected to differ", "128MB", "128MB"),
        ("work_mem", "expected to differ", "4MB", "4MB"),
        ("effective_cache_size", "expected to differ", "4GB", "4GB"),
    ];
    for (name, rank, value, effective) in settings {
        let values =
            [("value", text(value)), ("effective", text(effective)), ("source", text("ALTER ROLE migrator SET")), ("rank", text(rank))];
        objects.push(object(Kind::Setting, &[name], values));
    }
    objects
}

/// The candidate: the same shop after some years of hot fixes.
fn drifted() -> Vec<Object> {
    let mut objects = shop();
    objects.retain(|object| !matches!(object.display().as_str(), "app.orders.refunded_at" | "app.orders_created_idx" | "pg_trgm"));
    let mut twin = object(Kind::Table, &["app", "invoices"], []);
    twin.set("comment", "made by hand");
    objects.push(twin);
    for column in ["id", "amount", "paid"] {
        objects.push(object(Kind::Column, &["app", "invoices", column], [("type", text("bigint"))]));
    }
    for object in &mut objects {
        match object.display().as_str() {
            "app.orders.discount" => {
                object.set("type", "numeric(10,2)");
            }
            "app.orders_user_idx" => {
                object.set("valid", false);
            }
            "app.total(order_id bigint)" => {
                object.set("body", TOTAL.replace("             and not cancelled);", "             and status <> 'cancelled');").as_str());
            }
            "app.customers" => {
                object.set("comment", "People who bought something");
            }
            "lock_timeout" => {
                object.set("effective", "0");
            }
            "statement_timeout" => {
                object.set("value", "30s");
            }
            "max_connections" => {
                object.set("value", "400");
                object.set("effective", "400");
            }
            "shared_buffers" | "work_mem" | "effective_cache_size" => {
                object.set("value", "64GB");
                object.set("effective", "64GB");
            }
            "server" if object.kind == Kind::Server => {
                object.set("version", "15.6");
            }
            _ => {}
        }
    }
    objects
}

/// What a run was asked for beside the manifests.
#[derive(Default)]
pub struct Run<'a> {
    waivers: &'a [Waiver],
    extra: Vec<Difference>,
    tier: Option<Tier>,
    demanded: Option<&'a [Dimension]>,
    labels: Option<(&'a str, &'a str)>,
}

pub fn document(reference: &Manifest, candidate: &Manifest, run: Run<'_>) -> Document {
    let (left, right) = run.labels.unwrap_or(("staging", "production"));
    let trees = (Tree::of(reference), Tree::of(candidate));
    let reference = Side { label: left, manifest: reference, tree: &trees.0 };
    let candidate = Side { label: right, manifest: candidate, tree: &trees.1 };
    let mut comparison: Comparison = compare(reference, candidate, &Scope::default(), &Statements);
    comparison.differences.extend(run.extra);
    comparison.differences.sort_by_key(|difference| std::cmp::Reverse(difference.severity));
    let ignored = policy::apply(&mut comparison, run.waivers, "2026-11-21".parse().unwrap());
    let demanded = run.demanded.unwrap_or(&CAPTURED);
    let judgement = judge(&comparison, demanded, Severity::Block);
    Document::build(&Input {
        comparison: &comparison,
        judgement: &judgement,
        ignored: &ignored,
        reference,
        candidate,
        demanded,
        readiness: None,
        files: [None, None],
        configured: None,
        tier: run.tier,
        fail_on: Severity::Block,
        elapsed: Duration::from_millis(1_340),
        version: "0.1.0",
        command: "evenkeel compare staging production",
    })
}

pub fn manifest(version: &str, objects: Vec<Object>, gaps: Vec<Gap>) -> Manifest {
    Manifest::new(endpoint(version, 15, "db1.internal:5432"), CAPTURED.to_vec(), objects, gaps)
}

pub fn equal() -> Document {
    let run = Run { demanded: Some(&[Dimension::Schema, Dimension::Configuration, Dimension::Data]), ..Run::default() };
    document(&manifest("15.8", shop(), Vec::new()), &manifest("15.8", shop(), Vec::new()), run)
}

fn measured(kind: &'static str, attribute: &'static str, object: &str, values: (&str, &str), ratio: &str) -> Difference {
    let subject = Thing {
        dimension: Dimension::Data,
        kind: Kind::from_name(kind).unwrap(),
        object: object.to_owned(),
        identity: vec![("schema", "app".to_owned()), ("table", object.trim_start_matches("app.").to_owned())],
        attribute: Some(attribute),
    };
    let finding = Finding {
        id: id(kind, attribute),
        severity: Severity::Warn,
        subject,
        expected: Some(values.0.to_owned()),
        found: Some(values.1.to_owned()),
        origin: Origin::Captured { side: Which::Reference, set_by: None },
        why: "A statement that takes a second on a small table takes minutes on a large one.".to_owned(),
        manual: None,
        remedy: None,
    };
    Difference { finding, change: Change::Changed, which: Which::Both, ratio: Some(ratio.to_owned()), with: Vec::new() }
}

/// Every severity, every kind of change, gaps, excused differences, volumes and distributions.
pub fn differs() -> Document {
    let gaps = vec![
        Gap::kind(Kind::Function, Reason::Privilege, "no SELECT on app.flyway_schema_history for evenkeel_reader".to_owned())
            .cure("GRANT SELECT ON app.flyway_schema_history TO evenkeel_reader;"),
        Gap::dimension(Dimension::Topology, Reason::NotCaptured, "this version of evenkeel does not read it".to_owned()),
    ];
    let mut extra: Vec<Difference> = (0..96)
        .map(|at| {
            let table = format!("app.part_{at:02}");
            measured("table-statistics", "rows", &table, ("1000", "92000"), &format!("×{}", 92 + at))
        })
        .collect();
    extra.push(measured("table-statistics", "rows", "app.orders", ("40000", "92000000"), "×2300"));
    let draft = |object: &str, until: &str| {
        Waiver::new(Draft {
            object: object.to_owned(),
            schema: None,
            dimension: None,
            attribute: None,
            reason: "billing team migrates it by hand until Q1".to_owned(),
            owner: "team-billing".to_owned(),
            until: until.parse().unwrap(),
            place: Place { file: "evenkeel.toml".to_owned(), line: 14, column: None },
        })
        .unwrap()
    };
    let waivers = [draft("table:app.invoices", "2027-01-31"), draft("index:app.*_old", "2026-10-01")];
    let run = Run { extra, waivers: &waivers, tier: Some(Tier::Staging), ..Run::default() };
    let mut document = document(&manifest("15.8", shop(), Vec::new()), &manifest("15.6", drifted(), gaps), run);
    let volume = |rows: f64, share: f64| {
        Some(Volume {
            rows: Some(rows),
            table_bytes: Some(rows * 120.0),
            index_bytes: Some(rows * 60.0 * share),
            toast_bytes: (share > 0.5).then_some(rows * 25.0),
        })
    };
    let table = |name: &str, reference, candidate| TableData { table: name.to_owned(), reference, candidate };
    document.comparison.as_mut().unwrap().data.tables = vec![
        table("app.order_lines", volume(310_000.0, 1.0), volume(742_000_000.0, 1.2)),
        table("app.orders", volume(40_000.0, 1.0), volume(92_000_000.0, 1.1)),
        table("app.payments", volume(38_000.0, 0.8), volume(88_500_000.0, 0.9)),
        table("app.customers", volume(12_000.0, 0.4), volume(4_100_000.0, 0.4)),
        table("app.invoices", None, volume(1_200.0, 0.4)),
        table("app.feature_flags", volume(64.0, 0.4), volume(71.0, 0.4)),
    ];
    let strip = |nulls: f64, distinct: f64, common: &[f64]| {
        Some(Strip {
            null_fraction: Some(nulls),
            distinct: Some(distinct),
            correlation: Some(0.42),
            width: Some(9.0),
            common: common.to_vec(),
        })
    };
    let column = |name: &str, reference, candidate| ColumnData { column: name.to_owned(), reference, candidate };
    document.comparison.as_mut().unwrap().data.columns = vec![
        column("app.customers.country", strip(0.0, 3.0, &[0.8, 0.15, 0.05]), strip(0.12, 41.0, &[0.31, 0.22, 0.11, 0.06, 0.04])),
        column("app.orders.note", strip(0.99, 4.0, &[]), strip(0.61, -0.4, &[0.02, 0.01])),
        column("app.orders.status", strip(0.0, 5.0, &[0.5, 0.2, 0.2, 0.1]), strip(0.0, 7.0, &[0.93, 0.04, 0.02])),
    ];
    if let Some(data) =
        document.comparison.as_mut().unwrap().dimensions.iter_mut().find(|dimension| dimension.name == evenkeel_report::Dimension::Data)
    {
        data.note = Some("staging holds 0.04 % of the volume".to_owned());
    }
    document
}

pub fn could_not_tell() -> Document {
    let gaps = vec![
        Gap::kind(Kind::Setting, Reason::Privilege, "settings are hidden from evenkeel_reader".to_owned())
            .cure("GRANT pg_read_all_settings TO evenkeel_reader;"),
        Gap::object(&object(Kind::View, &["app", "revenue"], []), Reason::Locked, "locked by another session for more than 2 s".to_owned())
            .attribute("definition")
            .cure("run it again when the migration is through"),
    ];
    document(&manifest("15.8", shop(), Vec::new()), &manifest("15.6", shop(), gaps), Run { tier: Some(Tier::Staging), ..Run::default() })
}

/// Nothing blocks; a cosmetic and a measured difference.
pub fn to_know() -> Document {
    let mut objects = shop();
    for object in &mut objects {
        if object.display() == "app.customers" {
            object.set("comment", "People");
        }
    }
    let extra = vec![measured("table-statistics", "rows", "app.orders", ("40000", "92000000"), "×2300")];
    document(&manifest("15.8", shop(), Vec::new()), &manifest("15.8", objects, Vec::new()), Run { extra, ..Run::default() })
}

/// Everything a database can say to hurt a terminal, a page, a pull request or an XML parser.
pub const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{9b}31m",
    "user\u{202e}nimda\u{2066}",
    "a\nb\r\nc\td",
    "|pipe|`tick```fence````",
    "@everyone #123 GH-1 https://evil.example/x www.evil.example",
    "]]> --> </details> </code> &amp; &#64;",
    "\"><img src=x onerror=alert(2)>",
    "\u{0}\u{1}\u{fffe}\u{feff}",
    "{{7*7}} ${x} %s %n",
    "表🐘é\u{200b}\u{200d}",
    "javascript:alert(3)",
    "</style><style>*{display:none}",
    "\\u{1b} \\n",
];

pub fn hostile() -> Document {
    let mut reference = Vec::new();
    let mut candidate = Vec::new();
    let mut gaps = Vec::new();
    for text in HOSTILE {
        reference.push(object(Kind::Table, &["app", text], []));
        let values = |value: &str| [("type", Value::text(value)), ("comment", Value::text(value))];
        reference.push(object(Kind::Column, &["app", text, text], values(text)));
        candidate.push(object(Kind::Table, &["app", text], []));
        candidate.push(object(Kind::Column, &["app", text, text], values("integer")));
        reference.push(object(Kind::Index, &["app", text], [("table", Value::list(["app", *text])), ("keys", Value::list([*text]))]));
        let body = |tail: &str| [("body", Value::text(format!("begin\n{text}\nend {tail}")))];
        reference.push(object(Kind::Function, &["app", text], body("a")));
        candidate.push(object(Kind::Function, &["app", text], body("b")));
        candidate.push(object(Kind::View, &["app", text], []));
        gaps.push(Gap::kind(Kind::Sequence, Reason::Failed, (*text).to_owned()).cure(*text));
    }
    let label = "pro\u{1b}[31m<b>`duc`|tion\n@all";
    document(
        &manifest("15.8", reference, Vec::new()),
        &manifest("15.8", candidate, gaps),
        Run { labels: Some(("stag<i>ing", label)), ..Run::default() },
    )
}

/// The environment could not be reached.
pub fn unread() -> Document {
    Document::unread(&Unread {
        reference: "production.jsonl",
        candidate: "production",
        dimensions: &Dimension::ALL,
        demanded: Tier::Production.demands(),
        tier: Some(Tier::Production),
        fail_on: Severity::Block,
        elapsed: Duration::from_millis(1_340),
        version: "0.1.0",
        command: "evenkeel check production",
        detail: "cannot connect to production (host db1, port 5432); expected a server that answers; found connection refused",
        fix: Some("start the server, or correct host and port"),
        is_configuration: false,
        exit_code: 69,
    })
}

/// Nothing was captured at all.
pub fn empty() -> Document {
    let bare = || Manifest::new(endpoint("15.8", 15, "/run/postgresql"), Vec::new(), Vec::new(), Vec::new());
    document(&bare(), &bare(), Run { demanded: Some(&[]), ..Run::default() })
}

/// 5,000 differences of all severities, no two alike.
pub fn huge() -> Document {
    let many = |prefix: &str, kind: &str| {
        (0..2_500)
            .map(|at| {
                let kind = format!("{kind}({at})");
                object(Kind::Column, &["app", "wide", &format!("{prefix}_{at:04}")], [("type", text(&kind)), ("comment", text(&kind))])
            })
            .chain([object(Kind::Table, &["app", "wide"], [])])
            .collect::<Vec<_>>()
    };
    document(&manifest("15.8", many("c", "integer"), Vec::new()), &manifest("15.8", many("c", "bigint"), Vec::new()), Run::default())
}

/// One cause, many differences and gaps: servers of two vendors with the same schema, each with the defaults of its own.
pub fn vendors() -> Document {
    let side = |collation: &str, ours: bool| {
        let mut objects = Vec::new();
        for at in 0..30 {
            let table = format!("t{at:02}");
            objects.push(object(Kind::Table, &["", &table], [("collation", text(collation))]));
            objects.push(object(Kind::Column, &["", &table, "name"], [("type", text("varchar(10)")), ("collation", text(collation))]));
            let mut code = object(Kind::Column, &["", &table, "code"], [("type", text("char(2)"))]);
            if at < 4 {
                code.set("type", if ours { "char(2)" } else { "char(3)" });
            }
            objects.push(code);
            let own = if ours { format!("CONSTRAINT_{at}") } else { format!("t{at:02}_chk_1") };
            objects.push(object(Kind::Constraint, &["", &table, &own], [("type", text("check")), ("generated_name", Value::Flag(true))]));
        }
        objects
    };
    let gap = Gap::kind(Kind::Event, Reason::Privilege, "the account reader@% lacks EVENT".to_owned())
        .cure("GRANT EVENT ON `shop`.* TO `reader`@`%`;");
    let of = |engine, version: &str, number, objects, gaps| {
        let endpoint = Endpoint { engine, ..endpoint(version, number, "db1.internal:3306") };
        Manifest::new(endpoint, vec![Dimension::Schema], objects, gaps)
    };
    let reference = of(Engine::MariaDb, "11.8.3-MariaDB", 1108, side("utf8mb4_uca1400_ai_ci", true), Vec::new());
    let candidate = of(Engine::MySql, "9.7.0", 907, side("utf8mb4_0900_ai_ci", false), vec![gap]);
    document(&reference, &candidate, Run { demanded: Some(&[Dimension::Schema]), ..Run::default() })
}
