INSERT INTO grid (id, name, img_src, link) VALUES
  (1, '运动', '/images/nav1.svg', '/category/1'),
  (2, '女鞋', '/images/nav2.svg', '/category/2'),
  (3, '男鞋', '/images/nav3.svg', '/category/3'),
  (4, '帆布', '/images/nav4.svg', '/category/4'),
  (5, '户外', '/images/nav5.svg', '/category/5'),
  (6, '新品', '/images/nav6.svg', '/product/1'),
  (7, '特惠', '/images/nav7.svg', '/product/3'),
  (8, '我的订单', '/images/nav8.svg', '/orders');
