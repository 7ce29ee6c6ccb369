//! What a role may not see is a gap with a cure, never missing without a word; and the script of `grants` cures all.

use super::{capture, capture_as, capture_for, lines, with_user};
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Manifest, Reason};
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_testkit::{TestDb, each_major};

/// Roles are the server's, so their names carry the database's.
struct Roles<'a> {
    db: &'a TestDb,
}

impl<'a> Roles<'a> {
    fn make(db: &'a TestDb) -> Self {
        let name = &db.name;
        db.exec(&format!(
            "create role {name}_plain login; create role {name}_monitor login; grant pg_monitor to {name}_monitor;
             create role {name}_shy login noinherit; create role {name}_owner login; create role {name}_reader login;
             grant create on database {name} to {name}_owner"
        ));
        if db.major() >= 14 {
            db.exec(&format!("grant pg_read_all_data to {name}_reader"));
        }
        if db.major() >= 16 {
            db.exec(&format!("grant pg_monitor to {name}_shy with inherit false"));
        } else {
            db.exec(&format!("grant pg_monitor to {name}_shy"));
        }
        db.exec(&format!(
            "create schema mine authorization {name}_owner;
             create table mine.t (id int primary key, v text); alter table mine.t owner to {name}_owner;
             insert into mine.t select g, g % 5 from generate_series(1, 300) g; analyze mine.t;
             create table secret (a int); insert into secret select generate_series(1, 200); analyze secret;
             create table filtered (a int); insert into filtered select generate_series(1, 200); analyze filtered;
             alter table filtered enable row level security; grant select on filtered to public;
             create table part (a int) partition by range (a); create table part_1 partition of part for values from (0) to (10);
             grant select (v) on mine.t to {name}_plain"
        ));
        Self { db }
    }

    fn names(&self) -> Vec<String> {
        ["plain", "monitor", "shy", "owner", "reader"].iter().map(|role| format!("{}_{role}", self.db.name)).collect()
    }
}

impl Drop for Roles<'_> {
    fn drop(&mut self) {
        for role in self.names() {
            let _ = self.db.session().exec(&format!("drop owned by {role} cascade; drop role {role}"));
        }
    }
}

/// What the superuser sees and the role does not, and no gap says so. Other tests make and drop roles meanwhile.
fn silent(full: &Manifest, seen: &Manifest) -> Vec<String> {
    let mut silent = Vec::new();
    for object in full.objects() {
        let spec = object.kind.spec();
        let others = matches!(object.kind, Kind::Role | Kind::Membership | Kind::Override);
        if others && !object.identity.parts().any(|part| part.starts_with(&format!("{}_", full.endpoint.database))) {
            continue;
        }
        let blind = |attribute: Option<&str>| {
            seen.gaps.iter().any(|gap| {
                gap.dimension == spec.dimension
                    && gap.kind.as_deref().is_none_or(|kind| kind == spec.name)
                    && gap.object.as_deref().is_none_or(|name| name == object.display())
                    && (gap.attribute.is_none() || gap.attribute.as_deref() == attribute)
            })
        };
        let parts: Vec<&str> = object.identity.parts().collect();
        match seen.find(object.kind, &parts) {
            None if !blind(None) => silent.push(format!("{} {} is missing", spec.name, object.display())),
            None => {}
            Some(other) => {
                for property in spec.properties {
                    // Counters and clocks move between two captures; to 13 and 14 what was counted comes half a second late.
                    let moves = matches!(property.name, "dead_rows" | "live_rows" | "retained_bytes" | "last_analyze_days");
                    if !moves && object.get(property.name) != other.get(property.name) && !blind(Some(property.name)) {
                        silent.push(format!("{} {} {}", spec.name, object.display(), property.name));
                    }
                }
            }
        }
    }
    silent
}

#[test]
fn what_a_role_may_not_see_is_a_gap() {
    each_major(|db| {
        let roles = Roles::make(db);
        let full = capture(&db.conninfo());
        assert!(full.gaps.iter().all(|gap| gap.dimension == Dimension::History), "a superuser sees all: {:#?}", full.gaps);
        for role in roles.names() {
            let seen = capture_as(&db.conninfo(), &role, |_| {});
            assert_eq!(silent(&full, &seen), Vec::<String>::new(), "as {role}");
            let gaps: Vec<(Dimension, Option<&str>, Reason)> =
                seen.gaps.iter().map(|gap| (gap.dimension, gap.kind.as_deref(), gap.reason)).collect();
            assert!(!gaps.iter().any(|(dimension, ..)| *dimension == Dimension::Privileges), "privileges are open to all: {gaps:?}");
            let hides = |dimension, kind| gaps.contains(&(dimension, Some(kind), Reason::Privilege));
            let settings = !role.ends_with("_monitor");
            assert_eq!(hides(Dimension::Configuration, "setting"), settings, "as {role}: {gaps:?}");
            // Row-level security hides the statistics of one table even from who may read all data.
            assert!(hides(Dimension::Data, "column-statistics"), "as {role}: {gaps:?}");
            assert!(seen.gaps.iter().filter(|gap| gap.reason == Reason::Privilege).all(|gap| gap.cure.is_some()));
        }
    });
}

