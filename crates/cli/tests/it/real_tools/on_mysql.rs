//! A tool whose migrations are code, on MySQL or MariaDB: what it made is applied, a row that is gone comes back, and where it was killed
//! half-way (nothing of what defines something is taken back there) the rest is made; then the tool goes on. Neighbour: `play`.

use super::tools::Tool;
use super::{TOOLS, borrowed, end, filled, handed_on, started, told, waited};
use crate::history::words;
use crate::run::Place;
use evenkeel_testkit::mysql::{TestDb, database, flavors};

const PARTS: [[&str; 2]; 2] = [
    ["create index o_note on orders(note)", "create function twice(x int) returns int deterministic return 2 * x"],
    ["create table three (a int)", "create table four (a int)"],
];

/// What the tool names as its table, as these servers quote it.
fn table(tool: &Tool) -> String {
    tool.table.replace('"', "`")
}

/// Tools take turns on the servers that are installed.
pub fn plays(tool: &Tool, turn: usize) {
    let flavors = flavors();
    let Some(flavor) = flavors.get(turn % flavors.len().max(1)) else { return };
    let (db, place) = (database(*flavor), Place::new());
    println!("{} on {}", tool.name, db.server.display());
    let port = handed_on(db.server.socket.clone());
    let url = format!("mysql://root@127.0.0.1:{port}/{}", db.name);
    let variables =
        [("URL", url), ("PORT", port.to_string()), ("DB", db.name.clone()), ("TOOLS", TOOLS.to_owned()), ("ENGINE", "mysql".to_owned())];
    let variables = borrowed(&variables);
    let put = |files: &[(&str, &str)], wait: &str| {
        files.iter().for_each(|(path, text)| _ = place.write(path, filled(text, &PARTS, wait)));
    };
    let applies = || _ = place.shell(tool.apply, &variables).exits(0);
    let says = |code: i32, expected: &[&str]| {
        let told = told(&place, tool, &db.url(), (&tool.printing(), &variables), code);
        assert_eq!(words(&told), expected, "{}: {told}", tool.name);
        told
    };
    if !tool.status.is_empty() {
        place.write("evenkeel.toml", format!("[project]\nmigrations = \"{}\"\nstatus = \"{}\"\n", tool.folder, tool.status));
    }
    let repair = || {
        let url = db.url();
        let arguments = [&["history", &url, "--migrations", tool.folder, "--repair"], &tool.printing()[..]].concat();
        let told = place.run_with(&arguments, &variables).exits(0);
        assert!(told.stdout.starts_with("-- proven on M"), "{}: {}", tool.name, told.stdout);
        let asked = if tool.status.is_empty() { "was not asked" } else { "asked there, has nothing to run" };
        assert!(told.stdout.contains(asked), "{}: {}", tool.name, told.stdout);
        told.stdout.split(";\n").filter(|statement| !statement.trim().is_empty()).for_each(|statement| db.exec(statement));
        db.exec("set session sql_mode = default");
        let before = record(&db, tool);
        applies();
        assert_eq!(record(&db, tool), before, "{}: it ran something", tool.name);
    };
    put(tool.files, "select 1");
    applies();
    let told = says(0, &["applied", "applied"]);
    for list in ["unexplained", "gaps", "in_flight"] {
        assert_eq!(told[list], serde_json::json!([]), "{}: {list}: {told}", tool.name);
    }
    // A row that is gone.
    match tool.points {
        Some(points) => db.exec(&format!("update {} set version_num = '{}'", tool.table, points[0])),
        None => db.exec(&format!("delete from {} where {}", table(tool), tool.second_row)),
    }
    says(1, &["applied", "present-not-recorded"]);
    repair();
    says(0, &["applied", "applied"]);
    // It is killed half-way: what came before stays.
    put(tool.third, "select sleep(60)");
    let mut killed = started(&place, tool.apply, &variables);
    let at_it = format!("select id from information_schema.processlist where db = '{}' and info like 'select sleep(60)%'", db.name);
    let id = waited(|| db.value(&at_it));
    end(&mut killed);
    db.exec(&format!("kill {id}"));
    waited(|| db.value(&at_it).is_none().then_some(()));
    put(tool.third, "select 1");
    let told = says(1, &["applied", "applied", "half-applied"]);
    if tool.unlock.is_empty() {
        assert_eq!(told["in_flight"], serde_json::json!([]), "{told}");
    } else {
        assert!(told["in_flight"].to_string().contains("a deploy is in flight, or one died"), "{told}");
        place.shell(tool.unlock, &variables).exits(0);
    }
    repair();
    says(0, &["applied", "applied", "applied"]);
}

/// All that it records.
fn record(db: &TestDb, tool: &Tool) -> String {
    format!("{:?}", db.query_text(&format!("select * from {}", table(tool))))
}
