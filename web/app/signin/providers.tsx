"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Alert } from "@/components/ui/notice";
import { nextPath, useQuery } from "@/lib/address";
import { type Refusal, signInWith } from "@/lib/auth";
import { explain } from "@/lib/explain";
import { useText } from "@/lib/language";
import { providerName } from "@/lib/providers";
import { useTheme } from "@/lib/theme";

/**
 * The other ways in, where the operator has set up any. They stand below the form: what arrives with the settings, a
 * moment after the page, then moves nothing that somebody may be about to press.
 */
export function Providers() {
  const text = useText();
  const query = useQuery();
  const [busy, setBusy] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const providers = useTheme()?.providers ?? [];
  if (providers.length === 0) return null;

  async function go(provider: string) {
    setBusy(provider);
    setRefusal(null);
    // All went well: the client is on its way to the provider, and the button stays busy until it is there.
    const { refusal } = await signInWith(provider, nextPath(query));
    if (refusal === null) return;
    setRefusal(refusal);
    setBusy(null);
  }

  return (
    <section aria-labelledby="providers" className="mt-10 border-t border-line pt-6">
      <h2 id="providers" className="mb-4 text-small font-[400] tracking-normal text-quiet">
        {text("signIn.with")}
      </h2>
      <ul className="grid grid-cols-[repeat(auto-fit,minmax(8rem,1fr))] gap-3">
        {providers.map((provider) => (
          <li key={provider}>
            <Button
              kind="plain"
              className="w-full"
              busy={busy === provider}
              onClick={() => void go(provider)}
              aria-label={text("signIn.with.whole", { provider: providerName(provider) })}
            >
              {providerName(provider)}
            </Button>
          </li>
        ))}
      </ul>
      {refusal && (
        <div className="mt-4">
          <Alert>{explain(refusal, text)}</Alert>
        </div>
      )}
    </section>
  );
}
