// Shows what is understood of the agenda while somebody types it. Of what is pasted, lists, tables and links are kept.
const PAUSE = 400, LONGEST_PASTED = 60000;
const field = document.getElementById("agenda"), shown = document.getElementById("agenda-verstanden");
let timer = null, turn = 0;

field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, PAUSE); });
onClick("agenda-vorschau", show);
onClick("agenda-ordnen", async () => {
  field.value = await ask({ agenda: field.value, als: "geordnet" });
  await show();
});
field.addEventListener("paste", event => {
  const markup = plainMarkup(event.clipboardData.getData("text/html")), plain = event.clipboardData.getData("text/plain");
  if (!markup) return;
  event.preventDefault();
  ask({ agenda: markup, als: "zeilen" }).then(insert, () => insert(plain));
});

// Without an answer the button does what it does without scripts.
function onClick(id, does) {
  const button = document.getElementById(id);
  button.addEventListener("click", event => {
    if (button.dataset.failed) return;
    event.preventDefault();
    does().catch(() => { button.dataset.failed = "1"; button.click(); });
  });
}

async function show() {
  const mine = (turn += 1);
  clearTimeout(timer);
  const html = await ask({ agenda: field.value });
  if (mine === turn) shown.innerHTML = html;
}

async function ask(fields) {
  const answer = await fetch(shown.dataset.from, { method: "POST", body: new URLSearchParams(fields) });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  return answer.text();
}

function insert(text) {
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// The markup without anything but its shape; nothing where plain text says as much.
function plainMarkup(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  if (!page.querySelector("li, td, a[href]")) return "";
  for (const each of page.querySelectorAll("style, script, meta, link, head, title")) each.remove();
  for (const each of page.body.querySelectorAll("*")) {
    for (const { name } of [...each.attributes]) if (name !== "href") each.removeAttribute(name);
  }
  const markup = `<body>${page.body.innerHTML.replace(/<!--[^]*?-->/g, "")}</body>`;
  return markup.length > LONGEST_PASTED ? "" : markup;
}
