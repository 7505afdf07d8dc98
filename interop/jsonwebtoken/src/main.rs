//! Asks the crate `jsonwebtoken` whether tokens are good, as its own documentation says to ask: key, algorithm, issuer and
//! audience, and the defaults for the rest. `interop/test_matrix.py` makes a table of the answers.
//!
//! In: `{"algorithm", "issuer", "audience", "jwks" | "secret", "tokens": […]}`. Out: for each token `null`, or why not.

use jsonwebtoken::{DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde_json::Value;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let question: Value = serde_json::from_reader(std::io::stdin())?;
    let tokens = question["tokens"].as_array().ok_or("no tokens")?.iter().filter_map(Value::as_str);
    let answers: Vec<Value> = tokens
        .map(|token| check(token, &question).map_or_else(|why| why.to_string().into(), |()| Value::Null))
        .collect();
    println!("{}", Value::from(answers));
    Ok(())
}

fn check(token: &str, question: &Value) -> Result<(), Box<dyn Error>> {
    let text = |name: &str| question[name].as_str().unwrap_or_default();
    let key = match question["secret"].as_str() {
        Some(secret) => DecodingKey::from_secret(secret.as_bytes()),
        None => {
            let keys: JwkSet = serde_json::from_value(question["jwks"].clone())?;
            let kid = decode_header(token)?.kid.ok_or("no kid")?;
            DecodingKey::from_jwk(keys.find(&kid).ok_or("no such key")?)?
        }
    };
    let mut validation = Validation::new(text("algorithm").parse()?);
    validation.set_issuer(&[text("issuer")]);
    validation.set_audience(&[text("audience")]);
    decode::<Value>(token, &key, &validation)?;
    Ok(())
}
