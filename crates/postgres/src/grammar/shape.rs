//! What is done to a tree so that all trees of one meaning are the same.
//!
//! Lives here: the rules, each with the fact of the server it rests on. Neighbour: `normal`, which texts come here. Works on
//! the tree as JSON, since a rule is about a few of the grammar's some 250 nodes and passes over all others.

use pg_query::protobuf::ParseResult;
use serde_json::{Map, Value};

/// A tree brought to one shape.
pub struct Shape {
    /// All of it as one text.
    pub text: String,
    /// What the server prints for it, where it is `SELECT` and one number.
    pub constant: Option<String>,
}

/// The tree's shape. `None` where it cannot be written, which no tree was.
pub fn of(tree: &ParseResult) -> Option<Shape> {
    let statements = tree.stmts.iter().map(|statement| serde_json::to_value(&statement.stmt)).collect::<Result<Vec<_>, _>>().ok()?;
    let mut whole = Value::Array(statements);
    mend(&mut whole, Names::Seen);
    Some(Shape { text: serde_json::to_string(&whole).ok()?, constant: alone(&whole) })
}

/// The one number that a statement selects, as the server prints it.
fn alone(whole: &Value) -> Option<String> {
    let [statement] = whole.as_array()?.as_slice() else { return None };
    let [target] = statement.pointer("/node/SelectStmt/target_list")?.as_array()?.as_slice() else { return None };
    let value = target.pointer("/node/ResTarget/val/node/AConst/val")?;
    if let Some(number) = value.pointer("/Ival/ival").and_then(Value::as_i64) {
        return Some(if number < 0 { format!("'{number}'::integer") } else { number.to_string() });
    }
    let text = value.pointer("/Fval/fval").and_then(Value::as_str)?;
    // A bare number beyond an integer's range is a bigint, which the server says.
    text.contains('.').then(|| if text.starts_with('-') { format!("'{text}'::numeric") } else { text.to_owned() })
}

/// Whether somebody can see what the columns of a query are called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Seen,
    Unseen,
}

/// Children first, so that a rule meets what is mended already.
fn mend(value: &mut Value, names: Names) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| mend(item, names)),
        Value::Object(fields) => {
            // Where a token stood says nothing.
            fields.retain(|name, _| {
                !(name.ends_with("location") || matches!(name.as_str(), "list_start" | "list_end" | "rexpr_list_start" | "rexpr_list_end"))
            });
            for (name, field) in fields.iter_mut() {
                mend(field, seen_in(name, names));
            }
            // UPDATE has a list of targets too, and XMLFOREST names its arguments like columns: those names are what they do.
            if let (true, Some(Value::Array(columns))) = (fields.contains_key("larg"), fields.get_mut("target_list")) {
                columns
                    .iter_mut()
                    .filter_map(|column| column.pointer_mut("/node/ResTarget")?.as_object_mut())
                    .for_each(|column| unnamed(column, names));
            }
            for (name, rule) in RULES {
                if let Some(Value::Object(node)) = fields.get_mut(*name)
                    && let Some(other) = rule(node)
                {
                    *value = other;
                    return;
                }
            }
        }
        _ => {}
    }
}

/// What becomes of the names in this part of a node.
fn seen_in(field: &str, names: Names) -> Names {
    match field {
        // EXISTS, IN, ANY, ARRAY and a query in place of a value take columns by their place; so does INSERT. A set operation
        // takes its names from the first branch.
        "subselect" | "select_stmt" | "rarg" => Names::Unseen,
        // A query in FROM or WITH begins anew.
        "subquery" | "ctequery" => Names::Seen,
        _ => names,
    }
}

/// A node's name, and what to do with it: itself mended, or another in its place.
type Rule = fn(&mut Map<String, Value>) -> Option<Value>;

const RULES: &[(&str, Rule)] = &[("BoolExpr", flat), ("TypeCast", constant), ("AExpr", negated)];

/// `(a AND b) AND c` is `a AND b AND c`: the grammar makes a list of the one, and the server's BETWEEN and row comparisons
/// nest.
fn flat(node: &mut Map<String, Value>) -> Option<Value> {
    let operator = node.get("boolop").cloned()?;
    let Some(Value::Array(arguments)) = node.get_mut("args") else { return None };
    let mut kept = Vec::with_capacity(arguments.len());
    for argument in std::mem::take(arguments) {
        let inner = argument.pointer("/node/BoolExpr").filter(|inner| inner.get("boolop") == Some(&operator) && operator != NOT);
        match inner.and_then(|inner| inner.get("args")).and_then(Value::as_array) {
            Some(items) => kept.extend(items.iter().cloned()),
            None => kept.push(argument),
        }
    }
    *arguments = kept;
    None
}

