//! A plan, tried on a throwaway server that has the candidate's schema, and compared in all that a patch can touch.

use super::because::{because_of, consequences, held_back, put_aside};
use super::build::{like, look, run};
use super::without::{is_parted, spare, without};
use super::{Builder, Left, Odd, Proofs, build, left};
use evenkeel_core::compare::{Change, Difference};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::{Dimension, Kind, Parent, Value};
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_core::patch::{
    Act, Dialect, Excused, Form, Ground, Plan, Proof, Refusal, World, fingerprint, plan, renamed_tables, spelled_otherwise, tells_needs,
    wanted,
};
use evenkeel_core::policy::Ignored;
use std::collections::BTreeSet;

/// What a round left may be made by another.
const ROUNDS: usize = 3;
/// So often something is left out that a throwaway server refuses.
const GIVEN_UP: usize = 5;
/// So many reasons are named.
const NAMED: usize = 5;

/// The statements, and what came of trying them.
#[derive(Debug)]
pub struct Patch {
    pub plan: Plan,
    pub proof: Proof,
    /// What the server said to which statements, in words.
    pub failed: Vec<String>,
    /// What differs still, and is not refused by name: ours to mend.
    pub left: Vec<Left>,
    /// What could not be built of the candidate, so that nothing is said of it.
    pub unbuilt: Vec<Left>,
}

impl Patch {
    /// Whether it does what it says.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        matches!(self.proof, Proof::Proven { .. } | Proof::Nothing) && self.left.is_empty() && self.failed.is_empty()
    }
}

/// What is asked of a patch.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Only in these is anything made equal.
    pub dimensions: &'a [Dimension],
    /// Differences that are to stay.
    pub excused: &'a [Excused],
    /// What was found, so that nothing is left out in silence.
    pub differences: &'a [Difference],
    pub form: Form,
    /// What loses data is commented out, and what runs without it is tried as well.
    pub spares_data: bool,
    /// Of evenkeel.
    pub version: &'a str,
    pub proofs: &'a dyn Proofs,
}

/// What the policy of a comparison excuses.
#[must_use]
pub fn excused(ignored: &[Ignored]) -> Vec<Excused> {
    let one = |ignored: &Ignored| {
        let subject = &ignored.difference.subject;
        let attribute = subject.attribute.filter(|_| !matches!(ignored.difference.change, Change::Missing | Change::Extra));
        Excused { kind: subject.kind, object: subject.object.clone(), attribute }
    };
    ignored.iter().map(one).collect()
}

/// A manifest of an earlier evenkeel does not say what needs what, and no order can be told from it.
fn knows_needs(side: &str, manifest: &Manifest) -> Result<(), Box<Trouble>> {
    if tells_needs(manifest) {
        return Ok(());
    }
    Err(Box::new(
        Trouble::new(Class::CouldNotTell, format!("the manifest of the {side} does not say what needs what"))
            .expected("a manifest of this version of evenkeel, which records what the server knows of it")
            .found("triggers or foreign keys, and nothing that any of them needs")
            .fix("capture it again"),
    ))
}

/// Differences that no statement of a patch is about, each with the reason.
fn uncovered(differences: &[Difference], dialect: &dyn Dialect) -> Vec<Refusal> {
    let is_set = |difference: &&Difference| {
        let subject = &difference.subject;
        dialect.covers(subject.kind) && subject.attribute.is_none_or(|attribute| dialect.sets(subject.kind, attribute))
    };
    let others = differences.iter().filter(|difference| !is_set(difference));
    let one = |difference: &Difference| {
        let subject = &difference.subject;
        Refusal { kind: subject.kind, object: subject.object.clone(), reason: dialect.why_not(subject.kind).to_owned() }
    };
    others.map(one).collect()
}

