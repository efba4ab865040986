"use strict";
// The conversation without reloading. Without this file every part of the page still works.
(() => {
  const $ = (id) => document.getElementById(id);
  const form = $("ui-form"), turns = $("ui-turns"), box = $("ui-q"), panel = $("ui-panel");
  const version = new URL(document.currentScript.src).searchParams.get("v");
  const STORE = "haicap." + version; // another version may draw answers otherwise
  const MAX_TURNS = 20, WIDE = matchMedia("(min-width: 1000px)"), CALM = matchMedia("(prefers-reduced-motion: reduce)");
  const LOST = "Không kết nối được với máy chủ. Bạn kiểm tra mạng rồi thử lại.";
  const live = form && window.fetch && panel.showModal; // else: the shared page, or an old browser
  document.documentElement.classList.add("js");

  // ---- memory of this tab
  const recall = (key) => { try { return JSON.parse(sessionStorage.getItem(STORE + key)); } catch { return null; } };
  const remember = (key, value) => { try { sessionStorage.setItem(STORE + key, JSON.stringify(value)); } catch { /* private mode */ } };
  const say = (text) => { $("ui-status").textContent = text; };

  // ---- asking
  let busy = null;

  async function ask(question) {
    if (busy) return;
    const turn = newTurn(question);
    box.value = "";
    onInput();
    await answerInto(turn, question);
  }

  async function answerInto(turn, question) {
    busy = new AbortController();
    $("ui-send").setAttribute("aria-disabled", "true");
    try {
      const answer = await fetchAnswer(question, turn.querySelector(".pending__text"));
      turn.lastElementChild.outerHTML = answer.html;
      remember("conversation", answer.conversation_id);
      turn.scrollIntoView(); // the page may have been too short before
      say("Đã có câu trả lời. " + (turn.querySelector(".answer__text p")?.innerText ?? ""));
      saveTurns();
    } catch (error) {
      if (error.name !== "AbortError") showError(turn, question, error);
    }
    busy = null;
    $("ui-send").removeAttribute("aria-disabled");
  }

  function newTurn(question) {
    const turn = $("ui-turn").content.cloneNode(true).firstElementChild;
    turn.querySelector(".question").textContent = question;
    turn.dataset.question = question;
    turns.append(turn);
    $("ui-intro").hidden = true;
    $("ui-new").hidden = false;
    turn.scrollIntoView({ behavior: CALM.matches ? "auto" : "smooth" });
    return turn;
  }

  async function fetchAnswer(question, pending) {
    const body = JSON.stringify({ question, conversation_id: recall("conversation") });
    const response = await post("/api/ask/stream?view=html", body);
    if (response.body && response.body.getReader) {
      try {
        return await readEvents(response.body.getReader(), pending);
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

  async function readEvents(reader, pending) {
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
    if (busy) return;
    if (box.value === question) { box.value = ""; onInput(); }
    button.closest(".notice").replaceWith($("ui-turn").content.querySelector(".pending").cloneNode(true));
    box.focus();
    answerInto(turn, question);
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
    $("ui-intro").hidden = Boolean(turns.children.length);
    $("ui-new").hidden = !turns.children.length;
    if (served) {
      remember("conversation", served.dataset.conversation);
      saveTurns();
      history.replaceState(null, "", "/"); // a reload shows the conversation and asks nothing again
      served.closest(".turn").scrollIntoView();
    }
  }

  function startAfresh() {
    busy?.abort();
    turns.replaceChildren();
    remember("turns", []);
    remember("conversation", null);
    $("ui-intro").hidden = false;
    $("ui-new").hidden = true;
    closePanel();
    box.focus();
  }

  // ---- the question box
  function onInput() {
    const length = [...box.value].length, max = Number(box.dataset.max), count = $("ui-count");
    count.hidden = length < max * 0.8;
    count.textContent = `${length}/${max} ký tự`;
    remember("draft", box.value);
  }

  function onKey(event) {
    const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing; // typing Vietnamese composes
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
    $("ui-name").textContent = $("ui-document").querySelector("h1").textContent;
    showPanel();
    highlight(anchor);
  }

  async function fetchDocument(path) {
    const response = await fetch(path);
    if (!response.ok) throw new Error(response.status);
    return new DOMParser().parseFromString(await response.text(), "text/html").querySelector("article.document");
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
    const body = answer.querySelector(".answer__text"), folds = [...body.querySelectorAll(".more:not([open])")];
    for (const fold of folds) fold.open = true; // what is folded has no innerText
    const parts = [...body.children].flatMap((part) => part.matches(".more") ? [...part.children] : [part]);
    const text = parts.map((part) => part.innerText).join("\n\n");
    for (const fold of folds) fold.open = false;
    return [question, text, ...(sources.length ? ["Nguồn:\n" + sources.join("\n")] : [])].join("\n\n");
  }

  async function copy(text, button) {
    try { await navigator.clipboard.writeText(text); } catch { copyOldWay(text); }
    flash(button, "Đã sao chép");
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
    if (!navigator.share) return copy(url, button).then(() => { button.textContent = "Đã sao chép liên kết"; });
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
    share: (button, answer) => share(answer, button),
    print: (button, answer) => printOne(answer),
    retry,
    close: closePanel,
    afresh: startAfresh,
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
  restoreTurns();
  if (!box.value) { box.value = recall("draft") || ""; onInput(); }
})();
