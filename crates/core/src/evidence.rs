//! What a rehearsal found, as something that can be checked later: an in-toto statement in a DSSE envelope, signed with an Ed25519 key
//! where there is one.
//!
//! Lives here: the public shapes, sealing, opening, and whether it still holds. Does not live here: files (`pipeline`), what was found
//! (`rehearsal`).
//! <https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>, <https://github.com/secure-systems-lab/dsse/blob/master/protocol.md>

mod step;

pub use step::{Made, Step, stands_as, unlike};

use crate::digest::Tree;
use crate::fault::{Class, Trouble};
use crate::kind::Dimension;
use crate::manifest::Manifest;
use crate::rehearsal::{Limits, Part, Rehearsal, Undoing};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey};
use ed25519_dalek::{Signature as Signed, Signer, SigningKey, Verifier, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::time::Duration;

/// What is in the envelope.
const PAYLOAD: &str = "application/vnd.in-toto+json";
/// What sort of statement it is.
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// What it states.
const PREDICATE: &str = "urn:evenkeel:rehearsal:v1";

/// The envelope as it stands in a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    #[serde(rename = "payloadType")]
    payload_type: String,
    payload: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Signature {
    keyid: String,
    sig: String,
}

/// What is stated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    /// The files of the release, as they were read.
    pub subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    pub predicate: Predicate,
}

/// A file and its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub name: String,
    pub digest: BTreeMap<String, String>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Predicate {
    pub schema_version: u32,
    /// Of evenkeel.
    pub version: String,
    pub canonical: u32,
    /// When, as RFC 3339 has it.
    pub at: String,
    pub target: String,
    pub engine: String,
    pub server_major: u16,
    pub on: String,
    pub version_differs: bool,
    pub role: String,
    /// Migrations in their order.
    pub release: Vec<String>,
    pub grouping: String,
    /// The digest of the target's schema from which it started; null where that has nothing.
    pub baseline: Option<String>,
    /// The digest of the schema that it led to.
    pub result: Option<String>,
    /// Parts that were looked at.
    pub parts: Vec<String>,
    pub limits: Demanded,
    pub gates: Vec<Gate>,
    pub floor: Vec<String>,
    pub gaps: Vec<String>,
    pub validated: bool,
    /// What each migration did to the schema; none of evidence that was made before this was told.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Tables that were there before, and on which it took locks.
    #[serde(default)]
    pub locked: Vec<String>,
    /// Gates that could not be told, because locks and time are not measured on such a server; none where they were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmeasured: Vec<String>,
}

impl Predicate {
    /// Whether nothing but locks and time keeps it from being validated.
    #[must_use]
    pub fn lacks_locks_only(&self) -> bool {
        let is_whole = Part::ALL.into_iter().filter(|part| part.is_usual()).all(|part| self.parts.iter().any(|name| name == part.name()));
        let holds = |gate: &Gate| gate.holds == Some(true) || gate.holds.is_none() && self.unmeasured.contains(&gate.name);
        let is_told = self.gates.iter().all(holds) && self.gaps.is_empty();
        !self.validated && !self.unmeasured.is_empty() && is_whole && is_told && !self.release.is_empty()
    }
}

/// What was demanded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demanded {
    pub lock_hold_ms: u64,
    pub blocked_ms: u64,
    /// `exact`, or `forward-only: ` and why.
    pub undo: String,
    #[serde(default = "recovery")]
    pub recovery_ms: u64,
    pub require: Vec<String>,
}

/// What was demanded before anybody could say it.
fn recovery() -> u64 {
    ms(Limits::RECOVERY)
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A gate as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    pub name: String,
    pub limit: String,
    pub found: String,
    pub holds: Option<bool>,
}

impl Demanded {
    #[must_use]
    pub fn of(limits: &Limits) -> Self {
        Self {
            lock_hold_ms: ms(limits.lock_hold.0),
            blocked_ms: ms(limits.blocked.0),
            undo: match &limits.undo.0 {
                Undoing::Exact => "exact".to_owned(),
                Undoing::ForwardOnly(reason) => format!("forward-only: {reason}"),
            },
            recovery_ms: ms(limits.recovery.0),
            require: limits.require.0.iter().map(|part| part.name().to_owned()).collect(),
        }
    }
}

/// The digest of a manifest's schema; nothing where it has none.
#[must_use]
pub fn schema(manifest: &Manifest) -> Option<String> {
    Tree::of(manifest).branch(Dimension::Schema).map(|branch| branch.ordered.hex())
}

