//! What to do about a difference on PostgreSQL: a statement for the candidate, only where it is surely right and complete.
//!
//! Lives here: which fix for which difference. `name` turns shown names back into SQL, `privilege` writes GRANT and REVOKE,
//! `setting` knows where settings are set, `around` what a statement would touch or trip over. Each fix is proven in `tests/measures/fix.rs`: applied, captured, compared.
//! Anything else is `None`: a person decides.

mod around;
mod name;
mod privilege;
mod setting;

use crate::flavor;
use crate::grammar::token::{Sort, tokens};
use crate::ident::{literal, quoted};
use crate::knowledge::settings;
use evenkeel_core::compare::{Case, Change, Reasoning, Remedies};
use evenkeel_core::finding::Remedy;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Manifest, Object, shown_parts};
use std::collections::BTreeMap;

/// Remedies for one candidate.
#[derive(Debug, Clone, Default)]
pub struct PostgresRemedies {
    database: String,
    major: u16,
    /// Shared name to name on this server.
    roles: BTreeMap<String, String>,
    /// Partitioned indexes cannot be rebuilt by REINDEX: tables that are partitioned, as they are shown.
    partitioned: Vec<(String, String)>,
    /// Identity columns as they are shown, and what their sequences are called here.
    sequences: BTreeMap<String, String>,
    around: around::Around,
}

impl PostgresRemedies {
    /// For the candidate that was captured; `roles` maps shared role names to those of its server, as in the request.
    #[must_use]
    pub fn new(candidate: &Manifest, roles: BTreeMap<String, String>) -> Self {
        let partitioned = candidate.of_kind(Kind::Table).iter().filter(|table| table.text("partition_by").is_some());
        let identities = candidate.of_kind(Kind::Column).iter();
        let sequences = identities.filter_map(|column| Some((column.display(), column.text("identity_sequence")?.to_owned()))).collect();
        Self {
            sequences,
            around: around::Around::of(candidate),
            database: candidate.endpoint.database.clone(),
            major: candidate.endpoint.server_major,
            roles,
            partitioned: partitioned.map(|table| (table.identity.part(0).to_owned(), table.identity.part(1).to_owned())).collect(),
        }
    }

    fn is_partitioned(&self, schema: &str, table: &str) -> bool {
        self.partitioned.iter().any(|(one, name)| one == schema && name == table)
    }

    /// A role's name on the server, as SQL. `None` where only its place is known, not its name.
    fn role(&self, shown: &str) -> Option<String> {
        match self.roles.get(shown) {
            Some(server) => Some(quoted(server)),
            None if shown == "PUBLIC" => Some(shown.to_owned()),
            None if shown.starts_with('(') || !self.around.has_role(shown) => None,
            None => Some(quoted(shown)),
        }
    }
}

impl Remedies for PostgresRemedies {
    fn fix(&self, case: &Case<'_>) -> Option<Remedy> {
        self.statements(case).map(Remedy::Statements)
    }

    fn reasoning(&self, case: &Case<'_>) -> Option<Reasoning> {
        let object = case.reference.or(case.candidate)?;
        let name = match case.kind {
            // That a version has a setting at all, or waits for a restart, is not what the table is about.
            Kind::Setting if matches!(case.attribute, Some("value" | "effective")) => object.identity.part(0),
            Kind::Override => object.identity.part(2),
            _ => return None,
        };
        settings::known(name).map(|known| Reasoning { why: known.why.to_owned(), source: settings::source(known) })
    }
}

impl PostgresRemedies {
    /// What is known to be right: every remedy here is SQL.
    fn statements(&self, case: &Case<'_>) -> Option<String> {
        let any = case.candidate.or(case.reference)?;
        match (case.change, case.kind) {
            (Change::Missing | Change::Extra | Change::Changed, Kind::Grant) => privilege::grant(self, case),
            (Change::Changed, Kind::Owner) => privilege::owner(self, case),
            (Change::Missing | Change::Extra | Change::Changed, Kind::Override) => setting::overriding(self, case),
            (Change::Changed, Kind::Setting) => setting::setting(case),
            // The server refuses to validate what it does not enforce.
            (Change::Unsound, Kind::Constraint) if [case.reference, case.candidate].into_iter().flatten().any(unenforced) => None,
            (Change::Unsound, _) => self.unsound(any, case.attribute?),
            (Change::Changed, _) => self.changed(any, case),
            _ => None,
        }
    }

