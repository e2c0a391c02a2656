// The player: seeking, speed, captions, and the buttons below the picture.

const media = document.querySelector("video, audio");
const button = (does) => document.querySelector(`.player [data-does="${does}"]`);
const speed = document.querySelector('[data-does="speed"]');
const REMEMBERED = "mitschnitt-tempo";

export const seconds = () => media.currentTime;
export const isPlaying = () => !media.paused && !media.ended;
export const on = (event, hear) => media.addEventListener(event, hear);
export const play = () => media.play().catch(() => {});
export const toggle = () => (isPlaying() ? media.pause() : play());

export const seek = (aim) => {
  const go = () => { media.currentTime = Math.max(0, aim); };
  if (media.readyState > 0) go();
  else media.addEventListener("loadedmetadata", go, { once: true });
};

export const toggleCaptions = () => {
  const track = media.textTracks[0];
  if (track) track.mode = track.mode === "showing" ? "hidden" : "showing";
};

const captions = document.querySelector('[data-does="captions"]');

const setSpeed = (value) => {
  media.playbackRate = Number(value);
  speed.value = value;
  try { localStorage.setItem(REMEMBERED, value); } catch { /* a private window keeps nothing */ }
};

export const changeSpeed = (by) => {
  const option = speed.options[speed.selectedIndex + by];
  if (option) setSpeed(option.value);
};

const rememberedSpeed = () => {
  try { return localStorage.getItem(REMEMBERED); } catch { return null; }
};

export const startPlayer = () => {
  button("back").addEventListener("click", () => seek(media.currentTime - 10));
  button("on").addEventListener("click", () => seek(media.currentTime + 10));
  button("play").addEventListener("click", toggle);
  captions?.addEventListener("click", toggleCaptions);
  media.textTracks.addEventListener("change", () => {
    captions?.setAttribute("aria-pressed", String(media.textTracks[0]?.mode === "showing"));
  });
  speed.addEventListener("change", () => setSpeed(speed.value));
  const wanted = rememberedSpeed();
  if (wanted && [...speed.options].some((option) => option.value === wanted)) {
    media.defaultPlaybackRate = Number(wanted);
    setSpeed(wanted);
  }
  const show = () => {
    button("play").textContent = isPlaying() ? "Anhalten" : "Abspielen";
    document.documentElement.classList.toggle("playing", isPlaying());
  };
  for (const event of ["play", "pause", "ended"]) on(event, show);
};
