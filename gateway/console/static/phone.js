// How long a text is on the air and how the phone shows it, while it is written. The service counts
// the same (gateway/console/phone.py, flows/gsm7.py, flows/rendering.py); a test compares the two.
"use strict";
const Phone = (() => {
  const BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  const EXTENSION = "\f^{}\\[~]|€";
  const known = new Set(BASIC + EXTENSION), extended = new Set(EXTENSION);
  const table = new Map();
  const each = (from, to) => [...from].forEach((sign, at) => table.set(sign, [...to][at]));
  const all = (from, to) => [...from].forEach((sign) => table.set(sign, to));
  each("çâêëîïôûÿ", "caeeiiouy");
  each("ÀÁÂÃÈÊËÌÎÏÒÔÕÙÛŸ", "AAAAEEEIIIOOOUUY");
  each("áíóúýÍÓÚÝ", "aiouyIOUY");
  Object.entries({œ: "oe", Œ: "OE", ã: "an", õ: "on"}).forEach(([a, b]) => table.set(a, b));
  all("«»“”„", '"'); all("’‘‚`´", "'"); all("–—‐‑−", "-"); all("\u00a0\u202f\u2007\u2009", " ");
  Object.entries({"…": "...", "°": "o", "²": "2", "•": "-", "\t": " ", "\u200b": "", "\ufeff": "",
    ɛ: "è", Ɛ: "E", ɔ: "ò", Ɔ: "O", ɲ: "ny", Ɲ: "Ny", ŋ: "ng", Ŋ: "Ng", ɣ: "gh", Ɣ: "Gh",
    š: "sh", Š: "Sh", ʃ: "sh", ž: "zh", Ž: "Zh", ʒ: "zh"}).forEach(([a, b]) => table.set(a, b));
  each("ɓɗƴɠƁƊƳƓ", "bdygBDYG");
  each("ăǝəḍḥḷṣṭẓĂƎḌḤḶṢṬẒ", "aeedhlstzAEDHLSTZ");

  const carried = (text) => [...text].every((sign) => known.has(sign));
  const septets = (text) => carried(text) ? [...text].reduce((n, s) => n + (extended.has(s) ? 2 : 1), 0) : null;
  const put = (text) => [...text].map((sign) => table.has(sign) ? table.get(sign) : sign).join("");
  const bare = (sign) => put(sign.normalize("NFD").replace(/\p{M}/gu, (m) => combines(m) ? "" : m));
  const combines = (mark) => /\p{Mn}/u.test(mark);
  function safe(text) {
    const composed = text.normalize("NFC");
    if (carried(composed)) return composed;
    const respelt = [...put(composed)].filter((s) => !combines(s)).map((s) => known.has(s) ? s : bare(s)).join("");
    return carried(respelt) ? respelt : composed;
  }
  const tidy = (text) => [...text.replace(/\r\n?|\f/g, "\n").normalize("NFC")]
    .filter((s) => s === "\n" || s === "\t" || !/\p{C}/u.test(s)).join("");
  function spellSign(sign) {
    const spelt = safe(sign);
    if (septets(spelt) !== null || /[\p{L}\p{M}\p{N}]/u.test(sign)) return spelt;
    return /\s/.test(sign) ? " " : "*";
  }
  function spell(text) {
    const whole = safe(tidy(text));
    return septets(whole) !== null ? whole : [...whole].map(spellSign).join("");
  }
  function fits(text, limit) {
    const size = septets(text);
    return size !== null ? size <= limit : text.length <= Math.floor(limit * 7 / 16);
  }
  function pages(text, limit = 140) {
    const waiting = [];
    for (const line of spell(text).split("\n")) {
      let between = "\n";
      for (const word of line.split(/\s+/)) if (word) { waiting.push([between, word]); between = " "; }
    }
    waiting.reverse();
    const filled = [];
    while (waiting.length) {
      const [between, piece] = waiting.pop();
      const longer = filled.length ? filled[filled.length - 1] + between + piece : piece;
      const signs = [...piece];
      if (fits(longer, limit)) { if (filled.length) filled[filled.length - 1] = longer; else filled.push(longer); }
      else if (fits(piece, limit) || signs.length <= 1) filled.push(piece);
      else {
        for (let at = signs.length - 1; at > 0; at--) waiting.push(["", signs[at]]);
        waiting.push([between, signs[0]]);
      }
    }
    return filled.length ? filled : [""];
  }
  function parts(text) {
    const wide = septets(text) === null;
    const weigh = (s) => wide ? s.length : extended.has(s) ? 2 : 1;
    const [single, part] = wide ? [70, 67] : [160, 153];
    let whole = 0, used = 0, count = 1;
    for (const sign of text) {
      const weight = weigh(sign);
      whole += weight;
      if (used + weight > part) { count += 1; used = 0; }
      used += weight;
    }
    return whole <= single ? 1 : count;
  }
  // No telephone number is kept: eight digits, or eleven with 223; receipts and dates stay.
  const damm = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978", "3674209581",
    "5869720134", "8945362017", "9438617205", "2581436790"];
  const agrees = (digits) => [...digits].reduce((sum, one) => damm[sum][one], 0) === "0";
  const dialled = (groups) => {
    const digits = groups.join("");
    if (groups.length === 1 && digits.length > 8) return true;
    if (digits.length === 8) return !"01".includes(digits[0]);
    return digits.length === 11 && digits.startsWith("223");
  };
  const withoutNumbers = (words) => words.replace(/\+?\d+(?:[ .\-\u00a0]{1,2}\d+)*/g, (said) => {
    const groups = [...said.matchAll(/\d+/g)], digits = groups.map((one) => one[0]).join("");
    const plain = /^[\d .\-\u00a0]*$/.test(said.replace(/^\+/, "")) ? digits : "";
    const isReceipt = plain.length === 12 && agrees(plain) && groups.every((one) => one[0].length !== 8);
    if (plain.length < 8 || isReceipt || /^[0-3]?\d([.-])[01]?\d\1(19|20)\d\d$/.test(said)) return said;
    if (said.startsWith("+") || plain.startsWith("00")) return "[numero]";
    let first = -1, last = -1;
    for (let from = 0; from < groups.length; from++)
      for (let to = from + 1; to <= groups.length; to++)
        if (dialled(groups.slice(from, to).map((one) => one[0]))) {
          if (first < 0 || from < first) first = from;
          last = Math.max(last, to - 1);
        }
    if (first < 0) return said;
    return said.slice(0, groups[first].index) + "[numero]" + said.slice(groups[last].index + groups[last][0].length);
  });
  return {septets, segments: parts, spell, pages, safe,
    look(written) {
      const text = withoutNumbers(written);
      const spelt = spell(text), size = septets(spelt);
      return {pages: text.trim() ? pages(text) : [], size: size === null ? spelt.length : size,
        parts: spelt ? parts(spelt) : 0, wide: size === null};
    }};
})();
if (typeof module !== "undefined") module.exports = Phone;

