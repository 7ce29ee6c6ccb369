//! Locales of ICU, which 13 to 15 keep as they were typed and 16 and newer as a language tag: both are written as a tag.
//!
//! Lives here: the tag of an ICU locale name (<https://unicode-org.github.io/icu/userguide/locale/>,
//! <https://www.unicode.org/reports/tr35/#Unicode_locale_identifier>). Locales of libc are the system's, and stay as they are.

use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::Object;
use std::collections::BTreeMap;

/// What a keyword of the older names is called in a tag.
const KEYWORDS: &[(&str, &str)] = &[
    ("calendar", "ca"),
    ("colalternate", "ka"),
    ("colbackwards", "kb"),
    ("colcasefirst", "kf"),
    ("colcaselevel", "kc"),
    ("colhiraganaquaternary", "kh"),
    ("collation", "co"),
    ("colnormalization", "kk"),
    ("colnumeric", "kn"),
    ("colreorder", "kr"),
    ("colstrength", "ks"),
    ("currency", "cu"),
    ("hours", "hc"),
    ("kv", "kv"),
    ("measure", "ms"),
    ("numbers", "nu"),
    ("timezone", "tz"),
    ("va", "va"),
];
/// What a value is called in a tag, by the key.
const VALUES: &[(&str, &str, &str)] = &[
    ("co", "dictionary", "dict"),
    ("co", "gb2312han", "gb2312"),
    ("co", "phonebook", "phonebk"),
    ("co", "traditional", "trad"),
    ("ka", "non-ignorable", "noignore"),
    ("kf", "no", "false"),
    ("ks", "identical", "identic"),
    ("ks", "primary", "level1"),
    ("ks", "quaternary", "level4"),
    ("ks", "secondary", "level2"),
    ("ks", "tertiary", "level3"),
    ("ca", "gregorian", "gregory"),
];
/// Languages that have another code now, as ICU replaces them.
const LANGUAGES: &[(&str, &str)] =
    &[("in", "id"), ("iw", "he"), ("ji", "yi"), ("jw", "jv"), ("mo", "ro"), ("no", "nb"), ("root", "und"), ("", "und")];

/// The tag of an ICU locale; a text that is none stays as it is.
#[must_use]
pub fn tag(locale: &str) -> String {
    let (name, keywords) = locale.split_once('@').unwrap_or((locale, ""));
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    for keyword in keywords.split(';').filter(|keyword| !keyword.trim().is_empty()) {
        let Some((key, value)) = keyword.split_once('=') else { return locale.to_owned() };
        let key = key.trim().to_ascii_lowercase();
        let value = value.trim().to_ascii_lowercase().replace('_', "-");
        let known = KEYWORDS.iter().find(|(old, _)| *old == key).map(|(_, new)| *new);
        let Some(key) = known.or_else(|| (key.len() == 2).then_some(key.as_str())) else { return locale.to_owned() };
        keys.insert(key.to_owned(), valued(key, &value));
    }
    // The charset of a name in the POSIX manner says nothing.
    let name = name.split('.').next().unwrap_or_default().replace('_', "-");
    let (place, extension) = match name.to_ascii_lowercase().find("-u-") {
        Some(at) => (name.get(..at).unwrap_or_default().to_owned(), name.get(at + 3..).unwrap_or_default().to_ascii_lowercase()),
        None => (name, String::new()),
    };
    let mut attributes = Vec::new();
    let mut key: Option<String> = None;
    for part in extension.split('-').filter(|part| !part.is_empty()) {
        match &key {
            _ if part.len() == 2 => {
                keys.entry(part.to_owned()).or_default();
                key = Some(part.to_owned());
            }
            // Another extension begins: nothing is known of it.
            _ if part.len() == 1 => return locale.to_owned(),
            Some(key) => {
                let value = keys.entry(key.clone()).or_default();
                if !value.is_empty() {
                    value.push('-');
                }
                value.push_str(part);
            }
            None => attributes.push(part.to_owned()),
        }
    }
    let mut parts = placed(&place, &mut keys);
    if !keys.is_empty() || !attributes.is_empty() {
        parts.push("u".to_owned());
        parts.extend(attributes);
        for (key, value) in keys {
            let value = valued(&key, &value);
            parts.push(key);
            // `kn-true` is `kn`.
            if !value.is_empty() && value != "true" {
                parts.push(value);
            }
        }
    }
    parts.join("-")
}

