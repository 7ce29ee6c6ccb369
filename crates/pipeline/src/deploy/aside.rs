//! A way back that drops nothing in which something is: tables and columns that would go get another name, are made to keep nobody from
//! writing, and stay until a later release drops them.
//!
//! It is worked out on a throwaway server with the environment's schema. There the way back runs statement by statement as it is written,
//! and before one that would take away something in which rows or values are, the schema is captured: what makes that inert, by whatever
//! name, is a plan from that schema, and so is what has it back. Both are run there. In the end the schema has to be the one to which the
//! way back leads as it is written. Does not live here: how such objects are known later (`core/manifest/deferred`).

use super::back::{Taking, beyond, shown, uncounted};
use super::deeds::said;
use super::inert::{VALUES, is_in, ran_by_another};
use super::putting::{Aside, aside};
use super::rewritten::{self, Anew, Instead, Kept};
use super::same::{exchanged, lost, turned_over};
use super::{Order, Proof};
use crate::migrations::Cut;
use crate::rehearse::{Place, Release};
use crate::replay::Stage;
use evenkeel_core::evidence::schema;
use evenkeel_core::fault::Trouble;
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Deferred, Manifest, Object};
use evenkeel_core::patch::Dialect;
use evenkeel_core::port::{Answer, Engine, Entry, Environment, Limits, Session, Watch};
use evenkeel_core::statement::{Grammar, Nature, Taken, Unseen, What};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// How something is put aside.
pub struct Putting<'a> {
    /// The environment with all that a throwaway server has to have in common with it.
    pub whole: &'a dyn Fn() -> Result<Manifest, Box<Trouble>>,
    /// Makes such servers.
    pub stage: Stage<'a>,
    /// The role that migrations run as, where somebody says so.
    pub role: Option<&'a str>,
    /// The day that stands in names, and the one from which what is kept may go.
    pub since: Date,
    pub due: Date,
}