if (typeof document !== "undefined") {
  document.querySelectorAll(".nojs").forEach((one) => { one.hidden = true; });
  // Of each text that is written for the speaker.
  document.querySelectorAll("form.write").forEach((form) => {
    const words = form.querySelector("textarea"), phone = form.querySelector(".phone");
    const choose = form.querySelector("select[name=template]");
    const at = (part) => phone.querySelector("." + part);
    const show = () => {
      const seen = Phone.look(words.value);
      at("size").value = seen.size;
      at("parts").value = seen.parts;
      at("screens").value = seen.pages.length;
      at("wide").hidden = !seen.wide;
      at("glass").replaceChildren(...seen.pages.map((text) => {
        const item = document.createElement("li"), screen = document.createElement("pre");
        screen.textContent = `${text}\n9 ${phone.dataset.more}\n0 ${phone.dataset.out}`;
        item.append(screen);
        return item;
      }));
    };
    words.addEventListener("input", show);
    let last = "";
    if (choose) choose.addEventListener("change", () => {
      if (!choose.value || (words.value.trim() && words.value !== last)) return;
      words.value = last = choose.value;
      show();
      const from = last.indexOf("[");
      words.focus();
      if (from >= 0) words.setSelectionRange(from, last.indexOf("]", from) + 1);
    });
    show();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!found) return;
    event.preventDefault();
    if (found.tagName === "TEXTAREA") { found.focus(); found.scrollIntoView({block: "center"}); }
    else if (!found.closest("details:not([open])")) found.click();
    else { found.closest("details").open = true; found.scrollIntoView({block: "center"}); }
  });
}