/// What nobody looked at, or could: "like" says nothing of it.
fn not_looked_at((dimensions, dialect): (&[Dimension], &dyn Dialect), sides: [(&str, &Manifest); 2]) -> Vec<String> {
    let mut unsaid = Vec::new();
    for (side, manifest) in sides {
        for dimension in dimensions.iter().filter(|dimension| dialect.dimensions().contains(dimension)) {
            if !manifest.covers(*dimension) {
                unsaid.push(format!("{}: it was not read, or not completely, on the {side}", dimension.name()));
            }
        }
        // Those of kinds that a patch makes are refused by name.
        let others =
            manifest.gaps.iter().filter(|gap| dimensions.contains(&gap.dimension) && dialect.dimensions().contains(&gap.dimension));
        for gap in others.filter(|gap| gap.kind.as_deref().and_then(Kind::from_name).is_none_or(|kind| !dialect.covers(kind))) {
            let what = gap.kind.as_deref().unwrap_or_else(|| gap.dimension.name());
            unsaid.push(format!("{what}: not seen on the {side}: {}", gap.detail));
        }
    }
    unsaid.sort();
    unsaid.dedup();
    unsaid
}

/// Names that differ in case alone where servers take them for the same: they stay as they are, and that is said.
fn spelled(goal: &World<'_>, world: &World<'_>) -> Option<String> {
    let names = spelled_otherwise(goal.manifest, world.manifest);
    let more = names.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let pairs: Vec<String> = names.iter().take(NAMED).map(|(wanted, found)| format!("{found} ({wanted} in the reference)")).collect();
    (!pairs.is_empty())
        .then(|| format!("names that differ in case alone stay as they are, for they mean the same: {}{rest}", pairs.join(", ")))
}

/// Whose rights it takes to alter what is there, and what stands on it.
fn owners(planned: &Plan, (world, goal): (&World<'_>, &World<'_>)) -> Vec<String> {
    let mut owners: BTreeSet<&str> = BTreeSet::new();
    for step in &planned.steps {
        let made = || goal.shown(step.kind.name(), &step.object).filter(|object| object.kind.spec().parent != Parent::Schema);
        let there = || std::iter::successors(made().and_then(|object| goal.parent(object)), |one| goal.parent(one));
        let on = || there().filter(|one| one.kind != Kind::Schema).find_map(|one| world.same(one));
        let object = if step.act == Act::Create { on() } else { world.shown(step.kind.name(), &step.object) };
        let Some(object) = object else { continue };
        // A part is its relation's.
        let places = std::iter::successors(Some(object), |one| world.parent(one));
        let mut owned = places.filter_map(|one| world.find(Kind::Owner, &[one.kind.name(), &one.display()]));
        owners.extend(owned.next().and_then(|owner| owner.text("owner")));
    }
    if owners.is_empty() {
        return Vec::new();
    }
    let refused = not_by(&owners, world);
    let more = owners.len().saturating_sub(NAMED);
    let mut named: Vec<&str> = owners.into_iter().take(NAMED).map(|owner| owner.trim_matches(['(', ')'])).collect();
    let rest = format!("{more} more");
    named.extend((more > 0).then_some(rest.as_str()));
    let told = format!("alters what belongs to {}: to be run with the rights of these, or of a superuser", named.join(", "));
    std::iter::once(told).chain(refused).collect()
}

/// Why whoever read the candidate may not alter it; nothing where that one may, or is not told of.
fn not_by(owners: &BTreeSet<&str>, world: &World<'_>) -> Option<String> {
    let endpoint = &world.manifest.endpoint;
    let shared = endpoint.roles.iter().find(|(_, server)| **server == endpoint.role).map(|(shared, _)| shared);
    let reader = shared.unwrap_or(&endpoint.role).as_str();
    let is_superuser = world.find(Kind::Role, &[reader])?.get("superuser") == Some(&Value::Flag(true));
    let mut acts_as: BTreeSet<&str> = BTreeSet::from([reader]);
    loop {
        let memberships = world.manifest.of_kind(Kind::Membership).iter();
        let more: Vec<&str> = memberships
            .filter(|one| acts_as.contains(one.identity.part(1)) && !acts_as.contains(one.identity.part(0)))
            .map(|one| one.identity.part(0))
            .collect();
        if more.is_empty() {
            break;
        }
        acts_as.extend(more);
    }
    let lacking: Vec<&str> =
        owners.iter().filter(|owner| !acts_as.contains(*owner)).map(|owner| owner.trim_matches(['(', ')'])).take(NAMED).collect();
    (!is_superuser && !lacking.is_empty())
        .then(|| format!("{reader}, who read the candidate, may not run it: no superuser, and not a member of {}", lacking.join(", ")))
}

