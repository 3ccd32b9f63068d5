/* In the page itself: asks for what the page is about to need while its scripts are still on their way.
   src/lib/early.ts hands the answers over. */
;(() => {
  const { pathname } = location
  const shoe = /^\/product\/(\d+)\/?$/.exec(pathname)
  /* A feed, how to ask for it, and which picture of its answer is the first that is seen. */
  const asks = []
  if (pathname === '/')
    asks.push(
      ['/banners', 'default', (banners) => banners[0].img_src],
      ['/gridList', 'default'],
      ['/brandList', 'default'],
      ['/sports', 'no-cache'],
    )
  if (shoe)
    asks.push(
      [`/products/detail?id=${shoe[1]}`, 'no-cache', ({ pictures, img }) => pictures[0] || img],
      ['/sports', 'no-cache'],
    )
  if (/^\/category(\/|$)/.test(pathname)) asks.push(['/oneCategory', 'default'])
  const early = {}
  window.letaoEarly = early
  for (const [path, cache, picture] of asks) {
    const url = new URL(`__API__${path}`, location.href).href
    const answer = fetch(url, { cache }).then((response) => {
      response.arrivedAt = Date.now()
      if (picture && response.ok)
        response
          .clone()
          .json()
          .then(({ data }) => {
            const image = new Image()
            image.fetchPriority = 'high'
            image.src = picture(data)
          })
          .catch(() => {})
      return response
    })
    answer.catch(() => {})
    early[url] = answer
  }
})()
