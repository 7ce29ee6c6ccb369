//! One tool, its folder and its database on PostgreSQL, and each thing that people do to databases. `../real_tools` says in which order.

use super::tools::{Order, PARTS, TABLES, Tool};
use super::{TOOLS, borrowed, end, filled, port_of, started, told, waited};
use crate::history::{last, words};
use crate::history_repair::run;
use crate::run::{Place, Ran};
use evenkeel_core::history::READERS;
use evenkeel_core::history::folder::Newer;
use evenkeel_testkit::{TestDb, database, newest};
use serde_json::Value;

/// A tool, its folder and its database.
pub struct Play<'t> {
    pub tool: &'t Tool,
    place: Place,
    pub db: TestDb,
    port: u16,
}

impl<'t> Play<'t> {
    pub fn begin(tool: &'t Tool) -> Self {
        let db = database(newest());
        let port = port_of(&db);
        let play = Self { tool, place: Place::new(), db, port };
        play.put(tool.files, "select 1");
        play
    }

    /// With what is between the two statements of the third.
    fn put(&self, files: &[(&str, &str)], wait: &str) {
        for (path, text) in files {
            let text = filled(text, &PARTS, wait).replace("{1}", TABLES[0]).replace("{2}", TABLES[1]);
            self.place.write(path, text.replace("{3}", "create table three (a int);\ncreate table four (a int);\n"));
        }
    }

    pub fn put_third(&self) {
        self.put(self.tool.third, "select 1");
    }

