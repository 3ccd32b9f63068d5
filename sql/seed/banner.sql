INSERT INTO banner (id, img_src, link) VALUES
  (1, '/images/banner1.svg', '/product/1'),
  (2, '/images/banner2.svg', '/category/1'),
  (3, '/images/banner3.svg', '/product/5'),
  (4, '/images/banner4.svg', '/category/5');
