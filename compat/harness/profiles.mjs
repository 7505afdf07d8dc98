// The configurations that scenarios run under.
//
// A scenario file exports one table per profile, under the profile's name. Each
// profile gets a pair of servers of its own with an empty database. Everything is
// passed by environment variables (see contract.mjs), and every switch is set
// explicitly, so a server's own defaults do not matter here.

export const PROFILES = {
  /** Mail is sent; deletion and an address change need no confirmation by mail. */
  everyday: {},
  /** Deleting an account and changing an address are confirmed by mail first. */
  confirmed: { DOORWARD_DELETE_USER_MAIL: 'on', DOORWARD_CHANGE_EMAIL_CONFIRM: 'on' },
  /** No mailer is configured. */
  mailless: { DOORWARD_MAIL: undefined },
  /** The optional account routes are switched off. */
  closed: { DOORWARD_CHANGE_EMAIL: 'off', DOORWARD_DELETE_USER: 'off' },
  /** Nobody gets in before the address is verified, and sign-up reveals nobody. */
  verified: { DOORWARD_REQUIRE_EMAIL_VERIFICATION: 'on' },
  /** A public https origin in front of a plain local listener. */
  https: { BETTER_AUTH_URL: 'https://auth.example.test' },
  /** The protocol's own rate limits. */
  limited: { DOORWARD_RATE_LIMIT: 'on' },
  /** Session cookie cache, compact form, five minutes. */
  cached: { DOORWARD_COOKIE_CACHE: 'on' },
  /** Access tokens signed with ECDSA. */
  es256: { DOORWARD_JWT_ALG: 'ES256' },
  /** Access tokens signed with RSA. */
  rs256: { DOORWARD_JWT_ALG: 'RS256' },
  /** A real OpenID Connect provider stands beside each server (provider.mjs). */
  social: { provider: true },
};
