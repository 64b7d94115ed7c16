// Danger that waits for whoever is on call: the line at the top follows the server at once, and sounds once for what is new
// if its reader turned that on. Without this the line changes with the next page.
const place = document.querySelector("[data-paged]");
if (place instanceof HTMLElement) {
  const KEY = "continuo-paged";

  // Two short tones. A browser may hold them back until somebody pressed something on the page; then they are lost.
  const sound = async () => {
    const audio = new AudioContext();
    await audio.resume();
    for (const start of [0, 0.35]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = 880;
      volume.gain.value = 0.2;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + start);
      tone.stop(audio.currentTime + start + 0.2);
    }
    setTimeout(() => audio.close(), 1500);
  };

  // Of several tabs the first that shows it sounds.
  const hear = () => {
    const shown = place.firstElementChild;
    const digest = shown instanceof HTMLElement ? (shown.dataset.digest ?? "") : "";
    const known = localStorage.getItem(KEY) ?? "";
    if (digest === known) return;
    localStorage.setItem(KEY, digest);
    if (digest && place.dataset.sound === "on") sound().catch(() => {});
  };

  document.addEventListener("continuo:paged", (event) => {
    place.innerHTML = String(/** @type {CustomEvent} */ (event).detail);
    const frame = place.closest("aside");
    if (frame) frame.hidden = !place.firstElementChild;
    hear();
  });
  hear();
}
