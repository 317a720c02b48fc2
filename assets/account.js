// The second part of the function that the page runs once for "Your account": the strip, the editor and
// what the form says of the account in use. `props.value` is {account, ask}: the account in use as it is
// sent along with a prediction, and what the server is asked to read. `props.reply` is its answer.

const COLUMNS = [...COUNTS, "posted_at", "duration_s", "caption"];
const FIELDS = ["name", "platform", "followers", "time_zone"];
const SHOWN_AT_FIRST = 8;
const words = () => props.words || {};
const one = (selector) => element.querySelector(selector);
const field = (name) => one(`[data-field="${name}"]`);
let draft = null; // {was, name, platform, followers, zone, rows}: what is being typed
let showAll = false;
let sureOf = ""; // the account whose removal was pressed once
let asked = 0;
let saved = "";

const plural = (pair, count) => ((pair || [])[count === 1 ? 0 : 1] || "").replace("77", String(count));

function usual(posts) {
  const views = posts.slice(-10).map((post) => post.views).filter((count) => Number.isFinite(count));
  views.sort((a, b) => a - b);
  const middle = views.length / 2;
  if (!views.length) return null;
  return views.length % 2 ? views[Math.floor(middle)] : (views[middle - 1] + views[middle]) / 2;
}

function facts(account) {
  const views = usual(account.posts);
  const parts = [plural(words().some_posts, account.posts.length)];
  if (Number.isFinite(account.followers)) parts.push(fill(words().some_followers, { n: short(account.followers, words()) }));
  if (views !== null) parts.push(fill(words().usual, { n: short(views, words()) }));
  return parts.join(" · ");
}

function say(place, sentence) {
  place.textContent = sentence || "";
  place.hidden = !sentence;
}

// The rest of the page: the form's own fields make room for a line that says what is used in their place.
function tellThePage() {
  const account = inUse();
  const posts = account ? account.posts.length : 0;
  const said = posts ? plural(words().using, posts) : words().using_none;
  const line = account ? fill(said, { name: account.name }) : "";
  document.documentElement.toggleAttribute("data-account", Boolean(account));
  window.viralAccount = { line, change: words().change || "", stamp: account ? JSON.stringify(account) : "" };
  window.dispatchEvent(new Event("viral-account"));
}

function paint() {
  for (const place of element.querySelectorAll("[data-word]")) {
    place.textContent = words()[place.dataset.word] || "";
  }
  for (const place of element.querySelectorAll("[data-hint]")) place.placeholder = words()[place.dataset.hint] || "";
  one(".v-account").setAttribute("aria-label", words().heading || "");
  const account = inUse();
  const choose = one(".v-account-choose");
  choose.setAttribute("aria-label", words().choose || "");
  choose.hidden = accounts.length === 0;
  choose.replaceChildren(
    ...[...accounts.map((some) => [some.name, some.name]), ["", words().without]].map(
      ([value, label]) => new Option(label, value, false, value === chosen),
    ),
  );
  one(".v-account").dataset.state = account ? "used" : accounts.length ? "unused" : "none";
  one(".v-account-told").textContent = account ? facts(account) : words()[accounts.length ? "unused" : "lead"] || "";
  one('[data-do="edit"]').hidden = !account || draft !== null;
  one('[data-do="add"]').hidden = draft !== null;
  one('[data-do="add"]').textContent = words()[accounts.length ? "add_another" : "add"] || "";
  say(one(".v-account-kept"), unkept ? words()[`storage_${unkept}`] : "");
  one(".v-account-unread").hidden = !unread;
  paintEditor();
  tellThePage();
}

function clockOf(iso, zone) {
  if (!iso || !/(Z|[+-]\d\d:?\d\d)$/.test(iso)) return iso || "";
  try {
    const style = { dateStyle: "short", timeStyle: "short", timeZone: zone || "UTC" };
    return new Intl.DateTimeFormat("sv-SE", style).format(new Date(iso)).replace(" ", "T");
  } catch (error) {
    return iso.slice(0, 16);
  }
}

const typed = (value) => (value === null || value === undefined ? "" : String(value));

// A post as its row: text in every column, and what else is known of it beside.
const rowOf = (post) => ({ rest: post.sound ? { sound: post.sound } : {}, ...Object.fromEntries(COLUMNS.map((name) => [name, typed(post[name])])) });

function draftOf(account) {
  return {
    was: account.name,
    name: account.name,
    platform: account.platform || "unknown",
    followers: typed(account.followers),
    time_zone: account.time_zone || "UTC",
    rows: account.posts.map(rowOf).reverse(),
  };
}

function emptyDraft() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  const followers = (document.querySelector("#followers input, #followers textarea") || {}).value || "";
  return { was: "", name: "", platform: "unknown", followers, time_zone: zone, rows: [] };
}

