import { AccountPage } from "./account-page";

export default function Account() {
  return <AccountPage />;
}
