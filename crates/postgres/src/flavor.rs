//! Facts about versions of PostgreSQL. A branch on a version elsewhere asks here; what differs in a catalog stands as a mark in
//! the `.sql` file that reads it (`capture::sql`).
//!
//! `UNTIL(pg14)` says of a fact that it can go, with what asks for it, when 14 is the oldest version there is.

/// The oldest major version this evenkeel speaks with.
pub const OLDEST: u16 = 13;
/// The newest major version it was tested with.
pub const NEWEST: u16 = 18;

/// The first version with the role `pg_read_all_data`. UNTIL(pg14)
pub const READ_ALL_DATA: u16 = 14;
/// Before, subscriptions show some columns, and their numbers, to superusers only. UNTIL(pg14)
pub const SUBSCRIPTIONS_SHOWN: u16 = 14;
/// EXTRACT was `date_part`, which gives double precision, before; since it is a function of its own, which gives numeric. UNTIL(pg14)
pub const EXTRACT: u16 = 14;
/// `maintenance_work_mem` goes down to 64 kB from here on. UNTIL(pg17) <https://www.postgresql.org/docs/17/release-17.html>
pub const LITTLE_MAINTENANCE_MEMORY: u16 = 17;
/// The first version with statistics of expressions. UNTIL(pg14)
pub const EXPRESSION_STATISTICS: u16 = 14;
/// The first version where a range type has a multirange type. UNTIL(pg14)
pub const MULTIRANGE: u16 = 14;
/// The first version with functions whose body is kept as a tree. UNTIL(pg14)
pub const SQL_BODIES: u16 = 14;
/// The first version where a published table may have a filter. UNTIL(pg15)
pub const PUBLISHED_FILTERS: u16 = 15;
/// From here on a new database's schema public belongs to `pg_database_owner` and lets nobody create in it. UNTIL(pg15)
pub const PUBLIC_SCHEMA_CLOSED: u16 = 15;
/// The first version that keeps a database's collation version, and refreshes it. UNTIL(pg15)
pub const DATABASE_COLLATION_VERSION: u16 = 15;
/// `pg_start_backup(label, fast, exclusive)` until 14, `pg_backup_start` without the exclusive mode since. UNTIL(pg15)
pub const BACKUP_START: u16 = 15;
/// A membership says by itself whether it inherits; before, the role did of all it was a member of. UNTIL(pg16)
pub const INHERIT_BY_MEMBERSHIP: u16 = 16;
/// The first version with `SET STORAGE DEFAULT`; before, there is no word for the type's own. UNTIL(pg16)
pub const STORAGE_DEFAULT: u16 = 16;
/// The first version with `ALTER TABLE … SET ACCESS METHOD`. UNTIL(pg15)
pub const SET_ACCESS_METHOD: u16 = 15;
/// The first version that alters the expression of a generated column. UNTIL(pg17)
pub const SET_EXPRESSION: u16 = 17;
/// The first version where MAINTAIN is a privilege; before, owners alone could. UNTIL(pg17)
pub const MAINTAIN: u16 = 17;
/// The first version where partitions number their rows with their table. UNTIL(pg17)
pub const PARTITIONED_IDENTITY: u16 = 17;
/// When a table was last read is kept. UNTIL(pg16)
pub const LAST_USE: u16 = 16;
/// NOT NULL is a constraint with a name from here on, before it was only a flag of the column. UNTIL(pg18)
pub const NAMED_NOT_NULL: u16 = 18;

/// Servers that others run: what their own settings and their administrators' role are called, and where a setting is set there instead of
/// by ALTER SYSTEM, which they refuse.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html>
/// <https://cloud.google.com/sql/docs/postgres/flags>
/// <https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-server-parameters>
pub const MANAGED: &[(&str, &str, &str)] = &[
    ("rds.", "rds_superuser", "its DB parameter group"),
    ("cloudsql.", "cloudsqlsuperuser", "its database flags"),
    ("alloydb.", "alloydbsuperuser", "its database flags"),
    ("azure.", "azure_pg_admin", "its server parameters"),
];

/// Whether it ends transactions that take too long. UNTIL(pg17)
#[must_use]
pub const fn has_transaction_timeout(major: u16) -> bool {
    major >= TRANSACTION_TIMEOUT
}

/// Whether it looks for clients that are gone while a statement runs, and ends sessions that are silent. UNTIL(pg14)
#[must_use]
pub const fn notices_lost_clients(major: u16) -> bool {
    major >= NOTICES_LOST_CLIENTS
}

/// <https://www.postgresql.org/docs/14/release-14.html>
const NOTICES_LOST_CLIENTS: u16 = 14;

/// The first version with `transaction_timeout`. <https://www.postgresql.org/docs/17/release-17.html>
const TRANSACTION_TIMEOUT: u16 = 17;

/// The major version out of `server_version_num`: 150018 is 15.
#[must_use]
pub fn major_of(server_version_num: i32) -> u16 {
    u16::try_from(server_version_num / 10_000).unwrap_or(0)
}

/// Whether it is too old to be spoken with.
#[must_use]
pub const fn is_too_old(major: u16) -> bool {
    major < OLDEST
}

/// A word about a version this evenkeel was not tested with.
#[must_use]
pub fn warning(major: u16, version: &str) -> Option<String> {
    (major > NEWEST).then(|| format!("PostgreSQL {version} is newer than the newest version this evenkeel was tested with ({NEWEST})"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn no_branch_elsewhere_knows_a_version_by_its_number() {
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("flavor.rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let branch = |line: &&str| {
                        ["major < 1", "major <= 1", "major >= 1", "major > 1", "major == 1"].iter().any(|test| line.contains(test))
                    };
                    assert_eq!(text.lines().find(branch), None, "{}", path.display());
                }
            }
        }
    }

    #[test]
    fn a_version_is_known_by_its_number() {
        assert_eq!((major_of(130_023), major_of(180_001), major_of(90_624), major_of(-1)), (13, 18, 9, 0));
        assert!(is_too_old(major_of(120_022)) && !is_too_old(OLDEST));
        assert_eq!(warning(NEWEST, "18.1"), None);
        assert!(warning(19, "19beta1").is_some_and(|words| words.contains("19beta1") && words.contains("(18)")));
    }
}
