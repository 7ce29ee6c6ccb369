//! Every set-based statement of a capture, for whoever wants to read or time them. The few that name an object (SHOW CREATE
//! and the like) are not among them.

use super::scope::Scope;
use super::sql;
use crate::flavor::Flavor;
use evenkeel_core::kind::{Dimension, Engine, Engines};

macro_rules! statements {
    ($($dimension:ident $engines:expr => $($file:literal)+;)+) => {
        &[$($((Dimension::$dimension, $engines, $file, include_str!($file))),+),+]
    };
}

/// MariaDB lists sequences from 11.5 on; before, each is asked by itself.
const SEQUENCES: Engines = Engines::MARIADB.from(Engine::MariaDb, 1105);

/// MySQL has libraries from 9.2 on.
const LIBRARIES: Engines = Engines::MYSQL.from(Engine::MySql, 902);

const STATEMENTS: &[(Dimension, Engines, &str, &str)] = statements! {
    Schema Engines::MYSQL_FAMILY => "schema.sql" "table.sql" "column.sql" "constraint.sql" "foreign_key.sql" "foreign_rule.sql" "index.sql"
        "partition.sql" "view.sql" "routine.sql" "parameter.sql" "trigger.sql" "event.sql" "loadable.sql";
    Schema SEQUENCES => "sequence.sql";
    Schema LIBRARIES => "library.sql" "routine_library.sql";
    Configuration Engines::MYSQL_FAMILY => "server.sql" "setting.sql" "plugin.sql" "timezone.sql";
    Configuration Engines::MYSQL => "component.sql";
    Data Engines::MYSQL_FAMILY => "table_statistics.sql" "partition_statistics.sql" "index_statistics.sql" "index_size.sql"
        "column_statistics.sql" "analyzed.sql";
    Topology Engines::MYSQL_FAMILY => "node.sql" "replica.sql" "replication_variables.sql";
    Topology Engines::MYSQL => "group_member.sql";
    Privileges Engines::MYSQL_FAMILY => "role.sql" "membership.sql" "grant.sql" "grant_routine.sql" "grant_proxy.sql";
    Privileges Engines::MYSQL => "role_default.sql" "grant_revoked.sql";
};

/// The statements that read these dimensions on that server, for the session's current database.
#[must_use]
pub fn statements(flavor: &Flavor, dimensions: &[Dimension]) -> String {
    let mut text = String::new();
    let sent =
        STATEMENTS.iter().filter(|(dimension, engines, ..)| dimensions.contains(dimension) && engines.has(flavor.engine, flavor.number));
    for (.., file, sql) in sent {
        text.push_str(&format!("-- {file}\n{};\n\n", sql::render(sql, flavor, &Scope::Current).trim_end()));
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_file_is_forgotten() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/capture");
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let there: BTreeSet<String> = names.filter(|name| name.ends_with(".sql")).collect();
        let listed: BTreeSet<String> = STATEMENTS.iter().map(|(.., file, _)| (*file).to_owned()).collect();
        assert_eq!(there, listed);
    }
}
