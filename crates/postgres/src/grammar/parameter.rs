//! Words that generators of code have for parameters, made the server's own. Neighbour: `token`, which cuts the text.
//! <https://docs.sqlc.dev/en/stable/reference/macros.html>

use super::token::{Sort, Token, tokens};

/// Signs before an `@` that are no part of an operator with it, as sqlc takes them.
const APART: &[&str] = &["=", "+", "-", "*", "/", "%", ";"];

/// The statement with `$1`, `$2` … for `@name` and `sqlc.arg(name)`; numbers that it has already stay, and others come after them.
pub(super) fn numbered(statement: &str) -> String {
    let all: Vec<Token> = tokens(statement).collect();
    let text = |at: usize| all.get(at).and_then(|token| statement.get(token.start..token.end)).unwrap_or_default();
    let sort = |at: usize| all.get(at).map(|token| token.sort);
    let numbers = all.iter().filter(|token| token.sort == Sort::Parameter);
    let numbers = numbers.filter_map(|token| statement.get(token.start + 1..token.end)?.parse::<usize>().ok());
    let before = numbers.max().unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    let mut number = |name: &str| {
        let at = names.iter().position(|known| known == name).unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        format!("${}", before + at + 1)
    };
    let (mut made, mut at) = (String::with_capacity(statement.len()), 0);
    while at < all.len() {
        let is_apart = at == 0 || sort(at - 1) != Some(Sort::Sign) || APART.contains(&text(at - 1));
        let is_name = |at: usize| matches!(sort(at), Some(Sort::Word | Sort::Quoted | Sort::Literal));
        if text(at) == "@" && sort(at) == Some(Sort::Sign) && is_apart && matches!(sort(at + 1), Some(Sort::Word)) {
            made.push_str(&number(text(at + 1)));
            at += 2;
        } else if text(at).eq_ignore_ascii_case("sqlc")
            && text(at + 1) == "."
            && text(at + 3) == "("
            && is_name(at + 4)
            && text(at + 5) == ")"
        {
            let name = text(at + 4).trim_matches(['\'', '"']);
            match text(at + 2).to_ascii_lowercase().as_str() {
                // All columns of a table of the query.
                "embed" => made.push_str(&format!("{name}.*")),
                _ => made.push_str(&number(name)),
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
    use super::numbered;

    #[test]
    fn names_of_parameters_are_numbers_and_operators_stay() {
        for (given, made) in [
            ("SELECT a FROM t WHERE b = @b AND c =@c OR d = @b", "SELECT a FROM t WHERE b = $1 AND c =$2 OR d = $1"),
            (
                "UPDATE t SET a = sqlc.arg(a), b = coalesce(sqlc.narg('b'), b) WHERE id = $1",
                "UPDATE t SET a = $2, b = coalesce($3, b) WHERE id = $1",
            ),
            ("SELECT sqlc.embed(t) FROM t WHERE a = ANY(sqlc.slice('ids'))", "SELECT t.* FROM t WHERE a = ANY($1)"),
            (
                "SELECT '@x', \"@y\", a <@ b, c @> d, c <@e, @-5 FROM t -- @z",
                "SELECT '@x', \"@y\", a <@ b, c @> d, c <@e, @-5 FROM t -- @z",
            ),
            ("INSERT INTO t VALUES (@a,@b,@a::text)", "INSERT INTO t VALUES ($1,$2,$1::text)"),
        ] {
            assert_eq!(numbered(given), made);
        }
    }
}
