//! One case, tried: both sides made and captured. What that means everywhere, and what came out, is
//! the testkit's `property`.

use evenkeel_core::compare::{Scope, Side};
use evenkeel_core::manifest::{Gap, Manifest};
use evenkeel_core::port::{Engine as _, Environment, Request, Watch};
use evenkeel_mysql::connect::{Target, ThisMachine};
use evenkeel_mysql::engine::Mysql;
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_mysql::scratch::{ReplicaOptions, Scratch};
use evenkeel_testkit::property::{self, Case, both, judge};

use crate::place::{Database, Place};

/// Tries a case. The error says what came out otherwise than the case says.
pub fn run(place: &mut Place, case: &Case) -> Result<(), String> {
    if case.replica || case.candidate.replica {
        place.forget()?;
    }
    place.on_server(&case.server)?;
    let captured = if case.candidate.is_other_server() && !case.in_place {
        on_two_servers(place, case)
    } else {
        let pair = place.pair(case);
        let captured = on_one_server(place, case, &pair.0, &pair.1);
        match &captured {
            Ok(captured) if !case.in_place => closed(case, &pair.1, captured),
            Ok(captured) if !case.all_databases && !case.candidate.is_other_server() && !case.replica_ends => {
                closed(case, &pair.0, captured)
            }
            _ => Ok(()),
        }
        .and(captured)
    };
    // What a case did to the whole server is taken back even where it failed.
    place.on_server(&case.cleanup)?;
    let (reference, candidate) = captured?;
    judge(case, &reference, &candidate, &standing)
}

/// The loop of a fix, closed on the candidate.
fn closed(case: &Case, candidate: &Database, captured: &(Manifest, Manifest)) -> Result<(), String> {
    let compared = |a: Side<'_>, b: Side<'_>| Mysql.compare(a, b, &Scope::default());
    // For a client, which ends statements otherwise.
    let plain = |fix: &str| fix.replace("DELIMITER ;;\n", "").replace(";;\nDELIMITER ;", ";");
    property::closed(case, captured, compared, |fix| candidate.run(&[plain(fix)]), || capture(candidate))
}

fn on_one_server(place: &Place, case: &Case, first: &Database, second: &Database) -> Result<(Manifest, Manifest), String> {
    if case.in_place {
        return before_and_after(place, case, first);
    }
    first.run(&case.setup)?;
    second.run(&case.setup)?;
    first.run(&case.reference)?;
    second.run(&case.change)?;
    Ok(both(|| capture(first), || capture(second)))
}

fn before_and_after(place: &Place, case: &Case, database: &Database) -> Result<(Manifest, Manifest), String> {
    let mut replica = case.replica.then(|| replica(place, case));
    let whole = case.all_databases.then(|| Database::on(&place.scratch, ""));
    let database = whole.as_ref().unwrap_or(database);
    database.run(&case.setup)?;
    let reference = capture(database);
    if let Some(replica) = &replica {
        Database::on(replica, "").run(&case.on_replica)?;
    }
    if case.replica_ends {
        replica = None;
    } else if case.candidate.replica {
        replica = Some(self::replica(place, case));
    }
    database.run(&case.change)?;
    let candidate = capture(database);
    drop(replica);
    Ok((reference, candidate))
}

fn replica(place: &Place, case: &Case) -> Scratch {
    let options = ReplicaOptions { settings: case.candidate.settings.clone(), ..ReplicaOptions::default() };
    place.scratch.replica(&options).unwrap_or_else(|fault| panic!("{fault}"))
}

/// The reference is a database of the shared server; the candidate has the same name on a server of its own, or on a replica.
fn on_two_servers(place: &mut Place, case: &Case) -> Result<(Manifest, Manifest), String> {
    let (first, _) = place.pair(case);
    first.run(&case.setup)?;
    let other = if case.candidate.replica { replica(place, case) } else { place.other(&case.candidate) };
    if !case.candidate.replica {
        Database::on(&other, "").run(&[format!("create database {}", first.name)])?;
    }
    let second = Database::on(&other, &first.name);
    // A replica has what its source has, and takes no writes.
    if !case.candidate.replica {
        second.run(&case.setup)?;
    }
    second.run(&case.change)?;
    first.run(&case.reference)?;
    Ok(both(|| capture(&first), || capture(&second)))
}

fn capture(database: &Database) -> Manifest {
    let target = Target::parse(&database.url, &ThisMachine).unwrap();
    let request = Request::new(&database.name);
    MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

/// Gaps that have nothing to do with the change: none are known.
const fn standing(_: &Case, _: &Gap) -> bool {
    false
}