#[test]
fn the_script_of_grants_leaves_no_gap() {
    each_major(|db| {
        let roles = Roles::make(db);
        let script = |role: &str| {
            let target = Target::parse(&db.conninfo(), &ThisMachine).unwrap();
            PostgresEnvironment::new(target).grants(&Request::new("test"), Some(role), &Watch::none()).unwrap()
        };
        for role in [format!("{}_plain", db.name), format!("{}_shy", db.name), format!("{} it's \"new\"", db.name)] {
            if role.contains("_plain") {
                db.exec(&format!(
                    "alter role {role} set lock_timeout = '7s'; alter role {role} in database {} set work_mem = '5MB'",
                    db.name
                ));
            }
            let before = script(&role);
            db.exec(&before);
            let after = script(&role);
            assert!(after.contains("Nothing is missing"), "after\n{before}\nthere is still\n{after}");
            if !role.contains(' ') {
                let seen = capture_as(&db.conninfo(), &role, |_| {});
                let gaps: Vec<_> = seen.gaps.iter().filter(|gap| gap.dimension != Dimension::History).collect();
                assert!(gaps.is_empty(), "as {role}, after\n{before}\n{gaps:#?}");
                assert_eq!(silent(&capture(&db.conninfo()), &seen), Vec::<String>::new());
            }
        }
        let odd = format!("\"{} it's \"\"new\"\"\"", db.name);
        db.exec(&format!("drop owned by {odd}; drop role {odd}"));
        drop(roles);
    });
}

#[test]
fn a_value_of_our_own_role_does_not_pass_for_the_servers() {
    each_major(|db| {
        let role = format!("{}_own", db.name);
        db.exec(&format!(
            "create role {role} login; alter role {role} set statement_timeout = '7min'; alter database {} set lock_timeout = '3s'",
            db.name
        ));
        let seen = capture_as(&db.conninfo(), &role, |_| {});
        let gap = seen.gaps.iter().find(|gap| gap.object.as_deref() == Some("statement_timeout")).expect("a gap");
        assert_eq!((gap.attribute.as_deref(), gap.reason), (Some("value"), Reason::Ambiguous));
        assert_eq!(seen.find(Kind::Setting, &["statement_timeout"]).unwrap().get("value"), None);
        assert_eq!(seen.find(Kind::Setting, &["lock_timeout"]).unwrap().text("value"), Some("3s"));
        // So does a value from the connection itself, even of a setting that evenkeel sets for the moment.
        let target =
            Target::parse(&format!("{} options='-c lock_timeout=9s'", with_user(&db.conninfo(), "postgres")), &ThisMachine).unwrap();
        let mut request = Request::new("test");
        request.dimensions = vec![Dimension::Configuration];
        let seen = PostgresEnvironment::new(target).capture(&request, &evenkeel_core::port::Watch::none()).unwrap();
        assert_eq!(seen.find(Kind::Setting, &["lock_timeout"]).unwrap().get("value"), None, "{:?}", seen.gaps);
        db.exec(&format!("drop role {role}"));
    });
}

#[test]
fn secrets_of_settings_stay_on_the_server() {
    each_major(|db| {
        let role = format!("{}_key", db.name);
        db.exec(&format!(
            "create role {role}; alter role {role} set my.token = 'hunter2'; alter database {} set app.password = 'hunter2'",
            db.name
        ));
        let seen = capture_for(&db.conninfo(), "postgres", Some(&role), |_| {});
        for part in [evenkeel_core::file::Part::Stable, evenkeel_core::file::Part::Measured] {
            let text = String::from_utf8(evenkeel_core::file::write(&seen, part).unwrap()).unwrap();
            assert!(!text.contains("hunter2"));
        }
        assert!(lines(&seen, Kind::Override).contains(&format!("{role} | every database | my.token: value=set; rank=should match")));
        db.exec(&format!("drop role {role}"));
    });
}
