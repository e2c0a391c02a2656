// Keeps the parts of the desk's pages that change by themselves current, without taking anything out of
// anybody's hands: while somebody types in it, or has chosen text, a part stays as it is.
const SOON = 2000, LATER = 15000, LONGEST = 30000;

for (const part of document.querySelectorAll("[data-live]")) keepCurrent(part);

function keepCurrent(part) {
  let shown = null, pause = SOON, timer = setTimeout(look, pause);
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) look();
  });

  async function look() {
    clearTimeout(timer);
    try {
      const answer = await fetch(part.dataset.live);
      if ([401, 403, 404].includes(answer.status) || answer.redirected) return location.reload();
      if (answer.ok) show(await answer.text());
      pause = answer.ok ? (part.querySelector(".running, .waiting, .retrying") ? SOON : LATER) : slower();
    } catch {
      pause = slower();
      say("Keine Verbindung. Es wird weiter versucht.");
    }
    if (!document.hidden) timer = setTimeout(look, pause);
  }

  function slower() { return Math.min(LONGEST, pause * 2); }

  function show(html) {
    if (html === shown || isInUse(part)) return;
    const before = words(part), focused = keyOf(document.activeElement, part);
    part.innerHTML = html;
    shown = html;
    if (focused) [...part.querySelectorAll("a, button")].find(each => keyOf(each, part) === focused)?.focus();
    const now = words(part);
    if (now !== before) say(now);
  }
}

// What a screen reader hears: how things stand, not every percent.
function words(part) { return [...part.querySelectorAll(".state, .message")].map(each => each.textContent).join(". "); }

function say(text) {
  const place = document.querySelector("[data-says]");
  if (place.textContent !== text) place.textContent = text;
}

function isInUse(part) {
  const chosen = getSelection();
  if (!chosen.isCollapsed && part.contains(chosen.anchorNode)) return true;
  return [...part.querySelectorAll("input, textarea")].some(each => each === document.activeElement || each.value !== each.defaultValue);
}

function keyOf(element, part) {
  return part.contains(element) && element !== part ? element.textContent.trim() + (element.href ?? "") : "";
}
