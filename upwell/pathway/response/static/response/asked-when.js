// <fieldset data-asked-when='{"item": "item-2", "is": "True"}'>: the question is there only while this holds.
// A question that is answered stays in sight whatever the others say: nobody's yes may vanish from a page.
const answer = (form, name) =>
  form.querySelector(`input[name="${CSS.escape(name)}"]:checked`)?.value ?? "";

const holds = (form, when) => {
  if (when.any) return when.any.some((part) => holds(form, part));
  if (when.all) return when.all.every((part) => holds(form, part));
  if (when.not) return !holds(form, when.not);
  if (when.blank) return answer(form, when.blank) === "";
  return answer(form, when.item) === when.is;
};

for (const form of document.querySelectorAll("form:has([data-asked-when])")) {
  const questions = [...form.querySelectorAll("[data-asked-when]")];
  for (const hint of form.querySelectorAll("[data-asked-hint]")) hint.hidden = true;
  const look = () => {
    for (const one of questions) {
      const asked = holds(form, JSON.parse(one.dataset.askedWhen)) || one.querySelector("input:checked");
      one.toggleAttribute("data-skipped", !asked);
    }
    form.dispatchEvent(new Event("upwell:asked"));
  };
  form.addEventListener("change", look);
  window.addEventListener("pageshow", look);
  look();
}
