//! `evenkeel compare ENV --schemas PATTERN --like SCHEMA`: each of many schemas of one database beside one of them.
//!
//! Lives here: what is asked, and the documents of what was found: an overview, and one a schema. Choosing and comparing schemas is
//! `pipeline::schemas`' business.

use super::asked::Asked;
use super::{Outcome, report};
use crate::args::Compare;
use crate::paint::{self, progress::Line, shell};
use crate::wire;
use evenkeel_core::compare::Scope;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::dimensions_of_schemas;
use evenkeel_pipeline::compare;
use evenkeel_pipeline::schemas::{self, OneSchema, Wanted};
use evenkeel_report::{Document, Overview, Unread};

/// What is compared where nobody names dimensions. Rows and sizes are a tenant's own, and so are versions of a collation.
const USUAL: [Dimension; 3] = [Dimension::Schema, Dimension::Privileges, Dimension::History];

pub fn run(arguments: &Compare, like: &str, asked: &Asked<'_>) -> Outcome {
    let documents = documents(arguments, like, asked)?;
    report::publish(&asked.outputs, &documents, asked.reporting, asked.common)?;
    let Some(overview) = documents.first() else { return Ok(2) };
    if asked.outputs.iter().all(|(_, out)| out.is_some()) && !asked.common.quiet {
        paint::say!("{}", paint::plain(&overview.verdict.line));
    }
    Ok(overview.verdict.exit_code)
}

/// The overview first, then one document a schema.
fn documents(arguments: &Compare, like: &str, asked: &Asked<'_>) -> Result<Vec<Document>, Box<Trouble>> {
    let (settings, name) = (asked.settings(), arguments.reference.as_str());
    let (mut scope, beforehand) = asked.scope_of([(name, settings.environments.get(name))]);
    scope.dimensions = dimensions(asked, scope.dimensions)?;
    if asked.reporting.dimension.is_empty() {
        let endpoint = wire::endpoint(name, settings, asked.common, &scope.dimensions)?;
        asked.narrow(&mut scope, &endpoint);
    }
    let mut endpoint = wire::endpoint(name, settings, asked.common, &read(&scope))?;
    paint::notes(&endpoint.warnings, asked.common.quiet);
    endpoint.source.include_values(arguments.values);
    // Rows of lookup tables are hashed under the name of their schema: there is nothing to compare them with.
    endpoint.source.read_reference(Vec::new(), None);
    let insisted = !asked.reporting.dimension.is_empty();
    let comparison =
        compare::Wanted { scope: &scope, demanded: &scope.dimensions, insisted, bar: asked.bar, same: false, beforehand: &beforehand };
    let wanted = Wanted { patterns: &arguments.schemas, like, comparison };
    let command = Command { shown: &endpoint.shown, like, asked };
    let progress = Line::new(asked.common.quiet);
    let configured = endpoint.configured.map(|configured| &configured.place);
    let told = schemas::run(&endpoint.source, &wanted, &wire::run(&progress, settings), |one| {
        let command = command.of(std::slice::from_ref(&one.name), false);
        let frame = report::Frame {
            demanded: &scope.dimensions,
            tier: None,
            files: [None, None],
            configured,
            readiness: None,
            bar: asked.bar,
            elapsed: one.elapsed,
            command: &command,
        };
        document(&one, like, &frame)
    })?;
    drop(progress);
    let overview = Document::overview(&Overview {
        like,
        patterns: &arguments.schemas,
        left_out: told.left_out,
        dimensions: &scope.dimensions,
        likeness: &told.likeness,
        documents: &told.schemas,
        exit_code: told.exit_code,
        fail_on: asked.bar,
        elapsed: asked.started.elapsed(),
        version: env!("CARGO_PKG_VERSION"),
        command: &command.of(&arguments.schemas, true),
    });
    Ok(std::iter::once(overview).chain(told.schemas).collect())
}

/// What is compared: what was asked for, as far as anything of it is in schemas.
fn dimensions(asked: &Asked<'_>, wanted: Vec<Dimension>) -> Result<Vec<Dimension>, Box<Trouble>> {
    let possible = dimensions_of_schemas();
    if asked.reporting.dimension.is_empty() {
        return Ok(wanted.into_iter().filter(|dimension| USUAL.contains(dimension)).collect());
    }
    match wanted.iter().find(|dimension| !possible.contains(dimension)) {
        None => Ok(wanted),
        Some(dimension) => {
            let names: Vec<&str> = possible.iter().map(|dimension| dimension.name()).collect();
            let trouble = Trouble::new(Class::Usage, format!("nothing of {} belongs to a schema", dimension.name()));
            let trouble = trouble.expected(format!("dimensions with objects in schemas: {}", names.join(", ")));
            let found = format!("--dimension {}", dimension.name());
            Err(Box::new(trouble.found(found).origin("flag --dimension").fix("compare it between two databases, without --schemas")))
        }
    }
}

/// What is read: which schemas there are is of the dimension schema.
fn read(scope: &Scope) -> Vec<Dimension> {
    let mut dimensions = scope.dimensions.clone();
    if !dimensions.contains(&Dimension::Schema) {
        dimensions.push(Dimension::Schema);
    }
    dimensions
}

/// How the run may be typed again, for some of its schemas.
struct Command<'a> {
    shown: &'a str,
    like: &'a str,
    asked: &'a Asked<'a>,
}

impl Command<'_> {
    /// A schema's own name may have signs that mean something in a pattern.
    fn of(&self, schemas: &[String], are_patterns: bool) -> String {
        let escaped = |name: &String| {
            let mut text = String::new();
            for c in name.chars() {
                text.extend("*?[]{},\\".contains(c).then_some('\\'));
                text.push(c);
            }
            text
        };
        let named = schemas.iter().map(|name| if are_patterns { name.clone() } else { escaped(name) });
        let flags: String = named.map(|name| format!(" --schemas {}", shell::quoted(&name))).collect();
        format!("evenkeel compare {}{flags} --like {}{}", self.shown, shell::quoted(self.like), self.asked.flags())
    }
}

fn document(one: &OneSchema, like: &str, frame: &report::Frame<'_>) -> Document {
    let trouble = match &one.outcome {
        Ok(compared) => return report::document(compared, frame),
        Err(trouble) => trouble,
    };
    let mut detail = trouble.what.clone();
    detail.extend(trouble.found.as_deref().map(|found| format!("; found {found}")));
    Document::unread(&Unread {
        reference: like,
        candidate: &one.name,
        dimensions: frame.demanded,
        demanded: frame.demanded,
        tier: None,
        fail_on: frame.bar,
        elapsed: frame.elapsed,
        version: env!("CARGO_PKG_VERSION"),
        command: frame.command,
        detail: &paint::scrub(&detail),
        fix: trouble.fix.as_deref().map(paint::scrub).as_deref(),
        is_configuration: false,
        exit_code: trouble.class.exit_code(),
    })
}
