//! Numbers of advisory locks: evenkeel's own, and those of migration tools.
//!
//! They are facts of the tools' sources: each file that makes one is named beside it. Neighbours: `flight` sees who holds one, `claim`
//! takes them.

use evenkeel_core::port::Tool;

/// Evenkeel's own, in each database: the letters `evenkeel`.
pub const OWN: i64 = 0x6576_656e_6b65_656c;

/// Whoever has none of its own in what is below.
const EVENKEEL: &str = "evenkeel";

/// Numbers that are the same in every database.
const FIXED: &[(i64, &str)] = &[
    (OWN, EVENKEEL),
    // prisma-engines: schema-engine, postgres flavour
    (72_707_369, "Prisma"),
    // node-pg-migrate: src/runner.ts
    (7_241_865_325_823_964, "node-pg-migrate"),
    // goose: lock/locker.go
    (5_887_940_537_704_921_958, "goose"),
];

/// Of which tools numbers are made of names: the database's, and those of the table they record in.
const MADE: &[&str] = &["sqlx", "Rails", "golang-migrate", "Flyway"];

/// The locks that a tool takes before it migrates, where it records in that table; none where it takes no such lock.
#[must_use]
pub fn of(tool: &str, (schema, table): (&str, &str), database: &str) -> Vec<i64> {
    let sum = crc32fast::hash(database.as_bytes());
    // golang-migrate: database/util.go; what is part of it differs by version.
    let salted = |names: &[&str]| i64::from(crc32fast::hash(names.join("\0").as_bytes()).wrapping_mul(1_486_364_155));
    match tool {
        // sqlx-core: postgres/migrate.rs
        "sqlx" => vec![0x3d32_ad9e_i64.wrapping_mul(i64::from(sum))],
        // Rails: active_record/migration.rb
        "Rails" => vec![2_053_462_845_i64.wrapping_mul(i64::from(sum))],
        "golang-migrate" => vec![salted(&[schema, table, database]), salted(&[schema, database]), salted(&[database])],
        // flyway-database-postgresql: PostgreSQLAdvisoryLockTemplate.java, PostgreSQLConnection.java
        "Flyway" => vec![0x466c_7977_6179_i64.wrapping_add(java_hash(&format!("\"{schema}\".\"{table}\"")).into())],
        _ => FIXED.iter().filter(|(_, known)| *known == tool && *known != EVENKEEL).map(|(number, _)| *number).collect(),
    }
}

/// Whose lock a number is, in a database of that name, where a tool records in its usual table or in one of these.
pub(super) fn whose(key: i64, database: &str, tables: &[Tool<'_>]) -> Option<&'static str> {
    if let Some((_, tool)) = FIXED.iter().find(|(number, _)| *number == key) {
        return Some(tool);
    }
    let usual = |tool: &str| ("public", if tool == "Flyway" { "flyway_schema_history" } else { "schema_migrations" });
    let is_named = |tool: &str| {
        let mut own = tables.iter().filter(|table| table.may_be(tool));
        own.any(|table| of(tool, (table.schema, table.table), database).contains(&key))
    };
    MADE.iter().copied().find(|tool| of(tool, usual(tool), database).contains(&key) || is_named(tool))
}

/// What Java makes of a text.
/// <https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/String.html#hashCode()>
fn java_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tools_numbers_are_known_as_its_own() {
        for tool in MADE.iter().chain(&["Prisma", "node-pg-migrate", "goose"]) {
            let table = if *tool == "Flyway" { "flyway_schema_history" } else { "schema_migrations" };
            let numbers = of(tool, ("public", table), "shop");
            assert!(!numbers.is_empty(), "{tool}");
            assert!(numbers.iter().all(|number| whose(*number, "shop", &[]) == Some(tool)), "{tool}");
        }
        assert_eq!((of("dbmate", ("public", "schema_migrations"), "shop"), of(EVENKEEL, ("", ""), "shop")), (vec![], vec![]));
        assert_eq!((whose(OWN, "shop", &[]), whose(12, "shop", &[])), (Some(EVENKEEL), None));
        // Of a table that is called otherwise.
        let own = Tool { name: "Flyway", schema: "app", table: "changes" };
        let number = of("Flyway", ("app", "changes"), "shop")[0];
        assert_eq!((whose(number, "shop", &[]), whose(number, "shop", &[own])), (None, Some("Flyway")));
        // As a shell of Java says.
        assert_eq!((java_hash("hello"), java_hash("polygenelubricants")), (99_162_322, i32::MIN));
        assert_eq!(OWN.to_be_bytes(), *b"evenkeel");
    }
}
