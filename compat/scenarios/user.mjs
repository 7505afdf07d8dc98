// Changing one's own profile.

export const everyday = {
  'name and picture': async ({ member }) => {
    const ada = await member();
    await ada.post('/update-user', { name: 'Augusta Ada', image: 'https://example.com/ada.png' });
    await ada.get('/get-session');
  },
  'one of the two': async ({ member }) => {
    const ada = await member();
    await ada.post('/update-user', { image: 'https://example.com/ada.png' });
    await ada.post('/update-user', { name: 'Augusta' });
    await ada.get('/get-session');
  },
  'a picture is taken away': async ({ member }) => {
    const ada = await member('ada', { image: 'https://example.com/ada.png' });
    await ada.post('/update-user', { image: null });
    await ada.get('/get-session');
  },
  'an empty name': async ({ member }) => {
    const ada = await member();
    await ada.post('/update-user', { name: '' });
    await ada.get('/get-session');
  },
  'no name is a mistake': async ({ member }) => {
    const ada = await member();
    await ada.post('/update-user', { name: null });
    await ada.get('/get-session');
  },
  'nothing to change': async ({ member }) => {
    const ada = await member();
    await ada.post('/update-user', {});
    await ada.post('/update-user', { unknown: 'field' });
  },
  'an address is not changed here': async ({ member }) => {
    const ada = await member();
    await ada.post('/update-user', { email: 'other@example.com' });
    await ada.post('/update-user', { name: 'Augusta', email: 'other@example.com' });
    await ada.get('/get-session');
  },
  'what is not theirs to change stays': async ({ member }) => {
    const ada = await member();
    await ada.post('/update-user', { name: 'Augusta', emailVerified: true, id: 'other', role: 'admin', createdAt: '2001-01-01T00:00:00.000Z' });
    await ada.get('/get-session');
  },
  'bodies that are none': async ({ member }) => {
    const ada = await member();
    await ada.request('POST', '/update-user');
    await ada.post('/update-user', ['name']);
    await ada.post('/update-user', 'name');
    await ada.post('/update-user', null);
  },
  'nobody': async ({ browser }) => {
    await browser().post('/update-user', { name: 'Nobody' });
    await browser().carry('D'.repeat(32)).post('/update-user', { name: 'Nobody' });
  },
  'one browser renames, another sees it': async ({ member, signedIn }) => {
    const ada = await member();
    const other = await signedIn(ada.email);
    await ada.post('/update-user', { name: 'Augusta' });
    await other.get('/get-session');
    await other.get('/token');
  },
  'the session cookie is sent again': async ({ member }) => {
    const ada = await member('ada', { rememberMe: false });
    await ada.post('/update-user', { name: 'Augusta' });
  },
};
