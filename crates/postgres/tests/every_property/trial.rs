//! One case, tried: both sides made and captured, the differences held against what the case lists, the digests
//! against what the class of each changed property says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use evenkeel_core::compare::{Change, Comparison, Difference, NoRemedies, Scope, Side, compare};
use evenkeel_core::digest::{Tree, is_semantic};
use evenkeel_core::kind::{ALL, Class, Dimension, Kind};
use evenkeel_core::manifest::{Gap, Manifest, Reason};
use evenkeel_core::port::{Environment, Request, Silent};
use evenkeel_postgres::connect::{ProcessEnvironment, Target};
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_postgres::remedy::PostgresRemedies;
use evenkeel_postgres::scratch::{Options, ReplicaOptions, Scratch};

use crate::case::{Case, Line};
use crate::place::{Database, Place, server};

/// Tries a case. The error says what came out otherwise than the case says.
pub fn run(place: &mut Place, case: &Case) -> Result<(), String> {
    place.on_server(&case.server)?;
    let (reference, candidate) = if case.candidate.is_other_server() && !case.in_place {
        on_two_servers(place, case)?
    } else {
        let pair = place.pair(case);
        let captured = on_one_server(place, case, &pair.0, &pair.1)?;
        if !case.in_place {
            closed(case, &pair.1, &captured)?;
        }
        place.on_server(&case.cleanup)?;
        if touches_settings(case) {
            place.reset_settings();
        }
        place.give_back(case, pair);
        captured
    };
    if case.replica || case.candidate.replica || case.kind.name() == "slot" {
        place.drop_slots();
    }
    judge(place.major, case, &reference, &candidate)
}

/// What evenkeel proposes is applied to the candidate; the difference is then gone, and no other has come.
fn closed(case: &Case, candidate: &Database, (wanted, found): &(Manifest, Manifest)) -> Result<(), String> {
    let compared = |found: &Manifest| {
        let trees = (Tree::of(wanted), Tree::of(found));
        let remedies = PostgresRemedies::new(found, BTreeMap::new());
        let (left, right) =
            (Side { label: "reference", manifest: wanted, tree: &trees.0 }, Side { label: "candidate", manifest: found, tree: &trees.1 });
        compare(left, right, &Scope::default(), &remedies).differences
    };
    let before = compared(found);
    let proposed =
        before.iter().find(|difference| place_of(difference) == case.expected.place()).and_then(|difference| difference.fix.clone());
    // A step that is no statement is for a person.
    let Some(fix) = proposed.filter(|fix| fix.ends_with(';')) else { return Ok(()) };
    let statements: Vec<String> = fix.split_inclusive("; ").map(|statement| statement.trim().to_owned()).collect();
    candidate.run(&statements).map_err(|problem| format!("  the proposed fix fails: {problem}"))?;
    let known: BTreeSet<String> = before.iter().map(place_of).filter(|place| *place != case.expected.place()).collect();
    let left: Vec<String> =
        compared(&capture(candidate, case)).iter().filter(|difference| !known.contains(&place_of(difference))).map(shown).collect();
    if left.is_empty() { Ok(()) } else { Err(format!("  after the proposed fix ({fix}) this is left: {}", left.join("; "))) }
}

fn touches_settings(case: &Case) -> bool {
    [&case.server, &case.setup, &case.change].into_iter().flatten().any(|sql| sql.to_lowercase().contains("alter system"))
}

fn on_one_server(place: &Place, case: &Case, first: &Database, second: &Database) -> Result<(Manifest, Manifest), String> {
    if case.in_place {
        return before_and_after(place, case, first);
    }
    first.run(&case.setup)?;
    second.run(&case.setup)?;
    first.run(&case.reference)?;
    let other = (!case.meanwhile.is_empty()).then(|| Database::on(&place.scratch, &second.name));
    if let Some(other) = &other {
        other.run(&case.meanwhile)?;
    }
    second.run(&case.change)?;
    if let Some(other) = other {
        other.run(&["rollback".to_owned()])?;
    }
    Ok(both(first, second, case))
}

fn before_and_after(place: &Place, case: &Case, database: &Database) -> Result<(Manifest, Manifest), String> {
    let mut replica = case.replica.then(|| replica(place, case));
    database.run(&case.setup)?;
    place.settle(&case.setup);
    let reference = capture(database, case);
    if let Some(replica) = &replica {
        Database::on(replica, "postgres").run(&case.on_replica)?;
    }
    if case.replica_ends {
        replica = None;
    } else if case.candidate.replica {
        replica = Some(self::replica(place, case));
    }
    database.run(&case.change)?;
    place.settle(&case.change);
    let candidate = capture(database, case);
    drop(replica);
    Ok((reference, candidate))
}

