#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn dump_for_development() {
    let scope = Scope::of("shop");
    let input = std::fs::read_to_string("/tmp/text/in.tsv").unwrap();
    let mut out = String::new();
    for line in input.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        let flavor = Flavor::parse(parts[1]).unwrap();
        let context = Context { flavor: &flavor, scope: &scope };
        let text = String::from_utf8(parts[3].as_bytes().chunks(2).map(|p| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap()).collect()).unwrap();
        let kind = if parts[2] == "q" { evenkeel_core::kind::Kind::View } else { evenkeel_core::kind::Kind::Constraint };
        let property = if parts[2] == "q" { "definition" } else { "expression" };
        let shown = if parts[2] == "q" { definition(&text, context) } else { expression(&text, context) };
        let mut object = evenkeel_core::manifest::Object::new(kind, evenkeel_core::manifest::Identity::new(["", "t", "c"]));
        marks(&mut object, property, &text, context);
        let note = object.marks.iter().map(|mark| format!("{}|{}|{}", mark.boundary, mark.reason, mark.equivalent)).collect::<Vec<_>>().join(" ## ");
        out.push_str(&format!("{}\t{}\t{}\n", parts[0], shown.replace(['\n', '\t'], " "), note.replace(['\n', '\t'], " ")));
    }
    std::fs::write("/tmp/text/out.tsv", out).unwrap();
}
