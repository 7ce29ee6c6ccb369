//! What the demo plants and must find again, by finding, object and attribute: the demo tests itself.

use super::screen::Screen;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_report::{Difference, Document};

/// One planted drift.
struct Planted {
    /// In the words of whoever did it.
    what: &'static str,
    /// The finding that names it.
    id: &'static str,
    object: &'static str,
    /// The environment whose `check` must find it too: it was done by hand after the manifest was committed.
    by_hand_in: Option<&'static str>,
}

const fn planted(what: &'static str, id: &'static str, object: &'static str) -> Planted {
    Planted { what, id, object, by_hand_in: None }
}

const fn by_hand(environment: &'static str, what: &'static str, id: &'static str, object: &'static str) -> Planted {
    Planted { what, id, object, by_hand_in: Some(environment) }
}

const PLANTED: &[Planted] = &[
    by_hand("production", "a column added by hand in production", "EK-column-extra", "billing.invoices.tax_override"),
    by_hand("staging", "an index dropped by hand in staging", "EK-index-extra", "app.bookings_customer_id_idx"),
    by_hand("production", "a CREATE INDEX CONCURRENTLY that failed in production", "EK-index-valid", "app.customers_email_key"),
    by_hand("production", "a function changed by hand in production", "EK-function-body", "app.stay_price(numeric, integer)"),
    by_hand(
        "production",
        "a constraint added NOT VALID and never validated",
        "EK-constraint-validated",
        "app.bookings.bookings_total_check",
    ),
    by_hand("staging", "a grant taken away by hand in staging", "EK-grant-extra", "reader"),
    planted("an extension that production never updated", "EK-extension-version-version", "pg_trgm"),
    planted("a column with another collation in production", "EK-column-collation", "app.boats.name"),
    planted("a lock_timeout that only production's migration role has", "EK-setting-effective", "lock_timeout"),
    planted("a statement_timeout that only production's application has", "EK-override-extra", "app_rw"),
    planted("a second replica that staging lacks", "EK-node-replicas", "node"),
    planted("a hundred times the rows in production", "EK-table-statistics-rows", "app.bookings"),
];

/// Shows each planted drift with the finding that names it.
///
/// # Errors
/// One was not found: then evenkeel is broken, whatever it said before.
pub fn verify(document: &Document, checks: &[Document], screen: &Screen) -> Result<(), Box<Trouble>> {
    let mut lost = Vec::new();
    for planted in PLANTED {
        let found = planted.among(&document.differences);
        let checked = planted.by_hand_in.is_none_or(|environment| {
            let check = checks.iter().find(|check| check.candidate.label == environment);
            check.is_some_and(|check| check.differences.iter().any(|difference| difference.object.display == planted.object))
        });
        match found {
            Some(difference) if checked => screen.found(planted.what, &format!("{}  {}", difference.object.display, difference.id)),
            Some(_) => lost.push(format!("{} {} (by check)", planted.id, planted.object)),
            None => lost.push(format!("{} {} (by compare)", planted.id, planted.object)),
        }
    }
    if lost.is_empty() {
        return Ok(());
    }
    Err(Box::new(
        Trouble::new(Class::Internal, "the demo did not find what it had planted")
            .expected(format!("{} drifts", PLANTED.len()))
            .found(format!("not reported: {}", lost.join(", ")))
            .fix("report it as a bug of evenkeel, with the output of: evenkeel demo --keep"),
    ))
}

impl Planted {
    fn among<'a>(&self, differences: &'a [Difference]) -> Option<&'a Difference> {
        differences.iter().find(|difference| difference.id == self.id && difference.object.display == self.object)
    }
}
