// The operator's form: what is known appears beside what is typed. Everything works without it.
"use strict";
(() => {
  const desk = document.getElementById("intake");
  const form = desk && desk.querySelector("form.desk-form");
  if (!form) return;
  const at = (id) => document.getElementById(id);
  const field = (name) => form.elements[name];
  const typing = (one) => one.matches("input:not([type=radio]), textarea, select");

  const show = (known) => {
    at("place-back").textContent = known.place;
    at("label-back").textContent = known.label;
    at("promise-back").textContent = known.promise;
    at("count-back").textContent = known.count === null ? "" : known.count;
    at("private-back").hidden = !known.private;
    at("who-back").replaceChildren(...known.who.map(([digit, words]) => {
      const line = document.createElement("li");
      line.value = digit;
      line.textContent = words;
      return line;
    }));
    if (known.choices.length || !known.place) {
      at("place-choices").replaceChildren(...known.choices.map((one) => {
        const label = document.createElement("label");
        const radio = document.createElement("input");
        label.className = "choice";
        radio.type = "radio";
        radio.name = "chosen";
        radio.value = one.value;
        label.append(radio, ` ${one.name} (${one.cercle})`);
        return label;
      }));
    }
  };

  let asked = 0;
  let waiting = 0;
  const look = async () => {
    const turn = ++asked;
    const said = new FormData(form);
    ["words", "phone", "person"].forEach((name) => said.delete(name));
    try {
      const answer = await fetch(desk.dataset.look, { method: "POST", body: said });
      if (answer.ok && turn === asked) show(await answer.json());
    } catch { /* the line is down: the form is sent all the same later */ }
  };
  form.addEventListener("input", (event) => {
    const one = event.target;
    if (one.name === "place") at("place-choices").replaceChildren();
    if (["place", "category", "about", "chosen"].includes(one.name)) {
      clearTimeout(waiting);
      waiting = setTimeout(look, 350);
    }
    if (one.name === "answer") at("call-back").open = one.value === "2";
    if (one.name === "language") {
      const tongue = form.querySelector(`[data-tongue="${one.value}"]`) ? one.value : "fr";
      form.querySelectorAll("[data-tongue]").forEach((said) => {
        said.hidden = said.dataset.tongue !== tongue;
      });
    }
    const whole = { about: 1, answer: 1 }[one.name];
    if (whole && one.value.length === whole) {
      const next = { about: "answer", answer: "words" }[one.name];
      field(next).focus();
    }
  });

  at("to-private").addEventListener("submit", (event) => {
    const to = event.target.elements;
    to.place.value = field("place").value;
    to.language.value = field("language").value;
    ["words", "person", "phone"].forEach((name) => { field(name).value = ""; });
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    if (event.key === "p") at("to-private").requestSubmit();
    const button = at("counts").querySelector(`[data-key="${event.key}"]`);
    if (button) at("counts").requestSubmit(button);
  });
})();
