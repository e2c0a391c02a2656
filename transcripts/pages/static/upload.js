// Uploads a file by the tus protocol (https://tus.io, 1.0.0), in pieces, each sent again until it has arrived.
// Where the file goes is remembered in this browser, so that the same file, chosen again, goes on where it stopped.
const SMALLEST = 512 * 1024, LARGEST = 8 * 1024 * 1024, TUS = { "tus-resumable": "1.0.0" };
const FIRST_PAUSE = 1000, LONGEST_PAUSE = 30000;

const place = document.querySelector("[data-upload]");
const form = place.closest("form"), chosen = place.querySelector("[type=file]"), id = place.querySelector("[name=upload]");
const box = place.querySelector(".sent"), what = box.querySelector(".what"), bar = box.querySelector("progress"), how = box.querySelector(".how");
const waiting = form.querySelector(".waiting");
let current = null; // the upload under way
let wantsToSend = false, isSent = false;

chosen.addEventListener("change", () => { if (chosen.files.length) begin(chosen.files[0]); });
box.querySelector("[data-does=forget]").addEventListener("click", forget);
form.addEventListener("submit", event => {
  if (current && !current.isDone) {
    event.preventDefault();
    wantsToSend = true;
    waiting.textContent = "Wird abgeschickt, sobald die Datei ganz da ist.";
  } else if (isSent) event.preventDefault(); // pressed twice
  else isSent = true;
});
addEventListener("pageshow", () => { isSent = false; });
// The address has room for a whole mail, and is still sent off by the return key, as in a field of one line.
form.elements.url.addEventListener("keydown", event => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
addEventListener("beforeunload", event => { if (current && !current.isDone) event.preventDefault(); });

async function begin(file) {
  current?.stop.abort();
  const upload = current = { file, stop: new AbortController(), isDone: false };
  chosen.value = "";
  box.hidden = false;
  what.textContent = `${file.name} (${sizeOf(file.size)})`;
  tell(0, "");
  try {
    const url = await placeFor(upload);
    if (current !== upload) return;
    id.value = url.split("/").pop();
    await send(upload, url);
  } catch (error) {
    if (current !== upload || upload.stop.signal.aborted) return;
    current = null;
    wantsToSend = false;
    id.value = waiting.textContent = "";
    what.textContent = error instanceof Refused ? error.message : "Die Datei ließ sich nicht hochladen. Bitte noch einmal auswählen.";
    how.textContent = "";
    bar.hidden = true;
  }
}

// Says no for good; the message is for people.
class Refused extends Error {}

// Where this file goes: where it went before, or a new place.
async function placeFor(upload) {
  const kept = localStorage.getItem(keyOf(upload.file));
  if (kept && (await patiently(upload, () => ask("HEAD", kept, {}, upload))).ok) return kept;
  const metadata = { "upload-length": String(upload.file.size), "upload-metadata": `filename ${base64(upload.file.name)}` };
  const answer = await patiently(upload, () => ask("POST", place.dataset.to, metadata, upload));
  if (!answer.ok) throw new Refused(await answer.text());
  const url = new URL(answer.headers.get("location"), location.href).pathname;
  localStorage.setItem(keyOf(upload.file), url);
  return url;
}

async function send(upload, url) {
  const { file } = upload;
  let size = SMALLEST;
  let position = await arrived(upload, url);
  const begun = { at: performance.now(), position };
  while (position < file.size) {
    tell(position / file.size, timeLeft(begun, position, file.size));
    const piece = file.slice(position, position + size), sentAt = performance.now();
    const headers = { "upload-offset": String(position), "content-type": "application/offset+octet-stream" };
    const answer = await attempt(() => ask("PATCH", url, headers, upload, piece));
    if (answer?.ok) {
      position = Number(answer.headers.get("upload-offset"));
      size = fitting(size, performance.now() - sentAt);
    } else if (answer && [404, 413, 415].includes(answer.status)) {
      localStorage.removeItem(keyOf(file));
      throw new Refused(await answer.text());
    } else {
      await pause(upload, upload.failures = (upload.failures ?? 0) + 1);
      position = await arrived(upload, url);
      continue;
    }
    upload.failures = 0;
  }
  upload.isDone = true;
  localStorage.removeItem(keyOf(file));
  tell(1, "Die Datei ist da.");
  if (wantsToSend) form.requestSubmit();
}

// How much has arrived, as the other side knows it.
async function arrived(upload, url) {
  const answer = await patiently(upload, () => ask("HEAD", url, {}, upload));
  if (!answer.ok) {
    localStorage.removeItem(keyOf(upload.file));
    throw new Refused("Die hochgeladene Datei ist nicht mehr da. Bitte noch einmal auswählen.");
  }
  return Number(answer.headers.get("upload-offset"));
}

// Until there is an answer that trying again would not change.
async function patiently(upload, request) {
  for (let failures = 1; ; failures++) {
    const answer = await attempt(request);
    if (answer && answer.status < 500 && answer.status !== 429) return answer;
    await pause(upload, failures);
  }
}

async function ask(method, url, headers, upload, body) {
  const answer = await fetch(url, { method, body, headers: { ...TUS, ...headers }, signal: upload.stop.signal });
  if (![401, 403].includes(answer.status)) return answer;
  throw new Refused("Die Anmeldung gilt nicht mehr. Bitte in einem anderen Fenster anmelden und dieselbe Datei noch einmal auswählen.");
}

// The answer, or null where the line broke.
async function attempt(request) {
  try {
    return await request();
  } catch (error) {
    if (error instanceof Refused) throw error;
    return null;
  }
}

// Pieces take some seconds each, so that a slow line shows its progress and loses little.
function fitting(size, milliseconds) {
  if (milliseconds < 4000) return Math.min(LARGEST, 2 * size);
  return milliseconds > 15000 ? Math.max(SMALLEST, size / 2) : size;
}

function pause(upload, failures) {
  upload.stop.signal.throwIfAborted();
  how.textContent = "Keine Verbindung. Es geht von selbst weiter.";
  const milliseconds = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done, { once: true });
    upload.stop.signal.addEventListener("abort", () => reject(upload.stop.signal.reason), { once: true });
    function done() { clearTimeout(timer); resolve(); }
  });
}

function forget() {
  const address = id.value && place.dataset.to + id.value;
  if (address) fetch(address, { method: "DELETE", headers: TUS }).catch(() => {});
  if (current) localStorage.removeItem(keyOf(current.file));
  current?.stop.abort();
  current = null;
  wantsToSend = false;
  id.value = waiting.textContent = "";
  box.hidden = true;
  bar.hidden = false;
}

function tell(share, text) {
  bar.hidden = false;
  bar.value = 100 * share;
  how.textContent = text || `${Math.floor(100 * share)} %`;
}

function timeLeft(begun, position, size) {
  const seconds = (performance.now() - begun.at) / 1000, rate = (position - begun.position) / seconds;
  const percent = `${Math.floor(100 * position / size)} %`;
  if (!(rate > 0) || seconds < 3) return percent;
  const minutes = Math.ceil((size - position) / rate / 60);
  return `${percent}, noch etwa ${minutes} ${minutes === 1 ? "Minute" : "Minuten"}`;
}

function keyOf(file) { return `upload ${file.name} ${file.size} ${file.lastModified}`; }
function sizeOf(bytes) {
  const [divisor, unit] = bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  return `${new Intl.NumberFormat("de", { maximumFractionDigits: 1 }).format(bytes / divisor)} ${unit}`;
}
function base64(text) { return btoa(String.fromCharCode(...new TextEncoder().encode(text))); }
