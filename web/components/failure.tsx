"use client";

import { useQuery } from "@/lib/address";
import { useText } from "@/lib/language";
import { Page } from "./page";

/** Something failed that the reader cannot mend. A code is shown only if it looks like one. */
export function Failure({ onRetry }: { onRetry?: () => void }) {
  const text = useText();
  const code = useQuery().get("error");
  return (
    <Page title="error.title">
      <div className="grid gap-5">
        <p>{text("error.text")}</p>
        {code && /^[\w'-]{1,100}$/.test(code) && (
          <p className="text-small text-quiet">{text("error.code", { code })}</p>
        )}
        <p className="flex gap-6">
          {onRetry && (
            <button type="button" className="link" onClick={onRetry}>
              {text("frame.tryAgain")}
            </button>
          )}
          {/* The page is loaded anew: whatever broke is left behind. */}
          <a href="/" className="link">
            {text("error.home")}
          </a>
        </p>
      </div>
    </Page>
  );
}
