//! Gates of a rehearsal: each says what it demands, where that stands, what was found, and whether it holds.

use super::again;
use super::asked::{self, Asked};
use super::gate::{Gate, Limits, Part, Target, time};
use super::larger::{Larger, at_once};
use super::load::{Load, Phase};
use super::told::Migration;
use crate::history::effect::Touch;
use crate::trace::{Blocked, Blocks, Class, Lock, Sort, Trace};
use std::time::Duration;

/// All gates of the parts that were asked for.
#[must_use]
pub fn gates(
    limits: &Limits,
    parts: &[Part],
    migrations: &[Migration],
    target: &Target,
    unexpected: Option<&Result<Vec<Touch>, String>>,
    load: Option<&Load>,
    asked: Option<&Asked>,
) -> Vec<Gate> {
    let mut gates = vec![runs(migrations)];
    if parts.contains(&Part::Run) {
        gates.push(rows(migrations, target));
        gates.push(hold(limits, migrations, target));
        gates.extend(time_out(migrations, target));
        gates.push(slots(migrations, target));
    }
    if parts.contains(&Part::Effect) {
        gates.push(effect(unexpected));
    }
    if parts.contains(&Part::Undo) {
        gates.push(again::undo(limits, migrations));
        gates.push(again::loss(limits, migrations, target));
        gates.extend(again::recovery(limits, migrations, target));
    }
    if parts.contains(&Part::Rerun) {
        gates.push(again::rerun(migrations));
    }
    if parts.contains(&Part::Estimate) {
        gates.push(estimated(target));
    }
    if parts.contains(&Part::Compatibility) {
        gates.extend(asked::gates(asked));
    }
    if parts.contains(&Part::Load) {
        gates.push(blocked(limits, migrations, target, load));
        gates.push(refused(load));
    }
    if let Some((migration, why)) = migrations.iter().find_map(|migration| Some((migration, migration.unwatched.as_ref()?))) {
        // What was not watched to its end says nothing; where nothing is, that is the reason.
        let is_all = migrations.iter().all(|other| other.unwatched.as_ref() == Some(why));
        let says_nothing = |gate: &&mut Gate| gate.holds == Some(true) || is_all && gate.holds.is_none();
        let watched = |gate: &&mut Gate| matches!(gate.part, Part::Run | Part::Load) && gate.name != Gate::RUN && says_nothing(gate);
        let words = if is_all { why.clone() } else { format!("{} was not watched to its end: {why}", migration.key) };
        for gate in gates.iter_mut().filter(watched) {
            (gate.holds, gate.found) = (None, words.clone());
        }
    }
    if let Some(migration) = migrations.iter().find(|migration| migration.stopped.is_some()) {
        // What did not run was not seen: nothing that was found until then holds for the release.
        let claims = |gate: &&mut Gate| gate.holds == Some(true) && !(gate.part == Part::Undo && limits.is_forward_only());
        for gate in gates.iter_mut().filter(claims) {
            gate.found = format!("{} until {} stopped; what is behind that was not seen", gate.found, migration.key);
            gate.holds = None;
        }
    }
    let (required, origin) = &limits.require;
    // Queries of the next application alone say nothing of the one that runs.
    let is_asked = asked.is_some_and(|asked| !asked.questions.is_empty());
    let is_looked_at = |part: &Part| parts.contains(part) && (*part != Part::Compatibility || is_asked);
    for part in required.iter().filter(|part| !is_looked_at(part)) {
        let why = if part.is_usual() { "left out by --only" } else { "nothing was given for it (--queries, --rows, --replica)" };
        let gate = Gate::new(*part, part.name(), "it was rehearsed", origin);
        gates.push(gate.found(None, format!("not covered: {why}")).because("What is demanded was not looked at."));
    }
    gates
}

fn runs(migrations: &[Migration]) -> Gate {
    let gate = Gate::new(Part::Run, Gate::RUN, "every statement runs", Limits::DEFAULT);
    let count: usize = migrations.iter().map(|migration| migration.statements.len()).sum();
    match migrations.iter().find_map(|migration| Some((migration, migration.stopped.as_ref()?))) {
        Some((migration, (place, why))) => gate.found(Some(false), format!("{}: {why}", migration.key)).at(place.as_ref()),
        None if migrations.is_empty() => gate.found(None, "nothing ran"),
        None if migrations.iter().any(|migration| migration.statements.is_empty() && migration.unwatched.is_none()) => {
            let empty = migrations.iter().find(|migration| migration.statements.is_empty()).map(|migration| migration.key.as_str());
            gate.found(None, format!("{} has no statement", empty.unwrap_or_default()))
        }
        None => gate.found(Some(true), format!("{} of {} migrations, {count} statements", migrations.len(), migrations.len())),
    }
}

