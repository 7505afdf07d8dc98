"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useState } from "react";
import { forgetToken } from "@/lib/api";
import { signOut, useSession } from "@/lib/auth";
import { Button } from "./ui/button";

/** The top of every page: whose site it is, where one can go, and out. */
export function Header() {
  const { data } = useSession();
  const path = usePathname();
  const name = useSiteName();
  const [busy, setBusy] = useState(false);

  async function leave() {
    setBusy(true);
    await signOut();
    forgetToken();
    window.location.assign("/signin");
  }

  return (
    <header className="header">
      <Link className="brand" href="/">
        {name}
      </Link>
      {data && (
        <>
          <Link className="nav-link" href="/tasks" aria-current={path === "/tasks" ? "page" : undefined}>
            Tasks
          </Link>
          <Link className="nav-link" href="/account" aria-current={path === "/account" ? "page" : undefined}>
            Account
          </Link>
        </>
      )}
      <ThemeSwitch />
      {data && (
        <Button kind="plain" small busy={busy} onClick={leave}>
          Sign out
        </Button>
      )}
    </header>
  );
}

/** The operator's name for the site, from the server. */
function useSiteName(): string {
  const [name, setName] = useState("Doorward");
  useEffect(() => {
    fetch("/theme.json")
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((theme: { name?: string } | null) => theme?.name && setName(theme.name))
      .catch(() => {});
  }, []);
  return name;
}

function ThemeSwitch() {
  function turn() {
    const root = document.documentElement;
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : window.matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // A browser that stores nothing forgets the choice, and no more.
    }
  }
  return (
    <button type="button" className="link-button" onClick={turn}>
      Light or dark
    </button>
  );
}
