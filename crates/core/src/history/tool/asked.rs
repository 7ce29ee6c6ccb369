//! What Flyway and Rails say where they are asked what they would still run. Of other tools it stands in their own files, as all else of
//! these two does in theirs.

use super::flyway;
use crate::history::status::{Said, Status, Told};
use serde_json::Value;

/// `info` and `validate` as JSON: a state for each migration, and what does not fit its file.
/// <https://documentation.red-gate.com/fd/info-184127463.html>
pub const FLYWAY: Status = Status {
    tool: flyway::NAME,
    commands: &[
        &["flyway", "-locations=filesystem:{folder}", "-outputType=json", "info"],
        &["flyway", "-locations=filesystem:{folder}", "-outputType=json", "-ignoreMigrationPatterns=*:pending,*:ignored", "validate"],
    ],
    variables: &[("FLYWAY_URL", "{jdbc}"), ("FLYWAY_USER", "{user}"), ("FLYWAY_PASSWORD", ""), ("REDGATE_DISABLE_TELEMETRY", "true")],
    example: "flyway -url={jdbc} -user={user} -outputType=json info",
    read: flyway_told,
};

fn flyway_told(said: &Said<'_>) -> Option<Told> {
    let answer: Value = serde_json::from_str(said.out.trim()).ok()?;
    if said.has("validate") {
        let is_well = answer.get("validationSuccessful")?.as_bool()?;
        let text = |one: &Value, name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let list = answer.get("invalidMigrations").and_then(Value::as_array).into_iter().flatten();
        let why = |one: &Value| one.get("errorDetails").map(|details| text(details, "errorMessage")).unwrap_or_default();
        let mut wrong: Vec<(String, String)> = list.map(|one| (text(one, "version"), why(one))).collect();
        if !is_well && wrong.is_empty() {
            wrong.push((String::new(), "what is applied does not validate".to_owned()));
        }
        return Some(Told::Pending { names: Vec::new(), wrong });
    }
    let (mut names, mut wrong) = (Vec::new(), Vec::new());
    for one in answer.get("migrations")?.as_array()? {
        let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
        // A repeatable one has no version.
        let file = text("filepath").rsplit(['/', '\\']).next().unwrap_or_default();
        let name = if text("version").is_empty() { file } else { text("version") };
        match text("state") {
            "Pending" | "Outdated" | "Ignored" => names.push(name.to_owned()),
            "Success" | "Baseline" | "Below Baseline" | "Out of Order" | "Undone" | "Superseded" | "Deleted" | "Available"
            | "Above Target" => {}
            state @ ("Failed" | "Failed (Missing)" | "Failed (Future)" | "Missing" | "Future") => {
                wrong.push((name.to_owned(), format!("{name} is {state}")));
            }
            _ => return None,
        }
    }
    Some(Told::Pending { names, wrong })
}

/// `db:migrate:status` prints a table of `up` and `down`; `db:abort_if_pending_migrations` what is pending, and nothing where nothing is.
/// <https://guides.rubyonrails.org/active_record_migrations.html>
pub const RAILS: Status = Status {
    tool: "Rails",
    commands: &[],
    variables: &[],
    example: "bin/rails db:migrate:status",
    read: |said| {
        if said.has("db:abort_if_pending_migrations") {
            let mut lines = said.lines().skip_while(|line| !(line.starts_with("You have ") && line.contains("pending migration")));
            return match (said.code?, lines.next()) {
                (0, None) => Some(Told::pending([] as [&str; 0])),
                (_, Some(_)) => {
                    let numbers = lines.filter_map(|line| line.split_whitespace().next());
                    let names: Vec<&str> = numbers.take_while(|number| number.bytes().all(|byte| byte.is_ascii_digit())).collect();
                    (!names.is_empty()).then(|| Told::pending(names))
                }
                _ => None,
            };
        }
        let mut lines = said.out.lines().map(str::trim).skip_while(|line| !(line.starts_with("Status") && line.contains("Migration ID")));
        lines.next().filter(|_| said.is_well())?;
        let mut names = Vec::new();
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with("---")) {
            let mut words = line.split_whitespace();
            match (words.next()?, words.next()?) {
                ("down", number) => names.push(number),
                ("up", _) => {}
                _ => return None,
            }
        }
        Some(Told::pending(names))
    },
};
