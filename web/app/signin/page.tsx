import { Page } from "@/components/page";
import { NewHere } from "./new-here";
import { Providers } from "./providers";
import { SignInForm } from "./sign-in-form";

export default function SignIn() {
  return (
    <Page title="signIn.title" aside={<NewHere />}>
      <SignInForm />
      <Providers />
    </Page>
  );
}
