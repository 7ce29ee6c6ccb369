//! A change log as a tree, in whichever of its languages it is written: XML, YAML, JSON (which Liquibase reads as YAML).
//!
//! Attributes and keys are children with a text. Nothing is fetched and no entity of a document's own is put in; what a document repeats
//! by reference is bounded.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use saphyr_parser::{Event as Told, Parser};
use std::collections::HashMap;

/// How deep a change log is nested at most.
const DEEPEST: usize = 64;
/// Nodes of one change log, with those that are repeated by reference.
const MOST: usize = 1_000_000;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Node {
    pub name: String,
    pub text: String,
    /// Where its text begins; where it begins itself, if it has none.
    pub line: u32,
    pub children: Vec<Node>,
}

impl Node {
    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of an attribute, where there is one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).map(|text| text.eq_ignore_ascii_case("true"))
    }

    fn size(&self) -> usize {
        1 + self.children.iter().map(Node::size).sum::<usize>()
    }
}

/// Counts what is made, and refuses what is too much.
struct Budget(usize);

impl Budget {
    fn spend(&mut self, nodes: usize) -> Result<(), String> {
        self.0 = self.0.saturating_add(nodes);
        if self.0 > MOST { Err(format!("it has more than {MOST} elements")) } else { Ok(()) }
    }
}

/// A document of XML.
///
/// # Errors
/// What is wrong with it, and on which line.
pub(super) fn xml(text: &str) -> Result<Node, String> {
    let mut reader = Reader::from_str(text);
    let mut budget = Budget(0);
    // The first stands for the document.
    let mut open: Vec<Node> = vec![Node::default()];
    let (mut line, mut counted) = (1, 0);
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
        let passed = text.as_bytes().get(counted..at).unwrap_or_default();
        line += u32::try_from(passed.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u32::MAX);
        counted = at;
        let wrong = |what: &dyn std::fmt::Display| format!("line {line}: it is no XML: {what}");
        let event = reader.read_event().map_err(|error| wrong(&error))?;
        let mut say = |said: &str| {
            let Some(top) = open.last_mut() else { return };
            // What stands between elements says nothing, and there may be much of it.
            if top.text.is_empty() {
                if said.trim().is_empty() {
                    return;
                }
                top.line = line;
            }
            top.text.push_str(said);
        };
        match event {
            Event::Start(start) => {
                budget.spend(1)?;
                open.push(element(&start, line, &mut budget)?);
                if open.len() > DEEPEST {
                    return Err(format!("line {line}: it is nested deeper than {DEEPEST} elements"));
                }
            }
            Event::Empty(start) => {
                budget.spend(1)?;
                let node = element(&start, line, &mut budget)?;
                if let Some(top) = open.last_mut() {
                    top.children.push(node);
                }
            }
            Event::End(_) => {
                if let Some(node) = open.pop()
                    && let Some(top) = open.last_mut()
                {
                    top.children.push(node);
                }
            }
            Event::Text(said) => say(&said.xml10_content().map_err(|error| wrong(&error))?),
            Event::CData(said) => say(&said.xml10_content().map_err(|error| wrong(&error))?),
            Event::GeneralRef(entity) => {
                let letter = entity.resolve_char_ref().map_err(|error| wrong(&error))?;
                let name = entity.decode().map_err(|error| wrong(&error))?;
                match (letter, resolve_predefined_entity(&name)) {
                    (Some(letter), _) => say(letter.encode_utf8(&mut [0; 4])),
                    (None, Some(known)) => say(known),
                    (None, None) => return Err(format!("line {line}: it uses an entity of its own, which is not put in")),
                }
            }
            Event::Eof if open.len() > 1 => return Err(format!("line {line}: it ends before its elements do")),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    let mut document = open.pop().unwrap_or_default();
    if document.children.len() == 1 { document.children.pop().ok_or_else(String::new) } else { Err("it has no root element".to_owned()) }
}

fn element(start: &BytesStart<'_>, line: u32, budget: &mut Budget) -> Result<Node, String> {
    let name = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut node = Node { name: name(start.local_name().as_ref()), line, ..Node::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("line {line}: it is no XML: {error}"))?;
        budget.spend(1)?;
        // Names of languages say nothing.
        if attribute.key.as_ref().starts_with(b"xmlns") {
            continue;
        }
        let text = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| format!("line {line}: {error}"))?.into_owned();
        node.children.push(Node { name: name(attribute.key.local_name().as_ref()), text, line, children: Vec::new() });
    }
    Ok(node)
}

/// What a YAML collection that is being read is.
enum Open {
    Map { node: Node, key: Option<(String, u32)>, anchor: usize },
    List { node: Node, anchor: usize },
}

/// A value that was read.
#[derive(Clone)]
struct Value {
    node: Node,
    is_map: bool,
    is_scalar: bool,
}

