//! Types that columns hold values of, made anew: the old one is given another name, the new one made in its place, each column brought
//! over, and the old one dropped. What a column holds goes through its text, or attribute by attribute.

use super::kept::{self, fate_between};
use super::text::{last, whole};
use super::types::attribute;
use super::{Target, flag, list};
use crate::flavor;
use crate::ident::{literal, passing, qualified, quoted, shortened};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Object, shown_parts};
use evenkeel_core::patch::{Change, Hazard, Over, Statement, World};
use std::collections::BTreeSet;

/// So many types deep, one within the other.
const DEPTH: usize = 16;
/// So many labels are named.
const NAMED: usize = 5;

fn is_type(object: &Object) -> bool {
    matches!(object.kind, Kind::Enum | Kind::CompositeType | Kind::Domain | Kind::RangeType)
}

pub fn can_be(change: &Change<'_>) -> Result<(), String> {
    if !is_type(change.from) {
        return Err(format!("nothing can take the place of a {} while it is needed", change.from.kind.name()));
    }
    if [change.from, change.to].iter().any(|range| range.get("canonical").is_some()) {
        return Err("it and the function that makes its values equal need each other".to_owned());
    }
    Ok(())
}

pub fn goes_over(object: &Object, aside: &Object, from: &World<'_>, to: &World<'_>) -> Result<Over, String> {
    match object.kind {
        _ if is_type(object) => Ok(Over::Aside),
        Kind::BaseType => Err(format!("{} is made of it", object.display())),
        Kind::Table => Err(format!("table {} is of that type, or is partitioned by it", object.display())),
        Kind::Column => {
            let table = from.find(Kind::Table, &[object.identity.part(0), object.identity.part(1)]);
            let Some(after) = to.same(object).filter(|_| object.get("generated").is_none()) else { return Ok(Over::Anew) };
            if !is_of(object, aside) {
                return Ok(Over::Loosened);
            }
            if table.and_then(|table| table.text("partition_by")).is_some_and(|key| names(key, object.identity.part(2))) {
                return Err(format!("table {} is partitioned by column {}", object.identity.part(1), object.identity.part(2)));
            }
            if table.is_some_and(|table| table.get("of_type").is_some()) {
                return Err(format!("table {} is of a type", object.identity.part(1)));
            }
            written((object, after), aside, from, to)?;
            Ok(Over::Altered { attribute: "type", loosened: object.get("default").is_some() })
        }
        _ => Ok(Over::Anew),
    }
}

/// Whether its values are of that type, or arrays of it: else only its default names it.
fn is_of(column: &Object, aside: &Object) -> bool {
    let typ = column.text("type").unwrap_or_default();
    let bare = typ.trim_end_matches("[]");
    let is = |name: &str| shown_parts(bare).is_some_and(|parts| Some(parts) == shown_parts(name));
    is(&whole(aside)) || aside.kind == Kind::RangeType && is(&multirange(aside))
}

/// Whether a partition key names the column, alone or within an expression.
pub fn names(key: &str, column: &str) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    key.contains(&quoted(column)) && quoted(column).starts_with('"') || key.split(|letter| !is_word(letter)).any(|word| word == column)
}

fn name_aside(object: &Object) -> String {
    qualified(object.identity.part(0), &passing(object.identity.part(1), "before"))
}

const fn word(object: &Object) -> &'static str {
    if matches!(object.kind, Kind::Domain) { "DOMAIN" } else { "TYPE" }
}

pub fn put(object: &Object, major: u16) -> Vec<Statement> {
    let name = |suffix: &str| quoted(&passing(object.identity.part(1), suffix));
    let mut statements = vec![Statement::new(format!("ALTER {} {} RENAME TO {};", word(object), whole(object), name("before")))];
    if object.kind == Kind::RangeType && major >= flavor::MULTIRANGE {
        let multirange = multirange(object);
        // Of the functions that make values, these take the same arguments for the new one.
        statements.push(Statement::new(format!("ALTER FUNCTION {multirange}() RENAME TO {};", name("ranges_before"))));
        statements.push(Statement::new(format!("ALTER TYPE {multirange} RENAME TO {};", name("ranges_before"))));
    }
    // The name of a type of the server's own means the same before and after.
    if let Some(subtype) = object.text("subtype").filter(|subtype| object.kind == Kind::RangeType && !subtype.contains('.')) {
        for arguments in [format!("{subtype}, {subtype}"), format!("{subtype}, {subtype}, text")] {
            statements.push(Statement::new(format!("ALTER FUNCTION {}({arguments}) RENAME TO {};", whole(object), name("before"))));
        }
    }
    statements
}

fn multirange(range: &Object) -> String {
    let generated = || qualified(range.identity.part(0), &generated_multirange(range.identity.part(1)));
    range.text("multirange").map_or_else(generated, str::to_owned)
}

