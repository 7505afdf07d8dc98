//! What access tokens are signed with, and for whom.

use clap::Args;
use doorward::config::{Audience, TokenConfig};
use doorward_crypto::jwk::Algorithm;

use super::{
    Mistake, list,
    sessions::{LONGEST_LIFE, within},
};

#[derive(Args, Clone)]
#[command(next_help_heading = "Sessions and tokens")]
pub(crate) struct TokenSettings {
    /// Algorithm of access tokens: EdDSA, ES256, ES384, ES512, RS256, PS256, or HS256 with the secret
    #[arg(long, env = "DOORWARD_JWT_ALG", default_value = "EdDSA")]
    jwt_alg: String,
    /// Further APIs for which clients ask tokens by `resource` (RFC 8707), each with its algorithm:
    /// `https://reports.example.com=RS256,https://notes.example.com=ES256`
    #[arg(long, env = "DOORWARD_AUDIENCES", default_value = "")]
    audiences: String,
    /// Seconds after which a signing key is replaced, 28800 (8 hours) or more; without it keys stay
    #[arg(long, env = "DOORWARD_JWT_ROTATION")]
    jwt_rotation: Option<i64>,
}

impl TokenSettings {
    /// `usual` is the audience of tokens that are asked for without a name.
    pub(super) fn apply(&self, token: &mut TokenConfig, usual: &str) -> Result<(), Mistake> {
        token.algorithm = algorithm(&self.jwt_alg).map_err(|words| Mistake(format!("DOORWARD_JWT_ALG: {words}")))?;
        token.audiences.clear();
        for pair in list(&self.audiences) {
            let audience = audience(pair).map_err(|words| Mistake(format!("DOORWARD_AUDIENCES: {pair}: {words}")))?;
            if token.audiences.iter().any(|other| other.name == audience.name) {
                return Err(Mistake(format!("DOORWARD_AUDIENCES: {} stands there twice", audience.name)));
            }
            if audience.name != usual {
                token.audiences.push(audience);
            } else if audience.algorithm != token.algorithm {
                return Err(Mistake(format!(
                    "DOORWARD_AUDIENCES: {usual} is the audience of all other tokens, and DOORWARD_JWT_ALG says {} for it",
                    token.algorithm
                )));
            }
        }
        let lines = token.algorithms().iter().filter(|algorithm| !algorithm.is_symmetric()).count();
        let least = token.grace_period / KEYS_PUBLISHED * i64::try_from(lines.max(1)).unwrap_or(1);
        let interval = self.jwt_rotation.filter(|seconds| *seconds > 0);
        token.rotation_interval =
            interval.map(|seconds| within("DOORWARD_JWT_ROTATION", seconds, least, LONGEST_LIFE)).transpose()?;
        Ok(())
    }
}

/// A key stays published for its grace period, and a set of more than a hundred is refused by `doorward-verify`.
const KEYS_PUBLISHED: i64 = 90;

/// `https://reports.example.com=RS256`; an address may hold an equals sign, an algorithm none.
fn audience(pair: &str) -> Result<Audience, String> {
    let (name, signed_with) =
        pair.rsplit_once('=').ok_or("write audience=algorithm, such as https://reports.example.com=RS256")?;
    let name = name.trim();
    // RFC 8707, section 2: no fragment. A blank or a control character is a slip of the hand.
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) || name.contains('#') {
        return Err("an audience is an address or a name, in ASCII, without blanks and without #".into());
    }
    Ok(Audience { name: name.to_owned(), algorithm: algorithm(signed_with.trim())? })
}

fn algorithm(name: &str) -> Result<Algorithm, String> {
    Algorithm::parse(name).ok_or_else(|| {
        let known = Algorithm::ALL.map(Algorithm::as_str).join(", ");
        format!("{name} is not one of {known}")
    })
}
