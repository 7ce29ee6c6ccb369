//! Histograms as the servers store them: how many bins, how the values are spread, how many are distinct.
//!
//! Values of users are in here. They leave this file as bounds only where the user asked for values; the shape says where
//! the deciles of numbers lie between the smallest and the largest, and names none.

use serde_json::Value as Json;

/// What a histogram says.
#[derive(Debug, Default, PartialEq)]
pub struct Histogram {
    pub bins: Option<i64>,
    pub null_fraction: Option<f64>,
    pub distinct: Option<f64>,
    /// Nine deciles, 0 to 1.
    pub shape: Vec<String>,
    pub bounds: Vec<String>,
}

/// A bin: its smallest and largest value, and the part of the rows up to its end.
struct Bin {
    from: String,
    to: String,
    up_to: f64,
}

impl Histogram {
    /// MySQL: `{"buckets": [[value, up to], …]}` or `[[from, to, up to, distinct], …]`.
    /// <https://dev.mysql.com/doc/refman/en/optimizer-statistics.html>
    #[must_use]
    pub fn of_mysql(text: &str) -> Option<Self> {
        let json: Json = serde_json::from_str(text).ok()?;
        let buckets = json.get("buckets")?.as_array()?;
        let is_number = matches!(json.get("data-type").and_then(Json::as_str), Some("int" | "uint" | "double" | "decimal" | "float"));
        let mut bins = Vec::with_capacity(buckets.len());
        let mut distinct = 0.0;
        for bucket in buckets {
            let parts = bucket.as_array()?;
            let is_single = parts.len() == 2;
            let from = word(parts.first()?);
            let to = if is_single { from.clone() } else { word(parts.get(1)?) };
            bins.push(Bin { from, to, up_to: parts.get(if is_single { 1 } else { 2 })?.as_f64()? });
            distinct += parts.get(3).and_then(Json::as_f64).unwrap_or(1.0);
        }
        let null_fraction = json.get("null-values").and_then(Json::as_f64);
        Some(Self { null_fraction, distinct: Some(distinct), ..Self::of(&bins, is_number) })
    }

    /// MariaDB's `JSON_HB`: `{"histogram_hb": [{"start": …, "size": …, "ndv": …}, …]}`, the last one with an `end`; the
    /// sizes add up to 1. <https://mariadb.com/kb/en/histogram-based-statistics/>
    #[must_use]
    pub fn of_mariadb(text: &str, is_number: bool) -> Option<Self> {
        let json: Json = serde_json::from_str(text).ok()?;
        let buckets = json.get("histogram_hb")?.as_array()?;
        let mut bins: Vec<Bin> = Vec::with_capacity(buckets.len());
        let mut up_to = 0.0;
        for (at, bucket) in buckets.iter().enumerate() {
            up_to += bucket.get("size")?.as_f64()?;
            // Values that are no text in UTF-8 are in `start_hex`.
            let from = bucket.get("start").or_else(|| bucket.get("start_hex")).map(word)?;
            let next = buckets.get(at + 1).and_then(|next| next.get("start").or_else(|| next.get("start_hex")));
            let is_single = bucket.get("ndv").and_then(Json::as_f64) == Some(1.0);
            let end = bucket.get("end").or_else(|| bucket.get("end_hex")).or(next.filter(|_| !is_single));
            bins.push(Bin { to: end.map_or_else(|| from.clone(), word), from, up_to });
        }
        Some(Self::of(&bins, is_number))
    }

    /// MariaDB's `SINGLE_PREC_HB` and `DOUBLE_PREC_HB`: where the bounds of bins with equally many rows lie between the
    /// smallest and the largest value, in one byte each, or two with the lower one first.
    #[must_use]
    pub fn of_positions(hexadecimal: &str, is_double: bool, is_number: bool) -> Option<Self> {
        let digits = hexadecimal.as_bytes();
        let mut bytes = Vec::with_capacity(digits.len() / 2);
        for pair in digits.chunks(2) {
            bytes.push(u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?);
        }
        let places: Vec<f64> = if is_double {
            bytes.chunks(2).filter_map(|pair| pair.try_into().ok()).map(|pair| f64::from(u16::from_le_bytes(pair)) / 65_535.0).collect()
        } else {
            bytes.iter().map(|byte| f64::from(*byte) / 255.0).collect()
        };
        // Between n bounds lie n + 1 bins.
        let bins = i64::try_from(places.len()).ok()? + 1;
        let count = places.len() + 1;
        let bound = |at: usize| at.checked_sub(1).map_or(Some(0.0), |at| places.get(at).copied()).unwrap_or(1.0);
        // A decile lies inside of a bin.
        let decile = |tenth: u16| {
            let (bin, tenths) = (count * usize::from(tenth) / 10, (count * usize::from(tenth)) % 10);
            let inside = f64::from(u8::try_from(tenths).unwrap_or(0)) / 10.0;
            bound(bin) + (bound(bin + 1) - bound(bin)) * inside
        };
        let shape = if is_number && !places.is_empty() { (1..=9).map(|tenth| place(decile(tenth))).collect() } else { Vec::new() };
        Some(Self { bins: Some(bins), shape, ..Self::default() })
    }

