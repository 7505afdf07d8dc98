import { Lead } from "./lead";

export default function Page() {
  return <Lead />;
}
