// A real OpenID Connect provider on loopback, for the social routes.
//
// It is `oidc-provider`, a certified implementation; only the page where people type
// their password is missing: whoever the request names in `login_hint` is signed in,
// and who is called `deny…` refuses. Everything else (PKCE, codes, nonces, tokens,
// keys) is the real protocol and is really checked.

import http from 'node:http';
import Provider from 'oidc-provider';
import { OAUTH_CLIENT } from './contract.mjs';
import { Jar } from './wire.mjs';

/** Starts a provider that knows one client: the server at `clientOrigin`. */
export async function startProvider(clientOrigin) {
  const server = http.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const people = new Map();
  const provider = new Provider(origin, {
    clients: [{
      client_id: OAUTH_CLIENT.id,
      client_secret: OAUTH_CLIENT.secret,
      redirect_uris: ['local', 'plain'].map((id) => `${clientOrigin}/api/auth/callback/${id}`),
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_post',
    }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'picture'] },
    conformIdTokenClaims: false,
    pkce: { required: () => false },
    issueRefreshToken: async () => true,
    ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 3600, IdToken: 3600, Interaction: 600, RefreshToken: 86_400, Session: 3600 },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    cookies: { keys: ['a key for cookies of a provider that lives for a minute'] },
    findAccount: async (_, subject) => ({ accountId: subject, claims: async () => ({ sub: subject, ...people.get(subject) }) }),
    // Nobody is asked for consent: the client is granted what it asks for.
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({ clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const handle = provider.callback();
  server.on('request', async (request, response) => {
    if (!request.url.startsWith('/interaction/')) return handle(request, response);
    try {
      const { params } = await provider.interactionDetails(request, response);
      const refused = params.login_hint?.startsWith('deny') ? { error: 'access_denied', error_description: 'The person said no' } : undefined;
      await provider.interactionFinished(request, response, refused ?? { login: { accountId: params.login_hint ?? 'nobody' } });
    } catch (error) {
      response.writeHead(400).end(error.message);
    }
  });

  return {
    origin,
    /** Makes somebody known here; `login` is both their subject and what login_hint names. */
    person(login, claims) { people.set(login, { name: 'Grace Hopper', email_verified: true, ...claims }); },
    authorize: (url) => authorize(url, clientOrigin),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Walks through the provider's pages as a browser, up to the redirect back to the client. */
async function authorize(url, clientOrigin) {
  const jar = new Jar();
  let next = url;
  for (let hop = 0; hop < 10; hop += 1) {
    if (next.startsWith(clientOrigin)) return next;
    const cookie = jar.header();
    const response = await fetch(next, { redirect: 'manual', headers: cookie ? { cookie } : {} });
    jar.take(response.headers.getSetCookie());
    const location = response.headers.get('location');
    if (!location) throw new Error(`the provider answered ${response.status} at ${next}: ${(await response.text()).slice(0, 300)}`);
    next = new URL(location, next).href;
  }
  throw new Error('the provider redirects in circles');
}
