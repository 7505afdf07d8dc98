import { Expired } from "./expired";

export default function LinkExpired() {
  return <Expired />;
}
