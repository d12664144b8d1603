/* SPDX-License-Identifier: MIT */
#include "sys/slab.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/own.h"
#include "core/objects.h"
#include "sys/procfs.h"

void slab_path(const char *slab, char *ret, unsigned long size)
{
	snprintf(ret, size, "sys/kernel/slab/%s/slab_size", slab);
}

static bool read_size(int root_fd, const char *slab, uint32_t *ret)
{
	own_free char *text = NULL;
	char path[80];
	int64_t size;

	slab_path(slab, path, sizeof(path));
	if (procfs_read(root_fd, path, &text, NULL) < 0 ||
	    !num_parse_n(text, strcspn(text, "\n"), 1, UINT32_MAX, &size))
		return false;
	*ret = (uint32_t)size;
	return true;
}

void slab_read(int root_fd, struct object_sizes *ret)
{
	*ret = (struct object_sizes){ .is_known = true };
	for (int kind = 0; kind < OBJECT_KINDS; kind++)
		for (int family = 0; family < CENSUS_FAMILIES; family++)
			ret->is_known &=
				read_size(root_fd,
					  object_slab((enum object_kind)kind,
						      (enum census_family)family),
					  &ret->at[kind][family]);
	if (!ret->is_known)
		*ret = (struct object_sizes){ 0 };
}
