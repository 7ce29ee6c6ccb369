//! Kinds that are one statement each: columns of the result are named like the declaration. What a printing function of the
//! server has to tell comes after, in `printed`.

use super::names::Names;
use super::present::Absent;
use super::reader::{Found, Read, Reader, Stop};
use super::{canonical, options, printed};
use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use futures_util::future::try_join_all;

/// The dimensions this engine reads.
pub const READ: &[Dimension] = &Dimension::ALL;

/// One kind read by one statement.
struct Plain {
    kind: Kind,
    sql: &'static str,
    /// Option lists that may hold secrets.
    secrets: &'static [&'static str],
    /// Properties or identity parts that name roles: they are mapped to the names all environments share.
    roles: &'static [&'static str],
}

impl Plain {
    const fn new(kind: Kind, sql: &'static str) -> Self {
        Self { kind, sql, secrets: &[], roles: &[] }
    }

    const fn secrets(mut self, secrets: &'static [&'static str]) -> Self {
        self.secrets = secrets;
        self
    }

    const fn roles(mut self, roles: &'static [&'static str]) -> Self {
        self.roles = roles;
        self
    }
}

/// All of them.
const PLAIN: &[Plain] = &[
    Plain::new(Kind::Schema, include_str!("schema.sql")),
    Plain::new(Kind::Extension, include_str!("extension.sql")),
    Plain::new(Kind::Sequence, include_str!("sequence.sql")),
    Plain::new(Kind::Function, include_str!("function.sql")),
    Plain::new(Kind::Procedure, include_str!("procedure.sql")),
    Plain::new(Kind::Aggregate, include_str!("aggregate.sql")),
    Plain::new(Kind::Rule, include_str!("rule.sql")),
    Plain::new(Kind::Trigger, include_str!("trigger.sql")),
    Plain::new(Kind::EventTrigger, include_str!("event_trigger.sql")),
    Plain::new(Kind::Policy, include_str!("policy.sql")).roles(&["roles"]),
    Plain::new(Kind::Enum, include_str!("enumeration.sql")),
    Plain::new(Kind::CompositeType, include_str!("composite_type.sql")),
    Plain::new(Kind::Domain, include_str!("domain.sql")),
    Plain::new(Kind::DomainConstraint, include_str!("domain_constraint.sql")),
    Plain::new(Kind::RangeType, include_str!("range_type.sql")),
    Plain::new(Kind::BaseType, include_str!("base_type.sql")),
    Plain::new(Kind::Cast, include_str!("cast.sql")),
    Plain::new(Kind::Operator, include_str!("operator.sql")),
    Plain::new(Kind::OperatorClass, include_str!("operator_class.sql")),
    Plain::new(Kind::OperatorFamily, include_str!("operator_family.sql")),
    Plain::new(Kind::Collation, include_str!("collation.sql")),
    Plain::new(Kind::Conversion, include_str!("conversion.sql")),
    Plain::new(Kind::TextSearchParser, include_str!("text_search_parser.sql")),
    Plain::new(Kind::TextSearchTemplate, include_str!("text_search_template.sql")),
    Plain::new(Kind::TextSearchDictionary, include_str!("text_search_dictionary.sql")),
    Plain::new(Kind::TextSearchConfiguration, include_str!("text_search_configuration.sql")),
    Plain::new(Kind::Statistics, include_str!("statistics.sql")),
    Plain::new(Kind::Language, include_str!("language.sql")),
    Plain::new(Kind::AccessMethod, include_str!("access_method.sql")),
    Plain::new(Kind::Transform, include_str!("transform.sql")),
    Plain::new(Kind::ForeignDataWrapper, include_str!("foreign_data_wrapper.sql")).secrets(&["options"]),
    Plain::new(Kind::ForeignServer, include_str!("foreign_server.sql")).secrets(&["options"]),
    Plain::new(Kind::UserMapping, include_str!("user_mapping.sql")).roles(&["user"]),
    Plain::new(Kind::Publication, include_str!("publication.sql")),
    Plain::new(Kind::PublicationTable, include_str!("publication_table.sql")),
    Plain::new(Kind::Subscription, include_str!("subscription.sql")),
    Plain::new(Kind::ExtensionVersion, include_str!("extension_version.sql")),
    Plain::new(Kind::CollationVersion, include_str!("collation_version.sql")),
    Plain::new(Kind::Tablespace, include_str!("tablespace.sql")),
];

/// Reads those whose dimension is wanted, pipelined, and completes them.
pub async fn read(reader: &Reader<'_>, names: &Names, absent: &Absent, wants: impl Fn(Dimension) -> bool) -> Read<Vec<Found>> {
    let wanted = PLAIN.iter().filter(|plain| wants(plain.kind.spec().dimension) && !absent.has(plain.kind));
    let found = try_join_all(wanted.map(|plain| async move {
        let mut found = reader.plain(plain.kind, plain.sql, names).await?;
        found.iter_mut().for_each(|found| finish(&mut found.object, plain, names));
        Ok::<_, Stop>(found)
    }))
    .await?;
    let mut found: Vec<Found> = found.into_iter().flatten().collect();
    if reader.major < 14 && found.iter().any(|found| found.object.kind == Kind::Subscription) {
        for property in HIDDEN_BEFORE_14 {
            let detail = format!("the {property} of subscriptions can be read by superusers only on servers before 14");
            reader.gap(Gap::kind(Kind::Subscription, Reason::Version, detail).attribute(property));
        }
    }
    printed::complete(reader, &mut found).await?;
    canonical::each(&mut found, reader.major);
    Ok(found)
}

/// What subscriptions have on every version, in columns that 13 shows to superusers only. Comments hang on such a column.
const HIDDEN_BEFORE_14: &[&str] = &["synchronous_commit", "comment"];

/// What the row alone does not say.
fn finish(object: &mut Object, plain: &Plain, names: &Names) {
    for property in plain.secrets {
        if let Some(Value::List(set)) = object.get(property).cloned() {
            object.set(property, options::public(&set));
        }
    }
    for property in plain.roles {
        if let Some(part) = plain.kind.spec().identity.iter().position(|name| name == property) {
            let shown = names.roles.role_name(object.identity.part(part));
            let mapped: Vec<&str> = object.identity.parts().enumerate().map(|(at, name)| if at == part { &*shown } else { name }).collect();
            object.identity = Identity::new(mapped);
        } else if let Some(Value::List(roles)) = object.get(property).cloned() {
            let mut mapped: Vec<Box<str>> = roles.iter().map(|name| Box::from(&*names.roles.role_name(name))).collect();
            mapped.sort_unstable();
            object.set(property, Value::list(mapped));
        }
    }
}

/// Name and text of each, for whoever wants to read them.
pub fn statements(dimensions: &[Dimension]) -> impl Iterator<Item = (&'static str, &'static str)> {
    let read = PLAIN.iter().filter(|plain| dimensions.contains(&plain.kind.spec().dimension)).map(|plain| (plain.kind.name(), plain.sql));
    read.chain(printed::statements(dimensions))
}
