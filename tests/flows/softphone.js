({ address, account, secret }) => {
  // What a stranger could do with an operator's account: a SIP telephone that tries everything. JsSIP is there before.
  const uri = (user) => `sip:${user}@${location.hostname}`;
  const agent = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(`wss://${location.host}/ws`)],
    uri: uri(address), authorization_user: account, password: secret, session_timers: false,
  });
  const told = (resolve) => (event) => resolve((event.response || event.message)?.status_code || event.cause || "no socket");
  let incoming;
  agent.on("newRTCSession", ({ originator, session }) => originator === "remote" && (incoming = session));
  window.phone = {
    register: () => new Promise((resolve) => {
      agent.on("registered", () => resolve(200));
      agent.on("registrationFailed", told(resolve));
      agent.on("disconnected", () => resolve("no socket"));
      agent.start();
    }),
    again: () => new Promise((resolve) => {
      agent.on("registered", () => resolve(200));
      agent.on("registrationFailed", told(resolve));
      agent.register();
    }),
    call: (user) => new Promise((resolve) => {
      const eventHandlers = { failed: told(resolve), progress: () => resolve("rings"), confirmed: () => resolve(200) };
      agent.call(uri(user), { mediaConstraints: { audio: true }, eventHandlers });
    }),
    message: (user) => new Promise((resolve) => {
      agent.sendMessage(uri(user), "1", { eventHandlers: { succeeded: () => resolve(200), failed: told(resolve) } });
    }),
    isRung: () => Boolean(incoming),
    redirect: (user) => incoming.terminate({ status_code: 302, extraHeaders: [`Contact: <${uri(user)}>`] }),
    answer: () => new Promise((resolve) => {
      incoming.on("confirmed", () => resolve(200));
      incoming.answer({ mediaConstraints: { audio: true } });
    }),
    refer: (user) => new Promise((resolve) => {
      setTimeout(() => resolve("unanswered"), 3000);
      const eventHandlers = { requestFailed: told(resolve), requestSucceeded: () => resolve(202), accepted: () => resolve(202) };
      incoming.refer(uri(user), { eventHandlers });
    }),
  };
}
