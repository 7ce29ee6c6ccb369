//! Kind `view`: views. Their columns come with those of tables (`column`).

use super::canonical::{self, Context};
use super::clause::{self, Token};
use super::lossy::{self, Bodies, Doubt};
use super::reader::{Read, Reader, Stop};
use super::special::{self, Unread};
use super::statements;
use super::stored::{self, named};
use crate::connect::Fault;
use crate::connect::rows::Row;
use crate::grammar::{self, token::Sort};
use crate::ident::Ident;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Gap, Object, Reason};
use std::collections::{HashMap, HashSet};
use std::sync::PoisonError;

/// Reads views and their definers.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let context = Context { flavor: reader.flavor, scope: reader.scope };
    let (mut views, mut definers, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let rows = reader.plain(Kind::View, statements::VIEW).await?;
    let shown = shown(reader, &rows).await?;
    let queries = queries(reader, &rows, &shown).await?;
    for (at, (mut object, row)) in rows.into_iter().enumerate() {
        let database = named(&row, "_database")?.unwrap_or_default();
        let place = format!("{}.{}", Ident(&database), Ident(object.identity.part(1)));
        let cure = format!("GRANT SHOW VIEW, SELECT ON {place} TO {};", reader.access.account);
        let raw = match queries.get(&at) {
            Some(Ok(text)) => Some(text.as_str().into()),
            Some(Err(unread)) => {
                reader.gap(unread.gap(&object, &cure).attribute("definition"));
                named(&row, "_definition")?
            }
            None => named(&row, "_definition")?,
        };
        // MariaDB writes the names of a list into the query; MySQL keeps the two apart.
        let columns = match shown.get(&at) {
            Some(Ok(whole)) if !reader.flavor.is_mariadb() => head(whole).map(|(columns, _)| columns).unwrap_or_default(),
            _ => Vec::new(),
        };
        let definition = raw.as_deref().map(|text| canonical::exact_definition(text, &columns, context));
        stored::text_or_gap(reader, &mut object, "definition", definition, &cure);
        if let Some(raw) = raw.filter(|raw| !raw.is_empty()) {
            canonical::marks_of_query(&mut object, "definition", &raw, &columns, context);
        }
        definers.extend(stored::finish(&mut object, &row)?);
        views.push(object);
        names.push(place);
    }
    if !reader.flavor.is_mariadb() {
        algorithms(reader, &mut views, &names, &shown);
    }
    views.extend(definers);
    Ok(views)
}

/// What SHOW CREATE VIEW prints, by place in the list.
type Shown = HashMap<usize, Result<Box<str>, Unread>>;

/// Asks for what only SHOW CREATE VIEW tells: character sets of literals, and on MySQL the algorithm. Whoever may not see a
/// query may not see these.
async fn shown(reader: &Reader<'_>, rows: &[(Object, Row)]) -> Read<Shown> {
    let (mut places, mut asked) = (Vec::new(), Vec::new());
    for (at, (object, row)) in rows.iter().enumerate() {
        let tells = |text: Box<str>| if reader.flavor.is_mariadb() { text.contains('\'') } else { !text.is_empty() };
        if named(row, "_definition")?.is_some_and(tells) {
            places.push(at);
            asked.push(statements::SHOW_VIEW.fill(&[&lossy::place(reader, object.identity.part(0), object.identity.part(1))]));
        }
    }
    let answers = special::ask(reader, &asked, "reading how views were created").await?;
    let hidden = || Unread::new(Reason::Privilege, "the account may not see how it was created");
    let text = |answer: Result<Row, Unread>| answer.and_then(|row| row.text(1).ok().flatten().ok_or_else(hidden));
    Ok(places.into_iter().zip(answers.into_iter().map(text)).collect())
}