fn replica(place: &Place, case: &Case) -> Scratch {
    let options = ReplicaOptions { settings: case.candidate.settings.clone(), ..ReplicaOptions::named("other") };
    place.scratch.replica(&options).unwrap_or_else(|fault| panic!("{fault}"))
}

fn on_two_servers(place: &mut Place, case: &Case) -> Result<(Manifest, Manifest), String> {
    let other = other_server(place, case);
    let second = Database::on(&other, "postgres");
    let first = Database::on(&place.scratch, "postgres");
    // A replica has what its primary has, and takes no writes.
    if !case.candidate.replica {
        second.run(&case.setup)?;
    }
    second.run(&case.change)?;
    first.run(&case.setup)?;
    first.run(&case.reference)?;
    let captured = both(&first, &second, case);
    drop(second);
    drop(other);
    first.run(&case.cleanup)?;
    Ok(captured)
}

fn other_server(place: &Place, case: &Case) -> Scratch {
    let ground = &case.candidate;
    if ground.replica {
        return replica(place, case);
    }
    let options = Options { settings: ground.settings.clone(), initdb: ground.initdb.clone(), ..Options::default() };
    server(ground.major.unwrap_or(place.major), &options)
}

/// Both sides at once, as the command does it.
fn both(first: &Database, second: &Database, case: &Case) -> (Manifest, Manifest) {
    std::thread::scope(|threads| {
        let other = threads.spawn(|| capture(second, case));
        (capture(first, case), other.join().expect("the capture of the candidate"))
    })
}

