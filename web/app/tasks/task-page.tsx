"use client";

import { useState } from "react";
import { Page } from "@/components/page";
import { SignedIn } from "@/components/signed-in";
import { Choice } from "@/components/ui/choice";
import { useLanguage, useText } from "@/lib/language";
import { TaskList } from "./task-list";

export type Filter = "all" | "open" | "done";

/** How many are open is not known before all of them are here. */
export type Open = number | null;

export function TaskPage() {
  const text = useText();
  const language = useLanguage();
  const [filter, setFilter] = useState<Filter>("all");
  const [open, setOpen] = useState<Open>(null);

  function count(): string {
    if (open === null) return " ";
    if (open === 0) return text("tasks.count.none");
    const plural = new Intl.PluralRules(language).select(open) === "one" ? "one" : "other";
    return text(`tasks.count.${plural}`, { count: open.toLocaleString(language) });
  }

  return (
    <Page
      title="tasks.title"
      width="list"
      aside={
        <>
          {/* Read aloud when it changes: the only word on a task that was added, ticked or deleted. */}
          <p role="status" className="mb-4 min-h-6 tabular-nums">
            {count()}
          </p>
          <Choice
            label={text("tasks.filter")}
            value={filter}
            onChange={setFilter}
            options={[
              ["all", text("tasks.filter.all")],
              ["open", text("tasks.filter.open")],
              ["done", text("tasks.filter.done")],
            ]}
          />
        </>
      }
    >
      <SignedIn>
        {({ user }) => <TaskList person={user.id} filter={filter} onFilter={setFilter} onCount={setOpen} />}
      </SignedIn>
    </Page>
  );
}