/// Works it out where nobody has said that anything may be lost, and something would be: nothing where nothing would; why it cannot be done.
///
/// # Errors
/// The environment or the throwaway server cannot be reached, or the end was asked for.
pub fn keeping(
    (release, taking): (&Release, &Taking),
    target: &Manifest,
    order: &Order<'_>,
    engine: &dyn Engine,
    (environment, limits, watch): (&dyn Environment, &Limits, &Watch<'_>),
    earlier: &[Entry],
) -> Result<Result<Option<Kept>, String>, Box<Trouble>> {
    let stepwise = !engine.undoes_definitions();
    if stepwise {
        // What is half taken back goes on as it was begun, whatever is in it by now.
        let again = rewritten::again(earlier, release, engine.grammar()?);
        if rewritten::is_begun(earlier, release) || again.is_err() {
            return Ok(again);
        }
    }
    // What may change rows in other ways is told by the gate itself.
    let Proof::Evidence(statement, _) = &order.proof else { return Ok(Ok(None)) };
    if uncounted(statement, release).is_some() {
        return Ok(Ok(None));
    }
    let all = taking.all();
    // What was put aside before may go along: that is seen where it is tried.
    let has_earlier = target.deferred().next().is_some();
    let spares_all = taking.spares_all();
    let is_tried = spares_all && !all.is_empty() || has_earlier && !taking.gives_all();
    let Some(putting) = order.aside.filter(|_| is_tried && !release.cuts.is_empty()) else { return Ok(Ok(None)) };
    let counted = if spares_all { environment.filled(&all, limits, watch)? } else { Vec::new() };
    // What cannot be counted may be something.
    let filled: Vec<Vec<String>> = all.iter().zip(counted).filter(|(_, count)| *count != Ok(0)).map(|(name, _)| name.clone()).collect();
    if filled.is_empty() && !has_earlier {
        return Ok(Ok(None));
    }
    let grammar = engine.grammar()?;
    if stepwise && beyond(statement, release, grammar).is_some() {
        return Ok(Ok(None));
    }
    match super::deeds::deeds(release, &[]) {
        _ if stepwise => {}
        Ok(deeds) if deeds.iter().all(|deed| !deed.unrecorded) => {}
        Ok(_) => return Ok(Err("it runs in no transaction".to_owned())),
        Err(trouble) => return Ok(Err(trouble.to_string())),
    }
    Ok(kept(release, target, (&all, &filled), (grammar, stepwise), putting)?.map(Some))
}

/// Works it out for tables and columns in which something is; why it cannot be done.
///
/// # Errors
/// The throwaway server is lost, or the end was asked for.
fn kept(
    release: &Release,
    target: &Manifest,
    (made, filled): (&[Vec<String>], &[Vec<String>]),
    (grammar, stepwise): (&dyn Grammar, bool),
    putting: &Putting<'_>,
) -> Result<Result<Kept, String>, Box<Trouble>> {
    let manifest = (putting.whole)()?;
    if schema(&manifest) != schema(target) {
        return Ok(Err("the schema changed since it was looked at".to_owned()));
    }
    let stage = putting.stage;
    let place = match Place::make(&manifest, stage, (putting.role, None), (None, None)) {
        Ok(place) => place,
        Err(trouble) => {
            stage.watch.stop.check()?;
            return Ok(Err(format!("no throwaway server can be had on which it is tried: {trouble}")));
        }
    };
    let dialect = stage.engine.dialect(&manifest.endpoint)?;
    let written = place.forked(&stage.watch)?;
    let begin = place.look(&place.database, stage)?;
    if schema(&begin) != schema(target) {
        let odd = place.gaps.first().cloned().unwrap_or_else(|| "its digest is another".to_owned());
        return Ok(Err(format!("on a throwaway server the schema is not as it is there: {odd}")));
    }
    // Where each definition is a commit of its own no server numbers columns; there only statements run that give nothing another name.
    let columns = || match stepwise {
        true => Ok(BTreeMap::new()),
        false => stage.engine.observer()?.columns(&mut *place.scratch.session(&place.database)?),
    };
    let before = columns()?;
    let mut at = Bench {
        place: &place,
        stage,
        whole: &manifest,
        dialect: &*dialect,
        putting,
        stepwise,
        made,
        filled,
        given: BTreeSet::new(),
        begin,
        deferred: Vec::new(),
        stays: BTreeSet::new(),
    };
    let mut session = place.session(&place.database)?;
    let (mut cuts, mut anew) = (Vec::new(), Vec::new());
    for cut in &release.cuts {
        if stepwise {
            // What is set in one is not set in the next, as where it counts.
            session = place.session(&place.database)?;
        }
        let done = match at.cut(cut, &mut *session, grammar)? {
            Ok(done) => done,
            Err(why) => return Ok(Err(why)),
        };
        match rewritten::cut(cut, &done.instead, grammar) {
            Some(cut) => cuts.push(cut),
            None => return Ok(Err(format!("what is put into {} would not be read as it is meant", cut.migration.key))),
        }
        anew.push(done);
    }
    drop(session);
    if let Some(name) = filled.iter().find(|name| !at.stays.contains(*name)) {
        return Ok(Err(format!("no statement of the way back drops {} and nothing else", shown(name))));
    }
    if let Some(why) = plainly(&release.cuts, &written)? {
        return Ok(Err(format!("the way back does not run as it is written, on a throwaway server: {why}")));
    }
    let (with, without) = (place.look(&place.database, stage)?, written.look(&written.database, stage)?);
    if schema(&with) != schema(&without) {
        let odd = crate::patch::left(&with, &without, &*dialect);
        let words: Vec<String> = odd.iter().take(NAMED).map(|one| one.words()).collect();
        return Ok(Err(format!("with it the schema would not be as it was before: {}", words.join("; "))));
    }
    let Bench { deferred, stays, begin, .. } = at;
    // A column's table may have another name since.
    let there: Vec<Deferred> = with.deferred().collect();
    let seen = |one: &Deferred| there.iter().find(|seen| seen.kind == one.kind && seen.mark() == one.mark()).cloned();
    let Some(deferred) = deferred.iter().map(seen).collect::<Option<Vec<_>>>() else {
        return Ok(Err("what was put aside is not known by its name and comment".to_owned()));
    };
    let after = columns()?;
    let not = || if stepwise { turned_over(filled, &deferred, (&begin, &with)) } else { exchanged(filled, &deferred, (&before, &after)) };
    if let Some(why) = lost(&begin, &with).or_else(not) {
        return Ok(Err(why));
    }
    let text = if stepwise { rewritten::text(&anew, &stays, &deferred) } else { None };
    if stepwise && text.is_none() {
        return Ok(Err("what is put aside cannot be written into the journal".to_owned()));
    }
    let after = anew.into_iter().map(|anew| (anew.key, anew.after)).collect();
    Ok(Ok(Kept { release: Release { cuts, ..release.clone() }, deferred, stays, after, text }))
}

/// Kinds of types that get another name where what is kept needs them.
const TYPES: [Kind; 4] = [Kind::Enum, Kind::Domain, Kind::CompositeType, Kind::RangeType];
/// So many differences are named.
const NAMED: usize = 3;

/// Where it is worked out, and what came of it so far.
struct Bench<'a> {
    place: &'a Place,
    stage: Stage<'a>,
    /// The environment.
    whole: &'a Manifest,
    dialect: &'a dyn Dialect,
    putting: &'a Putting<'a>,
    /// Each definition is a commit of its own.
    stepwise: bool,
    /// Tables and columns that would go, and those of them in which something is.
    made: &'a [Vec<String>],
    filled: &'a [Vec<String>],
    /// Names that were given: with schema, and table where it is a column's.
    given: BTreeSet<[String; 3]>,
    /// As it is before the way back.
    begin: Manifest,
    deferred: Vec<Deferred>,
    stays: BTreeSet<Vec<String>>,
}