/// What looks like one object under two names: the plan drops one and makes the other, and says that it may be a rename.
fn renames(differences: &[Difference], (from, to): (&World<'_>, &World<'_>), dialect: &dyn Dialect) -> Vec<String> {
    let parts = differences.iter().filter(|difference| difference.change == Change::Renamed).filter_map(|difference| {
        let kind = difference.subject.kind.name();
        let (expected, found) = (difference.expected.as_deref()?, difference.found.as_deref()?);
        Some((from.shown(kind, found)?, to.shown(kind, expected)?))
    });
    let pairs = renamed_tables(differences, from, to).into_iter().chain(parts);
    let words = pairs.filter_map(|(was, is)| {
        let statement = dialect.renames(was, is)?;
        let (schema, other) = (was.identity.part(0), is.identity.part(0));
        let made = (schema != other && from.find(Kind::Schema, &[other]).is_none()).then(|| format!(", after schema {other} is made"));
        let made = made.unwrap_or_default();
        Some(format!("perhaps a rename: then run this first{made}, and write the patch again: {statement}"))
    });
    words.collect()
}

/// Why a statement was refused that runs code of the reference's: that does not run here either. What the server says of the code's own
/// name would be the order of statements, and ours.
fn does_not_run((kind, object): &(Kind, String), why: &str, goal: &World<'_>) -> Option<Refusal> {
    let is_run = matches!(kind, Kind::Constraint | Kind::Index | Kind::MaterializedView | Kind::Column);
    let wanted = goal.shown(kind.name(), object).filter(|_| is_run)?;
    let code: Vec<String> = goal.told_needs(wanted).filter(|needed| needed.kind == Kind::Function).map(Object::display).collect();
    let is_ours = code.iter().any(|function| why.contains(function));
    (!code.is_empty() && !is_ours).then(|| Refusal {
        kind: *kind,
        object: object.clone(),
        reason: format!("{}, which it runs, does not run on a throwaway server: {why}", code.join(", ")),
    })
}

/// Writes what makes the candidate like the reference, and tries it. What the throwaway server refuses is refused by name, and the rest is
/// tried without it.
///
/// # Errors
/// The end was asked for, or a throwaway server is lost. That none can be had is no error: then nothing is proven, and it says so.
pub fn prove(reference: &Manifest, candidate: &Manifest, asked: &Asked<'_>, builder: &Builder<'_>) -> Result<Patch, Box<Trouble>> {
    let dialect = builder.engine.dialect(&candidate.endpoint)?;
    let mut given_up = held_back(reference, candidate, &*dialect);
    let mut excused = asked.excused.to_vec();
    excused.extend(given_up.iter().map(|one| Excused { kind: one.kind, object: one.object.clone(), attribute: None }));
    let is_asked = |one: &Refusal| asked.dimensions.contains(&one.kind.spec().dimension);
    let is_excused = |one: &Refusal| asked.excused.iter().any(|other| other.kind == one.kind && other.object == one.object);
    given_up.retain(|one| is_asked(one) && !is_excused(one));
    let mut round = 0;
    loop {
        round += 1;
        let (mut patch, more) = tried(reference, candidate, &Asked { excused: &excused, ..*asked }, builder)?;
        let more = because_of((reference, candidate), more, (&excused, &mut given_up), &*dialect);
        let is_new = |one: &Refusal| !excused.iter().any(|known| known.kind == one.kind && known.object == one.object);
        if round == GIVEN_UP || more.is_empty() || !more.iter().all(is_new) {
            patch.plan.refused.extend(given_up);
            patch.plan.refused.sort();
            patch.plan.refused.dedup();
            return Ok(patch);
        }
        excused.extend(more.iter().map(|one| Excused { kind: one.kind, object: one.object.clone(), attribute: None }));
        given_up.extend(more);
    }
}

