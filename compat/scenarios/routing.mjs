// Which paths and methods exist. Everything else is 404 with nothing in it.

const GETS = ['/ok', '/get-session', '/list-sessions', '/list-accounts', '/token', '/jwks', '/account-info', '/verify-email', '/delete-user/callback', '/reset-password/abc', '/callback/github', '/error'];
const POSTS = ['/sign-up/email', '/sign-in/email', '/sign-in/social', '/sign-out', '/get-session', '/update-session', '/revoke-session', '/revoke-sessions', '/revoke-other-sessions', '/update-user', '/change-password', '/verify-password', '/delete-user', '/change-email', '/request-password-reset', '/reset-password', '/send-verification-email', '/unlink-account', '/link-social', '/callback/github', '/get-access-token', '/refresh-token'];

export const everyday = {
  'the page of errors reads the first of several': async ({ browser }) => {
    await browser().get('/error?error=one&error=two&error_description=a&error_description=b');
  },
  'alive': async ({ browser }) => {
    await browser().get('/ok');
    await browser().get('/ok?with=query');
  },
  'every GET route, empty-handed': async ({ browser }) => {
    for (const path of GETS.filter((path) => path !== '/jwks')) await browser().get(path);
  },
  'every POST route, empty-handed': async ({ browser }) => {
    for (const path of POSTS) await browser().request('POST', path);
  },
  'every POST route, with an empty object': async ({ browser }) => {
    for (const path of POSTS) await browser().post(path, {});
  },
  'the other method is not found': async ({ browser }) => {
    for (const path of GETS.filter((path) => !POSTS.includes(path))) await browser().post(path, {});
    for (const path of POSTS.filter((path) => !GETS.includes(path))) await browser().get(path);
  },
  'methods nobody asked for': async ({ browser, server }) => {
    for (const method of ['PUT', 'PATCH', 'DELETE']) await browser().request(method, '/get-session', { origin: server.origin });
    await browser().request('OPTIONS', '/sign-in/email', { origin: 'https://app.example.test', headers: { 'access-control-request-method': 'POST' } });
    await browser().request('HEAD', '/ok');
  },
  'paths that are almost right': async ({ browser, server }) => {
    for (const path of ['/ok/', '//ok', '/OK', '/ok%20', '/o%6b', '/sign-in', '/sign-in/email/', '/sign-in//email', '/reset-password/', '/reset-password/a/b', '/callback', '/callback/', '/no-such-route', '', '/']) await browser().get(path);
    for (const path of ['/', '/ok', '/api', '/api/auth', '/api/authok', '/API/AUTH/ok', '/x/api/auth/ok']) await browser().get(`${server.origin}${path}`);
  },
  'no cross-origin headers': async ({ browser }) => {
    await browser().get('/get-session', { origin: 'https://app.example.test' });
  },
  'the error page': async ({ browser }) => {
    await browser().get('/error?error=INVALID_TOKEN');
    await browser().get('/error?error=%3Cscript%3E&error_description=%3Cb%3E');
  },
};
