//! Who set a value: of each side its own.
//!
//! Lives here: what a side's manifest tells about that. Neighbour: `document/build`, which says it.

use evenkeel_core::compare::Side;
use evenkeel_core::finding::Thing;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;

/// Where the side has the value of a setting from: `default`, `configuration file`, `ALTER ROLE migrator SET`.
pub(super) fn set_by(side: Side<'_>, about: &Thing) -> Option<String> {
    let identity: Vec<&str> = about.identity.iter().map(|(_, value)| value.as_str()).collect();
    let object = side.manifest.find(about.kind, &identity).filter(|_| about.kind == Kind::Setting)?;
    let effective = object.text("effective").filter(|_| about.attribute == Some("effective"));
    match effective.filter(|effective| object.text("value") != Some(effective)) {
        // The server's own value was set elsewhere.
        Some(effective) => Some(overriding(side, identity.first()?, effective)),
        None => object.text("source").map(str::to_owned),
    }
}

/// What gives the migration role another value than the server does.
fn overriding(side: Side<'_>, setting: &str, effective: &str) -> String {
    let fits = |one: &&Object| one.identity.parts().nth(2) == Some(setting) && one.text("value") == Some(effective);
    let mut set = side.manifest.of_kind(Kind::Override).iter().filter(fits);
    let (Some(one), None) = (set.next(), set.next()) else { return "ALTER ROLE or ALTER DATABASE".to_owned() };
    let mut parts = one.identity.parts();
    match (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) {
        ("every role", "this database") => "ALTER DATABASE SET".to_owned(),
        ("every role", _) => "ALTER ROLE ALL SET".to_owned(),
        (role, "this database") => format!("ALTER ROLE {role} IN DATABASE SET"),
        (role, _) => format!("ALTER ROLE {role} SET"),
    }
}
