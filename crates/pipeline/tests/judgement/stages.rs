//! What the stages do with environments: split reading, refusals, side by side, stopped.

use super::{compared, live, run, with_all};
use evenkeel_core::compare::Scope;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::gate::{Readiness, Tier};
use evenkeel_core::kind::{Dimension, Engine, Kind, Severity};
use evenkeel_core::manifest::{ALL_DATABASES, Endpoint, Instance, Manifest, NodeRole, Whose};
use evenkeel_core::port::{Request, Silent, Stop, Watch};
use evenkeel_pipeline::capture::{self, Source};
use evenkeel_pipeline::check::{self, Subject};
use evenkeel_testkit::fake::{FakeEnvironment, Meter, at, manifest, object};
use std::sync::Arc;

/// One object a dimension, which says where it was read.
fn marked(word: &str, change: impl FnOnce(&mut Endpoint)) -> Manifest {
    let objects = vec![
        object(Kind::Table, &format!("app.{word}"), &[]),
        object(Kind::TableStatistics, &format!("app.{word}"), &[("rows", 1.0.into())]),
        object(Kind::Setting, word, &[("value", "1".into())]),
        object(Kind::Role, word, &[]),
    ];
    at(&manifest(&Dimension::ALL, objects), change)
}

fn standby(endpoint: &mut Endpoint) {
    endpoint.node_role = NodeRole::Standby;
    endpoint.node = "replica:5432".to_owned();
}

fn split(primary: Manifest, replica: Manifest) -> Result<Manifest, Box<Trouble>> {
    let source = Source::Split {
        primary: Box::new(FakeEnvironment::of(primary)),
        replica: Box::new(FakeEnvironment::of(replica)),
        request: Request::new("production"),
    };
    capture::manifest(&source, &run(&[], Watch::none()))
}

#[test]
fn schema_and_data_come_from_the_replica_and_the_rest_from_the_primary() {
    let both = split(marked("primary", |_| {}), marked("replica", standby)).unwrap();
    let from = |kind: Kind| both.of_kind(kind).iter().map(|object| object.display()).collect::<Vec<_>>();
    assert_eq!(from(Kind::Table), ["app.replica"]);
    assert_eq!(from(Kind::TableStatistics), ["app.replica"]);
    assert_eq!(from(Kind::Setting), ["primary"]);
    assert_eq!(from(Kind::Role), ["primary"]);
    assert_eq!(both.dimensions, Dimension::ALL);
    assert!(both.endpoint.node.contains("db1:5432 (settings)") && both.endpoint.node.contains("replica:5432 (schema)"));
    assert_eq!(both.endpoint.node_role, NodeRole::Primary);
}

/// A replica of something else would bring another environment's schema under this one's name.
#[test]
fn a_replica_of_another_cluster_is_refused() {
    let refused: [(&str, fn(&mut Endpoint)); 4] = [
        ("no standby", |place| place.node = "other:5432".to_owned()),
        ("another version", |place| (place.node_role, place.server_major) = (NodeRole::Standby, 17)),
        ("another database", |place| (place.node_role, place.database) = (NodeRole::Standby, "other".to_owned())),
        ("another engine", |place| (place.node_role, place.engine) = (NodeRole::Standby, Engine::MariaDb)),
    ];
    for (what, change) in refused {
        let trouble = split(marked("primary", |_| {}), marked("replica", change)).expect_err(what);
        assert_eq!(trouble.class, Class::Configuration, "{what}");
        assert!(trouble.expected.is_some() && trouble.found.is_some() && trouble.fix.is_some(), "{what}: {trouble:?}");
    }
}

#[test]
fn what_cannot_be_set_side_by_side_is_refused() {
    let whole = || manifest(&Dimension::ALL, vec![]);
    let refused: [(&str, fn(&mut Endpoint)); 2] = [
        ("two families", |place| place.engine = Engine::MySql),
        ("a database and a server", |place| place.database = ALL_DATABASES.to_owned()),
    ];
    for (what, change) in refused {
        for (reference, candidate) in [(whole(), at(&whole(), change)), (at(&whole(), change), whole())] {
            let Err(trouble) = compared(reference, candidate, &[]) else { panic!("{what} was compared") };
            assert_eq!(trouble.class, Class::Usage, "{what}");
        }
    }
    assert!(
        compared(at(&whole(), |place| place.engine = Engine::MySql), at(&whole(), |place| place.engine = Engine::MariaDb), &[]).is_ok()
    );
}

