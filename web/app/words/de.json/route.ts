// The German words as a file of a known address, so that the script before the first paint can ask for them at once;
// a part of the program would be found only by the program.

import { de } from "@/lib/messages/de";

export const dynamic = "force-static";

export function GET() {
  return Response.json(de);
}