/// The SHA-256 of some bytes, in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Statement {
    /// Of what was found, at a moment as RFC 3339 has it, of these files with their SHA-256.
    #[must_use]
    pub fn of(rehearsal: &Rehearsal, files: &[(String, String)], limits: &Limits, version: &str, at: &str) -> Self {
        let subject =
            |(name, sum): &(String, String)| Subject { name: name.clone(), digest: BTreeMap::from([("sha256".to_owned(), sum.clone())]) };
        let gate = |gate: &crate::rehearsal::Gate| Gate {
            name: gate.name.to_owned(),
            limit: gate.limit.clone(),
            found: gate.found.clone(),
            holds: gate.holds,
        };
        Self {
            kind: STATEMENT.to_owned(),
            subject: files.iter().map(subject).collect(),
            predicate_type: PREDICATE.to_owned(),
            predicate: Predicate {
                schema_version: 1,
                version: version.to_owned(),
                canonical: crate::manifest::CANONICAL,
                at: at.to_owned(),
                target: rehearsal.target.clone(),
                engine: rehearsal.endpoint.engine.name().to_owned(),
                server_major: rehearsal.endpoint.server_major,
                on: rehearsal.on.clone(),
                version_differs: rehearsal.version_differs,
                role: rehearsal.role.clone(),
                release: rehearsal.migrations.iter().map(|migration| migration.key.clone()).collect(),
                grouping: rehearsal.grouping.to_owned(),
                baseline: rehearsal.baseline.clone(),
                result: rehearsal.result.clone(),
                parts: rehearsal.parts.iter().copied().map(Part::name).map(str::to_owned).collect(),
                limits: Demanded::of(limits),
                gates: rehearsal.gates.iter().map(gate).collect(),
                floor: rehearsal.floor.clone(),
                gaps: rehearsal.gaps.clone(),
                validated: rehearsal.is_validated(),
                steps: step::of(rehearsal),
                locked: step::locked(rehearsal),
                unmeasured: rehearsal.unmeasured_gates().map(|gate| gate.name.to_owned()).collect(),
            },
        }
    }

    /// In its envelope, signed where there is a key.
    ///
    /// # Errors
    /// The key is none; it cannot be written.
    pub fn sealed(&self, key: Option<&str>) -> Result<String, Box<Trouble>> {
        let internal =
            |error: serde_json::Error| Box::new(Trouble::new(Class::Internal, "evidence cannot be written").found(error.to_string()));
        let body = serde_json::to_vec(self).map_err(internal)?;
        let signatures = match key {
            None => Vec::new(),
            Some(pem) => {
                let key = SigningKey::from_pkcs8_pem(pem).map_err(|_| no_key("a private Ed25519 key as PKCS#8 in PEM"))?;
                let signed = key.sign(&before(&body));
                vec![Signature { keyid: sha256(key.verifying_key().as_bytes()), sig: STANDARD.encode(signed.to_bytes()) }]
            }
        };
        let envelope = Envelope { payload_type: PAYLOAD.to_owned(), payload: STANDARD.encode(&body), signatures };
        let mut text = serde_json::to_string_pretty(&envelope).map_err(internal)?;
        text.push('\n');
        Ok(text)
    }
}

/// What is signed: the type and the body, each with its length before it.
fn before(body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {PAYLOAD} {} ", PAYLOAD.len(), body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn no_key(expected: &str) -> Box<Trouble> {
    let trouble = Trouble::new(Class::Configuration, "a key cannot be read").expected(expected).found("something else");
    Box::new(trouble.fix("openssl genpkey -algorithm ed25519 -out key.pem; openssl pkey -in key.pem -pubout -out key.pub"))
}

/// Who vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seal {
    /// Nobody.
    Unsigned,
    /// The holder of a key that is among those that are accepted: the first of its number.
    Good(String),
    /// It is signed, and by none of those keys.
    Strange,
    /// A signature by a key that is accepted does not fit: it was changed.
    Broken,
    /// It was made just now by whoever asks, of ways back alone, and is nobody else's to change.
    Own,
}

