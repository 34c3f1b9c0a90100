"use strict";
// Everything here is an extra: each page works without it. It has no words of its own; the page brings them.
const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
