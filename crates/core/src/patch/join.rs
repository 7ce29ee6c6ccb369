//! Statements about parts of one object that follow each other, made one where they may be: a table is written anew once.

use super::{Clause, Statement, Step, Turn};

/// The same steps, with clauses of one head put together where nothing but statements about the same object stands between them.
#[must_use]
pub fn joined(steps: Vec<Step>) -> Vec<Step> {
    let mut rows: Vec<Step> = Vec::new();
    let mut run: Vec<Step> = Vec::new();
    for step in steps {
        let one = Step { statements: Vec::new(), ..step };
        for statement in step.statements {
            let row = Step { statements: vec![statement], object: one.object.clone(), ..one };
            if head(&row).is_none() || run.first().is_some_and(|first| head(first) != head(&row)) {
                rows.extend(one_of(std::mem::take(&mut run)));
            }
            if head(&row).is_some() { run.push(row) } else { rows.push(row) }
        }
    }
    rows.extend(one_of(run));
    let mut steps: Vec<Step> = Vec::new();
    for row in rows {
        match steps.last_mut() {
            Some(last) if (last.act, last.kind, &last.object, last.held) == (row.act, row.kind, &row.object, row.held) => {
                last.statements.extend(row.statements);
            }
            _ => steps.push(row),
        }
    }
    steps
}

/// What a row's statement may stand together with. What is commented out stands by itself, or it would take others along.
fn head(row: &Step) -> Option<(&str, bool)> {
    let statement = row.statements.first().filter(|statement| !statement.alone)?;
    Some((&statement.clause.as_ref()?.head, row.held || statement.is_destructive()))
}

fn turn(row: &Step) -> Option<Turn> {
    row.statements.first().and_then(|statement| statement.clause.as_ref()).map(|clause| clause.turn)
}

/// What comes before them, in its order; one for all of them; what comes after.
fn one_of(mut run: Vec<Step>) -> Vec<Step> {
    if run.iter().filter(|row| turn(row) == Some(Turn::Joined)).count() < 2 {
        return run;
    }
    run.sort_by_key(turn);
    let mut rows: Vec<Step> = Vec::new();
    for mut row in run {
        let is_joined = turn(&row) == Some(Turn::Joined);
        match rows.last_mut().filter(|last| is_joined && turn(last) == Some(Turn::Joined)) {
            Some(last) => {
                if let (Some(one), Some(other)) = (last.statements.first_mut(), row.statements.pop()) {
                    add(one, other);
                }
            }
            None => rows.push(row),
        }
    }
    rows
}

/// Adds another's clause to a statement.
fn add(one: &mut Statement, other: Statement) {
    let (Some(Clause { head, text, .. }), Some(more)) = (&mut one.clause, other.clause) else { return };
    text.push_str(",\n    ");
    text.push_str(&more.text);
    one.sql = format!("{head} {text};");
    for hazard in other.hazards {
        if !one.hazards.contains(&hazard) {
            one.hazards.push(hazard);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;
    use crate::patch::{Act, Hazard};

    fn step(column: &str, statements: Vec<Statement>) -> Step {
        Step { act: Act::Alter, kind: Kind::Column, object: column.to_owned(), statements, held: false }
    }

    fn column(name: &str) -> Step {
        let one = |text: &str, turn| {
            Statement::new(format!("ALTER TABLE t {text} {name};")).clause("ALTER TABLE t", format!("{text} {name}"), turn)
        };
        step(
            name,
            vec![one("LOOSEN", Turn::Before), one("TYPE", Turn::Joined).hazard(Hazard::Rewrites("t".to_owned())), one("SET", Turn::After)],
        )
    }

    fn texts(steps: &[Step]) -> Vec<&str> {
        steps.iter().flat_map(|step| &step.statements).map(|statement| statement.sql.as_str()).collect()
    }

    #[test]
    fn a_table_is_written_anew_once() {
        let together = joined(vec![column("a"), column("b")]);
        let all = [
            "ALTER TABLE t LOOSEN a;",
            "ALTER TABLE t LOOSEN b;",
            "ALTER TABLE t TYPE a,\n    TYPE b;",
            "ALTER TABLE t SET a;",
            "ALTER TABLE t SET b;",
        ];
        assert_eq!(texts(&together), all);
        let rewrites = together.iter().flat_map(|step| &step.statements).map(|statement| statement.hazards.len());
        assert_eq!(rewrites.collect::<Vec<_>>(), [0, 0, 1, 0, 0]);
    }

    #[test]
    fn what_stands_between_keeps_them_apart() {
        let between = step("v", vec![Statement::new("CREATE VIEW v;")]);
        let apart = vec![column("a"), between, column("b")];
        assert_eq!(joined(apart.clone()), apart);
        let mut held = column("b");
        held.held = true;
        let apart = vec![column("a"), held];
        assert_eq!(joined(apart.clone()), apart);
    }
}
