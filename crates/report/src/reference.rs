//! The reference of kinds and properties, generated from their declarations: `docs/reference/kinds.md`.

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
