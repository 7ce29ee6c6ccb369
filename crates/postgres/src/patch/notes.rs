//! What no statement of a patch changes and no refusal names: the order of columns, options of user mappings, who granted what, and
//! where whoever read the candidate may make nothing.

use super::list;
use super::text::whole;
use super::types::attribute;
use crate::ident::literal;
use evenkeel_core::kind::{Dimension, Kind, Parent, Value};
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Act, Plan, World};
use std::collections::BTreeSet;

/// So many are named.
const NAMED: usize = 5;

pub fn notes(plan: &Plan, from: &World<'_>, to: &World<'_>) -> Vec<String> {
    let mut notes = renamed(from, to);
    notes.extend([order(from, to), mappings(to), grantors(plan), may_not_make(plan, from, to)].into_iter().flatten());
    notes
}

fn named(objects: &[String]) -> String {
    let more = objects.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", objects.get(..NAMED.min(objects.len())).unwrap_or_default().join(", "))
}

/// Labels and attributes that one name gave way for at their place: perhaps a rename, and never assumed to be one.
fn renamed(from: &World<'_>, to: &World<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let mut propose = |object: &Object, words: &str, (was, is): (Vec<String>, Vec<String>)| {
        let mut other = was.iter().zip(&is).filter(|(was, is)| was != is);
        if let (Some((before, after)), None) = (other.next(), other.next())
            && was.len() == is.len()
            && !was.contains(after)
        {
            notes.push(format!(
                "perhaps a rename: then run this first, and write the patch again: ALTER TYPE {} RENAME {words} {before} TO {after};",
                whole(object)
            ));
        }
    };
    for object in to.manifest.of_kind(Kind::Enum) {
        let labels = |object: &Object| list(object, "labels").iter().map(|label| literal(label)).collect::<Vec<_>>();
        if let Some(before) = from.same(object) {
            propose(object, "VALUE", (labels(before), labels(object)));
        }
    }
    for object in to.manifest.of_kind(Kind::CompositeType) {
        let Some(before) = from.same(object) else { continue };
        let ((was, were), (is, are)) = (attributes(before), attributes(object));
        if were == are {
            propose(object, "ATTRIBUTE", (was, is));
        }
    }
    notes
}

/// Names and types of a composite type's attributes.
fn attributes(object: &Object) -> (Vec<String>, Vec<String>) {
    list(object, "attributes").iter().map(|item| attribute(item)).map(|(name, typ)| (name.to_owned(), typ.to_owned())).unzip()
}

/// Tables whose columns stand in another order after it.
fn order(from: &World<'_>, to: &World<'_>) -> Option<String> {
    let is_other = |table: &&Object| {
        let (schema, name) = (table.identity.part(0), table.identity.part(1));
        let Some(before) = from.same(table) else { return false };
        let wanted = to.columns(schema, name);
        // Those that stay keep their order, those that come stand last.
        let mut after = from.columns(before.identity.part(0), before.identity.part(1));
        after.retain(|column| to.same(column).is_some());
        after.extend(wanted.iter().filter(|column| from.same(column).is_none()).copied());
        let names = |columns: &[&Object]| columns.iter().map(|column| column.identity.part(2).to_owned()).collect::<Vec<_>>();
        names(&after) != names(&wanted)
    };
    let tables: Vec<String> = to.manifest.of_kind(Kind::Table).iter().filter(is_other).map(Object::display).collect();
    (!tables.is_empty()).then(|| {
        format!(
            "no statement changes the order of columns, which stays another in {}: INSERT and COPY without a list of columns see it",
            named(&tables)
        )
    })
}

fn mappings(to: &World<'_>) -> Option<String> {
    let mappings: Vec<String> = to.manifest.of_kind(Kind::UserMapping).iter().map(Object::display).collect();
    (!mappings.is_empty()).then(|| {
        format!("options of user mappings hold passwords and are in no manifest: those of {} are a person's work", named(&mappings))
    })
}

fn grantors(plan: &Plan) -> Option<String> {
    // A membership says who granted it.
    let is_right = |kind: Kind| kind == Kind::Grant;
    let rights = plan.steps.iter().filter(|step| is_right(step.kind) && step.statements.iter().any(|one| one.sql.starts_with("GRANT ")));
    let rights = rights.count();
    let revoked = plan.steps.iter().filter(|step| is_right(step.kind) && step.act != Act::Create);
    let revoked = revoked.flat_map(|step| &step.statements).any(|one| one.sql.starts_with("REVOKE "));
    (rights > 0 || revoked).then(|| {
        "who granted what is in no manifest: what is granted here is granted by whoever runs it or by the owner, and what another role than \
         these granted is revoked by that role alone"
            .to_owned()
    })
}

/// Who read the candidate will often run the patch: that it may make nothing where something is to be made is said before.
fn may_not_make(plan: &Plan, from: &World<'_>, to: &World<'_>) -> Option<String> {
    let endpoint = &from.manifest.endpoint;
    if !from.manifest.covers(Dimension::Privileges) {
        return None;
    }
    let shared = endpoint.roles.iter().find(|(_, server)| **server == endpoint.role).map(|(shared, _)| shared);
    let reader = shared.unwrap_or(&endpoint.role).as_str();
    // The bootstrap superuser has no name there.
    if from.find(Kind::Role, &[reader])?.get("superuser") == Some(&Value::Flag(true)) {
        return None;
    }
    let acts_as = from.acts_as(reader);
    let owner_of = |kind: &str, shown: &str| from.find(Kind::Owner, &[kind, shown]).and_then(|owner| owner.text("owner"));
    let database = owner_of(DATABASE.0, DATABASE.1);
    let may = |kind: &str, shown: &str| {
        let owner = owner_of(kind, shown).and_then(|owner| if owner == "pg_database_owner" { database } else { Some(owner) });
        let grants =
            from.manifest.of_kind(Kind::Grant).iter().filter(|grant| {
                grant.identity.part(0) == kind && grant.identity.part(1) == shown && acts_as.contains(grant.identity.part(2))
            });
        owner.is_some_and(|owner| acts_as.contains(owner))
            || grants.into_iter().any(|grant| list(grant, "privileges").iter().any(|one| &**one == "CREATE"))
    };
    let made = plan.steps.iter().filter(|step| step.act == Act::Create && !step.statements.is_empty());
    let mut closed = BTreeSet::new();
    for object in made.filter_map(|step| to.shown(step.kind.name(), &step.object)) {
        match object.kind.spec().parent {
            Parent::Schema => {
                let schema = object.identity.part(0);
                // What is made in a schema that is made too is its own.
                if from.find(Kind::Schema, &[schema]).is_some() && !may(Kind::Schema.name(), schema) {
                    closed.insert(format!("schema {schema}"));
                }
            }
            Parent::None if object.kind == Kind::Schema && !may(DATABASE.0, DATABASE.1) => {
                closed.insert("the database".to_owned());
            }
            _ => {}
        }
    }
    let closed: Vec<String> = closed.into_iter().collect();
    (!closed.is_empty())
        .then(|| format!("{reader}, who read the candidate, may make nothing in {}: it has no CREATE there", named(&closed)))
}

/// What the database is called in a manifest.
const DATABASE: (&str, &str) = ("database", "(this database)");
