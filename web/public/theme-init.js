// Before the first paint: the colours chosen last time. Without a choice the system decides, in CSS alone.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {}
