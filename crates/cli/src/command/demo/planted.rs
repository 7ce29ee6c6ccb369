//! What the demo plants and must find again, by finding and object: the demo tests itself.
//!
//! Lives here: the list, and the judgement whether the reports say it, and nothing heavier than it. The statements that
//! plant it are the `.sql` files; the server side (replicas, rows) is `estate`'s.

use super::screen::Screen;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_report::{Difference, Document, Severity};

/// Where and how something came to differ.
struct Group {
    title: &'static str,
    /// The environment whose `check` must find it: it was done by hand after the manifest was committed.
    by_hand_in: Option<&'static str>,
    planted: &'static [Planted],
}

/// One planted drift.
struct Planted {
    /// In the words of whoever did it.
    what: &'static str,
    /// The finding that names it. The attribute, where there is one, is its last part.
    id: &'static str,
    object: &'static str,
}

const fn planted(what: &'static str, id: &'static str, object: &'static str) -> Planted {
    Planted { what, id, object }
}

const GROUPS: &[Group] = &[
    Group {
        title: "in staging, and next for production",
        by_hand_in: None,
        planted: &[
            planted("migration 8 has run", "EK-migration-missing", "app.flyway_schema_history.8"),
            planted("it added a column", "EK-column-missing", "app.bookings.source"),
        ],
    },
    Group {
        title: "by hand in production",
        by_hand_in: Some("production"),
        planted: &[
            planted("a column was added", "EK-column-extra", "billing.invoices.tax_override"),
            planted("a function was changed", "EK-function-body", "app.stay_price(numeric, integer)"),
            planted("a unique index failed: INVALID", "EK-index-valid", "app.customers_email_key"),
            planted("a constraint is NOT VALID", "EK-constraint-validated", "app.bookings.bookings_total_check"),
        ],
    },
    Group {
        title: "by hand in staging",
        by_hand_in: Some("staging"),
        planted: &[
            planted("an index was dropped", "EK-index-extra", "app.bookings_customer_id_idx"),
            planted("a grant was taken away", "EK-grant-extra", "table.billing.payments.reader"),
        ],
    },
    Group {
        title: "in production since long ago, never in staging",
        by_hand_in: None,
        planted: &[
            planted("an extension was not updated", "EK-extension-version-version", "pg_trgm"),
            planted("a column sorts by other rules", "EK-column-collation", "app.boats.name"),
            planted("migrations give up after 5 s", "EK-setting-effective", "lock_timeout"),
            planted("the role that migrates has it", "EK-override-extra", "migrator.every database.lock_timeout"),
            planted("the application has a limit", "EK-override-extra", "app_rw.every database.statement_timeout"),
            planted("two replicas, not one", "EK-node-replicas", "node"),
            planted("a hundred times the rows", "EK-table-statistics-rows", "app.bookings"),
        ],
    },
];

/// Shows each planted drift with the object on which it was found.
///
/// # Errors
/// One was not found, or something blocks that nobody planted: then evenkeel is broken, whatever it said before.
pub fn verify(document: &Document, checks: &[Document], screen: &Screen) -> Result<(), Box<Trouble>> {
    let mut wrong = Vec::new();
    for group in GROUPS {
        screen.line(group.title);
        let check = checks.iter().find(|check| group.by_hand_in == Some(check.candidate.label.as_str()));
        for planted in group.planted {
            let compared = document.differences.iter().any(|difference| planted.is(difference));
            // Seen from its own manifest, what one side alone has is missing or extra the other way round.
            let checked = check.map(|check| check.differences.iter().any(|difference| difference.object.display == planted.object));
            if compared && checked == group.by_hand_in.map(|_| true) {
                screen.found(planted.what, planted.object);
            } else {
                wrong.push(format!("{} on {} is not in the report", planted.id, planted.object));
            }
        }
    }
    for report in checks.iter().chain([document]) {
        for difference in report.differences.iter().filter(|difference| difference.severity == Severity::Block) {
            if !GROUPS.iter().flat_map(|group| group.planted).any(|planted| planted.object == difference.object.display) {
                wrong.push(format!("{} on {} was not planted", difference.id, difference.object.display));
            }
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Box::new(
        Trouble::new(Class::Internal, "the reports do not say what was planted")
            .expected("every planted drift, and nothing else that blocks")
            .found(wrong.join("; "))
            .fix("this is a bug of evenkeel: please report it with the page that evenkeel demo wrote"),
    ))
}

/// How many drifts are planted.
pub fn count() -> usize {
    GROUPS.iter().map(|group| group.planted.len()).sum()
}

impl Planted {
    fn is(&self, difference: &Difference) -> bool {
        difference.id == self.id && difference.object.display == self.object
    }
}
