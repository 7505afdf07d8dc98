// What the services that sign people in are called. The server knows them by short names that an operator chose.

const NAMES: Record<string, string> = { github: "GitHub", google: "Google" };

export function providerName(id: string): string {
  return NAMES[id] ?? id.charAt(0).toUpperCase() + id.slice(1);
}