/// What meets rows on the target met rows here, and does not depend on what is in them: values here are made up.
fn rows(migrations: &[Migration], target: &Target) -> Gate {
    let gate =
        Gate::new(Part::Run, "rows", "what meets rows on the target met rows, and does not depend on what is in them", Limits::DEFAULT);
    let all = || migrations.iter().flat_map(|migration| &migration.statements);
    let has_there = |name: &&String| target.rows.get(*name).is_none_or(|rows| *rows > 0);
    let there = |name: &String| target.rows.get(name).map_or_else(|| "an unknown number".to_owned(), u64::to_string);
    if let Some((trace, name)) = all().find_map(|trace| Some((trace, trace.emptied.iter().find(has_there)?))) {
        let words = format!("{} empties {name}, or lets it begin anew: what that means for rows there was not seen", trace.place);
        return gate.found(None, words).at(Some(&trace.place));
    }
    if let Some((trace, name)) =
        all().find_map(|trace| Some((trace, trace.grows_with.iter().filter(has_there).find(|name| target.met(&trace.place, name) == 0)?)))
    {
        let words = format!("{} works on rows of {name}, which has none here and {} on the target (--rows)", trace.place, there(name));
        return gate.found(None, words).at(Some(&trace.place));
    }
    match all().filter(|trace| trace.depends).find_map(|trace| Some((trace, trace.grows_with.iter().find(has_there)?))) {
        Some((trace, name)) => {
            let other = target.other(&trace.place).map(|other| format!("it ran on those of {}", other.name));
            let here = other.unwrap_or_else(|| "here they are others".to_owned());
            let words = format!("{} depends on what is in rows of {name}: {here}, there are {} on the target", trace.place, there(name));
            gate.found(None, words).at(Some(&trace.place))
        }
        None => gate.found(Some(true), "no statement depends on what is in rows that were there before"),
    }
}

/// Locks on what others use: those that keep them from reading or writing.
fn strong(trace: &Trace) -> impl Iterator<Item = &Lock> {
    trace.locks.iter().filter(|lock| lock.blocks >= Blocks::Writes && !lock.fresh && lock.kind != Sort::Overflow.name())
}

/// Relations whose size decides how long it is held and that are larger on the target than here, or may be: the name, and how much larger
/// in words.
pub(super) fn grows<'t>(trace: &'t Trace, target: &Target) -> Option<(&'t str, String)> {
    let sizes = trace.grows_with.iter().map(|name| {
        let here = target.met(&trace.place, name);
        (name.as_str(), target.rows.get(name).copied(), here)
    });
    let (name, there, here) =
        sizes.filter(|(_, there, here)| there.is_none_or(|there| there > *here)).max_by_key(|(_, there, _)| there.unwrap_or(u64::MAX))?;
    let there = there.map_or_else(|| "an unknown number of rows".to_owned(), |there| format!("{there} rows"));
    Some((name, format!("{there} on the target and {here} here")))
}

