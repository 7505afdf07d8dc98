import Link from "next/link";
import { Page } from "@/components/page";
import { Text } from "@/components/text";
import { SignUpForm } from "./sign-up-form";

export default function SignUp() {
  return (
    <Page
      title="signUp.title"
      aside={
        <>
          <Text of="signUp.have" />{" "}
          <Link href="/signin" className="link">
            <Text of="signUp.signIn" />
          </Link>
        </>
      }
    >
      <SignUpForm />
    </Page>
  );
}
