/* The page: which phones lie on the table, and one long question for all that reaches them. */
(function () {
  'use strict';

  var AGAIN_MS = 3000, PATIENCE_S = 20, MOST = 8;
  var page = document.getElementById('page');
  var table = document.getElementById('phones');
  var model = document.querySelector('#model .place');
  var wire = new window.Wire(page.getAttribute('data-network'));
  var network = { service_code: '*123#', sender: '36000' };
  var phones = [], since = 0, question = null;

  function list(nodes) {
    return Array.prototype.slice.call(nodes);
  }

  function shorts() {
    return phones.map(function (phone) {
      return phone.number;
    });
  }

  function asked() {
    var named = location.hash.slice(1) || page.getAttribute('data-defaults');
    return named.split(',').filter(function (short, place, all) {
      return rowOf(short) && all.indexOf(short) === place;
    }).slice(0, MOST);
  }

  function rowOf(short) {
    return /^\d{4}$/.test(short) ? document.querySelector('tr[data-short="' + short + '"]') : null;
  }

  /* What reaches the phones */

  function watch() {
    if (question) {
      question.onreadystatechange = null;
      question.abort();
    }
    if (!phones.length) {
      return;
    }
    question = wire.get('/phones/inbox', { number: shorts(), since: since, wait: PATIENCE_S }, heard);
  }

  function heard(body) {
    question = null;
    if (!body) {
      document.body.classList.add('away');
      setTimeout(watch, AGAIN_MS);
      return;
    }
    document.body.classList.remove('away');
    since = body.next;
    phones.forEach(function (phone) {
      body.letters.forEach(function (letter) {
        if (letter.number.slice(-4) === phone.number) {
          phone.hear(letter);
        }
      });
      phone.mark(Object.keys(body.read).reduce(function (read, number) {
        return number.slice(-4) === phone.number ? body.read[number] : read;
      }, 0));
    });
    watch();
  }

  /* Which phones lie there */

  function lay(short) {
    var place = model.cloneNode(true), phone = new window.Phone(place, wire, network);
    var choice = place.querySelector('.choice');
    choice.addEventListener('change', function () {
      give(phone, choice.value);
      changed();
    });
    place.querySelector('.away').addEventListener('click', function () {
      phone.leave();
      phones.splice(phones.indexOf(phone), 1);
      table.removeChild(place);
      changed();
    });
    place.querySelector('.mischief').addEventListener('change', function (event) {
      phone.misbehave(event.target.value);
    });
    phones.push(phone);
    table.appendChild(place);
    give(phone, short);
    return phone;
  }

  function give(phone, short) {
    var row = rowOf(short);
    phone.root.className = 'place ' + row.getAttribute('data-colour');
    phone.root.querySelector('.name').textContent = row.getAttribute('data-name');
    phone.root.querySelector('.role').textContent = short + ' · ' + row.getAttribute('data-role');
    phone.root.querySelector('.choice').value = short;
    phone.lcd.setAttribute('aria-label', 'Écran du téléphone ' + short);
    phone.hold(short);
  }

  function changed() {
    var taken = shorts();
    location.hash = taken.join(',');
    phones.forEach(function (phone) {
      list(phone.root.querySelectorAll('.choice option')).forEach(function (option) {
        option.disabled = option.value !== phone.number && taken.indexOf(option.value) >= 0;
      });
    });
    document.getElementById('more').disabled = phones.length >= MOST;
    since = 0;
    watch();
  }

  function another(short) {
    if (phones.length < MOST && shorts().indexOf(short) < 0) {
      lay(short);
      changed();
    }
    phones[shorts().indexOf(short)].focus();
  }

  function unused() {
    return list(document.querySelectorAll('tr[data-short]')).map(function (row) {
      return row.getAttribute('data-short');
    }).filter(function (short) {
      return shorts().indexOf(short) < 0;
    })[0];
  }

  function addButtons() {
    list(document.querySelectorAll('tr[data-short]')).forEach(function (row) {
      var cell = row.insertCell(-1), button = document.createElement('button');
      button.type = 'button';
      button.textContent = 'prendre';
      button.addEventListener('click', function () {
        another(row.getAttribute('data-short'));
        window.scrollTo(0, 0);
      });
      cell.appendChild(button);
    });
  }

  function begin(body) {
    network.service_code = body ? body.service_code : network.service_code;
    network.sender = body ? body.sender : network.sender;
    document.querySelector('.code').textContent = network.service_code;
    document.querySelector('.sender').textContent = network.sender;
    asked().forEach(lay);
    changed();
    if (phones.length) {
      phones[0].focus();
    }
  }

  document.getElementById('guide').hidden = false;
  document.getElementById('more').addEventListener('click', function () {
    another(unused());
  });
  setInterval(function () {
    phones.forEach(function (phone) {
      phone.tick();
    });
  }, 500);
  addButtons();
  wire.get('/phones', {}, begin);
}());
