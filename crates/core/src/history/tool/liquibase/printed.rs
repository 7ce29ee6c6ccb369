//! What Liquibase prints of its change sets, as SQL (`update-sql`), and of the rows that it records them by.
//!
//! A row is its own only where it is the last statement of a change set, and names it: whatever else has its table's name in it is a
//! statement of somebody's change set, and stays.

/// Change sets by their keys: text, and the sum that stands in the row of its own table, which is no part of the text.
pub fn cut(told: &str) -> Vec<(String, String, Option<String>)> {
    let mut found: Vec<(String, Vec<&str>)> = Vec::new();
    for line in told.lines() {
        let comment = line.trim().strip_prefix("--").map(str::trim_start);
        if let Some(key) = comment.and_then(|comment| comment.strip_prefix("Changeset ")) {
            found.push((key.trim().to_owned(), Vec::new()));
        } else if let Some((_, lines)) = found.last_mut() {
            lines.push(line);
        }
    }
    let whole = |(key, lines): (String, Vec<&str>)| {
        let lines = released(&lines);
        let at = lines.iter().rposition(|line| begins_row(line));
        let (own, sum) = at.map_or((lines, None), |at| match recorded(&lines.get(at..).unwrap_or_default().join("\n"), &key) {
            Some(sum) => (lines.get(..at).unwrap_or_default(), sum),
            None => (lines, None),
        });
        let text = own.iter().flat_map(|line| [line, "\n"]).collect();
        (key, text, sum)
    };
    found.into_iter().map(whole).collect()
}

/// Without what it prints when it gives its lock back, at the very end.
fn released<'l, 't>(lines: &'l [&'t str]) -> &'l [&'t str] {
    let is_release = |line: &&str| line.trim().strip_prefix("--").is_some_and(|comment| comment.trim() == "Release Database Lock");
    let Some(at) = lines.iter().rposition(is_release) else { return lines };
    let mut rest = lines.iter().skip(at + 1).filter(|line| !line.trim().is_empty());
    let is_its = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().take(4).collect();
        let (is_update, table) = (words.first().is_some_and(|word| word.eq_ignore_ascii_case("update")), words.get(1).copied());
        is_update && table.is_some_and(|table| is_called(table, "databasechangeloglock")) && statements(line).is_some()
    };
    if rest.all(|line| is_its(line)) { lines.get(..at).unwrap_or_default() } else { lines }
}

/// Whether a name, in whichever quotes and schema, is that one.
fn is_called(written: &str, name: &str) -> bool {
    let last = written.rsplit('.').next().unwrap_or_default();
    last.trim_matches(['"', '`', '[', ']']).eq_ignore_ascii_case(name)
}

/// Whether a line begins a row of its own table.
fn begins_row(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let begins = [words.next(), words.next()].map(|word| word.map(str::to_ascii_uppercase).unwrap_or_default());
    begins == ["INSERT", "INTO"] && words.next().is_some_and(|table| is_called(table.trim_end_matches('('), "databasechangelog"))
}

/// The sum that one statement records, which is the row of that change set; nothing where it is not.
fn recorded(statement: &str, key: &str) -> Option<Option<String>> {
    let literals = statements(statement)?;
    let [id, author, file, more @ ..] = literals.as_slice() else { return None };
    if format!("{file}::{id}::{author}") != key {
        return None;
    }
    // A moment may be written as a text, too.
    Some(more.iter().take(2).find(|text| is_sum(text)).cloned())
}

/// The texts in quotes of what is one statement to its end; nothing where it is several, or none that ends.
fn statements(text: &str) -> Option<Vec<String>> {
    let (mut literals, mut now) = (Vec::new(), None::<String>);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, &mut now) {
            ('\'', Some(literal)) if letters.peek() == Some(&'\'') => {
                letters.next();
                literal.push('\'');
            }
            ('\'', open) => match open.take() {
                Some(literal) => literals.push(literal),
                None => *open = Some(String::new()),
            },
            (_, Some(literal)) => literal.push(letter),
            (';', None) => return letters.all(char::is_whitespace).then_some(literals),
            (_, None) => {}
        }
    }
    None
}

