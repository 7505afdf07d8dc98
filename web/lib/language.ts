// Which language the words are in. The exported pages are English; a reader of another language we know gets the words
// from a file of their own, loaded only then: `app/words/`.
//
// It does not know the words: those are in `messages/`, one file per language with the same keys.

import { useSyncExternalStore } from "react";
import { en } from "./messages/en";

export type Key = keyof typeof en;
export type Messages = Record<Key, string>;
export type Language = "en" | "de";

/** What a language is called by those who speak it. */
export const LANGUAGES: Record<Language, string> = { en: "English", de: "Deutsch" };

type State = { language: Language; messages: Messages };

const english: State = { language: "en", messages: en };
const listeners = new Set<() => void>();
let state = english;

if (typeof document !== "undefined" && document.documentElement.dataset.language === "de") void load("de");

declare global {
  interface Window {
    /** The script before the first paint has asked for them already. */
    doorwardWords?: Promise<Response> | undefined;
  }
}

async function load(language: Language): Promise<void> {
  try {
    state = { language, messages: language === "en" ? en : await wordsOf(language) };
  } catch {
    // The words could not be fetched: English is better than nothing.
    state = english;
    delete document.documentElement.dataset.waiting;
  }
  for (const listener of listeners) listener();
}

async function wordsOf(language: Language): Promise<Messages> {
  const asked = window.doorwardWords ?? fetch(`/words/${language}.json`);
  window.doorwardWords = undefined;
  const words = (await (await asked).json()) as Partial<Messages>;
  // The file may be of another version than this page: what it does not say is said in English.
  return { ...en, ...words };
}

/** Changes the language now and for later visits. */
export function chooseLanguage(language: Language): void {
  try {
    localStorage.setItem("language", language);
  } catch {}
  void load(language);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useLanguage(): Language {
  return useSyncExternalStore(
    subscribe,
    () => state.language,
    () => "en",
  );
}

/** Hebrew, Arabic and their neighbours; not everything that is written from right to left, but nearly all of it. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** What somebody wrote from right to left would turn the words around it (U+2068, U+2069: Unicode's isolates). */
const isolated = (value: string) => (RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value);

export type Translate = (key: Key, values?: Record<string, string | number>) => string;

/** A function from keys to words; `{name}` in them is filled from `values`. */
export function useText(): Translate {
  const { messages } = useSyncExternalStore(
    subscribe,
    () => state,
    () => english,
  );
  return (key, values = {}) =>
    messages[key].replace(/\{(\w+)\}/g, (whole, name: string) => isolated(String(values[name] ?? whole)));
}
