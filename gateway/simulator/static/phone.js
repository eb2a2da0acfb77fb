/* One basic phone: what it shows, and what each key does in each view. */
(function (global) {
  'use strict';

  var HURRY_SECONDS = 15;
  var NO_NETWORK = 'Pas de réseau. Le service est-il lancé ?';
  var WAITING = 'Demande en cours…';
  /* view: [left label, right label, is there something to type, letters first] */
  var VIEWS = {
    idle: ['Messages', 'Effacer', true, false],
    ussd: ['Envoyer', 'Effacer', true, false],
    wait: ['', '', false, false],
    note: ['OK', 'Retour', false, false],
    list: ['Écrire', 'Retour', false, false],
    letter: ['Répondre', 'Retour', false, false],
    write: ['Envoyer', 'Effacer', true, true]
  };

  function Phone(root, wire, network) {
    this.root = root;
    this.wire = wire;
    this.network = network;
    this.text = root.querySelector('.text');
    this.entry = root.querySelector('.entry');
    this.lcd = root.querySelector('.lcd');
    this.typing = new global.Typing(this.entry);
    this.number = '';
    this.listen();
  }

  Phone.prototype.hold = function (number) {
    this.leave();
    this.number = number;
    this.letters = [];
    this.seen = {};
    this.read = 0;
    this.turn = 0;
    this.home();
    this.wire.get('/phones/screen', { number: number }, this.resume.bind(this, number));
  };

  Phone.prototype.leave = function () {
    if (this.view === 'ussd' || this.view === 'wait') {
      this.wire.post('/phones/hangup', { number: this.number });
    }
  };

  Phone.prototype.resume = function (number, state) {
    if (!state || number !== this.number) {
      return;
    }
    this.root.querySelector('.mischief').value = mischiefOf(state);
    if (state.screen && this.view === 'idle') {
      this.screen(state.screen);
    }
  };

  function mischiefOf(state) {
    var on = Object.keys(state.misbehaves).filter(function (how) {
      return state.misbehaves[how];
    });
    return state.refuses ? 'optout' : on[0] || 'none';
  }

  /* Views */

  Phone.prototype.show = function (view, words) {
    var labels = VIEWS[view];
    this.view = view;
    this.lcd.className = 'lcd ' + view;
    this.entry.hidden = !labels[2];
    this.typing.letters = labels[3];
    this.typing.clear('');
    this.say(words);
    this.label(labels[0], labels[1]);
    this.tick();
  };

  Phone.prototype.say = function (words) {
    this.text.innerHTML = '';
    this.text.scrollTop = 0;
    this.text.appendChild(document.createTextNode(words || ''));
  };

  Phone.prototype.label = function (left, right) {
    this.lcd.querySelector('.left').textContent = left;
    this.lcd.querySelector('.right').textContent = right;
    this.root.querySelector('.mode').textContent = this.typing.letters ? 'abc' : '123';
    this.root.querySelector('.mode').hidden = this.entry.hidden;
  };

  Phone.prototype.home = function () {
    this.show('idle');
    this.welcome();
    this.settle();
  };

  Phone.prototype.welcome = function () {
    var unread = this.unread().length;
    if (this.view !== 'idle') {
      return;
    }
    if (unread) {
      this.say(unread === 1 ? '1 message reçu' : unread + ' messages reçus');
      this.label('Lire', 'Effacer');
    } else {
      this.say('+223 7000 ' + this.number + '\n\nComposez ' + this.network.service_code + '\npuis la touche verte');
      this.label(VIEWS.idle[0], VIEWS.idle[1]);
    }
  };

  Phone.prototype.list = function () {
    var phone = this;
    this.show('list', this.letters.length ? '' : 'Aucun message.');
    this.letters.slice().reverse().forEach(function (letter, place) {
      phone.text.appendChild(phone.row(letter, place));
    });
    this.choose(0);
  };

  Phone.prototype.row = function (letter, place) {
    var row = document.createElement('div');
    row.className = letter.seq > this.read ? 'row new' : 'row';
    row.textContent = (place + 1) + ' ' + letter.text;
    row.addEventListener('click', this.open.bind(this, letter));
    return row;
  };

  Phone.prototype.choose = function (place) {
    var rows = this.text.querySelectorAll('.row'), index;
    this.place = Math.max(0, Math.min(place, rows.length - 1));
    for (index = 0; index < rows.length; index += 1) {
      flag(rows[index], 'chosen', index === this.place);
    }
    if (rows.length) {
      this.text.scrollTop = rows[this.place].offsetTop - this.text.clientHeight / 2;
    }
  };

  Phone.prototype.open = function (letter) {
    var at = new Date(letter.at);
    this.show('letter', letter.text);
    this.text.setAttribute('data-head', 'De ' + letter.sender + ', ' + two(at.getHours()) + ':' + two(at.getMinutes()));
    this.read = Math.max(this.read, letter.seq);
    this.wire.post('/phones/read', { number: this.number, seq: letter.seq });
    this.mail();
  };

  Phone.prototype.write = function () {
    this.show('write', 'SMS à ' + this.network.sender);
  };

  /* Not every old browser knows the second argument of classList.toggle. */
  function flag(node, name, on) {
    node.classList[on ? 'add' : 'remove'](name);
  }

  function two(number) {
    return (number < 10 ? '0' : '') + number;
  }

  /* The network */

  Phone.prototype.ask = function (path, fields) {
    var phone = this;
    this.turn += 1;
    this.show('wait', WAITING);
    fields.number = this.number;
    this.wire.post(path, fields, function (turn, body, status) {
      if (turn !== phone.turn) {
        return;
      }
      if (body) {
        phone.screen(body.screen);
      } else {
        phone.show('note', status === 409 ? 'La session est finie.' : NO_NETWORK);
      }
      phone.focus();
    }.bind(null, this.turn));
  };

  Phone.prototype.screen = function (screen) {
    this.ends = Date.now() + screen.idle * 1000;
    this.show(screen.over ? 'note' : 'ussd', screen.text);
    flag(this.lcd, 'error', screen.error);
  };

  Phone.prototype.send = function () {
    var phone = this, words = this.entry.value;
    if (!words) {
      return;
    }
    this.wire.post('/phones/sms', { number: this.number, text: words }, function (body) {
      phone.show('note', body ? 'Message envoyé.' : NO_NETWORK);
      phone.focus();
    });
  };

  Phone.prototype.hear = function (letter) {
    if (this.seen[letter.seq]) {
      return;
    }
    this.seen[letter.seq] = true;
    if (letter.kind === 'sms') {
      this.letters.push(letter);
      this.ring(letter);
    } else if (this.view === 'ussd' && Date.now() >= this.ends - 1000) {
      this.show('note', letter.text);
    }
  };

  Phone.prototype.mark = function (read) {
    this.read = Math.max(this.read, read);
    this.mail();
    this.welcome();
  };

  Phone.prototype.ring = function (letter) {
    var body = this.root.querySelector('.phone');
    if (Date.now() - new Date(letter.at).getTime() < 10000) {
      body.classList.remove('rings');
      void body.offsetWidth; /* lets the animation start anew */
      body.classList.add('rings');
    }
  };

  Phone.prototype.unread = function () {
    var read = this.read;
    return this.letters.filter(function (letter) {
      return letter.seq > read;
    });
  };

  Phone.prototype.mail = function () {
    var count = this.unread().length, mail = this.root.querySelector('.mail');
    mail.hidden = !count;
    mail.textContent = '✉ ' + count;
  };

  Phone.prototype.misbehave = function (how) {
    var number = this.number, wire = this.wire;
    wire.post('/phones/optout', { number: number, on: how === 'optout' ? 1 : 0 });
    wire.post('/phones/misbehave', { number: number, how: 'none' }, function () {
      if (how !== 'none' && how !== 'optout') {
        wire.post('/phones/misbehave', { number: number, how: how });
      }
    });
  };

  /* Some mischief happens once: show that the line is normal again. */
  Phone.prototype.settle = function () {
    if (this.root.querySelector('.mischief').value !== 'none') {
      this.wire.get('/phones/screen', { number: this.number }, this.resume.bind(this, this.number));
    }
  };

  Phone.prototype.tick = function () {
    var left = Math.max(0, Math.ceil((this.ends - Date.now()) / 1000)), at = new Date();
    var clock = this.root.querySelector('.clock'), ussd = this.view === 'ussd';
    clock.textContent = ussd ? left + ' s' : two(at.getHours()) + ':' + two(at.getMinutes());
    flag(clock, 'hurry', ussd && left <= HURRY_SECONDS);
  };

  /* Keys */

  Phone.prototype.press = function (key) {
    var act = this[{ green: 'green', red: 'red', C: 'clear', soft: 'soft' }[key]];
    if (act) {
      act.call(this);
    } else if (key === 'up' || key === 'down') {
      this.move(key === 'up' ? -1 : 1);
    } else if (key === '#' && this.typing.letters) {
      this.mode();
    } else if (!this.entry.hidden) {
      this.typing.press(key, Date.now());
    } else if (this.view === 'list' && this.letters[this.letters.length - key]) {
      this.open(this.letters[this.letters.length - key]);
    }
  };

  Phone.prototype.green = function () {
    var words = this.entry.value;
    if (this.view === 'idle') {
      this.ask('/phones/dial', { code: words || this.network.service_code });
    } else if (this.view === 'ussd') {
      this.ask('/phones/answer', { text: words });
    } else if (this.view === 'list' && this.letters.length) {
      this.open(this.letters[this.letters.length - 1 - this.place]);
    } else {
      this.soft();
    }
  };

  Phone.prototype.red = function () {
    this.leave();
    this.turn += 1;
    this.home();
  };

  Phone.prototype.clear = function () {
    if (this.entry.value) {
      this.typing.erase();
    } else if (this.view === 'letter' || this.view === 'write') {
      this.list();
    } else if (this.view === 'list' || this.view === 'note') {
      this.home();
    }
  };

  Phone.prototype.soft = function () {
    var unread = this.unread();
    if (this.view === 'idle' && unread.length) {
      this.open(unread[0]);
    } else if (this.view === 'idle') {
      this.list();
    } else if (this.view === 'ussd') {
      this.green();
    } else if (this.view === 'list' || this.view === 'letter') {
      this.write();
    } else if (this.view === 'write') {
      this.send();
    } else if (this.view === 'note') {
      this.home();
    }
  };

  Phone.prototype.move = function (step) {
    if (this.view === 'list') {
      this.choose(this.place + step);
    } else {
      this.text.scrollTop += step * 34;
    }
  };

  Phone.prototype.mode = function () {
    this.typing.letters = !this.typing.letters;
    this.root.querySelector('.mode').textContent = this.typing.letters ? 'abc' : '123';
  };

  Phone.prototype.focus = function () {
    (this.entry.hidden ? this.lcd : this.entry).focus();
  };

  Phone.prototype.listen = function () {
    var phone = this;
    var body = this.root.querySelector('.phone');
    body.addEventListener('click', function (event) {
      var key = keyOf(event.target);
      if (key) {
        phone.press(key);
      }
      if (!global.matchMedia || !global.matchMedia('(pointer: coarse)').matches) {
        phone.focus();
      }
    });
    this.root.querySelector('.mode').addEventListener('click', this.mode.bind(this));
    body.addEventListener('keydown', this.command.bind(this));
    body.addEventListener('keypress', this.typed.bind(this));
  };

  function keyOf(node) {
    while (node && node.getAttribute && !node.getAttribute('data-key')) {
      node = node.parentNode;
    }
    return node && node.getAttribute ? node.getAttribute('data-key') : null;
  }

  /* A real keyboard: Enter, Escape and the arrows are keys of the phone. */
  Phone.prototype.command = function (event) {
    var key = { 13: 'green', 27: 'red', 38: 'up', 40: 'down' }[event.keyCode];
    var onButton = event.target.tagName === 'BUTTON', writing = event.target === this.entry;
    if (event.keyCode === 8 && !writing) {
      key = 'C';
    }
    if (!key || (onButton && key === 'green') || (writing && event.shiftKey)) {
      return;
    }
    event.preventDefault();
    this.press(key);
  };

  Phone.prototype.typed = function (event) {
    var sign = String.fromCharCode(event.charCode);
    if (event.target !== this.entry && /[0-9*#]/.test(sign)) {
      event.preventDefault();
      this.press(sign);
    }
  };

  global.Phone = Phone;
}(window));
