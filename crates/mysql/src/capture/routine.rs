//! Kinds `function`, `procedure` and `package`: stored routines, which one list of the server holds.
//!
//! Neighbour: `loadable`, for functions out of a library.

use super::canonical;
use super::clause::{self, Token};
use super::lossy::{self, Bodies, Doubt};
use super::reader::{Read, Reader};
use super::special::{self, Unread};
use super::statements::{self, Filled};
use super::stored::{self, named};
use crate::connect::rows::{Row, Wrong};
use crate::ident::Ident;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use std::collections::HashMap;
use std::sync::Arc;

/// Database and name as the server spells them, and whether it is a function.
type Key = (Box<str>, Box<str>, bool);

/// Parameters of one routine by position, in any order.
type Parameters = HashMap<Key, Vec<(i64, String)>>;

/// A package and its definer.
type Package = (Object, Option<Object>);

/// Reads routines and their definers.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let mut parameters = parameters(reader).await?;
    let mut unread = types(reader, &mut parameters).await?;
    unread.extend(defaults(reader, &mut parameters).await?);
    let is_row = |shown: &String| shown.ends_with(" row") || shown.contains(" row default ");
    for (key, _) in parameters.iter().filter(|(_, list)| list.iter().any(|(_, shown)| is_row(shown))) {
        unread.insert(key.clone(), Unread::new(Reason::NotCaptured, "the fields of a parameter of type ROW are not read"));
    }
    let mut packages: HashMap<(Box<str>, Box<str>), Package> = HashMap::new();
    let (mut found, mut routines) = (Vec::new(), 0);
    let rows = reader.rows(statements::ROUTINE, Kind::Function).await?;
    let bodies = bodies(reader, &rows).await?;
    for (at, row) in rows.into_iter().enumerate() {
        let text = |column| Ok::<_, Wrong>(named(&row, column)?.unwrap_or_default());
        let (schema, name, what) = (text("_schema")?, text("_name")?, text("_type")?);
        let identity = Identity::new([reader.scope.shown(&schema), Arc::from(&*name)]);
        let kind = match &*what {
            "FUNCTION" => Kind::Function,
            "PROCEDURE" => Kind::Procedure,
            _ => {
                let (package, definer) = packages.entry((schema, name)).or_insert_with(|| (Object::new(Kind::Package, identity), None));
                self::package(reader, package, definer, &row, &*what == "PACKAGE BODY", bodies.get(&at))?;
                continue;
            }
        };
        let mut object = Object::new(kind, identity);
        let key = (schema, name, kind == Kind::Function);
        let arguments = parameters.remove(&key).unwrap_or_default();
        if let Some(unread) = unread.get(&key) {
            reader.gap(unread.gap(&object, &cure(reader)).attribute("arguments"));
        }
        found.extend(routine(reader, &mut object, &row, arguments, bodies.get(&at))?);
        found.push(object);
        routines += 1;
    }
    reader.tell(Kind::Function, routines);
    reader.tell(Kind::Package, packages.len());
    found.extend(packages.into_values().flat_map(|(package, definer)| std::iter::once(package).chain(definer)));
    Ok(found)
}

/// Bodies that the list cannot show.
async fn bodies(reader: &Reader<'_>, rows: &[Row]) -> Read<Bodies> {
    let mut doubts = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let text = |column| Ok::<_, Wrong>(named(row, column)?.unwrap_or_default());
        let body = text("_body")?;
        if lossy::is_doubtful_code(&body) {
            let place = format!("{}.{}", Ident(&text("_schema")?), Ident(&text("_name")?));
            let statement = statements::SHOW_ROUTINE.fill(&[&text("_type")?, &place]);
            doubts.push((at, Doubt { statement, column: 2, is_last: true, text: body }));
        }
    }
    lossy::settled(reader, doubts).await
}

/// Types of parameters that the list cannot show: values of ENUM and SET. Hands out for which routines they stay unread.
async fn types(reader: &Reader<'_>, parameters: &mut Parameters) -> Read<HashMap<Key, Unread>> {
    let mut asked = Vec::new();
    for (key, list) in parameters.iter() {
        for (at, (_, shown)) in list.iter().enumerate().filter(|(_, (_, shown))| lossy::is_doubtful(shown)) {
            let data_type = shown.find("enum(").or_else(|| shown.find("set(")).and_then(|at| shown.get(at..));
            let data_type = data_type.and_then(|text| text.get(..=text.rfind(')')?)).unwrap_or(shown);
            let doubt = Doubt { statement: statement(key), column: 2, is_last: false, text: data_type.into() };
            asked.push((key.clone(), at, doubt));
        }
    }
    let doubts: Vec<Doubt> =
        asked.iter().map(|(.., doubt)| Doubt { text: doubt.text.clone(), statement: doubt.statement.clone(), ..*doubt }).collect();
    let answers = lossy::settle(reader, &doubts, "reading types with characters beyond U+FFFF").await?;
    let mut unread = HashMap::new();
    for ((key, at, doubt), answer) in asked.into_iter().zip(answers) {
        match answer {
            Ok(text) => {
                if let Some((_, shown)) = parameters.get_mut(&key).and_then(|list| list.get_mut(at)) {
                    *shown = shown.replace(&*doubt.text, &text);
                }
            }
            Err(reason) => {
                unread.insert(key, reason);
            }
        }
    }
    Ok(unread)
}

