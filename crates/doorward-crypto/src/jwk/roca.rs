//! RSA keys that a faulty chip generation made (CVE-2017-15361, "The Return of Coppersmith's Attack", 2017).
//!
//! Those primes have the form `k * M + (65537 ^ a mod M)`, where `M` is the product of the first primes. So the modulus
//! is a power of 65537 modulo each of them, which happens to an honest key once in 2^27 or less. Such a key of 2048 bits
//! can be factored for the price of a car: a token that it signed proves nothing.

/// The small primes for which being a power of 65537 is rare enough to tell.
const PRIMES: [u32; 17] = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];

/// Whether a modulus, in big-endian bytes, looks like one of those.
pub(super) fn has_fingerprint(modulus: &[u8]) -> bool {
    PRIMES.into_iter().all(|prime| is_power(remainder(modulus, prime), prime))
}

fn remainder(number: &[u8], prime: u32) -> u32 {
    number.iter().fold(0, |remainder, byte| (remainder << 8 | u32::from(*byte)) % prime)
}

fn is_power(value: u32, prime: u32) -> bool {
    let generator = 65537 % prime;
    let mut power = 1;
    loop {
        if power == value {
            return true;
        }
        power = power * generator % prime;
        if power == 1 {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_the_generator_have_the_fingerprint_and_nothing_near_them() {
        // 65537 to the fourth, exactly, is a power modulo every prime.
        let power = 65537_u128.pow(4);
        assert!(has_fingerprint(&power.to_be_bytes()));
        let near = (1..2000).filter(|offset| has_fingerprint(&(power + offset).to_be_bytes())).count();
        assert_eq!(near, 0);
    }
}
