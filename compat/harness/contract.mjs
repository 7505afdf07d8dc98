// How a server is told what to be: the environment variables both servers read.
//
// The environment starts empty but for what a process needs to live, so nothing
// in the shell of whoever runs this changes what is measured.

import path from 'node:path';

/** Signs everything in these runs. 32 characters, as Better Auth wants at least. */
export const SECRET = 'k3JtWq8ZpV5nXb1RyD7mHc2LfG9sTa4E';
/** Origins other than the server's own that may call it or be redirected to. */
export const TRUSTED = 'https://app.example.test,https://*.branch.example.test,doorwardapp://';
/** What the local provider knows each server by. */
export const OAUTH_CLIENT = { id: 'compat', secret: 'compat-client-secret-0123456789abcdef' };

const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG'];

/**
 * @param {object} place { port, folder } where the server listens and keeps things
 * @param {object} profile variables from profiles.mjs; `undefined` removes one
 * @param {string} [providerOrigin] the OpenID Connect provider beside this server
 */
export function environment({ port, folder }, profile = {}, providerOrigin) {
  const { provider, ...overrides } = profile;
  const variables = {
    ...Object.fromEntries(INHERITED.filter((name) => process.env[name]).map((name) => [name, process.env[name]])),
    BETTER_AUTH_SECRET: SECRET,
    BETTER_AUTH_URL: `http://127.0.0.1:${port}`,
    BETTER_AUTH_TRUSTED_ORIGINS: TRUSTED,
    DATABASE_URL: `sqlite://${path.join(folder, 'auth.db')}`,
    DOORWARD_LISTEN: `127.0.0.1:${port}`,
    DOORWARD_DATA: path.join(folder, 'data'),
    DOORWARD_MAIL: `file:${path.join(folder, 'mail')}`,
    DOORWARD_RATE_LIMIT: 'off',
    DOORWARD_CHANGE_EMAIL: 'on',
    DOORWARD_CHANGE_EMAIL_CONFIRM: 'off',
    DOORWARD_DELETE_USER: 'on',
    DOORWARD_DELETE_USER_MAIL: 'off',
    DOORWARD_REQUIRE_EMAIL_VERIFICATION: 'off',
    DOORWARD_COOKIE_CACHE: 'off',
    // These tests stand for the proxy in front of the server.
    DOORWARD_TRUSTED_PROXIES: '127.0.0.1/32',
    ...(provider ? oauthVariables(providerOrigin) : {}),
    ...overrides,
  };
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined));
}

/** `local` is found by discovery, `plain` is given its addresses; the presets only build URLs here. */
function oauthVariables(origin) {
  return {
    DOORWARD_OAUTH_PROVIDERS: 'local,plain,github,google',
    DOORWARD_OAUTH_LOCAL_CLIENT_ID: OAUTH_CLIENT.id,
    DOORWARD_OAUTH_LOCAL_CLIENT_SECRET: OAUTH_CLIENT.secret,
    DOORWARD_OAUTH_LOCAL_DISCOVERY_URL: `${origin}/.well-known/openid-configuration`,
    DOORWARD_OAUTH_LOCAL_SCOPES: 'openid email profile',
    DOORWARD_OAUTH_LOCAL_PKCE: 'on',
    DOORWARD_OAUTH_PLAIN_CLIENT_ID: OAUTH_CLIENT.id,
    DOORWARD_OAUTH_PLAIN_CLIENT_SECRET: OAUTH_CLIENT.secret,
    DOORWARD_OAUTH_PLAIN_AUTHORIZATION_URL: `${origin}/auth`,
    DOORWARD_OAUTH_PLAIN_TOKEN_URL: `${origin}/token`,
    DOORWARD_OAUTH_PLAIN_USERINFO_URL: `${origin}/me`,
    DOORWARD_OAUTH_PLAIN_SCOPES: 'openid email profile',
    DOORWARD_OAUTH_PLAIN_PKCE: 'off',
    DOORWARD_OAUTH_GITHUB_CLIENT_ID: 'github-client',
    DOORWARD_OAUTH_GITHUB_CLIENT_SECRET: 'github-secret',
    DOORWARD_OAUTH_GOOGLE_CLIENT_ID: 'google-client',
    DOORWARD_OAUTH_GOOGLE_CLIENT_SECRET: 'google-secret',
  };
}
