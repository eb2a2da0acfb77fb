/* The way from this page to the phone network. Simple requests only: no preflight, old browsers. */
(function (global) {
  'use strict';

  function encode(fields) {
    var parts = [];
    Object.keys(fields).forEach(function (name) {
      [].concat(fields[name]).forEach(function (value) {
        parts.push(encodeURIComponent(name) + '=' + encodeURIComponent(value));
      });
    });
    return parts.join('&');
  }

  function parse(request) {
    try {
      return JSON.parse(request.responseText);
    } catch (error) {
      return null;
    }
  }

  function Wire(url) {
    this.url = url.replace(/\/$/, '');
  }

  /* done(body, status): body is null and status 0 when nobody answers. */
  Wire.prototype.send = function (method, path, fields, done) {
    var request = new XMLHttpRequest();
    var query = method === 'GET' ? '?' + encode(fields) : '';
    request.open(method, this.url + path + query);
    request.onreadystatechange = function () {
      if (request.readyState === 4 && done) {
        done(request.status === 200 ? parse(request) : null, request.status);
      }
    };
    if (method === 'POST') {
      request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
    }
    request.send(method === 'POST' ? encode(fields) : null);
    return request;
  };

  Wire.prototype.get = function (path, fields, done) {
    return this.send('GET', path, fields, done);
  };

  Wire.prototype.post = function (path, fields, done) {
    return this.send('POST', path, fields, done);
  };

  global.Wire = Wire;
}(window));
