//! Every set-based statement of a capture, for whoever wants to read or time them. The few that name an object (SHOW CREATE
//! and the like) are not among them.

use super::scope::Scope;
use super::sql;
use crate::flavor::Flavor;
use evenkeel_core::kind::Dimension;

macro_rules! statements {
    ($($dimension:ident: $($file:literal)+;)+) => {
        &[$($((Dimension::$dimension, $file, include_str!($file))),+),+]
    };
}

const STATEMENTS: &[(Dimension, &str, &str)] = statements! {
    Schema: "schema.sql" "table.sql" "column.sql" "constraint.sql" "foreign_key.sql" "foreign_rule.sql" "index.sql" "partition.sql" "view.sql"
        "routine.sql" "parameter.sql" "trigger.sql" "event.sql" "sequence.sql" "loadable.sql";
    Configuration: "server.sql" "setting.sql" "plugin.sql" "component.sql" "timezone.sql";
    Data: "table_statistics.sql" "partition_statistics.sql" "index_statistics.sql" "index_size.sql" "column_statistics.sql" "analyzed.sql";
    Topology: "node.sql" "replica.sql" "replication_variables.sql" "group_member.sql";
    Privileges: "role.sql" "role_default.sql" "membership.sql" "grant.sql" "grant_routine.sql" "grant_revoked.sql" "grant_proxy.sql";
};

/// The statements that read these dimensions on that server, for the session's current database.
#[must_use]
pub fn statements(flavor: &Flavor, dimensions: &[Dimension]) -> String {
    let mut text = String::new();
    for (_, file, sql) in STATEMENTS.iter().filter(|(dimension, ..)| dimensions.contains(dimension)) {
        let statement = sql::render(sql, flavor, &Scope::Current);
        // A file may be for the other vendor alone.
        if !statement.trim().is_empty() {
            text.push_str(&format!("-- {file}\n{};\n\n", statement.trim_end()));
        }
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
        let listed: BTreeSet<String> = STATEMENTS.iter().map(|(_, file, _)| (*file).to_owned()).collect();
        assert_eq!(there, listed);
    }
}