fn statement((schema, name, is_function): &Key) -> Filled {
    let what = if *is_function { "FUNCTION" } else { "PROCEDURE" };
    statements::SHOW_ROUTINE.fill(&[what, &format!("{}.{}", Ident(schema), Ident(name))])
}

async fn parameters(reader: &Reader<'_>) -> Read<Parameters> {
    let mut found = Parameters::new();
    reader
        .each(statements::PARAMETER, Kind::Function, |row| {
            let text = |column| Ok::<_, Wrong>(named(&row, column)?.unwrap_or_default());
            let key = (text("_schema")?, text("_name")?, &*text("_type")? == "FUNCTION");
            let position = row.position("_position").map_or(Ok(None), |at| row.integer(at))?.unwrap_or(0);
            // IN is what a parameter is when nothing is said.
            let mode = Some(text("_mode")?.to_ascii_lowercase()).filter(|mode| !mode.is_empty() && mode != "in");
            let words = [mode, Some(Ident(&text("_parameter")?).to_string()), Some(data_type(&text("_dtd")?, named(&row, "_collation")?))];
            let shown = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
            found.entry(key).or_default().push((position, shown));
            Ok(())
        })
        .await?;
    Ok(found)
}

/// The version of MariaDB from which parameters have defaults, which no list tells.
/// <https://mariadb.com/docs/server/reference/sql-statements/data-definition/create/create-procedure>
const WITH_DEFAULTS: u16 = 1108;

/// Adds the defaults of parameters; hands out for which routines they could not be read.
async fn defaults(reader: &Reader<'_>, parameters: &mut Parameters) -> Read<HashMap<Key, Unread>> {
    let mut unread = HashMap::new();
    if !reader.flavor.is_mariadb() || reader.flavor.number < WITH_DEFAULTS {
        return Ok(unread);
    }
    let keys: Vec<Key> = parameters.keys().cloned().collect();
    let asked: Vec<Filled> = keys.iter().map(statement).collect();
    let answers = special::ask(reader, &asked, "reading defaults of parameters").await?;
    for (key, answer) in keys.into_iter().zip(answers) {
        let hidden = || Unread::new(Reason::Privilege, "the account may not read how it was created, which alone tells defaults");
        let text = answer.and_then(|row| row.text(2).ok().flatten().ok_or_else(hidden));
        let found = text.and_then(|text| {
            default_list(&text).ok_or_else(|| Unread::new(Reason::Failed, "its parameters could not be read: please report it"))
        });
        match found {
            Ok(found) => {
                for (position, shown) in parameters.get_mut(&key).into_iter().flatten() {
                    let default = usize::try_from(*position - 1).ok().and_then(|at| found.get(at)?.as_ref());
                    if let Some(default) = default {
                        *shown = format!("{shown} default {default}");
                    }
                }
            }
            Err(reason) => {
                unread.insert(key, reason);
            }
        }
    }
    Ok(unread)
}

/// The default of each parameter, in order, out of `CREATE … PROCEDURE name(a int default 5, …)`.
fn default_list(text: &str) -> Option<Vec<Option<String>>> {
    let tokens: Vec<Token<'_>> = clause::tokens(text).collect();
    let what = tokens.iter().position(|token| token.is("procedure") || token.is("function"))?;
    let open = tokens.iter().skip(what).position(|token| *token == Token::Sign('('))? + what;
    let (inner, _) = clause::group(&tokens, open)?;
    let default = |part: &&[Token<'_>]| {
        let at = part.iter().position(|token| token.is("default") || *token == Token::Sign(':'))?;
        // Oracle's mode writes `:=` too.
        let skip = if part.get(at) == Some(&Token::Sign(':')) { 2 } else { 1 };
        part.get(at + skip..).map(clause::shown)
    };
    Some(clause::parts(inner).iter().map(default).collect())
}

/// A type with its collation, which for routines is always said: it decides how values compare and depends on nothing else.
fn data_type(dtd: &str, collation: Option<Box<str>>) -> String {
    let data_type = canonical::column_type(dtd);
    match collation {
        Some(collation) => format!("{data_type} collate {}", canonical::charset(&collation)),
        None => data_type,
    }
}

