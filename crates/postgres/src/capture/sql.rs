//! The `.sql` files beside this one, rendered for a server version.
//!
//! A line that ends in `-- >=14` is kept for servers from 14 on, one that ends in `-- <14` for older ones, ` and ` joins two marks;
//! the rest always. So one file serves all versions and still reads as SQL.

/// The statement for that major version, comments and version marks removed.
#[must_use]
pub fn render(text: &str, major: u16) -> String {
    let mut statement = String::with_capacity(text.len());
    for line in text.lines() {
        let (code, comment) = line.split_once("--").unwrap_or((line, ""));
        if code.trim().is_empty() || !applies(comment.trim(), major) {
            continue;
        }
        statement.push_str(code.trim_end());
        statement.push('\n');
    }
    statement
}

/// A statement with something in the place of each parameter: enough to have it explained.
#[must_use]
pub fn with_something(statement: &str) -> String {
    let mut parts = statement.split('$');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() == part.len() {
            whole.push('$');
        } else {
            whole.push_str(if rest.starts_with("::") { "'{}'" } else { "null" });
        }
        whole.push_str(rest);
    }
    whole
}

fn applies(comment: &str, major: u16) -> bool {
    comment.split(" and ").all(|mark| {
        let bound = |sign: &str| mark.strip_prefix(sign).and_then(|text| text.trim().parse::<u16>().ok());
        bound(">=").is_none_or(|version| major >= version) && bound("<").is_none_or(|version| major < version)
    })
}

/// A value as its type prints it. A cast to text would be a user's where somebody has made one, which says what it likes and runs with
/// the rights of whoever reads. A row of nothing but NULLs is no NULL.
#[must_use]
pub fn printed(value: &str) -> String {
    format!("case when pg_catalog.num_nulls({value}) = 1 then null else pg_catalog.format('%s', {value}) end")
}

#[cfg(test)]
mod tests {
    use super::{render, with_something};

    #[test]
    fn parameters_are_filled() {
        assert_eq!(with_something("unnest($1::oid[]) '^x$' = $12 and"), "unnest('{}'::oid[]) '^x$' = null and");
    }

    #[test]
    fn lines_are_kept_by_version() {
        let text = "-- head\nselect a,\n  b -- >=14\n  null as b -- <14\nfrom t -- why\n";
        assert_eq!(render(text, 13), "select a,\n  null as b\nfrom t\n");
        assert_eq!(render(text, 18), "select a,\n  b\nfrom t\n");
    }
}
