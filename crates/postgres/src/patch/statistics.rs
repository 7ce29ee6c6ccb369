//! Extended statistics.

use super::text::whole;
use super::{Maker, Target, integer, list};
use crate::ident::{qualified, quoted};
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Statement, Way, World, Written};

pub struct Extended;

impl Maker for Extended {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let [schema, table] = list(object, "table") else { return Err("its table is not known".to_owned()) };
        let columns = list(object, "columns").iter().map(|column| quoted(column));
        let expressions: Vec<String> = list(object, "expressions").iter().map(|expression| format!("({expression})")).collect();
        // One over a single expression takes no kinds: it has what an index on it would have.
        let is_single = list(object, "columns").is_empty() && expressions.len() == 1;
        let kinds: Vec<&str> = list(object, "kinds").iter().map(AsRef::as_ref).collect();
        let kinds = if is_single || kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
        let keys: Vec<String> = columns.chain(expressions).collect();
        let sql = format!("CREATE STATISTICS {}{kinds} ON {} FROM {};", whole(object), keys.join(", "), qualified(schema, table));
        let mut statements = vec![Statement::new(sql)];
        if let Some(target) = integer(object, "target") {
            statements.push(Statement::new(format!("ALTER STATISTICS {} SET STATISTICS {target};", whole(object))));
        }
        Ok(statements)
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        if change.only(&["target"]) { Way::InPlace } else { Way::Replace }
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        let target = integer(change.to, "target").unwrap_or(-1);
        Ok(vec![Statement::new(format!("ALTER STATISTICS {} SET STATISTICS {target};", whole(change.to)))])
    }
}
