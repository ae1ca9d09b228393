// The operator's telephone: JsSIP over /ws. It rings, is answered, held, muted and hung up; it can dial nothing.
// What happens is told on `document`: phone:ringing {key, did}, phone:answered {key}, phone:ended {key},
// phone:state {registered, fault: "" | "elsewhere" | "microphone" | "registration"}. News that stay away are the desk's
// to show. Asterisk asks after each telephone every 10 s; when it has not for too long, the line is dead, whatever the
// socket says.
"use strict";

(() => {
  const FAULTS = ["elsewhere", "microphone", "registration"]; // the first that holds is shown
  const AFTER_HANDING_OUT_MS = 15000; // so long Asterisk may not know a new account yet
  const RETRY_MS = 1000;
  const LOOK_MS = 1000;
  const bar = document.getElementById("telephone");
  const clock = document.getElementById("telephone-clock");
  const faults = new Set();
  let agent, session, key, handedOutAt, changing, given;
  let heardAt = 0; // of Asterisk; 0 while it owes no word

  // --- what the page shows ------------------------------------------------------------------------------------

  function show(state) {
    bar.dataset.state = state;
    for (const part of bar.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
  }

  function showIdle() {
    show(agent?.isRegistered() ? "ready" : faults.has("registration") ? "off" : "connecting");
  }

  function setFault(name, holds) {
    if (holds) faults.add(name);
    else faults.delete(name);
    const first = FAULTS.find((fault) => faults.has(fault)) || "";
    for (const banner of bar.querySelectorAll("[data-fault]")) banner.hidden = banner.dataset.fault !== first;
    tell("phone:state", { registered: Boolean(agent?.isRegistered()), fault: first });
  }

  function tell(name, detail) {
    document.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // --- the account --------------------------------------------------------------------------------------------

  async function begin() {
    setFault("elsewhere", false);
    show("connecting");
    await listen();
    try {
      given = await account();
      if (telephoneTab.isMine()) connect(given);
      else leave(); // it was taken meanwhile
    } catch {
      setFault("registration", true);
      show("off");
    }
  }

  // Another tab has the telephone now.
  function leave() {
    agent?.stop();
    agent = undefined;
    heardAt = 0;
    headset.close();
    for (const fault of FAULTS) setFault(fault, fault === "elsewhere");
    show("elsewhere");
  }

  async function takeHere() {
    bar.querySelector("[data-refused]").hidden = await telephoneTab.take();
  }

  const listen = () => headset.open(loseMicrophone).then(() => setFault("microphone", false), loseMicrophone);

  function loseMicrophone() {
    setFault("microphone", true);
  }

  async function account() {
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const answer = await fetch(bar.dataset.account, { method: "POST", headers });
    if (!answer.ok) throw new Error(`no telephone: ${answer.status}`);
    handedOutAt = Date.now();
    return answer.json();
  }

  function connect({ address, account, secret }) {
    agent?.stop();
    const socket = new URL(bar.dataset.socket, location.href);
    socket.protocol = socket.protocol.replace("http", "ws");
    const made = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(socket.href)],
      uri: `sip:${address}@${location.hostname}`,
      authorization_user: account,
      password: secret,
      register_expires: 60,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 4,
      user_agent: "Spilka",
    });
    const ours = (does) => (event) => agent === made && does(event); // one that was stopped has nothing to say
    made.on("registered", ours(() => setRegistered(true)));
    made.on("unregistered", ours(() => setRegistered(false)));
    made.on("disconnected", ours(() => setRegistered(false)));
    made.on("registrationFailed", ours(registerAgain));
    made.on("newRTCSession", ours(ring));
    made.on("newOptions", ours(() => setRegistered(true))); // it is answered by itself
    agent = made;
    made.start();
  }

  function setRegistered(registered) {
    heardAt = registered ? Date.now() : 0;
    setFault("registration", !registered);
    if (!session) showIdle();
  }

  // Nothing was heard of Asterisk for too long: said at once, and tried anew unless somebody is spoken to over it.
  function watch() {
    if (!heardAt || Date.now() - heardAt < 1000 * bar.dataset.silent) return;
    setRegistered(false);
    if (!session) connect(given);
  }

  // A new account takes Asterisk a second or two; one that is refused later has been taken by another log-in.
  function registerAgain() {
    const isNew = Date.now() - handedOutAt < AFTER_HANDING_OUT_MS;
    if (!isNew) setRegistered(false);
    const asking = agent;
    setTimeout(() => agent === asking && agent.isConnected() && agent.register(), isNew ? RETRY_MS : AFTER_HANDING_OUT_MS);
  }

  // --- a call -------------------------------------------------------------------------------------------------

  function ring({ originator, session: incoming, request }) {
    if (originator !== "remote" || session) return incoming.terminate({ status_code: 486 });
    session = incoming;
    telephoneTab.callBegins();
    key = request.getHeader("X-Spilka-Call") || "";
    session.on("peerconnection", ({ peerconnection }) => hear(peerconnection));
    session.on("icecandidate", ({ ready }) => setTimeout(ready, 300)); // no server is asked, so all are known by then
    session.on("confirmed", answered);
    session.on("hold", () => show("held"));
    session.on("unhold", () => show("talking"));
    session.on("muted", () => showMuted(true));
    session.on("unmuted", () => showMuted(false));
    session.on("ended", over);
    session.on("failed", over);
    document.getElementById("telephone-key").value = key;
    document.getElementById("transfer").replaceChildren();
    headset.ring(true);
    show("ringing");
    tell("phone:ringing", { key, did: Number(request.getHeader("X-Spilka-Did")) || null });
  }

  function hear(connection) {
    connection.addEventListener("track", (event) => headset.play(event.streams[0] || new MediaStream([event.track])));
  }

  function answered() {
    clock.dataset.since = new Date().toISOString();
    show("talking");
    tell("phone:answered", { key });
  }

  function over() {
    const ended = key;
    session = key = undefined;
    telephoneTab.callEnds();
    headset.ring(false);
    showMuted(false);
    showIdle();
    tell("phone:ended", { key: ended });
  }

  function showMuted(muted) {
    bar.querySelector("[data-phone=mute]").setAttribute("aria-pressed", String(muted));
  }

  // Another microphone was chosen in a call: the caller goes on hearing her.
  function changeVoice() {
    const sender = session?.connection?.getSenders().find((one) => one.track?.kind === "audio");
    const fresh = sender && headset.voice().getAudioTracks()[0];
    if (!fresh) return;
    fresh.enabled = sender.track.enabled;
    sender.replaceTrack(fresh);
  }

  // --- keys ---------------------------------------------------------------------------------------------------

  const press = {
    answer() {
      if (!session || session.isEstablished() || session.isInProgress() === false) return;
      headset.ring(false);
      try {
        session.answer({ mediaStream: headset.voice(), pcConfig: { iceServers: [] } });
      } catch {
        loseMicrophone();
      }
    },
    hangup: () => session?.terminate(),
    mute: () => (session?.isMuted().audio ? session.unmute({ audio: true }) : session?.mute({ audio: true })),
    hold() {
      if (!session?.isEstablished() || changing) return;
      changing = true;
      const settled = () => (changing = false);
      setTimeout(settled, 2000);
      if (session.isOnHold().local) session.unhold({}, settled);
      else session.hold({}, settled);
    },
    transfer: () => session?.isEstablished() && !session.isOnHold().local && press.hold(), // the form asks for the rest
    again: () => (session ? listen() : begin()),
    take: takeHere,
    test: () => headset.test(),
  };

  function onPress(event) {
    const button = event.target.closest("[data-phone]");
    if (button) press[button.dataset.phone]?.();
  }

  // The owner did not take the caller, or was not even called: he is hers again, once for each time.
  function takeBack() {
    const returned = document.querySelector("#transfer[data-back]");
    if (!returned || changing) return; // the next news of the page come soon
    returned.removeAttribute("data-back");
    if (session?.isOnHold().local) press.hold();
  }

  // A page that is left in a call leaves a caller behind.
  function warn(event) {
    if (session?.isEstablished()) event.preventDefault();
  }

  if (!bar) return;
  document.addEventListener("click", onPress);
  document.addEventListener("headset:changed", changeVoice);
  document.addEventListener("htmx:afterSettle", takeBack);
  window.addEventListener("beforeunload", warn);
  setInterval(watch, LOOK_MS);
  telephoneTab.want({ mine: begin, elsewhere: leave });
})();