/// Opens an envelope and looks who vouches for it, by public keys in PEM.
///
/// # Errors
/// It is no evidence of this sort; a key is none.
pub fn opened(text: &str, keys: &[String]) -> Result<(Statement, Seal), Box<Trouble>> {
    let odd = |found: &str| {
        let trouble = Trouble::new(Class::CouldNotTell, "this is no evidence of a rehearsal");
        Box::new(trouble.expected("what `evenkeel rehearse --evidence FILE` writes").found(found))
    };
    let envelope: Envelope = serde_json::from_str(text).map_err(|error| odd(&format!("no envelope: {error}")))?;
    if envelope.payload_type != PAYLOAD {
        return Err(odd("an envelope with something else in it"));
    }
    let body = STANDARD.decode(&envelope.payload).map_err(|_| odd("a payload that is no base64"))?;
    let statement: Statement = serde_json::from_slice(&body).map_err(|error| odd(&format!("another statement: {error}")))?;
    if statement.kind != STATEMENT || statement.predicate_type != PREDICATE || statement.predicate.schema_version != 1 {
        return Err(odd("a statement of another sort or version"));
    }
    let accepted = keys.iter().map(|pem| VerifyingKey::from_public_key_pem(pem).map_err(|_| no_key("a public Ed25519 key in PEM")));
    let accepted: Vec<VerifyingKey> = accepted.collect::<Result<_, _>>()?;
    let mut seal = if envelope.signatures.is_empty() { Seal::Unsigned } else { Seal::Strange };
    for signature in &envelope.signatures {
        let Some(key) = accepted.iter().find(|key| sha256(key.as_bytes()) == signature.keyid) else { continue };
        let signed = STANDARD.decode(&signature.sig).ok().and_then(|bytes| Signed::from_slice(&bytes).ok());
        let fits = signed.is_some_and(|signed| key.verify(&before(&body), &signed).is_ok());
        if !fits {
            return Ok((statement, Seal::Broken));
        }
        seal = Seal::Good(signature.keyid.chars().take(16).collect());
    }
    Ok((statement, seal))
}

/// What is there now, as far as it was looked at.
#[derive(Debug, Clone, Default)]
pub struct Now {
    /// The SHA-256 of each file that can be read.
    pub files: BTreeMap<String, String>,
    /// The digest of the target's schema, where the target was looked at.
    pub baseline: Option<Option<String>>,
    /// What is demanded today.
    pub limits: Option<Demanded>,
    /// Whether unsigned evidence counts.
    pub unsigned: bool,
    /// Whether keys are listed.
    pub has_keys: bool,
    /// How old it is and how old it may be, in seconds.
    pub age: Option<(i64, i64)>,
    /// Whether it is taken although nobody looked at locks and time.
    pub accepts_locks: bool,
}

/// Whether evidence, whoever signed it, says that everything was validated.
#[must_use]
pub fn says_validated(text: &str) -> bool {
    opened(text, &[]).is_ok_and(|(statement, _)| statement.predicate.validated)
}

