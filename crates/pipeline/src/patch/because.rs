//! What is refused by name because of something else: what hangs on what no statement alters, what needs that, and what that needs.
//!
//! Neighbour: `prove`, which tries the rest. Does not live here: what cannot be made as the reference has it because of that
//! (`core/patch/wanted`).

use super::{Left, Odd, left};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Manifest, Object, shown_parts};
use evenkeel_core::patch::{Dialect, Excused, Plan, Refusal, World};
use std::collections::BTreeSet;

/// So far it is looked for what a difference follows from.
const DEEP: usize = 8;

/// Refuses by name what differs because something that it needs is refused, or left out.
pub fn consequences(odd: &mut Vec<Left>, planned: &mut Plan, excused: &[Excused], worlds: (&World<'_>, &World<'_>)) {
    let out = excused.iter().map(|one| Refusal { kind: one.kind, object: one.object.clone(), reason: String::new() });
    let refused: Vec<Refusal> = planned.refused.iter().cloned().chain(out).collect();
    odd.retain(|one| {
        let Some(from) = follows(one, &refused, worlds) else { return true };
        let reason = format!("it follows from {from}, which is refused");
        planned.refused.push(Refusal { kind: one.kind, object: one.object.clone(), reason });
        false
    });
}

/// What was put aside in place of being dropped, and needs something that is to go, or is in it: which that is, and until when it is kept.
pub fn put_aside(kind: Kind, object: &str, candidate: &Manifest) -> Option<String> {
    let named = format!("{} {object}", kind.name());
    let needs = |one: &Object| matches!(one.get("needs"), Some(Value::List(items)) if items.iter().any(|item| **item == *named));
    let schema = shown_parts(object).filter(|_| kind == Kind::Schema).and_then(|parts| parts.into_iter().next());
    let is_in = |one: &Object| schema.as_deref() == Some(one.identity.part(0));
    let apart = candidate.apart().iter().find(|one| needs(one) || is_in(one))?;
    let deferred = || candidate.deferred();
    let is_its = |parts: Vec<&str>| apart.identity.parts().zip(&parts).filter(|(one, other)| one == *other).count() == parts.len();
    let kept = deferred().find(|one| is_its(one.identity.parts().collect())).or_else(|| deferred().next())?;
    let (name, was) = (kept.display(), &kept.was);
    Some(format!(
        "{} {name} (it was {was}), put aside {}, is kept until {} and {}: drop that first, by a release of its own",
        kept.kind.name(),
        kept.since,
        kept.due,
        if kind == Kind::Schema { "is in it" } else { "needs it" }
    ))
}

/// What is refused that it needs, hangs on, or is needed through: by kind and name.
fn follows(one: &Left, refused: &[Refusal], (from, to): (&World<'_>, &World<'_>)) -> Option<String> {
    let is_it = |object: &Object| refused.iter().any(|refusal| refusal.kind == object.kind && refusal.object == object.display());
    // The type of a table's rows is what its columns are.
    let is_refused = |object: &Object| {
        let (schema, table) = (object.identity.part(0), object.identity.part(1));
        is_it(object) || object.kind == Kind::Table && from.parts_of_kind(schema, table, Kind::Column).any(is_it)
    };
    let world = if one.what == Odd::Extra { from } else { to };
    let (mut waiting, mut seen) = (vec![world.shown(one.kind.name(), &one.object)?], BTreeSet::new());
    for _ in 0..DEEP {
        let next: Vec<&Object> = waiting.iter().flat_map(|object| world.told_needs(object).chain(world.parent(object))).collect();
        waiting = next.into_iter().filter(|object| object.kind != Kind::Schema && seen.insert(World::name_of(object))).collect();
        if let Some(found) = waiting.iter().find(|object| is_refused(object)) {
            return Some(World::name_of(found));
        }
        if waiting.is_empty() {
            break;
        }
    }
    None
}

/// What differs and is left as it is because of something that no statement alters, with what hangs on that.
pub fn held_back(reference: &Manifest, candidate: &Manifest, dialect: &dyn Dialect) -> Vec<Refusal> {
    let (from, to) = (World::of(candidate), World::of(reference));
    let alone = dialect.left_alone(&from, &to);
    if alone.is_empty() {
        return Vec::new();
    }
    let why = |world: &World<'_>, object: &Object| {
        let own = alone.iter().find(|(one, _)| one.key() == object.key()).map(|(_, why)| why.clone());
        let above = std::iter::successors(world.parent(object), |parent| world.parent(parent)).take(DEEP);
        let whole = above.into_iter().find(|parent| alone.iter().any(|(one, _)| one.key() == parent.key()));
        own.or_else(|| whole.map(|whole| format!("it hangs on {}, which is left as it is", World::name_of(whole))))
    };
    let differing = left(candidate, reference, dialect);
    let refused = differing.iter().filter_map(|one| {
        let find = |world: &World<'_>| world.shown(one.kind.name(), &one.object).and_then(|object| why(world, object));
        let reason = find(&to).or_else(|| find(&from))?;
        Some(Refusal { kind: one.kind, object: one.object.clone(), reason })
    });
    refused.collect()
}

/// What the server refuses to make again of what is left as it is lacks what that needs, as that was: then this is left as it is instead.
pub fn because_of(
    (reference, candidate): (&Manifest, &Manifest),
    refused: Vec<Refusal>,
    (excused, given_up): (&[Excused], &mut Vec<Refusal>),
    dialect: &dyn Dialect,
) -> Vec<Refusal> {
    let is_known = |one: &Refusal| excused.iter().any(|known| known.kind == one.kind && known.object == one.object);
    if !refused.iter().any(is_known) {
        return refused;
    }
    let world = World::of(candidate);
    let differing = left(candidate, reference, dialect);
    let (known, mut more): (Vec<Refusal>, Vec<Refusal>) = refused.into_iter().partition(is_known);
    for kept in known.iter().filter_map(|one| world.shown(one.kind.name(), &one.object)) {
        let needed = world.told_needs(kept).filter(|needed| needed.kind != Kind::Schema);
        let changes = needed.filter(|needed| differing.iter().any(|one| one.kind == needed.kind && one.object == needed.display()));
        more.extend(changes.map(|needed| Refusal {
            kind: needed.kind,
            object: needed.display(),
            reason: format!("{}, which is left as it is, needs it as it is", World::name_of(kept)),
        }));
    }
    // Nothing that could be left out: what the server said stands.
    if more.iter().all(is_known) {
        return known;
    }
    given_up.retain(|one| !known.iter().any(|other| other.kind == one.kind && other.object == one.object));
    more.into_iter().filter(|one| !is_known(one)).collect()
}
