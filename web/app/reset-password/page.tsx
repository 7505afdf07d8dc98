import type { Metadata } from "next";
import { ResetPage } from "./reset-page";

// The address of this page holds a key: it is told to nobody.
export const metadata: Metadata = { referrer: "no-referrer" };

export default function ResetPassword() {
  return <ResetPage />;
}
