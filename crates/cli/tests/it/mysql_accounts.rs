//! MySQL and MariaDB by what an account may see: from nothing to all that `evenkeel grants` asks for. What is hidden is a gap
//! and exit code 2: never a false "equal".

use crate::run::{MYSQL_SHOP, Place, digest};
use evenkeel_testkit::mysql::{TestDb, each_flavor};
use serde_json::Value;

const DIMENSIONS: &str = "schema,privileges,configuration";

/// An account of the test's own: none, with some privileges on the database.
struct Account<'a> {
    db: &'a TestDb,
    name: String,
}

impl<'a> Account<'a> {
    fn make(db: &'a TestDb, suffix: &str, grants: &[&str]) -> Self {
        let name = format!("a{}{suffix}", db.name);
        db.exec(&format!("CREATE USER {name}@localhost"));
        for grant in grants {
            db.exec(&format!("GRANT {grant} ON {}.* TO {name}@localhost", db.name));
        }
        Self { db, name }
    }

    fn url(&self) -> String {
        self.db.url().replace("root@", &format!("{}@", self.name))
    }
}

impl Drop for Account<'_> {
    fn drop(&mut self) {
        let _ = self.db.session().exec(&format!("DROP USER {}@localhost", self.name));
    }
}

fn parts(manifest: &str) -> (Vec<Value>, Vec<Value>) {
    let mut lines = manifest.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let header = lines.next().unwrap();
    (header["gaps"].as_array().unwrap().clone(), lines.collect())
}

/// What root sees and the account does not, and no gap says so.
fn silent(full: &str, seen: &str) -> Vec<String> {
    let (_, full) = parts(full);
    let (gaps, seen) = parts(seen);
    let mut silent = Vec::new();
    for object in &full {
        let (kind, id) = (object["kind"].as_str().unwrap(), object["id"].as_array().unwrap());
        // Accounts, and what they hold, are the server's: other tests make and drop some meanwhile.
        if matches!(kind, "role" | "grant" | "membership") {
            continue;
        }
        let names: Vec<&str> = id.iter().filter_map(Value::as_str).filter(|part| !part.is_empty()).collect();
        let blind = |attribute: Option<&str>| {
            gaps.iter().any(|gap| {
                gap["kind"].as_str().is_none_or(|of| of == kind)
                    && gap["object"]
                        .as_str()
                        .is_none_or(|of| names.iter().all(|name| of.contains(name)) || names.first().is_some_and(|name| of == *name))
                    && (gap["attribute"].is_null() || gap["attribute"].as_str() == attribute)
            })
        };
        match seen.iter().find(|other| other["kind"] == object["kind"] && other["id"] == object["id"]) {
            None if !blind(None) => silent.push(format!("{kind} {names:?} is missing")),
            None => {}
            Some(other) => {
                let keys = object.as_object().unwrap().keys().chain(other.as_object().unwrap().keys());
                for key in keys.filter(|key| object[*key] != other[*key]) {
                    if !blind(Some(key)) {
                        silent.push(format!("{kind} {names:?} {key}: {} is seen as {}", object[key], other[key]));
                    }
                }
            }
        }
    }
    silent
}

#[test]
fn what_an_account_may_not_see_is_a_gap() {
    each_flavor(|db| {
        db.exec(MYSQL_SHOP);
        db.exec("CREATE PROCEDURE hidden() SQL SECURITY INVOKER SELECT 'secret body'");
        let place = Place::new();
        place.run(&["capture", &db.url(), "--dimension", DIMENSIONS, "--out", "full.jsonl"]).exits(0);
        let other = TestDb::create(db.server.clone());
        other.exec(MYSQL_SHOP);
        // With nothing on it, a server does not even let an account into the database; some let it in who sees one table.
        let nothing = Account::make(db, "n", &[]);
        let ran = place.run(&["digest", &nothing.url()]);
        assert!(matches!(ran.code, Some(2 | 69)) && ran.stdout.is_empty(), "{ran:?}");
        place.run(&["digest", &nothing.url().replace(&format!("/{}?", db.name), "/?")]).exits(2);
        let ran = place.run(&["compare", "full.jsonl", &nothing.url().replace(&format!("/{}?", db.name), "/?")]);
        assert!(matches!(ran.code, Some(1 | 2 | 64)), "{ran:?}");
        let one = Account::make(db, "o", &[]);
        db.exec(&format!("GRANT SELECT ON {}.customers TO {}@localhost", db.name, one.name));
        let select = Account::make(db, "s", &["SELECT"]);
        let views = Account::make(db, "v", &["SELECT, SHOW VIEW"]);
        let more = Account::make(db, "m", &["SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE"]);
        let writes = Account::make(db, "w", &["INSERT, DELETE, CREATE"]);
        for account in [&one, &select, &views, &more, &writes] {
            println!("{}", account.name);
            let ran = place.run(&["capture", &account.url(), "--dimension", DIMENSIONS, "--out", "seen.jsonl", "--strict"]).exits(2);
            assert!(ran.took.as_secs() < 20);
            let (full, seen) = (place.read("full.jsonl"), place.read("seen.jsonl"));
            assert_eq!(silent(&full, &seen), Vec::<String>::new(), "as {}", account.name);
            let (gaps, _) = parts(&seen);
            let without: Vec<&Value> = gaps.iter().filter(|gap| gap["reason"] == "privilege" && gap["cure"].is_null()).collect();
            assert!(without.is_empty(), "a missing privilege has a cure: {without:#?}");
            // The other database lacks a procedure this account cannot see: nobody calls them equal.
            let digest = place.run(&["digest", &account.url()]).exits(2);
            assert!(digest.stdout.is_empty());
            let ran = place.run(&["compare", &account.url(), &other.url(), "--dimension", "schema"]);
            assert!(matches!(ran.code, Some(1 | 2)), "as {}: {ran:?}", account.name);
            let ran = place.run(&["compare", &account.url(), &account.url(), "--dimension", "schema"]).exits(2);
            assert!(!ran.stdout.contains("✓ equal"), "{}", ran.stdout);
        }
    });
}

#[test]
fn the_script_of_grants_is_enough() {
    each_flavor(|db| {
        db.exec(MYSQL_SHOP);
        let place = Place::new();
        let strong = digest(&place.run(&["digest", &db.url()]).exits(0));
        let account = Account::make(db, "g", &["SELECT"]);
        place.run(&["digest", &account.url()]).exits(2);
        let script = place.run(&["grants", &account.url()]).exits(0).stdout;
        db.exec(&script.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n"));
        let again = place.run(&["grants", &account.url()]).exits(0).stdout;
        let statements = again.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with("--")).count();
        assert_eq!(statements, 0, "after\n{script}\nthere is still\n{again}");
        assert_eq!(digest(&place.run(&["digest", &account.url()]).exits(0)), strong, "after\n{script}");
        place.run(&["capture", &account.url(), "--dimension", DIMENSIONS, "--out", "seen.jsonl"]).exits(0);
        place.run(&["compare", &db.url(), &account.url(), "--dimension", "schema,configuration", "--same"]).exits(0);
        let ran = place.run(&["compare", &db.url(), &account.url(), "--same"]);
        assert!(!ran.stdout.contains("privilege on"), "{}", ran.stdout);
    });
}
