// SPDX-License-Identifier: AGPL-3.0-or-later
// Shows what is pushed and opens its page; it answers no request and keeps nothing.

self.addEventListener("push", (event) => {
  const told = event.data?.json() ?? {};
  event.waitUntil(
    self.registration.showNotification(told.title ?? "Loa", {
      tag: told.tag,
      lang: "vi",
      data: { url: told.url ?? "/thong-bao/" },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, self.location.origin);
  if (url.origin === self.location.origin) {
    event.waitUntil(self.clients.openWindow(url.href));
  }
});
