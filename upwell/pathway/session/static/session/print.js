// The printer's own dialog, for the page that is handed over.
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
