import { VerifyPage } from "./verify-page";

export default function VerifyEmail() {
  return <VerifyPage />;
}