    /// States that are a fault of their own; the fix belongs to the side that has it.
    fn unsound(&self, object: &Object, attribute: &str) -> Option<String> {
        let whole = name::qualified(object);
        match (object.kind, attribute) {
            (Kind::Index, "leftover") => {
                let Some(Value::List(table)) = object.get("table") else { return None };
                (!self.is_partitioned(table.first()?, table.get(1)?)).then(|| format!("DROP INDEX CONCURRENTLY {whole};"))
            }
            (Kind::Index, "valid" | "ready") => {
                let Some(Value::List(table)) = object.get("table") else { return None };
                (!self.is_partitioned(table.first()?, table.get(1)?)).then(|| format!("REINDEX INDEX CONCURRENTLY {whole};"))
            }
            (Kind::Constraint, "validated") => {
                let (table, constraint) = name::part_of(object);
                Some(format!("ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};"))
            }
            (Kind::TableStatistics, "sequence_behind") => {
                let Some(Value::List(columns)) = object.get("behind") else { return None };
                let set = columns.iter().map(|column| {
                    let (table, column) = (literal(&whole), (quoted(column), literal(column)));
                    format!(
                        "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence({table}, {}), max({})) FROM {whole};",
                        column.1, column.0
                    )
                });
                Some(set.collect::<Vec<_>>().join(" "))
            }
            (Kind::MaterializedView, "populated") => self.around.is_one_view_empty().then(|| format!("REFRESH MATERIALIZED VIEW {whole};")),
            (Kind::CollationVersion, "outdated") => {
                Some(format!("REINDEX DATABASE {}; ALTER COLLATION {whole} REFRESH VERSION;", quoted(&self.database)))
            }
            (Kind::Server, "collation_outdated") => {
                let database = quoted(&self.database);
                (self.major >= flavor::DATABASE_COLLATION_VERSION)
                    .then(|| format!("REINDEX DATABASE {database}; ALTER DATABASE {database} REFRESH COLLATION VERSION;"))
            }
            _ => None,
        }
    }

    /// A property both sides have with different values.
    fn changed(&self, object: &Object, case: &Case<'_>) -> Option<String> {
        let (reference, attribute) = (case.reference?, case.attribute?);
        if attribute == "comment" {
            let text = reference.text("comment").map_or_else(|| "NULL".to_owned(), literal);
            return name::commented(object).map(|target| format!("COMMENT ON {target} IS {text};"));
        }
        let wanted = reference.get(attribute);
        match object.kind {
            Kind::Column => self.column(object, reference, attribute, wanted),
            Kind::Table => self.table(object, attribute, wanted),
            Kind::Sequence => sequence(object, reference, attribute, wanted),
            // Extensions have update paths upwards, to what is there.
            Kind::ExtensionVersion if attribute == "version" && is_older(object.text("version")?, reference.text("version")?) => {
                let (extension, version) = (object.identity.part(0), reference.text("version")?);
                let statement = || format!("ALTER EXTENSION {} UPDATE TO {};", quoted(extension), literal(version));
                self.around.offers(extension, version).then(statement)
            }
            Kind::MaterializedView if attribute == "populated" && wanted.is_none() && self.around.is_one_view_empty() => {
                Some(format!("REFRESH MATERIALIZED VIEW {};", name::qualified(object)))
            }
            Kind::TableStatistics if attribute == "never_analyzed" && wanted.is_none() => {
                Some(format!("ANALYZE {};", name::qualified(object)))
            }
            _ if object.kind.name() == "trigger" && attribute == "enabled" => {
                let state = match reference.text("enabled") {
                    None => "ENABLE",
                    Some("disabled") => "DISABLE",
                    Some("replica") => "ENABLE REPLICA",
                    Some("always") => "ENABLE ALWAYS",
                    Some(_) => return None,
                };
                // Said of a partitioned table it reaches the copies on its partitions too, which may differ.
                if self.is_partitioned(object.identity.part(0), object.identity.part(1)) {
                    return None;
                }
                let (table, trigger) = name::part_of(object);
                Some(format!("ALTER TABLE {table} {state} TRIGGER {trigger};"))
            }
            _ => None,
        }
    }

