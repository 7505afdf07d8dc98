const PATHS = {
  pencil: "M3.5 16.5l.8-3.6L13.5 3.7l2.8 2.8-9.2 9.2zM11.6 5.6l2.8 2.8",
  remove: "M4.5 5.5h11M8 5.5V3.5h4v2M6 5.5l.6 11h6.8l.6-11M8.7 8.5v5M11.3 8.5v5",
  close: "M5 5l10 10M15 5L5 15",
  plus: "M10 4v12M4 10h12",
};

/** A line drawing of 20 by 20; whoever uses it says in words what it means. */
export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg
      viewBox="0 0 20 20"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      aria-hidden="true"
    >
      <path d={PATHS[name]} strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
