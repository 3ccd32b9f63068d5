INSERT INTO category (id, categoryName) VALUES
  (1, '运动馆'), (2, '女士馆'), (3, '男士馆'), (4, '帆布馆'), (5, '户外馆');
