// What this browser keeps of the accounts: the first part of the function that the page runs once for
// "Your account". Nothing of it is sent anywhere until something is predicted.

const KEPT = "viral-accounts";
const SET_ASIDE = "viral-accounts-unread";
const DRAFT = "viral-account-draft";
const COUNTS = ["views", "likes", "comments", "shares", "saves"];
const LONGEST_NAME = 80;
let accounts = [];
let chosen = ""; // the name of the account in use; empty for none
let unread = ""; // what was kept and could not be read, as it stood
let unkept = ""; // "full" or "blocked": why the browser keeps nothing

const isCount = (value) =>
  value === null || value === undefined || (Number.isFinite(value) && value >= 0);
const isText = (value) => value === null || value === undefined || typeof value === "string";

function isPost(post) {
  return (
    Boolean(post) &&
    typeof post === "object" &&
    [...COUNTS, "duration_s"].every((name) => isCount(post[name])) &&
    ["posted_at", "caption"].every((name) => isText(post[name]))
  );
}

function isAccount(one) {
  return (
    Boolean(one) &&
    typeof one === "object" &&
    typeof one.name === "string" &&
    one.name.trim() !== "" &&
    one.name.length <= LONGEST_NAME &&
    isCount(one.followers) &&
    isText(one.platform) &&
    isText(one.time_zone) &&
    Array.isArray(one.posts) &&
    one.posts.every(isPost)
  );
}

// Returns the accounts in a text that this page wrote, what it keeps or one account in a file, and
// whether all of it could be read.
function accountsIn(text) {
  try {
    const kept = JSON.parse(text);
    const alone = Array.isArray(kept.posts) && kept.version === 1 ? [kept] : null;
    const found = Array.isArray(kept.accounts) ? kept.accounts : alone;
    if (found === null) return { accounts: [], whole: false, chosen: "" };
    const names = new Set();
    const good = found.filter((one) => {
      if (!isAccount(one) || names.has(one.name)) return false;
      names.add(one.name);
      return true;
    });
    const whole = good.length === found.length;
    return { accounts: good, whole, chosen: names.has(kept.chosen) ? kept.chosen : "" };
  } catch (error) {
    return { accounts: [], whole: false, chosen: "" };
  }
}

const written = (some) => JSON.stringify({ chosen, accounts: some });

function readKept() {
  let text = null;
  try {
    text = localStorage.getItem(KEPT);
    unread = localStorage.getItem(SET_ASIDE) || "";
  } catch (error) {
    unkept = "blocked";
    return;
  }
  if (text === null) return;
  const found = accountsIn(text);
  accounts = found.accounts;
  chosen = found.chosen;
  if (found.whole) return;
  // What a person wrote in here by hand is theirs: it is set aside, not written over.
  unread = text;
  try {
    localStorage.setItem(SET_ASIDE, text);
    localStorage.setItem(KEPT, written(accounts));
  } catch (error) {
    unkept = "full";
  }
}

function writeKept() {
  try {
    if (accounts.length) localStorage.setItem(KEPT, written(accounts));
    else localStorage.removeItem(KEPT);
    unkept = "";
  } catch (error) {
    unkept = error.name === "SecurityError" ? "blocked" : "full";
  }
}

function dropUnread() {
  unread = "";
  try {
    localStorage.removeItem(SET_ASIDE);
  } catch (error) {
    // It could not have been kept there either.
  }
}

// What is being typed outlives a reload of this tab.
function keepDraft(draft) {
  try {
    if (draft) sessionStorage.setItem(DRAFT, JSON.stringify(draft));
    else sessionStorage.removeItem(DRAFT);
  } catch (error) {
    // It stays on the page.
  }
}

function keptDraft() {
  try {
    const draft = JSON.parse(sessionStorage.getItem(DRAFT) || "null");
    return draft && Array.isArray(draft.rows) ? draft : null;
  } catch (error) {
    return null;
  }
}

const inUse = () => accounts.find((one) => one.name === chosen) || null;

function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
