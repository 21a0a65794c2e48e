// What axe finds on the page. Two of its rules cost more than all others together. Contrast depends on paint alone: it is
// asked of the elements whose paint was not seen before, on whatever page and at whatever width. Whether a finger finds
// its target is asked of what is small, or lies over something else that can be pressed.
async ({ rules, seen }) => {
  const FINGER = 24; // CSS pixels, WCAG 2.2's least
  // What another width has changed is shown first: a transition ends with a frame.
  for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame);
  const paints = new Map();
  const paint = (one) => {
    if (!one) return "";
    if (!paints.has(one)) {
      const css = getComputedStyle(one);
      const behind = [css.backgroundColor, css.backgroundImage, css.opacity, css.filter, css.mixBlendMode, css.position];
      // What has nothing behind its letters of its own lies on what its parent lies on.
      const own = css.position === "static" && behind.join() === "rgba(0, 0, 0, 0),none,1,none,normal,static";
      paints.set(one, own ? paint(one.parentElement) : `${paint(one.parentElement)} > ${behind.join()}`);
    }
    return paints.get(one);
  };
  const before = new Set(seen), fresh = new Map();
  for (const one of document.body.querySelectorAll("*")) {
    const spoken = [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!(spoken || one.matches("input, select, textarea")) || !one.checkVisibility()) continue;
    const css = getComputedStyle(one);
    const look = [css.color, css.fontSize, css.fontWeight, css.textShadow, one.matches(":disabled"), paint(one)].join("|");
    if (!before.has(look) && !fresh.has(look)) fresh.set(look, one);
  }
  // A bar that stays in sight covers a link by halves until a person scrolls: all stand where the page has them.
  const scrolled = window.scrollY;
  window.scrollTo({ top: 0, behavior: "instant" });
  const bars = [...document.body.querySelectorAll("*")].filter((one) => getComputedStyle(one).position === "sticky");
  const letStick = bars.map((one) => [one, one.style.position]);
  for (const bar of bars) bar.style.position = "relative";
  const targets = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [role], [tabindex]")]
    .filter((one) => one.checkVisibility()).map((one) => [one, one.getBoundingClientRect()]);
  const over = ([one, a], [other, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
    && !one.contains(other) && !other.contains(one);
  const tight = targets.filter((target) => target[1].width < FINGER || target[1].height < FINGER
    || targets.some((other) => over(target, other))).map(([one]) => one);
  const found = [];
  for (const [elements, rule] of [[[...fresh.values()], "color-contrast"], [tight, "target-size"]]) {
    const there = elements.filter((one) => one.isConnected); // a live page puts new ones in their place while axe asks
    const only = { ...rules, runOnly: { type: "rule", values: [rule] } };
    if (there.length) found.push(await axe.run({ include: there }, only));
  }
  // Hidden content is never found to be wrong, only put down for people to look at.
  const rest = Object.fromEntries(["color-contrast", "target-size", "hidden-content"].map((id) => [id, { enabled: false }]));
  found.push(await axe.run(document, { ...rules, rules: rest }));
  for (const [bar, position] of letStick) bar.style.position = position;
  window.scrollTo({ top: scrolled, behavior: "instant" });
  const problems = found.flatMap(({ violations }) => violations).map(
    ({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`).join("; ")}`,
  );
  return { problems, fresh: [...fresh.keys()] };
}
