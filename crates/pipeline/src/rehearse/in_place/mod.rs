//! A release where others are at work: each of its transactions that may run there runs, watched, and is given up.
//!
//! Lives here: what is looked at before and after, the claim, the journal. `site` says where it may be at all, `plan` which transactions
//! could run alone, `turn` runs one, `stood` sees whether anything stays, `said` is what the journal has of it. Does not live here: what a rollback undoes (the port's `Rollback`).

mod plan;
mod said;
mod site;
mod stood;
mod turn;

pub use site::{Site, Standing, by_tier, halted, refused, unfinished};

use super::pending::Release;
use super::sizes;
use crate::capture::Source;
use crate::digest::tree;
use crate::lease;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::history::effect::effect;
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{
    Act, Claim, Claimed, Ending, Engine, Entry, Environment, Event, Intended, Intention, Limits, May, Meant, Opening, Orphan, Request,
    Rollback, Room, Run, Silent, State, Watch, Wish,
};
use evenkeel_core::rehearsal::{After, Course, Group, InPlace, Rehearsal, bytes};
use plan::{Line, Planned, plan, word};
use said::{act, words};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use stood::{Stood, after};
use turn::Turn;

/// Dimensions whose digest must be as before.
pub const UNTOUCHED: [Dimension; 4] = [Dimension::Schema, Dimension::Privileges, Dimension::History, Dimension::Configuration];

/// Bounds where the target has none.
const LOCK: Duration = Duration::from_secs(5);
const STATEMENT: Duration = Duration::from_secs(30);

/// Runs what may run there, after it was rehearsed on a throwaway server.
///
/// # Errors
/// It may not be written to, or its locks are not to be had; the store cannot be written; the end was asked for. What the server does
/// about a statement is none.
pub fn run(
    site: &Site<'_>,
    release: &Release,
    (target, told): (&Manifest, &mut Rehearsal),
    limits: Limits,
    run: &Run<'_>,
    engine: &dyn Engine,
) -> Result<InPlace, Box<Trouble>> {
    let rollback = engine.rollback()?;
    let Source::Live { environment, request } = site.source else {
        return Err(Box::new(Trouble::new(Class::Usage, format!("nothing can be run on {}", site.source.label()))));
    };
    if told.bounds.statement.is_none() {
        told.notes.push(format!("{} runs a statement without a bound there (statement_timeout is 0)", told.role));
    }
    let migrations = std::mem::take(&mut told.migrations);
    let work = Work { site, target, environment: &**environment, request, limits, run, engine, rollback, tool: release.tool };
    let came = work.all(plan(release, &migrations), told);
    told.migrations = migrations;
    came
}

struct Work<'a> {
    site: &'a Site<'a>,
    target: &'a Manifest,
    environment: &'a dyn Environment,
    request: &'a Request,
    limits: Limits,
    run: &'a Run<'a>,
    engine: &'a dyn Engine,
    rollback: &'a dyn Rollback,
    tool: Option<&'a str>,
}

