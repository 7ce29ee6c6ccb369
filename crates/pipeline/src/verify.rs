//! Whether what was deployed is as it was rehearsed, and what is in it holds together: each a gate. It reads only.
//!
//! Neighbours: `deploy`, which brings it there; `history`, which judges files, record and schema.

use crate::capture::{self, Source};
use crate::deploy::Proof;
use evenkeel_core::deployment::{Gate, Verified};
use evenkeel_core::evidence::{Step, schema, stands_as};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::history::effect::{Spot, Stand, found};
use evenkeel_core::history::told::History;
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_core::port::{Environment, Limits, Run};
use jiff::civil::Date;

/// What is read of an environment for this.
pub const DIMENSIONS: [Dimension; 2] = [Dimension::Schema, Dimension::History];
/// So many things are named.
const NAMED: usize = 5;

/// A query that a project has written down, and how many rows it may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub name: String,
    pub sql: String,
    pub rows: usize,
    /// Where it stands.
    pub origin: String,
}

/// What it is held against.
pub struct Wanted<'a> {
    pub environment: &'a str,
    pub proof: &'a Proof,
    /// What files, record and schema say; why they were not asked.
    pub history: Result<History, String>,
    /// Another environment that must have the same schema.
    pub against: Option<(&'a str, &'a Source)>,
    pub queries: &'a [Query],
    pub limits: Limits,
}

/// Looks at everything; `now` is what was captured of it.
///
/// # Errors
/// The environment cannot be read.
pub fn run(source: &Source, now: Manifest, wanted: &Wanted<'_>, run: &Run<'_>) -> Result<Verified, Box<Trouble>> {
    let (Source::Live { environment, .. } | Source::Split { primary: environment, .. }) = source else {
        let trouble = Trouble::new(Class::Usage, format!("{} is no server that can be looked at", source.label()));
        return Err(Box::new(trouble.expected("a live environment").found("a file")));
    };
    let mut gates = vec![
        seen(&now),
        result(wanted.proof, wanted.environment, &now),
        history(&wanted.history),
        sound(&now, run.engines.of(now.endpoint.engine).keys_vouch()),
        references(&now, &**environment, wanted, run)?,
    ];
    for query in wanted.queries {
        run.watch.stop.check()?;
        gates.push(asked(query, &**environment, wanted, run)?);
    }
    gates.extend(deferred(&now, run.today));
    if let Some((name, other)) = wanted.against {
        gates.push(alike(name, &now, &capture::manifest(other, run)?));
    }
    let evidence = match wanted.proof {
        Proof::Evidence(statement, _) => Some(statement.predicate.at.clone()),
        Proof::Unrehearsed | Proof::None(_) => None,
    };
    Ok(Verified { label: wanted.environment.to_owned(), target: environment.describe(), evidence, gates, is_dual: false })
}

/// What was put aside, which nothing else looks at; none where nothing was.
fn deferred(now: &Manifest, today: Date) -> Option<Gate> {
    let all: Vec<String> = now.deferred().map(|one| one.words(today)).collect();
    let limit = "what was put aside is told, and is no part of the schema";
    (!all.is_empty()).then(|| Gate::new("deferred", limit, Some(true), named(&all).join("; ")))
}

/// That nothing of schema and record was hidden.
fn seen(now: &Manifest) -> Gate {
    let gaps: Vec<String> = now.gaps.iter().map(|gap| format!("{}: {}", gap.dimension.name(), gap.detail)).collect();
    let cure = now.gaps.iter().find_map(|gap| gap.cure.clone()).unwrap_or_else(|| "evenkeel grants prints what the role needs".to_owned());
    Gate::none("seen", "nothing of schema and record is hidden", &[], &named(&gaps), "nothing is hidden").fix(cure)
}

/// That what was rehearsed stands as it was rehearsed.
fn result(proof: &Proof, environment: &str, now: &Manifest) -> Gate {
    const NAME: &str = "result";
    const LIMIT: &str = "what was rehearsed stands as it was rehearsed";
    let rehearse = format!("evenkeel rehearse --for {environment}, before it is deployed");
    let statement = match proof {
        Proof::Evidence(statement, _) => statement,
        Proof::Unrehearsed => return Gate::new(NAME, LIMIT, None, "there is no evidence").fix(rehearse),
        Proof::None(why) => return Gate::new(NAME, LIMIT, None, why.clone()).fix(rehearse),
    };
    let predicate = &statement.predicate;
    let steps: Vec<&Step> = predicate.steps.iter().collect();
    let (against, untold) = match stands_as(&steps, now) {
        Ok(against) if steps.len() == predicate.release.len() && !steps.is_empty() => (against, Vec::new()),
        Ok(against) => (against, vec!["the evidence does not say what each migration does: it was made by an older version".to_owned()]),
        Err(why) => (Vec::new(), vec![why]),
    };
    let whole = match predicate.steps.last().and_then(|step| step.result.clone()) {
        Some(digest) if schema(now).as_ref() == Some(&digest) => ", and all of the schema is as it was then",
        _ => "; the rest of the schema was not compared",
    };
    let nothing = format!("{}: everything that they touch{whole}", predicate.release.join(", "));
    Gate::none(NAME, LIMIT, &named(&against), &untold, &nothing).fix("evenkeel history says what is not as it should be")
}