fn hold(limits: &Limits, migrations: &[Migration], target: &Target) -> Gate {
    let (limit, origin) = &limits.lock_hold;
    let gate = Gate::new(Part::Run, "lock-hold", format!("at most {}", time(*limit)), origin);
    let gate = gate
        .because("Whoever reads or writes there waits as long, and everybody behind them.")
        .do_this("split the file so that what takes long runs under a weaker lock, or in a transaction of its own");
    let of = |trace: &Trace, lock: &Lock| format!("{} on {} {}", lock.mode, lock.kind, lock.relation) + &format!(" ({})", trace.place);
    let mut longest: Option<(Duration, String, &Trace)> = None;
    let mut unknown: Option<(String, &Trace)> = None;
    for (which, migration) in migrations.iter().enumerate() {
        // A lock is held while what comes after it in the same transaction grows, too.
        for (at, trace) in migration.statements.iter().enumerate() {
            for lock in strong(trace) {
                let Some(high) = lock.held.high else {
                    unknown.get_or_insert((format!("{}: its end was not seen", of(trace, lock)), trace));
                    continue;
                };
                if lock.held.low > *limit {
                    let found = format!("{} held for {}", of(trace, lock), time(lock.held.low));
                    return gate.found(Some(false), found).at(Some(&trace.place));
                }
                if high > *limit {
                    unknown.get_or_insert((format!("{} held for {} to {}", of(trace, lock), time(lock.held.low), time(high)), trace));
                }
                if let Some(grown) = lasts((which, migration), at, high, target) {
                    let lasts = format!("{} lasts as long as {}", of(trace, lock), grown.words);
                    match grown.there {
                        Ok((low, _)) if low > *limit => {
                            let found = format!("{lasts}: estimated to be held for {} at least", time(low));
                            return gate.found(Some(false), found).at(Some(&trace.place));
                        }
                        Ok((low, high)) if high > *limit => {
                            unknown.get_or_insert((format!("{lasts}: estimated at {} to {}", time(low), time(high)), trace));
                        }
                        Ok((_, high)) => {
                            if longest.as_ref().is_none_or(|(known, ..)| high > *known) {
                                longest = Some((high, format!("{} (estimated)", of(trace, lock)), trace));
                            }
                        }
                        Err(why) => {
                            unknown.get_or_insert((format!("{lasts}: {why}"), trace));
                        }
                    }
                    continue;
                }
                if longest.as_ref().is_none_or(|(known, ..)| high > *known) {
                    longest = Some((high, of(trace, lock), trace));
                }
            }
        }
    }
    match (unknown, longest) {
        (Some((words, trace)), _) => gate.found(None, words).at(Some(&trace.place)),
        (None, Some((high, what, trace))) => {
            gate.found(Some(true), format!("the longest: {what}, at most {}", time(high))).at(Some(&trace.place))
        }
        (None, None) => gate.found(Some(true), "no lock on what was there before keeps anybody from reading or writing"),
    }
}

/// Work that a lock lasts as long as, and that is more on the target than here.
struct Grown {
    words: String,
    /// How long it lasts there, or why that is not known.
    there: Result<(Duration, Duration), String>,
}

/// Whether a lock of a statement, which was held so long here at the most, lasts as long as rows take that are more there: those of the
/// statement itself, or of one that runs behind it in the same transaction.
fn lasts((which, migration): (usize, &Migration), at: usize, high: Duration, target: &Target) -> Option<Grown> {
    let taken = migration.statements.get(at)?;
    let until = migration.statements.iter().skip(at).take_while(|other| at_once(taken, other, high));
    let (cause, (name, rows)) = until.filter(|other| other.class.grows()).find_map(|other| Some((other, grows(other, target)?)))?;
    Some(Grown {
        words: format!("{} of {name} takes, which has {rows}", work(cause.class)),
        there: later(target, |larger| larger.hold(&migration.statements, which, at, high)),
    })
}

/// What an estimate says, or why there is none.
fn later<T>(target: &Target, ask: impl FnOnce(&Larger) -> Result<T, String>) -> Result<T, String> {
    target.larger.as_ref().map_or_else(|| Err("it was not estimated (--rows 1%,3%,10%)".to_owned()), ask)
}

fn work(class: Class) -> &'static str {
    match class {
        Class::Rewrite => "the rewrite",
        Class::IndexBuild => "the index build",
        Class::Validation | Class::Scan => "the reading",
        Class::Data => "the change of rows",
        Class::CatalogOnly | Class::WaitsOnly | Class::Unknown => "the work",
    }
}