/// As the server names it: <https://www.postgresql.org/docs/current/sql-createtype.html#SQL-CREATETYPE-RANGE>.
fn generated_multirange(range: &str) -> String {
    match range.find("range") {
        Some(at) => {
            let (before, rest) = range.split_at(at);
            format!("{before}multi{rest}")
        }
        None => shortened(&[range], "multirange"),
    }
}

pub fn drop(object: &Object) -> Statement {
    Statement::new(format!("DROP {} {};", word(object), name_aside(object)))
}

/// Whether the column is a foreign table's, whose values are elsewhere.
pub fn is_foreign(column: &Object, to: &Target<'_>) -> bool {
    let table = to.making.from.find(Kind::Table, &[column.identity.part(0), column.identity.part(1)]);
    table.is_some_and(|table| table.get("server").is_some())
}

/// What brings a column's values over, and what that means for them.
pub struct Conversion {
    pub using: String,
    pub hazards: Vec<Hazard>,
}

/// Types of one sort that give their name to another sort while columns hold values of them: what holds them names both alike, and no statement
/// turns one into the other.
pub fn left_alone<'w>(from: &World<'w>, to: &World<'w>) -> Vec<(&'w Object, String)> {
    let sorts = [Kind::Enum, Kind::CompositeType, Kind::Domain, Kind::RangeType, Kind::BaseType];
    let mut found = Vec::new();
    for was in sorts.into_iter().flat_map(|kind| from.manifest.of_kind(kind)).filter(|was| to.same(was).is_none()) {
        let mut others = sorts.into_iter().filter_map(|kind| to.find(kind, &[was.identity.part(0), was.identity.part(1)]));
        let Some(is) = others.next() else { continue };
        let holds = |user: &&Object| {
            let table = Some(*user).filter(|user| user.kind == Kind::Table).or_else(|| from.parent(user));
            table.is_some_and(|table| table.kind == Kind::Table)
                && to.same(user).is_some_and(|after| to.told_needs(after).any(|needed| needed.key() == is.key()))
        };
        let users = from.told_users(was);
        let Some(user) = users.into_iter().filter(|user| matches!(user.kind, Kind::Column | Kind::Table)).find(holds) else { continue };
        let why = format!(
            "it is {} in the candidate and {} in the reference, and {} holds its values: give the new one another name, bring the values over, \
             and drop the old one",
            a(was.kind),
            a(is.kind),
            World::name_of(user)
        );
        found.extend([(was, why.clone()), (is, why.clone())]);
        for (one, world) in [(was, from), (is, to)] {
            let (kind, shown) = (one.kind.name(), one.display());
            let on = |other: &&Object| other.identity.part(0) == kind && other.identity.part(1) == shown;
            let rights = [Kind::Owner, Kind::Grant].into_iter().flat_map(|kind| world.manifest.of_kind(kind)).filter(on);
            found.extend(rights.map(|right| (right, why.clone())));
        }
    }
    found
}

/// A sort of type as people call it.
fn a(kind: Kind) -> String {
    let name = kind.name().replace('-', " ");
    format!("{} {name}", if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" })
}

/// `None` where the column's type is not put aside.
pub fn conversion(change: &Change<'_>, to: &Target<'_>) -> Result<Option<Conversion>, String> {
    let (from, wanted) = (to.making.from, to.making.to);
    let mut aside =
        from.told_needs(change.from).filter(|needed| to.making.is_aside(needed) && is_type(needed) && is_of(change.from, needed));
    match aside.next() {
        Some(aside) => written((change.from, change.to), aside, from, wanted).map(Some),
        None => Ok(None),
    }
}

fn written((column, after): (&Object, &Object), aside: &Object, from: &World<'_>, to: &World<'_>) -> Result<Conversion, String> {
    let typ = after.text("type").ok_or("its type is not known")?;
    let name = last(column);
    let shown = column.display();
    let was = column.text("type").unwrap_or_default();
    let mut hazards = if was == typ { Vec::new() } else { kept::hazards(fate_between(was, typ, (from, to)), typ, &shown) };
    let types = within(aside, from);
    let mut using = format!("{name}::text::{typ}");
    for before in &types {
        let Some(becomes) = to.same(before) else { continue };
        let reshaped = before.kind == Kind::CompositeType && shape(before) != shape(becomes);
        if reshaped && (before.key() != aside.key() || column.text("type") != Some(&whole(aside)) || typ != whole(aside)) {
            return Err(format!("{shown} holds rows of {} within other values, which have other attributes after", before.display()));
        }
        if reshaped {
            using = row(&name, (before, becomes), from)?;
        }
        hazards.extend(hazards_of(before, becomes, &shown, (from, to)));
    }
    Ok(Conversion { using, hazards })
}

/// A type and those that it is made of.
fn within<'w>(aside: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
    let (mut found, mut waiting): (Vec<&Object>, Vec<&Object>) = (Vec::new(), vec![aside]);
    for _ in 0..DEPTH {
        let next: Vec<&Object> = waiting.iter().flat_map(|object| world.told_needs(object)).filter(|object| is_type(object)).collect();
        found.extend(waiting.drain(..).filter(|object| !found.iter().any(|other| other.key() == object.key())).collect::<Vec<_>>());
        waiting = next;
        waiting.retain(|object| !found.iter().any(|other| other.key() == object.key()));
        if waiting.is_empty() {
            break;
        }
    }
    found
}

