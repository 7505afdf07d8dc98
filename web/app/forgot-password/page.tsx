import { Page } from "@/components/page";
import { Text } from "@/components/text";
import { ForgotForm } from "./forgot-form";

export default function ForgotPassword() {
  return (
    <Page title="forgot.title" aside={<Text of="forgot.lead" />}>
      <ForgotForm />
    </Page>
  );
}
