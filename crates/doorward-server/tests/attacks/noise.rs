//! Bytes that nobody would send: requests of ours, broken anywhere, and no requests at all (ASVS 16.5.4).
//!
//! Every run breaks them elsewhere; a failure names the number that breaks them the same way again.
//! `DOORWARD_NOISE` says how many, 3,000 by default.

use std::{
    env,
    io::{Read as _, Write as _},
    net::Shutdown,
    time::{Duration, SystemTime},
};

use crate::world::World;

const REQUESTS: [&str; 7] = [
    "POST /api/auth/sign-in/email HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nContent-Type: application/json\r\nContent-Length: 44\r\n\r\n{\"email\":\"a@example.com\",\"password\":\"12345\"}",
    "POST /api/auth/sign-in/email HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Mode: navigate\r\n\r\n1e\r\nemail=a%40b.co&password=%ff%00\r\n0\r\n\r\n",
    "GET /api/auth/callback/local?code=a&state=b HTTP/1.1\r\nHost: x\r\nCookie: better-auth.state=abc.def\r\n\r\n",
    "GET /api/auth/get-session HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer abc.def\r\nCookie: better-auth.session_token=abc.%2B%3D; better-auth.session_data=eyJ\r\n\r\n",
    "GET /api/tasks?limit=5&cursor=2026-01-01T00:00:00Z-x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.AAAA\r\n\r\n",
    "GET /api/auth/verify-email?token=eyJhbGciOiJIUzI1NiJ9.e30.AAAA&callbackURL=/x HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.2.3.4, [::1]:5\r\n\r\n",
    "GET /signin?next=%2Ftasks HTTP/1.1\r\nHost: x\r\nAccept-Encoding: br;q=0.5, gzip\r\nIf-None-Match: \"x\"\r\nRange: bytes=0-5\r\n\r\n",
];
const ODD: [&[u8]; 8] = [b"\r\n", b"%00", b"\0", b"%ff", "\u{1f600}".as_bytes(), b"====", b"\\u0000", b"\\ud800"];

/// Numbers that look random (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(end).unwrap()).unwrap()
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..=self.below(most)).map(|_| u8::try_from(self.below(256)).unwrap()).collect()
    }

    /// A request, broken in some places.
    fn request(&mut self) -> Vec<u8> {
        if self.below(20) == 0 {
            return self.bytes(2000);
        }
        let mut request = REQUESTS[self.below(REQUESTS.len())].as_bytes().to_vec();
        for _ in 0..self.below(10) {
            let (place, other) = (self.below(request.len()), self.below(request.len()));
            match self.below(5) {
                0 => request[place] = self.bytes(1)[0],
                1 => drop(request.drain(place..request.len().min(place + 1 + self.below(6)))),
                2 => drop(request.splice(place..place, self.bytes(5))),
                3 => {
                    let repeated = request[other..request.len().min(other + 60)].to_vec();
                    request.splice(place..place, repeated);
                }
                _ => drop(request.splice(place..place, ODD[self.below(ODD.len())].iter().copied())),
            }
            if request.is_empty() {
                request.push(b'x');
            }
        }
        request
    }
}

#[test]
fn asvs_16_5_4_noise_is_refused_and_costs_nobody_anything() {
    let world = World::new();
    let seed = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos();
    let seed =
        env::var("DOORWARD_NOISE_SEED").map_or(u64::try_from(seed % (1 << 60)).unwrap(), |text| text.parse().unwrap());
    let count = env::var("DOORWARD_NOISE").map_or(3_000, |text| text.parse().unwrap());
    let mut chance = Chance(seed);
    let mut refused = 0;
    for number in 0..count {
        let noise = chance.request();
        let mut stream = world.server.connect();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(&noise).ok();
        stream.shutdown(Shutdown::Write).ok();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok();
        let status = answer.get(9..12).unwrap_or_default();
        assert!(!status.starts_with(b"5"), "seed {seed}, {number}: {}", String::from_utf8_lossy(&noise));
        refused += u32::from(status.starts_with(b"4"));
    }
    assert!(refused > 0, "seed {seed}: some of it reaches the server");
    assert_eq!(world.get("/healthz", &[]).status, 200, "seed {seed}");
}
