/* SPDX-License-Identifier: MIT */
#include "core/keyed.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_FIRST = 64, ITEMS_FIRST = 32 };

void keyed_init(struct keyed *k, size_t item_size, size_t key_size)
{
	*k = (struct keyed){ .item_size = item_size, .key_size = key_size };
}

/*
 * Keys are read eight bytes at a time, and four at their end: this is done for each socket
 * of a dump. The multiplier is 2^64 over the golden ratio; the high bits are the mixed ones.
 */
static size_t hash(const struct keyed *k, const void *key)
{
	const char *at = key, *end = at + k->key_size;
	uint64_t h = 0, word;
	uint32_t half;

	for (; at + sizeof(word) <= end; at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		h = (h ^ word) * UINT64_C(0x9E3779B97F4A7C15);
		h ^= h >> 29;
	}
	if (at < end) {
		memcpy(&half, at, sizeof(half));
		h = (h ^ half) * UINT64_C(0x9E3779B97F4A7C15);
	}
	return (size_t)(h ^ h >> 32);
}

static bool is_same(const struct keyed *k, const char *a, const char *b)
{
	uint64_t one, other;
	size_t i = 0;

	for (; i + sizeof(one) <= k->key_size; i += sizeof(one)) {
		memcpy(&one, a + i, sizeof(one));
		memcpy(&other, b + i, sizeof(other));
		if (one != other)
			return false;
	}
	return memcmp(a + i, b + i, k->key_size - i) == 0;
}

/* The slot of that key: where it is, or where it belongs. */
static uint32_t *slot_of(const struct keyed *k, const void *key)
{
	size_t i = hash(k, key) & (k->n_slots - 1);

	while (k->slots[i] && !is_same(k, keyed_at(k, k->slots[i] - 1), key))
		i = (i + 1) & (k->n_slots - 1);
	return &k->slots[i];
}

/* Twice the slots, at most half of them taken. */
static bool grow_slots(struct keyed *k)
{
	size_t n = k->n_slots ? k->n_slots * 2 : SLOTS_FIRST;
	uint32_t *slots = calloc(n, sizeof(*slots));

	if (!slots)
		return false;
	free(k->slots);
	k->slots = slots;
	k->n_slots = n;
	for (size_t i = 0; i < k->n; i++)
		*slot_of(k, keyed_at(k, i)) = (uint32_t)i + 1;
	return true;
}

static bool grow_items(struct keyed *k)
{
	size_t room = k->room ? k->room * 2 : ITEMS_FIRST;
	char *at = room <= UINT32_MAX ? realloc(k->at, room * k->item_size) : NULL;

	if (!at)
		return false;
	k->at = at;
	k->room = room;
	return true;
}

void *keyed_make(struct keyed *k, const void *key)
{
	uint32_t *slot = k->n_slots ? slot_of(k, key) : NULL;
	char *item;

	if (slot && *slot)
		return keyed_at(k, *slot - 1);
	if (k->n == k->room && !grow_items(k))
		return NULL;
	if (k->n * 2 >= k->n_slots) {
		if (!grow_slots(k))
			return NULL;
		slot = slot_of(k, key);
	}
	item = keyed_at(k, k->n++);
	memset(item, 0, k->item_size);
	memcpy(item, key, k->key_size);
	*slot = (uint32_t)k->n;
	return item;
}

void *keyed_find(const struct keyed *k, const void *key)
{
	uint32_t *slot = k->n_slots ? slot_of(k, key) : NULL;

	return slot && *slot ? keyed_at(k, *slot - 1) : NULL;
}

void keyed_clear(struct keyed *k)
{
	k->n = 0;
	if (k->slots)
		memset(k->slots, 0, k->n_slots * sizeof(*k->slots));
}

void keyed_done(struct keyed *k)
{
	free(k->at);
	free(k->slots);
	*k = (struct keyed){ 0 };
}