/// Names and types of a composite type's attributes, both as SQL.
fn attributes(composite: &Object) -> Vec<(&str, &str)> {
    list(composite, "attributes").iter().map(|item| attribute(item)).collect()
}

fn shape(composite: &Object) -> Vec<&str> {
    attributes(composite).into_iter().map(|(name, _)| name).collect()
}

/// A row of the old type as one of the new, attribute by attribute. NULL stays NULL, which a row of NULLs is not.
fn row(name: &str, (before, after): (&Object, &Object), from: &World<'_>) -> Result<String, String> {
    let known = attributes(before);
    let values: Vec<String> = attributes(after)
        .into_iter()
        .map(|(attribute, typ)| match known.iter().find(|(other, _)| *other == attribute) {
            None => "NULL".to_owned(),
            // What is no type of the server's own may be another by now.
            Some((_, was)) if *was == typ && !from.told_needs(before).any(is_type) => format!("({name}).{attribute}"),
            Some(_) => {
                let bare = typ.split(" COLLATE ").next().unwrap_or(typ);
                format!("({name}).{attribute}::text::{bare}")
            }
        })
        .collect();
    Ok(format!("CASE WHEN {name} IS DISTINCT FROM NULL THEN ROW({})::{} END", values.join(", "), whole(after)))
}

fn hazards_of(before: &Object, after: &Object, column: &str, worlds: (&World<'_>, &World<'_>)) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    let mut cast = |was: &str, is: &str, what: String| {
        hazards.extend(kept::hazards(fate_between(was, is, worlds), is, &what));
    };
    match before.kind {
        Kind::Enum => {
            let kept: BTreeSet<&str> = list(after, "labels").iter().map(AsRef::as_ref).collect();
            let gone: Vec<String> =
                list(before, "labels").iter().filter(|label| !kept.contains(&***label)).map(|label| literal(label)).collect();
            if !gone.is_empty() {
                let more = gone.len().saturating_sub(NAMED);
                let rest = if more > 0 { format!(" or one of {more} others") } else { String::new() };
                let named = gone.get(..NAMED.min(gone.len())).unwrap_or_default().join(" or ");
                hazards.push(Hazard::FailsIf(format!("{column} holds {named}{rest}")));
            }
        }
        Kind::Domain => {
            cast(before.text("type").unwrap_or_default(), after.text("type").unwrap_or_default(), column.to_owned());
            if is_stricter(before, after, worlds) {
                hazards.push(Hazard::FailsIf(format!("a value of {column} does not meet what {} asks of it", whole(after))));
            }
        }
        Kind::RangeType => {
            cast(before.text("subtype").unwrap_or_default(), after.text("subtype").unwrap_or_default(), format!("a bound of {column}"));
        }
        Kind::CompositeType => {
            let wanted = attributes(after);
            for (attribute, was) in attributes(before) {
                if let Some((_, is)) = wanted.iter().find(|(name, _)| *name == attribute) {
                    cast(was, is, format!("{attribute} in {column}"));
                }
            }
            let gone: Vec<&str> = shape(before).into_iter().filter(|name| !shape(after).contains(name)).collect();
            if !gone.is_empty() {
                hazards.push(Hazard::Loses(format!("{} of all rows in {column}", gone.join(", "))));
            }
        }
        _ => {}
    }
    hazards
}

/// Whether a domain refuses what it did not before.
fn is_stricter(before: &Object, after: &Object, (from, to): (&World<'_>, &World<'_>)) -> bool {
    let is_of =
        |domain: &Object, one: &Object| one.identity.part(0) == domain.identity.part(0) && one.identity.part(1) == domain.identity.part(1);
    let checks = |world: &World<'_>, domain: &Object| -> Vec<String> {
        let checks = world.manifest.of_kind(Kind::DomainConstraint).iter().filter(|check| is_of(domain, check));
        checks.filter_map(|check| check.text("expression").map(str::to_owned)).collect()
    };
    let known = checks(from, before);
    flag(after, "not_null") && !flag(before, "not_null") || checks(to, after).iter().any(|check| !known.contains(check))
}

#[cfg(test)]
mod tests {
    use super::{generated_multirange, names};

    #[test]
    fn names_that_the_server_makes() {
        assert_eq!(generated_multirange("span"), "span_multirange");
        assert_eq!(generated_multirange("pricerange_x"), "pricemultirange_x");
    }

    #[test]
    fn keys_name_columns() {
        assert!(names("list (state)", "state") && names("range (lower(state))", "state") && names("list (\"St ate\")", "St ate"));
        assert!(!names("list (estate)", "state"));
    }
}
