//! The script that lets an account capture everything: complete, with what the account has already commented out.
//!
//! Lives here: the needs of a capture, as SQL to run, and whose they are. What they are is said once, in
//! `capture::access::need`.

mod fault;

use crate::capture::access::need::{self, Place, Right};
use crate::capture::access::{Access, Account};
use crate::capture::scope::Scope;
use crate::connect::{Fault, Limits, Session, Target, connect};
use crate::flavor::Flavor;
use crate::ident::Literal;
use evenkeel_core::port::{self, Step};
pub use fault::GrantsFault;

/// There is no such grant defined for the account: there is no such account.
const NO_SUCH_ACCOUNT: u16 = 1141;

/// The script for an account on the target's database; the account of the target where none is named. Reads only; to
/// know what another account has already, ours needs SELECT on `mysql.*`.
///
/// # Errors
/// The server cannot be reached, refuses, or goes away; the name stands for several accounts, or none.
pub async fn script(target: &Target, limits: &Limits, account: Option<&str>) -> Result<String, GrantsFault> {
    let mut session = match connect(target).await {
        // Who may not enter the database needs the script most.
        Err(Fault::DatabaseForbidden { .. }) => connect(&target.outside()).await?,
        other => other?,
    };
    session.begin_read_only(limits).await?;
    let rows = session.rows("SELECT database()", "asking for the current database").await?;
    let database = rows.first().and_then(|row| row.text(0).ok().flatten());
    // The server's spelling, or the asked one where it lets us not in.
    let scope = Scope::of(&database.unwrap_or_else(|| target.describe().database.value.as_str().into()));
    let own = Access::read(&mut session).await?;
    let (account, access) = match account {
        None => (own.account.clone(), Some(own)),
        Some(name) => {
            let account = named(&mut session, name).await?;
            (account.clone(), of_account(&mut session, account, &own).await?)
        }
    };
    session.end().await?;
    let flavor = session.flavor.clone();
    session.close().await;
    let steps = steps(&account, access.as_ref(), &flavor, &scope);
    Ok(written(&account, &flavor, &scope, &steps))
}

/// `name@host`, or the one account or role that is called `name`.
async fn named(session: &mut Session, name: &str) -> Result<Account, GrantsFault> {
    let account = Account::parse(name);
    if account.host.is_some() {
        return Ok(account);
    }
    let asked = format!("SELECT Host FROM mysql.user WHERE User = {} ORDER BY Host", Literal(name));
    let rows = match session.rows(&asked, "looking up an account").await {
        Ok(rows) => rows,
        Err(Fault::Server { code: 1044 | 1142 | 1143, message, .. }) => {
            return Err(GrantsFault::Hidden { name: name.to_owned(), message });
        }
        Err(fault) => return Err(fault.into()),
    };
    let hosts = rows.iter().map(|row| row.text(0).ok().flatten().unwrap_or_default());
    // A role of MariaDB stands among the accounts, with an empty host; SHOW GRANTS tells it by its lack.
    let mut accounts: Vec<Account> = hosts
        .map(|host| Account { user: name.to_owned(), host: (!host.is_empty() || !session.flavor.is_mariadb()).then(|| host.into()) })
        .collect();
    if accounts.len() == 1 {
        return Ok(accounts.remove(0));
    }
    Err(GrantsFault::Which { name: name.to_owned(), accounts })
}