/// Queries that the list cannot show: those with characters beyond U+FFFF, and those where a literal names its character
/// set, which `VIEWS` leaves out and which decides how the literal compares (measured on both vendors).
async fn queries(reader: &Reader<'_>, rows: &[(Object, Row)], shown: &Shown) -> Read<Bodies> {
    let mut found = beyond(reader, rows).await?;
    for (at, (_, row)) in rows.iter().enumerate() {
        // What the list cannot show either way is in what SHOW CREATE VIEW prints.
        if !named(row, "_definition")?.is_some_and(|text| text.contains('\'')) {
            continue;
        }
        match shown.get(&at) {
            Some(Err(unread)) => drop(found.insert(at, Err(unread.clone()))),
            Some(Ok(whole)) if canonical::names_charset(whole) => {
                let unclear = || Unread::new(Reason::Failed, "its query was not found in what SHOW CREATE VIEW prints");
                found.insert(at, query(whole).map(str::to_owned).ok_or_else(unclear));
            }
            _ => {}
        }
    }
    Ok(found)
}

/// What stands behind `… VIEW name [(columns)] AS`, without the check option.
fn query(whole: &str) -> Option<&str> {
    let (_, query) = head(whole)?;
    let ends = [" WITH CASCADED CHECK OPTION", " WITH LOCAL CHECK OPTION", " WITH CHECK OPTION"];
    Some(ends.iter().find_map(|end| query.strip_suffix(end)).unwrap_or(query))
}

/// The columns that `… VIEW name (columns) AS …` lists, as names in canonical text, and what stands behind AS.
fn head(whole: &str) -> Option<(Vec<String>, &str)> {
    let mut at = 0;
    let mut tokens = grammar::token::tokens(whole).map(|token| {
        at += token.text.len();
        (at, token)
    });
    tokens.find(|(_, token)| token.sort == Sort::Word && token.text.eq_ignore_ascii_case("view"))?;
    let (mut columns, mut is_listed) = (Vec::new(), false);
    for (end, token) in tokens {
        match token.sort {
            Sort::Sign if token.text == "(" => is_listed = true,
            Sort::Name if is_listed => columns.push(token.text.to_owned()),
            Sort::Word if token.text.eq_ignore_ascii_case("as") => return Some((columns, whole.get(end..)?.trim_start())),
            _ => {}
        }
    }
    None
}

/// Queries with characters beyond U+FFFF.
async fn beyond(reader: &Reader<'_>, rows: &[(Object, Row)]) -> Read<Bodies> {
    let mut doubts = Vec::new();
    for (at, (object, row)) in rows.iter().enumerate() {
        if let Some(text) = named(row, "_definition")?.filter(|text| lossy::is_doubtful(text)) {
            let statement = statements::SHOW_VIEW.fill(&[&lossy::place(reader, object.identity.part(0), object.identity.part(1))]);
            // Behind it may stand the check option.
            doubts.push((at, Doubt { statement, column: 1, is_last: false, text }));
        }
    }
    lossy::settled(reader, doubts).await
}

/// A view has columns. One without could not be opened by the server, which is a gap about them; what is known of the view
/// itself stays. Lists warn of such a view in the words in which it cannot be opened, and miss nothing else for that.
pub async fn without_columns(reader: &Reader<'_>, found: &[Object]) -> Read<()> {
    // Where the list of columns failed, that is the gap.
    if reader.unread.lock().unwrap_or_else(PoisonError::into_inner).contains(&Kind::Column) {
        return Ok(());
    }
    let part = |object: &Object, at| object.identity.parts().nth(at).map(str::to_owned);
    let with: HashSet<_> =
        found.iter().filter(|object| object.kind == Kind::Column).map(|object| (part(object, 0), part(object, 1))).collect();
    let mut is_told = reader.is_warned();
    for view in found.iter().filter(|object| object.kind == Kind::View && !with.contains(&(part(object, 0), part(object, 1)))) {
        if is_told {
            let place = lossy::place(reader, view.identity.part(0), view.identity.part(1));
            // Who could not be asked in time has told nothing.
            let asked = match reader.attempt(&statements::SHOW_FIELDS.fill(&[&place]), "asking why a view has no columns").await {
                Err(Stop::Fault(Fault::LockTimeout { .. })) => Ok(Vec::new()),
                asked => asked?,
            };
            if let Err(Fault::Server { code, message, .. }) = asked
                && Reader::is_of_a_query(code)
            {
                is_told = reader.is_warned_beyond(&message);
            }
        }
        let detail =
            "the server cannot tell its columns: what it reads is gone, its definer is or lacks the rights, or its query does not run";
        let gap = Gap { object: Some(view.display()), ..Gap::kind(Kind::Column, Reason::Failed, detail.to_owned()) };
        reader.gap(gap.cure("recreate or drop the view, or restore what it needs; SELECT from it says more"));
    }
    Ok(())
}

