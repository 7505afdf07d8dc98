import Link from "next/link";
import { Page } from "@/components/page";
import { Text } from "@/components/text";
import { SignInForm } from "./sign-in-form";

export default function SignIn() {
  return (
    <Page
      title="signIn.title"
      aside={
        <>
          <Text of="signIn.new" />{" "}
          <Link href="/signup" className="link">
            <Text of="signIn.create" />
          </Link>
        </>
      }
    >
      <SignInForm />
    </Page>
  );
}