    /// What the tool's commands find in their environment, and those that print a migration.
    fn variables(&self) -> [(&'static str, String); 5] {
        let url = format!("postgres://postgres@127.0.0.1:{}/{}", self.port, self.db.name);
        let (port, name, tools) = (self.port.to_string(), self.db.name.clone(), TOOLS.to_owned());
        [("URL", url), ("PORT", port), ("DB", name), ("TOOLS", tools), ("ENGINE", "postgres".to_owned())]
    }

    fn runs(&self, command: &str) -> Ran {
        self.place.shell(command, &borrowed(&self.variables()))
    }

    pub fn applies(&self) {
        self.runs(self.tool.apply).exits(0);
    }

    pub fn history(&self, code: i32) -> Value {
        told(&self.place, self.tool, &self.db.url(), (&self.tool.printing(), &borrowed(&self.variables())), code)
    }

    pub fn says(&self, code: i32, expected: &[&str]) -> Value {
        let told = self.history(code);
        assert_eq!(words(&told), expected, "{}: {told}", self.tool.name);
        told
    }

    /// Takes the second or the third out of the record; what puts it back.
    pub fn forget(&self, which: usize) -> String {
        let Tool { table, points, second_row, third_row, .. } = self.tool;
        if let Some(points) = points {
            self.db.exec(&format!("update {table} set version_num = '{}'", points[which - 2]));
            return format!("update {table} set version_num = '{}'", points[which - 1]);
        }
        let rows = if which == 2 { second_row } else { third_row };
        let kept = self.db.value(&format!("select coalesce(json_agg(t), '[]')::text from {table} t where {rows}")).unwrap();
        assert_ne!(kept, "[]", "{}: nothing is recorded where {rows}", self.tool.name);
        self.db.exec(&format!("set session_replication_role = replica; delete from {table} where {rows}; reset session_replication_role"));
        format!(
            "insert into {table} overriding system value select * from json_populate_recordset(null::{table}, '{}')",
            kept.replace('\'', "''")
        )
    }

    /// It finds nothing to run, and nothing wrong.
    fn is_content(&self) {
        let record = || self.db.value(&format!("select string_agg(t::text, ' ' order by t::text) from {} t", self.tool.table));
        let before = record();
        self.applies();
        assert_eq!(record(), before, "{}: it ran something", self.tool.name);
    }

    /// Whether evenkeel writes rows of it.
    pub fn is_repaired(&self) -> bool {
        self.tool.name != "Sqitch"
    }

    /// What a repair prints, its program found in this folder where one is named.
    fn repairs(&self, code: i32, more: &[&str], folder: Option<&str>) -> Ran {
        let url = self.db.url();
        let mut variables = self.variables().to_vec();
        variables.extend(folder.map(|folder| ("PATH", format!("{folder}:{}", std::env::var("PATH").unwrap()))));
        let arguments = [&["history", &url, "--migrations", self.tool.folder], more].concat();
        let told = self.place.run_with(&arguments, &borrowed(&variables));
        assert_eq!(told.code, Some(code), "{}: {}{}", self.tool.name, told.stdout, told.stderr);
        told
    }

    /// Makes record and schema agree; then the tool itself finds nothing to run and nothing wrong.
    pub fn repair(&self) {
        let arguments = [&["--repair"], &self.tool.printing()[..]].concat();
        let told = self.repairs(0, &arguments, None);
        assert!(told.stdout.starts_with("-- proven"), "{}: {}", self.tool.name, told.stdout);
        let told = told.says(&format!("{} itself", self.tool.name));
        run(&self.db, &told.stdout);
        self.is_content();
        let told = self.history(0);
        assert!(words(&told).iter().all(|word| word == "applied"), "{}: {told}", self.tool.name);
    }

    /// It is asked on the throwaway server what it would still run: by itself where it is on PATH, and by the command that a person names;
    /// what it would run beside what evenkeel knows of is told, and nothing is proven then.
    pub fn is_asked(&self) {
        let arguments = [&["--repair"], &self.tool.printing()[..]].concat();
        let agrees = format!("{} itself, asked there, has nothing to run (`", self.tool.name);
        if self.tool.on_path.is_some() {
            self.repairs(0, &arguments, self.tool.on_path).says(&agrees);
        }
        if self.tool.status.is_empty() {
            return;
        }
        let named = |command: &str| {
            let toml = format!("[project]\nmigrations = \"{}\"\nstatus = \"{command}\"\n", self.tool.folder);
            self.place.write("evenkeel.toml", toml);
        };
        named(self.tool.status);
        let told = self.repairs(0, &arguments, None).says(&agrees);
        assert!(told.stdout.starts_with("-- proven"), "{}: {}", self.tool.name, told.stdout);
        // It finds the third, which comes while it is asked.
        let kept: Vec<(&str, String)> =
            self.tool.files.iter().filter(|(path, _)| self.is_third(path)).map(|(path, _)| (*path, self.place.read(path))).collect();
        self.put_third();
        for (path, _) in self.tool.third {
            self.place.write(&format!("late/{path}"), self.place.read(path));
            std::fs::remove_file(self.place.path(path)).unwrap();
        }
        kept.iter().for_each(|(path, text)| _ = self.place.write(path, text));
        self.place.write("late.sh", "cp -r late/. . && exec \"$@\"\n");
        named(&format!("sh late.sh {}", self.tool.status));
        let told = self.repairs(1, &arguments, None).says(&format!("{} itself would still run", self.tool.name));
        assert!(!told.stdout.contains("\n-- proven") && !told.stdout.starts_with("-- proven"), "{}: {}", self.tool.name, told.stdout);
        for (path, _) in self.tool.third {
            std::fs::remove_file(self.place.path(path)).unwrap();
            // A folder that had nothing else.
            let _ = self.place.path(path).parent().map(std::fs::remove_dir);
        }
        kept.iter().for_each(|(path, text)| _ = self.place.write(path, text));
        std::fs::remove_dir_all(self.place.path("late")).unwrap();
        std::fs::remove_file(self.place.path("evenkeel.toml")).unwrap();
    }

    /// Whether a file is put in place anew with the third.
    fn is_third(&self, path: &str) -> bool {
        self.tool.third.iter().any(|(third, _)| *third == path)
    }

    /// Files that are code and are not printed: what is recorded is not called applied, and nothing is written on a guess.
    pub fn bare(&self) {
        let tool = self.tool;
        let bare = |code| told(&self.place, tool, &self.db.url(), (&[], &[]), code);
        let clean = bare(2);
        assert_eq!((clean["tool"]["name"].as_str(), words(&clean)), (Some(tool.name), vec!["not-checkable".to_owned(); 2]), "{clean}");
        let back = self.forget(2);
        let told = bare(2);
        assert_eq!(words(&told), ["not-checkable", "pending"], "{told}");
        let why = last(&told)["why"].to_string();
        assert!(why.contains("it is written in") && why.contains("whether any of it is there"), "{}: {told}", tool.name);
        let left = self.repairs(1, &["--repair"], None).says("not repaired:").says("it could not be checked (it is written in");
        assert!(left.stdout.lines().all(|line| line.is_empty() || line.starts_with("--")), "{}", left.stdout);
        self.db.exec(&back);
    }

    /// What evenkeel deploys is the tool's own: it finds nothing to run and nothing wrong afterwards. Then the tool runs it.
    pub fn deploys(&self) {
        self.put_third();
        let store = self.place.path("state/store.sqlite");
        let render = if self.tool.render.is_empty() { String::new() } else { format!("render = \"{}\"\n", self.tool.render) };
        let toml = format!(
            "[project]\nmigrations = \"{}\"\n{render}[store]\nurl = \"sqlite:{}\"\n[environments.shop]\nurl = \"{}\"\ntier = \"staging\"\n",
            self.tool.folder,
            store.display(),
            self.db.url()
        );
        self.place.write("evenkeel.toml", toml);
        let deploy = |more: &[&str]| {
            let arguments = [&["deploy", "shop", "--unrehearsed", "--format", "json"], more].concat();
            let told = self.place.run_with(&arguments, &borrowed(&self.variables()));
            assert_eq!(told.code, Some(0), "{}: {}{}", self.tool.name, told.stdout, told.stderr);
            told.json()
        };
        deploy(&[]);
        self.is_content();
        self.says(0, &["applied", "applied", "applied"]);
        self.forget(3);
        self.db.exec(&format!("drop table three; drop table four; alter database \"{}\" set lock_timeout = '1s'", self.db.name));
        // Between the gates and the look afterwards.
        let exports: String = self.variables().iter().map(|(name, value)| format!("export {name}='{value}'\n")).collect();
        self.place.write("up.sh", format!("{exports}{}\n", self.tool.apply));
        let told = deploy(&["--with", "sh up.sh"]);
        assert_eq!(told["outcome"], "ran", "{}: {told}", self.tool.name);
        eprintln!("{}: {}", self.tool.name, told["notes"]);
        self.says(0, &["applied", "applied", "applied"]);
        self.forget(3);
        self.db.exec(&format!("drop table three; drop table four; alter database \"{}\" reset lock_timeout", self.db.name));
        for path in self.tool.third.iter().map(|(path, _)| *path).chain(["up.sh", "evenkeel.toml"]) {
            let path = self.place.path(path);
            std::fs::remove_file(&path).unwrap();
            // A folder that had nothing else.
            let _ = path.parent().map(std::fs::remove_dir);
        }
        self.put(self.tool.files, "select 1");
    }

    pub fn hot_fix(&self) {
        self.db.exec("alter table orders add hot_fix int");
        let told = self.history(1);
        assert_eq!(told["unexplained"][0]["object"], "public.orders.hot_fix", "{}: {told}", self.tool.name);
        self.db.exec("alter table orders drop hot_fix");
    }

    /// A remark in a file that ran, and what means something else.
    pub fn edits(&self) {
        let text = self.place.read(self.tool.first);
        let edited = |(from, to): (&str, &str)| {
            assert!(text.contains(from), "{}: {text}", self.tool.name);
            self.place.write(self.tool.first, text.replacen(from, to, 1));
        };
        edited(self.tool.remark);
        let told = self.history(0);
        let first = &told["migrations"][0];
        let said = (first["verdict"].as_str().unwrap(), first["edit"].as_str().unwrap_or_default());
        assert_eq!(said, if self.tool.has_sums { ("edited", "bytes") } else { ("applied", "") }, "{}: {told}", self.tool.name);
        edited(self.tool.meaning);
        let told = self.says(1, &["partly-present", "applied"]);
        assert_eq!(told["migrations"][0]["edit"].as_str().unwrap_or_default(), if self.tool.has_sums { "meaning" } else { "" }, "{told}");
        self.place.write(self.tool.first, &text);
    }

    /// The tool is killed while it runs the third.
    pub fn is_killed(&self) {
        self.put(self.tool.third, "select pg_sleep(60)");
        let mut tool = started(&self.place, self.tool.apply, &borrowed(&self.variables()));
        let at_it = format!(
            "select pid::text from pg_stat_activity where datname = '{}' and query like '%pg_sleep(60)%' and pid <> pg_backend_pid()",
            self.db.name
        );
        let pid = waited(|| self.db.value(&at_it));
        end(&mut tool);
        self.db.exec(&format!("select pg_terminate_backend({pid}, 5000)"));
        self.put_third();
        let is_whole = self.tool.killed == "pending";
        self.says(if is_whole { 0 } else { 1 }, &["applied", "applied", self.tool.killed]);
        if !is_whole {
            self.repair();
            self.forget(3);
            self.db.exec("drop table three; drop table four");
        }
    }

    pub fn stamps(&self) {
        self.db.exec(&format!("set session_replication_role = replica; {}; reset session_replication_role", self.tool.stamp));
        self.says(1, &["applied", "applied", "recorded-not-present"]);
        // What is not there is recorded no more, and the tool runs it.
        if self.is_repaired() {
            let told = self.repairs(0, &[&["--repair=back"], &self.tool.printing()[..]].concat(), None);
            run(&self.db, &told.stdout);
        } else {
            self.forget(3);
        }
        self.says(0, &["applied", "applied", "pending"]);
    }

    /// The release before this one is started again: its tool finds the third recorded, and has no file of it.
    pub fn is_started_again(&self) {
        for (path, _) in self.tool.third {
            std::fs::remove_file(self.place.path(path)).unwrap();
            let _ = self.place.path(path).parent().map(std::fs::remove_dir);
        }
        self.put(self.tool.files, "select 1");
        let ran = self.runs(self.tool.apply);
        let newer = if ran.code == Some(0) { Newer::Passes } else { Newer::Refuses };
        let reader = READERS.iter().find(|reader| reader.tool == self.tool.name || self.tool.name.contains(reader.tool));
        let known = reader.map(|reader| reader.newer);
        // What its program does need not be what it does elsewhere.
        let known = known.filter(|known| *known != Newer::Unknown).or(Some(newer).filter(|_| self.tool.name == "refinery"));
        assert_eq!(known, Some(newer), "{}: {}{}", self.tool.name, ran.stdout, ran.stderr);
        self.put_third();
        self.says(0, &["applied", "applied", "applied"]);
    }

    /// One before others that did run.
    pub fn is_out_of_order(&self) {
        let taken = "drop index o_note; drop function twice";
        match self.tool.order {
            Order::Fills | Order::Left => {
                self.forget(2);
                self.db.exec(taken);
                self.says(0, &["applied", "pending-out-of-order", "applied"]);
                if matches!(self.tool.order, Order::Fills) {
                    self.applies();
                    self.says(0, &["applied", "applied", "applied"]);
                }
            }
            Order::Branch(path, text) => {
                self.place.write(path, text);
                let told = self.history(0);
                let pending = words(&told).iter().filter(|word| *word == "pending").count();
                assert_eq!((words(&told).len(), pending), (4, 1), "{told}");
                self.applies();
                self.says(0, &["applied", "applied", "applied", "applied"]);
            }
            Order::Refused(said) => {
                self.forget(2);
                self.db.exec(taken);
                self.says(1, said);
                let ran = self.runs(self.tool.apply);
                assert_ne!(ran.code, Some(0), "{}", ran.stdout);
            }
        }
    }
}
