// What axe finds on the page. Contrast costs more than all other rules together, and depends on paint alone: it is asked
// of the elements whose paint was not seen before, on whatever page and at whatever width.
async ({ rules, seen }) => {
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
  const contrast = { runOnly: { type: "rule", values: ["color-contrast"] }, resultTypes: ["violations"] };
  const found = [
    // First, and at once: a live page puts new elements in the place of these while axe asks for the rest.
    ...(fresh.size ? [await axe.run({ include: [...fresh.values()] }, contrast)] : []),
    await axe.run(document, { ...rules, rules: { "color-contrast": { enabled: false } } }),
  ];
  const problems = found.flatMap(({ violations }) => violations).map(
    ({ id, help, nodes }) => `${id}: ${help} at ${nodes.slice(0, 3).map(({ target }) => target.join(" ")).join(", ")}`,
  );
  return { problems, fresh: [...fresh.keys()] };
}
