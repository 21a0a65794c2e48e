// Light, dark or as the system says; remembered in this browser only.
const KEY = "upwell-theme";

function remembered() {
  try { return localStorage.getItem(KEY) || "auto"; } catch { return "auto"; }
}

function apply(choice) {
  const root = document.documentElement;
  if (choice === "auto") delete root.dataset.theme;
  else root.dataset.theme = choice;
  for (const button of document.querySelectorAll("[data-theme-choice]"))
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
}

export function startTheme() {
  // A page that sets its own theme (the treatment room) keeps it.
  if (document.documentElement.dataset.theme === "session" || document.documentElement.dataset.room) return;
  apply(remembered());
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    const choice = button.dataset.themeChoice;
    try {
      if (choice === "auto") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, choice);
    } catch { /* storage is blocked: the choice holds for this page */ }
    apply(choice);
  });
}
