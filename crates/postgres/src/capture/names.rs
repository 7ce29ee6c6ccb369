//! What numbers mean: the small lookups and the relations that every bulk kind needs, read once.

use super::number::ByNumber;
use super::reader::{Address, Read, Reader};
use super::role::Roles;
use super::{rows, statements};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Identity, Object};
use std::sync::Arc;

/// A relation of a schema we compare.
#[derive(Debug, Clone)]
pub struct Relation {
    pub oid: u32,
    pub schema: Arc<str>,
    pub name: Arc<str>,
    pub kind: char,
    pub persistence: char,
    pub method: u32,
    pub tablespace: u32,
    pub replica_identity: char,
    pub row_security: bool,
    pub force_row_security: bool,
    pub is_partition: bool,
    pub populated: bool,
    pub options: Vec<Box<str>>,
    pub toast: u32,
    pub of_type: Option<Box<str>>,
}

/// An operator class.
#[derive(Debug, Clone)]
pub struct OperatorClass {
    pub method: u32,
    pub name: Box<str>,
    pub default: bool,
    pub input: u32,
}

/// Names by number.
#[derive(Debug, Default)]
pub struct Names {
    pub schemas: ByNumber<u32, Arc<str>>,
    /// Names of relations that belong to extensions.
    apart: ByNumber<u32, String>,
    /// The extension that (catalog, object) belongs to.
    pub members: ByNumber<(u32, u32), u32>,
    pub tablespaces: ByNumber<u32, Box<str>>,
    pub methods: ByNumber<u32, Box<str>>,
    pub collations: ByNumber<u32, Box<str>>,
    pub opclasses: ByNumber<u32, OperatorClass>,
    pub relations: ByNumber<u32, Relation>,
    /// Storage parameters of TOAST tables, where any are set.
    pub toast: ByNumber<u32, Vec<Box<str>>>,
    pub roles: Roles,
}

rows::columns!(SchemaAt { oid, name });
rows::columns!(MemberAt { class, oid, extension });
rows::columns!(LookupAt { class, oid, name });
rows::columns!(ClassAt { oid, method, name, is_default, input });
rows::columns!(RelationAt {
    oid,
    schema,
    name,
    kind,
    persistence,
    method,
    tablespace,
    replica_identity,
    row_security,
    force_row_security,
    is_partition,
    populated,
    options,
    toast,
    of_type
});

/// `pg_class` as every server numbers it.
pub const PG_CLASS: u32 = 1259;

