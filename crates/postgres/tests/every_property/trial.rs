//! One case, tried: both sides made and captured. What that means everywhere, and what came out, is
//! the testkit's `property`.

use evenkeel_core::compare::Scope;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Gap, Manifest, Reason};
use evenkeel_core::port::{Engine as _, Environment, Request, Watch};
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::engine::Postgres;
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_postgres::scratch::{Options, ReplicaOptions, Scratch};
use evenkeel_testkit::property::{self, Case, both, judge};

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
    judge(case, &reference, &candidate, &standing)
}

/// The loop of a fix, closed on the candidate.
fn closed(case: &Case, candidate: &Database, captured: &(Manifest, Manifest)) -> Result<(), String> {
    let apply = |fix: &str| {
        // Not as one: that would be one transaction, which not every statement may run in.
        let statements = pg_query::split_with_parser(fix).map_err(|fault| format!("{fix}: {fault}"))?;
        candidate.run(&statements.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    property::closed(case, captured, |a, b| Postgres.compare(a, b, &Scope::default()), apply, || capture(candidate, case))
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
    Ok(both(|| capture(first, case), || capture(second, case)))
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
    let captured = both(|| capture(&first, case), || capture(&second, case));
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

fn capture(database: &Database, case: &Case) -> Manifest {
    let target = Target::parse(&database.conninfo, &ThisMachine).unwrap();
    let request = Request::new(&database.name);
    PostgresEnvironment::new(target)
        .migrating_as(case.migration_role.as_deref())
        .capture(&request, &Watch::none())
        .unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

/// Gaps that have nothing to do with the change.
fn standing(case: &Case, gap: &Gap) -> bool {
    let (kind, attribute) = (gap.kind.as_deref(), gap.attribute.as_deref());
    // Before 14 only superusers may look up a subscription's owner, comment and synchronous_commit.
    let hidden = matches!((kind, attribute), (Some("owner"), _) | (Some("subscription"), Some("comment" | "synchronous_commit")));
    let before_14 = case.kind == Kind::Subscription && hidden && gap.reason == Reason::Version;
    before_14 || case.migration_role.is_none() && kind == Some("setting") && attribute == Some("effective")
}
