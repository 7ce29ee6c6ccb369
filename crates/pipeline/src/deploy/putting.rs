//! The statements that put one thing aside, and those that have it back: what makes it inert is a plan from the schema as it is to the one
//! without what keeps others from writing, and so is what has it back.
//!
//! Neighbours: `inert`, what has to go; `aside`, which tries both on a throwaway server.

use super::inert::{SETS, beside, counts, hangs_on, identities, inert, is_called, named_by, of_table, shares, unproven};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::deferred::{self, Deferred};
use evenkeel_core::manifest::{Identity, Manifest, Object};
use evenkeel_core::patch::{Dialect, Form, World, plan};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What has something back is made where nobody else is at work; and so is what is one transaction.
const FORM: Form = Form { offline: true, throwaway: false };
/// A definition that is a commit of its own says how it is done, and is refused where others would wait for it.
const APART: Form = Form { offline: false, throwaway: false };

/// The statements that put something aside, and those that have it back.
pub struct Aside {
    pub statements: Vec<String>,
    pub back: Vec<String>,
    pub needs_opening: bool,
    pub deferred: Deferred,
    /// The schema then, without it.
    pub after: Manifest,
}

/// What a column is that statements have to name.
const HIDDEN: &str = "invisible";

/// Whether its table has another column that statements meet without naming it: a table needs one.
fn has_others(column: &Object, now: &Manifest) -> bool {
    let is_in = |other: &&Object| other.identity.part(0) == column.identity.part(0) && other.identity.part(1) == column.identity.part(1);
    let mut others = now.of_kind(Kind::Column).iter().filter(is_in).filter(|other| other.identity != column.identity);
    others.any(|other| other.get(HIDDEN).is_none())
}

