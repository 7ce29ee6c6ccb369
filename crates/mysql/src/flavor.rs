//! Facts about vendors and versions. A branch on a version or vendor elsewhere asks here.

use evenkeel_core::kind::Engine;

/// What a server does with capitals in names of tables: 1 keeps small letters, 2 takes both for one. It holds from the making of the
/// data directory on, and 2 cannot be had where file systems tell letters apart.
/// <https://dev.mysql.com/doc/refman/en/identifier-case-sensitivity.html>
pub const NAME_CASE: &str = "lower_case_table_names";

/// A server by vendor and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flavor {
    pub engine: Engine,
    /// As the server tells it, without what packagers append: `10.11.14`.
    pub version: String,
    /// Major × 100 + minor: 1011 for MariaDB 10.11, 907 for MySQL 9.7. MariaDB's are above 1000, MySQL's below.
    pub number: u16,
}

impl Flavor {
    /// From `version()` and `@@version_comment`. MariaDB says its name in the first: `10.11.14-MariaDB-0+deb12u2`; behind
    /// some proxies with a `5.5.5-` in front, which replication of old clients needs.
    #[must_use]
    pub fn parse(version: &str) -> Option<Self> {
        let mariadb = version.to_ascii_lowercase().contains("mariadb");
        let version = if mariadb { version.strip_prefix("5.5.5-").unwrap_or(version) } else { version };
        let version = version.split(['-', '+', ' ']).next()?;
        let mut parts = version.split('.').map(str::parse::<u16>);
        let (major, minor) = (parts.next()?.ok()?, parts.next()?.ok()?);
        let number = major.checked_mul(100)?.checked_add(minor)?;
        Some(Self { engine: if mariadb { Engine::MariaDb } else { Engine::MySql }, version: version.to_owned(), number })
    }

    /// A version as its vendor writes it: `10.11`, `9.7`.
    #[must_use]
    pub fn of(engine: Engine, version: &str) -> Option<Self> {
        Self::parse(&format!("{version}.0{}", if engine == Engine::MariaDb { "-MariaDB" } else { "" }))
    }

    /// The newest version this evenkeel was tested with.
    #[must_use]
    pub fn newest_tested(engine: Engine) -> Option<Self> {
        let number = tested(engine).iter().copied().max()?;
        Self::of(engine, &engine.version_words(number))
    }

    /// Whether the size of InnoDB's redo log is one setting, `innodb_redo_log_capacity` (MySQL from 8.0.30 on).
    #[must_use]
    pub fn redo_log_is_one_capacity(&self) -> bool {
        !self.is_mariadb() && self.number > 800
    }

    #[must_use]
    pub fn is_mariadb(&self) -> bool {
        self.engine == Engine::MariaDb
    }