impl Names {
    /// Reads them all, pipelined.
    pub async fn read(reader: &Reader<'_>) -> Read<Self> {
        let (schemas, members, lookups, opclasses, relations, roles) = tokio::try_join!(
            reader.rows(statements::NAMESPACE, "pg_namespace"),
            reader.rows(statements::MEMBER, "pg_depend"),
            reader.rows(statements::LOOKUP, "pg_tablespace, pg_am and pg_collation"),
            reader.rows(statements::OPCLASS, "pg_opclass"),
            reader.rows(statements::RELATION, "pg_class"),
            reader.rows(statements::ROLE_NAME, "pg_roles"),
        )?;
        let mut names = Self { roles: Roles::of(&roles, &reader.request.roles)?, ..Self::default() };
        for (row, at) in rows::each::<SchemaAt>(&schemas)? {
            names.schemas.insert(rows::oid(row, at.oid)?, rows::text(row, at.name)?.into());
        }
        for (row, at) in rows::each::<MemberAt>(&members)? {
            names.members.insert((rows::oid(row, at.class)?, rows::oid(row, at.oid)?), rows::oid(row, at.extension)?);
        }
        for (row, at) in rows::each::<LookupAt>(&lookups)? {
            let (class, oid, name) = (rows::text(row, at.class)?, rows::oid(row, at.oid)?, rows::text(row, at.name)?);
            match &*class {
                "t" => names.tablespaces.insert(oid, name),
                "a" => names.methods.insert(oid, name),
                _ => names.collations.insert(oid, name),
            };
        }
        for (row, at) in rows::each::<ClassAt>(&opclasses)? {
            let class = OperatorClass {
                method: rows::oid(row, at.method)?,
                name: rows::text(row, at.name)?,
                default: rows::flag(row, at.is_default)?,
                input: rows::oid(row, at.input)?,
            };
            names.opclasses.insert(rows::oid(row, at.oid)?, class);
        }
        names.relations.reserve(relations.len());
        for (row, at) in rows::each::<RelationAt>(&relations)? {
            let (oid, kind) = (rows::oid(row, at.oid)?, rows::letter(row, at.kind)?);
            if kind == 't' {
                names.toast.insert(oid, rows::texts(row, at.options)?);
                continue;
            }
            let Some(schema) = names.schemas.get(&rows::oid(row, at.schema)?) else { continue };
            if let Some(extension) = names.members.get(&(PG_CLASS, oid)) {
                let name = rows::seen(row, at.name)?;
                names.apart.insert(oid, qualified(schema, &name));
                if let Some(kind) = kind_of(kind) {
                    let identity = Identity::new([Arc::clone(schema), name.into()]);
                    reader.left_out(*extension, &Object::new(kind, identity), Address { class: PG_CLASS, oid, column: 0 });
                }
                continue;
            }
            let relation = Relation {
                oid,
                schema: Arc::clone(schema),
                name: rows::seen(row, at.name)?.into(),
                kind,
                persistence: rows::letter_or(row, at.persistence, 'p')?,
                method: rows::oid(row, at.method)?,
                tablespace: rows::oid(row, at.tablespace)?,
                replica_identity: rows::letter_or(row, at.replica_identity, 'd')?,
                row_security: rows::flag(row, at.row_security)?,
                force_row_security: rows::flag(row, at.force_row_security)?,
                is_partition: rows::flag(row, at.is_partition)?,
                populated: rows::usual(row, at.populated)?,
                options: rows::texts(row, at.options)?,
                toast: rows::oid(row, at.toast)?,
                of_type: rows::get::<rows::Text>(row, at.of_type)?.map(|text| text.0),
            };
            names.relations.insert(oid, relation);
        }
        Ok(names)
    }

    /// The relations of these kinds in the order of the manifest.
    #[must_use]
    pub fn in_order(&self, kinds: &[char]) -> Vec<&Relation> {
        let mut relations: Vec<&Relation> = self.relations.values().filter(|relation| kinds.contains(&relation.kind)).collect();
        relations.sort_unstable_by(|a, b| (&a.schema, &a.name).cmp(&(&b.schema, &b.name)));
        relations
    }

    /// Whether there is any relation of that kind.
    #[must_use]
    pub fn has(&self, kind: char) -> bool {
        self.relations.values().any(|relation| relation.kind == kind)
    }

    /// `schema.name`, quoted where needed, of a relation; its number where it is the system's.
    #[must_use]
    pub fn relation(&self, oid: u32) -> String {
        let own = self.relations.get(&oid).map(|relation| qualified(&relation.schema, &relation.name));
        own.or_else(|| self.apart.get(&oid).cloned()).unwrap_or_else(|| format!("relation {oid}"))
    }
}

/// The kind of a relation that has no statement of its own.
const fn kind_of(relation: char) -> Option<Kind> {
    match relation {
        'r' | 'p' | 'f' => Some(Kind::Table),
        'v' => Some(Kind::View),
        'm' => Some(Kind::MaterializedView),
        _ => None,
    }
}

/// `schema.name`, each part quoted where needed.
#[must_use]
pub fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", quoted(schema), quoted(name))
}

/// An identifier as it is shown: quoted unless it is plain lower case. Not for SQL: keywords stay bare.
#[must_use]
pub fn quoted(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '$');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
