//! Kind `definer`: whose privileges views, routines, triggers and events run with. The objects come out of the reading of
//! those; here is what is known of the accounts.

use super::reader::{Read, Reader};
use super::statements;
use crate::connect::rows::Row;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Identity, Object};
use std::collections::HashSet;

/// The definer of an object; `None` where there is none (a view of an old dump).
pub fn of(object: &Object, account: &str) -> Option<Object> {
    if account.is_empty() {
        return None;
    }
    let mut definer = Object::new(Kind::Definer, Identity::new([object.kind.spec().name.to_owned(), object.display()]));
    definer.set("definer", account);
    Some(definer)
}

/// Marks the definers among `found` whose account is gone, where the list of accounts may be read.
pub async fn definers(reader: &Reader<'_>, found: &mut [Object]) -> Read<()> {
    if !found.iter().any(|object| object.kind == Kind::Definer) {
        return Ok(());
    }
    // MySQL and MariaDB both answer, MariaDB with a view of its own.
    let Ok(rows) = reader.attempt(&reader.rendered(statements::ACCOUNTS), "reading accounts").await? else { return Ok(()) };
    let mut known: HashSet<String> = rows.iter().filter_map(account).collect();
    // A role of MariaDB may define too: it has no host part.
    if reader.flavor.is_mariadb()
        && let Ok(rows) = reader.attempt(&reader.rendered(statements::ROLES), "reading roles").await?
    {
        known.extend(rows.iter().filter_map(|row| row.text(0).ok().flatten()).map(String::from));
    }
    for object in found.iter_mut().filter(|object| object.kind == Kind::Definer) {
        // Host names are stored in lower case, and compared so.
        let gone = object.text("definer").is_some_and(|account| {
            let plain = account.strip_suffix('@').unwrap_or(account);
            !known.contains(&lower_host(account)) && !known.contains(plain)
        });
        object.set("gone", gone);
    }
    Ok(())
}

fn account(row: &Row) -> Option<String> {
    let (user, host) = (row.text(0).ok()??, row.text(1).ok()??);
    Some(lower_host(&format!("{user}@{host}")))
}

fn lower_host(account: &str) -> String {
    match account.rsplit_once('@') {
        Some((user, host)) => format!("{user}@{}", host.to_ascii_lowercase()),
        None => account.to_owned(),
    }
}