/// Either side that cannot be read is the trouble, whichever it is.
#[test]
fn a_side_that_cannot_be_read_is_told() {
    let good = || live("good", FakeEnvironment::of(manifest(&Dimension::ALL, vec![])));
    let bad = || live("bad", FakeEnvironment::failing(Class::Unreachable, "nobody answers"));
    for (reference, candidate) in [(good(), bad()), (bad(), good())] {
        let Err(trouble) =
            evenkeel_pipeline::compare::run(&reference, &candidate, &super::wanted(&Scope::default()), &run(&[], Watch::none()))
        else {
            panic!("it was compared")
        };
        assert_eq!((trouble.class, trouble.what.as_str()), (Class::Unreachable, "nobody answers"));
    }
}

fn subject(name: &str, candidate: FakeEnvironment) -> Subject<'static> {
    let reference = live("committed", FakeEnvironment::of(manifest(&Dimension::ALL, with_all(Vec::new()))));
    let (tier, demanded) = (Some(Tier::Production), Tier::Production.demands().to_vec());
    Subject {
        name: name.to_owned(),
        sides: Ok((reference, live(name, candidate))),
        tier,
        scope: Scope::default(),
        demanded,
        insisted: false,
        nowhere: Vec::new(),
        beforehand: Vec::new(),
        locked: None,
        files: None,
    }
}

/// Side by side, each told in its place, whatever one of them meets.
#[test]
fn environments_are_checked_side_by_side_and_told_in_order() {
    let meter = Arc::new(Meter::default());
    let same = || FakeEnvironment::of(manifest(&Dimension::ALL, with_all(Vec::new()))).counted(&meter);
    let other = || FakeEnvironment::of(manifest(&Dimension::ALL, with_all(vec![object(Kind::Table, "app.by_hand", &[])])));
    let mut subjects: Vec<Subject<'static>> = (0..9).map(|at| subject(&format!("same{at}"), same())).collect();
    subjects.insert(2, subject("differs", other()));
    subjects.insert(5, subject("broken", FakeEnvironment::failing(Class::Unreachable, "nobody answers")));
    subjects.push(Subject {
        name: "unknown".to_owned(),
        sides: Err(Box::new(Trouble::new(Class::CouldNotTell, "no manifest"))),
        tier: None,
        demanded: Dimension::ALL.to_vec(),
        scope: Scope::default(),
        insisted: false,
        nowhere: Vec::new(),
        beforehand: Vec::new(),
        locked: None,
        files: None,
    });
    let checked = check::run(&subjects, Severity::Block, &run(&[], Watch::none())).unwrap();
    assert_eq!(checked.iter().map(|one| one.place).collect::<Vec<_>>(), (0..12).collect::<Vec<_>>());
    for (one, subject) in checked.iter().zip(&subjects) {
        match (&one.outcome, subject.name.as_str()) {
            (Ok(told), "differs") => assert_eq!((told.compared.judgement.exit_code, &told.readiness), (1, &Readiness::NotReady)),
            (Ok(told), name) => {
                assert!(name.starts_with("same"), "{name}");
                assert_eq!(
                    (told.compared.judgement.exit_code, &told.readiness),
                    (0, &Readiness::ReadyForMigration { without: Vec::new() })
                );
            }
            (Err(trouble), "broken") => assert_eq!(trouble.class, Class::Unreachable),
            (Err(trouble), name) => assert_eq!((trouble.class, name), (Class::CouldNotTell, "unknown")),
        }
    }
    assert_eq!(check::exit_code(&checked), 1, "what is known to differ decides");
    // Never more than four.
    assert!((2..=4).contains(&meter.most()), "{}", meter.most());
    let without: Vec<_> = checked.into_iter().filter(|one| one.place != 2).collect();
    assert_eq!(check::exit_code(&without), 69);
    assert_eq!(check::exit_code(&[]), 2, "nothing checked opens no gate");
}