/// Of a table, a column or a type, on such a day and until another; why there are none.
pub fn aside(
    object: &Object,
    now: &Manifest,
    dialect: &dyn Dialect,
    ((since, due), given): ((Date, Date), &mut BTreeSet<[String; 3]>),
) -> Result<Aside, String> {
    let whole = now.whole();
    let is_apart = dialect.transaction().is_none();
    if let Some(why) = unproven(object, now).filter(|_| is_apart) {
        return Err(why);
    }
    let mut fresh = |of: &Object| {
        let last = of.identity.parts().len().saturating_sub(1);
        let place = |name: &str| {
            let table = if of.kind == Kind::Column { of.identity.part(1) } else { "" };
            // Some servers take two that differ in case for one.
            [of.identity.part(0), table, name].map(str::to_lowercase)
        };
        let is_taken =
            |name: &str| given.contains(&place(name)) || whole.objects().iter().any(|other| shares(other, of) && is_called(other, name));
        let name = deferred::name(of.identity.part(last), since, &is_taken);
        given.insert(place(&name));
        let mut other = of.clone();
        other.identity = of.identity.with(last, name.into());
        other
    };
    let mut goal: BTreeMap<(Kind, Identity), Object> =
        now.objects().iter().map(|object| ((object.kind, object.identity.clone()), object.clone())).collect();
    let has_own_name = |part: &&Object| !of_table(object) || !dialect.is_named_in_table(part);
    let (beside, unnamed): (Vec<&Object>, Vec<&Object>) =
        beside(object, now).into_iter().filter(has_own_name).partition(|part| is_renamed(named_by(part, now), dialect));
    // What can have no other name goes, and comes again.
    for gone in inert(object, now)?.into_iter().chain(unnamed) {
        goal.remove(&(gone.kind, gone.identity.clone()));
    }
    if let Some(own) = goal.get_mut(&(object.kind, object.identity.clone())).filter(|own| own.kind == Kind::Column) {
        for name in SETS {
            own.unset(name);
        }
        // Who inserts rows without a list of columns, or reads all of them, does not meet it.
        if Kind::Column.spec().property_on(HIDDEN, now.endpoint.engine) && has_others(object, now) {
            own.set(HIDDEN, true);
        }
    }
    let other = fresh(object);
    let one = Deferred { kind: object.kind, identity: other.identity.clone(), was: object.display(), since, due, back: None };
    // What has a name among others has to have another, or what is made later could not be called so.
    let mut renamed: Vec<(Object, Object)> = Vec::new();
    let mut marked: Vec<(&Object, Deferred)> = Vec::new();
    for part in beside {
        let named = named_by(part, now);
        renamed.push((named.clone(), fresh(named)));
        if object.kind == Kind::Column {
            marked.push((part, Deferred { was: part.display(), ..one.clone() }));
        }
    }
    for sequence in identities(object, now) {
        let other = fresh(&sequence);
        renamed.push((sequence, other));
    }
    let counted = counts(object).map(|sequence| {
        let mut keeper = fresh(&sequence);
        keeper.set("comment", Deferred { was: sequence.display(), ..one.clone() }.mark());
        dialect.keeps_count(object, &keeper).ok_or_else(|| format!("where {} goes on numbering rows cannot be kept", object.display()))
    });
    let counted = counted.transpose()?;
    renamed.push((object.clone(), other));
    marked.push((object, one));
    let with = |marks: &[(&Object, Deferred)]| {
        let mut goal = goal.clone();
        for (marked, one) in marks {
            if let Some(object) = goal.get_mut(&(marked.kind, marked.identity.clone())) {
                object.set("comment", one.mark());
            }
        }
        Manifest::new(now.endpoint.clone(), now.dimensions.clone(), goal.into_values().collect(), now.gaps.clone())
    };
    let between = |from: &Manifest, to: &Manifest, form: Form| {
        let planned = plan(&World::of(from), &World::of(to), dialect, form);
        if let Some(refusal) = planned.refused.first() {
            return Err(format!("{} {}: {}", refusal.kind.name(), refusal.object, refusal.reason));
        }
        let needs_opening = planned.statements().any(|statement| dialect.needs_opening(statement));
        if let Some(statement) = planned.statements().find(|statement| statement.alone && !is_apart) {
            return Err(format!("it runs in no transaction: {}", statement.sql));
        }
        Ok((planned.statements().map(|statement| statement.sql.clone()).collect::<Vec<_>>(), needs_opening))
    };
    let renames = |one: &Object, other: &Object| {
        dialect.renames(one, other).ok_or_else(|| format!("{} {} cannot be given another name", one.kind.name(), one.display()))
    };
    let (there, needs_opening) = between(&with(&marked), now, FORM)?;
    let mut back: Vec<String> = renamed.iter().rev().map(|(one, other)| renames(other, one)).collect::<Result<_, _>>()?;
    back.extend(counted.iter().flat_map(|counted| counted.before.clone()));
    back.extend(there);
    back.extend(counted.iter().flat_map(|counted| counted.after.clone()));
    let Some((_, one)) = marked.last_mut() else { return Err("nothing is marked".to_owned()) };
    let opened: Vec<String> = dialect.opening().iter().map(|line| (*line).to_owned()).collect();
    one.back = Some(match dialect.transaction() {
        Some((begin, end)) => format!("{begin} {} {end}", back.join(" ")),
        // Whoever has it back may be in any session.
        None => opened.iter().filter(|_| needs_opening).chain(&back).map(|line| dialect.for_client(line)).collect::<Vec<_>>().join("\n"),
    });
    let deferred = one.clone();
    if let Some(most) = dialect.longest_comment(object.kind).filter(|most| deferred.mark().chars().count() > *most) {
        return Err(format!("the statements that have {} back do not fit into its comment, which holds {most} signs", object.display()));
    }
    let (there, opening) = between(now, &with(&marked), if is_apart { APART } else { FORM })?;
    let mut statements: Vec<String> = counted.into_iter().flat_map(|counted| counted.keep).chain(there).collect();
    if opening && !is_apart {
        return Err("what makes it inert means the same only in a session of evenkeel's own".to_owned());
    }
    statements.splice(0..0, opened.into_iter().filter(|_| opening));
    statements.extend(renamed.iter().map(|(one, other)| renames(one, other)).collect::<Result<Vec<_>, _>>()?);
    let is_gone = |one: &Object| {
        let is_renamed = renamed.iter().any(|(was, _)| was.kind == one.kind && was.identity == one.identity);
        is_renamed || object.kind == Kind::Table && hangs_on(one, object)
    };
    let objects = goal.into_values().chain(now.apart().iter().cloned()).filter(|one| !is_gone(one)).collect();
    let after = Manifest::new(now.endpoint.clone(), now.dimensions.clone(), objects, now.gaps.clone());
    Ok(Aside { statements, back, needs_opening, deferred, after })
}

/// Whether it can be given another name.
fn is_renamed(object: &Object, dialect: &dyn Dialect) -> bool {
    dialect.renames(object, object).is_some()
}
