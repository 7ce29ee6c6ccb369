//! Facts about vendors and versions. A branch on a version or vendor elsewhere asks here.

use evenkeel_core::kind::Engine;

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

    /// Whether the size of InnoDB's redo log is one setting, `innodb_redo_log_capacity` (MySQL from 8.0.30 on).
    #[must_use]
    pub fn redo_log_is_one_capacity(&self) -> bool {
        !self.is_mariadb() && self.number > 800
    }

    #[must_use]
    pub fn is_mariadb(&self) -> bool {
        self.engine == Engine::MariaDb
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
