//! What Liquibase prints of its change sets, as SQL (`update-sql`), and of the rows that it would record them by.

/// What `update-sql` prints, by change set: key, text, and the sum that stands in the row of its own table; the row is left out.
pub fn cut(told: &str) -> Vec<(String, String, Option<String>)> {
    let mut found: Vec<(String, String, Option<String>)> = Vec::new();
    // A row goes on over the next lines where a remark of the change set has several.
    let mut is_row = false;
    for line in told.lines() {
        if is_row {
            is_row = !line.trim_end().ends_with(");");
            continue;
        }
        let comment = line.trim().strip_prefix("--").map(str::trim_start);
        // The tool's own words stand around what it would run, also behind the last one.
        let key = comment.and_then(|comment| comment.strip_prefix("Changeset "));
        if let Some(key) = key {
            found.push((key.trim().to_owned(), String::new(), None));
            continue;
        }
        let is_own = line.to_ascii_lowercase().contains("databasechangelog");
        if let (true, Some((_, _, sum))) = (is_own, found.last_mut()) {
            *sum = sum.take().or_else(|| summed(line));
            is_row = line.trim_start().to_ascii_uppercase().starts_with("INSERT INTO") && !line.trim_end().ends_with(");");
        }
        if is_own || comment.is_some_and(|comment| comment.starts_with("Release Database Lock")) {
            continue;
        }
        if let Some((_, text, _)) = found.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    found
}

/// The sum in a statement that records a change set: the one value that is a version, a colon and a sum.
fn summed(line: &str) -> Option<String> {
    let columns = line.split_once('(')?.1.split_once(')')?.0;
    if !columns.to_ascii_uppercase().contains("MD5SUM") {
        return None;
    }
    let is_sum = |word: &&str| {
        let Some((version, sum)) = word.split_once(':') else { return false };
        version.len() == 1
            && version.bytes().all(|byte| byte.is_ascii_digit())
            && sum.len() == 32
            && sum.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    // Texts of people stand between quotes too: where several look like it, none is taken.
    let mut sums = line.split('\'').filter(is_sum);
    sums.next().filter(|_| sums.next().is_none()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_row_of_its_own_table_tells_the_sum_and_is_no_part_of_the_text() {
        let row = |values: &str| {
            format!(
                "INSERT INTO databasechangelog (ID, AUTHOR, FILENAME, DATEEXECUTED, ORDEREXECUTED, MD5SUM, DESCRIPTION, COMMENTS) VALUES ({values});"
            )
        };
        let one = "9:a707a1bae55ff0544a1c009a41ae4cb0";
        let told = [
            "-- Update Database Script".to_owned(),
            "-- Changeset main.xml::1::ann".to_owned(),
            "CREATE TABLE orders (id INTEGER);".to_owned(),
            row(&format!("'1', 'ann', 'main.xml', NOW(), 1, '{one}', 'createTable tableName=orders', 'first,\nINSERT second")),
            "-- Changeset main.xml::it's::bob, x".to_owned(),
            "ALTER TABLE orders ADD total numeric(9, 2);".to_owned(),
            row(&format!("'it''s', 'bob, x', 'main.xml', NOW(), 2, '{one}', 'said {one}', '{one}'")),
            "-- Changeset main.xml::3::ann".to_owned(),
            "DROP TABLE orders;".to_owned(),
            "-- Release Database Lock".to_owned(),
        ];
        let told = told.join("\n");
        let found: Vec<_> = cut(&told).into_iter().map(|(key, text, sum)| (key, text.trim().to_owned(), sum)).collect();
        let text = |text: &str| text.to_owned();
        assert_eq!(
            found,
            [
                (text("main.xml::1::ann"), text("CREATE TABLE orders (id INTEGER);"), Some(text(one))),
                // Which of several it is nobody says.
                (text("main.xml::it's::bob, x"), text("ALTER TABLE orders ADD total numeric(9, 2);"), None),
                (text("main.xml::3::ann"), text("DROP TABLE orders;"), None),
            ]
        );
    }
}
