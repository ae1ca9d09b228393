// Of all tabs of this browser one has the telephone: the one that holds a Web Lock, which a browser takes from a tab
// that is closed or dies. The others say so, wait, and can take it; never while its tab is in a call. A tab that had it
// and is loaded again takes it again.
"use strict";

const telephoneTab = (() => {
  const TELEPHONE = "spilka-telephone";
  const CALL = "spilka-telephone-call";
  let told; // {mine(), elsewhere()}
  let isMine = false;
  let waiting; // aborts this tab's waiting
  let callEnded = () => {};

  async function want(listeners) {
    told = listeners;
    if (!navigator.locks) return told.mine();
    if (wasMine() && (await take())) return;
    wait();
    if ((await isHeld(TELEPHONE)) && !isMine) told.elsewhere();
  }

  const wasMine = () => sessionStorage.getItem(TELEPHONE) && performance.getEntriesByType("navigation")[0]?.type === "reload";

  // Whether this tab gets it: not out of a call.
  async function take() {
    if (await isHeld(CALL)) return false;
    waiting?.abort();
    hold({ steal: true });
    return true;
  }

  function wait() {
    waiting = new AbortController();
    hold({ signal: waiting.signal });
  }

  const hold = (how) => navigator.locks.request(TELEPHONE, how, keep).catch(lose);

  function keep() {
    isMine = true;
    sessionStorage.setItem(TELEPHONE, "mine");
    told.mine();
    return new Promise(() => {}); // until the tab goes or another takes it
  }

  function lose() {
    if (!isMine) return; // it only waited
    isMine = false;
    sessionStorage.removeItem(TELEPHONE);
    told.elsewhere();
    wait();
  }

  const isHeld = async (name) => (await navigator.locks.query()).held.some((lock) => lock.name === name);

  function callBegins() {
    navigator.locks?.request(CALL, () => new Promise((resolve) => (callEnded = resolve)));
  }

  return { want, take, isMine: () => isMine || !navigator.locks, callBegins, callEnds: () => callEnded() };
})();
