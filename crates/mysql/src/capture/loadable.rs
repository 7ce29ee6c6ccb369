//! Kind `function`: those out of a library. They belong to the server and are named under its own database, `mysql`, where no
//! stored function of a captured one can meet them.

use super::reader::{Read, Reader};
use super::statements;
use super::stored::named;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};

/// Reads functions out of libraries.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let rows = match reader.attempt(&reader.rendered(statements::LOADABLE), "reading functions out of libraries").await? {
        Ok(rows) => rows,
        Err(fault) => {
            let list = if reader.flavor.is_mariadb() { "mysql.func" } else { "performance_schema.user_defined_functions" };
            let reason = fault.code().map_or(Reason::Failed, super::reader::reason);
            let detail = format!("functions out of libraries were not read: the account may not read {list}");
            reader.gap(Gap::kind(Kind::Function, reason, detail).cure(format!("GRANT SELECT ON {list} TO {};", reader.access.account)));
            return Ok(Vec::new());
        }
    };
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let name = named(&row, "_name")?.unwrap_or_default();
        let mut object = Object::new(Kind::Function, Identity::new(["mysql", &name]));
        object.set("language", "c");
        object.set_some("library", named(&row, "_library")?.map(Value::Text));
        object.set_some("returns", named(&row, "_returns")?.map(Value::Text));
        if reader.flavor.is_mariadb() {
            object.set_some("aggregate", row.position("_aggregate").map_or(Ok(None), |at| row.flag(at))?);
        }
        found.push(object);
    }
    Ok(found)
}
