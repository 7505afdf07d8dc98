import type { Metadata } from "next";
import { Guard } from "@/components/guard";
import { DeleteAccount } from "./delete-account";
import { Devices } from "./devices";
import { EmailAddress } from "./email-address";
import { Password } from "./password";
import { Profile } from "./profile";

export const metadata: Metadata = { title: "Account" };

export default function Page() {
  return (
    <main className="main">
      <h1>Account</h1>
      <p className="lead">Who you are here, and where you are signed in.</p>
      <Guard>
        <Profile />
        <EmailAddress />
        <Password />
        <Devices />
        <DeleteAccount />
      </Guard>
    </main>
  );
}
