// A document's page: marks the paragraph of the address on the page's picture, and quotes paragraphs.

const article = document.getElementById("inhalt");
const dialog = document.querySelector("dialog.quote");
const link = document.getElementById("zitat-link");
const words = document.getElementById("zitat-text");
let opener = null;

const paragraphOf = (id) => (/^p\d{4,7}$/.test(id) ? document.getElementById(id) : null);

const mark = () => {
  document.querySelectorAll(".picture .wanted").forEach((each) => each.remove());
  const paragraph = paragraphOf(location.hash.slice(1));
  const picture = paragraph?.closest(".sheet").querySelector("svg");
  if (!picture || !paragraph.dataset.frames) return;
  for (const frame of paragraph.dataset.frames.split(";")) {
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    ["x", "y", "width", "height"].forEach((name, at) => rect.setAttribute(name, frame.split(" ")[at]));
    rect.classList.add("wanted");
    picture.append(rect);
  }
};

const textOf = (paragraph) => {
  const copy = paragraph.cloneNode(true);
  copy.querySelectorAll(".here, .like").forEach((each) => each.remove());
  return copy.textContent.trim();
};

const quote = (paragraph) => {
  const { title, facts, network, address } = article.dataset;
  const page = paragraph.closest(".sheet").querySelector("[data-page]")?.dataset.page;
  const said = textOf(paragraph);
  link.value = `${address.includes("://") ? address : location.origin + location.pathname}#${paragraph.id}`;
  dialog.querySelector("blockquote").textContent = said;
  const source = [title, facts, page && `S. ${page}`].filter(Boolean).join(", ");
  words.value = `„${said}“\n\n${network}: ${source}.\n${link.value}`;
  dialog.querySelector("output").value = "";
  const similar = dialog.querySelector("[data-similar]");
  similar.href = similar.dataset.similar + paragraph.id;
  opener = document.activeElement;
  dialog.show();
  link.focus();
};

const close = () => {
  dialog.close();
  opener?.focus({ preventScroll: true });
};

article.addEventListener("click", (event) => {
  const pressed = event.target.closest(".here");
  if (pressed) quote(pressed.parentElement);
});
dialog.addEventListener("click", async (event) => {
  const pressed = event.target.closest("button");
  if (pressed?.dataset.does === "close") close();
  if (!pressed?.dataset.copies) return;
  const field = document.getElementById(pressed.dataset.copies);
  field.select();
  try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
  dialog.querySelector("output").value = "Kopiert.";
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && dialog.open) close(); });
addEventListener("hashchange", mark);
mark();