impl Work<'_> {
    fn all(&self, planned: Vec<Planned<'_>>, told: &mut Rehearsal) -> Result<InPlace, Box<Trouble>> {
        let (lock, statement) = (told.bounds.lock.unwrap_or(LOCK), told.bounds.statement.unwrap_or(STATEMENT));
        let mut came = InPlace {
            environment: self.site.name.to_owned(),
            server: format!("{} {}", self.site.looked.engine.name(), self.site.looked.server_version),
            role: self.site.role.unwrap_or(&self.site.looked.role).to_owned(),
            run: None,
            lock,
            statement,
            groups: Vec::new(),
            left: Vec::new(),
            after: After::Untouched,
            rows: Vec::new(),
        };
        let settled = self.settled()?;
        if planned.iter().all(|one| one.barred.is_some()) {
            came.groups = planned.iter().map(|one| barred(one, one.barred.clone().unwrap_or_default())).collect();
            return Ok(came);
        }
        let acts: Vec<Act> = planned.iter().filter(|one| one.barred.is_none()).map(act).collect();
        let intention = Intention {
            verb: Intention::REHEARSE.to_owned(),
            environment: self.site.name.to_owned(),
            target: self.environment.describe(),
            by: self.site.by.to_owned(),
            owner: self.site.owner.clone(),
            reason: None,
            snapshot: None,
            ground: told.baseline.clone().unwrap_or_default(),
            digest: Intention::digest_of(&acts),
            artifact: None,
            rewritten: None,
            acts,
        };
        let gone: Vec<&Entry> = settled.iter().collect();
        let intended = Intended::write(self.site.store, &intention, &gone)?.map_err(|other| {
            let trouble = Trouble::new(Class::Usage, format!("nothing is rehearsed on {} now", self.site.name));
            let trouble = trouble.expected("nobody at work there").found(lease::held(&other)).origin(self.site.store.describe());
            Box::new(trouble.fix("wait until it has ended: evenkeel runs"))
        })?;
        came.run = Some(intended.number());
        let done = lease::beating(&intended, || self.claimed(&intended, planned, told, &settled, came));
        match &done {
            Ok(came) => {
                let tried = came.tried().count();
                let is_whole =
                    came.groups.iter().all(|group| !matches!(group.course, Course::Bound(..) | Course::Broken(_) | Course::Refused(..)));
                let words = format!("{tried} of {} transactions ran, and were rolled back", came.groups.len());
                intended.ended(if is_whole { Ending::Done } else { Ending::Stopped }, &words)?;
            }
            Err(trouble) => intended.ended(Ending::Stopped, &format!("{trouble}; what had run was rolled back"))?,
        }
        done
    }

    /// Runs that are gone and gave nothing back; one that is there still, or that nobody can tell of, keeps everything away.
    fn settled(&self) -> Result<Vec<Entry>, Box<Trouble>> {
        halted(self.site.store, self.site.name)?;
        unfinished(self.site.store, self.site.name, self.site.is_there)
    }

    fn claimed(
        &self,
        intended: &Intended<'_>,
        planned: Vec<Planned<'_>>,
        told: &mut Rehearsal,
        settled: &[Entry],
        mut came: InPlace,
    ) -> Result<InPlace, Box<Trouble>> {
        self.run.watch.see(Event::Step { what: &format!("in place on {}", self.site.name) });
        let orphaned: Vec<_> = settled.iter().flat_map(Orphan::of).collect();
        let recorded = self.captured(&[Dimension::History])?;
        let places = crate::history::places(&recorded);
        let tool = places.iter().find(|place| self.tool.is_some_and(|tool| place.may_be(tool))).or(places.first()).copied();
        let wish = Wish { intended, tool, patience: self.site.patience, limits: self.limits, orphaned: &orphaned };
        let mut claim = match self.environment.claim(&wish, &self.run.watch)? {
            Claimed::Held(claim) => claim,
            Claimed::Taken(who) => {
                let trouble = Trouble::new(Class::CouldNotTell, format!("nothing is rehearsed on {} now", self.site.name));
                return Err(Box::new(trouble.expected("the locks of evenkeel and of the tool that migrates it").found(who)));
            }
        };
        site::settle(self.site, settled, intended.number())?;
        let flights = self.environment.flights(&self.limits, &claim.sessions(), &places, &self.run.watch)?;
        if let Some(line) = flights.seen.first() {
            let trouble = Trouble::new(Class::CouldNotTell, format!("nothing is rehearsed on {} now", self.site.name));
            return Err(Box::new(trouble.expected("nothing in flight").found(line.clone()).fix("wait until it has ended")));
        }
        told.gaps.extend(flights.hidden);
        let done = self.held(&mut *claim, intended, planned, told, &mut came);
        let released = claim.release();
        done?;
        told.notes.extend(released.err().map(|trouble| trouble.to_string()));
        Ok(came)
    }

    fn held(
        &self,
        claim: &mut dyn Claim,
        intended: &Intended<'_>,
        planned: Vec<Planned<'_>>,
        told: &mut Rehearsal,
        came: &mut InPlace,
    ) -> Result<(), Box<Trouble>> {
        // Now that nobody of ours or of the tool can change it.
        let [one, two, three, four] = UNTOUCHED;
        let before = self.captured(&[one, two, three, four, Dimension::Data])?;
        let mut asking = claim.session(&[])?;
        let whole = self.unlike(&before).map_or_else(|| self.rollback.forbids(&mut *asking), |why| Ok(Some(why)))?;
        let judged = planned.into_iter().map(|one| self.judged(&mut *asking, one, whole.as_deref())).collect::<Result<Vec<_>, _>>()?;
        let judged = carried(judged);
        let touched: BTreeSet<String> = judged.iter().flat_map(|one| &one.planned.lines).flat_map(Line::touched).collect();
        let stood = Stood::of(self.rollback, &mut *asking, &touched)?;
        let mut hidden = self.rollback.hidden(&mut *asking)?;
        drop(asking);
        let role = self.site.role_to_take();
        // A role that is taken brings none of its settings along.
        let settings = role.map(|role| self.engine.migration_settings(&before, Some(role))).unwrap_or_default();
        let entering = self.engine.entering(&before).filter(|_| role.is_none());
        let opening = Opening { role, settings: &settings, lock: came.lock, statement: came.statement };
        let (mut at, mut has_run, mut log) = (0_u32, false, 0_u64);
        let mut stopped: Option<String> = None;
        for one in judged {
            let act = one.act.then_some(at);
            at += u32::from(one.act);
            if one.why.is_none() && one.runs.len() == one.sets.len() {
                // It holds for what comes after it, and takes nothing.
                told.notes.extend(one.skipped.iter().map(|(place, why)| format!("{place}: {why}")));
                if let Some(act) = act {
                    intended.became(act, State::Done, Some("it only sets something for its session"))?;
                }
                continue;
            }
            let mut group = barred(&one.planned, String::new());
            group.skipped = one.skipped.iter().map(|(place, why)| (place.clone(), why.clone())).collect();
            let predicted = self.predicted(&one, &stood.rooms);
            group.bytes = predicted.as_ref().ok().copied();
            let why = stopped.clone().or(one.why.clone()).or_else(|| predicted.and_then(|count| self.fits(count)).err());
            if let Some(why) = why {
                if let Some(act) = act {
                    intended.became(act, State::Failed, Some(&why))?;
                }
                group.course = Course::Elsewhere(why);
                came.groups.push(group);
                continue;
            }
            claim.check()?;
            if let Some(act) = act {
                intended.begins(act)?;
            }
            let turn = Turn {
                rollback: self.rollback,
                observer: self.engine.observer()?,
                opening,
                entering: entering.as_deref(),
                carried: &one.carried,
                bytes: *self.site.bytes.0,
                watch: self.run.watch,
            };
            let lines: Vec<&Line<'_>> = one.runs.iter().filter_map(|at| one.planned.lines.get(*at)).collect();
            has_run = true;
            let turned = turn.run(claim, &lines);
            if let Some(act) = act {
                let (state, words) = match &turned {
                    Ok(turned) => words(&turned.course),
                    Err(trouble) => (State::Failed, trouble.to_string()),
                };
                intended.became(act, state, Some(&words))?;
            }
            let turned = turned?;
            log = log.saturating_add(turned.statements.iter().map(|trace| trace.log_bytes).sum());
            told.gaps.extend(turned.broken);
            group.statements = turned.statements;
            group.waits = turned.waits;
            if let Course::Broken(why) = &turned.course {
                stopped = Some(format!("everything was stopped: {why}"));
            }
            let stands_alone = came.groups.is_empty();
            group.course = match turned.course {
                Course::Refused(place, why) if !stands_alone => {
                    let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
                    Course::Broken(format!("{place}{why}: it may miss what comes before it, which was given up in place"))
                }
                other => other,
            };
            came.groups.push(group);
        }
        came.rows = sizes::volumes(&before).into_iter().map(|(name, volume)| (name, volume.rows)).collect();
        if has_run {
            let looked = self.captured(&UNTOUCHED).and_then(|now| {
                let mut asking = claim.session(&[])?;
                // Who came meanwhile, too.
                hidden = hidden.take().or(self.rollback.hidden(&mut *asking)?);
                Ok((now, Stood::of(self.rollback, &mut *asking, &touched)?))
            });
            let drawn = drawn(&touched, &came.groups);
            came.after = after(self.site.name, (&before, &stood), looked, &drawn, (&mut came.left, &mut told.gaps));
            came.left.extend(
                (log > 0).then(|| format!("{} of log were written meanwhile, those of others included: replicas get it too", bytes(log))),
            );
        }
        told.gaps.extend(hidden);
        Ok(())
    }

    fn captured(&self, dimensions: &[Dimension]) -> Result<Manifest, Box<Trouble>> {
        let request = Request { dimensions: dimensions.to_vec(), ..self.request.clone() };
        self.environment.capture(&request, &Watch { watcher: &Silent, stop: self.run.watch.stop })
    }

    /// Why what was seen on a throwaway server says nothing of that place.
    fn unlike(&self, before: &Manifest) -> Option<String> {
        let name = self.site.name;
        if before.endpoint.is_same_database(self.site.looked) != Some(true) {
            return Some(format!("another server or database answers for {name} than the one that was looked at"));
        }
        let digest = |manifest: &Manifest| tree(manifest).branch(Dimension::Schema).map(|branch| branch.digest);
        let gap = |manifest: &Manifest| manifest.gaps.iter().find(|gap| gap.dimension == Dimension::Schema).map(|gap| gap.detail.clone());
        if let Some(why) = gap(before).or_else(|| gap(self.target)) {
            return Some(format!("whether {name} has the schema of the target is not known: {why}"));
        }
        if digest(before) != digest(self.target) {
            let first = effect(self.target, before).into_iter().next();
            let first = first.map(|touch| format!(": {} {}", touch.spot.kind.name(), touch.spot.display())).unwrap_or_default();
            return Some(format!("{name} has another schema than the target, so nobody has seen what would run there{first}"));
        }
        None
    }

    /// What may become of one, by its text and by what the place has.
    fn judged<'r>(
        &self,
        asking: &mut dyn evenkeel_core::port::Session,
        planned: Planned<'r>,
        whole: Option<&str>,
    ) -> Result<Judged<'r>, Box<Trouble>> {
        let mut judged = Judged { act: planned.barred.is_none(), ..Judged::of(planned) };
        // What it sets holds for those after it whether it runs there or not.
        judged.why = judged.planned.barred.clone().or_else(|| self.recorded(&judged.planned)).or(whole.map(str::to_owned));
        let mut so_far = BTreeSet::new();
        let mut touched = Vec::new();
        for line in &judged.planned.lines {
            so_far.extend(line.touched());
            // What one statement ties together the next may reach.
            touched.push(if line.is_data() { so_far.clone() } else { line.touched() });
        }
        let lines = || judged.planned.lines.iter().zip(&touched);
        let meant: Vec<Meant<'_>> = lines().map(|(line, touched)| Meant { text: line.text, touched, is_data: line.is_data() }).collect();
        let may = self.rollback.may(asking, &meant)?;
        for (at, (line, may)) in judged.planned.lines.iter().zip(may).enumerate() {
            match may {
                May::Run => judged.runs.push(at),
                May::Sets => {
                    judged.runs.push(at);
                    judged.sets.push(line.text);
                }
                May::Skip(why) => {
                    if word(line).is_none() {
                        judged.skipped.push((line.place.clone(), why));
                    }
                }
                May::Not(why) => {
                    judged.why.get_or_insert_with(|| format!("{}: {why}", line.place));
                }
            }
        }
        Ok(judged)
    }

    /// That the place's record has it already.
    fn recorded(&self, planned: &Planned<'_>) -> Option<String> {
        let known = planned.migrations.iter().find_map(|key| self.site.recorded.get(key));
        known.map(|why| format!("{}: {why}", self.site.name))
    }

    /// Bytes that it writes at the most.
    fn predicted(&self, one: &Judged<'_>, rooms: &BTreeMap<String, Room>) -> Result<u64, String> {
        let traces = one.planned.lines.iter().filter(|line| word(line).is_none()).filter_map(|line| line.trace);
        traces.map(|trace| self.rollback.writes(trace, rooms)).try_fold(0_u64, |sum, count| Ok(sum.saturating_add(count?)))
    }

    fn fits(&self, count: u64) -> Result<(), String> {
        let (most, origin) = self.site.bytes;
        if count <= *most {
            return Ok(());
        }
        let there = "dead rows, new files and log";
        Err(format!("it may write {} ({there}), and may write {} (in_place_bytes, {origin})", bytes(count), bytes(*most)))
    }
}

