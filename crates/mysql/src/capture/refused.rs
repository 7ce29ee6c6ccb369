//! What our account was refused, as a gap with the GRANT that cures it.

use super::reader::{Read, Reader};
use crate::connect::Fault;
use crate::ident::Ident;
use evenkeel_core::fault::Troublesome;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Gap, Reason};

/// A gap of a kind for a statement that the server refused or failed; `grants` are what `GRANT … TO` our account would give.
pub async fn gap(reader: &Reader<'_>, kind: Kind, attribute: Option<&str>, what: &str, grants: &[&str], fault: &Fault) -> Read<()> {
    let is_privilege = matches!(fault.code(), Some(1044 | 1142 | 1143 | 1227 | 1370));
    let reason = match fault {
        _ if is_privilege => Reason::Privilege,
        Fault::LockTimeout { .. } => Reason::Locked,
        _ => Reason::Failed,
    };
    let found = fault.trouble().found.unwrap_or_else(|| fault.to_string());
    let mut gap = Gap::kind(kind, reason, format!("{what}: {found}"));
    if is_privilege {
        gap = gap.cure(cure(reader, grants).await?);
    }
    if let Some(attribute) = attribute {
        gap = gap.attribute(attribute);
    }
    reader.gap(gap);
    Ok(())
}

/// The statements that give our account so much.
pub async fn cure(reader: &Reader<'_>, grants: &[&str]) -> Read<String> {
    let grantee = grantee(reader).await?;
    let statements: Vec<String> = grants.iter().map(|grant| format!("GRANT {grant} TO {grantee}")).collect();
    Ok(statements.join("; "))
}

/// Our account as GRANT takes it.
async fn grantee(reader: &Reader<'_>) -> Read<String> {
    let rows = reader.rows("select current_user()", Kind::Server).await?;
    let account = match rows.first() {
        Some(row) => row.text(0)?.unwrap_or_default(),
        None => Box::default(),
    };
    // A user name may hold an @, a host cannot.
    Ok(match account.rsplit_once('@') {
        Some((user, host)) => format!("{}@{}", Ident(user), Ident(host)),
        None => Ident(&account).to_string(),
    })
}
