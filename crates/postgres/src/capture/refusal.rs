//! Which statements the server refuses us. One that is refused ends a transaction, and says nothing of the others. So each is
//! explained behind a savepoint: the server then looks at the same privileges and reads nothing. None of this is done where
//! nothing is refused. Neighbour: `refused` says what follows from it.

use super::reader::{Read, Reader, Stop};
use super::refused::Refused;
use super::{rows, sql, statements};
use crate::ident::quoted;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

/// Asks the server about each statement. The reader's transaction is open, and stays as it is.
pub async fn look(reader: &Reader<'_>) -> Read<Refused> {
    let mut refused = Refused::default();
    let (opening, closing) = (statements::TRY_OPENING.fill(&[]), statements::TRY_CLOSING.fill(&[]));
    for statement in statements::sent_by_files(reader.major) {
        let explained = statements::EXPLAINED.fill(&[&sql::with_something(&statement.render(reader.major))]);
        let Err(error) = reader.between(&opening, &explained, &[], &closing).await else { continue };
        if error.code() != Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
            // A parameter that was made up may not fit; a lost connection does not come back.
            if error.as_db_error().is_some() {
                continue;
            }
            return Err(Stop::Driver(error));
        }
        let message = error.as_db_error().map(|said| said.message().to_owned()).unwrap_or_default();
        let cure = cure(reader, &message).await?;
        refused.note(statement, message, cure);
    }
    Ok(refused)
}

rows::columns!(At { privilege, called });

/// The GRANT that ends the refusal.
async fn cure(reader: &Reader<'_>, message: &str) -> Read<String> {
    let me = quoted(reader.role);
    let words: Vec<&str> = message.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let statement = statements::REFUSED.rendered(reader.major);
    let (opening, closing) = (statements::TRY_OPENING.fill(&[]), statements::TRY_CLOSING.fill(&[]));
    let granted: Vec<String> = match reader.between(&opening, &statement, &[(&words, Type::NAME_ARRAY)], &closing).await {
        Ok(rows) => rows::each::<At>(&rows)?
            .map(|(row, at)| Ok(format!("{} pg_catalog.{}", rows::text(row, at.privilege)?, rows::text(row, at.called)?)))
            .collect::<Read<_>>()?,
        Err(error) if error.as_db_error().is_some() => Vec::new(),
        Err(error) => return Err(Stop::Driver(error)),
    };
    if granted.is_empty() {
        // Even that is refused: the message names it.
        let name = words.last().copied().unwrap_or_default();
        let is_function = words.contains(&"function") || words.contains(&"aggregate");
        let what = if is_function { "EXECUTE ON FUNCTION" } else { "SELECT ON" };
        return Ok(format!("GRANT {what} pg_catalog.{} TO {me};", quoted(name)));
    }
    Ok(granted.iter().map(|granted| format!("GRANT {granted} TO {me};")).collect::<Vec<_>>().join(" "))
}