fn capture(database: &Database, case: &Case) -> Manifest {
    let target = Target::parse(&database.conninfo, &ProcessEnvironment).unwrap();
    let mut request = Request::new(&database.name);
    request.migration_role.clone_from(&case.migration_role);
    PostgresEnvironment::new(target).capture(&request, &Silent).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

fn judge(major: u32, case: &Case, reference: &Manifest, candidate: &Manifest) -> Result<(), String> {
    let trees = (Tree::of(reference), Tree::of(candidate));
    let (left, right) = (
        Side { label: "reference", manifest: reference, tree: &trees.0 },
        Side { label: "candidate", manifest: candidate, tree: &trees.1 },
    );
    let forward = compare(left, right, &Scope::default(), &NoRemedies);
    let backward = compare(right, left, &Scope::default(), &NoRemedies);
    let mut problems = String::new();
    let listed: Vec<&Line> = std::iter::once(&case.expected)
        .chain(case.implied.iter().filter(|(majors, _)| majors.contains(&major)).map(|(_, line)| line))
        .collect();
    set(case, &listed, &forward, &mut problems);
    with(case, &forward, &mut problems);
    mirrored(&forward, &backward, &mut problems);
    gaps(case, &forward, &mut problems);
    digests(case, &listed, &forward, &trees, &mut problems);
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// The attribute as a case writes it.
fn attribute(difference: &Difference) -> &str {
    match difference.change {
        Change::Missing => "missing",
        Change::Extra => "extra",
        _ => difference.attribute.unwrap_or("?"),
    }
}

fn place_of(difference: &Difference) -> String {
    format!("{} {} {}", difference.kind, difference.object, attribute(difference))
}

fn shown(difference: &Difference) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    format!("{}: {} -> {}", place_of(difference), text(&difference.expected), text(&difference.found))
}

/// Exactly the listed differences, with the listed values.
fn set(case: &Case, listed: &[&Line], comparison: &Comparison, problems: &mut String) {
    let watched: Vec<&Difference> = comparison
        .differences
        .iter()
        .filter(|difference| case.only.is_empty() || case.only.iter().any(|kind| kind == difference.kind))
        .collect();
    for line in listed {
        let Some(difference) = watched.iter().find(|difference| place_of(difference) == line.place()) else {
            let _ = writeln!(problems, "  not found: {}", line.place());
            continue;
        };
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        if let Some((expected, found)) = &line.values
            && (text(&difference.expected) != *expected || text(&difference.found) != *found)
        {
            let _ = writeln!(problems, "  other values: {}", shown(difference));
        }
    }
    let mut places = BTreeSet::new();
    for difference in watched {
        let place = place_of(difference);
        if !listed.iter().any(|line| line.place() == place) {
            let _ = writeln!(problems, "  not listed: {}", shown(difference));
        } else if !places.insert(place) {
            let _ = writeln!(problems, "  twice: {}", shown(difference));
        }
    }
}

/// What goes along with a missing object, as listed.
fn with(case: &Case, comparison: &Comparison, problems: &mut String) {
    let found = comparison.differences.iter().flat_map(taken_along).collect::<Vec<_>>().join("; ");
    if found != case.with.as_deref().unwrap_or_default() {
        let _ = writeln!(problems, "  taken along, and listed otherwise by '-- with: …': {found}");
    }
}

fn taken_along(difference: &Difference) -> impl Iterator<Item = &str> {
    difference.detail.iter().filter(|(name, _)| name == "with").map(|(_, text)| text.as_str())
}

/// The other way round the same differences come out, with both sides swapped.
fn mirrored(forward: &Comparison, backward: &Comparison, problems: &mut String) {
    // A renamed object is shown under the name it has on the first side.
    let named = |difference: &Difference| difference.change != Change::Renamed;
    let there: BTreeSet<String> = forward.differences.iter().filter(|d| named(d)).map(shown).collect();
    let back: BTreeSet<String> = backward
        .differences
        .iter()
        .filter(|difference| named(difference))
        .map(|difference| {
            let change = match difference.change {
                Change::Missing => Change::Extra,
                Change::Extra => Change::Missing,
                other => other,
            };
            let swapped =
                Difference { change, expected: difference.found.clone(), found: difference.expected.clone(), ..difference.clone() };
            // An unsound state says which side it is in, not what the other side has.
            if swapped.change == Change::Unsound { shown(difference) } else { shown(&swapped) }
        })
        .collect();
    let unsound = |text: &&String| !forward.differences.iter().any(|d| d.change == Change::Unsound && text.starts_with(&place_of(d)));
    for text in there.symmetric_difference(&back).filter(unsound) {
        let _ = writeln!(problems, "  only one way round: {text}");
    }
}

/// Nothing becomes invisible: only what is not read at all may be a gap.
fn gaps(case: &Case, comparison: &Comparison, problems: &mut String) {
    for gap in &comparison.gaps {
        let whole = gap.gap.kind.is_none() && gap.gap.object.is_none();
        let watched = case.only.is_empty() || gap.gap.kind.as_ref().is_some_and(|kind| case.only.contains(kind));
        if !whole && watched && !standing(case, &gap.gap) {
            let _ = writeln!(problems, "  a gap: {} {:?}", gap.gap.detail, gap.gap);
        }
    }
}

/// Gaps that have nothing to do with the change.
fn standing(case: &Case, gap: &Gap) -> bool {
    let (kind, attribute) = (gap.kind.as_deref(), gap.attribute.as_deref());
    // Before 14 only superusers may look up a subscription's owner, comment and synchronous_commit.
    let hidden = matches!((kind, attribute), (Some("owner"), _) | (Some("subscription"), Some("comment" | "synchronous_commit")));
    let before_14 = case.kind == Kind::Subscription && hidden && gap.reason == Reason::Version;
    before_14 || case.migration_role.is_none() && kind == Some("setting") && attribute == Some("effective")
}

/// A digest moves for semantic differences of its dimension, and only for those; the ordered one for order too.
fn digests(case: &Case, listed: &[&Line], comparison: &Comparison, (reference, candidate): &(Tree, Tree), problems: &mut String) {
    let (mut plain, mut ordered) = (BTreeSet::new(), BTreeSet::new());
    for line in listed {
        let Some(kind) = ALL.iter().copied().find(|kind| kind.name() == line.kind) else {
            let _ = writeln!(problems, "  no kind is called {}", line.kind);
            continue;
        };
        match effect(kind, &line.attribute) {
            Some(Class::Semantic) => {
                plain.insert(kind.spec().dimension);
            }
            Some(Class::Order) => {
                ordered.insert(kind.spec().dimension);
            }
            _ => {}
        }
    }
    for (_, name) in
        comparison.differences.iter().flat_map(taken_along).flat_map(|text| text.split(", ")).filter_map(|part| part.split_once(' '))
    {
        let kind = ALL.iter().copied().find(|kind| kind.name() == name || kind.spec().plural == name);
        plain.extend(kind.filter(|kind| is_semantic(*kind)).map(|kind| kind.spec().dimension));
    }
    for dimension in Dimension::ALL {
        // Where only some kinds are looked at, the rest moves digests too.
        if !case.only.is_empty() {
            continue;
        }
        let (left, right) = (reference.branch(dimension), candidate.branch(dimension));
        let moved = left.map(|branch| branch.digest) != right.map(|branch| branch.digest);
        let reordered = left.map(|branch| branch.ordered) != right.map(|branch| branch.ordered);
        if moved != plain.contains(&dimension) {
            let _ = writeln!(problems, "  the digest of {} {}", dimension.name(), if moved { "moved" } else { "did not move" });
        }
        if reordered != (moved || ordered.contains(&dimension)) {
            let _ = writeln!(problems, "  the ordered digest of {} {}", dimension.name(), if reordered { "moved" } else { "did not move" });
        }
    }
}

/// What that difference does to a digest.
fn effect(kind: Kind, attribute: &str) -> Option<Class> {
    match attribute {
        "missing" | "extra" | "name" => is_semantic(kind).then_some(Class::Semantic),
        "column_order" => Some(Class::Order),
        "leftover" => None,
        name => kind.spec().all_properties().find(|property| property.name == name).map(|property| property.class),
    }
}
