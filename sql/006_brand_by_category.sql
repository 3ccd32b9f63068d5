ALTER TABLE brand ADD KEY brand_by_category (categoryId, id);
