"use client";

import { useCallback, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Alert } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { type Activity, listActivity, type Refusal } from "@/lib/auth";
import { deviceName } from "@/lib/device";
import { explain } from "@/lib/explain";
import { type Key, useLanguage, useText } from "@/lib/language";
import { en } from "@/lib/messages/en";
import { exact } from "@/lib/moment";
import { Part } from "./part";

/** Entries that the server gives at once. */
const PAGE = 20;

/** What happened lately, and from where. Without a record of that on the server there is nothing to show. */
export function RecentActivity() {
  const text = useText();
  const [events, setEvents] = useState<Activity[] | null>(null);
  const [hasMore, setHasMore] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const load = useCallback(async (before?: string) => {
    const { data, refusal } = await listActivity(before);
    setRefusal(refusal);
    if (!Array.isArray(data)) return;
    setEvents((shown) => (before && shown ? [...shown, ...data] : data));
    setHasMore(data.length === PAGE);
  }, []);
  useEffect(() => {
    void load();
  }, [load]);
  if (refusal?.status === 404) return null;
  return (
    <Part id="activity" title="account.activity">
      {refusal && <Alert key={refusal.code}>{explain(refusal, text)}</Alert>}
      {!events && !refusal && <Skeleton lines={2} className="h-18" />}
      {events?.length === 0 && <p className="text-small text-quiet">{text("activity.none")}</p>}
      {events && events.length > 0 && (
        <ul>
          {events.map((event) => (
            <Entry key={event.id} event={event} />
          ))}
        </ul>
      )}
      {hasMore && (
        <Button kind="plain" className="mt-5" onClick={() => void load(events?.at(-1)?.id)}>
          {text("activity.more")}
        </Button>
      )}
    </Part>
  );
}

function Entry({ event }: { event: Activity }) {
  const text = useText();
  const language = useLanguage();
  const name = `activity.${event.action}`;
  const details = [
    event.times > 1 && text("activity.times", { times: event.times }),
    event.userAgent && deviceName(event.userAgent, text),
    event.ipAddress,
  ].filter(Boolean);
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 border-t border-line py-3 last:border-b">
      <div>
        <p>{name in en ? text(name as Key) : event.action}</p>
        {details.length > 0 && <p className="text-fine text-quiet">{details.join(" · ")}</p>}
      </div>
      <time className="text-fine text-quiet" dateTime={new Date(event.createdAt).toISOString()}>
        {exact(event.createdAt, language)}
      </time>
    </li>
  );
}
