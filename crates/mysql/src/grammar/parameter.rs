//! Words that generators of code have for parameters, made the server's own. Neighbour: `token`, which cuts the text.
//! <https://docs.sqlc.dev/en/stable/reference/macros.html>

use super::token::{Sort, Token, tokens};

/// The statement with `?` for `sqlc.arg(name)` and its likes. An `@name` is a variable of the session here.
pub(super) fn marked(statement: &str) -> String {
    let all: Vec<Token<'_>> = tokens(statement).collect();
    let text = |at: usize| all.get(at).map_or("", |token| token.text);
    let is_name = |at: usize| all.get(at).is_some_and(|token| matches!(token.sort, Sort::Word | Sort::Text | Sort::Name));
    let (mut made, mut at) = (String::with_capacity(statement.len()), 0);
    while at < all.len() {
        if text(at).eq_ignore_ascii_case("sqlc") && text(at + 1) == "." && text(at + 3) == "(" && is_name(at + 4) && text(at + 5) == ")" {
            match text(at + 2).to_ascii_lowercase().as_str() {
                "embed" => made.push_str(&format!("{}.*", text(at + 4))),
                _ => made.push('?'),
            }
            at += 6;
        } else {
            made.push_str(text(at));
            at += 1;
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn names_of_parameters_are_marks_and_variables_stay() {
        for (given, made) in [
            (
                "SELECT a FROM t WHERE b = sqlc.arg(b) AND c IN (sqlc.slice('ids')) AND d = @d",
                "SELECT a FROM t WHERE b = ? AND c IN (?) AND d = @d",
            ),
            ("SELECT sqlc.embed(t), 'sqlc.arg(x)' FROM t WHERE a = sqlc.narg(\"a\")", "SELECT t.*, 'sqlc.arg(x)' FROM t WHERE a = ?"),
        ] {
            assert_eq!(marked(given), made);
        }
    }
}