/// A document of YAML or JSON.
///
/// # Errors
/// What is wrong with it, and on which line.
pub(super) fn yaml(text: &str) -> Result<Node, String> {
    let mut parser = Parser::new_from_str(text);
    let mut budget = Budget(0);
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: HashMap<usize, Value> = HashMap::new();
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| format!("it is no YAML: {error}"))?;
        let line = u32::try_from(span.start.line()).unwrap_or(u32::MAX);
        let node = Node { line, ..Node::default() };
        let value = match event {
            Told::MappingStart(anchor, _) => {
                open.push(Open::Map { node, key: None, anchor });
                None
            }
            Told::SequenceStart(anchor, _) => {
                open.push(Open::List { node, anchor });
                None
            }
            Told::MappingEnd | Told::SequenceEnd => match open.pop() {
                Some(Open::Map { node, anchor, .. }) => Some((anchor, Value { node, is_map: true, is_scalar: false })),
                Some(Open::List { node, anchor }) => Some((anchor, Value { node, is_map: false, is_scalar: false })),
                None => None,
            },
            Told::Scalar(text, _, anchor, _) => {
                budget.spend(1)?;
                let node = Node { text: text.into_owned(), ..node };
                Some((anchor, Value { node, is_map: false, is_scalar: true }))
            }
            Told::Alias(anchor) => {
                let value = anchors.get(&anchor).ok_or_else(|| format!("line {line}: it refers to what is not there yet"))?;
                budget.spend(value.node.size())?;
                Some((0, value.clone()))
            }
            Told::DocumentEnd => break,
            Told::Nothing | Told::StreamStart | Told::StreamEnd | Told::DocumentStart(_) => None,
        };
        if open.len() > DEEPEST {
            return Err(format!("line {line}: it is nested deeper than {DEEPEST} levels"));
        }
        let Some((anchor, value)) = value else { continue };
        if anchor != 0 {
            anchors.insert(anchor, value.clone());
        }
        match open.last_mut() {
            None => return Ok(value.node),
            Some(top) => put(top, value).map_err(|why| format!("line {line}: {why}"))?,
        }
    }
    Err("it is empty".to_owned())
}

/// Puts a value where it belongs: under its key, or into its list, whose maps tell what its elements are called.
fn put(top: &mut Open, value: Value) -> Result<(), String> {
    match top {
        Open::Map { key: key @ None, .. } if value.is_scalar => *key = Some((value.node.text, value.node.line)),
        Open::Map { key: None, .. } => return Err("its key is no text".to_owned()),
        Open::Map { node, key, .. } => {
            let (name, line) = key.take().unwrap_or_default();
            if name == "<<" {
                node.children.extend(value.node.children);
            } else {
                let line = if value.is_scalar { value.node.line } else { line };
                node.children.push(Node { name, line, ..value.node });
            }
        }
        Open::List { node, .. } if value.is_map => node.children.extend(value.node.children),
        Open::List { node, .. } => node.children.push(value.node),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_languages_say_the_same() {
        let log = xml("<?xml version=\"1.0\"?>\n<databaseChangeLog>\n <changeSet id=\"1\" author=\"a &amp; b\"><sql>select\n 1 &lt; 2</sql></changeSet></databaseChangeLog>").unwrap();
        let set = log.child("changeSet").unwrap();
        assert_eq!((set.get("id"), set.get("author"), set.get("sql"), set.line), (Some("1"), Some("a & b"), Some("select\n 1 < 2"), 3));
        let text = "databaseChangeLog:\n- changeSet:\n    id: 1\n    author: a & b\n    changes:\n    - sql:\n        sql: |\n          select\n          1\n";
        let log = yaml(text).unwrap();
        let set = log.child("databaseChangeLog").unwrap().child("changeSet").unwrap();
        let sql = set.child("changes").unwrap().child("sql").unwrap().child("sql").unwrap();
        assert_eq!((set.get("id"), sql.text.as_str(), sql.line), (Some("1"), "select\n1\n", 8));
        let log = yaml("{\"databaseChangeLog\": [\n\t{\"changeSet\": {\"id\": \"1\"}}]}").unwrap();
        assert_eq!(log.child("databaseChangeLog").unwrap().child("changeSet").unwrap().get("id"), Some("1"));
    }

    #[test]
    fn what_would_grow_without_bound_is_refused() {
        let bomb = "<!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><l>&b;</l>";
        assert!(xml(bomb).unwrap_err().contains("entity of its own"));
        assert!(xml("<!DOCTYPE l [<!ENTITY a \"x\">]><l c='&a;'/>").is_err());
        assert!(xml(&"<a>".repeat(100_000)).unwrap_err().contains("nested deeper"));
        assert!(yaml(&"[".repeat(100_000)).is_err());
        let mut laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for at in 1..12 {
            let all = vec![format!("*a{}", at - 1); 10].join(",");
            laughs.push_str(&format!("a{at}: &a{at} [{all}]\n"));
        }
        assert!(yaml(&laughs).unwrap_err().contains("more than"));
        for broken in ["<a><b></a>", "<a>", "", "no"] {
            assert!(xml(broken).is_err(), "{broken}");
        }
        assert!(yaml("a: [").is_err());
    }
}
