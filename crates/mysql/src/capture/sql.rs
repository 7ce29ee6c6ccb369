//! The `.sql` files beside this one, rendered for a server and for what of it is captured.
//!
//! A line that ends in `-- mysql` or `-- mariadb` is kept for that vendor, with ` >=11.4` or ` <11.4` behind it for versions from there
//! on or before; the rest always. `:own(column)` becomes the condition that a row belongs to the captured databases. So one
//! file serves all servers and still reads as SQL.

use super::scope::Scope;
use crate::flavor::Flavor;

/// The statement for that server and scope, comments and marks removed.
#[must_use]
pub fn render(text: &str, flavor: &Flavor, scope: &Scope) -> String {
    let mut statement = String::with_capacity(text.len());
    for line in text.lines() {
        let (code, comment) = line.split_once("--").unwrap_or((line, ""));
        if code.trim().is_empty() || !applies(comment.trim(), flavor) {
            continue;
        }
        statement.push_str(code.trim_end());
        statement.push('\n');
    }
    scoped(&statement, scope)
}

fn applies(mark: &str, flavor: &Flavor) -> bool {
    let (vendor, bounds) = mark.split_once(' ').unwrap_or((mark, ""));
    let is_this = match vendor {
        "mariadb" => flavor.is_mariadb(),
        "mysql" => !flavor.is_mariadb(),
        // A comment that is no mark.
        _ => return true,
    };
    let bound = |sign: &str| bounds.strip_prefix(sign).and_then(number);
    is_this && bound(">=").is_none_or(|version| flavor.number >= version) && bound("<").is_none_or(|version| flavor.number < version)
}

/// `11.4` is 1104.
fn number(version: &str) -> Option<u16> {
    let (major, minor) = version.trim().split_once('.')?;
    major.parse::<u16>().ok()?.checked_mul(100)?.checked_add(minor.parse().ok()?)
}

fn scoped(statement: &str, scope: &Scope) -> String {
    let mut rest = statement;
    let mut rendered = String::with_capacity(statement.len() + 64);
    while let Some((before, after)) = rest.split_once(":own(") {
        let Some((column, after)) = after.split_once(')') else { break };
        rendered.push_str(before);
        rendered.push_str(&scope.condition(column));
        rest = after;
    }
    rendered.push_str(rest);
    rendered
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn lines_are_kept_by_vendor_and_version() {
        let text = "-- head\nselect a,\n  b -- mysql\n  c -- mariadb\n  d -- mariadb >=11.4\n  e -- mariadb <11.4\nfrom t -- why\nwhere :own(table_schema)";
        let render = |version: &str, scope: &Scope| super::render(text, &Flavor::parse(version).unwrap(), scope);
        let one = Scope::of("sh'op");
        assert_eq!(render("9.7.0", &one), format!("select a,\n  b\nfrom t\nwhere {}\n", one.condition("table_schema")));
        assert_eq!(
            render("10.11.1-MariaDB", &Scope::of("")),
            "select a,\n  c\n  e\nfrom t\nwhere cast(table_schema as binary) not in ('information_schema', 'mysql', 'performance_schema', 'sys')\n"
        );
        assert!(render("11.8.1-MariaDB", &one).contains("  c\n  d\n"));
    }
}
