// <div data-help-when="item-9=1 item-9=2"> shows as soon as one of these answers is chosen: above the question
// where one question stands on a screen, below it where all stand on a page.
// Without this script the same help stands on the page after sending.
for (const box of document.querySelectorAll("[data-help-when]")) {
  const form = box.closest("form");
  const answers = box.dataset.helpWhen.split(" ").filter(Boolean).map((pair) => pair.split("="));
  const chosen = () => answers
    .map(([name, value]) => form.querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]:checked`))
    .find(Boolean);
  const look = () => {
    const input = chosen();
    if (input && box.hidden) {
      if (form.classList.contains("is-stepping")) form.querySelector(".questions").before(box.parentElement);
      else input.closest("fieldset").after(box.parentElement);
    }
    // A moment later, so that a screen reader hears the change in a region that already stands there.
    requestAnimationFrame(() => { box.hidden = !input; });
  };
  form.addEventListener("change", look);
  window.addEventListener("pageshow", look); // a browser's back button brings the answers back, too
  look();
}
