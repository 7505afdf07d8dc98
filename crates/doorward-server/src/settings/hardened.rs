//! The hardened preset: stricter than Better Auth. Each line is explained in docs/guide/hardened.md. What was set by name
//! stays as it was set: some lines end the way back, and whoever wants to keep it says so.

use doorward::config::{Config, HashWith};

use super::{Preset, Settings, Switch};

impl Settings {
    pub(super) fn harden(&self, config: &mut Config) {
        if self.preset != Some(Preset::Hardened) {
            return;
        }
        config.token.minimal_claims = true;
        config.session.host_prefix = true;
        config.session.revoke_on_change = true;
        config.session.bearer_requires_signature = true;
        config.hash_tokens = true;
        let left_out = self.left_out();
        let is_in = |name: &str| !left_out.contains(&name);
        config.password.refuse_common = is_in("DOORWARD_REFUSE_COMMON_PASSWORDS");
        config.account.private_sign_up = is_in("DOORWARD_PRIVATE_SIGN_UP");
        config.session.revoke_on_reset = is_in("DOORWARD_REVOKE_ON_RESET");
        config.account.encrypt_provider_tokens = is_in("DOORWARD_OAUTH_SEAL_TOKENS");
        if is_in("DOORWARD_PASSWORD_HASH") {
            config.password.hash_with = HashWith::Argon2id;
        }
    }

    /// The lines of the preset that were set otherwise.
    pub(super) fn left_out(&self) -> Vec<&'static str> {
        let is_off = |switch| switch == Some(Switch(false));
        let lines = [
            ("DOORWARD_PASSWORD_HASH", self.password_hash.as_deref() == Some("scrypt")),
            ("DOORWARD_REFUSE_COMMON_PASSWORDS", is_off(self.refuse_common_passwords)),
            ("DOORWARD_PRIVATE_SIGN_UP", is_off(self.account.private_sign_up)),
            ("DOORWARD_REVOKE_ON_RESET", is_off(self.people.revoke_on_reset)),
            ("DOORWARD_OAUTH_SEAL_TOKENS", is_off(self.people.oauth_seal_tokens)),
        ];
        let is_hardened = self.preset == Some(Preset::Hardened);
        lines.into_iter().filter(|(_, otherwise)| is_hardened && *otherwise).map(|(name, _)| name).collect()
    }
}