/// `NOT_EXPR` of the grammar's `BoolExprType`.
const NOT: i64 = 3;

/// `'-1'::integer` is `-1`: the server prints a negative constant with its type, and reads `- 1` as an operator first.
fn constant(node: &mut Map<String, Value>) -> Option<Value> {
    let text = node.get("arg")?.pointer("/node/AConst/val/Sval/sval")?.as_str()?;
    let typ = node.get("type_name")?;
    let plain = ["typmods", "array_bounds"].iter().all(|list| typ.get(list).and_then(Value::as_array).is_some_and(Vec::is_empty));
    if !plain {
        return None;
    }
    let names: Vec<&str> = typ.get("names")?.as_array()?.iter().filter_map(|name| name.pointer("/node/String/sval")?.as_str()).collect();
    number(&names, text)
}

/// A number of that type as the grammar reads a bare one.
fn number(typ: &[&str], text: &str) -> Option<Value> {
    match typ {
        ["pg_catalog", "int4"] => {
            let number: i32 = text.parse().ok()?;
            Some(literal("Ival", "ival", number.into()))
        }
        ["pg_catalog", "numeric"] | ["numeric"] => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let is_plain =
                digits.starts_with(|c: char| c.is_ascii_digit()) && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            // Without a fraction it would be read as an integer.
            (is_plain && digits.contains('.')).then(|| literal("Fval", "fval", text.into()))
        }
        _ => None,
    }
}

fn literal(sort: &str, field: &str, value: Value) -> Value {
    serde_json::json!({ "AConst": { "isnull": false, "val": { sort: { field: value } } } })
}

/// `- (-1)`, where the inner one came as a cast: the grammar does the same with bare numbers.
fn negated(node: &mut Map<String, Value>) -> Option<Value> {
    let name = node.get("name")?.as_array()?;
    let is_minus = matches!(name.as_slice(), [only] if only.pointer("/node/String/sval").and_then(Value::as_str) == Some("-"));
    if !is_minus || node.get("lexpr").is_some_and(|left| !left.is_null()) {
        return None;
    }
    let value = node.get("rexpr")?.pointer("/node/AConst/val")?;
    if let Some(number) = value.pointer("/Ival/ival").and_then(Value::as_i64) {
        return i32::try_from(-number).ok().map(|number| literal("Ival", "ival", number.into()));
    }
    let text = value.pointer("/Fval/fval").and_then(Value::as_str)?;
    let negated = text.strip_prefix('-').map_or_else(|| format!("-{text}"), str::to_owned);
    Some(literal("Fval", "fval", negated.into()))
}

/// The name of a column that nobody sees, or that it would have anyway: `NULL::integer AS int4`.
fn unnamed(column: &mut Map<String, Value>, names: Names) {
    let Some(name) = column.get("name").and_then(Value::as_str) else { return };
    let by_itself = column.get("val").and_then(|value| called(value).map(|(name, _)| name));
    // The server's word for a column without a name is printed by some versions and not by others. Of a value that gives its
    // column a name it is one that somebody chose: `a AS "?column?"`.
    if names == Names::Unseen || by_itself == Some(name) || (name == "?column?" && by_itself.is_none()) {
        column.insert("name".to_owned(), Value::from(""));
    }
}