    fn column(&self, object: &Object, reference: &Object, attribute: &str, wanted: Option<&Value>) -> Option<String> {
        let (table, column) = name::part_of(object);
        let (schema, name) = (object.identity.part(0), object.identity.part(1));
        let is_parent = self.around.is_parent(schema, name);
        let action = match (attribute, wanted) {
            // A generated or identity column takes no default.
            // What fits one type need not fit another, which is told as well.
            (_, Some(_)) if attribute != "not_null" && attribute != "statistics_target" && object.get("type") != reference.get("type") => {
                return None;
            }
            ("default", _) if object.get("generated").is_some() || object.get("identity").is_some() => return None,
            ("default", _) if reference.get("generated").is_some() || reference.get("identity").is_some() => return None,
            ("default", Some(Value::Text(text))) if is_self_contained(text) => format!("SET DEFAULT {text}"),
            ("default", None) => "DROP DEFAULT".to_owned(),
            // It reaches the children, whatever they are to be, and there are columns that must refuse NULL.
            ("not_null", _) if is_parent || self.around.is_in_key(object) || object.get("identity").is_some() => return None,
            ("not_null", Some(Value::Flag(true))) => "SET NOT NULL".to_owned(),
            // The parent's holds for a child.
            ("not_null", None) if !self.around.is_child(schema, name) => "DROP NOT NULL".to_owned(),
            ("statistics_target", Some(Value::Integer(target))) => format!("SET STATISTICS {target}"),
            ("statistics_target", None) => "SET STATISTICS -1".to_owned(),
            ("storage", Some(Value::Text(storage))) => format!("SET STORAGE {storage}"),
            ("storage", None) if self.major >= flavor::STORAGE_DEFAULT => "SET STORAGE DEFAULT".to_owned(),
            ("compression", Some(Value::Text(method))) => format!("SET COMPRESSION {method}"),
            ("compression", None) => "SET COMPRESSION default".to_owned(),
            _ => return None,
        };
        // Children are compared for themselves.
        let only = if is_parent { "ONLY " } else { "" };
        Some(format!("ALTER TABLE {only}{table} ALTER COLUMN {column} {action};"))
    }

    fn table(&self, object: &Object, attribute: &str, wanted: Option<&Value>) -> Option<String> {
        let (schema, name) = (object.identity.part(0), object.identity.part(1));
        match (attribute, wanted) {
            ("replica_identity", Some(Value::Text(text))) => {
                if let Some(index) = text.strip_prefix("index ") {
                    let parts = shown_parts(index)?;
                    let [index] = parts.as_slice() else { return None };
                    self.around.identifies(schema, name, index).then_some(())?;
                }
            }
            ("cluster_on", Some(Value::Text(index))) => self.around.orders(schema, name, index).then_some(())?,
            _ => {}
        }
        table(object, attribute, wanted)
    }
}

/// Whether an expression names nothing that is not there in every database: the server prints whatever is not its own with its schema.
fn is_self_contained(expression: &str) -> bool {
    tokens(expression).all(|token| match token.sort {
        Sort::Dot | Sort::Broken => false,
        // `regclass` and its kin: a name within a text.
        Sort::Word => !expression.get(token.start..token.end).is_some_and(|word| word.starts_with("reg")),
        _ => true,
    })
}

/// Whether the first version is older: `1.9` than `1.10`. Nothing is known about what is no number.
pub fn is_older(version: &str, than: &str) -> bool {
    let parts = |text: &str| text.split('.').map(str::parse::<u32>).collect::<Result<Vec<_>, _>>().ok();
    matches!((parts(version), parts(than)), (Some(version), Some(than)) if version < than)
}

