//! Kinds that are one statement each: columns of the result are named like the declaration.

use super::names::Names;
use super::reader::{Found, Read, Reader};
use evenkeel_core::kind::{Dimension, Kind};
use futures_util::future::try_join_all;

/// The dimensions this engine reads.
pub const READ: &[Dimension] = &[Dimension::Schema, Dimension::Configuration, Dimension::Data, Dimension::Topology, Dimension::Privileges];

/// One kind read by one statement.
struct Plain {
    kind: Kind,
    sql: &'static str,
}

/// All of them.
const PLAIN: &[Plain] = &[
    Plain { kind: Kind::Schema, sql: include_str!("schema.sql") },
    Plain { kind: Kind::Extension, sql: include_str!("extension.sql") },
    Plain { kind: Kind::Sequence, sql: include_str!("sequence.sql") },
    Plain { kind: Kind::Function, sql: include_str!("function.sql") },
    Plain { kind: Kind::Procedure, sql: include_str!("procedure.sql") },
    Plain { kind: Kind::ExtensionVersion, sql: include_str!("extension_version.sql") },
    Plain { kind: Kind::CollationVersion, sql: include_str!("collation_version.sql") },
    Plain { kind: Kind::Tablespace, sql: include_str!("tablespace.sql") },
];

/// Reads those whose dimension is wanted, pipelined.
pub async fn read(reader: &Reader<'_>, names: &Names, wants: impl Fn(Dimension) -> bool) -> Read<Vec<Found>> {
    let wanted = PLAIN.iter().filter(|plain| wants(plain.kind.spec().dimension));
    let found = try_join_all(wanted.map(|plain| reader.plain(plain.kind, plain.sql, names))).await?;
    Ok(found.into_iter().flatten().collect())
}

/// Name and text of each, for whoever wants to read them.
pub fn statements(dimensions: &[Dimension]) -> impl Iterator<Item = (&'static str, &'static str)> {
    PLAIN.iter().filter(|plain| dimensions.contains(&plain.kind.spec().dimension)).map(|plain| (plain.kind.name(), plain.sql))
}
