//! The admin console of PgBouncer: it speaks PostgreSQL's simple protocol, and knows no SQL. <https://www.pgbouncer.org/usage.html#admin-console>

use crate::connect::{Fault, Session, Target, connect};
use evenkeel_core::fault::{Class, Trouble, Troublesome, shortened};
use evenkeel_core::port::{Console, ConsoleRow};
use evenkeel_runtime::Driver;
use std::time::Duration;
use tokio_postgres::SimpleQueryMessage;

const NAME: &str = "evenkeel";
/// The only database that it is.
const DATABASE: &str = "pgbouncer";

/// One of them.
#[derive(Debug)]
pub struct PgBouncer {
    target: Target,
}

impl PgBouncer {
    /// At that place.
    ///
    /// # Errors
    /// Of class Configuration: another database is named than the console.
    pub fn new(target: Target) -> Result<Self, Box<Trouble>> {
        let found = target.describe().dbname.value.clone();
        if found == DATABASE {
            return Ok(Self { target: target.called(NAME).of_pooler() });
        }
        let trouble = Trouble::new(Class::Configuration, "this is not the admin console of PgBouncer");
        let trouble = trouble.expected(format!("the database {DATABASE}")).found(found);
        Err(Box::new(trouble.fix("postgres://ADMIN@HOST:6432/pgbouncer")))
    }
}

impl Console for PgBouncer {
    fn describe(&self) -> String {
        let described = self.target.describe();
        format!("PgBouncer at {} port {}", described.host.value, described.port.value)
    }

    fn say(&self, command: &str, within: Duration) -> Result<Vec<ConsoleRow>, Box<Trouble>> {
        let said = async {
            let session = connect(&self.target).await.map_err(|fault: Fault| Box::new(fault.trouble()))?;
            let answer = session.client.simple_query(command).await;
            answer.map(|messages| rows(&messages)).map_err(|error| self.refused(&session, &error, command))
        };
        let driver = Driver::start()?;
        driver.run_elsewhere(async {
            tokio::time::timeout(within, said).await.unwrap_or_else(|_| {
                let trouble = Trouble::new(Class::Unreachable, format!("{} did not answer {command}", self.describe()));
                Err(Box::new(trouble.expected(format!("an answer within {} s", within.as_secs_f64())).found("none")))
            })
        })
    }
}

impl PgBouncer {
    fn refused(&self, session: &Session, error: &tokio_postgres::Error, command: &str) -> Box<Trouble> {
        let Some(said) = error.as_db_error() else { return Box::new(session.fault(error, "speaking with PgBouncer").trouble()) };
        let trouble = Trouble::new(Class::CouldNotTell, format!("{} refused {}", self.describe(), shortened(command)));
        let trouble = trouble.found(session.context().scrub(said.message()));
        Box::new(trouble.fix("look at admin_users, and at SHOW DATABASES"))
    }
}

fn rows(messages: &[SimpleQueryMessage]) -> Vec<ConsoleRow> {
    let row = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => {
            let named = row.columns().iter().enumerate();
            Some(named.filter_map(|(at, column)| Some((column.name().to_owned(), row.try_get(at).ok()??.to_owned()))).collect())
        }
        _ => None,
    };
    messages.iter().filter_map(row).collect()
}
