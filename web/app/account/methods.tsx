"use client";

import { useEffect, useState } from "react";
import { listSignInMethods } from "@/lib/auth";
import { useLanguage, useText } from "@/lib/language";
import { date } from "@/lib/moment";
import { providerName } from "@/lib/providers";
import { Part } from "./part";

type Method = { id: string; providerId: string; createdAt: Date };

/** The accounts that open this one: a password, or another service. */
export function SignInMethods() {
  const text = useText();
  const language = useLanguage();
  const [methods, setMethods] = useState<Method[]>([]);
  useEffect(() => {
    void listSignInMethods().then(({ data }) => setMethods(data ?? []));
  }, []);
  const nameOf = ({ providerId }: Method) =>
    providerId === "credential" ? text("account.methods.credential") : providerName(providerId);
  return (
    <Part id="methods" title="account.methods">
      <ul className="min-h-18">
        {methods.map((method) => (
          <li key={method.id} className="border-t border-line py-3 last:border-b">
            <p className="font-[520]">{nameOf(method)}</p>
            <p className="text-fine text-quiet">
              {text("account.methods.since", { when: date(method.createdAt, language) })}
            </p>
          </li>
        ))}
      </ul>
    </Part>
  );
}
