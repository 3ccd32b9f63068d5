/* Keeps one page for the moment when there is no network: a page that cannot be loaded then says so itself. */
const name = 'letao-offline-1'

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(name).then((cache) => cache.add('/offline.html')))
})
self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((keys) => Promise.all(keys.filter((key) => key !== name).map((key) => caches.delete(key)))),
  )
})
self.addEventListener('fetch', (event) => {
  if (event.request.mode !== 'navigate') return
  event.respondWith(fetch(event.request).catch(() => caches.match('/offline.html')))
})