/// A statement that comes near the time-out that the role has there would be ended.
fn time_out(migrations: &[Migration], target: &Target) -> Option<Gate> {
    let limit = target.bounds.statement?;
    let gate = Gate::new(Part::Run, "statement-time", format!("less than {}", time(limit)), "statement_timeout of the target");
    let gate = gate.because("The server ends the statement, and the release with it.");
    let all = migrations.iter().flat_map(|migration| &migration.statements);
    let slowest = all.clone().max_by_key(|trace| trace.took)?;
    if slowest.took >= limit {
        return Some(gate.found(Some(false), format!("{} took {}", slowest.place, time(slowest.took))).at(Some(&slowest.place)));
    }
    let mut estimated: Option<(Duration, &Trace)> = None;
    let mut unknown: Option<(String, &Trace)> = None;
    for (which, migration) in migrations.iter().enumerate() {
        for (at, trace) in migration.statements.iter().enumerate().filter(|(_, trace)| trace.class.grows()) {
            let Some((name, rows)) = grows(trace, target) else { continue };
            let grown = format!("{} grows with {name}, which has {rows}", trace.place);
            // Of a statement alone: it holds its own locks for no shorter than it runs.
            match later(target, |larger| larger.hold(&migration.statements, which, at, Duration::ZERO)) {
                Ok((low, _)) if low >= limit => {
                    return Some(
                        gate.found(Some(false), format!("{grown}: estimated to take {} at least", time(low))).at(Some(&trace.place)),
                    );
                }
                Ok((low, high)) if high >= limit => {
                    unknown.get_or_insert((format!("{grown}: estimated at {} to {}", time(low), time(high)), trace));
                }
                Ok((_, high)) => {
                    if estimated.is_none_or(|(known, _)| high > known) {
                        estimated = Some((high, trace));
                    }
                }
                Err(why) => {
                    unknown.get_or_insert((format!("{grown}: {why}"), trace));
                }
            }
        }
    }
    Some(match (unknown, estimated) {
        (Some((words, trace)), _) => gate.found(None, words).at(Some(&trace.place)),
        (None, Some((high, trace))) if high > slowest.took => {
            gate.found(Some(true), format!("the slowest, {}, is estimated to take at most {}", trace.place, time(high)))
        }
        _ => gate.found(Some(true), format!("the slowest, {}, took {}", slowest.place, time(slowest.took))),
    })
}

/// Locks of one transaction against what the target has room for.
fn slots(migrations: &[Migration], target: &Target) -> Gate {
    let gate = Gate::new(Part::Run, "lock-slots", "less than half of the target's lock table", Limits::DEFAULT)
        .because("A transaction that fills the lock table fails with \"out of shared memory\", and so do others.");
    let most = migrations.iter().map(|migration| migration.statements.iter().map(|trace| trace.locks.len()).sum::<usize>()).max();
    let most = u64::try_from(most.unwrap_or_default()).unwrap_or(u64::MAX);
    match target.lock_slots {
        None if most == 0 => gate.found(Some(true), "no locks"),
        None => gate.found(None, "how many locks the target has room for is not known: its settings were not captured"),
        Some(slots) => gate.found(
            Some(most.saturating_mul(2) < slots),
            format!("{most} {} of one migration, {slots} there", if most == 1 { "lock" } else { "locks" }),
        ),
    }
}

/// Whether it is known how long the release takes there.
fn estimated(target: &Target) -> Gate {
    let gate = Gate::new(Part::Estimate, "estimate", "how long each statement takes on the target's size is told", Limits::DEFAULT);
    let Some(release) = target.larger.as_ref().and_then(|larger| larger.release.as_ref()) else {
        return gate.found(None, "nothing was estimated (--rows 1%,3%,10%)");
    };
    if release.enough {
        gate.found(Some(true), format!("all of it {} to {}", time(release.low), time(release.high)))
    } else {
        gate.found(None, release.why.clone())
    }
}

