//! A manifest as files, JSON Lines: a first line that says what was captured, its gaps and digests, then one object a line,
//! sorted. The measured part is a file of its own beside the stable one.
//!
//! Lives here: writing, reading, and the checks that find tampering, truncation and unknown formats. Bytes in, bytes out:
//! opening files is the caller's business. Neighbour: `file/fault`, what is said of a file that cannot be used.

mod fault;

pub use fault::FileFault;

use crate::digest::{self, Tree};
use crate::kind::{ALL, Class, Dimension, Kind, Property, Shape, Value};
use crate::manifest::{Endpoint, Gap, Identity, Manifest, Mark, Object, Reason};
use serde::de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// The version of the file format this build writes and reads.
pub const FORMAT: u32 = 1;

/// Which of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// What only a change of the environment changes; meant to be committed.
    Stable,
    /// Row counts, sizes, distributions, lag: refreshed as often as wanted.
    Measured,
}

/// The first line. Its field order is the order in the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    evenkeel: Cow<'static, str>,
    format: u64,
    canonical: u32,
    part: Part,
    endpoint: Endpoint,
    dimensions: BTreeMap<Dimension, Summary>,
    gaps: Vec<Gap>,
    objects: usize,
    #[serde(default)]
    content: String,
}

/// The digests of one dimension, repeated in the header so that a person and a script find them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Summary {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ordered: Option<String>,
    objects: usize,
}