/// Who stops it gets no half report.
#[test]
fn a_check_that_is_stopped_tells_nothing() {
    let stop = Stop::new();
    let watch = Watch { watcher: &Silent, stop: &stop };
    let subjects = [subject("hangs", FakeEnvironment::hanging()), subject("same", FakeEnvironment::of(manifest(&Dimension::ALL, vec![])))];
    let outcome = std::thread::scope(|threads| {
        threads.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(30));
            stop.request();
        });
        check::run(&subjects, Severity::Block, &run(&[], watch))
    });
    let Err(trouble) = outcome else { panic!("it was told") };
    assert_eq!(trouble.class, Class::Interrupted);
}

/// Environments that lead to one database, or may, and one that is not where its manifest was captured, are ready for nothing: a secret
/// was handed out twice, or swapped. Nothing about names and content tells a clone from what it was made of.
#[test]
fn an_environment_that_may_be_another_is_ready_for_nothing() {
    let server =
        |started: i64| Whose::Server(Instance { server: "7".to_owned(), cluster: None, started, slack: 0, database: "1".to_owned() });
    let hidden = || Whose::Hidden { cure: None };
    let ready = Readiness::ReadyForMigration { without: Vec::new() };
    let at_node = |node: &str, whose: Whose| {
        let whole = at(&manifest(&Dimension::ALL, with_all(Vec::new())), |place| place.node = node.to_owned());
        FakeEnvironment::of(at(&whole, |place| place.whose.clone_from(&whose)))
    };
    let subject = |name: &str, committed: &str, now: &str, whose: Whose| -> Subject<'static> {
        Subject { sides: Ok((committed_of(committed), live(name, at_node(now, whose)))), ..subject(name, at_node(now, Whose::File)) }
    };
    for (what, staging, production, outcomes) in [
        ("two databases", subject("staging", "s", "s", server(1)), subject("production", "p", "p", server(2)), [Some(true), Some(true)]),
        ("swapped", subject("staging", "s", "p", server(2)), subject("production", "p", "s", server(1)), [None, None]),
        ("one for both", subject("staging", "s", "p", server(2)), subject("production", "p", "p", server(2)), [None, None]),
        ("one hides", subject("staging", "s", "s", hidden()), subject("production", "p", "p", server(2)), [None, None]),
    ] {
        let checked = check::run(&[staging, production], Severity::Block, &run(&[], Watch::none())).unwrap();
        let told: Vec<Option<bool>> = checked.iter().map(|one| one.outcome.as_ref().ok().map(|told| told.readiness == ready)).collect();
        assert_eq!(told, outcomes, "{what}");
        assert_eq!(check::exit_code(&checked), if outcomes[0].is_some() { 0 } else { 2 }, "{what}");
    }
}

fn committed_of(node: &str) -> Source {
    live("committed", FakeEnvironment::of(at(&manifest(&Dimension::ALL, with_all(Vec::new())), |place| place.node = node.to_owned())))
}

/// What the configuration says is nowhere a tier does not demand, and goes with the word.
#[test]
fn a_history_that_is_nowhere_goes_with_the_word() {
    let same = || FakeEnvironment::of(manifest(&Dimension::ALL, with_all(Vec::new())));
    let dimensions: Vec<Dimension> = Dimension::ALL.into_iter().filter(|dimension| *dimension != Dimension::History).collect();
    let scope = Scope { dimensions, ..Scope::default() };
    let demanded = vec![Dimension::Schema, Dimension::Configuration];
    let nowhere = Subject { scope, demanded, insisted: true, nowhere: vec![Dimension::History], ..subject("staging", same()) };
    let checked = check::run(&[nowhere], Severity::Block, &run(&[], Watch::none())).unwrap();
    let told = checked.first().unwrap().outcome.as_ref().unwrap();
    assert_eq!(told.readiness, Readiness::ReadyForMigration { without: vec![Dimension::History] });
}
