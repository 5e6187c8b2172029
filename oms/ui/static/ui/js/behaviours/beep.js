/* A sound for each verdict (data-tone done, wait, late), different in pitch and in number: eyes stay on the parcel. */
const SOUNDS = { done: [[880, 0.08]], wait: [[440, 0.12], [440, 0.12]], late: [[196, 0.22], [165, 0.35]] };
const GAP = 0.06;
let audio;

export default function beep(element) {
  const notes = SOUNDS[element.dataset.tone];
  if (!notes || document.documentElement.dataset.sound === "off") return;
  audio ??= new AudioContext();
  audio.resume().then(() => {
    let at = audio.currentTime;
    for (const [pitch, length] of notes) {
      play(pitch, at, length);
      at += length + GAP;
    }
  });
}

function play(pitch, at, length) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.type = "square";
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0.12, at);
  volume.gain.exponentialRampToValueAtTime(0.001, at + length);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + length);
}