    /// What is expected of a server that is older than that.
    #[must_use]
    pub fn oldest_if_too_old(&self) -> Option<&'static str> {
        let (oldest, words) = if self.is_mariadb() { (1006, "MariaDB 10.6 or newer") } else { (800, "MySQL 8.0 or newer") };
        (self.number < oldest).then_some(words)
    }

    /// A word about a version this evenkeel was not tested with.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let (tested, name) = (tested(self.engine), self.engine.name());
        let words = || tested.iter().map(|number| self.engine.version_words(*number)).collect::<Vec<_>>().join(" and ");
        (!tested.contains(&self.number))
            .then(|| format!("{name} {} is no version this evenkeel was tested with ({name} {})", self.version, words()))
    }

    /// MySQL loads components as well as plugins.
    #[must_use]
    pub fn has_components(&self) -> bool {
        !self.is_mariadb()
    }

    /// Code in other languages that routines share.
    /// <https://dev.mysql.com/doc/refman/en/create-library.html>
    #[must_use]
    pub fn has_libraries(&self) -> bool {
        !self.is_mariadb() && self.number >= 902
    }

    /// MySQL knows group replication, and MariaDB Galera.
    #[must_use]
    pub fn has_group_replication(&self) -> bool {
        !self.is_mariadb()
    }

    /// MySQL 8.2 renamed it, and 8.4 dropped the old name.
    #[must_use]
    pub fn log_status(&self) -> &'static str {
        if self.is_mariadb() || self.number < 802 { "SHOW MASTER STATUS" } else { "SHOW BINARY LOG STATUS" }
    }

    /// MySQL 8.0.22 renamed it, MySQL 8.4 dropped the old name. MariaDB knows several sources: `SHOW ALL SLAVES STATUS`.
    #[must_use]
    pub fn replica_status(&self) -> &'static str {
        match self.engine {
            Engine::MariaDb => "SHOW ALL SLAVES STATUS",
            _ if self.number < 804 => "SHOW SLAVE STATUS",
            _ => "SHOW REPLICA STATUS",
        }
    }

    /// The word that lets the optimizer use an index, or keeps it from that.
    #[must_use]
    pub fn index_visibility(&self, is_visible: bool) -> &'static str {
        match (self.is_mariadb(), is_visible) {
            (true, true) => "NOT IGNORED",
            (true, false) => "IGNORED",
            (false, true) => "VISIBLE",
            (false, false) => "INVISIBLE",
        }
    }

    /// MySQL from 8.4 on takes foreign keys that refer to no unique key only where `restrict_fk_on_non_standard_key` is off.
    #[must_use]
    pub fn asks_for_keys_to_refer_to(&self) -> bool {
        !self.is_mariadb() && self.number >= 804
    }

    /// An empty comment of a routine takes the one before away; on MySQL it changes nothing.
    #[must_use]
    pub fn takes_comments_back(&self) -> bool {
        self.is_mariadb()
    }

    /// What says of an event that it waits on replicas. MySQL renamed it in 8.0.26.
    #[must_use]
    pub fn disabled_on_replica(&self) -> &'static str {
        if self.is_mariadb() || self.number < 804 { "DISABLE ON SLAVE" } else { "DISABLE ON REPLICA" }
    }

    /// What drops a check by its name; checks and foreign keys may share theirs on MySQL.
    #[must_use]
    pub fn drop_check(&self) -> &'static str {
        if self.is_mariadb() { "DROP CONSTRAINT" } else { "DROP CHECK" }
    }

    /// An index that is dropped and added in one statement with other options alone is the one before to MySQL (measured on 9.7).
    #[must_use]
    pub fn tells_index_options_apart(&self) -> bool {
        self.is_mariadb()
    }

    /// MariaDB writes what is only a definition at once; MySQL calls comments, collations and longer texts work on the table
    /// (measured on 10.11, 11.8 and 9.7).
    #[must_use]
    pub fn alters_definitions_at_once(&self) -> bool {
        self.is_mariadb()
    }

    /// MySQL does not let a column begin or cease to number rows that a foreign key refers to (measured on 9.7).
    #[must_use]
    pub fn keeps_keys_from_counting(&self) -> bool {
        !self.is_mariadb()
    }

    /// MySQL keeps each version of the columns that a row may have been written with, and takes no more of them than it can number.
    /// <https://dev.mysql.com/doc/refman/en/innodb-online-ddl-operations.html#online-ddl-column-operations>
    #[must_use]
    pub fn counts_instant_changes(&self) -> bool {
        !self.is_mariadb()
    }

    /// MariaDB from 11.2 on copies the rows of a table while others write to it.
    /// <https://mariadb.com/docs/server/server-usage/storage-engines/innodb/innodb-online-ddl/online-schema-change>
    #[must_use]
    pub fn copies_while_others_write(&self) -> bool {
        self.is_mariadb() && self.number >= 1102
    }

    /// MySQL with a log for replicas takes no new column whose default another server answers otherwise (measured on 9.7).
    #[must_use]
    pub fn refuses_unsafe_columns(&self) -> bool {
        !self.is_mariadb()
    }

    /// Only MariaDB keeps old versions of rows, and what alters such a table has to say what becomes of them.
    #[must_use]
    pub fn asks_what_becomes_of_history(&self) -> bool {
        self.is_mariadb()
    }

    /// MySQL makes up a password that nobody knows, and shows it once; MariaDB has a hash that no password has.
    /// <https://dev.mysql.com/doc/refman/en/create-user.html>
    #[must_use]
    pub fn makes_passwords_up(&self) -> bool {
        !self.is_mariadb()
    }

    /// Asks which running server this is, when it was started (microseconds of the epoch, to the second) and which database is
    /// read. A copy of a data directory has the same number, and another place.
    #[must_use]
    pub fn instance(&self) -> &'static str {
        match self.engine {
            Engine::MariaDb => {
                "SELECT concat_ws('|', @@global.server_id, @@hostname, @@global.port, @@global.datadir, @@global.pid_file) AS server, \
                 cast(round((unix_timestamp(now(6)) - (SELECT s.variable_value FROM information_schema.global_status s \
                 WHERE s.variable_name = 'UPTIME')) * 1000000) AS signed) AS started, database() AS `database`"
            }
            _ => {
                "SELECT concat_ws('|', @@global.server_uuid, @@hostname, @@global.port, @@global.datadir, @@global.pid_file) AS server, \
                 cast(round((unix_timestamp(now(6)) - (SELECT s.variable_value FROM performance_schema.global_status s \
                 WHERE s.variable_name = 'Uptime')) * 1000000) AS signed) AS started, database() AS `database`"
            }
        }
    }
}

/// The versions this evenkeel was tested with, oldest first.
pub(crate) const fn tested(engine: Engine) -> &'static [u16] {
    match engine {
        Engine::MariaDb => &[1011, 1108],
        Engine::MySql | Engine::PostgreSql => &[907],
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn versions_are_read_as_servers_tell_them() {
        let parse = |text| Flavor::parse(text).map(|flavor| (flavor.engine.name(), flavor.version, flavor.number));
        assert_eq!(parse("10.11.14-MariaDB-0+deb12u2-log"), Some(("MariaDB", "10.11.14".into(), 1011)));
        assert_eq!(parse("5.5.5-11.8.3-MariaDB"), Some(("MariaDB", "11.8.3".into(), 1108)));
        assert_eq!(parse("9.7.0"), Some(("MySQL", "9.7.0".into(), 907)));
        assert_eq!(parse("8.0.43-0ubuntu0.22.04.1"), Some(("MySQL", "8.0.43".into(), 800)));
        assert_eq!(parse("garbage"), None);
        assert_eq!(parse("70000.1"), None);
    }
}
