//! Writing postgresql.conf. What a scratch server is set to by default is decided in `mod.rs`.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use super::fault::Fault;

/// Appends settings to a configuration file; the last line of a name wins.
pub fn append(file: &Path, settings: &[(String, String)]) -> Result<(), Fault> {
    let mut text = String::from("\n# evenkeel\n");
    for (name, value) in settings {
        text.push_str(&line(name, value)?);
    }
    let mut opened = File::options().append(true).open(file).map_err(evenkeel_launcher::Fault::file("write", file))?;
    Ok(opened.write_all(text.as_bytes()).map_err(evenkeel_launcher::Fault::file("write", file))?)
}

fn line(name: &str, value: &str) -> Result<String, Fault> {
    let bad = |reason| Err(Fault::BadSetting { name: name.to_owned(), reason });
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')) {
        return bad("a name has letters, digits, '_' and '.'");
    }
    if value.contains(['\n', '\r', '\0']) {
        return bad("a value is one line");
    }
    // In a quoted value a quote is doubled and a backslash escapes:
    // https://www.postgresql.org/docs/current/config-setting.html
    Ok(format!("{name} = '{}'\n", value.replace('\\', "\\\\").replace('\'', "''")))
}

/// Whether a server of that file takes connections from the network; where nobody can tell, it does.
pub fn listens(file: &Path) -> bool {
    let Ok(text) = std::fs::read_to_string(file) else { return true };
    let mut named = text.lines().filter_map(|line| line.trim_start().strip_prefix("listen_addresses"));
    named.next_back().is_none_or(|value| value.trim_start_matches([' ', '=']).split('#').next().unwrap_or_default().trim() != "''")
}

/// One `name='value'` of a libpq connection string.
/// <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE>
pub fn conninfo_word(name: &str, value: &str) -> String {
    format!("{name}='{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn values_are_quoted_and_what_cannot_be_quoted_is_refused() {
        assert_eq!(line("search_path", r#""$user", it's\"#).unwrap(), "search_path = '\"$user\", it''s\\\\'\n");
        assert!(matches!(line("a b", "x"), Err(Fault::BadSetting { .. })));
        assert!(matches!(line("", "x"), Err(Fault::BadSetting { .. })));
        assert!(matches!(line("a", "x\ny = 1"), Err(Fault::BadSetting { .. })));
        assert_eq!(conninfo_word("dbname", r"it's \ here"), r"dbname='it\'s \\ here'");
    }
}