fn routine(
    reader: &Reader<'_>,
    object: &mut Object,
    row: &Row,
    mut arguments: Vec<(i64, String)>,
    told: Option<&Result<String, Unread>>,
) -> Result<Option<Object>, Wrong> {
    arguments.sort_unstable_by_key(|(position, _)| *position);
    object.set("arguments", arguments.into_iter().map(|(_, argument)| argument).collect::<Vec<_>>().join(", "));
    if object.kind == Kind::Function {
        let collation = named(row, "_returns_collation")?;
        object.set_some("returns", named(row, "_returns")?.map(|dtd| data_type(&dtd, collation)));
    }
    object.set_some("language", named(row, "_language")?.map(|language| language.to_ascii_lowercase()));
    object.set("deterministic", named(row, "_deterministic")?.as_deref() == Some("YES"));
    object.set_some("data_access", named(row, "_data_access")?.map(Value::Text));
    object.set_some("security", named(row, "_security")?.map(Value::Text));
    object.set_some("comment", named(row, "_comment")?.map(Value::Text));
    let body = named(row, "_body")?;
    // The list does not say it, but only an aggregate may hold this statement, and must.
    // https://mariadb.com/docs/server/reference/sql-statements/data-definition/create/create-function/stored-aggregate-functions
    if object.kind == Kind::Function && reader.flavor.is_mariadb() {
        match body.as_deref().filter(|body| !body.is_empty()) {
            Some(body) => {
                object.set("aggregate", is_aggregate(body));
            }
            None => {
                let detail = "only its body tells, which the account may not read".to_owned();
                reader.gap(Gap::object(object, Reason::Privilege, detail).attribute("aggregate").cure(cure(reader)));
            }
        }
    }
    stored::body_or_gap(reader, object, "body", row, told, &cure(reader))?;
    stored::finish(object, row)
}

fn package(
    reader: &Reader<'_>,
    package: &mut Object,
    definer: &mut Option<Object>,
    row: &Row,
    is_body: bool,
    told: Option<&Result<String, Unread>>,
) -> Result<(), Wrong> {
    let property = if is_body { "body" } else { "specification" };
    let is_first = package.text("body").is_none();
    stored::body_or_gap(reader, package, property, row, told, &cure(reader))?;
    // Both halves have the rest; the body's counts, because it is what runs.
    if is_body || is_first {
        package.set_some("security", named(row, "_security")?.map(Value::Text));
        package.set_some("comment", named(row, "_comment")?.map(Value::Text));
        *definer = stored::finish(package, row)?;
    }
    Ok(())
}

/// What lets an account read bodies of routines that are not its own.
fn cure(reader: &Reader<'_>) -> String {
    let account = &reader.access.account;
    match reader.flavor.number {
        _ if !reader.flavor.is_mariadb() => format!("GRANT SHOW_ROUTINE ON *.* TO {account};"),
        1103.. => "GRANT SHOW CREATE ROUTINE on the database to the account evenkeel uses".to_owned(),
        _ => format!("GRANT SELECT ON mysql.proc TO {account};"),
    }
}

/// Whether a body holds `FETCH GROUP NEXT ROW`.
fn is_aggregate(body: &str) -> bool {
    let tokens: Vec<Token<'_>> = clause::tokens(body).collect();
    let words = ["fetch", "group", "next", "row"];
    tokens.windows(words.len()).any(|window| window.iter().zip(words).all(|(token, word)| token.is(word)))
}

#[cfg(test)]
mod tests {
    use super::{default_list, is_aggregate};

    #[test]
    fn defaults_of_parameters_are_cut_out_of_the_text() {
        let found = default_list(
            "CREATE DEFINER=`function`@`%` PROCEDURE `p`(a int, in `b,(` varchar(9) default concat('a,', ')'), out c int)\nselect (1)",
        );
        assert_eq!(found, Some(vec![None, Some("concat('a,', ')')".to_owned()), None]));
        assert_eq!(default_list("CREATE PROCEDURE p() select 1"), Some(Vec::new()));
        assert_eq!(default_list("CREATE PROCEDURE p(a int"), None);
    }

    #[test]
    fn an_aggregate_is_known_by_the_statement_only_it_may_hold() {
        assert!(is_aggregate("begin loop\n FETCH group /* the */ next row; end loop; end"));
        assert!(!is_aggregate("return 'fetch group next row'"));
        assert!(!is_aggregate("begin -- fetch group next row\n return 1; end"));
        assert!(!is_aggregate("return `fetch` + group_next"));
    }
}
