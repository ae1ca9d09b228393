// The operator's headset: which microphone and speaker, how loud she is, ringing, and hearing herself.
// The microphone stays open while the desk is, so that a dead one is seen before a call and not in it.
"use strict";

const headset = (() => {
  const METER_MS = 100;
  const ECHO_SECONDS = 1;
  const TEST_SECONDS = 6;
  const RING = { tone: 425, on: 1, cycle: 4 }; // the ringing tone Ukrainian exchanges give
  const input = document.getElementById("telephone-input");
  const output = document.getElementById("telephone-output");
  const meter = document.getElementById("telephone-level");
  const sound = document.getElementById("telephone-sound");
  let context, stream, source, listener, ringing, fault = () => {};

  // Throws what getUserMedia throws: no permission, no device. `onFault` is told when the device goes away later.
  async function open(onFault) {
    fault = onFault;
    if (!navigator.mediaDevices) throw new Error("no microphone without a safe page");
    const chosen = localStorage.getItem("telephone-input");
    const fresh = await listenTo(chosen).catch((refusal) => (chosen ? listenTo("") : Promise.reject(refusal)));
    stream?.getTracks().forEach((track) => track.stop());
    stream = fresh;
    stream.getAudioTracks()[0].addEventListener("ended", () => fault());
    await fillChoices();
    showLevel();
    await speakTo(localStorage.getItem("telephone-output") || "");
  }

  function close() {
    stream?.getTracks().forEach((track) => track.stop());
    source?.disconnect();
    stream = source = listener = undefined;
    meter.value = 0;
  }

  function listenTo(device) {
    const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    if (device) wanted.deviceId = { exact: device };
    return navigator.mediaDevices.getUserMedia({ audio: wanted });
  }

  async function fillChoices() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    for (const [select, kind] of [[input, "audioinput"], [output, "audiooutput"]]) {
      const found = devices.filter((device) => device.kind === kind && device.deviceId && device.deviceId !== "default");
      select.replaceChildren(select.options[0], ...found.map((device) => new Option(device.label, device.deviceId)));
      select.value = localStorage.getItem(select.id) || "";
      if (select.selectedIndex < 0) select.value = "";
    }
  }

  async function speakTo(device) {
    try {
      await sound.setSinkId?.(device);
      await context.setSinkId?.(device);
    } catch {
      localStorage.removeItem("telephone-output"); // it is plugged in no more
    }
  }

  function showLevel() {
    context ??= new AudioContext();
    source?.disconnect();
    source = context.createMediaStreamSource(stream);
    listener = context.createAnalyser();
    listener.fftSize = 1024;
    source.connect(listener);
  }

  function level() {
    if (!listener) return;
    const samples = new Float32Array(listener.fftSize);
    listener.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    meter.value = Math.max(0, 100 + 20 * Math.log10(Math.sqrt(power) + 1e-6) * 1.6); // about -60 dB is 0
  }

  // A browser lets a page sound only after a touch of it; until then the first key wakes it.
  function wake() {
    if (context?.state === "suspended") context.resume();
  }

  function ring(on) {
    clearInterval(ringing);
    ringing = undefined;
    if (!on || !context) return;
    wake();
    const once = () => {
      const tone = context.createOscillator();
      const loud = context.createGain();
      tone.frequency.value = RING.tone;
      loud.gain.value = 0.25;
      tone.connect(loud).connect(context.destination);
      tone.start();
      tone.stop(context.currentTime + RING.on);
    };
    once();
    ringing = setInterval(once, RING.cycle * 1000);
  }

  function test() {
    if (!source) return;
    wake();
    const echo = context.createDelay(ECHO_SECONDS);
    echo.delayTime.value = ECHO_SECONDS;
    source.connect(echo).connect(context.destination);
    setTimeout(() => echo.disconnect(), TEST_SECONDS * 1000);
  }

  // A copy of what the microphone says, for one call: muting it leaves the others alone.
  const voice = () => stream.clone();

  function play(remote) {
    sound.srcObject = remote;
  }

  input?.addEventListener("change", async () => {
    localStorage.setItem(input.id, input.value);
    await open(fault).then(() => document.dispatchEvent(new Event("headset:changed")), fault);
  });
  output?.addEventListener("change", () => {
    localStorage.setItem(output.id, output.value);
    speakTo(output.value);
  });
  navigator.mediaDevices?.addEventListener("devicechange", () => stream && fillChoices());
  for (const touch of ["keydown", "pointerdown"]) document.addEventListener(touch, wake);
  setInterval(level, METER_MS);

  return { open, close, ring, test, voice, play };
})();
