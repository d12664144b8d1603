/* SPDX-License-Identifier: MIT */
#include "unit/test.h"

#include <string.h>

#include "core/keyed.h"

struct item {
	uint32_t key[2];
	unsigned n;
};

TEST(an_item_is_made_once_and_found_by_its_key)
{
	struct keyed k;

	keyed_init(&k, sizeof(struct item), sizeof(uint32_t[2]));
	assert_null(keyed_find(&k, (uint32_t[]){ 1, 2 }));
	for (unsigned round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < 5000; i++) {
			struct item *item = keyed_make(&k, (uint32_t[]){ i, i * 1024 });

			assert_non_null(item);
			assert_int_equal(item->n, round);
			item->n++;
		}
		assert_int_equal(k.n, 5000);
	}
	for (uint32_t i = 0; i < 5000; i++) {
		struct item *item = keyed_find(&k, (uint32_t[]){ i, i * 1024 });

		assert_non_null(item);
		assert_int_equal(item->key[0], i);
		assert_ptr_equal(item, keyed_at(&k, i));
		assert_null(keyed_find(&k, (uint32_t[]){ i, i * 1024 + 1 }));
	}
	keyed_done(&k);
}

TEST(what_is_cleared_begins_anew_with_zeros)
{
	struct keyed k;

	keyed_init(&k, sizeof(struct item), sizeof(uint32_t[2]));
	for (uint32_t i = 0; i < 100; i++)
		((struct item *)keyed_make(&k, (uint32_t[]){ i, 0 }))->n = 7;
	keyed_clear(&k);
	assert_null(keyed_find(&k, (uint32_t[]){ 1, 0 }));
	assert_int_equal(((struct item *)keyed_make(&k, (uint32_t[]){ 1, 0 }))->n, 0);
	assert_int_equal(k.n, 1);
	keyed_done(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_item_is_made_once_and_found_by_its_key),
		cmocka_unit_test(what_is_cleared_begins_anew_with_zeros),
	};

	return cmocka_run_group_tests_name("keyed", tests, NULL, NULL);
}