function cellOf(row, index, name) {
  const input = document.createElement("input");
  input.dataset.row = index;
  input.dataset.column = name;
  input.setAttribute("aria-label", fill(words().cell, { column: words()[name], n: index + 1 }));
  input.autocomplete = "off";
  input.type = name === "posted_at" ? "datetime-local" : "text";
  if (name !== "caption" && name !== "posted_at") input.inputMode = "decimal";
  input.value = name === "posted_at" ? clockOf(row[name], draft.time_zone) : row[name];
  return input;
}

function paintRows() {
  const head = one(".v-account-posts thead tr");
  head.replaceChildren(
    ...[...COLUMNS, "remove_post"].map((name) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.dataset.column = name;
      cell.textContent = words()[name] || "";
      return cell;
    }),
  );
  const rows = showAll ? draft.rows : draft.rows.slice(0, SHOWN_AT_FIRST);
  one(".v-account-posts tbody").replaceChildren(
    ...rows.map((row, index) => {
      const line = document.createElement("tr");
      for (const name of COLUMNS) {
        const cell = document.createElement("td");
        cell.dataset.column = name;
        cell.dataset.label = words()[name] || "";
        cell.append(cellOf(row, index, name));
        line.append(cell);
      }
      const last = document.createElement("td");
      last.dataset.column = "remove_post";
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.do = "drop";
      button.dataset.row = index;
      button.textContent = "×";
      button.setAttribute("aria-label", fill(words().remove_one, { n: index + 1 }));
      last.append(button);
      line.append(last);
      return line;
    }),
  );
  one(".v-account-posts").hidden = draft.rows.length === 0;
  one(".v-account-all").hidden = showAll || draft.rows.length <= SHOWN_AT_FIRST;
  one(".v-account-all").textContent = fill(words().all, { n: draft.rows.length });
}

