"use client";

import { useCallback, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { type Activity, listActivity } from "@/lib/auth";
import { type Key, useLanguage, useText } from "@/lib/language";
import { en } from "@/lib/messages/en";
import { exact } from "@/lib/moment";
import { Part } from "./part";

/** Entries that the server gives at once. */
const PAGE = 20;

/** What happened lately. Nothing at all is shown by a server that keeps no record. */
export function RecentActivity() {
  const text = useText();
  const language = useLanguage();
  const [events, setEvents] = useState<Activity[]>([]);
  const [hasMore, setHasMore] = useState(false);
  const load = useCallback(async (before?: string) => {
    const { data } = await listActivity(before);
    if (!Array.isArray(data)) return;
    setEvents((shown) => (before ? [...shown, ...data] : data));
    setHasMore(data.length === PAGE);
  }, []);
  useEffect(() => {
    void load();
  }, [load]);
  if (events.length === 0) return null;
  const nameOf = ({ action }: Activity) => (`activity.${action}` in en ? text(`activity.${action}` as Key) : action);
  return (
    <Part id="activity" title="account.activity">
      <ul>
        {events.map((event) => (
          <li
            key={event.id}
            className="flex flex-wrap justify-between gap-x-6 border-t border-line py-2.5 last:border-b"
          >
            <span>{nameOf(event)}</span>
            <time className="text-fine text-quiet" dateTime={new Date(event.createdAt).toISOString()}>
              {exact(event.createdAt, language)}
            </time>
          </li>
        ))}
      </ul>
      {hasMore && (
        <Button kind="plain" onClick={() => void load(events.at(-1)?.id)}>
          {text("activity.more")}
        </Button>
      )}
    </Part>
  );
}
