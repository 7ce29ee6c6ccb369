//! Names of locks: evenkeel's own, and those of migration tools, each as an expression of the session's database.
//!
//! They are facts of the tools' sources: each file that makes one is named beside it. `locks.sql` in `flight` sees who holds one.

/// Evenkeel's own: locks are the server's, so the database is part of the name. A name has 64 characters at most.
pub(super) const OWN: &str = "concat('evenkeel-', left(sha2(lower(database()), 256), 32))";

/// The lock that a tool takes before it migrates, where it records in that table; none where it takes no such lock.
pub(super) fn of(tool: &str, table: &str, database: &str) -> Option<String> {
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
