// Better Auth UI as its documentation sets it up: a provider, its sign-in pages, its settings pages. No line of it
// knows Doorward.

import { AccountView, AuthUIProvider, AuthView, UserButton } from '@daveyplate/better-auth-ui';
import { createAuthClient } from 'better-auth/react';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Toaster } from 'sonner';

const authClient = createAuthClient();

function navigate(href) {
  history.pushState(null, '', href);
  dispatchEvent(new PopStateEvent('popstate'));
}

const replace = (href) => {
  history.replaceState(null, '', href);
  dispatchEvent(new PopStateEvent('popstate'));
};

function Link({ href, children, ...others }) {
  const follow = (event) => { event.preventDefault(); navigate(href); };
  return <a href={href} onClick={follow} {...others}>{children}</a>;
}

function Pages() {
  const [pathname, setPathname] = useState(location.pathname);
  useEffect(() => {
    const follow = () => setPathname(location.pathname);
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  return (
    <AuthUIProvider authClient={authClient} navigate={navigate} replace={replace} Link={Link} redirectTo="/account/settings" changeEmail deleteUser>
      <header><UserButton /></header>
      {pathname.startsWith('/account') ? <AccountView pathname={pathname} /> : <AuthView pathname={pathname} />}
      <Toaster />
    </AuthUIProvider>
  );
}

createRoot(document.getElementById('pages')).render(<Pages />);
