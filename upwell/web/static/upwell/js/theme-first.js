// Runs before the first paint, so that a dark room never flashes white. Not a module, on purpose: modules wait.
(function () {
  var root = document.documentElement;
  root.classList.add("js");
  try {
    if (root.dataset.theme === "session") {
      root.dataset.room = "yes"; // this page has the light of the treatment room, or the one chosen for it on this device
      if (localStorage.getItem("upwell-room") === "light") root.dataset.theme = "light";
    }
    var choice = localStorage.getItem("upwell-theme");
    if (!root.dataset.theme && (choice === "light" || choice === "dark")) root.dataset.theme = choice;
  } catch (refused) { /* storage is blocked: the system's preference stands */ }
})();
