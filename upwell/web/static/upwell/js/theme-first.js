// Runs before the first paint, so that a dark room never flashes white. Not a module, on purpose: modules wait.
(function () {
  var root = document.documentElement;
  root.classList.add("js");
  try {
    var choice = localStorage.getItem("upwell-theme");
    if (!root.dataset.theme && (choice === "light" || choice === "dark")) root.dataset.theme = choice;
  } catch (refused) { /* storage is blocked: the system's preference stands */ }
})();
