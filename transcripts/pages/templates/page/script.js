// Playing from a sentence, and finding a place by its address. The page reads well without this.
"use strict";
{
  const media = document.querySelector("video, audio");
  const sentences = [...document.querySelectorAll(".sentence")];
  const startOf = (element) => Number(element.dataset.start);
  let current = null;

  const sentenceAt = (seconds) => {
    let found = null;
    for (const sentence of sentences) {
      if (startOf(sentence) > seconds) break;
      found = sentence;
    }
    return found;
  };

  const isInView = (element) => {
    const box = element.getBoundingClientRect();
    return box.top >= 0 && box.bottom <= innerHeight;
  };

  // The text follows the voice only for someone who is reading along.
  const mark = (sentence) => {
    if (sentence === current) return;
    const isReadAlong = current && isInView(current) && !media.paused;
    if (current) current.removeAttribute("aria-current");
    if (sentence) sentence.setAttribute("aria-current", "true");
    if (sentence && isReadAlong && !isInView(sentence)) sentence.scrollIntoView({ block: "center" });
    current = sentence;
  };

  const seek = (seconds) => {
    const go = () => { media.currentTime = seconds; };
    if (media.readyState > 0) go();
    else media.addEventListener("loadedmetadata", go, { once: true });
    mark(sentenceAt(seconds));
  };

  // #s0007 is a sentence; ?t=55 and #t=55 a second, whose sentence may begin a little later within it.
  const addressedSeconds = () => {
    const named = document.getElementById(location.hash.slice(1));
    if (named && named.dataset.start) return startOf(named);
    const time = /^#t=([\d.]+)/.exec(location.hash) || /[?&]t=([\d.]+)/.exec(location.search);
    if (!time) return NaN;
    const seconds = parseFloat(time[1]);
    const begun = sentenceAt(seconds + 0.999);
    return begun ? Math.max(seconds, startOf(begun)) : seconds;
  };

  const goToAddress = () => {
    const seconds = addressedSeconds();
    if (isNaN(seconds) || Math.abs(media.currentTime - seconds) < 0.5) return;
    seek(seconds);
    if (current && !document.getElementById(location.hash.slice(1))) current.scrollIntoView({ block: "center" });
  };

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const place = event.target.closest("[data-start]");
    if (!place || (!place.hash && !getSelection().isCollapsed)) return;
    if (!place.closest("nav")) {
      event.preventDefault();
      history.replaceState(null, "", place.hash || "#" + place.id);
    }
    seek(startOf(place));
    media.play().catch(() => {});
  });

  const show = document.documentElement.classList;
  media.addEventListener("timeupdate", () => {
    if (media.currentTime > 0) mark(sentenceAt(media.currentTime + 0.05));
  });
  media.addEventListener("play", () => show.add("playing"));
  media.addEventListener("pause", () => show.remove("playing"));
  addEventListener("hashchange", goToAddress);
  show.add("scripted");
  goToAddress();
}