fn blocked(limits: &Limits, migrations: &[Migration], target: &Target, load: Option<&Load>) -> Gate {
    let (limit, origin) = &limits.blocked;
    let gate = Gate::new(Part::Load, "blocked-clients", format!("nobody waits longer than {}", time(*limit)), origin)
        .because("Users wait as long, and requests behind them pile up.")
        .do_this("take weaker locks, or shorter ones: evenkeel explain, docs/reference/locks.md");
    let Some(load) = load.filter(|load| load.before.requests > 0) else {
        return gate.found(None, "no client ran beside it: no table has a primary key, or none could ask");
    };
    if let Some(why) = &load.broken {
        return gate.found(None, format!("a client went away: {why}"));
    }
    let taken =
        || migrations.iter().flat_map(|migration| &migration.statements).flat_map(|trace| strong(trace).map(move |lock| (trace, lock)));
    let is_unused = |lock: &Lock| lock.kind == Sort::Table.name() && !load.tables.contains(&lock.relation);
    let unused = taken().find(|(_, lock)| is_unused(lock));
    let all = migrations
        .iter()
        .flat_map(|migration| &migration.statements)
        .flat_map(|trace| trace.blocked.iter().flatten().map(move |one| (trace, one)));
    let longest = all.max_by_key(|(_, one)| one.longest);
    let words = |trace: &Trace, one: &Blocked| {
        let on = if one.relation.is_empty() { String::new() } else { format!(" of {}", one.relation) };
        let clients = if one.clients == 1 { "1 wait".to_owned() } else { format!("{} waits", one.clients) };
        format!("{clients} for the {}{on} at {}, the longest {}", one.wait, trace.place, time(one.longest))
    };
    if let Some((trace, one)) = longest.filter(|(_, one)| one.longest > *limit) {
        return gate.found(Some(false), words(trace, one)).at(Some(&trace.place));
    }
    if let Some((trace, lock)) = unused {
        let found = format!(
            "no client used {}, on which {} takes {}: it has no primary key, or too many tables have",
            lock.relation, trace.place, lock.mode
        );
        return gate.found(None, found).at(Some(&trace.place));
    }
    // Who waits for a lock that lasts as long as rows take waits longer where there are more.
    let mut open: Option<(String, &Trace)> = None;
    for (which, migration) in migrations.iter().enumerate() {
        for (at, trace) in migration.statements.iter().enumerate() {
            // The one that is held longest.
            let Some(high) = strong(trace).map(|lock| lock.held.high.unwrap_or(Duration::MAX)).max() else { continue };
            let Some(grown) = lasts((which, migration), at, high, target) else { continue };
            let upon = format!("who comes upon {} waits as long as {}", trace.place, grown.words);
            match grown.there {
                Ok((low, _)) if low > *limit => {
                    return gate.found(Some(false), format!("{upon}: {} at least, as estimated", time(low))).at(Some(&trace.place));
                }
                Ok((low, high)) if high > *limit => {
                    open.get_or_insert((format!("{upon}: {} to {}, as estimated", time(low), time(high)), trace));
                }
                Ok(_) => {}
                Err(why) => {
                    open.get_or_insert((format!("{upon}: {why}"), trace));
                }
            }
        }
    }
    if let Some((words, trace)) = open {
        return gate.found(None, words).at(Some(&trace.place));
    }
    match longest {
        Some((trace, one)) => gate.found(Some(true), words(trace, one)),
        None => gate.found(Some(true), format!("none of {} clients was seen to wait, in {} requests", load.clients, load.during.requests)),
    }
}

fn refused(load: Option<&Load>) -> Gate {
    let gate =
        Gate::new(Part::Load, "refused-clients", "no request that ran before is refused during the release or after it", Limits::DEFAULT)
            .because("The application that runs now fails the same way until the next one is deployed.")
            .do_this("make the change in two releases: what both versions can live with first");
    let Some(load) = load.filter(|load| load.before.requests > 0) else { return gate.found(None, "no client ran beside it") };
    let before =
        |code: &str, sql: &str| load.refused.iter().any(|(phase, known, _, of, _)| *phase == Phase::Before && known == code && of == sql);
    let alone = |sql: &str| load.unsaid.iter().any(|one| one.sql == sql);
    match load.refused.iter().find(|(phase, code, _, sql, _)| *phase != Phase::Before && !before(code, sql) && !alone(sql)) {
        Some((phase, code, count, sql, message)) => {
            let short: String = sql.chars().take(80).collect();
            gate.found(Some(false), format!("{count} requests {} the release: {message} ({code}), as of {short}", phase.name()))
        }
        None if !load.unsaid.is_empty() => {
            let first = load.unsaid.first().map(|one| format!("{}: {}", one.place, one.why)).unwrap_or_default();
            gate.found(None, format!("{} queries of the workload say nothing: {first}", load.unsaid.len()))
        }
        None => gate.found(Some(true), format!("none of {}", load.before.requests + load.during.requests + load.after.requests)),
    }
}

fn effect(unexpected: Option<&Result<Vec<Touch>, String>>) -> Gate {
    let gate = Gate::new(Part::Effect, "effect", "the schema after it is the one that is expected", "--expect")
        .because("The release makes something else than was agreed on.");
    match unexpected {
        None => Gate::new(Part::Effect, "effect", "the schema after it was captured", Limits::DEFAULT).found(Some(true), "captured"),
        Some(Err(why)) => gate.found(None, why.clone()),
        Some(Ok(touches)) if touches.is_empty() => gate.found(Some(true), "as expected"),
        Some(Ok(touches)) => {
            let first = touches.first().map(|touch| format!("{} {}", touch.spot.kind.name(), touch.spot.display())).unwrap_or_default();
            let more = touches.len() - 1;
            gate.found(
                Some(false),
                if more > 0 { format!("{first} and {more} more are otherwise") } else { format!("{first} is otherwise") },
            )
        }
    }
}