impl Bench<'_> {
    /// Runs one migration's way back; what takes the place of what is put aside in it.
    fn cut(&mut self, cut: &Cut, session: &mut dyn Session, grammar: &dyn Grammar) -> Result<Result<Anew, String>, Box<Trouble>> {
        // How its own words for transactions are meant is the concern of whoever runs it.
        if let Err(trouble) = said(cut) {
            return Ok(Err(trouble.to_string()));
        }
        let (mut instead, mut after) = (Vec::new(), Vec::new());
        for (at, script) in cut.up.iter().enumerate() {
            let text = &script.part.text;
            for (place, piece) in script.pieces.iter().enumerate() {
                let own = piece.text(text);
                let What::Statement(statement) = &piece.what else { continue };
                self.stage.watch.stop.check()?;
                match statement.beyond.unseen {
                    Some(Unseen::Computes) => return Ok(Err(format!("{} turns values into others", script.place(piece.start)))),
                    Some(Unseen::MakesRows) => {
                        return Ok(Err(format!("{} runs a query, which may do anything", script.place(piece.start))));
                    }
                    _ => {}
                }
                let taken = grammar.takes(statement, own);
                let types = taken.clone().filter(|taken| taken.iter().all(|one| one.is_type));
                let stays = taken.map(|taken| self.stays(&taken));
                if let Some(names) = stays.filter(|names| !names.is_empty()) {
                    let Some(names) = names.into_iter().collect::<Option<Vec<_>>>() else {
                        return Ok(Err(format!("{} drops other things too", script.place(piece.start))));
                    };
                    let kind = |name: &[String]| if name.len() == 3 { Kind::Column } else { Kind::Table };
                    let names: Vec<(Kind, Vec<String>)> = names.into_iter().map(|name| (kind(&name), name)).collect();
                    match self.put(&names, session, &mut after)? {
                        Ok(statements) => instead.push(Instead { script: at, piece: place, statements }),
                        Err(why) => return Ok(Err(format!("{}: {why}", script.place(piece.start)))),
                    }
                    continue;
                }
                if matches!(statement.nature, Nature::Transaction(_)) {
                    after.push(None);
                    continue;
                }
                let answer = session.run(own.trim())?;
                // What is kept needs its type.
                if let (Answer::Refused(_), Some(types)) = (&answer, &types) {
                    match self.types(types, session, &mut after)? {
                        Ok(statements) => instead.push(Instead { script: at, piece: place, statements }),
                        Err(why) => return Ok(Err(format!("{}: {why}", script.place(piece.start)))),
                    }
                    continue;
                }
                if let Answer::Refused(refused) = answer {
                    let place = script.place(piece.start);
                    return Ok(Err(format!("{place}: a throwaway server refuses it: {} ({})", refused.message, refused.code)));
                }
                after.push(self.stands()?);
            }
        }
        Ok(Ok(Anew::of(cut, instead, after)))
    }

    /// The schema as it is by now; where who runs code is part of its statement, with that.
    fn seen(&self) -> Result<Manifest, Box<Trouble>> {
        let dimensions = if self.stepwise { vec![Dimension::Schema, Dimension::Privileges] } else { vec![Dimension::Schema] };
        self.place.look_at(&self.place.database, &dimensions, self.stage)
    }

    /// The digest of the schema as it is by now, where what is in is told by that.
    fn stands(&self) -> Result<Option<String>, Box<Trouble>> {
        if self.stepwise { Ok(schema(&self.place.look(&self.place.database, self.stage)?)) } else { Ok(None) }
    }

    /// What a statement takes away, by names as they are on the server: nothing where none of it is to stay, and nothing for what nobody knows.
    fn stays(&self, taken: &[Taken]) -> Vec<Option<Vec<String>>> {
        let is = |name: &[String], one: &Taken| {
            let (schema, rest) = name.split_first().map_or(("", name), |(schema, rest)| (schema.as_str(), rest));
            let own: Vec<&str> = std::iter::once(one.name.as_str()).chain(one.column.as_deref()).collect();
            one.schema.as_deref().is_none_or(|said| said == schema) && rest.iter().map(String::as_str).eq(own)
        };
        let known: Vec<Option<Vec<String>>> = taken
            .iter()
            .map(|one| {
                let whole = Taken { column: None, ..one.clone() };
                // A column goes before its table that is to stay.
                let part = |name: &Vec<String>| {
                    let column = one.column.as_ref().filter(|_| is(name, &whole))?;
                    let all: Vec<String> = name.iter().chain([column]).cloned().collect();
                    let parts: Vec<&str> = all.iter().map(String::as_str).collect();
                    let is_there = self.begin.find(Kind::Column, &parts).is_some();
                    is_there.then_some(all)
                };
                let mut all = self.made.iter().filter_map(|name| if is(name, one) { Some(name.clone()) } else { part(name) });
                // Two of that name in two schemas are told by nobody.
                all.next().filter(|_| all.next().is_none())
            })
            .collect();
        // What is empty goes along where something beside it stays.
        let is_filled = |name: &Vec<String>| self.filled.iter().any(|filled| name.starts_with(filled));
        if known.iter().flatten().any(is_filled) { known } else { Vec::new() }
    }

    /// Why something is no more what it was where the way back begins: of a table, one of its columns.
    fn turned(&self, object: &Object, now: &Manifest) -> Option<String> {
        let now = now.whole();
        let is_of = |column: &&Object| column.identity == object.identity || is_in(column, object);
        let was = self.begin.of_kind(Kind::Column).iter().filter(is_of).chain(self.begin.apart().iter().filter(is_of));
        let is_kept = |column: &Object| {
            let name: Vec<String> = column.identity.parts().map(str::to_owned).collect();
            let parts: Vec<&str> = column.identity.parts().collect();
            self.stays.contains(&name)
                || now.find(Kind::Column, &parts).is_some_and(|now| VALUES.iter().all(|name| now.get(name) == column.get(name)))
        };
        let turned = was.filter(|column| column.kind == Kind::Column).find(|column| !is_kept(column));
        turned.map(|column| format!("the way back changes or drops column {} before", column.display()))
    }

    /// Puts types aside that what is kept needs.
    fn types(
        &mut self,
        types: &[Taken],
        session: &mut dyn Session,
        after: &mut Vec<Option<String>>,
    ) -> Result<Result<Vec<String>, String>, Box<Trouble>> {
        if self.deferred.is_empty() {
            return Ok(Err("a throwaway server refuses it, and nothing is kept that may need it".to_owned()));
        }
        let now = self.place.look(&self.place.database, self.stage)?;
        let mut names = Vec::new();
        for one in types {
            let is_it = |object: &&Object| {
                object.identity.part(1) == one.name && one.schema.as_deref().is_none_or(|schema| schema == object.identity.part(0))
            };
            let mut all = TYPES.iter().flat_map(|kind| now.of_kind(*kind)).filter(is_it);
            match (all.next(), all.next()) {
                (Some(only), None) => names.push((only.kind, only.identity.parts().map(str::to_owned).collect())),
                _ => return Ok(Err(format!("which type {} is meant is not told", one.name))),
            }
        }
        self.put(&names, session, after)
    }

    /// Puts them aside here, has them back, and puts them aside again: the statements that do. How the schema stands after each is added to
    /// what is known of that.
    fn put(
        &mut self,
        names: &[(Kind, Vec<String>)],
        session: &mut dyn Session,
        after: &mut Vec<Option<String>>,
    ) -> Result<Result<Vec<String>, String>, Box<Trouble>> {
        let now = self.seen()?;
        let mut world = now.clone();
        let (mut there, mut back, mut needs_opening, mut deferred) = (Vec::new(), Vec::new(), false, Vec::new());
        for (kind, name) in names {
            let parts: Vec<&str> = name.iter().map(String::as_str).collect();
            let Some(object) = world.find(*kind, &parts) else { return Ok(Err(format!("{} is not there", shown(name)))) };
            if let Some(why) = self.turned(object, &now).or_else(|| ran_by_another(object, &now, self.whole)) {
                return Ok(Err(why));
            }
            let days = (self.putting.since, self.putting.due);
            let Aside { statements, back: home, needs_opening: opening, deferred: one, after: then } =
                match aside(object, &world, self.dialect, (days, &mut self.given)) {
                    Ok(aside) => aside,
                    Err(why) => return Ok(Err(why)),
                };
            there.extend(statements);
            back.splice(0..0, home);
            needs_opening |= opening;
            deferred.push(one);
            world = then;
        }
        if needs_opening {
            back.splice(0..0, self.dialect.opening().iter().map(|line| (*line).to_owned()));
        }
        let place = self.place;
        // Whoever has code back that runs as somebody else may say so; nothing of it runs here.
        let mut own = if self.stepwise { place.scratch.session(&place.database)? } else { place.session(&place.database)? };
        for (what, statements) in [("", &there), ("to have it back, ", &back)] {
            for statement in statements {
                if let Answer::Refused(refused) = own.run(statement)? {
                    return Ok(Err(format!("{what}a throwaway server refuses {statement}: {} ({})", refused.message, refused.code)));
                }
            }
        }
        let again = self.seen()?;
        let run_as = |one: &Manifest| {
            let all = one.of_kind(Kind::Definer).iter();
            all.map(|one| (one.identity.clone(), one.text("definer").map(str::to_owned))).collect::<BTreeSet<_>>()
        };
        if run_as(&again) != run_as(&now) {
            return Ok(Err("what it runs would not come back with the rights that it ran with".to_owned()));
        }
        if schema(&again) != schema(&now) {
            let odd = crate::patch::left(&again, &now, self.dialect);
            let words: Vec<String> = odd.iter().take(NAMED).map(|one| one.words()).collect();
            return Ok(Err(format!("it would not come back as it was: {}", words.join("; "))));
        }
        for statement in &there {
            if let Answer::Refused(refused) = session.run(statement)? {
                return Ok(Err(format!("a throwaway server refuses {statement}: {} ({})", refused.message, refused.code)));
            }
            after.push(self.stands()?);
        }
        self.stays.extend(names.iter().filter(|(kind, _)| !TYPES.contains(kind)).map(|(_, name)| name.clone()));
        self.deferred.extend(deferred);
        Ok(Ok(there))
    }
}

/// The way back as it is written; why it does not run.
fn plainly(cuts: &[Cut], place: &Place) -> Result<Option<String>, Box<Trouble>> {
    let mut session = place.session(&place.database)?;
    for cut in cuts {
        for (_, line) in said(cut)?.0 {
            if let Answer::Refused(refused) = session.run(&line.text)? {
                return Ok(Some(format!("{} ({})", refused.message, refused.code)));
            }
        }
    }
    Ok(None)
}