/// That files, record and schema agree.
fn history(history: &Result<History, String>) -> Gate {
    const NAME: &str = "history";
    const LIMIT: &str = "files, record and schema agree";
    let fix = "evenkeel history says what is not as it should be, --repair what makes it so";
    match history {
        Err(why) => Gate::new(NAME, LIMIT, None, why.clone()).fix(fix),
        Ok(history) => {
            let holds = match history.exit_code {
                0 => Some(true),
                1 => Some(false),
                _ => None,
            };
            let open: Vec<String> = history.open();
            let found = match holds {
                Some(true) => format!("{} migrations", history.all().map(|one| one.migrations.len()).sum::<usize>()),
                Some(false) => {
                    named(&history.findings().iter().map(|finding| finding.found.clone().unwrap_or_default()).collect::<Vec<_>>())
                        .join("; ")
                }
                None => named(&open).join("; "),
            };
            Gate::new(NAME, LIMIT, holds, found).fix(fix)
        }
    }
}

/// That indexes are valid, constraints validated and enforced, triggers enabled.
fn sound(now: &Manifest, vouches: bool) -> Gate {
    let is_schema = |object: &&Object| object.kind.spec().dimension == Dimension::Schema;
    let is_faulty = |object: &&Object| found(&Spot::whole(object), now) == Stand::Faulty;
    let faulty = now.objects().iter().filter(is_schema).filter(is_faulty);
    let faulty: Vec<String> = faulty.map(|object| format!("{} {}", object.kind.name(), object.display())).collect();
    let (limit, nothing) = if vouches {
        ("indexes are valid, constraints validated, triggers enabled", "all are")
    } else {
        ("indexes are of use, constraints enforced", "all are; whether every row satisfies its checks was not looked at")
    };
    Gate::none("sound", limit, &named(&faulty), &[], nothing).fix("VALIDATE, or build anew, or drop it")
}

/// Whether what was rehearsed made it, or changed it.
fn is_of_release(proof: &Proof, object: &Object) -> bool {
    let Proof::Evidence(statement, _) = proof else { return false };
    let identity: Vec<String> = object.identity.parts().map(str::to_owned).collect();
    let made = statement.predicate.steps.iter().flat_map(|step| step.effect.iter().flatten());
    made.into_iter().any(|made| made.kind == object.kind.name() && made.identity == identity)
}

/// That what no validated foreign key vouches for has no orphans.
fn references(now: &Manifest, environment: &dyn Environment, wanted: &Wanted<'_>, run: &Run<'_>) -> Result<Gate, Box<Trouble>> {
    const LIMIT: &str = "no row refers to one that is not there";
    let is_open = |object: &&Object| object.text("type") == Some("foreign key") && found(&Spot::whole(object), now) == Stand::Faulty;
    let vouches = run.engines.of(now.endpoint.engine).keys_vouch();
    let is_made = |object: &&Object| object.text("type") == Some("foreign key") && is_of_release(wanted.proof, object);
    let keys = now.of_kind(Kind::Constraint).iter();
    let open: Vec<&Object> = keys.filter(|key| if vouches { is_open(key) } else { is_made(key) }).collect();
    if open.is_empty() {
        let nothing = if vouches {
            "every foreign key is validated and enforced"
        } else {
            "the release makes no foreign key; rows of others, which a session without foreign_key_checks may have let in, were not counted"
        };
        return Ok(Gate::new("references", LIMIT, Some(true), nothing));
    }
    let names: Vec<Vec<String>> = open.iter().map(|object| object.identity.parts().map(str::to_owned).collect()).collect();
    let (mut against, mut untold) = (Vec::new(), Vec::new());
    for (object, counted) in open.iter().zip(environment.orphans(&names, &wanted.limits, &run.watch)?) {
        match counted {
            Ok(0) => {}
            Ok(count) => against.push(format!("{}: {count} rows", object.display())),
            Err(why) => untold.push(format!("{}: {why}", object.display())),
        }
    }
    let which = if vouches { "that are not validated or not enforced" } else { "that the release made" };
    let nothing = format!("none, of {} foreign keys {which}", open.len());
    Ok(Gate::none("references", LIMIT, &named(&against), &untold, &nothing).fix("mend the rows, and validate the key"))
}

/// That a query of the project has no more rows than it may.
fn asked(query: &Query, environment: &dyn Environment, wanted: &Wanted<'_>, run: &Run<'_>) -> Result<Gate, Box<Trouble>> {
    let limit = format!("{}: at most {} rows", query.name, query.rows);
    let gate = match environment.rows(&query.sql, &wanted.limits, &run.watch)? {
        Ok(count) => Gate::new("query", limit, Some(count <= query.rows), format!("{}: {count} rows", query.name)),
        Err(why) => Gate::new("query", limit, None, format!("{}: {why}", query.name)),
    };
    Ok(gate.origin(&query.origin).fix("look at its rows; names in it are written with their schema, for no search_path is set"))
}

/// That another environment has the same schema.
fn alike(name: &str, now: &Manifest, other: &Manifest) -> Gate {
    let limit = format!("the schema is that of {name}");
    if now.endpoint.is_same_database(&other.endpoint) != Some(false) {
        return Gate::new("against", limit, None, format!("{name} is, or may be, the same database")).fix("name another environment");
    }
    let gaps = other.gaps.iter().filter(|gap| gap.dimension == Dimension::Schema).count();
    let (one, two) = (schema(now), schema(other));
    let holds = if gaps > 0 || one.is_none() { None } else { Some(one == two) };
    let found = match holds {
        Some(true) => "it is, by its digest".to_owned(),
        Some(false) => "it is not".to_owned(),
        None => format!("something of {name} was hidden, or there is nothing"),
    };
    Gate::new("against", limit, holds, found).fix(format!("evenkeel compare {name} names what differs"))
}

/// The first of many.
fn named(all: &[String]) -> Vec<String> {
    let more = all.len().saturating_sub(NAMED);
    all.iter().take(NAMED).cloned().chain((more > 0).then(|| format!("and {more} more"))).collect()
}
