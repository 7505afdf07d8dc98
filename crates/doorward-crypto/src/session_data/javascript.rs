//! JSON text exactly as JavaScript's `JSON.stringify` prints it.
//!
//! Better Auth verifies a compact cookie by printing what it parsed, so a cookie from here must already be in that
//! spelling. serde_json agrees on strings and differs in two things: numbers (`1.0` for `1`, `1e21` for `1e+21`, integers
//! beyond 2^53 unrounded) and objects with keys that look like array indexes, which JavaScript moves to the front.

use serde_json::{Map, Number, Value};

/// The largest integer up to which every integer is exactly a JavaScript number.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

pub(super) fn stringify(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Number(number) => write_number(number, text),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => write_object(members, text),
        // The spellings of serde_json are JavaScript's: short escapes, `\u00xx` in lower case, nothing else escaped.
        Value::Null | Value::Bool(_) | Value::String(_) => text.push_str(&value.to_string()),
    }
}

fn write_object(members: &Map<String, Value>, text: &mut String) {
    let mut entries: Vec<_> = members.iter().map(|(key, value)| (array_index(key), key, value)).collect();
    // Stable: keys that are no index keep their order behind those that are.
    entries.sort_by_key(|(index, ..)| index.unwrap_or(u32::MAX));
    text.push('{');
    for (position, (_, key, value)) in entries.into_iter().enumerate() {
        if position > 0 {
            text.push(',');
        }
        text.push_str(&Value::from(key.as_str()).to_string());
        text.push(':');
        write(value, text);
    }
    text.push('}');
}

/// ECMA-262 "array index": the canonical decimal spelling of an integer below 2^32 - 1.
fn array_index(key: &str) -> Option<u32> {
    let index = key.parse::<u32>().ok().filter(|index| *index < u32::MAX)?;
    (index.to_string() == key).then_some(index)
}

fn write_number(number: &Number, text: &mut String) {
    let is_exact = number.as_i64().map(i64::unsigned_abs).or(number.as_u64()).is_some_and(|n| n <= MAX_SAFE_INTEGER);
    match number.as_f64() {
        Some(float) if !is_exact => write_float(float, text),
        _ => text.push_str(&number.to_string()),
    }
}

/// ECMA-262 `Number::toString`: the shortest digits, and an exponent only below 1e-6 and from 1e21 on.
fn write_float(float: f64, text: &mut String) {
    if float == 0.0 {
        text.push('0');
        return;
    }
    if float < 0.0 {
        text.push('-');
    }
    // Rust prints the same shortest digits as `d.ddde±x`.
    let scientific = format!("{:e}", float.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = mantissa.replace('.', "");
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let zeros = |count: usize| "0".repeat(count);
    match exponent {
        21.. | ..=-7 => {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            let sign = if exponent < 0 { '-' } else { '+' };
            text.push_str(&format!("{first}{point}{rest}e{sign}{}", exponent.unsigned_abs()));
        }
        -6..=-1 => text.push_str(&format!("0.{}{digits}", zeros(exponent.unsigned_abs() as usize - 1))),
        0..=20 => {
            let whole = exponent.unsigned_abs() as usize + 1;
            match digits.split_at_checked(whole) {
                Some((whole, "")) => text.push_str(whole),
                Some((whole, fraction)) => text.push_str(&format!("{whole}.{fraction}")),
                None => text.push_str(&format!("{digits}{}", zeros(whole - digits.len()))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_spelled_as_in_javascript() {
        for (number, expected) in [
            (json!(0), "0"),
            (json!(-0.0), "0"),
            (json!(1.0), "1"),
            (json!(-1.5), "-1.5"),
            (json!(123_456.789), "123456.789"),
            (json!(0.000_001), "0.000001"),
            (json!(0.000_000_1), "1e-7"),
            (json!(1.25e-7), "1.25e-7"),
            (json!(1e20), "100000000000000000000"),
            (json!(1e21), "1e+21"),
            (json!(1.5e300), "1.5e+300"),
            (json!(5e-324), "5e-324"),
            (json!(9_007_199_254_740_991_i64), "9007199254740991"),
            (json!(9_007_199_254_740_993_i64), "9007199254740992"),
            (json!(-9_007_199_254_740_993_i64), "-9007199254740992"),
            (json!(u64::MAX), "18446744073709552000"),
        ] {
            assert_eq!(stringify(&number), expected);
        }
    }

    #[test]
    fn index_keys_come_first_and_the_rest_keeps_its_order() {
        let object = json!({"b": 1, "10": 2, "a": 3, "2": 4, "02": 5, "4294967295": 6, "4294967294": 7, "-1": 8});
        let expected = r#"{"2":4,"10":2,"4294967294":7,"b":1,"a":3,"02":5,"4294967295":6,"-1":8}"#;
        assert_eq!(stringify(&object), expected);
    }

    #[test]
    fn strings_are_escaped_as_in_javascript() {
        let text = "\" \\ / \u{8}\u{c}\n\r\t \u{0}\u{1f}\u{7f} \u{2028} <b> 🦀";
        let expected = "\"\\\" \\\\ / \\b\\f\\n\\r\\t \\u0000\\u001f\u{7f} \u{2028} <b> 🦀\"";
        assert_eq!(stringify(&json!(text)), expected);
        assert_eq!(stringify(&json!([null, true, {}, []])), "[null,true,{},[]]");
    }
}