/// `9:` and 32 digits.
fn is_sum(text: &str) -> bool {
    let Some((version, sum)) = text.split_once(':') else { return false };
    let is_version = version.len() == 1 && version.bytes().all(|byte| byte.is_ascii_digit());
    is_version && sum.len() == 32 && sum.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::cut;

    const SUM: &str = "9:a707a1bae55ff0544a1c009a41ae4cb0";
    const OTHER: &str = "9:00000000000000000000000000000000";

    fn row(values: &str) -> String {
        format!("INSERT INTO databasechangelog (ID, AUTHOR, FILENAME, DATEEXECUTED, ORDEREXECUTED, MD5SUM, COMMENTS) VALUES ({values});")
    }

    fn told(text: &str) -> Vec<(String, String, Option<String>)> {
        cut(text).into_iter().map(|(key, text, sum)| (key, text.trim().to_owned(), sum)).collect()
    }

    fn one(key: &str, text: &str, sum: Option<&str>) -> (String, String, Option<String>) {
        (key.to_owned(), text.to_owned(), sum.map(str::to_owned))
    }

    #[test]
    fn a_row_of_its_own_table_tells_the_sum_and_is_no_part_of_the_text() {
        let text = [
            "-- Update Database Script",
            "CREATE TABLE databasechangelog (ID VARCHAR(255) NOT NULL);",
            "-- Changeset main.xml::1::ann",
            "CREATE TABLE orders (id INTEGER);",
            &row(&format!("'1', 'ann', 'main.xml', NOW(), 1, '{SUM}', 'first,\nINSERT second); -- {OTHER}'")),
            "",
            "-- Changeset main.xml::it's::bob, x",
            "ALTER TABLE orders ADD total numeric(9, 2);",
            &row(&format!("'it''s', 'bob, x', 'main.xml', '2026-11-30', 2, '{SUM}', '{OTHER}'"))
                .replace("databasechangelog", "\"app\".\"DATABASECHANGELOG\""),
            "-- Changeset main.xml::3::ann",
            "DROP TABLE orders;",
            "-- Release Database Lock",
            "UPDATE databasechangeloglock SET LOCKED = FALSE, LOCKEDBY = NULL WHERE ID = 1;",
            "",
        ];
        assert_eq!(
            told(&text.join("\n")),
            [
                one("main.xml::1::ann", "CREATE TABLE orders (id INTEGER);", Some(SUM)),
                one("main.xml::it's::bob, x", "ALTER TABLE orders ADD total numeric(9, 2);", Some(SUM)),
                one("main.xml::3::ann", "DROP TABLE orders;", None),
            ]
        );
    }

    /// Statements of change sets that have its names in them.
    #[test]
    fn whatever_else_has_its_tables_name_in_it_stays() {
        let own = row(&format!("'2', 'ann', 'main.xml', NOW(), 1, '{SUM}', ''"));
        let other = row(&format!("'1', 'ann', 'main.xml', NOW(), 1, '{OTHER}', ''"));
        for statements in [
            "insert into notes select 'databasechangelog', 1;\nDROP TABLE orders;",
            "DROP TABLE orders; -- not databasechangelog",
            "CREATE VIEW ran AS SELECT * FROM databasechangelog;",
            "UPDATE databasechangelog SET md5sum = NULL;\nDROP TABLE orders;",
            &format!("insert into my_databasechangelog (id, md5sum) values (1, '{OTHER}');\nDROP TABLE orders;"),
            &other,
            &format!("{other}\nDROP TABLE orders;"),
            "-- Release Database Lock\nDROP TABLE orders;",
            "-- Release Database Lock\nUPDATE databasechangeloglock SET LOCKED = FALSE; DROP TABLE orders;",
        ] {
            let found = told(&format!("-- Changeset main.xml::2::ann\n{statements}\n{own}\n"));
            assert_eq!(found, [one("main.xml::2::ann", statements, Some(SUM))]);
            // Where nothing is recorded nothing is taken for that.
            let found = told(&format!("-- Changeset main.xml::2::ann\n{statements}\n"));
            assert_eq!(found, [one("main.xml::2::ann", statements, None)]);
        }
        // What stands behind its row is somebody's.
        let behind = format!("select 1;\n{own}\nDROP TABLE orders;");
        assert_eq!(told(&format!("-- Changeset main.xml::2::ann\n{behind}\n")), [one("main.xml::2::ann", &behind, None)]);
    }
}
