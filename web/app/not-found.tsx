import Link from "next/link";
import { Page } from "@/components/page";
import { Text } from "@/components/text";

export default function NotFound() {
  return (
    <Page title="notFound.title">
      <p className="mb-5">
        <Text of="notFound.text" />
      </p>
      <Link href="/" prefetch={false} className="link">
        <Text of="error.home" />
      </Link>
    </Page>
  );
}
