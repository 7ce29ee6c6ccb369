//! A statement that a project wrote, looked at before it is sent: where it names its rows, and whether it can mean others than these.
//!
//! Does not live here: grammars of servers, which look at it themselves (`Backfiller::tried`). What this cannot read it refuses.

use evenkeel_core::port::Change;

/// How such a statement begins.
const FIRST: [&str; 6] = ["insert", "update", "delete", "replace", "merge", "with"];
/// What may stand before its rows.
const BEFORE: [&str; 3] = ["where", "and", "on"];

/// A word or a sign, and how many parentheses are open around it.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    depth: usize,
}

/// What is wrong with it; nothing where it means the rows that it names, and no others.
#[must_use]
pub fn misread(statement: &str) -> Option<String> {
    let todo = Change::TODO;
    if statement.matches(todo).count() != 1 {
        return Some(format!("the statement names its rows by {todo} once, and not otherwise"));
    }
    let Some(pieces) = pieces(statement) else {
        return Some("the statement has a quote, a comment or a parenthesis that does not end, or a dollar quote".to_owned());
    };
    if !pieces.first().is_some_and(|first| FIRST.contains(&first.text.as_str())) {
        return Some(format!("the statement does not begin with {}", FIRST.join(", ")));
    }
    if pieces.iter().any(|piece| piece.text == "returning") {
        return Some("the statement gives rows back (RETURNING), which nobody reads: leave that out".to_owned());
    }
    let Some(at) = pieces.iter().position(|piece| piece.text == todo) else {
        return Some(format!("{todo} stands within a quote or a comment, where it names no rows"));
    };
    let (before, behind) = pieces.split_at(at);
    let depth = behind.first().map_or(0, |piece| piece.depth);
    if !before.last().is_some_and(|last| BEFORE.contains(&last.text.as_str()) && last.depth == depth) {
        return Some(format!("{todo} stands behind WHERE, AND or ON, and behind nothing else: it would name other rows"));
    }
    let own = |piece: &&Piece| piece.depth == depth;
    let since = before
        .iter()
        .rev()
        .take_while(|piece| piece.depth >= depth)
        .filter(own)
        .take_while(|piece| !["where", "on"].contains(&piece.text.as_str()));
    let until = behind.iter().skip(1).take_while(|piece| piece.depth >= depth).filter(own);
    let is_or = |piece: &Piece| ["or", "xor", "||"].contains(&piece.text.as_str());
    if since.chain(until).any(is_or) {
        return Some(format!("beside {todo} stands OR, by which other rows are changed in each part: put that in parentheses"));
    }
    None
}

/// Words in small letters and signs, without quotes and comments; nothing where one of these does not end.
fn pieces(statement: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let (mut rest, mut depth) = (statement, 0usize);
    while let Some(first) = rest.chars().next() {
        let over = |length: usize| rest.get(length..);
        if let Some(text) = [Change::TODO, "||"].into_iter().find(|text| rest.starts_with(text)) {
            pieces.push(Piece { text: text.to_owned(), depth });
            rest = over(text.len())?;
        } else if rest.starts_with("--") || first == '#' && !rest.starts_with("#>") && !rest.starts_with("#-") {
            rest = rest.find('\n').map_or(Some(""), over)?;
        } else if rest.starts_with("/*") {
            rest = over(rest.find("*/")? + 2)?;
        } else if matches!(first, '\'' | '"' | '`') {
            // A doubled one is read as two texts, and one behind a backslash as the end: what is left then does not end.
            let inner = over(1)?;
            rest = inner.get(inner.find(first)? + 1..)?;
            pieces.push(Piece { text: first.to_string(), depth });
        } else if first == '$' {
            return None;
        } else if first.is_alphanumeric() || first == '_' {
            let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len());
            pieces.push(Piece { text: rest.get(..length)?.to_lowercase(), depth });
            rest = over(length)?;
        } else {
            match first {
                '(' => depth += 1,
                ')' => depth = depth.checked_sub(1)?,
                _ => {}
            }
            if !first.is_whitespace() {
                pieces.push(Piece { text: first.to_string(), depth: depth + usize::from(first == ')') });
            }
            rest = over(first.len_utf8())?;
        }
    }
    (depth == 0).then_some(pieces)
}

#[cfg(test)]
mod tests {
    use super::misread;

    #[test]
    fn what_means_its_rows_alone_is_taken() {
        for statement in [
            "UPDATE t SET b = lower(a) WHERE {todo}",
            "insert into m (id) select id from t where {todo} on conflict do nothing",
            "update t set b = case when a or c then 1 end where (a or c) and {todo} -- or so",
            "update t set b = (select x from y where z or w) where {todo} and (c or d)",
            "with n as (select 1) delete from t using n where t.a = n.b and {todo}",
            "update t set b = 'it''s or' where a = '-- or' and {todo}",
            "update t join (select id from u where v or w) x on x.id = t.id and {todo} set b = 1",
        ] {
            assert_eq!(misread(statement), None, "{statement}");
        }
    }

    #[test]
    fn what_may_mean_others_is_refused() {
        for statement in [
            "update t set b = 1",
            "update t set b = 1 where {todo} or true",
            "update t set b = 1 where a or {todo}",
            "update t set b = 1 where a and {todo} || c",
            "update t set b = 1 where not {todo}",
            "update t set b = 1 where '{todo}' <> ''",
            "insert into m select id, '{todo}' from t where a",
            "update t set b = 1 -- {todo}",
            "update t set b = 1 # where {todo}",
            "update t set b = 1 where a /* and {todo} */",
            "update t set b = 1 where {todo} and {todo}",
            "update t set b = 1 where {todo} returning id",
            "select f(id) from t where {todo}",
            "do $$ begin update t set b = 1 where {todo}; end $$",
            "update t set b = 1 where ({todo}",
            "update t set b = {todo}",
        ] {
            assert!(misread(statement).is_some(), "{statement}");
        }
    }
}
