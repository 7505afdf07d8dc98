import { Failure } from "@/components/failure";

/** Where a sign-in that went elsewhere ends when it failed there: `?error=` is the code. */
export default function ErrorPage() {
  return <Failure />;
}
