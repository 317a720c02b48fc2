// What several scripts of the page put before themselves: numbers as people write and read them.

const fill = (sentence, values) =>
  (sentence || "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

// Returns a count that a person typed: `12.4K`, `1,7 mil`, `12 400`; NaN for anything else.
function number(typed) {
  const sizes = { k: 1e3, mil: 1e3, m: 1e6, mi: 1e6, mio: 1e6, b: 1e9 };
  const found = /^([\d.,\s]+?)\s*([a-z]*)$/i.exec(typed.trim());
  if (!found || (found[2] && !sizes[found[2].toLowerCase()])) return NaN;
  let digits = found[1].replace(/\s/g, "");
  if (/^\d{1,3}([.,]\d{3})+$/.test(digits)) digits = digits.replace(/[.,]/g, "");
  else digits = digits.replace(",", ".");
  return Number(digits) * (sizes[found[2].toLowerCase()] || 1);
}

// Returns a count in three figures, in the words of a language: `{lang, sizes: [[1000, "K"], ...]}`.
function short(count, language) {
  const size = (language.sizes || []).find(([least]) => count >= least * 0.9995);
  const scaled = size ? count / size[0] : count;
  const digits = size && scaled < 99.95 ? 1 : 0;
  const said = scaled.toLocaleString(language.lang, { maximumFractionDigits: digits, useGrouping: false });
  return size ? `${said} ${size[1]}` : said;
}
