"use client";

import { useEffect } from "react";
import { Page } from "@/components/page";
import { SignedIn } from "@/components/signed-in";
import { useText } from "@/lib/language";
import { RecentActivity } from "./activity";
import { DeleteAccount } from "./delete-account";
import { Devices } from "./devices";
import { EmailAddress } from "./email-address";
import { SignInMethods } from "./methods";
import { Password } from "./password";
import { Profile } from "./profile";

const PARTS = ["profile", "email", "password", "devices", "methods", "activity", "delete"] as const;

export function AccountPage() {
  const text = useText();
  return (
    <Page
      title="account.title"
      width="list"
      aside={
        <ul className="flex flex-wrap gap-x-5 wide:block">
          {PARTS.map((part) => (
            <li key={part}>
              <a href={`#${part}`} className="inline-flex min-h-8 items-center hover:text-ink hover:underline">
                {text(`account.${part}`)}
              </a>
            </li>
          ))}
        </ul>
      }
    >
      <SignedIn lines={8} tall>
        {({ user, token }) => (
          <>
            <Arrive />
            <Profile user={user} />
            <EmailAddress user={user} />
            <Password user={user} />
            <Devices own={token} />
            <SignInMethods />
            <RecentActivity />
            <DeleteAccount user={user} />
          </>
        )}
      </SignedIn>
    </Page>
  );
}

/** The part that the address names was not there yet when the browser looked for it. */
function Arrive() {
  useEffect(() => {
    const { hash } = window.location;
    if (hash.length > 1) document.getElementById(hash.slice(1))?.scrollIntoView();
  }, []);
  return null;
}