fn valued(key: &str, value: &str) -> String {
    let value = match value {
        "yes" => "true",
        "no" => "false",
        value => value,
    };
    let known = VALUES.iter().find(|(of, old, _)| *of == key && *old == value);
    known.map_or(value, |(_, _, new)| new).to_owned()
}

/// Language, script, region and variants as a tag writes them.
fn placed(place: &str, keys: &mut BTreeMap<String, String>) -> Vec<String> {
    let mut parts = place.split('-');
    let language = parts.next().unwrap_or_default().to_ascii_lowercase();
    let language = LANGUAGES.iter().find(|(old, _)| *old == language).map_or(language.as_str(), |(_, new)| new).to_owned();
    let mut written = vec![language];
    for part in parts.filter(|part| !part.is_empty()) {
        match part.len() {
            4 if part.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                let (first, rest) = part.split_at(1);
                written.push(first.to_ascii_uppercase() + &rest.to_ascii_lowercase());
            }
            2 | 3 => written.push(part.to_ascii_uppercase()),
            5 if part.eq_ignore_ascii_case("posix") => {
                keys.insert("va".to_owned(), "posix".to_owned());
            }
            _ => written.push(part.to_ascii_lowercase()),
        }
    }
    written
}

/// Writes the locale of an object that has one of ICU.
pub fn renew(object: &mut Object) {
    let name = match object.kind {
        Kind::Collation if object.text("provider") == Some("icu") => "locale",
        Kind::Server if object.text("locale_provider") == Some("icu") => "collate",
        _ => return,
    };
    if let Some(locale) = object.text(name).map(tag) {
        object.set(name, Value::text(locale));
    }
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn what_is_the_same_locale_has_one_tag() {
        for (one, other) in [
            ("@colCaseFirst=lower;colNumeric=yes", "und-u-kf-lower-kn-true"),
            ("@colNumeric=yes;colCaseFirst=lower", "und-u-kf-lower-kn"),
            ("en_US", "en-US"),
            ("EN-us", "en-US"),
            ("de@collation=phonebook", "de-u-co-phonebk"),
            ("de__PHONEBOOK@collation=phonebook", "de-phonebook-u-co-phonebk"),
            ("root", "und"),
            ("", "und"),
            ("zh_hant_TW", "zh-Hant-TW"),
            ("zh@collation=gb2312han", "zh-u-co-gb2312"),
            ("es_ES@collation=traditional", "es-ES-u-co-trad"),
            ("en_US_POSIX", "en-US-u-va-posix"),
            ("und@colStrength=secondary", "und-u-ks-level2"),
            ("@colStrength=primary;colAlternate=shifted", "und-u-ka-shifted-ks-level1"),
            ("fr_CA@colBackwards=yes", "fr-CA-u-kb-true"),
            ("@colReorder=latn_grek", "und-u-kr-latn-grek"),
            ("@kn=true", "und-u-kn"),
            ("en_US.UTF-8", "en-US"),
            ("@colCaseFirst=no", "und-u-kf-false"),
            ("@colNumeric=no", "und-u-kn-false"),
        ] {
            assert_eq!(tag(one), tag(other), "{one} and {other}");
            assert_eq!(tag(&tag(one)), tag(one), "{one}");
        }
    }

    #[test]
    fn what_is_another_locale_has_another_tag() {
        let all = [
            "",
            "en",
            "en-US",
            "en-GB",
            "de",
            "de-u-co-phonebk",
            "de-AT-u-co-phonebk",
            "und-u-kn",
            "und-u-kn-false",
            "und-u-kf-lower",
            "und-u-kf-upper",
            "und-u-kf-lower-kn",
            "und-u-ks-level1",
            "und-u-ks-level2",
            "zh-Hant",
            "zh-Hans",
            "und-u-ka-shifted",
            "en-US-u-va-posix",
            "en-u-x",
            "sr-Latn",
            "sr-Cyrl",
        ];
        for (at, one) in all.iter().enumerate() {
            for other in all.iter().skip(at + 1) {
                assert_ne!(tag(one), tag(other));
            }
        }
    }
}
