//! PostgreSQL's part in the demo: what is loaded into its servers with the `.sql` files beside this one, and what is planted in
//! them. The story is `demo`'s.

use super::planted::{Group, planted};
use super::play::{ByHand, DATABASE, Part, Play};

/// A unique index over rows that are not.
const DUPLICATES: &str = "23505";

pub fn play() -> Play {
    Play {
        // Of the contrib extensions, which come in one package.
        extensions: &["pg_trgm"],
        scheme: "postgres",
        rehearses: true,
        migration_role: Some("migrator"),
        planted: groups(),
        shown: &["EK-column-extra", "EK-function-body", "EK-index-valid", "EK-setting-effective", "EK-node-replicas"],
        part,
    }
}

fn part(name: &str, scale: u32) -> Part {
    let told = format!("SET demo.environment = '{name}'; SET demo.scale = '{scale}'");
    let own = if name == "production" { include_str!("production.sql") } else { include_str!("release.sql") };
    Part {
        database: DATABASE,
        settings: Vec::new(),
        loaded: vec![
            vec![told.into(), include_str!("roles.sql").into(), include_str!("schema.sql").into(), include_str!("data.sql").into()],
            vec![own.into()],
            vec!["VACUUM (ANALYZE)".into()],
        ],
        by_hand: match name {
            "staging" => vec![ByHand::done(include_str!("by_hand/staging.sql"))],
            "production" => vec![
                ByHand::done(include_str!("by_hand/production.sql")),
                // Leaves the INVALID index that such a failure leaves.
                ByHand { sql: include_str!("by_hand/index.sql"), refused: Some(DUPLICATES) },
            ],
            _ => Vec::new(),
        },
    }
}

fn groups() -> Vec<Group> {
    vec![
        Group {
            title: "in staging, and next for production",
            by_hand_in: None,
            planted: vec![
                planted("migration 8 has run", "EK-migration-missing", "app.flyway_schema_history.8"),
                planted("it added a column", "EK-column-missing", "app.bookings.source"),
            ],
        },
        Group {
            title: "by hand in production",
            by_hand_in: Some("production"),
            planted: vec![
                planted("a column was added", "EK-column-extra", "billing.invoices.tax_override"),
                planted("a function was changed", "EK-function-body", "app.stay_price(numeric, integer)"),
                planted("a unique index failed: INVALID", "EK-index-valid", "app.customers_email_key"),
                planted("a constraint is NOT VALID", "EK-constraint-validated", "app.bookings.bookings_total_check"),
            ],
        },
        Group {
            title: "by hand in staging",
            by_hand_in: Some("staging"),
            planted: vec![
                planted("an index was dropped", "EK-index-extra", "app.bookings_customer_id_idx"),
                planted("a grant was taken away", "EK-grant-extra", "table.billing.payments.reader"),
            ],
        },
        Group {
            title: "in production since long ago, never in staging",
            by_hand_in: None,
            planted: vec![
                planted("an extension was not updated", "EK-extension-version-version", "pg_trgm"),
                planted("a column sorts by other rules", "EK-column-collation", "app.boats.name"),
                planted("migrations give up after 5 s", "EK-setting-effective", "lock_timeout"),
                planted("the role that migrates has it", "EK-override-extra", "migrator.every database.lock_timeout"),
                planted("the application has a limit", "EK-override-extra", "app_rw.every database.statement_timeout"),
                planted("two replicas, not one", "EK-node-replicas", "node"),
                planted("a hundred times the rows", "EK-table-statistics-rows", "app.bookings"),
            ],
        },
    ]
}
