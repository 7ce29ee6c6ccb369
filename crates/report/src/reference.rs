//! The references that are generated from declarations: kinds and properties (`docs/reference/kinds.md`), migration tools
//! (`docs/reference/history-tools.md`).

use evenkeel_core::history::{Role, Shape, TOOLS, Tool};
use evenkeel_core::kind::{ALL, Class, Dimension, Property, Spec, Tolerance};
use std::fmt::Write as _;

/// The whole page as Markdown.
#[must_use]
pub fn kinds() -> String {
    let mut page = String::from(
        "# Kinds and properties\n\nGenerated from the declarations; `UPDATE=1 cargo nextest run -p evenkeel-report reference` writes it anew.\n\n\
         *Semantic* properties are in the digest; a value that is the neutral one is not written down.\n",
    );
    for dimension in Dimension::ALL {
        let _ = write!(page, "\n## {}\n", dimension.name());
        for spec in ALL.iter().map(|kind| kind.spec()).filter(|spec| spec.dimension == dimension) {
            kind(&mut page, spec);
        }
    }
    page
}

fn kind(page: &mut String, spec: &Spec) {
    let or = if spec.within_table.is_empty() { String::new() } else { format!(", or by {}", spec.within_table.join(", ")) };
    let servers = spec.engines.words();
    let servers = if servers.is_empty() { servers } else { format!(" Servers: {servers}.") };
    let _ = write!(page, "\n### {}\n\nNamed by {}{or}. {}{servers}\n", spec.name, spec.identity.join(", "), spec.why);
    if spec.properties.is_empty() {
        return;
    }
    page.push_str("\n| property | class | servers | what it is | why it matters |\n|---|---|---|---|---|\n");
    for property in spec.properties {
        let servers = if property.engines == spec.engines { String::new() } else { property.engines.words() };
        let _ =
            writeln!(page, "| `{}` | {} | {servers} | {} | {} |", property.name, class(property), cell(property.doc), cell(property.why));
    }
}

fn class(property: &Property) -> String {
    let class = match property.class {
        Class::Semantic => "semantic".to_owned(),
        Class::Order => "order".to_owned(),
        Class::Cosmetic => "cosmetic".to_owned(),
        Class::Volatile => "volatile".to_owned(),
        Class::Measured(Tolerance::Any) => "measured, shown only".to_owned(),
        Class::Measured(Tolerance::Absolute { hundredths }) => format!("measured, up to {} apart", f64::from(hundredths) / 100.0),
        Class::Measured(Tolerance::Ratio { hundredths, floor }) => {
            format!("measured, up to ×{} above {floor}", f64::from(hundredths) / 100.0)
        }
    };
    format!("{class}, {}", property.weight().name())
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// The migration tools whose records are read, as Markdown.
#[must_use]
pub fn history_tools() -> String {
    let mut page = String::from(
        "# Migration tools\n\nGenerated from the declarations; `UPDATE=1 cargo nextest run -p evenkeel-report reference` writes it anew.\n\n\
         A table is a tool's by its columns. It is looked for under its usual names, also with a prefix, and under any name where\n\
         one of its columns is no other table's. Where no tool is recognised, the dimension `history` is a gap if a tier or a\n\
         flag demands it, and else neither equal nor different. `history = \"schema.table\"` in an environment names a table that\n\
         is not recognised by itself: that of a tool below under another name, or one of your own with a column called\n\
         `version`, `migration`, `name` or the like. `history = false` says that nothing records migrations there.\n\n\
         | tool | tables | what is recorded |\n|---|---|---|\n",
    );
    for tool in TOOLS {
        let _ = writeln!(page, "| [{}]({}) | {} | {} |", cell(tool.name), tool.manual, tables(tool), recorded(tool));
    }
    page
}

fn tables(tool: &Tool) -> String {
    let names = |shape: &Shape| shape.tables.iter().chain(shape.vague).map(|name| format!("`{name}`")).collect::<Vec<_>>();
    let mut tables: Vec<String> = tool.tables.iter().filter(|shape| shape.role != Role::Lock).flat_map(names).collect();
    tables.dedup();
    let any = tool.tables.iter().any(|shape| shape.role != Role::Lock && shape.anchor.is_some());
    if any {
        tables.push("any name".to_owned());
    }
    tables.join(", ")
}

fn recorded(tool: &Tool) -> String {
    let has = |role| tool.tables.iter().any(|shape| shape.role == role);
    let main = if has(Role::List) { "each migration" } else { "the version it stands at" };
    if has(Role::Lock) { format!("{main}, the tool's lock") } else { main.to_owned() }
}
