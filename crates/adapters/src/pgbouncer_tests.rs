//! Hosts in turn, names, and a console that says what nobody understands.

#![allow(clippy::unwrap_used)]
use super::*;

fn of(old: &[&str], new: &[&str]) -> Entry {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Entry { database: "read".to_owned(), file: PathBuf::new(), old: names(old), new: names(new), options: "port=5432".to_owned() }
}

#[test]
fn hosts_in_turn_make_the_share_evenly() {
    for (old, new) in [(1, 1), (2, 1), (1, 3), (3, 2)] {
        let names = |mark: &str, count| (0..count).map(|at| format!("{mark}{at}")).collect::<Vec<_>>();
        let entry = Entry { old: names("o", old), new: names("n", new), ..of(&[], &[]) };
        for share in [0, 1, 5, 25, 50, 99, 100] {
            let hosts = entry.hosts(share);
            let made = entry.made(&hosts).unwrap();
            assert!((made - f64::from(share)).abs() <= 0.01, "{old} {new} {share}: {made} {hosts:?}");
            // None is met twice in a row that is not more than half of it.
            let is_spread =
                hosts.windows(2).all(|pair| pair[0] != pair[1] || hosts.iter().filter(|host| **host == pair[0]).count() * 2 > hosts.len());
            assert!(is_spread, "{hosts:?}");
        }
    }
    let entry = of(&["a"], &["b"]);
    assert_eq!(entry.hosts(25), ["a", "b", "a", "a"]);
    assert_eq!(counted(&entry.hosts(5)), "a 19, b 1");
    assert_eq!(entry.made(&["a", "c"]), None);
    assert_eq!(entry.made(&[]), None);
}

#[test]
fn what_would_be_another_line_of_the_file_is_refused() {
    assert_eq!(of(&["10.0.0.1", "/run/postgresql"], &["db-2.example", "::1"]).fault(), None);
    for (old, new) in
        [(vec![], vec!["b"]), (vec!["a"], vec!["a"]), (vec!["a,b"], vec!["c"]), (vec!["a b"], vec!["c"]), (vec!["a\n"], vec!["c"])]
    {
        assert!(of(&old, &new).fault().is_some(), "{old:?} {new:?}");
    }
    for entry in [
        Entry { options: "port=1\n[pgbouncer]".to_owned(), ..of(&["a"], &["b"]) },
        Entry { options: "host=c".to_owned(), ..of(&["a"], &["b"]) },
        Entry { database: "a = b".to_owned(), ..of(&["a"], &["b"]) },
        Entry { database: String::new(), ..of(&["a"], &["b"]) },
    ] {
        assert!(entry.fault().is_some(), "{entry:?}");
    }
}

/// One that answers every command so.
struct Says(Vec<(&'static str, &'static str)>);

impl Console for Says {
    fn describe(&self) -> String {
        "a console".to_owned()
    }
    fn say(&self, _: &str, _: Duration) -> Result<Vec<ConsoleRow>, Box<Trouble>> {
        Ok(vec![self.0.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()])
    }
}

#[test]
fn what_nobody_understands_is_never_taken_for_well() {
    let paused = |row: &[(&'static str, &'static str)]| {
        Paused::new(Box::new(Says(row.to_vec())), vec!["shop".to_owned()], Duration::from_millis(100)).unwrap()
    };
    let watch = Watch::none();
    // Nothing is said of it, or something that is neither yes nor no.
    assert!(paused(&[]).open().is_err() && paused(&[]).close(&watch).is_err());
    assert!(paused(&[("name", "shop")]).open().is_err());
    assert!(paused(&[("name", "shop"), ("paused", "maybe")]).close(&watch).is_err());
    // It says yes and does not do it; somebody else has done it already; it does not let in again.
    assert!(paused(&[("name", "shop"), ("paused", "0")]).close(&watch).unwrap().is_err());
    assert!(paused(&[("name", "shop"), ("paused", "1")]).close(&watch).unwrap().is_err_and(|why| why.contains("by somebody else")));
    assert!(paused(&[("name", "shop"), ("paused", "1")]).open().is_err());
    for wrong in [vec![], vec!["a b".to_owned()], vec!["a; SHUTDOWN".to_owned()]] {
        assert!(Paused::new(Box::new(Says(Vec::new())), wrong, WITHIN).is_err());
    }
    // The file is nobody else's.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rollout.ini");
    let shifter = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let entry = Entry { file: file.clone(), ..of(&["a"], &["b"]) };
        Pgbouncer::new(Box::new(Says(vec![("name", "read"), ("host", "a")])), entry)
    };
    let theirs = "[databases]\nother = host=x\n";
    assert!(shifter(theirs).shift(5).is_err() && shifter(theirs).spread().is_err());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), theirs);
    // It was written, and PgBouncer leads elsewhere still.
    assert!(shifter("; evenkeel rollout\n").shift(5).is_err_and(|trouble| trouble.what.contains("does not lead read as its file says")));
    assert!(shifter("; evenkeel rollout\n").shift(0).is_ok());
    assert!(shifter("; evenkeel rollout\n").restore(Some("a,elsewhere")).is_err());
}
