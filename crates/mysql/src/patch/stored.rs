//! What stored code has in common: it keeps the modes, character sets and time zone of the session that made it, and runs as its
//! definer. Each is set before the statement that makes it, and set back behind it.

use super::text::{charset_of, word};
use super::{Maker, MysqlDialect, Target, list, of};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};

/// As `opening` sets them.
pub const MODES: &str = "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION";

/// The statement within the settings that its object keeps.
pub fn kept(object: &Object, statement: Statement, to: &Target<'_>) -> Written {
    let set = |sql: String| Statement::new(format!("{sql};"));
    let (mut before, mut after) = (Vec::new(), Vec::new());
    if object.kind.spec().index_of("sql_mode").is_some() {
        let modes = list(object, "sql_mode").iter().map(|mode| word(mode)).collect::<Result<Vec<_>, _>>()?;
        before.push(set(format!("SET SESSION sql_mode = '{}'", modes.join(","))));
        after.push(set(format!("SET SESSION sql_mode = '{MODES}'")));
    }
    let charset = |word: &str| list(object, "charsets").iter().find_map(|item| item.strip_prefix(word)?.strip_prefix('='));
    if let (Some(client), Some(connection)) = (charset("client"), charset("connection")) {
        // The text itself is sent as UTF-8, and would be read as what the session says that it is.
        if !matches!(client, "utf8mb3" | "utf8mb4") && !statement.sql.is_ascii() {
            return Err(format!("it was made by a session of {client} and holds signs beyond ASCII: a person's work"));
        }
        charset_of(connection)?;
        before.push(set(format!("SET character_set_client = {}", word(client)?)));
        before.push(set(format!("SET collation_connection = {connection}")));
        after.push(set("SET NAMES utf8mb4".to_owned()));
    }
    if let Some(stored) = charset("database")
        && let Some(database) = to.making.to.find(Kind::Schema, &[object.identity.part(0)])
        && database.text("collation").is_some_and(|collation| collation != stored)
    {
        if !to.making.form.throwaway {
            return Err(format!(
                "it was made while the collation of its database was {stored}; that would have to be changed for a moment, under everybody"
            ));
        }
        let name = to.dialect.place.database(object.identity.part(0));
        let alter = |collation: &str| set(format!("ALTER DATABASE {name} COLLATE {collation}"));
        charset_of(stored)?;
        before.push(alter(stored));
        after.push(alter(database.text("collation").unwrap_or(stored)));
    }
    if let Some(zone) = object.text("time_zone") {
        before.push(set(format!("SET SESSION time_zone = {}", crate::ident::Quoted::of(zone))));
        after.push(set("SET SESSION time_zone = DEFAULT".to_owned()));
    }
    before.push(statement);
    after.reverse();
    before.extend(after);
    Ok(before)
}

/// ` DEFINER=…` of an object that has one.
pub fn definer(object: &Object, to: &Target<'_>) -> Result<String, String> {
    let shown = object.display();
    let definer = to.making.to.find(Kind::Definer, &[object.kind.name(), &shown]);
    match definer.and_then(|definer| definer.text("definer")) {
        Some(account) => Ok(format!(" DEFINER={}", to.account(account)?)),
        None => Ok(String::new()),
    }
}

/// Whether its text is read without backslash escapes.
pub fn has_escapes(object: &Object) -> bool {
    !list(object, "sql_mode").iter().any(|mode| &**mode == "NO_BACKSLASH_ESCAPES")
}

/// Whether it was written in the manner of Oracle.
pub fn is_oracle(object: &Object) -> bool {
    list(object, "sql_mode").iter().any(|mode| &**mode == "ORACLE")
}

/// Whose privileges code runs with. It is part of the statement that makes the object.
pub struct Definers;

fn defined<'w>(definer: &'w Object, world: &World<'w>) -> Option<&'w Object> {
    world.shown(definer.identity.part(0), definer.identity.part(1))
}

impl Maker for Definers {
    /// The object is there and has none, or it is made by a statement that says it.
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        match defined(object, to.making.to) {
            Some(it) if to.is_made(it) => Ok(Vec::new()),
            Some(it) => anew(it, to),
            None => Err("what it defines is not known".to_owned()),
        }
    }

    fn way(&self, change: &Change<'_>, _: (&World<'_>, &World<'_>), _: &MysqlDialect) -> Way {
        if change.only(&["gone"]) {
            return Way::Refuse("whether the account is there decides it: make or drop that".to_owned());
        }
        Way::InPlace
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        self.create(change.to, to)
    }

    fn drop(&self, _: &Object, _: &Target<'_>) -> Written {
        Ok(Vec::new())
    }

    fn made_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
        defined(object, world)
    }
}

/// Made anew where it stands.
fn anew(object: &Object, to: &Target<'_>) -> Written {
    let hazard = Hazard::Opens(format!("{} {} runs with the rights of another account", object.kind.name(), object.display()));
    let maker = of(object)?;
    let mut statements = if object.kind == Kind::View { Vec::new() } else { maker.drop(object, to)? };
    for statement in &mut statements {
        statement.hazards.clear();
    }
    statements.extend(maker.create(object, to)?);
    // What is granted on a routine goes with it.
    let shown = object.display();
    let grants = to.making.to.manifest.of_kind(Kind::Grant).iter().filter(|grant| grant.identity.part(0) == object.kind.name());
    for grant in grants.filter(|grant| object.kind != Kind::View && grant.identity.part(1) == shown && !to.is_made(grant)) {
        statements.extend(of(grant)?.create(grant, to)?);
    }
    if let Some(last) = statements.iter_mut().find(|statement| statement.sql.starts_with("CREATE")) {
        last.hazards.push(hazard);
    }
    Ok(statements)
}

/// What code or a view opens that ran with the rights of who used it, and runs with those of its definer.
pub fn opens(change: &Change<'_>) -> Option<Hazard> {
    let becomes = change.to.text("security") == Some("definer") || change.from.text("security") == Some("invoker");
    let shown = change.to.display();
    (change.touches("security") && becomes).then(|| Hazard::Opens(format!("what its definer may do, by {shown}, to whoever may use that")))
}