/// Writes one part.
///
/// # Errors
/// Only if a value cannot be written as JSON, which no captured value does.
pub fn write(manifest: &Manifest, part: Part) -> Result<Vec<u8>, serde_json::Error> {
    let objects: Vec<Cow<'_, Object>> =
        manifest.objects().iter().chain(manifest.apart()).filter_map(|object| portion(object, part)).collect();
    let tree = Tree::of(manifest);
    let dimensions = match part {
        Part::Measured => BTreeMap::new(),
        Part::Stable => manifest.dimensions.iter().map(|dimension| (*dimension, summary(&tree, *dimension))).collect(),
    };
    let mut header = Header {
        evenkeel: Cow::Borrowed("manifest"),
        format: u64::from(FORMAT),
        canonical: digest::FORMAT,
        part,
        endpoint: manifest.endpoint.clone(),
        dimensions,
        gaps: if part == Part::Stable { manifest.gaps.clone() } else { Vec::new() },
        objects: objects.len(),
        content: String::new(),
    };
    header.content = content(&header, objects.iter().map(AsRef::as_ref))?;
    let mut bytes = serde_json::to_vec(&header)?;
    bytes.push(b'\n');
    for object in &objects {
        serde_json::to_writer(&mut bytes, &Line(object))?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// The content digest in a part's header: equal when nothing but the time and place of the capture changed.
/// `None` where the bytes are no manifest.
#[must_use]
pub fn stands_for(bytes: &[u8], manifest: &Manifest) -> Option<bool> {
    let (header, mut objects) = read_part(bytes, Part::Stable).ok()?;
    objects.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
    let whole = manifest.whole();
    let portions = || whole.objects().iter().filter_map(|object| portion(object, Part::Stable));
    let (old, new) = (&header.endpoint, &manifest.endpoint);
    let same = header.canonical == digest::FORMAT
        && objects.len() == portions().count()
        && header.gaps == manifest.gaps
        && header.dimensions.keys().eq(&manifest.dimensions)
        && old.server_version == new.server_version
        && old.role == new.role
        && old.roles == new.roles
        && old.node_role == new.node_role
        && place(old) == place(new)
        && objects.iter().zip(portions()).all(|(a, b)| digest::content(a) == digest::content(&b));
    Some(same)
}

/// The dimensions that a stable part is about, by its first line alone: those it has, and those it could not see. Nothing where that is
/// no header.
#[must_use]
pub fn dimensions(stable: &[u8]) -> Option<Vec<Dimension>> {
    let first = stable.split(|byte| *byte == b'\n').next()?;
    let header = read_header(first).ok()?;
    let mut dimensions: Vec<Dimension> = header.dimensions.keys().copied().chain(header.gaps.iter().map(|gap| gap.dimension)).collect();
    dimensions.sort_unstable();
    dimensions.dedup();
    Some(dimensions)
}

/// Reads a manifest from its stable part and, where there is one, its measured part. Always re-hashes.
///
/// # Errors
/// The bytes are no manifest, of an unknown format, truncated or changed.
pub fn read(stable: &[u8], measured: Option<&[u8]>) -> Result<Manifest, FileFault> {
    let (mut header, mut objects) = read_part(stable, Part::Stable)?;
    let Some(measured) = measured else {
        header.gaps.extend(unmeasured(&header, &objects));
        let dimensions = header.dimensions.keys().copied().collect();
        return Ok(Manifest::new(header.endpoint, dimensions, objects, header.gaps).written_as(header.canonical));
    };
    {
        let (other, more) = read_part(measured, Part::Measured)?;
        let (expected, found) = (place(&header.endpoint), place(&other.endpoint));
        if expected != found {
            return Err(FileFault::OtherPlace { expected, found });
        }
        objects.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
        let known = objects.len();
        for object in more {
            match objects.get(..known).unwrap_or_default().binary_search_by(|other| other.key().cmp(&object.key())) {
                Ok(at) => {
                    if let Some(other) = objects.get_mut(at) {
                        for (index, value) in object.values() {
                            other.set_at(*index, value.clone());
                        }
                    }
                }
                Err(_) => objects.push(object),
            }
        }
    }
    let dimensions = header.dimensions.keys().copied().collect();
    Ok(Manifest::new(header.endpoint, dimensions, objects, header.gaps).written_as(header.canonical))
}

/// Where a part was read: two parts of one capture agree in it.
fn place(endpoint: &Endpoint) -> String {
    format!("{} {}, database {}, {}", endpoint.engine.name(), endpoint.server_major, endpoint.database, endpoint.node)
}

/// What is not known where the measured part is missing: the absence of a file is no evidence of empty tables.
fn unmeasured(header: &Header, objects: &[Object]) -> Vec<Gap> {
    let why = "the measured part of the manifest is not beside it";
    let cure = "capture again with --out: both parts are written together";
    let mut gaps = Vec::new();
    for kind in ALL.iter().copied().filter(|kind| header.dimensions.contains_key(&kind.spec().dimension)) {
        let measured = |property: &&Property| matches!(property.class, Class::Measured(_));
        if kind.spec().properties.iter().all(|property| matches!(property.class, Class::Measured(_) | Class::Volatile))
            && !kind.spec().properties.is_empty()
        {
            gaps.push(Gap::kind(kind, Reason::NotConfigured, why.to_owned()).cure(cure));
        } else if objects.iter().any(|object| object.kind == kind) {
            let hidden = kind.spec().properties.iter().filter(measured);
            gaps.extend(hidden.map(|property| Gap::kind(kind, Reason::NotConfigured, why.to_owned()).attribute(property.name).cure(cure)));
        }
    }
    gaps
}

fn read_part(bytes: &[u8], expected: Part) -> Result<(Header, Vec<Object>), FileFault> {
    let mut lines = bytes.split(|byte| *byte == b'\n').enumerate();
    let first = lines.next().map(|(_, line)| line).unwrap_or_default();
    let header = read_header(first)?;
    if header.part != expected {
        return Err(FileFault::WrongPart { expected, found: header.part });
    }
    let mut objects = Vec::with_capacity(header.objects.min(bytes.len() / 16));
    for (index, line) in lines {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        // What is more than the header says is not read at all.
        if objects.len() == header.objects {
            return Err(FileFault::Longer { expected: header.objects, line: index + 1 });
        }
        let mut json = serde_json::Deserializer::from_slice(line);
        let object = LineSeed
            .deserialize(&mut json)
            .and_then(|object| json.end().map(|()| object))
            .map_err(|error| FileFault::Line { line: index + 1, reason: error.to_string() })?;
        objects.push(object);
    }
    if objects.len() != header.objects {
        return Err(FileFault::Truncated { expected: header.objects, found: objects.len() });
    }
    let found = content(&header, objects.iter()).map_err(|error| FileFault::NotAManifest(error.to_string()))?;
    if found != header.content {
        return Err(FileFault::Tampered { expected: header.content, found });
    }
    Ok((header, objects))
}

fn read_header(line: &[u8]) -> Result<Header, FileFault> {
    #[derive(Deserialize)]
    struct Probe {
        evenkeel: Option<String>,
        format: Option<u64>,
    }
    let probe: Probe = serde_json::from_slice(line).map_err(|error| FileFault::NotAManifest(format!("first line: {error}")))?;
    match (probe.evenkeel.as_deref(), probe.format) {
        (Some("manifest"), Some(format)) if format == u64::from(FORMAT) => {}
        (Some("manifest"), Some(found)) => return Err(FileFault::UnknownFormat { found }),
        _ => return Err(FileFault::NotAManifest("no evenkeel header in the first line".to_owned())),
    }
    let header: Header = serde_json::from_slice(line).map_err(|error| FileFault::NotAManifest(format!("header: {error}")))?;
    if header.canonical > digest::FORMAT {
        return Err(FileFault::UnknownForm { found: header.canonical });
    }
    Ok(header)
}

fn summary(tree: &Tree, dimension: Dimension) -> Summary {
    let branch = tree.branch(dimension);
    Summary {
        digest: branch.map(|branch| branch.digest.hex()),
        ordered: branch.map(|branch| branch.ordered.hex()),
        objects: branch.map_or(0, |branch| branch.objects),
    }
}

/// Covers the header without its own digest and every object, decoded.
fn content<'a>(header: &Header, objects: impl ExactSizeIterator<Item = &'a Object>) -> Result<String, serde_json::Error> {
    let bare = Header { content: String::new(), ..header.clone() };
    let objects = objects.map(|object| digest::content_of(header.canonical, object));
    Ok(digest::chain_of(header.canonical, "manifest", &serde_json::to_string(&bare)?, objects).hex())
}

/// The part of an object that belongs into that file; `None` where nothing does.
fn portion(object: &Object, part: Part) -> Option<Cow<'_, Object>> {
    let spec = object.kind.spec();
    let measured = |index: u8| spec.property(index).is_some_and(|property| matches!(property.class, Class::Measured(_)));
    let wholly = object.is_measured();
    match part {
        Part::Stable if wholly => None,
        Part::Measured if wholly => Some(Cow::Borrowed(object)),
        Part::Stable if !object.values().iter().any(|(index, _)| measured(*index)) => Some(Cow::Borrowed(object)),
        Part::Measured if !object.values().iter().any(|(index, _)| measured(*index)) => None,
        _ => {
            let mut portion = Object::new(object.kind, object.identity.clone());
            for (index, value) in object.values() {
                if measured(*index) == (part == Part::Measured) {
                    portion.set_at(*index, value.clone());
                }
            }
            if part == Part::Stable {
                portion.marks.clone_from(&object.marks);
                for (index, normal) in object.normals() {
                    portion.set_normal_at(*index, Some(normal.clone()));
                }
            }
            Some(Cow::Owned(portion))
        }
    }
}