/// Why evidence does not hold; and what was not looked at.
#[must_use]
pub fn faults(statement: &Statement, seal: &Seal, now: &Now) -> (Vec<String>, Vec<String>) {
    let predicate = &statement.predicate;
    let (mut faults, mut open) = (Vec::new(), Vec::new());
    match seal {
        Seal::Good(_) | Seal::Own => {}
        Seal::Broken => faults.push("its signature does not fit: it was changed".to_owned()),
        Seal::Strange if now.has_keys => faults.push("it is signed by none of the keys that are listed under [gates]".to_owned()),
        Seal::Strange => open.push("it is signed, and no key is listed that could tell by whom (keys under [gates])".to_owned()),
        Seal::Unsigned if now.has_keys && !now.unsigned => {
            faults.push("it is not signed, and keys are listed under [gates]".to_owned());
        }
        Seal::Unsigned => {}
    }
    if *seal == Seal::Own {
        // No more was asked for than ways back.
        let told = |gate: &Gate| format!("{}: {}", gate.name, gate.found);
        faults.extend(predicate.gates.iter().filter(|gate| gate.holds == Some(false)).map(told));
        open.extend(predicate.gates.iter().filter(|gate| gate.holds.is_none()).map(told));
        open.extend(predicate.gaps.iter().map(|gap| format!("not seen: {gap}")));
    } else if predicate.lacks_locks_only() {
        if !now.accepts_locks {
            open.push(
                "locks and time were not measured, and no row was met: whoever takes that says so with --accept-gap locks".to_owned(),
            );
        }
    } else if !predicate.validated {
        let closed: Vec<&str> = predicate.gates.iter().filter(|gate| gate.holds != Some(true)).map(|gate| gate.name.as_str()).collect();
        faults.push(format!(
            "the rehearsal did not earn VALIDATED: {}",
            if closed.is_empty() { "only a part was asked for, or something was not seen".to_owned() } else { closed.join(", ") }
        ));
    }
    if statement.subject.is_empty() {
        faults.push("it names no file".to_owned());
    }
    for subject in &statement.subject {
        match (now.files.get(&subject.name), subject.digest.get("sha256")) {
            (_, None) => faults.push(format!("{}: it has no SHA-256 of it", subject.name)),
            (None, _) => faults.push(format!("{}: it cannot be read now", subject.name)),
            (Some(there), Some(then)) if there != then => {
                faults.push(format!("{}: it is another text than the one that was rehearsed", subject.name))
            }
            (Some(_), Some(_)) => {}
        }
    }
    match &now.baseline {
        None => open.push("whether the target still has the schema that it starts from was not looked at (--for)".to_owned()),
        Some(_) if predicate.canonical != crate::manifest::CANONICAL => {
            open.push("its digests were made by another version of evenkeel, and cannot be compared".to_owned());
        }
        Some(there) if *there != predicate.baseline => {
            faults.push("the target has another schema than the one that it was rehearsed for".to_owned())
        }
        Some(_) => {}
    }
    if now.limits.as_ref().is_some_and(|limits| *limits != predicate.limits) {
        faults.push("[gates] demands something else than it was held to".to_owned());
    }
    match now.age {
        Some((age, most)) if age > most => faults.push(format!("it is {} days old", age / 86_400)),
        Some((age, _)) if age < 0 => faults.push("it was made in the future".to_owned()),
        _ => {}
    }
    (faults, open)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const PRIVATE: &str =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    const PUBLIC: &str =
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";

    fn statement() -> Statement {
        Statement {
            kind: STATEMENT.to_owned(),
            subject: vec![Subject { name: "m/1.sql".to_owned(), digest: BTreeMap::from([("sha256".to_owned(), sha256(b"x"))]) }],
            predicate_type: PREDICATE.to_owned(),
            predicate: Predicate {
                schema_version: 1,
                version: "0".to_owned(),
                canonical: crate::manifest::CANONICAL,
                at: "2026-11-29T00:00:00Z".to_owned(),
                target: "production".to_owned(),
                engine: "PostgreSQL".to_owned(),
                server_major: 17,
                on: "PostgreSQL 17".to_owned(),
                version_differs: false,
                role: "owner".to_owned(),
                release: vec!["1".to_owned()],
                grouping: "per-file".to_owned(),
                baseline: Some("b".to_owned()),
                result: None,
                parts: vec!["run".to_owned()],
                limits: Demanded::of(&Limits::default()),
                gates: Vec::new(),
                floor: Vec::new(),
                gaps: Vec::new(),
                validated: true,
                steps: Vec::new(),
                locked: Vec::new(),
                unmeasured: Vec::new(),
            },
        }
    }

    fn now() -> Now {
        Now {
            files: BTreeMap::from([("m/1.sql".to_owned(), sha256(b"x"))]),
            baseline: Some(Some("b".to_owned())),
            limits: Some(Demanded::of(&Limits::default())),
            ..Now::default()
        }
    }

    #[test]
    fn what_is_signed_is_known_and_what_was_changed_is_told() {
        let keys = [PUBLIC.to_owned()];
        let sealed = statement().sealed(Some(PRIVATE)).unwrap();
        let (opened_again, seal) = opened(&sealed, &keys).unwrap();
        assert!(opened_again == statement() && matches!(seal, Seal::Good(_)), "{seal:?}");
        assert_eq!(opened(&sealed, &[]).unwrap().1, Seal::Strange);
        assert_eq!(opened(&statement().sealed(None).unwrap(), &keys).unwrap().1, Seal::Unsigned);
        let mut envelope: Envelope = serde_json::from_str(&sealed).unwrap();
        let mut other = statement();
        other.predicate.target = "another".to_owned();
        envelope.payload = STANDARD.encode(serde_json::to_vec(&other).unwrap());
        assert_eq!(opened(&serde_json::to_string(&envelope).unwrap(), &keys).unwrap().1, Seal::Broken);
        assert!(statement().sealed(Some("no key")).is_err() && opened("{}", &[]).is_err() && opened(&sealed, &["x".to_owned()]).is_err());
    }

    #[test]
    fn any_change_makes_it_not_hold_and_the_message_says_which() {
        let of = |change: &dyn Fn(&mut Statement, &mut Now)| {
            let (mut statement, mut now) = (statement(), now());
            change(&mut statement, &mut now);
            faults(&statement, &Seal::Unsigned, &now)
        };
        assert_eq!(of(&|_, _| {}), (Vec::new(), Vec::new()));
        for (change, word) in [
            (&(|_: &mut Statement, now: &mut Now| now.files = BTreeMap::new()) as &dyn Fn(&mut Statement, &mut Now), "cannot be read"),
            (&|_, now| now.files = BTreeMap::from([("m/1.sql".to_owned(), sha256(b"y"))]), "another text"),
            (&|_, now| now.baseline = Some(None), "another schema"),
            (&|statement, _| statement.predicate.limits.lock_hold_ms = 9, "demands something else"),
            (&|statement, _| statement.predicate.validated = false, "did not earn"),
            (&|statement, _| statement.subject.clear(), "names no file"),
            (&|_, now| now.has_keys = true, "not signed"),
            (&|_, now| now.age = Some((90_000, 80_000)), "1 days old"),
            (&|_, now| now.age = Some((-5, 80_000)), "future"),
        ] {
            let (told, _) = of(change);
            assert!(told.len() == 1 && told.iter().any(|one| one.contains(word)), "{word}: {told:?}");
        }
        assert_eq!(of(&|_, now| now.baseline = None).1.len(), 1);
    }
}
