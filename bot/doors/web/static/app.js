"use strict";
// The conversation without reloading. Without this file every part of the page still works.
(() => {
  const $ = (id) => document.getElementById(id);
  const form = $("ui-form"), turns = $("ui-turns"), box = $("ui-q"), panel = $("ui-panel");
  const version = new URL(document.currentScript.src).searchParams.get("v");
  const STORE = "haicap." + version; // another version may draw answers otherwise
  const MAX_TURNS = 20, WIDE = matchMedia("(min-width: 1000px)"), TOUCH = matchMedia("(pointer: coarse)");
  const SLOW_MS = 5_000, RETRY_MS = 20_000, IDLE_MS = 600_000, LOOK_MS = 15_000, MIN_LINES = 24; // of a window, in rem
  const SEARCHING = $("ui-turn")?.content.querySelector(".pending__text").textContent;
  const LOST = "Không kết nối được với máy chủ. Bạn kiểm tra mạng rồi thử lại.";
  const live = form && window.fetch && panel.showModal; // else: the shared page, or an old browser
  document.documentElement.classList.add("js");

  // ---- memory of this tab
  const recall = (key) => { try { return JSON.parse(sessionStorage.getItem(STORE + key)); } catch { return null; } };
  const remember = (key, value) => { try { sessionStorage.setItem(STORE + key, JSON.stringify(value)); } catch { /* private mode */ } };
  const say = (text) => { $("ui-status").textContent = text; };

  // ---- asking: one at a time, for a question may lean on the answer before it
  let busy = null, line = Promise.resolve();

  function ask(question) {
    const turn = newTurn(question);
    box.value = "";
    onInput();
    if (TOUCH.matches) box.blur(); // the keyboard hides half of the answer
    enqueue(turn, question);
  }

  function enqueue(turn, question) {
    if (busy) turn.querySelector(".pending__text").textContent = "Chờ trả lời xong câu trước…";
    line = line.then(() => turn.isConnected && answerInto(turn, question));
  }

  async function answerInto(turn, question) {
    const pending = turn.lastElementChild, words = pending.querySelector(".pending__text");
    let again; // pressed: what was asked is left, and asked anew
    do {
      again = false;
      const asking = busy = new AbortController();
      words.textContent = SEARCHING;
      pending.again = () => { again = true; asking.abort(); };
      const waits = showWaiting(pending);
      try {
        showAnswer(turn, await fetchAnswer(question, words, () => waits.forEach(clearTimeout)));
      } catch (error) {
        if (error.name !== "AbortError") showError(turn, question, error);
      }
      waits.forEach(clearTimeout);
      busy = null;
    } while (again);
  }

  // Nothing has come for a while: say so, and offer to ask anew without giving up.
  function showWaiting(pending) {
    const slow = pending.querySelector(".pending__slow"), button = pending.querySelector("button");
    slow.hidden = button.hidden = true;
    const tell = () => { slow.hidden = false; say(slow.textContent); };
    return [setTimeout(tell, SLOW_MS), setTimeout(() => { button.hidden = false; }, RETRY_MS)];
  }

  function showAnswer(turn, answer) {
    if (!turn.isConnected) return;
    turn.lastElementChild.outerHTML = answer.html;
    const shown = turn.lastElementChild;
    if (shown.querySelector(".masked")) { // as it is kept, so it is shown
      turn.querySelector(".question").textContent = turn.dataset.question = shown.dataset.question;
    }
    remember("conversation", answer.conversation_id);
    if (turn === turns.lastElementChild) turn.scrollIntoView(); // the page may have been too short before
    say(shown.dataset.heard);
    saveTurns();
  }

  function newTurn(question) {
    const turn = $("ui-turn").content.cloneNode(true).firstElementChild;
    turn.querySelector(".question").textContent = question;
    turn.dataset.question = question;
    turns.append(turn);
    kept = null;
    showState();
    say(SEARCHING);
    turn.scrollIntoView(); // at once: a smooth move would end where an answer has grown meanwhile
    return turn;
  }

  async function fetchAnswer(question, pending, heard) {
    const body = JSON.stringify({ question, conversation_id: recall("conversation") });
    const response = await post("/api/ask/stream?view=html", body);
    if (response.body && response.body.getReader) {
      try {
        return await readEvents(response.body.getReader(), pending, heard);
      } catch (error) {
        if (error.name === "AbortError" || error.problem) throw error;
      }
    }
    return (await post("/api/ask?view=html", body)).json(); // no streams here, or cut off by a proxy
  }

  async function post(url, body) {
    const response = await fetch(url, { method: "POST", body, headers: { "Content-Type": "application/json" }, signal: busy?.signal });
    if (!response.ok) throw problem(await response.json().catch(() => ({})));
    return response;
  }

  async function readEvents(reader, pending, heard) {
    const decoder = new TextDecoder();
    for (let buffer = "", text = ""; ;) {
      const { value, done } = await reader.read();
      if (done) throw new Error("cut off");
      buffer += decoder.decode(value, { stream: true });
      const events = buffer.split("\n\n");
      buffer = events.pop();
      for (const event of events) {
        const name = /^event: (.*)$/m.exec(event)?.[1];
        const data = JSON.parse(/^data: (.*)$/m.exec(event)[1]);
        if (name === "error") throw problem(data);
        if (name === "done") return data;
        text = data.state === "replaced" ? "" : text + (name === "delta" ? data.text : "");
        pending.textContent = text || data.text;
        if (text) heard();
      }
    }
  }

  const problem = (body) => Object.assign(new Error(body.detail || "Hệ thống gặp lỗi. Bạn thử lại sau ít phút."), { problem: body });

  function showError(turn, question, error) {
    const notice = $("ui-error").content.cloneNode(true).firstElementChild;
    notice.querySelector("p").textContent = error.problem ? error.message : LOST;
    turn.lastElementChild.replaceWith(notice);
    if (!box.value) { box.value = question; onInput(); }
    say(notice.querySelector("p").textContent);
  }

  function retry(button) {
    const turn = button.closest(".turn"), question = turn.dataset.question;
    if (box.value === question) { box.value = ""; onInput(); }
    button.closest(".notice").replaceWith($("ui-turn").content.querySelector(".pending").cloneNode(true));
    focusBox();
    enqueue(turn, question);
  }

  // ---- keeping the conversation while the tab lives
  function saveTurns() {
    const done = [...turns.querySelectorAll(".turn")].filter((turn) => turn.querySelector(".answer"));
    remember("turns", done.slice(-MAX_TURNS).map((turn) => turn.outerHTML));
  }

  function restoreTurns() {
    const saved = recall("turns") || [];
    const served = turns.querySelector(".answer");
    if (!served && turns.children.length) return;
    turns.insertAdjacentHTML("afterbegin", saved.join(""));
    showState();
    turns.lastElementChild?.scrollIntoView();
    if (served) {
      remember("conversation", served.dataset.conversation);
      saveTurns();
      history.replaceState(null, "", "/"); // a reload shows the conversation and asks nothing again
    }
  }

  // ---- a new conversation, which can be undone; the next person at a shared desk, which cannot
  const DESK = "haicap.desk"; // not of this tab alone: the machine is shared
  let kept = null, lastUsed = Date.now();
  const isShared = () => { try { return Boolean(localStorage.getItem(DESK)); } catch { return false; } };

  function showState() {
    const talking = Boolean(turns.children.length), shared = isShared();
    $("ui-main").classList.toggle("is-talking", talking);
    $("ui-new").hidden = !talking || shared;
    $("ui-next").hidden = !shared;
    $("ui-gone").hidden = !kept;
    $("ui-desk").hidden = !talking || shared;
    $("ui-shared").hidden = !shared;
    measureBars();
  }

  // What scrolls into view or takes the focus must not stop under the bars, whatever their height.
  // Where large letters leave few lines they do not stick at all.
  function measureBars() {
    const lines = innerHeight / parseFloat(getComputedStyle(document.documentElement).fontSize);
    document.documentElement.classList.toggle("is-cramped", lines < MIN_LINES);
    const height = (bar) => getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0;
    document.documentElement.style.setProperty("--over", height(document.querySelector(".top")) + "px");
    document.documentElement.style.setProperty("--under", height(form) + "px");
  }

  function clear() {
    busy?.abort();
    turns.replaceChildren();
    remember("turns", []);
    remember("conversation", null);
    form.querySelector("[name=c]")?.remove();
    closePanel();
  }

  function startAfresh() {
    const before = { turns: [...turns.children], conversation: recall("conversation") };
    clear();
    kept = before;
    showState();
    say("Đã xoá cuộc trò chuyện. Có thể khôi phục.");
    focusBox();
  }

  function undo() {
    if (!kept) return;
    turns.replaceChildren(...kept.turns.filter((turn) => turn.querySelector(".answer")));
    remember("conversation", kept.conversation);
    kept = null;
    saveTurns();
    showState();
    turns.lastElementChild?.scrollIntoView();
    say("Đã khôi phục cuộc trò chuyện.");
    focusBox();
  }

  function nextPerson() {
    try { localStorage.setItem(DESK, "1"); } catch { /* private mode */ }
    forget("Đã xoá hết. Mời người tiếp theo.");
    focusBox();
  }

  function forget(told) {
    clear();
    documents.clear();
    kept = null;
    box.value = "";
    onInput();
    showState();
    scrollTo(0, 0);
    say(told);
  }

  function ownMachine() {
    try { localStorage.removeItem(DESK); } catch { /* private mode */ }
    showState();
    focusBox();
  }

  function lookIdle() {
    if (!isShared() || Date.now() - lastUsed < IDLE_MS) return;
    lastUsed = Date.now();
    if (turns.children.length || kept || box.value) forget("Đã xoá vì 10 phút không ai dùng.");
  }

  // ---- the question box
  const focusBox = () => { if (!TOUCH.matches) box.focus(); }; // a keyboard over the page is for who taps the box

  function onInput() {
    const length = [...box.value].length, max = Number(box.dataset.max), count = $("ui-count");
    count.hidden = length < max * 0.8;
    count.textContent = `${length}/${max} ký tự`;
    remember("draft", box.value);
  }

  function onKey(event) {
    // Typing Vietnamese composes; Safari ends composing before the key, and says 229.
    const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
    if (sends) { event.preventDefault(); form.requestSubmit(); }
  }

  // ---- the document at the cited clause
  let opener = null;
  const documents = new Map();

  async function openDocument(link) {
    const url = new URL(link.href), anchor = decodeURIComponent(url.hash.slice(1));
    try {
      const article = documents.get(url.pathname) || await fetchDocument(url.pathname);
      documents.set(url.pathname, article);
      $("ui-document").replaceChildren(article.cloneNode(true));
    } catch { location.href = link.href; return; }
    opener = link;
    $("ui-open").href = link.href;
    $("ui-name").textContent = $("ui-document").querySelector("h2").textContent;
    showPanel();
    highlight(anchor);
  }

  async function fetchDocument(path) {
    const response = await fetch(path);
    if (!response.ok) throw new Error(response.status);
    const article = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("article.document");
    const title = article.querySelector("h1"), second = document.createElement("h2"); // the page has its own
    second.append(...title.childNodes);
    title.replaceWith(second);
    return article;
  }

  function showPanel() {
    if (panel.open) return;
    if (WIDE.matches) {
      panel.show();
      document.body.classList.add("beside");
    } else {
      panel.showModal();
      history.pushState({ panel: true }, ""); // the phone's back button closes it
    }
  }

  function highlight(anchor) {
    panel.querySelector(".is-target")?.classList.remove("is-target");
    const clause = [...panel.querySelectorAll(".passage")].find((passage) => passage.id === anchor);
    if (!clause) { $("ui-document").scrollTop = 0; $("ui-document").focus(); return; }
    clause.classList.add("is-target");
    clause.tabIndex = -1;
    clause.focus({ preventScroll: true });
    clause.scrollIntoView({ block: "start" });
  }

  function closePanel() {
    if (!panel.open) return;
    hidePanel();
    if (history.state?.panel) history.back();
  }

  function hidePanel() {
    if (!panel.open) return;
    panel.close();
    document.body.classList.remove("beside");
    opener?.focus();
  }

  // ---- buttons of an answer
  function asText(answer) {
    const question = answer.closest(".turn").querySelector(".question").innerText;
    const links = new Map([...answer.querySelectorAll(".source__place")].map((a) => [a.href, a.dataset.name]));
    const sources = [...links].map(([href, name]) => `${name}\n${href}`);
    const parts = [question, ...[...answer.querySelector(".answer__text").children].flatMap(partText)];
    return [...parts, ...(sources.length ? ["Nguồn:\n" + sources.join("\n")] : [])].join("\n\n");
  }

  function partText(part) {
    if (part.matches(".more")) return [...part.children].flatMap(partText);
    if (part.matches(".quote")) return quoted(part);
    const sign = part.matches("ol") ? (n) => `${n + 1}. ` : () => "- ";
    if (part.matches("ul, ol")) return [...part.children].map((item, n) => sign(n) + wordsOf(item)).join("\n");
    return wordsOf(part);
  }

  function wordsOf(node) { // what is folded has no innerText
    const copy = node.cloneNode(true);
    for (const end of copy.querySelectorAll("br")) end.replaceWith("\n");
    return copy.textContent.replace(/[^\S\n]+/g, " ").trim();
  }

  const quoted = (part) => [...part.querySelectorAll("blockquote p")].map(wordsOf).join("\n");

  function quoteText(button) {
    const part = button.closest(".quote, li"), place = part.querySelector(".source__place");
    const words = quoted(part);
    return [words.startsWith("“") ? words : `“${words}”`, place.dataset.name.replace(/^\[\d+\] /, ""), place.href].join("\n");
  }

  async function copy(text, button) {
    try { await navigator.clipboard.writeText(text); } catch { copyOldWay(text); }
    flash(button, button.dataset.done);
  }

  function copyOldWay(text) { // pages not served over https have no clipboard
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  function flash(button, text) {
    const before = button.textContent;
    button.textContent = text;
    say(text);
    setTimeout(() => { button.textContent = before; }, 2000);
  }

  async function share(answer, button) {
    const url = new URL("/tra-loi/" + answer.dataset.answer, location.href).href;
    const title = answer.closest(".turn").querySelector(".question").innerText;
    if (!navigator.share) return copy(url, button);
    try { await navigator.share({ title, url }); } catch { /* the person changed their mind */ }
  }

  function printOne(answer) {
    const turn = answer.closest(".turn");
    turn.classList.add("is-printing");
    document.body.classList.add("printing-one");
    window.print();
    document.body.classList.remove("printing-one");
    turn.classList.remove("is-printing");
  }

  async function sendFeedback(event) {
    const answer = event.target.closest(".answer"), fields = new FormData(event.target, event.submitter);
    event.preventDefault();
    const body = { useful: fields.get("useful") === "yes" };
    if (!body.useful) Object.assign(body, { reason: fields.get("reason"), comment: fields.get("comment") || null });
    try {
      await post(`/api/answers/${answer.dataset.answer}/feedback`, JSON.stringify(body));
      event.target.replaceChildren(Object.assign(document.createElement("p"), { className: "note", textContent: "Cảm ơn bạn đã góp ý." }));
      say("Cảm ơn bạn đã góp ý.");
      if (turns) saveTurns();
    } catch (error) { flash(event.submitter, error.problem ? error.message : LOST); }
  }

  // ---- wiring
  const actions = {
    copy: (button, answer) => copy(asText(answer), button),
    quote: (button) => copy(quoteText(button), button),
    share: (button, answer) => share(answer, button),
    print: (button, answer) => printOne(answer),
    retry,
    again: (button) => button.closest(".pending").again(),
    close: closePanel,
    afresh: startAfresh,
    undo,
    next: nextPerson,
    own: ownMachine,
  };

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const button = event.target.closest("[data-do]");
    if (button) return actions[button.dataset.do](button, button.closest(".answer"));
    const link = event.target.closest("a");
    if (!live || !link) return;
    if (link.dataset.ask) { event.preventDefault(); ask(link.dataset.ask); }
    else if (panel.contains(link) && link.getAttribute("href").startsWith("#")) { event.preventDefault(); highlight(decodeURIComponent(link.hash.slice(1))); }
    else if (link.closest(".answer") && link.hash && link.pathname.startsWith("/van-ban/")) { event.preventDefault(); openDocument(link); }
  });
  document.addEventListener("submit", (event) => { if (event.target.matches(".feedback")) sendFeedback(event); });
  if (!live) return;
  form.addEventListener("submit", (event) => { event.preventDefault(); if (box.value.trim()) ask(box.value.trim()); });
  box.addEventListener("input", onInput);
  box.addEventListener("keydown", onKey);
  panel.addEventListener("cancel", (event) => { event.preventDefault(); closePanel(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && panel.open) { event.preventDefault(); closePanel(); } });
  addEventListener("popstate", hidePanel);
  for (const kind of ["pointerdown", "keydown", "input", "wheel"]) addEventListener(kind, () => { lookIdle(); lastUsed = Date.now(); }, { passive: true });
  addEventListener("visibilitychange", lookIdle);
  setInterval(lookIdle, LOOK_MS);
  if (window.ResizeObserver) for (const bar of [form, document.querySelector(".top")]) new ResizeObserver(measureBars).observe(bar);
  restoreTurns();
  if (!box.value) { box.value = recall("draft") || ""; onInput(); }
})();