/// What that account may do; `None` where there is no such account or ours may not know.
async fn of_account(session: &mut Session, account: Account, own: &Access) -> Result<Option<Access>, Fault> {
    if own.account == account {
        return Ok(Some(own.clone()));
    }
    match session.rows(&format!("SHOW GRANTS FOR {account}"), "reading the privileges of an account").await {
        Ok(rows) => {
            let lines: Vec<Box<str>> = rows.iter().filter_map(|row| row.text(0).ok().flatten()).collect();
            Ok(Some(Access::of(account, own.rules(), &lines)))
        }
        // No such account; or access denied.
        Err(fault) if matches!(fault.code(), Some(NO_SUCH_ACCOUNT | 1044 | 1142 | 1227)) => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn steps(account: &Account, access: Option<&Access>, flavor: &Flavor, scope: &Scope) -> Vec<Step> {
    let mut rights: Vec<(Right, Vec<&str>, bool)> = Vec::new();
    for need in need::of(flavor) {
        for part in need.parts {
            let Some(Right(privilege, place)) = part.first().copied() else { continue };
            // A table of `mysql` comes with the database, which is needed anyway.
            let place = if matches!(place, Place::Table(_)) { Place::Own("mysql") } else { place };
            let has = access.is_some_and(|access| part.iter().any(|right| access.has(*right, scope)));
            match rights.iter_mut().find(|(right, ..)| *right == Right(privilege, place)) {
                Some((_, whys, done)) => {
                    *done &= has;
                    if !whys.contains(&need.why) {
                        whys.push(need.why);
                    }
                }
                None => rights.push((Right(privilege, place), vec![need.why], has)),
            }
        }
    }
    let name = account.to_string();
    let first = match account.host {
        Some(_) => (
            format!("CREATE USER IF NOT EXISTS {name} ACCOUNT LOCK;"),
            format!("then: ALTER USER {name} IDENTIFIED BY '...' ACCOUNT UNLOCK;"),
        ),
        None => (format!("CREATE ROLE IF NOT EXISTS {name};"), "a role: who captures must have it by SET DEFAULT ROLE".to_owned()),
    };
    let mut steps = vec![Step { sql: first.0, why: first.1, done: access.is_some() }];
    steps.extend(rights.into_iter().map(|(right, whys, done)| {
        let sql = need::statements(&name, scope, access.and_then(|access| access.spelling(scope)), &[right]).concat();
        let caution = match right {
            Right("TRIGGER" | "EVENT", _) => "; it also lets the account make some, and nothing less shows them",
            Right("SELECT", Place::Own("mysql")) => "; it also shows password hashes, and nothing less shows all grants",
            _ => "",
        };
        Step { sql, why: format!("{}{caution}", whys.join("; ")), done }
    }));
    steps
}

fn written(account: &Account, flavor: &Flavor, scope: &Scope, steps: &[Step]) -> String {
    let (what, server) =
        (scope.one().map_or_else(|| "all databases".to_owned(), |name| format!("the database {name}")), flavor.engine.name());
    let head = format!("What {account} needs to capture everything of {what}, on {server} {}.", flavor.version);
    port::script(
        &[&head, "Run it as an account that holds these privileges WITH GRANT OPTION. Leave a line out, and what it is for is a gap."],
        steps,
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::capture::access::Rules;

    fn script(version: &str, database: &str, lines: Option<&[&str]>) -> String {
        let (flavor, scope, account) = (Flavor::parse(version).unwrap(), Scope::of(database), Account::parse("even`keel\n@%"));
        let access = lines.map(|lines| Access::of(account.clone(), Rules::default(), lines));
        written(&account, &flavor, &scope, &steps(&account, access.as_ref(), &flavor, &scope))
    }

    #[test]
    fn every_line_is_a_statement_or_a_comment() {
        for version in ["9.7.0", "10.11.14-MariaDB", "11.8.3-MariaDB"] {
            for database in ["", "sh_op", "x\ny"] {
                let script = script(version, database, None).replace("`even``keel\n`", "`ACCOUNT`").replace("`x\ny`", "`x y`");
                for line in script.lines() {
                    assert!(["-- ", "GRANT ", "CREATE USER "].iter().any(|start| line.starts_with(start)), "{line}");
                }
            }
        }
    }

    #[test]
    fn what_is_there_is_commented_out() {
        let all = script("9.7.0", "shop", Some(&["GRANT ALL PRIVILEGES ON *.* TO `evenkeel`@`%`"]));
        assert!(all.contains("-- Nothing is missing."), "{all}");
        assert!(all.lines().all(|line| line.starts_with("--")), "{all}");
        let some = script("9.7.0", "shop", Some(&["GRANT SELECT ON *.* TO `evenkeel`@`%`"]));
        assert!(some.contains("\n-- has: GRANT SELECT ON `shop`.*") && some.contains("\nGRANT TRIGGER ON `shop`.*"), "{some}");
        // A row with the plain name would take away what the pattern gives.
        let pattern = script("9.7.0", "sh_op", Some(&["GRANT USAGE ON *.* TO `e`@`%`", "GRANT SELECT ON `sh_op`.* TO `e`@`%`"]));
        assert!(pattern.contains("\nGRANT TRIGGER ON `sh_op`.*") && pattern.contains("\n-- has: GRANT SELECT ON `sh_op`.*"), "{pattern}");
        assert!(some.contains("\n-- has: GRANT SHOW_ROUTINE ON *.*"), "SELECT on everything shows routines too: {some}");
    }
}
