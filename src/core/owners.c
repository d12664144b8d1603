/* SPDX-License-Identifier: MIT */
#include "core/owners.h"

#include <errno.h>
#include <stdlib.h>

enum { OWNERS_FIRST = 64, OWNERS_FIRST_SLOTS = 1024 };

/* Open addressing, the next slot on a collision; at most half of the slots are taken. */
struct owners_slot {
	uint32_t inode; /* 0: empty */
	struct holder holder;
	uint32_t last; /* the process that was counted last, not to count it twice */
};

/* The slot of the inode, or the empty one where it belongs. */
static struct owners_slot *slot_of(const struct owners *o, uint32_t inode)
{
	/*
	 * inodes come in rows: spread by 2^64 divided by the golden ratio. The bits above
	 * 32 depend on every bit of the inode
	 */
	uint64_t hash = (inode * UINT64_C(0x9e3779b97f4a7c15)) >> 32;
	size_t mask = o->n_slots - 1, i = hash & mask;

	while (o->slots[i].inode != 0 && o->slots[i].inode != inode)
		i = (i + 1) & mask;
	return &o->slots[i];
}

static int grow_slots(struct owners *o)
{
	struct owners old = *o;
	size_t bigger = old.n_slots ? old.n_slots * 2 : OWNERS_FIRST_SLOTS;
	struct owners_slot *slots = calloc(bigger, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	o->slots = slots;
	o->n_slots = bigger;
	for (size_t i = 0; i < old.n_slots; i++)
		if (old.slots[i].inode != 0)
			*slot_of(o, old.slots[i].inode) = old.slots[i];
	free(old.slots);
	return 0;
}

int owners_add(struct owners *o, const struct process *p)
{
	if (o->n == o->room) {
		size_t bigger = o->room ? o->room * 2 : OWNERS_FIRST;
		struct process *at = realloc(o->at, bigger * sizeof(*at));

		if (!at)
			return -ENOMEM;
		o->at = at;
		o->room = bigger;
	}
	o->at[o->n++] = *p;
	return 0;
}

static void share(const struct owners *o, struct owners_slot *slot, uint32_t process,
		  uint32_t fd)
{
	if (slot->last == process)
		return;
	slot->last = process;
	slot->holder.n_others++;
	if (o->at[process].pid < o->at[slot->holder.process].pid) {
		slot->holder.process = process;
		slot->holder.fd = fd;
	}
}

int owners_add_socket(struct owners *o, uint64_t inode, uint32_t fd)
{
	uint32_t process = (uint32_t)(o->n - 1);
	struct owners_slot *slot;

	if (inode == 0 || inode > UINT32_MAX || o->n == 0)
		return 0;
	if (o->n_sockets * 2 >= o->n_slots) {
		int r = grow_slots(o);

		if (r < 0)
			return r;
	}
	slot = slot_of(o, (uint32_t)inode);
	if (slot->inode != 0) {
		share(o, slot, process, fd);
		return 0;
	}
	*slot = (struct owners_slot){
		.inode = (uint32_t)inode,
		.holder = { .process = process, .fd = fd },
		.last = process,
	};
	o->n_sockets++;
	o->at[process].n_sockets++;
	return 0;
}

const struct holder *owners_find(const struct owners *o, uint64_t inode)
{
	const struct owners_slot *slot;

	if (inode == 0 || inode > UINT32_MAX || o->n_slots == 0)
		return NULL;
	slot = slot_of(o, (uint32_t)inode);
	return slot->inode != 0 ? &slot->holder : NULL;
}

void owners_done(struct owners *o)
{
	free(o->at);
	free(o->slots);
	*o = (struct owners){ 0 };
}