/// One object as a JSON line.
struct Line<'a>(&'a Object);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let object = self.0;
        let spec = object.kind.spec();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", spec.name)?;
        map.serialize_entry("id", &object.identity.parts().collect::<Vec<_>>())?;
        for (index, value) in object.values() {
            let Some(property) = spec.property(*index) else { continue };
            match value {
                Value::Flag(flag) => map.serialize_entry(property.name, flag)?,
                Value::Integer(number) => map.serialize_entry(property.name, number)?,
                Value::Number(number) => map.serialize_entry(property.name, number)?,
                Value::Text(text) => map.serialize_entry(property.name, text)?,
                Value::List(items) => map.serialize_entry(property.name, items)?,
            }
        }
        if !object.marks.is_empty() {
            let marks: Vec<MarkLine<'_>> = object.marks.iter().filter_map(|mark| MarkLine::of(object, mark)).collect();
            map.serialize_entry("marks", &marks)?;
        }
        if !object.normals().is_empty() {
            let named = object.normals().iter().filter_map(|(index, normal)| Some((spec.property(*index)?.name, &**normal)));
            map.serialize_entry("normal", &named.collect::<BTreeMap<&str, &str>>())?;
        }
        map.end()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkLine<'a> {
    #[serde(borrow)]
    attribute: Cow<'a, str>,
    boundary: u16,
    equivalent: Cow<'a, str>,
    reason: Cow<'a, str>,
}

