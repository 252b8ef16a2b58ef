// SPDX-License-Identifier: AGPL-3.0-or-later
// Files that were chosen and have not arrived, kept in the browser: a page that was closed sends them when it is opened
// again. Where the browser keeps nothing (a private window) they wait in the page alone.

const NAME = "loa-waiting";

function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function opened() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(NAME, { autoIncrement: true }).createIndex("seed", "seed");
  };
  return answered(request);
}

async function inStore(mode, work) {
  let base = null;
  try {
    base = await opened();
    return await work(base.transaction(NAME, mode).objectStore(NAME));
  } catch {
    return null;
  } finally {
    base?.close();
  }
}

/** Keep a file until it has arrived; return what forgets it, or null where nothing is kept. */
export function keep(seed, file, about) {
  return inStore("readwrite", (store) => answered(store.add({ seed, file, about })));
}

/** Forget a file that arrived or was refused. */
export async function forget(key) {
  if (key !== null && key !== undefined) {
    await inStore("readwrite", (store) => answered(store.delete(key)));
  }
}

/** Return what still waits under a seed: {key, file, about}. */
export async function waiting(seed) {
  const found = await inStore("readonly", async (store) => {
    const index = store.index("seed");
    const [keys, values] = await Promise.all([answered(index.getAllKeys(seed)), answered(index.getAll(seed))]);
    return keys.map((key, at) => ({ key, ...values[at] }));
  });
  return found ?? [];
}
