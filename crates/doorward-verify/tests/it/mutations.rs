//! Tokens changed at random: none is accepted, and none makes anything panic.
//!
//! `DOORWARD_MUTATIONS` says how many; 20,000 by default, which takes a few seconds. A release runs 1,000,000.

use crate::support::{Key, NOW, TestClock, claims, configured, jwks};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_verify::{Algorithm, Verifier};
use serde_json::json;

/// A small generator with a fixed seed (xorshift, Marsaglia 2003): a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.roll(items.len())]
    }
}

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const OTHERS: &[char] = &['=', '.', ' ', '+', '/', '\n', '\0', '%', '~', '\u{e9}', '\u{1f511}', '"', '{'];

fn mutated(tokens: &[String], dice: &mut Dice) -> String {
    let mut token = dice.pick(tokens).clone();
    for _ in 0..=dice.roll(3) {
        token = match dice.roll(12) {
            0..=3 => with_letter(&token, dice),
            4 => inserted(&token, dice),
            5 => removed(&token, dice),
            6 => swapped_part(&token, &tokens[dice.roll(tokens.len())], dice.roll(3)),
            7 => with_json(&token, dice),
            8 => with_signature_bit(&token, dice),
            9 => cut(&token, dice.roll(token.len().max(1))),
            10 => format!("{token}{}", dice.pick(OTHERS)),
            _ => repeated_part(&token, dice),
        };
    }
    token
}

fn cut(token: &str, at: usize) -> String {
    token.chars().take(at).collect()
}

fn with_letter(token: &str, dice: &mut Dice) -> String {
    let at = dice.roll(token.chars().count().max(1));
    let letter = char::from(*dice.pick(LETTERS));
    token.chars().enumerate().map(|(index, own)| if index == at { letter } else { own }).collect()
}

fn inserted(token: &str, dice: &mut Dice) -> String {
    let at = dice.roll(token.chars().count() + 1);
    let letter = *dice.pick(OTHERS);
    token.chars().take(at).chain([letter]).chain(token.chars().skip(at)).collect()
}

fn removed(token: &str, dice: &mut Dice) -> String {
    let at = dice.roll(token.chars().count().max(1));
    token.chars().enumerate().filter(|(index, _)| *index != at).map(|(_, own)| own).collect()
}

fn swapped_part(token: &str, other: &str, part: usize) -> String {
    let mut parts = token.split('.').collect::<Vec<_>>();
    if let (Some(own), Some(theirs)) = (parts.get_mut(part), other.split('.').nth(part)) {
        *own = theirs;
    }
    parts.join(".")
}

fn repeated_part(token: &str, dice: &mut Dice) -> String {
    let mut parts = token.split('.').collect::<Vec<_>>();
    let part = parts[dice.roll(parts.len())];
    parts.insert(dice.roll(parts.len() + 1), part);
    parts.join(".")
}

/// Changes the decoded text of header or payload, and encodes it again without fault.
fn with_json(token: &str, dice: &mut Dice) -> String {
    let mut parts = token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let part = dice.roll(parts.len().min(2));
    if let Ok(mut bytes) = URL_SAFE_NO_PAD.decode(&parts[part]) {
        let additions: [&[u8]; 9] = [
            b"{\"alg\":\"none\",",
            b"{\"sub\":\"admin\",",
            b"{\"crit\":[],",
            b"{\"exp\":99999999999,",
            b"{\"jwk\":{},",
            b"{{",
            b"{ ",
            b"{\"kid\":\"b\",",
            b"[",
        ];
        match dice.roll(3) {
            0 if !bytes.is_empty() => drop(bytes.splice(0..1, dice.pick(&additions).iter().copied())),
            1 if !bytes.is_empty() => {
                let at = dice.roll(bytes.len());
                bytes[at] = bytes[at].wrapping_add(1 + dice.roll(255) as u8);
            }
            _ => bytes.push(b' '),
        }
        parts[part] = URL_SAFE_NO_PAD.encode(bytes);
    }
    parts.join(".")
}

fn with_signature_bit(token: &str, dice: &mut Dice) -> String {
    let Some((message, signature)) = token.rsplit_once('.') else {
        return token.to_owned();
    };
    match URL_SAFE_NO_PAD.decode(signature) {
        Ok(mut bytes) if !bytes.is_empty() => {
            let at = dice.roll(bytes.len());
            bytes[at] ^= 1 << dice.roll(8);
            format!("{message}.{}", URL_SAFE_NO_PAD.encode(bytes))
        }
        _ => token.to_owned(),
    }
}

fn count() -> usize {
    std::env::var("DOORWARD_MUTATIONS").map_or(20_000, |text| text.parse().expect("DOORWARD_MUTATIONS is a number"))
}

fn try_all(verifier: &Verifier, good: &[String], bad: &[String], seed: u64) {
    let all = [good, bad].concat();
    for token in good {
        assert!(verifier.verify_in_memory(token).is_ok(), "the unchanged token is good: {token}");
    }
    let (mut dice, mut tried) = (Dice(seed), 0);
    while tried < count() {
        let token = mutated(&all, &mut dice);
        if good.contains(&token) {
            continue; // two changes that undid each other
        }
        tried += 1;
        assert!(verifier.verify_in_memory(&token).is_err(), "accepted: {token}");
    }
}

#[test]
fn no_mutated_token_is_accepted() {
    let keys =
        [Key::new("a"), Key::of(Algorithm::Es256, "b"), Key::of(Algorithm::Rs256, "c"), Key::of(Algorithm::Ps256, "d")];
    let verifier =
        configured(&TestClock::new()).jwks(jwks(&keys.iter().collect::<Vec<_>>())).build().expect("a verifier");
    let good = keys.iter().flat_map(|key| [key.token(), key.token_with(json!({"sub": "user-2"}))]).collect::<Vec<_>>();
    let bad = keys.iter().flat_map(|key| [key.token_with(json!({"exp": NOW})), key.token_with(json!({"aud": "x"}))]);
    try_all(&verifier, &good, &bad.collect::<Vec<_>>(), 0x5eed_0001);
}

#[test]
fn no_mutated_hs256_token_is_accepted() {
    use doorward_crypto::{Secret, jwk::SigningKey};
    let secret = "a secret of at least thirty-two bytes";
    let signing = SigningKey::hmac(&Secret::new(secret));
    let sign = |changes| signing.sign(&claims(changes).to_string()).expect("signs");
    let verifier = configured(&TestClock::new()).shared_secret(secret).build().expect("a verifier");
    let good = [sign(json!({})), sign(json!({"sub": "user-2"}))];
    try_all(&verifier, &good, &[sign(json!({"exp": NOW})), sign(json!({"aud": "x"}))], 0x5eed_0002);
}
