"use client";

import { useEffect, useState } from "react";
import { chooseLanguage, LANGUAGES, type Language, useLanguage, useText } from "@/lib/language";
import { Choice } from "./ui/choice";

type Appearance = "system" | "light" | "dark";

function storedAppearance(): Appearance {
  const { theme } = document.documentElement.dataset;
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** Appearance and language: chosen by the system and the browser unless somebody says otherwise here. */
export function Footer() {
  const text = useText();
  const language = useLanguage();
  const [appearance, setAppearance] = useState<Appearance>("system");

  useEffect(() => setAppearance(storedAppearance()), []);
  useEffect(() => {
    const root = document.documentElement;
    root.lang = language;
    // The words that were waited for are on the page now.
    if (!root.dataset.language || root.dataset.language === language) delete root.dataset.waiting;
  }, [language]);

  function choose(next: Appearance) {
    setAppearance(next);
    const root = document.documentElement;
    if (next === "system") delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      if (next === "system") localStorage.removeItem("theme");
      else localStorage.setItem("theme", next);
    } catch {}
  }

  return (
    <footer className="flex flex-wrap justify-between gap-x-8 gap-y-3 border-t border-line py-6 text-fine">
      <Choice
        label={text("frame.theme")}
        value={appearance}
        onChange={choose}
        options={[
          ["system", text("frame.theme.system")],
          ["light", text("frame.theme.light")],
          ["dark", text("frame.theme.dark")],
        ]}
      />
      <Choice
        label={text("frame.language")}
        value={language}
        onChange={chooseLanguage}
        options={Object.entries(LANGUAGES) as [Language, string][]}
      />
    </footer>
  );
}
