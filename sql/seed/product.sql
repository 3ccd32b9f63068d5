INSERT INTO product (id, name, img, price_fen, old_price_fen) VALUES
  (1, '凌步 云弹缓震跑鞋', '/images/product1.svg', 49900, 69900),
  (2, '跃川 城市通勤慢跑鞋', '/images/product2.svg', 32900, 45900),
  (3, '追风 碳板竞速跑鞋', '/images/product3.svg', 129900, 159900),
  (4, '凌步 透气网面训练鞋', '/images/product4.svg', 27900, 39900),
  (5, '跃川 高帮实战篮球鞋', '/images/product5.svg', 59900, 79900),
  (6, '追风 轻量羽毛球鞋', '/images/product6.svg', 38900, 49900),
  (7, '素履 经典低帮帆布鞋', '/images/product7.svg', 15900, 19900),
  (8, '青禾 厚底小白鞋', '/images/product8.svg', 19999, 26900),
  (9, '山行 防水徒步鞋', '/images/product9.svg', 54900, 72900),
  (10, '野径 越野跑鞋', '/images/product10.svg', 46900, 59900),
  (11, '云裳 一脚蹬健步鞋', '/images/product11.svg', 22900, 29900),
  (12, '绅步 软底休闲鞋', '/images/product12.svg', 36900, 45900);