function paintEditor() {
  one(".v-account-editor").hidden = draft === null;
  if (draft === null) return;
  const platforms = words().platforms || [];
  field("platform").replaceChildren(...platforms.map(([label, value]) => new Option(label, value)));
  for (const name of FIELDS) if (field(name) !== document.activeElement) field(name).value = draft[name];
  const zones = one("datalist");
  if (!zones.children.length && Intl.supportedValuesOf) {
    zones.replaceChildren(...["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => new Option(zone, zone)));
  }
  one('[data-do="remove"]').hidden = !draft.was;
  one('[data-do="remove"]').textContent = words()[sureOf ? "remove_sure" : "remove"] || "";
  one('[data-do="to-file"]').hidden = !draft.was;
  paintRows();
}

function open(some) {
  draft = some;
  showAll = false;
  sureOf = "";
  say(one(".v-account-problem"), "");
  one(".v-account-said").textContent = "";
  paint();
  field(draft.was ? "followers" : "name").focus();
}

function close() {
  draft = null;
  keepDraft(null);
  paint();
  (one('[data-do="edit"]').hidden ? one('[data-do="add"]') : one('[data-do="edit"]')).focus();
}

function use(name) {
  chosen = name;
  writeKept();
  props.value = { account: inUse(), ask: null };
  paint();
  trigger("input");
}

function ask(request) {
  asked += 1;
  one(".v-account").setAttribute("aria-busy", "true");
  props.value = { account: inUse(), ask: { n: asked, lang: words().lang, ...request } };
  trigger("submit");
}

// A file that this page saved needs no reading by the server; every other one does.
async function takeFile(file) {
  say(one(".v-account-problem"), "");
  one(".v-account-said").textContent = words().reading || "";
  if (/\.json$/i.test(file.name) && file.size < 20e6) {
    const found = accountsIn(await file.text());
    if (found.accounts.length) {
      const others = accounts.filter((some) => !found.accounts.some((each) => each.name === some.name));
      accounts = [...others, ...found.accounts];
      draft = null;
      keepDraft(null);
      use(found.accounts[0].name);
      return undefined;
    }
  }
  try {
    const sent = await upload(file);
    if (!sent || !sent.path) throw new Error("no path");
    ask({ kind: "file", path: sent.path, platform: draft.platform, time_zone: draft.time_zone });
  } catch (error) {
    say(one(".v-account-problem"), words().upload_failed);
    one(".v-account-said").textContent = "";
  }
  return undefined;
}

function markSlip(slip) {
  const cell = slip.row === null ? field(slip.field) : null;
  if (slip.row !== null && slip.row >= SHOWN_AT_FIRST && !showAll) {
    showAll = true;
    paintRows();
  }
  const place = cell || one(`input[data-row="${slip.row}"][data-column="${slip.field}"]`);
  if (!place) return;
  place.setAttribute("aria-invalid", "true");
  place.focus();
}

// Posts that were read go above those that stand there, except where the same post stands there already.
function bring(posts) {
  const known = (row) => (row.posted_at ? `${row.posted_at}|${row.caption}` : JSON.stringify(row));
  const rows = posts.map(rowOf).reverse();
  const fresh = new Set(rows.map(known));
  draft.rows = [...rows, ...draft.rows.filter((row) => !fresh.has(known(row)))];
}

function answered() {
  const reply = props.reply;
  if (!reply || reply.n !== asked || reply.n === 0) return;
  one(".v-account").removeAttribute("aria-busy");
  one(".v-account-said").textContent = "";
  if (draft === null) return;
  say(one(".v-account-problem"), reply.problem);
  for (const place of element.querySelectorAll("[aria-invalid]")) place.removeAttribute("aria-invalid");
  if (reply.slip) markSlip(reply.slip);
  if (reply.problem) return;
  if (reply.posts) {
    bring(reply.posts);
    for (const name of ["platform", "followers"]) {
      if (reply[name] && (!draft[name] || draft[name] === "unknown")) draft[name] = String(reply[name]);
    }
    keepDraft(draft);
    one(".v-account-paste").hidden = true;
    one(".v-account-paste textarea").value = "";
    paintEditor();
    one(".v-account-said").textContent = reply.said || "";
  }
  if (reply.account) {
    const others = accounts.filter((some) => some.name !== draft.was && some.name !== reply.account.name);
    accounts = [...others, reply.account];
    draft = null;
    keepDraft(null);
    use(reply.account.name);
    (one('[data-do="edit"]')).focus();
  }
}

const kept = (name) => accounts.find((some) => some.name === name);
const fileName = (name) => `viral-${name.replace(/[^\p{L}\p{N}_-]+/gu, "-")}`;

const actions = {
  edit: () => open(draftOf(inUse())),
  add: () => {
    open(emptyDraft());
    const recent = (document.querySelector("#recent textarea, #recent input") || {}).value || "";
    if (recent.trim() && !accounts.length) ask({ kind: "text", text: recent, time_zone: draft.time_zone });
  },
  cancel: close,
  paste: (button) => {
    const place = one(".v-account-paste");
    place.hidden = !place.hidden;
    button.setAttribute("aria-expanded", String(!place.hidden));
    if (!place.hidden) place.querySelector("textarea").focus();
  },
  read: () => ask({ kind: "text", text: one(".v-account-paste textarea").value, time_zone: draft.time_zone }),
  row: () => {
    draft.rows.unshift(rowOf({}));
    paintRows();
    one('input[data-row="0"]').focus();
  },
  all: () => {
    showAll = true;
    paintRows();
    one(`input[data-row="${SHOWN_AT_FIRST}"]`).focus();
  },
  drop: (button) => {
    draft.rows.splice(Number(button.dataset.row), 1);
    keepDraft(draft);
    paintRows();
    (one(".v-account-posts tbody button") || one('[data-do="row"]')).focus();
  },
  save: () => {
    const taken = accounts.some((some) => some.name === draft.name.trim() && some.name !== draft.was);
    if (taken) {
      say(one(".v-account-problem"), fill(words().name_taken, { name: draft.name.trim() }));
      field("name").focus();
      return;
    }
    ask({ kind: "check", draft });
  },
  "to-file": () => download(`${fileName(draft.was)}.json`, JSON.stringify(kept(draft.was), null, 1)),
  remove: () => {
    if (sureOf !== draft.was) {
      sureOf = draft.was;
      paintEditor();
      return;
    }
    accounts = accounts.filter((some) => some.name !== draft.was);
    draft = null;
    keepDraft(null);
    use(accounts.length ? accounts[0].name : "");
    one('[data-do="add"]').focus();
  },
  "unread-save": () => download("viral-accounts-unread.txt", unread),
  "unread-drop": () => {
    dropUnread();
    paint();
  },
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button && actions[button.dataset.do]) actions[button.dataset.do](button);
});
element.addEventListener("change", (event) => {
  if (event.target.matches(".v-account-choose")) use(event.target.value);
  else if (event.target.matches("input[type=file]") && event.target.files.length) {
    takeFile(event.target.files[0]);
    event.target.value = "";
  } else if (event.target.matches('[data-field="time_zone"]')) paintRows();
});
element.addEventListener("input", (event) => {
  const { field: name, row, column } = event.target.dataset;
  event.target.removeAttribute("aria-invalid");
  if (name) draft[name] = event.target.value;
  else if (row !== undefined && column) draft.rows[Number(row)][column] = event.target.value;
  else return;
  keepDraft(draft);
});
window.addEventListener("storage", (event) => {
  if (event.key !== KEPT || draft !== null) return;
  readKept();
  props.value = { account: inUse(), ask: null };
  paint();
});
window.addEventListener("viral-account-edit", () => {
  if (draft === null && inUse()) actions.edit();
  element.scrollIntoView({ block: "start" });
});
watch("words", paint);
watch("reply", answered);
readKept();
draft = keptDraft();
props.value = { account: inUse(), ask: null };
paint();
if (inUse()) trigger("input");