/// Relations that the release locks, by what was seen on scratch and in place: sequences that it draws from among them.
fn drawn(touched: &BTreeSet<String>, groups: &[Group]) -> BTreeSet<String> {
    let there = groups.iter().flat_map(|group| &group.statements).flat_map(|trace| &trace.locks);
    touched.iter().cloned().chain(there.filter(|lock| !lock.fresh).map(|lock| lock.relation.clone())).collect()
}

/// A transaction, judged.
struct Judged<'r> {
    planned: Planned<'r>,
    /// It stands in the journal.
    act: bool,
    why: Option<String>,
    /// Which of its statements run.
    runs: Vec<usize>,
    /// What it sets for the session beyond itself.
    sets: Vec<&'r str>,
    /// What earlier ones have set.
    carried: Vec<&'r str>,
    skipped: Vec<(evenkeel_core::finding::Place, String)>,
}

impl<'r> Judged<'r> {
    const fn of(planned: Planned<'r>) -> Self {
        Self { planned, act: false, why: None, runs: Vec::new(), sets: Vec::new(), carried: Vec::new(), skipped: Vec::new() }
    }
}

/// What a session was set to holds for what comes after it, and is no transaction by itself.
fn carried(judged: Vec<Judged<'_>>) -> Vec<Judged<'_>> {
    let mut all: Vec<Judged<'_>> = Vec::new();
    let (mut set, mut unset): (Vec<&str>, Option<String>) = (Vec::new(), None);
    for mut one in judged {
        one.carried.clone_from(&set);
        if one.why.is_none() {
            one.why.clone_from(&unset);
        }
        set.extend(&one.sets);
        let is_session = |line: &Line<'_>| line.statement.nature == evenkeel_core::statement::Nature::Session;
        if one.why.is_some() && unset.is_none() && one.planned.lines.iter().any(is_session) && one.sets.is_empty() && one.skipped.is_empty()
        {
            let place = one.planned.place().map(|place| place.to_string()).unwrap_or_default();
            unset = Some(format!("{place} sets something for its session that was not set in place"));
        }
        all.push(one);
    }
    all
}

fn barred(planned: &Planned<'_>, why: String) -> Group {
    Group {
        migrations: planned.migrations.clone(),
        place: planned.place(),
        course: Course::Elsewhere(why),
        statements: Vec::new(),
        skipped: Vec::new(),
        bytes: None,
        waits: Vec::new(),
    }
}
