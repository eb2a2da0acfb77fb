// What makes pages quicker under the fingers. Everything works without it.
"use strict";
