/* SPDX-License-Identifier: MIT */
#include "sys/slab.h"

#include <errno.h>
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

void slab_read(int root_fd, struct object_sizes *ret)
{
	*ret = (struct object_sizes){ 0 };
	for (int i = 0; i < OBJECT_KINDS * CENSUS_FAMILIES; i++) {
		enum object_kind kind = (enum object_kind)(i / CENSUS_FAMILIES);
		enum census_family family = (enum census_family)(i % CENSUS_FAMILIES);
		own_free char *text = NULL;
		char path[80];
		int64_t size;
		int r;

		slab_path(object_slab(kind, family), path, sizeof(path));
		r = procfs_read(root_fd, path, &text, NULL);
		ret->needs_root |= r == -EACCES || r == -EPERM;
		if (r == 0 &&
		    num_parse_n(text, strcspn(text, "\n"), 1, UINT32_MAX, &size))
			ret->at[kind][family] = (uint32_t)size;
	}
}