/// What the grammar calls a column of that value, and whether that is more than a guess (`FigureColname` in the server's
/// `parse_target.c`).
fn called(value: &Value) -> Option<(&str, bool)> {
    let (sort, node) = value.get("node")?.as_object()?.iter().next()?;
    let last = |list: &str| node.get(list)?.as_array()?.iter().rev().find_map(|item| item.pointer("/node/String/sval")?.as_str());
    match sort.as_str() {
        "ColumnRef" => last("fields").map(|name| (name, true)),
        "FuncCall" => last("funcname").map(|name| (name, true)),
        "AIndirection" => last("indirection").map(|name| (name, true)).or_else(|| called(node.get("arg")?)),
        "CollateClause" => called(node.get("arg")?),
        "TypeCast" => match called(node.get("arg")?) {
            Some((name, true)) => Some((name, true)),
            _ => node.pointer("/type_name/names")?.as_array()?.last()?.pointer("/node/String/sval")?.as_str().map(|name| (name, false)),
        },
        "CaseExpr" => match node.get("defresult").and_then(called) {
            Some((name, true)) => Some((name, true)),
            _ => Some(("case", false)),
        },
        "AArrayExpr" => Some(("array", true)),
        "RowExpr" => Some(("row", true)),
        "CoalesceExpr" => Some(("coalesce", true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn shape(sql: &str) -> String {
        super::super::with_tree(sql, |tree| of(tree).unwrap().text).unwrap()
    }

    /// Pairs that the server prints for one meaning, before and after a dump.
    #[test]
    fn one_meaning_has_one_shape() {
        for (before, after) in [
            ("SELECT (((a >= 1) AND (a <= 5)) AND f)", "SELECT ((a >= 1) AND (a <= 5) AND f)"),
            ("SELECT (f AND ((a >= 1) AND (a <= 5)))", "SELECT (f AND (a >= 1) AND (a <= 5))"),
            ("SELECT ((a OR b) OR (c OR d))", "SELECT (a OR b OR c OR d)"),
            ("SELECT (- 1)", "SELECT '-1'::integer"),
            ("SELECT (- 1.5)", "SELECT '-1.5'::numeric"),
            ("SELECT (- (- 5))", "SELECT 5"),
            ("SELECT (5 % (- 3))", "SELECT (5 % '-3'::integer)"),
            ("SELECT x FROM t UNION SELECT NULL::integer", "SELECT x FROM t UNION SELECT NULL::integer AS int4"),
            ("SELECT x FROM t WHERE EXISTS (SELECT NULL::text)", "SELECT x FROM t WHERE EXISTS (SELECT NULL::text AS text)"),
            ("INSERT INTO t (a) SELECT 'x'::text", "INSERT INTO t (a) SELECT 'x'::text AS text"),
            ("SELECT 1 FROM (SELECT NULL::integer) q", "SELECT 1 FROM (SELECT NULL::integer AS int4) q"),
        ] {
            assert_eq!(shape(before), shape(after), "{before}");
        }
    }

    /// What would be taken for the same by rules that go too far.
    #[test]
    fn two_meanings_have_two_shapes() {
        for (one, other) in [
            ("SELECT ((a AND b) OR c)", "SELECT (a AND (b OR c))"),
            ("SELECT (NOT (NOT a))", "SELECT a"),
            ("SELECT (a AND b)", "SELECT (b AND a)"),
            ("SELECT '-1'::bigint", "SELECT '-1'::integer"),
            ("SELECT '-1'::integer", "SELECT '-1'::text"),
            ("SELECT '-1'::\"char\"", "SELECT '-1'::integer"),
            ("SELECT '-1.0'::numeric(3,1)", "SELECT '-1.0'::numeric"),
            ("SELECT (a - 1)", "SELECT (- 1)"),
            ("SELECT 1.50", "SELECT 1.5"),
            ("SELECT x FROM (SELECT a AS x, b AS y FROM t) q", "SELECT x FROM (SELECT a AS y, b AS x FROM t) q"),
            ("SELECT a AS x FROM t UNION SELECT b FROM t", "SELECT a AS y FROM t UNION SELECT b FROM t"),
            ("UPDATE t SET a = 1", "UPDATE t SET b = 1"),
            ("INSERT INTO t (a) SELECT 1", "INSERT INTO t (b) SELECT 1"),
            ("SELECT (SELECT xmlforest(a AS x))", "SELECT (SELECT xmlforest(a AS y))"),
            ("SELECT (SELECT f(x => 1))", "SELECT (SELECT f(y => 1))"),
            ("WITH w AS (SELECT a AS x FROM t) SELECT x FROM w", "WITH w AS (SELECT a AS y FROM t) SELECT y FROM w"),
            ("SELECT to_json(q.*) AS j FROM (SELECT a AS \"?column?\" FROM t) q", "SELECT to_json(q.*) AS j FROM (SELECT a FROM t) q"),
            ("SELECT q.* FROM (SELECT count(*) AS \"?column?\") q", "SELECT q.* FROM (SELECT count(*) AS count) q"),
            ("SELECT * FROM a JOIN b ON a.x = b.x", "SELECT * FROM a LEFT JOIN b ON a.x = b.x"),
        ] {
            assert_ne!(shape(one), shape(other), "{one}");
        }
    }

    #[test]
    fn a_number_alone_is_written_as_the_server_does() {
        let constant = |sql: &str| super::super::with_tree(sql, |tree| of(tree).unwrap().constant).unwrap();
        for (sql, written) in
            [("SELECT 0", "0"), ("SELECT (- 1)", "'-1'::integer"), ("SELECT (- 1.5)", "'-1.5'::numeric"), ("SELECT 2.50", "2.50")]
        {
            assert_eq!(constant(sql).as_deref(), Some(written), "{sql}");
        }
        for sql in ["SELECT 1, 2", "SELECT a", "SELECT 3000000000", "SELECT '1'::bigint", "SELECT (1 + 1)"] {
            assert_eq!(constant(sql), None, "{sql}");
        }
    }
}