impl<'a> MarkLine<'a> {
    fn of(object: &Object, mark: &'a Mark) -> Option<Self> {
        Some(Self {
            attribute: Cow::Borrowed(object.kind.spec().property(mark.property)?.name),
            boundary: mark.boundary,
            equivalent: Cow::Borrowed(&mark.equivalent),
            reason: Cow::Borrowed(&mark.reason),
        })
    }
}

struct LineSeed;

impl<'de> DeserializeSeed<'de> for LineSeed {
    type Value = Object;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Object, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for LineSeed {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object line: {\"kind\":…,\"id\":[…],…}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let kind = match map.next_entry::<Cow<'de, str>, Cow<'de, str>>()? {
            Some((key, name)) if key == "kind" => {
                Kind::from_name(&name).ok_or_else(|| de::Error::custom(format!("unknown kind {name:?}")))?
            }
            _ => return Err(de::Error::custom("the first key is not \"kind\"")),
        };
        let spec = kind.spec();
        let identity = match map.next_entry::<Cow<'de, str>, Vec<Box<str>>>()? {
            Some((key, parts)) if key == "id" && spec.identity_of(parts.len()).is_some() => Identity::new(parts),
            _ => return Err(de::Error::custom(format!("the second key is not \"id\" with {} parts", spec.identity.len()))),
        };
        let mut object = Object::new(kind, identity);
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == "marks" {
                for mark in map.next_value::<Vec<MarkLine<'de>>>()? {
                    let property = spec.index_of(&mark.attribute).ok_or_else(|| de::Error::custom("a mark names no property"))?;
                    object.marks.push(Mark {
                        property,
                        boundary: mark.boundary,
                        equivalent: mark.equivalent.into(),
                        reason: mark.reason.into(),
                    });
                }
                continue;
            }
            if key == "normal" {
                for (name, normal) in map.next_value::<BTreeMap<Cow<'de, str>, Box<str>>>()? {
                    let index = spec.index_of(&name).ok_or_else(|| de::Error::custom("a normal form names no property"))?;
                    object.set_normal_at(index, Some(normal));
                }
                continue;
            }
            let Some(index) = spec.index_of(&key) else {
                map.next_value::<IgnoredAny>()?;
                return Err(de::Error::custom(format!("{} has no property {key:?}", spec.name)));
            };
            let shape = spec.property(index).map_or(Shape::Text, |property| property.shape);
            let value = map.next_value_seed(ValueSeed(shape))?;
            object.set_at(index, value);
        }
        Ok(object)
    }
}

struct ValueSeed(Shape);

impl<'de> DeserializeSeed<'de> for ValueSeed {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a measured number written without a fraction")]
impl<'de> Visitor<'de> for ValueSeed {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value of shape {:?}", self.0)
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Value, E> {
        match self.0 {
            Shape::Flag => Ok(Value::Flag(flag)),
            _ => Err(de::Error::invalid_type(de::Unexpected::Bool(flag), &self)),
        }
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
        match self.0 {
            Shape::Integer => Ok(Value::Integer(number)),
            Shape::Number => Ok(Value::Number(number as f64)),
            _ => Err(de::Error::invalid_type(de::Unexpected::Signed(number), &self)),
        }
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        match (self.0, i64::try_from(number)) {
            (Shape::Integer, Ok(number)) => Ok(Value::Integer(number)),
            (Shape::Number, _) => Ok(Value::Number(number as f64)),
            _ => Err(de::Error::invalid_type(de::Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Value, E> {
        match self.0 {
            Shape::Number => Ok(Value::Number(number)),
            _ => Err(de::Error::invalid_type(de::Unexpected::Float(number), &self)),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        match self.0 {
            Shape::Text | Shape::Definition => Ok(Value::Text(text.into())),
            _ => Err(de::Error::invalid_type(de::Unexpected::Str(text), &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        if self.0 != Shape::List {
            return Err(de::Error::invalid_type(de::Unexpected::Seq, &self));
        }
        let mut items: Vec<Box<str>> = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items.into()))
    }
}
