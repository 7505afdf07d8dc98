use doorward_crypto::random::Random;

/// The operating system's randomness.
#[derive(Clone, Copy, Debug)]
pub struct SystemRandom;

impl Random for SystemRandom {
    /// A system that cannot give randomness cannot make a token: stopping is the only safe answer.
    fn fill(&self, bytes: &mut [u8]) {
        #[expect(clippy::expect_used, reason = "continuing without randomness would hand out guessable tokens")]
        getrandom::fill(bytes).expect("the operating system gives no randomness");
    }
}
