"use client";

import { Failure } from "@/components/failure";

export default function ErrorBoundary({ reset }: { reset: () => void }) {
  return <Failure onRetry={reset} />;
}