/// MySQL keeps the algorithm where only SHOW CREATE VIEW tells it.
/// <https://dev.mysql.com/doc/refman/en/information-schema-views-table.html>
fn algorithms(reader: &Reader<'_>, views: &mut [Object], names: &[String], shown: &Shown) {
    let hidden = Err(Unread::new(Reason::Privilege, "the account may not see how it was created"));
    for (at, (view, name)) in views.iter_mut().zip(names).enumerate() {
        match shown.get(&at).unwrap_or(&hidden) {
            Ok(text) => {
                match algorithm(text) {
                    Some(algorithm) => {
                        view.set("algorithm", algorithm);
                    }
                    None => {
                        let detail = "the algorithm was not found in what SHOW CREATE VIEW prints".to_owned();
                        reader.gap(Gap::object(view, Reason::Failed, detail).attribute("algorithm"));
                    }
                }
                if is_materialized(text) {
                    let detail = "it is materialized, and how it keeps its rows is not read".to_owned();
                    let cure = "compare what SHOW CREATE VIEW prints on both sides";
                    reader.gap(Gap::object(view, Reason::NotCaptured, detail).cure(cure));
                }
            }
            Err(unread) => {
                let cure = format!("GRANT SHOW VIEW, SELECT ON {name} TO {};", reader.access.account);
                reader.gap(unread.gap(view, &cure).attribute("algorithm"));
            }
        }
    }
}

/// `CREATE ALGORITHM=MERGE DEFINER=…`
fn algorithm(text: &str) -> Option<String> {
    let tokens: Vec<Token<'_>> = clause::tokens(text).take(4).collect();
    match tokens.as_slice() {
        [create, word, Token::Sign('='), Token::Word(algorithm)] if create.is("create") && word.is("algorithm") => {
            Some(algorithm.to_ascii_lowercase())
        }
        _ => None,
    }
}

/// `CREATE ALGORITHM=UNDEFINED MATERIALIZED … DEFINER=…`, which MySQL tells nowhere else (measured on 9.7).
fn is_materialized(text: &str) -> bool {
    clause::tokens(text).nth(4).is_some_and(|word| word.is("materialized"))
}

#[cfg(test)]
mod tests {
    use super::{algorithm, head, is_materialized, query};

    #[test]
    fn the_query_is_what_stands_behind_the_name() {
        let start = "CREATE ALGORITHM=UNDEFINED DEFINER=`r`@`%` SQL SECURITY DEFINER VIEW";
        assert_eq!(query(&format!("{start} `v` AS select _binary'x' AS `c`")), Some("select _binary'x' AS `c`"));
        assert_eq!(query(&format!("{start} `d`.`a AS ``b` (`c AS d`) AS select 1 WITH LOCAL CHECK OPTION")), Some("select 1"));
        assert_eq!(query("CREATE VIEW `v` AS\nselect 1"), Some("select 1"));
        assert_eq!(query("CREATE VIEW `v AS select 1"), None);
        assert_eq!(head(&format!("{start} `v` (`a`,`b``)`) AS select 1")), Some((vec!["`a`".to_owned(), "`b``)`".to_owned()], "select 1")));
    }

    #[test]
    fn the_algorithm_is_read_from_where_it_stands() {
        assert_eq!(
            algorithm("CREATE ALGORITHM=TEMPTABLE DEFINER=`r`@`%` SQL SECURITY DEFINER VIEW `v` AS select 1").as_deref(),
            Some("temptable")
        );
        assert_eq!(algorithm("CREATE VIEW `v` AS select 'ALGORITHM=MERGE'"), None);
    }

    #[test]
    fn a_materialized_view_says_so_at_its_head() {
        let head =
            |word: &str| format!("CREATE ALGORITHM=UNDEFINED {word}DEFINER=`materialized`@`%` SQL SECURITY DEFINER VIEW `v` AS select 1");
        assert!(is_materialized(&head("MATERIALIZED /*(BY ENGINE=UNKNOWN)*/ ")));
        assert!(!is_materialized(&head("")));
    }
}
