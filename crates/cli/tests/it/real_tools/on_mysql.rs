//! A tool on MySQL or MariaDB: what it made is applied, a row that is gone comes back, and where it was killed
//! half-way (nothing of what defines something is taken back there) the rest is made; then the tool goes on. Neighbour: `play`.

use super::tools::{SQL, Tool};
use super::{TOOLS, borrowed, end, filled, handed_on, started, told, waited};
use crate::history::words;
use crate::run::Place;
use evenkeel_testkit::mysql::{TestDb, database, flavors};

const FIRST: &str = "create table orders(id bigint primary key, note varchar(90))";
const PARTS: [[&str; 2]; 2] = [
    ["create index o_note on orders(note)", "create function twice(x int) returns int deterministic return 2 * x"],
    ["create table three (a int)", "create table four (a int)"],
];

/// For a minute where there is a row, and no time in a replay: its text stays, of which some tools keep a sum.
const WAITS: &str = "select sleep((select count(*) * 60 from orders))";
const DBMATE: &str = "/opt/evenkeel/tools/node_modules/@dbmate/linux-x64/bin";
const CARGO: &str = "/opt/evenkeel/cargo-tools/bin";

/// Tools whose migrations are SQL.
pub const ALL: &[Tool] = &[
    Tool {
        name: "dbmate",
        needs: &["/opt/evenkeel/tools/node_modules/@dbmate/linux-x64/bin/dbmate"],
        files: &[
            ("m/20260101000000_one.sql", "-- migrate:up\n{1};\n-- migrate:down\ndrop table orders;\n"),
            ("m/20260102000000_two.sql", "-- migrate:up\n{2a};\n{2b};\n-- migrate:down\ndrop function twice;\n"),
        ],
        third: &[("m/20260103000000_three.sql", "-- migrate:up\n{3a};\n{wait};\n{3b};\n-- migrate:down\n")],
        apply: "$TOOLS/node_modules/@dbmate/linux-x64/bin/dbmate --url $URL -d m --no-dump-schema up",
        table: "schema_migrations",
        second_row: "version = '20260102000000'",
        on_path: Some(DBMATE),
        ..SQL
    },
    Tool {
        name: "sqlx",
        needs: &["/opt/evenkeel/cargo-tools/bin/sqlx"],
        is_heavy: true,
        files: &[("m/20260101000000_one.sql", "{1};\n"), ("m/20260102000000_two.sql", "{2a};\n{2b};\n")],
        third: &[("m/20260103000000_three.sql", "{3a};\n{wait};\n{3b};\n")],
        apply: "/opt/evenkeel/cargo-tools/bin/sqlx migrate run --source m --database-url $URL",
        table: "_sqlx_migrations",
        second_row: "version = 20260102000000",
        on_path: Some(CARGO),
        // It writes the row before it runs the file.
        killed: "failed",
        ..SQL
    },
    Tool {
        name: "refinery",
        needs: &["/opt/evenkeel/cargo-tools/bin/refinery"],
        is_heavy: true,
        files: &[("m/V1__one.sql", "{1};\n"), ("m/V2__two.sql", "{2a};\n{2b};\n")],
        third: &[("m/V3__three.sql", "{3a};\n{wait};\n{3b};\n")],
        apply: "/opt/evenkeel/cargo-tools/bin/refinery migrate -e URL -p m",
        table: "refinery_schema_history",
        second_row: "version = 2",
        ..SQL
    },
    Tool {
        name: "Liquibase",
        needs: &["/opt/evenkeel/tools/node_modules/liquibase/dist/liquibase/internal/lib/liquibase-core.jar", "/usr/bin/java"],
        is_heavy: true,
        files: &[("m/main.sql", "--liquibase formatted sql\n--changeset ann:1\n{1};\n--changeset ann:2\n{2a};\n{2b};\n")],
        third: &[(
            "m/main.sql",
            "--liquibase formatted sql\n--changeset ann:1\n{1};\n--changeset ann:2\n{2a};\n{2b};\n--changeset ann:3\n{3a};\n{wait};\n{3b};\n",
        )],
        apply: "java -cp \"$TOOLS/node_modules/liquibase/dist/liquibase/internal/lib/*\" liquibase.integration.commandline.LiquibaseCommandLine --url=jdbc:mariadb://127.0.0.1:$PORT/$DB --username=root --password= --search-path=m --changelog-file=main.sql update",
        unlock: "java -cp \"$TOOLS/node_modules/liquibase/dist/liquibase/internal/lib/*\" liquibase.integration.commandline.LiquibaseCommandLine --url=jdbc:mariadb://127.0.0.1:$PORT/$DB --username=root --password= release-locks",
        table: "DATABASECHANGELOG",
        second_row: "ID = '2'",
        status: "java -cp /opt/evenkeel/tools/node_modules/liquibase/dist/liquibase/internal/lib/* liquibase.integration.commandline.LiquibaseCommandLine --url=jdbc:mariadb://{host}:{port}/{database} --username={user} --password= --search-path=m --changelog-file=main.sql status --verbose",
        ..SQL
    },
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
    let own = std::env::var("PATH").unwrap();
    let path = tool.on_path.map_or(own.clone(), |place| format!("{place}:{own}"));
    let variables = [
        ("URL", url),
        ("PORT", port.to_string()),
        ("DB", db.name.clone()),
        ("TOOLS", TOOLS.to_owned()),
        ("ENGINE", "mysql".to_owned()),
        ("PATH", path),
    ];
    let variables = borrowed(&variables);
    let put = |files: &[(&str, &str)], wait: &str| {
        files.iter().for_each(|(path, text)| _ = place.write(path, filled(text, &PARTS, wait).replace("{1}", FIRST)));
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
        let is_asked = !tool.status.is_empty() || tool.on_path.is_some();
        let asked = if !is_asked { "was not asked" } else { "asked there, has nothing to run" };
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
    put(tool.third, WAITS);
    db.exec("insert into orders (id) values (1)");
    let mut killed = started(&place, tool.apply, &variables);
    let at_it = format!("select id from information_schema.processlist where db = '{}' and info like '{WAITS}%'", db.name);
    let id = waited(|| db.value(&at_it));
    end(&mut killed);
    db.exec(&format!("kill {id}"));
    waited(|| db.value(&at_it).is_none().then_some(()));
    db.exec("delete from orders");
    let killed = if tool.killed == SQL.killed { "half-applied" } else { tool.killed };
    let told = says(1, &["applied", "applied", killed]);
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
