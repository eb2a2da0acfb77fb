/* Typing with twelve keys: digits as they are, or letters by pressing a key several times. */
(function (global) {
  'use strict';

  var LETTERS = {
    '1': '.,?!\'-:1', '2': 'abcàç2', '3': 'deféèê3', '4': 'ghi4', '5': 'jkl5', '6': 'mnoô6',
    '7': 'pqrs7', '8': 'tuvùû8', '9': 'wxyz9', '0': ' 0', '*': '*+', '#': '#'
  };
  var SAME_KEY_MS = 900;

  function Typing(entry) {
    this.entry = entry;
    this.letters = false;
    this.last = { key: '', turn: 0, at: 0 };
  }

  Typing.prototype.press = function (key, now) {
    if (!this.letters) {
      this.insert(key);
      return;
    }
    var ring = LETTERS[key];
    var again = key === this.last.key && now - this.last.at < SAME_KEY_MS && ring.length > 1;
    var turn = again ? (this.last.turn + 1) % ring.length : 0;
    if (again) {
      this.erase();
    }
    this.insert(ring.charAt(turn));
    this.last = { key: key, turn: turn, at: now };
  };

  Typing.prototype.insert = function (sign) {
    var entry = this.entry, from = entry.selectionStart, to = entry.selectionEnd;
    entry.value = entry.value.slice(0, from) + sign + entry.value.slice(to);
    entry.selectionStart = entry.selectionEnd = from + sign.length;
  };

  Typing.prototype.erase = function () {
    var entry = this.entry, to = entry.selectionEnd;
    var from = entry.selectionStart === to ? Math.max(to - 1, 0) : entry.selectionStart;
    entry.value = entry.value.slice(0, from) + entry.value.slice(to);
    entry.selectionStart = entry.selectionEnd = from;
    this.last.key = '';
  };

  Typing.prototype.clear = function (words) {
    this.entry.value = words || '';
    this.entry.selectionStart = this.entry.selectionEnd = this.entry.value.length;
    this.last.key = '';
  };

  global.Typing = Typing;
}(window));