/// One try, and what to do without in the next: what the server refuses, where it has all that it is about.
fn tried(
    reference: &Manifest,
    candidate: &Manifest,
    asked: &Asked<'_>,
    builder: &Builder<'_>,
) -> Result<(Patch, Vec<Refusal>), Box<Trouble>> {
    let dialect = builder.engine.dialect(&candidate.endpoint)?;
    let form = asked.form;
    for (side, manifest) in [("reference", reference), ("candidate", candidate)] {
        knows_needs(side, manifest)?;
    }
    let unsaid = not_looked_at((asked.dimensions, &*dialect), [("reference", reference), ("candidate", candidate)]);
    let told: Vec<Dimension> = asked.dimensions.iter().copied().filter(|dimension| reference.covers(*dimension)).collect();
    let is_told = |kind: Kind| told.contains(&kind.spec().dimension);
    let world = World::of(candidate);
    let whole = reference;
    // What no statement is about, whatever comes of the others.
    let (reference, mut aside) = wanted(&World::of(reference), &world, asked.dimensions, asked.excused, &*dialect);
    aside.extend(uncovered(asked.differences, &*dialect));
    let reference = &reference;
    let goal = World::of(reference);
    let mut planned = plan(&world, &goal, &*dialect, form);
    // Rights that outlive what they are on, and that nobody asked about.
    planned.steps.retain(|step| {
        let there = world.shown(step.kind.name(), &step.object).filter(|_| step.act == Act::Drop && !is_told(step.kind));
        let stays = |object: &Object| dialect.stays_behind(object) && world.parent(object).is_some_and(|whole| goal.same(whole).is_none());
        !there.is_some_and(stays)
    });
    planned.unsaid = unsaid;
    planned.notes = owners(&planned, (&world, &goal));
    planned.notes.extend(spelled(&goal, &world));
    planned.notes.extend(dialect.notes(&planned, &world, &goal));
    planned.notes.extend(renames(asked.differences, (&world, &goal), &*dialect));
    let mut untold: Vec<Left> = Vec::new();
    let is_named = |planned: &Plan, one: &Left| {
        planned.refused.iter().chain(&aside).any(|refusal| refusal.kind == one.kind && refusal.object == one.object)
    };
    let with = |mut planned: Plan, proof: Proof, failed: Vec<String>, left: Vec<Left>, unbuilt: Vec<Left>| {
        planned.refused.extend(aside.clone());
        planned.refused.sort();
        planned.refused.dedup();
        Patch { plan: planned, proof, failed, left, unbuilt }
    };
    let alone = |patch: Patch| (patch, Vec::new());
    if planned.statements().next().is_none() {
        // What differs and has neither a statement nor a refusal is ours.
        let mut odd = left(candidate, reference, &*dialect);
        odd.retain(|one| (is_told(one.kind) || one.what != Odd::Extra) && !is_named(&planned, one));
        consequences(&mut odd, &mut planned, asked.excused, (&world, &goal));
        let proof = if odd.is_empty() { Proof::Nothing } else { Proof::Not { why: "what differs has no statement".to_owned() } };
        return Ok(alone(with(planned, proof, Vec::new(), odd, Vec::new())));
    }
    let server = builder.workshop.choose(&like(candidate, &*dialect)).map(|server| server.display()).ok();
    let ground = server.and_then(|server| {
        let (dimensions, version) = (told.as_slice(), asked.version);
        let spares_data = asked.spares_data;
        fingerprint(&Ground { candidate, goal: reference, dimensions, form, spares_data, server: &server, version }, &planned)
    });
    if let Some(before) = ground.as_deref().and_then(|ground| asked.proofs.before(ground)) {
        let server = format!("{} (tried before, at {})", before.server, before.at);
        return Ok(alone(with(planned, Proof::Proven { server }, Vec::new(), Vec::new(), Vec::new())));
    }
    let built = match build(candidate, builder) {
        Ok(mut built) => {
            // Which version of an extension is installed here is of interest where another is wanted.
            let is_wanted = |left: &Left| planned.steps.iter().any(|step| step.kind == left.kind && step.object == left.object);
            let (unbuilt, apart): (Vec<Left>, Vec<Left>) =
                std::mem::take(&mut built.left).into_iter().partition(|left| left.kind != Kind::ExtensionVersion || is_wanted(left));
            built.left = unbuilt;
            untold.extend(apart);
            built
        }
        Err(trouble) if builder.watch.stop.is_requested() => return Err(trouble),
        Err(trouble) => {
            let cure = trouble.fix.map(|fix| format!("to do: {fix}"));
            let parts = [
                Some(trouble.what),
                trouble.expected.map(|it| format!("expected {it}")),
                trouble.found.map(|it| format!("found {it}")),
                cure,
            ];
            let why = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
            return Ok(alone(with(planned, Proof::Not { why }, Vec::new(), Vec::new(), Vec::new())));
        }
    };
    // As the candidate is, for what runs without the statements that lose data.
    let spare = match asked.spares_data && is_parted(&planned) {
        true => Some(spare(&*built.scratch, candidate, builder)?),
        false => None,
    };
    let mut failed = Vec::new();
    let mut given_up: Vec<Refusal> = Vec::new();
    // Extensions that this machine does not have.
    let mut lacking: Vec<String> = Vec::new();
    let mut step = planned.clone();
    let mut odd;
    let mut seen;
    let mut rounds = 0;
    loop {
        rounds += 1;
        let mut session = built.scratch.session(&built.database)?;
        let mut refused = run(&mut *session, &step, &*dialect, &builder.watch)?;
        drop(session);
        // What runs code of the reference's that does not run is refused by name, and the rest is tried without it.
        let broken = refused.iter().filter_map(|(at, why)| does_not_run(at, why, &goal));
        // One that is left out already and is refused all the same is no case for another round.
        let is_new = |one: &Refusal| !asked.excused.iter().any(|known| known.kind == one.kind && known.object == one.object);
        let broken: Vec<Refusal> = broken.filter(is_new).collect();
        if !broken.is_empty() {
            let more = broken.iter().map(|one| Excused { kind: one.kind, object: one.object.clone(), attribute: None });
            let excused: Vec<Excused> = asked.excused.iter().cloned().chain(more).collect();
            let (mut patch, more) = tried(whole, candidate, &Asked { excused: &excused, ..*asked }, builder)?;
            patch.plan.refused.extend(broken);
            patch.plan.refused.sort();
            return Ok((patch, more));
        }
        // Whether there is a way from one version to the other, the server's files say.
        for ((kind, object), why) in refused.extract_if(.., |(kind, _), _| *kind == Kind::ExtensionVersion) {
            planned.steps.retain(|step| step.kind != kind || step.object != object);
            planned.refused.push(Refusal { kind, object, reason: format!("a throwaway server says: {why}") });
        }
        let is_extension = |kind: &Kind| *kind == Kind::Extension;
        lacking.extend(
            refused.iter().filter(|((kind, _), _)| is_extension(kind)).map(|((_, object), why)| format!("extension {object}: {why}")),
        );
        failed.extend(refused.iter().map(|((kind, object), why)| format!("{} {object}: {why}", kind.name())));
        given_up.extend(refused.into_iter().map(|((kind, object), why)| {
            let ours = || format!("a throwaway server refuses the statement for it, which is a fault of evenkeel to be reported: {why}");
            let reason = put_aside(kind, &object, candidate).unwrap_or_else(ours);
            Refusal { kind, object, reason }
        }));
        seen = look(&*built.scratch, &built.database, &*dialect, &builder.watch)?;
        odd = left(&seen, reference, &*dialect);
        odd.retain(|one| !is_named(&planned, one));
        // Of what was not asked for, only what was there has to be there still.
        odd.retain(|one| is_told(one.kind) || one.what != Odd::Extra);
        odd.retain(|one| !built.left.iter().chain(&untold).any(|other| other.kind == one.kind && other.object == one.object));
        if odd.is_empty() || !failed.is_empty() || rounds == ROUNDS {
            break;
        }
        step = plan(&World::of(&seen), &goal, &*dialect, form);
        // What was refused once is said once, and what the first plan has done is not undone.
        step.steps.retain(|one| odd.iter().any(|left| left.kind == one.kind && left.object == one.object));
        if step.steps.is_empty() {
            // What follows from the first plan, and no statement mends.
            step.refused.retain(|one| odd.iter().any(|left| left.kind == one.kind && left.object == one.object));
            planned.append(step);
            odd.retain(|one| !is_named(&planned, one));
            break;
        }
        planned.append(step.clone());
    }
    // What differs because something that it needs stays as it is, is no more ours than that.
    consequences(&mut odd, &mut planned, asked.excused, (&world, &goal));
    // What is refused stays as it is: where it would have been made anew, it would be gone.
    let after = World::of(&seen);
    let is_gone = |one: &Refusal| {
        let at = |world: &World<'_>| world.shown(one.kind.name(), &one.object).is_some();
        at(&world) && at(&goal) && !at(&after) && !asked.excused.iter().any(|known| known.kind == one.kind && known.object == one.object)
    };
    let gone: Vec<Refusal> = planned.refused.iter().filter(|one| is_gone(one)).cloned().collect();
    if failed.is_empty() && !gone.is_empty() {
        let why = "what is refused would be gone".to_owned();
        return Ok((with(planned, Proof::Not { why }, failed, odd, built.left), gone));
    }
    // What was refused and came about all the same, as a consequence of something else, is no refusal.
    let still = left(&seen, reference, &*dialect);
    let refused = planned.refused.len();
    planned.refused.retain(|refusal| still.iter().any(|one| one.kind == refusal.kind && one.object == refusal.object));
    planned.unsaid.extend(built.left.iter().map(|left| format!("what could not be built for the trial: {}", left.words())));
    let mut is_as_planned = true;
    if failed.is_empty()
        && odd.is_empty()
        && let Some(spare) = spare
    {
        let came = without(&mut planned, (spare, &built.database), (&built.seen, reference), builder)?;
        is_as_planned = came.is_as_planned;
        failed = came.failed;
        if !failed.is_empty() {
            let why = "tried on a throwaway server, it does not run without what is commented out".to_owned();
            return Ok(alone(with(planned, Proof::Not { why }, failed, odd, built.left)));
        }
    }
    if failed.is_empty() && odd.is_empty() {
        let server = built.scratch.describe();
        // What more than the plan decided is not told by the plan.
        let is_plain = is_as_planned && rounds == 1 && built.left.is_empty() && refused == planned.refused.len();
        if let Some(ground) = ground.filter(|_| is_plain) {
            asked.proofs.keep(&ground, &server);
        }
        let proof = Proof::Proven { server };
        return Ok(alone(with(planned, proof, failed, odd, built.left)));
    }
    // What is not here to be tried with is no fault of the statements.
    // A table is made without the rights to it.
    let is_right = |kind: Kind| matches!(kind, Kind::Grant | Kind::Membership);
    let is_of_rights = given_up.iter().map(|one| one.kind).chain(odd.iter().map(|one| one.kind)).any(is_right);
    let is_about = |one: &&Left| is_of_rights || !is_right(one.kind);
    let lacks = built.left.iter().filter(is_about).map(Left::words).chain(lacking);
    let lacks: Vec<String> = lacks.take(NAMED).collect();
    if lacks.is_empty() {
        let why = "tried on a throwaway server, it does not make both the same".to_owned();
        return Ok((with(planned, Proof::Not { why }, failed, odd, built.left), given_up));
    }
    let why = format!("the throwaway server lacks what it is about: {}", lacks.join("; "));
    Ok(alone(with(planned, Proof::Not { why }, Vec::new(), Vec::new(), built.left)))
}
