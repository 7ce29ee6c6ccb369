//! The digest: a Merkle tree over the semantic part of a manifest, documented to the byte in `docs/concept/digest.md`.
//!
//! Lives here: the canonical encoding and the tree. What is semantic is declared in `kind`; the text of expressions is
//! made canonical by the engine before it gets here.

use crate::kind::{Class, Dimension, Kind, Value};
use crate::manifest::{CANONICAL, Manifest, Object};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// The version of the canonical encoding and of the canonical texts; part of every hash.
pub const FORMAT: u32 = CANONICAL;

/// 32 bytes of BLAKE3.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// 64 hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        self.0.iter().fold(String::with_capacity(64), |mut text, byte| {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
            text
        })
    }

    /// The first four and last two digits, for a table cell: `9f3a…c2`.
    #[must_use]
    pub fn short(&self) -> String {
        let hex = self.hex();
        format!("{}…{}", hex.get(..4).unwrap_or_default(), hex.get(62..).unwrap_or_default())
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// One word for texts in their order; `context` says what for, so that the same texts are another word elsewhere.
#[must_use]
pub fn of_texts<'t>(context: &str, texts: impl Iterator<Item = &'t str>) -> Digest {
    let mut hasher = blake3::Hasher::new_derive_key(context);
    for text in texts {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    Digest(*hasher.finalize().as_bytes())
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

/// Whether column order counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Ignored,
    Counted,
}

/// Dimension, schema, name of the kind, kind.
type Place<'a> = (Dimension, &'a str, &'static str, Kind);
type Schemas<'a> = BTreeMap<&'a str, Vec<Group>>;

/// The objects of one kind in one schema.
struct Group {
    kind: Kind,
    plain: Digest,
    ordered: Digest,
    objects: usize,
}

/// The digests of one manifest.
#[derive(Debug, Clone)]
pub struct Tree {
    dimensions: BTreeMap<Dimension, Branch>,
}

/// One dimension of the tree.
#[derive(Debug, Clone)]
pub struct Branch {
    /// Column order ignored.
    pub digest: Digest,
    /// Column order counted.
    pub ordered: Digest,
    pub objects: usize,
    /// Per schema, in order; the schema is empty for objects that live in none.
    pub schemas: Vec<(Box<str>, Digest)>,
    /// Per schema and kind, in order.
    pub kinds: Vec<(Box<str>, Kind, Digest, usize)>,
}

/// The digests of one object: column order ignored, and counted.
#[derive(Debug, Clone, Copy)]
pub struct Leaf {
    plain: Digest,
    ordered: Digest,
}

impl Leaf {
    /// Where a leaf will be.
    pub const EMPTY: Self = Self { plain: Digest([0; 32]), ordered: Digest([0; 32]) };
}

/// Hashes objects, in their order. That is most of the work of a tree, and any part of a manifest can be hashed by itself:
/// a caller with threads to spare divides it and hands all leaves to [`Tree::grown`].
pub fn hash(objects: &[Object], leaves: &mut [Leaf]) {
    let mut hasher = Hasher::default();
    let mut places = leaves.iter_mut();
    for objects in objects.chunk_by(|a, b| a.kind == b.kind) {
        let has_order = objects.first().is_some_and(|object| has_order(object.kind));
        for (object, place) in objects.iter().zip(&mut places) {
            let plain = hasher.leaf(object);
            *place = Leaf { plain, ordered: if has_order { hasher.ordered(plain, object) } else { plain } };
        }
    }
}

impl Tree {
    /// Hashes a manifest. A dimension without semantic objects has no branch: never a hash of nothing.
    #[must_use]
    pub fn of(manifest: &Manifest) -> Self {
        let mut leaves = vec![Leaf::EMPTY; manifest.objects().len()];
        hash(manifest.objects(), &mut leaves);
        Self::grown(manifest, &leaves)
    }

    /// The tree over the leaves of all objects of the manifest, in their order.
    #[must_use]
    pub fn grown(manifest: &Manifest, leaves: &[Leaf]) -> Self {
        debug_assert_eq!(manifest.objects().len(), leaves.len());
        let mut hasher = Hasher::default();
        // By kind name, not by the order of the enum: moving a line in the code must not move a digest.
        let mut groups: BTreeMap<Place<'_>, Cow<'_, [Leaf]>> = BTreeMap::new();
        let mut rest = leaves;
        // Objects are sorted by kind and schema.
        for objects in manifest.objects().chunk_by(|a, b| a.kind == b.kind && a.schema() == b.schema()) {
            let (group, others) = rest.split_at(objects.len().min(rest.len()));
            rest = others;
            if let Some(object) = objects.first().filter(|object| is_semantic(object.kind)) {
                let spec = object.kind.spec();
                let mut group = Cow::Borrowed(group);
                if objects.iter().any(Object::has_generated_name) {
                    // Where the server made names up, their order says nothing.
                    group.to_mut().sort_unstable_by_key(|leaf| leaf.plain);
                } else if objects.iter().any(Object::is_folded) {
                    let mut places: Vec<usize> = (0..objects.len().min(group.len())).collect();
                    places.sort_by(|a, b| match (objects.get(*a), objects.get(*b)) {
                        (Some(a), Some(b)) => a.found_under().cmp(b.found_under()),
                        _ => a.cmp(b),
                    });
                    group = places.iter().filter_map(|at| group.get(*at).copied()).collect();
                }
                groups.insert((spec.dimension, object.schema(), spec.name, object.kind), group);
            }
        }
        let mut dimensions: BTreeMap<Dimension, Schemas<'_>> = BTreeMap::new();
        for ((dimension, schema, _, kind), leaves) in &groups {
            let plain = hasher.node("kind", kind.name(), leaves.iter().map(|leaf| &leaf.plain));
            let ordered = hasher.node("kind", kind.name(), leaves.iter().map(|leaf| &leaf.ordered));
            dimensions.entry(*dimension).or_default().entry(schema).or_default().push(Group {
                kind: *kind,
                plain,
                ordered,
                objects: leaves.len(),
            });
        }
        let dimensions = dimensions.into_iter().map(|(dimension, schemas)| (dimension, hasher.branch(dimension, &schemas))).collect();
        Self { dimensions }
    }

    /// The branch of a dimension; `None` where it has no semantic objects.
    #[must_use]
    pub fn branch(&self, dimension: Dimension) -> Option<&Branch> {
        self.dimensions.get(&dimension)
    }
}

impl Branch {
    /// The digest that counts under that order.
    #[must_use]
    pub const fn under(&self, order: Order) -> Digest {
        match order {
            Order::Ignored => self.digest,
            Order::Counted => self.ordered,
        }
    }
}

/// Whether any property of the kind, or its mere presence, is in a digest.
#[must_use]
pub fn is_semantic(kind: Kind) -> bool {
    let properties = kind.spec().properties;
    properties.is_empty() || properties.iter().any(|property| property.class == Class::Semantic)
}

fn has_order(kind: Kind) -> bool {
    kind.spec().properties.iter().any(|property| property.class == Class::Order)
}

/// The digest of one object, column order ignored.
#[must_use]
pub fn leaf(object: &Object) -> Digest {
    Hasher::default().leaf(object)
}

/// The digest of an object's semantic values alone: two objects with the same body under different names agree in it.
#[must_use]
pub fn body(object: &Object) -> Digest {
    let mut hasher = Hasher::default();
    hasher.start("body", object.kind.name());
    hasher.values(object, |class| class == Class::Semantic);
    hasher.finish()
}

/// The digest of everything an object says, measured and cosmetic values included: guards a file's content.
#[must_use]
pub fn content(object: &Object) -> Digest {
    content_of(FORMAT, object)
}

/// The same as an earlier version of the encoding made it: a file says which one wrote it.
#[must_use]
pub fn content_of(format: u32, object: &Object) -> Digest {
    let mut hasher = Hasher { format, ..Hasher::default() };
    hasher.start("content", object.kind.name());
    let parts = object.identity.parts();
    hasher.number(parts.len());
    for part in parts {
        hasher.text(part);
    }
    hasher.values(object, |_| true);
    hasher.number(object.marks.len());
    for mark in &object.marks {
        hasher.number(usize::from(mark.property));
        hasher.number(usize::from(mark.boundary));
        hasher.text(&mark.equivalent);
        hasher.text(&mark.reason);
    }
    // Texts beside their normal forms: the values above hold only these.
    for (index, normal) in object.normals() {
        hasher.number(usize::from(*index));
        hasher.text(normal);
        if let Some(value) = object.get_at(*index) {
            hasher.value(value);
        }
    }
    hasher.finish()
}

/// One digest over texts and digests in order, for a file's content.
#[must_use]
pub fn chain(name: &str, head: &str, digests: impl ExactSizeIterator<Item = Digest>) -> Digest {
    chain_of(FORMAT, name, head, digests)
}

/// The same as an earlier version of the encoding made it.
#[must_use]
pub fn chain_of(format: u32, name: &str, head: &str, digests: impl ExactSizeIterator<Item = Digest>) -> Digest {
    let mut hasher = Hasher { format, ..Hasher::default() };
    hasher.start("chain", name);
    hasher.text(head);
    hasher.number(digests.len());
    for digest in digests {
        hasher.bytes.extend(digest.0);
    }
    hasher.finish()
}

/// Builds the canonical bytes in one reused buffer.
struct Hasher {
    format: u32,
    bytes: Vec<u8>,
    /// Names of the properties that count, and where their values stand.
    counted: Vec<(&'static str, usize)>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { format: FORMAT, bytes: Vec::new(), counted: Vec::new() }
    }
}

impl Hasher {
    fn start(&mut self, node: &str, name: &str) {
        self.bytes.clear();
        self.text("evenkeel");
        self.number(self.format as usize);
        self.text(node);
        self.text(name);
    }

    fn finish(&self) -> Digest {
        Digest(*blake3::hash(&self.bytes).as_bytes())
    }

    fn leaf(&mut self, object: &Object) -> Digest {
        self.start("object", object.kind.name());
        let parts = object.found_under();
        self.number(parts.len());
        // A name that the server made up is nobody's choice, and another after an online copy of the table.
        let named = parts.len() - usize::from(object.has_generated_name());
        for (at, part) in parts.enumerate() {
            self.text(if at < named { part } else { "" });
        }
        self.values(object, |class| class == Class::Semantic);
        self.finish()
    }

    /// A leaf with its rank among siblings.
    fn ordered(&mut self, leaf: Digest, object: &Object) -> Digest {
        self.start("ordered", object.kind.name());
        self.bytes.extend(leaf.0);
        self.values(object, |class| class == Class::Order);
        self.finish()
    }

    /// Name and value of each property of the wanted class that is not neutral, sorted by name.
    fn values(&mut self, object: &Object, wanted: impl Fn(Class) -> bool) {
        let spec = object.kind.spec();
        let mut counted = std::mem::take(&mut self.counted);
        counted.clear();
        counted.extend(object.values().iter().enumerate().filter_map(|(at, (index, _))| {
            let property = spec.property(*index).filter(|property| wanted(property.class))?;
            Some((property.name, at))
        }));
        counted.sort_unstable();
        self.number(counted.len());
        for (name, at) in &counted {
            if let Some((index, _)) = object.values().get(*at) {
                self.text(name);
                match object.said_at(*index) {
                    Err(normal) => {
                        self.bytes.push(b'f');
                        self.text(normal);
                    }
                    Ok(Some(value)) => self.value(&value),
                    Ok(None) => {}
                }
            }
        }
        self.counted = counted;
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Flag(flag) => self.bytes.extend([b'b', u8::from(*flag)]),
            Value::Integer(number) => {
                self.bytes.push(b'i');
                self.bytes.extend(number.to_le_bytes());
            }
            Value::Number(number) => {
                self.bytes.push(b'n');
                self.bytes.extend(number.to_bits().to_le_bytes());
            }
            Value::Text(text) => {
                self.bytes.push(b't');
                self.text(text);
            }
            Value::List(items) => {
                self.bytes.push(b'l');
                self.number(items.len());
                for item in items {
                    self.text(item);
                }
            }
        }
    }

    fn node<'a>(&mut self, node: &str, name: &str, children: impl ExactSizeIterator<Item = &'a Digest>) -> Digest {
        self.start(node, name);
        self.number(children.len());
        self.bytes.reserve(children.len() * 32);
        for child in children {
            self.bytes.extend_from_slice(&child.0);
        }
        self.finish()
    }

    fn branch(&mut self, dimension: Dimension, schemas: &Schemas<'_>) -> Branch {
        let mut plain = Vec::with_capacity(schemas.len());
        let mut ordered = Vec::with_capacity(schemas.len());
        let mut kinds = Vec::new();
        let mut objects = 0;
        for (schema, groups) in schemas {
            plain.push((Box::from(*schema), self.node("schema", schema, groups.iter().map(|group| &group.plain))));
            ordered.push(self.node("schema", schema, groups.iter().map(|group| &group.ordered)));
            for group in groups {
                kinds.push((Box::from(*schema), group.kind, group.plain, group.objects));
                objects += group.objects;
            }
        }
        Branch {
            digest: self.node("dimension", dimension.name(), plain.iter().map(|(_, digest)| digest)),
            ordered: self.node("dimension", dimension.name(), ordered.iter()),
            objects,
            schemas: plain,
            kinds,
        }
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.bytes.extend(text.as_bytes());
    }

    /// A length or count: four bytes, little end first. Longer texts cannot come out of a server (1 GB limit).
    fn number(&mut self, number: usize) {
        self.bytes.extend(u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
    }
}
