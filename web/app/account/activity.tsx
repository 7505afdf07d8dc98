"use client";

import { useEffect, useState } from "react";
import { type Activity, listActivity } from "@/lib/auth";
import { type Key, useLanguage, useText } from "@/lib/language";
import { en } from "@/lib/messages/en";
import { exact } from "@/lib/moment";
import { Part } from "./part";

/** What happened lately. Nothing at all is shown by a server that keeps no record. */
export function RecentActivity() {
  const text = useText();
  const language = useLanguage();
  const [events, setEvents] = useState<Activity[]>([]);
  useEffect(() => {
    void listActivity().then(({ data }) => setEvents(Array.isArray(data) ? data : []));
  }, []);
  if (events.length === 0) return null;
  const nameOf = ({ action }: Activity) => (`activity.${action}` in en ? text(`activity.${action}` as Key) : action);
  return (
    <Part id="activity" title="account.activity">
      <ul>
        {events.slice(0, 20).map((event) => (
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
    </Part>
  );
}
