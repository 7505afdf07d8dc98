// What must be known before the first paint, as the text of a small inline script: the colours chosen last time, and
// whether words in another language are on their way. The server's Content-Security-Policy names it by its hash.
//
// It also asks for /theme.json and for those words at once, so that they are there when the page is.

export const FIRST_PAINT = `(function (root) {
  root.dataset.scripted = "";
  window.doorwardTheme = fetch("/theme.json").then(function (answer) { return answer.ok ? answer.json() : {}; }).catch(function () { return {}; });
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    var language = localStorage.getItem("language");
  } catch (error) {}
  var wanted = language ? [language] : navigator.languages || [];
  for (var index = 0; index < wanted.length; index++) {
    var short = wanted[index].slice(0, 2).toLowerCase();
    if (short === "en") break;
    if (short === "de") { root.dataset.language = short; root.dataset.waiting = ""; window.doorwardWords = fetch("/words/" + short + ".json"); break; }
  }
})(document.documentElement);`;
