//! Names of locks: evenkeel's own, and those of migration tools, each as an expression of the session's database.
//!
//! They are facts of the tools' sources: each file that makes one is named beside it. Neighbours: `flight` sees who holds one, `claim` takes them.

use evenkeel_core::port::Tool;

/// Evenkeel's own: locks are the server's, so the database is part of the name. A name has 64 characters at most.
pub const OWN: &str = "concat('evenkeel-', left(sha2(lower(database()), 256), 32))";

/// How many sessions of a run there may be at once.
pub const SLOTS: u32 = 16;

/// What a session of evenkeel holds that may write to the session's database, whichever run it is of; each another slot.
#[must_use]
pub fn of_writer(slot: u32) -> String {
    format!("concat('evenkeel-', left(sha2(lower(database()), 256), 32), '-{slot}')")
}

/// What a session of a run holds, by what that calls itself.
#[must_use]
pub fn of_run(called: &str, slot: u32) -> String {
    format!("concat('evenkeel-run-', left(sha2({}, 256), 32), '-{slot}')", crate::ident::Literal(called))
}

/// A session takes the names by which others tell it, as long as it lasts: what a client calls itself is not seen everywhere.
#[must_use]
pub fn naming(called: &str, slot: u32) -> String {
    format!("SELECT get_lock({}, 0), get_lock({}, 0)", of_writer(slot), of_run(called, slot))
}

/// What it remembers itself by.
#[must_use]
pub fn remembering(called: &str) -> String {
    format!("SET @evenkeel = {}", crate::ident::Literal(called))
}

/// The lock that a tool takes before it migrates, where it records in that table; none where it takes no such lock.
#[must_use]
pub fn of(tool: &str, table: &str, database: &str) -> Option<String> {
    Some(match tool {
        // golang-migrate: database/mysql/mysql.go, database/util.go
        "golang-migrate" => {
            let name = crate::ident::Literal(table);
            format!("cast((crc32(concat(database(), ':', {name})) * 1486364155) % 4294967296 as char)")
        }
        // sqlx-mysql: migrate.rs
        "sqlx" => "lower(hex(1026731422 * crc32(database())))".to_owned(),
        // Rails: active_record/migration.rb
        "Rails" => "cast(2053462845 * crc32(database()) as char)".to_owned(),
        // prisma-engines: schema-engine, mysql flavour
        "Prisma" => "'prisma_migrate'".to_owned(),
        // flyway-mysql: MySQLNamedLockTemplate.java, MySQLConnection.java
        "Flyway" => format!("'Flyway-{}'", java_hash(&format!("`{database}`.`{table}`"))),
        _ => return None,
    })
}

/// Of which tools a lock has such a name, and the tables in which they usually record.
const USUAL: &[(&str, &str)] = &[
    ("golang-migrate", "schema_migrations"),
    ("sqlx", "_sqlx_migrations"),
    ("Rails", "schema_migrations"),
    ("Prisma", "_prisma_migrations"),
    ("Flyway", "flyway_schema_history"),
];

/// Asks who holds the locks of evenkeel, of tools that record in their usual tables, and of those that record in these. Needs no
/// privilege.
#[must_use]
pub fn held(database: &str, tables: &[Tool<'_>]) -> String {
    let named = tables.iter().flat_map(|table| USUAL.iter().filter(|(tool, _)| table.may_be(tool)).map(|(tool, _)| (*tool, table.table)));
    let mut asked: Vec<(&str, String)> = vec![("evenkeel", OWN.to_owned())];
    for (tool, table) in USUAL.iter().copied().chain(named) {
        asked.extend(of(tool, table, database).filter(|name| !asked.iter().any(|(_, known)| known == name)).map(|name| (tool, name)));
    }
    let asked: Vec<String> = asked.iter().map(|(tool, name)| format!("select '{tool}' as tool, is_used_lock({name}) as holder")).collect();
    format!("select t.tool, t.holder from ({}) t where t.holder is not null order by t.tool", asked.join(" union all "))
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
    fn a_table_of_another_name_has_another_lock() {
        let flyway = of("Flyway", "flyway_schema_history", "shop");
        assert_eq!(java_hash("hello"), 99_162_322);
        assert!(flyway.as_ref().is_some_and(|name| name.starts_with("'Flyway-")) && flyway != of("Flyway", "h", "shop"));
        assert!(flyway != of("Flyway", "flyway_schema_history", "other"));
        assert_eq!((of("dbmate", "schema_migrations", "shop"), of("evenkeel", "x", "y")), (None, None));
    }
}