/// Whether the capture says so; what is enforced has no such property.
fn unenforced(object: &Object) -> bool {
    object.get("enforced").is_some()
}

fn table(object: &Object, attribute: &str, wanted: Option<&Value>) -> Option<String> {
    let on = matches!(wanted, Some(Value::Flag(true)));
    let text = match wanted {
        Some(Value::Text(text)) => Some(&**text),
        _ => None,
    };
    let action = match (attribute, text) {
        ("row_security", _) => if on { "ENABLE ROW LEVEL SECURITY" } else { "DISABLE ROW LEVEL SECURITY" }.to_owned(),
        ("force_row_security", _) => if on { "FORCE ROW LEVEL SECURITY" } else { "NO FORCE ROW LEVEL SECURITY" }.to_owned(),
        ("replica_identity", None) => "REPLICA IDENTITY DEFAULT".to_owned(),
        ("replica_identity", Some("full")) => "REPLICA IDENTITY FULL".to_owned(),
        ("replica_identity", Some("nothing")) => "REPLICA IDENTITY NOTHING".to_owned(),
        ("replica_identity", Some(index)) => format!("REPLICA IDENTITY USING INDEX {}", name::alone(index.strip_prefix("index ")?)?),
        ("cluster_on", Some(index)) => format!("CLUSTER ON {}", quoted(index)),
        ("cluster_on", None) => "SET WITHOUT CLUSTER".to_owned(),
        _ => return None,
    };
    Some(format!("ALTER TABLE {} {action};", name::qualified(object)))
}

/// Whether a sequence takes the value of one property alone: bounds, start and step hold each other, and the value that it stands at,
/// which is not compared. Those that count downwards are for a person.
fn is_taken_alone(attribute: &str, wanted: &Object, sequence: &Object) -> bool {
    let number = |object: &Object, property, usual| match object.get(property) {
        Some(Value::Integer(number)) => *number,
        _ => usual,
    };
    let ends = |object: &Object| number(object, "minimum", 1)..=number(object, "maximum", i64::MAX);
    let start = number(wanted, "start", 1);
    let is_upward = number(wanted, "increment", 1) > 0 && number(sequence, "increment", 1) > 0;
    // A smaller type has bounds of its own.
    let is_usual = sequence.get("type").is_none() && wanted.get("type").is_none();
    is_upward
        && (is_usual || !matches!(attribute, "minimum" | "maximum" | "start"))
        && match attribute {
            "minimum" => ends(wanted).start() <= ends(sequence).start(),
            "maximum" => ends(wanted).end() >= ends(sequence).end(),
            "start" => ends(wanted).contains(&start) && ends(sequence).contains(&start),
            _ => true,
        }
}

fn sequence(object: &Object, reference: &Object, attribute: &str, wanted: Option<&Value>) -> Option<String> {
    if !is_taken_alone(attribute, reference, object) {
        return None;
    }
    let action = match (attribute, wanted) {
        ("increment", Some(Value::Integer(step))) => format!("INCREMENT BY {step}"),
        ("increment", None) => "INCREMENT BY 1".to_owned(),
        ("minimum", Some(Value::Integer(least))) => format!("MINVALUE {least}"),
        ("minimum", None) => "MINVALUE 1".to_owned(),
        ("maximum", Some(Value::Integer(most))) => format!("MAXVALUE {most}"),
        ("maximum", None) => "NO MAXVALUE".to_owned(),
        ("start", Some(Value::Integer(first))) => format!("START WITH {first}"),
        ("start", None) => "START WITH 1".to_owned(),
        ("cache", Some(Value::Integer(values))) => format!("CACHE {values}"),
        ("cache", None) => "CACHE 1".to_owned(),
        ("cycle", Some(Value::Flag(true))) => "CYCLE".to_owned(),
        ("cycle", None) => "NO CYCLE".to_owned(),
        _ => return None,
    };
    Some(format!("ALTER SEQUENCE {} {action};", name::qualified(object)))
}
