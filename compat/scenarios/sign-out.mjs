// Ending one's own session.

export const everyday = {
  'the session ends and the cookies go': async ({ member, note, sql }) => {
    const ada = await member();
    const kept = ada.jar.header();
    await ada.post('/sign-out', {});
    await ada.get('/get-session');
    await ada.get('/get-session', { cookie: kept });
    note('sessions', sql('SELECT count(*) AS sessions FROM session WHERE token = ?', ada.token));
  },
  'without a body': async ({ member }) => {
    const ada = await member();
    await ada.request('POST', '/sign-out');
  },
  'without a session': async ({ browser }) => {
    await browser().post('/sign-out', {});
    await browser().request('POST', '/sign-out');
  },
  'twice': async ({ member }) => {
    const ada = await member();
    const cookie = ada.jar.header();
    await ada.post('/sign-out', {}, { cookie });
    await ada.post('/sign-out', {}, { cookie });
  },
  'other sessions stay': async ({ member, signedIn }) => {
    const ada = await member();
    const elsewhere = await signedIn(ada.email);
    await ada.post('/sign-out', {});
    await elsewhere.get('/get-session');
  },
  'a session not to be remembered': async ({ member }) => {
    const ada = await member('ada', { rememberMe: false });
    await ada.post('/sign-out', {});
  },
  'a stale cache cookie is cleared too': async ({ member }) => {
    const ada = await member();
    ada.jar.set('better-auth.session_data', 'stale');
    await ada.post('/sign-out', {});
  },
  'by bearer token': async ({ browser, member }) => {
    const { token } = await member();
    await browser().post('/sign-out', {}, { bearer: token });
    await browser().get('/get-session', { bearer: token });
  },
  'only by POST': async ({ member }) => {
    const ada = await member();
    await ada.get('/sign-out');
    await ada.get('/get-session');
  },
  'a callbackURL is not repeated': async ({ member }) => {
    const ada = await member();
    await ada.post('/sign-out', { callbackURL: '/bye', disableRedirect: true });
  },
};
