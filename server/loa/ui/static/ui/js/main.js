// SPDX-License-Identifier: AGPL-3.0-or-later
// What every page runs. Fragments that htmx brings are set up like the page itself.

import { choices } from "./choices.js";
import { connection } from "./connection.js";
import { dialogs } from "./dialogs.js";
import { events } from "./events.js";
import { leads } from "./leads.js";
import { listenings } from "./listen.js";
import { localTime, serverNow } from "./localtime.js";
import { players } from "./player.js";
import { readAloud } from "./readaloud.js";
import { refresh } from "./refresh.js";
import { scopes } from "./scopes.js";
import { tables } from "./tables.js";
import { toasts } from "./toasts.js";

function setUp(root) {
  choices(root);
  players(root);
  listenings(root);
}

setUp(document);
dialogs();
leads();
readAloud();
refresh();
scopes();
tables();
toasts();
connection(serverNow);
localTime();
events();
document.addEventListener("htmx:load", (event) => setUp(event.detail.elt.parentElement ?? document));
document.documentElement.dataset.ready = "1";