    fn of(bins: &[Bin], is_number: bool) -> Self {
        let mut bounds: Vec<String> = bins.iter().map(|bin| bin.from.clone()).collect();
        bounds.extend(bins.last().filter(|bin| bin.to != bin.from).map(|bin| bin.to.clone()));
        Self {
            bins: i64::try_from(bins.len()).ok(),
            shape: if is_number { shape(bins).unwrap_or_default() } else { Vec::new() },
            bounds,
            ..Self::default()
        }
    }
}

/// Where the deciles of the values lie. `None` where all values are the same, or one is no number.
fn shape(bins: &[Bin]) -> Option<Vec<String>> {
    let numbers: Vec<(f64, f64, f64)> =
        bins.iter().map(|bin| Some((bin.from.parse().ok()?, bin.to.parse().ok()?, bin.up_to))).collect::<Option<_>>()?;
    let ((smallest, _, _), (_, largest, whole)) = (numbers.first()?, numbers.last()?);
    let span = largest - smallest;
    if !(span.is_finite() && span > 0.0 && *whole > 0.0) {
        return None;
    }
    let decile = |tenth: u8| {
        let wanted = whole * f64::from(tenth) / 10.0;
        let mut before = 0.0;
        for (from, to, up_to) in &numbers {
            // Sums of fractions come out a little off.
            if *up_to + 1e-9 >= wanted {
                let inside = if *up_to > before { ((wanted - before) / (up_to - before)).clamp(0.0, 1.0) } else { 1.0 };
                return (from + (to - from) * inside - smallest) / span;
            }
            before = *up_to;
        }
        1.0
    };
    Some((1..=9).map(|tenth| place(decile(tenth))).collect())
}

fn place(place: f64) -> String {
    format!("{place:.2}")
}

/// A value as text; MySQL writes strings as `base64:type254:…`.
fn word(value: &Json) -> String {
    let Json::String(text) = value else { return value.to_string() };
    let encoded = text.strip_prefix("base64:").and_then(|rest| rest.split_once(':')).and_then(|(_, encoded)| decoded(encoded));
    encoded.unwrap_or_else(|| text.clone())
}

fn decoded(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let (mut bits, mut count) = (0_u32, 0);
    for byte in encoded.bytes().filter(|byte| *byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0x00FF_FFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xFF).ok()?);
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const EVEN: [&str; 9] = ["0.10", "0.20", "0.30", "0.40", "0.50", "0.60", "0.70", "0.80", "0.90"];

    #[test]
    fn mysql_singleton_and_equi_height() {
        let single = Histogram::of_mysql(r#"{"buckets": [[0, 0.5], [10, 0.75]], "data-type": "int", "null-values": 0.25}"#).unwrap();
        assert_eq!((single.bins, single.null_fraction, single.distinct), (Some(2), Some(0.25), Some(2.0)));
        assert_eq!(single.shape, ["0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "1.00", "1.00", "1.00"]);
        let equal = Histogram::of_mysql(r#"{"buckets": [[0, 50, 0.5, 51], [50, 100, 1.0, 50]], "data-type": "int", "null-values": 0.0}"#);
        let equal = equal.unwrap();
        assert_eq!((equal.bins, equal.distinct, equal.bounds.len()), (Some(2), Some(101.0), 3));
        assert_eq!(equal.shape, EVEN);
    }

    #[test]
    fn texts_have_bounds_and_no_shape() {
        let text =
            r#"{"buckets": [["base64:type254:c2VjcmV0MA==", "base64:type254:eA==", 1.0, 3]], "data-type": "string", "null-values": 0.0}"#;
        let histogram = Histogram::of_mysql(text).unwrap();
        assert_eq!((histogram.bounds, histogram.shape), (vec!["secret0".to_owned(), "x".to_owned()], Vec::new()));
        assert_eq!(Histogram::of_mysql("no json"), None);
    }

    #[test]
    fn mariadb_in_both_forms() {
        let text = r#"{"histogram_hb": [{"start": "0", "size": 0.5, "ndv": 50}, {"start": "50", "end": "100", "size": 0.5, "ndv": 51}]}"#;
        let json = Histogram::of_mariadb(text, true).unwrap();
        assert_eq!((json.bins, json.shape, json.bounds.len()), (Some(2), EVEN.map(str::to_owned).to_vec(), 3));
        assert!(Histogram::of_mariadb(text, false).unwrap().shape.is_empty());
        // Nine bounds, a tenth of the way each.
        let places: String = (1..=9_u16).map(|tenth| (tenth * 6553).to_le_bytes()).map(|[a, b]| format!("{a:02X}{b:02X}")).collect();
        let positions = Histogram::of_positions(&places, true, true).unwrap();
        assert_eq!((positions.bins, positions.shape), (Some(10), EVEN.map(str::to_owned).to_vec()));
        assert_eq!(Histogram::of_positions("zz", false, true), None);
    }
}
