/* SPDX-License-Identifier: MIT */
/*
 * Items of one size, each beginning with its key, in the order of their making and found
 * by their key. A key is compared as bytes: leave no padding in it unset.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keyed {
	char *at;
	size_t n;
	size_t item_size, key_size; /* the key: whole words of 4 bytes */
	size_t room;
	uint32_t *slots; /* 1 + the place of an item; 0: empty */
	size_t n_slots;	 /* a power of two */
};

void keyed_init(struct keyed *k, size_t item_size, size_t key_size);

/*
 * The item of that key, made of zeros behind its key if there is none yet. Good until the
 * next one is made. NULL: no memory; what is there stays.
 */
void *keyed_make(struct keyed *k, const void *key);

/* The item of that key, or NULL. */
void *keyed_find(const struct keyed *k, const void *key);

static inline void *keyed_at(const struct keyed *k, size_t i)
{
	return k->at + i * k->item_size;
}

/* Forgets the items. */
void keyed_clear(struct keyed *k);
void keyed_done(struct keyed *k);
